//! Looking through texts for many secrets at once, in every disguise.

use std::collections::BTreeMap;

use aho_corasick::AhoCorasick;

use crate::{Text, disguises, known::Secret};

/// All that is looked for.
pub(crate) struct Search {
    forms: AhoCorasick,
    names: Vec<String>,
}

impl Search {
    pub(crate) fn for_all(secrets: &[Secret]) -> Self {
        let forms = secrets.iter().flat_map(|secret| {
            let named = |(disguise, form): (&str, String)| (format!("{} {disguise}", secret.kind), form);
            disguises::of(&secret.value).into_iter().map(named)
        });
        let (names, forms): (Vec<_>, Vec<_>) = forms.unzip();
        Self { forms: AhoCorasick::new(forms).unwrap(), names }
    }

    /// What was found and where, without the secret itself; the first line of each.
    pub(crate) fn look_through(&self, text: &Text) -> Vec<String> {
        let mut lines = BTreeMap::new();
        for found in self.forms.find_iter(&text.bytes) {
            let line = || 1 + text.bytes[..found.start()].iter().filter(|&&byte| byte == b'\n').count();
            lines.entry(&self.names[found.pattern().as_usize()]).or_insert_with(line);
        }
        lines.into_iter().map(|(name, line)| format!("{}, line {line}: {name}", text.place)).collect()
    }
}

#[cfg(test)]
mod tests {
    use base64::{
        Engine as _,
        engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD},
    };
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    const TOKEN: &str = "act.example12345Example67890*0!4567.e1";
    const PUNCTUATION: &str = "a\"b/c&d e\\f+g?h#i=j%k";

    fn found(bytes: impl Into<Vec<u8>>) -> Vec<String> {
        found_of(TOKEN, bytes)
    }

    fn found_of(value: &str, bytes: impl Into<Vec<u8>>) -> Vec<String> {
        let secret = Secret { kind: "access_token".to_owned(), value: value.to_owned() };
        let text = Text { place: "a log".to_owned(), bytes: bytes.into() };
        Search::for_all(&[secret]).look_through(&text)
    }

    #[test]
    fn a_find_names_the_place_and_the_kind_and_never_the_secret() {
        let log = format!("started\nsent Bearer {TOKEN}\nsent Bearer {TOKEN}");
        assert_eq!(found(log), ["a log, line 2: access_token as it is, or escaped"]);
        assert!(found("started\nsent Bearer [redacted]").is_empty());
    }

    #[test]
    fn a_secret_that_was_cut_off_or_broken_into_lines_is_found_as_well() {
        let long: String = (0_u16..100).map(|number| char::from(b'a' + (number * 7 % 26) as u8)).collect();
        assert_eq!(found_of(&long, &long[..30]).len(), 1);
        for before in 0..76 {
            let base64 = STANDARD.encode(format!("{}{long}", " ".repeat(before)));
            let lines: Vec<&[u8]> = base64.as_bytes().chunks(76).collect();
            assert_eq!(found_of(&long, lines.join(&b'\n')).len(), 1, "{before}");
        }
    }

    #[test]
    fn a_secret_full_of_punctuation_is_found_as_well() {
        let address = reqwest::Url::parse_with_params("https://example.com", [("token", PUNCTUATION)]).unwrap();
        let texts = [PUNCTUATION.to_owned(), json!([PUNCTUATION]).to_string(), address.into()];
        assert_eq!(texts.map(|text| found_of(PUNCTUATION, text).len()), [1; 3]);
        assert_eq!(found_of(PUNCTUATION, STANDARD.encode(format!("x{PUNCTUATION}"))).len(), 1);
    }

    proptest! {
        #[test]
        fn a_secret_is_found_in_every_disguise_whatever_stands_around_it(before in ".{0,20}", after in ".{0,20}") {
            let text = format!("{before}{TOKEN}{after}");
            let mut address: reqwest::Url = "https://example.com".parse().unwrap();
            address.query_pairs_mut().append_pair("q", &text);
            let json = json!({ "body": json!({ "token": text }).to_string() }).to_string();
            for plain in [text.clone(), address.to_string(), json] {
                prop_assert_eq!(found(plain).len(), 1);
            }
            for encoded in [STANDARD.encode(&text), URL_SAFE_NO_PAD.encode(&text)] {
                prop_assert_eq!(found(encoded), ["a log, line 1: access_token in base64"]);
            }
            let bytea: String = text.bytes().map(|byte| format!("{byte:02x}")).collect();
            for hex in [format!("\\x{bytea}"), bytea.to_uppercase()] {
                prop_assert_eq!(found(hex), ["a log, line 1: access_token in hex"]);
            }
            let without = text.replace(TOKEN, "[redacted]");
            prop_assert!(found(without).is_empty());
        }
    }
}
