//! The examples: every body has one, and all are what their schemas say.

use super::*;

/// The examples of a Media Type, Parameter or Header Object.
fn examples<'a>(contract: &'a Contract, node: &'a Value) -> Vec<&'a Value> {
    let named = node["examples"].as_object().into_iter().flatten();
    let named = named.map(|(_, example)| &contract.resolve(example).unwrap()["value"]);
    named.chain(node.get("example")).collect()
}

#[test]
fn examples_are_what_their_schemas_say() {
    let contract = contract();
    let mut checked = 0;
    walk(contract.document(), "", &mut |pointer, node| {
        let Some(schema) = node.get("schema") else { return };
        for example in examples(&contract, node) {
            contract.check_schema(schema, example).unwrap_or_else(|problem| panic!("{pointer}: {problem}"));
            checked += 1;
        }
    });
    assert!(checked > 30, "only {checked} examples were found");
}

#[test]
fn examples_of_schemas_are_what_the_schemas_say() {
    let contract = contract();
    walk(&contract.document()["components"]["schemas"], "", &mut |pointer, schema| {
        for example in schema["examples"].as_array().into_iter().flatten() {
            contract.check_schema(schema, example).unwrap_or_else(|problem| panic!("{pointer}: {problem}"));
        }
    });
}

#[test]
fn every_body_has_an_example() {
    let contract = contract();
    for operation in contract.operations() {
        let responses = operation.responses().unwrap();
        for node in responses.values().copied().chain(operation.definition.get("requestBody")) {
            for (media_type, content) in node["content"].as_object().unwrap() {
                assert!(!examples(&contract, content).is_empty(), "{} has none in {media_type}", operation.id());
            }
        }
    }
}

#[test]
fn every_code_of_an_error_has_an_example() {
    let contract = contract();
    walk(contract.document(), "", &mut |pointer, node| {
        let Some(schema) = node.get("schema") else { return };
        let shown: Vec<_> = examples(&contract, node).iter().map(|example| &example["error"]["code"]).collect();
        walk(schema, pointer, &mut |pointer, schema| {
            let codes = schema.pointer("/properties/error/properties/code/enum").and_then(Value::as_array);
            for code in codes.into_iter().flatten() {
                assert!(shown.contains(&code), "{pointer} shows no {code}");
            }
        });
    });
}
