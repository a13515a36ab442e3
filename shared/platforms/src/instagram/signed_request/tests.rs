//! Worked examples, what must be refused, and that nothing between them verifies.

use proptest::prelude::*;

use super::*;

const SECRET: &str = "0123456789abcdef0123456789abcdef";
const S1: &str = "fUTgDdVd9vybH602EQEYucMJ1TNNZWLu1kocpvvM_Bw.eyJ1c2VyX2lkIjoiMjE4NDcxIiwiYWxnb3JpdGhtIjoiSE1BQy1TSEEyNTYiLCJpc3N1ZWRfYXQiOjE3OTAwMDAwMDAsImV4cGlyZXMiOjE3OTAwMDM2MDB9";
/// Its signature has both of the characters that base64url has for itself.
const S2: &str = "bVj5nX0idGe_UnZrVZLLlMEWyYCwxIjwkXaQm-Sgj2o.eyJ1c2VyX2lkIjoiMTAwMDAwMDAwMDAwMDAwMTQiLCJhbGdvcml0aG0iOiJITUFDLVNIQTI1NiIsImlzc3VlZF9hdCI6MTc5MDAwMDAwMH0";
/// The signature of S1's payload before it was encoded.
const S1_DECODED: &str = "yX5f9LClNeTcwNIxetzdUU1kzjKnV_toXquNFtmUhK0";
/// Signed with `key`.
const OTHER: &str = "Mf_s6nTb38UYqioBmPqu0Ewm9souPZB9I2fIGwV729U.eyJ1c2VyX2lkIjoiMCIsImFsZ29yaXRobSI6IkhNQUMtU0hBMjU2IiwiaXNzdWVkX2F0IjoxNjI0MjQ0MTU2fQ";

fn verified(text: &str, secret: &str) -> Result<SignedRequest, SignedRequestError> {
    SignedRequest::verify(text, &AppSecret::from(secret.to_owned()))
}

/// A payload, rightly signed.
fn signed(payload: &[u8]) -> String {
    let payload = BASE64URL.encode(payload).trim_end_matches('=').to_owned();
    let signature = BASE64URL.encode(sign(SECRET, &[payload.as_bytes()]).as_ref());
    format!("{}.{payload}", signature.trim_end_matches('='))
}

#[test]
fn the_worked_examples_verify() {
    for (text, secret, user_id, issued_at) in [
        (S1, SECRET, "218471", 1_790_000_000),
        (S2, SECRET, "10000000000000014", 1_790_000_000),
        (OTHER, "key", "0", 1_624_244_156),
    ] {
        let issued_at = OffsetDateTime::from_unix_timestamp(issued_at).ok();
        assert_eq!(verified(text, secret), Ok(SignedRequest { user_id: user_id.to_owned(), issued_at }));
    }
}

#[test]
fn a_signature_over_the_decoded_payload_is_refused() {
    let (_, payload) = S1.split_once('.').unwrap();
    assert_eq!(verified(&format!("{S1_DECODED}.{payload}"), SECRET), Err(SignedRequestError::NotVerified));
}

#[test]
fn another_secret_or_none_never_verifies() {
    assert_eq!(verified(S1, "key"), Err(SignedRequestError::NotVerified));
    let payload = BASE64URL.encode(r#"{"user_id":"1","algorithm":"HMAC-SHA256"}"#);
    let unkeyed = BASE64URL.encode(sign("", &[payload.as_bytes()]).as_ref());
    assert_eq!(verified(&format!("{unkeyed}.{payload}"), ""), Err(SignedRequestError::NotVerified));
}

#[test]
fn a_signature_may_be_padded() {
    let padded = S1.replacen('.', "=.", 1);
    assert_eq!(verified(&padded, SECRET), verified(S1, SECRET));
}

#[test]
fn what_is_not_two_parts_in_base64url_is_refused() {
    for text in ["", "a", "a.b", &S1.replace('.', " "), &S1.replace('_', "/"), &format!(" {S1}")] {
        assert_eq!(verified(text, SECRET), Err(SignedRequestError::Malformed), "{text:?}");
    }
    for text in [".", &format!("{S1}.{S1}"), &format!("{S1}."), &format!("{S1} "), &format!("{S1}=")] {
        assert_eq!(verified(text, SECRET), Err(SignedRequestError::NotVerified), "{text:?}");
    }
}

#[test]
fn the_size_is_bounded_before_anything_is_read() {
    let large = signed(format!(r#"{{"user_id":"{}","algorithm":"HMAC-SHA256"}}"#, "1".repeat(4_096)).as_bytes());
    assert_eq!(verified(&large, SECRET), Err(SignedRequestError::TooLarge));
}

#[test]
fn only_the_one_algorithm_is_believed_however_it_is_spelled() {
    let of = |algorithm: &str| verified(&signed(format!(r#"{{"user_id":"7"{algorithm}}}"#).as_bytes()), SECRET);
    assert_eq!(of(r#","algorithm":"hmac-sha256""#).unwrap().user_id, "7");
    for algorithm in ["", r#","algorithm":"none""#, r#","algorithm":null"#, r#","algorithm":["HMAC-SHA256"]"#] {
        assert_eq!(of(algorithm), Err(SignedRequestError::OtherAlgorithm), "{algorithm}");
    }
}

#[test]
fn a_number_names_a_person_and_a_missing_time_is_none() {
    let read = verified(&signed(br#"{"user_id":10000000000000014,"algorithm":"HMAC-SHA256"}"#), SECRET);
    assert_eq!(read, Ok(SignedRequest { user_id: "10000000000000014".to_owned(), issued_at: None }));
    for nobody in ["", r#","user_id":"""#, r#","user_id":null"#] {
        let payload = format!(r#"{{"algorithm":"HMAC-SHA256"{nobody}}}"#);
        assert_eq!(verified(&signed(payload.as_bytes()), SECRET), Err(SignedRequestError::NoUser), "{nobody}");
    }
    for payload in ["", "[]", "\u{fffd}"] {
        assert_eq!(verified(&signed(payload.as_bytes()), SECRET), Err(SignedRequestError::Malformed), "{payload}");
    }
}

#[test]
fn the_forms_field_is_found_and_decoded() {
    let form = format!("other=1&signed_request={}", S1.replace('_', "%5F"));
    assert_eq!(in_form(form.as_bytes()).as_deref(), Some(S1));
    assert_eq!(in_form(b"signed-request=1"), None);
}

proptest! {
    /// No single byte can be another one.
    #[test]
    fn no_change_of_one_byte_verifies(index in 0..S1.len(), to in any::<u8>()) {
        let mut bytes = S1.as_bytes().to_vec();
        prop_assume!(bytes[index] != to);
        bytes[index] = to;
        prop_assert!(!std::str::from_utf8(&bytes).is_ok_and(|text| verified(text, SECRET).is_ok()));
    }

    /// Whatever comes is refused without a panic.
    #[test]
    fn nothing_unsigned_verifies(text in "[A-Za-z0-9_=.-]{0,80}") {
        prop_assert!(verified(&text, SECRET).is_err());
    }
}
