//! JSON objects that have a member twice. Parsers keep one of the two and tell nobody, so nobody knows which was meant.

use std::{collections::HashSet, fmt};

use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};

/// The path of the first member that is there twice, such as `postInfo.title`. Whatever else is wrong with the text is told
/// by whoever reads it.
pub(super) fn repeated_member(json: &[u8]) -> Option<String> {
    let mut names = Vec::new();
    let _ = Walk(&mut names).deserialize(&mut serde_json::Deserializer::from_slice(json));
    names.reverse();
    (!names.is_empty()).then(|| names.join("."))
}

/// Goes through a value, and notes the names that lead to a repeated member, the innermost first.
struct Walk<'a>(&'a mut Vec<String>);

impl Walk<'_> {
    fn note(&mut self, name: &str) {
        self.0.push(name.chars().take(100).collect());
    }
}

impl<'de> DeserializeSeed<'de> for Walk<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Walk<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_map<A: MapAccess<'de>>(mut self, mut members: A) -> Result<(), A::Error> {
        let mut seen = HashSet::new();
        while let Some(name) = members.next_key::<String>()? {
            if seen.contains(&name) {
                self.note(&name);
                return Err(A::Error::custom("a member is there twice"));
            }
            let walked = members.next_value_seed(Walk(self.0));
            if walked.is_err() && !self.0.is_empty() {
                self.note(&name);
            }
            walked?;
            seen.insert(name);
        }
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<(), A::Error> {
        while items.next_element_seed(Walk(self.0))?.is_some() {}
        Ok(())
    }

    fn visit_bool<E>(self, _: bool) -> Result<(), E> {
        Ok(())
    }

    fn visit_i64<E>(self, _: i64) -> Result<(), E> {
        Ok(())
    }

    fn visit_u64<E>(self, _: u64) -> Result<(), E> {
        Ok(())
    }

    fn visit_f64<E>(self, _: f64) -> Result<(), E> {
        Ok(())
    }

    fn visit_str<E>(self, _: &str) -> Result<(), E> {
        Ok(())
    }

    fn visit_unit<E>(self) -> Result<(), E> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(json: &str) -> Option<String> {
        repeated_member(json.as_bytes())
    }

    #[test]
    fn a_member_that_is_there_twice_is_named_by_its_path_however_it_is_written() {
        for (json, path) in [
            (r#"{"a":1,"a":1}"#, "a"),
            (r#"{"a":1,"b":{"a":2,"c":[{"d":null,"e":true,"d":1.5}]}}"#, "b.c.d"),
            (r#"{"a":{"title":"x","\u0074itle":"y"}}"#, "a.title"),
            (r#"[{"a":-1},{"b":"","b":""}]"#, "b"),
        ] {
            assert_eq!(found(json).as_deref(), Some(path), "{json}");
        }
    }

    #[test]
    fn the_same_name_in_different_objects_is_no_repetition() {
        for json in
            [r#"{"a":{"a":1},"b":{"a":1}}"#, r#"[{"a":1},{"a":1}]"#, r#"{"a":1,"A":1}"#, "7", "", "{", "{\"a\":}"]
        {
            assert_eq!(found(json), None, "{json}");
        }
    }
}
