//! The template as SAM has translated it, with the parameters' values filled in.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

/// Replaces every reference to a parameter by its value. References to resources stay.
pub(super) fn fill_in(template: Value, parameters: &BTreeMap<String, String>) -> Value {
    let declarations = template["Parameters"].clone();
    let parameters = parameters.iter().map(|(name, value)| (&**name, typed(&declarations[name]["Type"], value)));
    replace(template, &parameters.collect())
}

fn typed(kind: &Value, value: &str) -> Value {
    match kind.as_str() {
        Some("Number") => value.parse::<i64>().map_or_else(|_| value.into(), Value::from),
        Some("CommaDelimitedList") => value.split(',').map(|item| Value::from(item.trim())).collect(),
        _ => value.into(),
    }
}

fn replace(value: Value, parameters: &BTreeMap<&str, Value>) -> Value {
    match value {
        Value::Array(items) => items.into_iter().map(|item| replace(item, parameters)).collect(),
        Value::Object(members) => match referenced(&members, parameters) {
            Some(value) => value.clone(),
            None => members.into_iter().map(|(name, value)| (name, replace(value, parameters))).collect(),
        },
        other => other,
    }
}

fn referenced<'a>(members: &Map<String, Value>, parameters: &'a BTreeMap<&str, Value>) -> Option<&'a Value> {
    let name = members.get("Ref").filter(|_| members.len() == 1)?;
    parameters.get(name.as_str()?)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn references_to_parameters_become_values_of_their_type() {
        let template = json!({
            "Parameters": { "Limit": { "Type": "Number" }, "Origins": { "Type": "CommaDelimitedList" } },
            "Resources": { "A": { "limit": { "Ref": "Limit" }, "origins": { "Ref": "Origins" }, "queue": { "Ref": "Q" } } }
        });
        let parameters = [("Limit", "10"), ("Origins", "https://a, https://b")];
        let parameters = parameters.map(|(name, value)| (name.to_owned(), value.to_owned())).into();

        let filled = fill_in(template, &parameters);

        let expected = json!({ "limit": 10, "origins": ["https://a", "https://b"], "queue": { "Ref": "Q" } });
        assert_eq!(filled["Resources"]["A"], expected);
    }
}
