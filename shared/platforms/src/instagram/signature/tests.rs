//! Worked examples, what must be refused, and that nothing between them verifies.

use proptest::prelude::*;

use super::*;

const W1: &str = r#"{"object":"instagram","entry":[{"id":"17841400000000001","time":1790000000,"changes":[{"field":"comments","value":{"id":"17900000000000001","from":{"id":"990000000000001","username":"ada"},"text":"hello","media":{"id":"17800000000000001","media_product_type":"FEED"}}}]}]}"#;
const W1_HEADER: &str = "sha256=7aaea02f61c497ccaf209f0ba437a2e8c2422746f9a12cab0e8ed562b7a9d0ee";
const W2: &str = r#"{"object":"instagram","entry":[{"id":"17841400000000001","time":1790000000,"changes":[{"field":"comments","value":{"id":"17900000000000002","from":{"id":"990000000000001","username":"ada"},"text":"caf\u00e9 \ud83d\ude00","media":{"id":"17800000000000001","media_product_type":"REELS"}}}]}]}"#;
const W2_HEADER: &str = "sha256=29bfffd8e10c4df192314e344400cea6f63218ba93584f731c10b8bd70e39025";
const W3: &str = r#"{"object":"instagram","entry":[{"id":"17841400000000001","time":1790000000,"changes":[{"field":"mentions","value":{"media_id":"17800000000000002","comment_id":"17900000000000003"}}]}],"u":"https:\/\/example.com\/a"}"#;
const W3_HEADER: &str = "sha256=7986ea4b1525992bfd5946531f583e1ee209e74b2c76fa28b4caa6a62770c437";
const W0_HEADER: &str = "sha256=796cd3078af14636753d26b3b5555422ff55a3e261cf847b48e95371b9bd0aa2";

fn verified(header: &str, body: &[u8]) -> bool {
    verifies(header, &AppSecret::from("0123456789abcdef0123456789abcdef".to_owned()), body)
}

#[test]
fn the_worked_examples_verify() {
    for (header, body) in [(W0_HEADER, ""), (W1_HEADER, W1), (W2_HEADER, W2), (W3_HEADER, W3)] {
        assert!(verified(header, body.as_bytes()), "{body}");
    }
}

#[test]
fn a_body_that_was_parsed_and_written_again_is_refused() {
    let rewritten = W2.replace(r"\u00e9", "é").replace(r"\ud83d\ude00", "😀");
    assert!(!verified(W2_HEADER, rewritten.as_bytes()));
    assert!(!verified(W3_HEADER, W3.replace(r"\/", "/").as_bytes()));
}

#[test]
fn another_scheme_or_none_is_refused() {
    let header = W2_HEADER;
    for other in ["", "sha1=29bf", &header[7..], &header.replace("sha256", "SHA256"), &format!("{header} ")] {
        assert!(!verified(other, W2.as_bytes()), "{other}");
    }
}

proptest! {
    /// No single byte of body or signature can be another one.
    #[test]
    fn no_change_of_one_byte_verifies(index in 0..W1.len() + W1_HEADER.len(), to in any::<u8>()) {
        let mut both = [W1.as_bytes(), W1_HEADER.as_bytes()].concat();
        prop_assume!(both[index] != to);
        both[index] = to;
        let (body, header) = both.split_at(W1.len());
        prop_assert!(!std::str::from_utf8(header).is_ok_and(|header| verified(header, body)));
    }
}
