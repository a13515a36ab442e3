//! The contract against the code that it speaks of: the errors' codes, and what they say.

use std::collections::BTreeSet;

use shared::{
    domain::{
        Account, AccountId, AccountStatus, InstagramAccount, Page, PageRequest, Platform, StatusReason,
        catalogue::ErrorCode,
    },
    http::ApiError,
    store::purge::Step,
};
use time::macros::datetime;

use super::*;

/// The codes that each response lists, with the response's operation and status.
fn listed(contract: &Contract) -> Vec<(&str, u16, &Value, &str)> {
    let mut listed = Vec::new();
    for operation in contract.operations() {
        for (status, response) in operation.responses().unwrap() {
            let schema = &response["content"]["application/json"]["schema"];
            let bodies = schema["oneOf"].as_array().map_or(vec![schema], |bodies| bodies.iter().collect());
            for body in bodies.into_iter().filter(|body| body["$ref"] == "#/components/schemas/Error") {
                let codes = body.pointer("/properties/error/properties/code/enum").and_then(Value::as_array);
                let codes = codes.unwrap_or_else(|| panic!("{} {status} lists no codes", operation.id()));
                let status = status.parse().unwrap();
                listed.extend(codes.iter().map(|code| (operation.id(), status, response, code.as_str().unwrap())));
            }
        }
    }
    listed
}

#[test]
fn listed_codes_are_the_catalogues_with_its_statuses() {
    let contract = contract();
    for (operation, status, _, code) in listed(&contract) {
        let known = ErrorCode::find(code).unwrap_or_else(|| panic!("{operation} {status}: no such code: {code}"));
        assert_eq!(known.status().as_u16(), status, "{operation}: {code}");
    }
}

#[test]
fn listed_codes_are_explained() {
    let contract = contract();
    for (operation, status, response, code) in listed(&contract) {
        let description = response["description"].as_str().unwrap();
        assert!(description.contains(&format!("`{code}`: ")), "{operation} {status} doesn't explain {code}");
    }
}

#[test]
fn examples_of_errors_say_what_the_catalogue_says() {
    let contract = contract();
    let mut compared = 0;
    walk(contract.document(), "", &mut |pointer, node| {
        let Some(code) = node["code"].as_str() else { return };
        let known = ErrorCode::find(code).unwrap_or_else(|| panic!("{pointer}: no such code: {code}"));
        // A line of a timeline says nothing to a person.
        if node.get("event").is_some() {
            return;
        }
        // An account's reason and a post's problem are no answers that could be asked for again.
        if !pointer.ends_with("/statusReason") && !pointer.contains("/problems/") {
            assert_eq!(node["retryable"], known.is_retryable(), "{pointer}");
        }
        assert_eq!(node["userMessage"], known.user_message(), "{pointer}");
        compared += 1;
    });
    assert!(compared > 0);
}

#[test]
fn every_error_of_ours_has_the_envelope() {
    let contract = contract();
    for code in ErrorCode::ALL {
        let answer = ApiError::new(*code, "a message").to_reply().into_response();
        let body = serde_json::from_slice(answer.body()).unwrap();
        assert!(contract.is_a("Error", &body), "{body}");
    }
}

#[test]
fn a_page_is_as_long_as_the_contract_says() {
    let contract = contract();
    let limit = &contract.document()["components"]["parameters"]["Limit"]["schema"];
    assert_eq!(limit["maximum"], PageRequest::MAX_LIMIT);
}

#[test]
fn every_kind_of_thing_that_is_deleted_of_a_person_is_documented() {
    let contract = contract();
    let deleted = &contract.document()["components"]["schemas"]["DataDeletion"]["properties"]["deleted"];
    let documented: BTreeSet<_> = deleted["properties"].as_object().unwrap().keys().map(String::as_str).collect();
    assert_eq!(documented, Step::kinds().collect());
}

#[test]
fn accounts_of_every_kind_are_documented() {
    let contract = contract();
    let page =
        |account| Page::of(vec![account], PageRequest::parse(None, None).unwrap(), |account: &Account| account.id.0);
    for platform in Platform::ALL {
        for account in accounts(platform) {
            let body = serde_json::to_value(page(account)).unwrap();
            assert!(contract.is_a("AccountPage", &body), "{body}");
        }
    }
}

fn accounts(platform: Platform) -> [Account; 4] {
    use AccountStatus::{Active, Expiring, NeedsReauth, Revoked};
    let reason = Some(StatusReason::from("page_role_missing".to_owned()));
    let instagram = InstagramAccount {
        id: 2,
        ig_business_id: "3".into(),
        username: "u".into(),
        can_publish: true,
        status: NeedsReauth,
        status_reason: reason.clone(),
    };
    let whole = Account {
        id: AccountId(1),
        platform,
        open_id: "o".to_owned(),
        display_name: Some("d".to_owned()),
        status: Active,
        status_reason: None,
        status_since: datetime!(2026-11-22 09:30 UTC),
        scopes: vec!["s".to_owned()],
        expires_at: Some(datetime!(2026-12-01 18:04:11.25 UTC)),
        instagram_accounts: vec![instagram],
    };
    let bare = Account { display_name: None, expires_at: None, instagram_accounts: Vec::new(), ..whole.clone() };
    let with = |status| Account { status, status_reason: reason.clone(), ..bare.clone() };
    [whole, with(Expiring), with(NeedsReauth), with(Revoked)]
}
