//! Worked examples, what must be refused, and that nothing between them verifies.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use proptest::prelude::*;

use super::*;

const A: &str = r#"{"client_key":"awtestclientkey01","event":"post.publish.complete","create_time":1793462400,"user_openid":"-000TestOpenIdAAAAAAAAAAAAAAAAAAAAAA","content":"{\"publish_id\":\"v_pub_file~v2-1.7600000000000000001\",\"publish_type\":\"DIRECT_PUBLISH\"}"}"#;
const A_HEADER: &str = "t=1793462401,s=86c90ac00cdd4888fb04356c86f76b513a8b888404b26756549a2458bd18acee";
const B: &str = r#"{"client_key":"awtestclientkey01","event":"authorization.removed","create_time":1793465999,"user_openid":"-000TestOpenIdAAAAAAAAAAAAAAAAAAAAAA","content":"{\"reason\": 1 }"}"#;
const B_HEADER: &str = "t=1793466000,s=d848b2de57be94559e12c9cb9c8ecc7006792f2fe9aad66b6af5589ac41f561f";
/// Pretty-printed, in base64.
const C: &str = "ewogICJjbGllbnRfa2V5IjogImF3dGVzdGNsaWVudGtleTAxIiwKICAiZXZlbnQiOiAicG9zdC5wdWJsaXNoLnB1YmxpY2x5X2F2YWlsYWJsZSIsCiAgImNyZWF0ZV90aW1lIjogMTc5MzQ2OTU5OCwKICAidXNlcl9vcGVuaWQiOiAiLTAwMFRlc3RPcGVuSWRBQUFBQUFBQUFBQUFBQUFBQUFBQUFBIiwKICAiY29udGVudCI6ICJ7XCJwdWJsaXNoX2lkXCI6XCJ2X3B1Yl9maWxlfnYyLTEuNzYwMDAwMDAwMDAwMDAwMDAwMVwiLFwicHVibGlzaF90eXBlXCI6XCJESVJFQ1RfUFVCTElTSFwiLFwicG9zdF9pZFwiOlwiNzYwMDAwMDAwMDAwMDAwMDEyM1wifSIKfQ==";
const C_HEADER: &str = "t=1793469600,s=152da41c0d2aa71b6f2bfc8090b1070ed9a8502f98a2cf65c2bba8584ed7d9eb";
const D: &str = r#"{"client_key":"awtestclientkey01","event":"post.publish.failed","create_time":1793473199,"user_openid":"-000TestOpenIdAAAAAAAAAAAAAAAAAAAAAA","content":"{\"publish_id\":\"v_inbox_url~v2.7600000000000000002\",\"reason\":\"video_pull_failed\",\"publish_type\":\"INBOX_SHARE\"}"}"#;
const D_HEADER: &str = "t=1793473200,s=0e48c7a1f6c95cc3592e9812884e2244c132bb750afaf92f6c74de1256d53c43";
const F: &str = r#"{"client_key":"awtestclientkey01","event":"test.unicode","create_time":1793476799,"user_openid":"-000TestOpenIdAAAAAAAAAAAAAAAAAAAAAA","content":"{\"note\":\"café ☕ 🎬\"}"}"#;
const F_HEADER: &str = "t=1793476800,s=3867e8f77a728f45071201c0dfbeb28e50e64b73e4a6cf9e6225e9da0d7ebf48";

fn secret() -> ClientSecret {
    ClientSecret::from("tt_test_client_secret_0123456789".to_owned())
}

fn verifies(header: &str, body: &[u8]) -> bool {
    SignatureHeader::parse(header).is_some_and(|header| header.verifies(&secret(), body))
}

#[test]
fn the_worked_examples_verify() {
    for (header, body) in [(A_HEADER, A), (B_HEADER, B), (D_HEADER, D), (F_HEADER, F)] {
        assert!(verifies(header, body.as_bytes()), "{body}");
    }
    assert!(verifies(C_HEADER, &STANDARD.decode(C).unwrap()));
    assert!(verifies("t=0,s=e43e0323539f80cc928abc0d1b8eaadc098f1437722df9f3ec9f4903f175c15c", b""));
}

#[test]
fn another_timestamp_text_or_separator_does_not() {
    assert!(!verifies(&A_HEADER.replace("462401", "462402"), A.as_bytes()));
    assert!(!verifies(A_HEADER, A.replace("\":", "\": ").as_bytes()));
    let unseparated = "t=1793462401,s=9c659ca117941525bc3a8a1db34c3a44ff1284e1227f10047d06c2ba7d9022fd";
    assert!(!verifies(unseparated, A.as_bytes()));
}

#[test]
fn unknown_keys_and_spaces_are_tolerated() {
    assert!(verifies(&format!("v=2, {}", A_HEADER.replace(',', " , ")), A.as_bytes()));
}

#[test]
fn a_malformed_header_is_refused() {
    let vast = "t=99999999999999999999,s=0";
    for header in ["", "t=1793462401", "s=86c9", "t=,s=0", "t=-1,s=0", "t=1e9,s=0", vast, "t=1,t=1,s=0"] {
        assert_eq!(SignatureHeader::parse(header), None, "{header}");
    }
}

#[test]
fn timestamps_are_accepted_from_73_hours_ago_to_5_minutes_ahead() {
    let header = SignatureHeader::parse("t=1793462401,s=0").unwrap();
    let now = |offset: i64| OffsetDateTime::from_unix_timestamp(1_793_462_401 + offset).unwrap();
    for (offset, timely) in [(-301, false), (-300, true), (73 * 3600, true), (73 * 3600 + 1, false)] {
        assert_eq!(header.is_timely(now(offset)), timely, "{offset}");
    }
}

proptest! {
    /// No single byte of body, timestamp or signature can be another one.
    #[test]
    fn no_change_of_one_byte_verifies(index in 0..A.len() + A_HEADER.len(), to in any::<u8>()) {
        let mut both = [A.as_bytes(), A_HEADER.as_bytes()].concat();
        prop_assume!(both[index] != to);
        both[index] = to;
        let (body, header) = both.split_at(A.len());
        let verified = std::str::from_utf8(header).is_ok_and(|header| verifies(header, body));
        // The one byte that means nothing would be a space or an unknown key, and there is none in this header.
        prop_assert!(!verified);
    }
}
