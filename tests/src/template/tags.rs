//! CloudFormation's short tags. A YAML reader drops tags that it doesn't know, and then `!Ref Api` would be the text
//! `Api`. So they are written out as CloudFormation's long form: `{ "Ref": "Api" }`.

use std::fmt;

use serde::{
    Deserialize, Deserializer,
    de::{MapAccess, SeqAccess, Visitor},
};
use serde_json::{Map, Value, json};
use serde_saphyr::Tagged;

/// Reads YAML, every tag written out.
pub(super) fn read(yaml: &str) -> Result<Value, serde_saphyr::Error> {
    serde_saphyr::from_str::<Node>(yaml).map(|node| node.0)
}

/// A value with its tag written out.
struct Node(Value);

impl<'de> Deserialize<'de> for Node {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let Tagged(Content(value), tag) = Tagged::deserialize(deserializer)?;
        Ok(Self(match tag.as_deref().and_then(|tag| tag.strip_prefix('!')) {
            None => value,
            Some(name @ ("Ref" | "Condition")) => json!({ name: value }),
            Some(name) => json!({ format!("Fn::{name}"): value }),
        }))
    }
}

/// A value without its own tag; what it holds is written out.
struct Content(Value);

impl<'de> Deserialize<'de> for Content {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Reader).map(Self)
    }
}

struct Reader;

impl<'de> Visitor<'de> for Reader {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a YAML value")
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_u64<E>(self, value: u64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_f64<E>(self, value: f64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_str<E>(self, value: &str) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Value, A::Error> {
        let mut list = Vec::new();
        while let Some(Node(item)) = items.next_element()? {
            list.push(item);
        }
        Ok(list.into())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Value, A::Error> {
        let mut object = Map::new();
        while let Some((name, Node(value))) = members.next_entry()? {
            object.insert(name, value);
        }
        Ok(object.into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn short_tags_become_cloudformations_long_form() {
        for (short, long) in [
            ("!Ref Api", json!({ "Ref": "Api" })),
            ("!GetAtt Queue.Arn", json!({ "Fn::GetAtt": "Queue.Arn" })),
            ("!Sub \"${Api}/x\"", json!({ "Fn::Sub": "${Api}/x" })),
            ("!Condition InVpc", json!({ "Condition": "InVpc" })),
            ("!If [A, !Ref B, 7]", json!({ "Fn::If": ["A", { "Ref": "B" }, 7] })),
            ("!If\n- A\n- SubnetIds: [!Ref B]", json!({ "Fn::If": ["A", { "SubnetIds": [{ "Ref": "B" }] }] })),
        ] {
            assert_eq!(read(short).unwrap(), long, "{short}");
        }
    }

    #[test]
    fn what_has_no_tag_stays_as_it_is() {
        let yaml =
            "{ number: 30, negative: -1, half: 0.5, yes: true, none: null, empty: , text: \"30\", wow: \"!Ref x\" }";
        let json = json!({ "number": 30, "negative": -1, "half": 0.5, "yes": true, "none": null, "empty": null,
                           "text": "30", "wow": "!Ref x" });
        assert_eq!(read(yaml).unwrap(), json);
    }
}
