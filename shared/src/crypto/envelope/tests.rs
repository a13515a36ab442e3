//! The format, kept for ever, and what never opens.

use proptest::{collection::vec, prelude::*};

use super::*;
use crate::{
    crypto::Part,
    domain::{Platform, PostId, UserId},
};

platforms::secret! {
    /// What these tests seal.
    Token,
}

const PLACE: Place<'_> = Place {
    table: "instagram_accounts",
    column: "page_token_encrypted",
    platform: Platform::Instagram,
    user: UserId(42),
    open_id: "17841400008460056",
    part: Part::Page("134895793791914"),
};

/// Version 1, written down when it was made: what lies in a table like this must open for ever.
const VECTOR: &str = "\
    AQBOYXJuOmF3czprbXM6ZXUtY2VudHJhbC0xOjExMTEyMjIyMzMzMzprZXkvMTIzNGFiY2QtMTJhYi0zNGNkLTU2ZWYtMTIzNDU2\
    Nzg5MGFiABJhIHdyYXBwZWQgZGF0YSBrZXkHBwcHBwcHBwcHBwdKK+ceQn+2k6OwZ+/rNJplPaxUMYjemJyoOlLn/+uB";

fn key() -> DataKey {
    DataKey::new((0..32).collect()).unwrap()
}

fn header() -> Header {
    let key_id = "arn:aws:kms:eu-central-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab";
    Header::new(key_id.to_owned(), b"a wrapped data key".to_vec()).unwrap()
}

fn sealed(token: &str) -> String {
    seal(token, &header(), &key(), &PLACE).unwrap()
}

fn open(text: &str, place: &Place<'_>) -> Result<String, VaultError> {
    Envelope::parse(text)?.open::<Token>(&key(), place).map(|token| token.expose().to_owned())
}

#[test]
fn version_1_is_written_and_read_as_ever() {
    let text = seal_with([7; NONCE_LEN], "EAAB-page-token", &header(), &key(), &PLACE).unwrap();
    assert_eq!(text, VECTOR);
    assert_eq!(open(VECTOR, &PLACE).as_deref(), Ok("EAAB-page-token"));
    assert_eq!(Envelope::parse(VECTOR).unwrap().header(), &header());
}

#[test]
fn a_token_opens_in_no_other_place() {
    let text = sealed("token");
    let others = [
        Place { table: "oauth_accounts", ..PLACE },
        Place { column: "access_token_encrypted", ..PLACE },
        Place { platform: Platform::TikTok, ..PLACE },
        Place { user: UserId(43), ..PLACE },
        Place { open_id: "17841400008460057", ..PLACE },
        Place { part: Part::Page("134895793791915"), ..PLACE },
        Place { part: Part::Post(PostId(7)), ..PLACE },
        Place { part: Part::Login, ..PLACE },
    ];
    for place in others {
        assert_eq!(open(&text, &place), Err(VaultError::Foreign), "{place:?}");
    }
    assert_eq!(open(&text, &PLACE).as_deref(), Ok("token"));
}

#[test]
fn the_same_token_is_never_sealed_alike() {
    assert_ne!(sealed("token"), sealed("token"));
}

#[test]
fn blank_and_impossible_tokens_are_not_sealed() {
    let seal = |token: &str| seal(token, &header(), &key(), &PLACE);
    for blank in ["", " ", "\t\n"] {
        assert_eq!(seal(blank), Err(VaultError::Blank), "{blank:?}");
    }
    assert_eq!(seal(&"x".repeat(MAX_TOKEN_BYTES + 1)), Err(VaultError::TooLarge));
}

#[test]
fn the_largest_token_under_the_longest_header_opens() {
    let header = Header::new("k".repeat(MAX_KEY_ID_BYTES), vec![0; MAX_WRAPPED_KEY_BYTES]).unwrap();
    let token = "x".repeat(MAX_TOKEN_BYTES);
    let text = seal(&token, &header, &key(), &PLACE).unwrap();
    assert_eq!(text.len(), MAX_TEXT_BYTES);
    assert_eq!(open(&text, &PLACE), Ok(token));
}

#[test]
fn headers_that_kms_does_not_give_are_refused() {
    let header = |key_id: &str, wrapped: usize| Header::new(key_id.to_owned(), vec![0; wrapped]);
    assert!(header("key", 1).is_some());
    for (key_id, wrapped) in [("", 1), ("a key", 1), ("kéy", 1), ("key", 0), ("key", MAX_WRAPPED_KEY_BYTES + 1)] {
        assert!(header(key_id, wrapped).is_none(), "{key_id:?} {wrapped}");
    }
}

#[test]
fn only_one_spelling_of_a_sealed_token_is_read() {
    let text = sealed("four"); // ends in padding
    assert!(text.ends_with('='), "{text}");
    let unpadded = text.trim_end_matches('=');
    for other in [unpadded, &format!("{text}="), &format!(" {text}"), &format!("{text}\n"), &text.replace('/', "_")] {
        assert!(other == text || open(other, &PLACE) == Err(VaultError::Malformed), "{other:?}");
    }
}

proptest! {
    #[test]
    fn every_token_opens_to_itself(token in "\\PC{1,4000}") {
        prop_assume!(!token.trim().is_empty());
        prop_assert_eq!(open(&sealed(&token), &PLACE), Ok(token));
    }

    #[test]
    fn no_change_of_one_byte_opens(index in any::<prop::sample::Index>(), to in any::<u8>()) {
        let mut bytes = STANDARD.decode(VECTOR).unwrap();
        let byte = index.get_mut(&mut bytes);
        prop_assume!(*byte != to);
        *byte = to;
        let opened = open(&STANDARD.encode(bytes), &PLACE);
        prop_assert!(matches!(opened, Err(VaultError::Foreign | VaultError::Malformed)), "{:?}", opened);
    }

    #[test]
    fn no_part_of_a_sealed_token_opens(length in 0..VECTOR.len()) {
        prop_assert!(open(&VECTOR[..length], &PLACE).is_err());
    }

    #[test]
    fn any_bytes_are_read_without_panic(bytes in vec(any::<u8>(), 0..600), versioned: bool) {
        let bytes = if versioned { [&[VERSION], bytes.as_slice()].concat() } else { bytes };
        prop_assert!(open(&STANDARD.encode(bytes), &PLACE).is_err());
    }

    #[test]
    fn any_text_is_read_without_panic(text in ".*") {
        prop_assert!(open(&text, &PLACE).is_err());
    }
}
