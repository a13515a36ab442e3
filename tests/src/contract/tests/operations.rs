//! The operations: complete, and those of the template.

use std::collections::BTreeSet;

use super::*;
use crate::template::Template;

/// What every route may answer, whatever it does: too large, too fast, failed, not there.
const SHARED: [&str; 4] = ["413", "429", "500", "503"];

#[test]
fn operations_are_the_routes_of_the_template() {
    let template = Template::load().unwrap();
    let routes = template.routes().into_iter().map(|route| (route.path, route.method, route.open));
    let contract = contract();
    let operations = contract
        .operations()
        .into_iter()
        .map(|operation| (operation.path.to_owned(), operation.method.to_owned(), operation.is_open()));
    assert_eq!(operations.collect::<BTreeSet<_>>(), routes.collect());
}

#[test]
fn operations_say_who_they_are() {
    let contract = contract();
    let mut ids = BTreeSet::new();
    for operation in contract.operations() {
        let id = operation.id();
        assert!(!id.is_empty() && ids.insert(id), "{} {}: {id:?}", operation.method, operation.path);
        for member in ["summary", "description"] {
            assert!(operation.definition[member].as_str().is_some_and(|text| !text.is_empty()), "{id} has no {member}");
        }
    }
}

#[test]
fn operations_document_a_success_and_the_errors_that_all_share() {
    let contract = contract();
    for operation in contract.operations() {
        let responses = operation.responses().unwrap();
        let id = operation.id();
        assert!(responses.keys().any(|status| status.starts_with(['2', '3'])), "{id} has no success");
        assert!(SHARED.iter().all(|status| responses.contains_key(status)), "{id} lacks one of {SHARED:?}");
        let closed = ["401", "403"].iter().all(|status| responses.contains_key(status));
        assert!(closed || operation.is_open(), "{id} needs a token and doesn't say what happens without");
    }
}

#[test]
fn every_reference_leads_somewhere() {
    let contract = contract();
    let mut references = 0;
    walk(contract.document(), "", &mut |pointer, node| {
        references += usize::from(node.get("$ref").is_some());
        contract.resolve(node).unwrap_or_else(|problem| panic!("{pointer}: {problem}"));
    });
    assert!(references > 0);
}

#[test]
fn every_component_is_used() {
    let contract = contract();
    let mut used = BTreeSet::new();
    walk(contract.document(), "", &mut |_, node| {
        used.extend(node.get("$ref").and_then(Value::as_str));
        used.extend(node.get("x-required-unless").and_then(Value::as_str));
    });
    for (kind, components) in contract.document()["components"].as_object().unwrap() {
        for name in components.as_object().unwrap().keys().filter(|_| kind != "securitySchemes") {
            let reference = format!("#/components/{kind}/{name}");
            assert!(used.contains(&*reference), "{reference} is not used");
        }
    }
}

#[test]
fn every_object_says_whether_it_may_have_more_members() {
    let contract = contract();
    walk(&contract.document()["components"]["schemas"], "", &mut |pointer, node| {
        let says = node["type"] != "object" || node["additionalProperties"].is_boolean();
        assert!(says, "{pointer} has no additionalProperties");
    });
}

#[test]
fn the_version_is_the_workspaces() {
    assert_eq!(contract().document()["info"]["version"], env!("CARGO_PKG_VERSION"));
}
