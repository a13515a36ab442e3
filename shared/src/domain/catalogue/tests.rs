//! What holds for every entry.

use std::collections::HashSet;

use super::*;

/// The codes of the first design, which the app already knows.
const FIRST_CODES: [&str; 11] = [
    "access_denied",
    "invalid_scope",
    "server_error",
    "access_token_invalid",
    "scope_not_authorized",
    "rate_limit_exceeded",
    "spam_risk_too_many_pending_share",
    "url_ownership_unverified",
    "invalid_signature",
    "duplicate_event",
    "processing_failed",
];

/// What our own API answers with, and its status.
const OWN_CODES: [(&str, u16); 24] = [
    ("invalid_request", 400),
    ("invalid_json", 400),
    ("idempotency_key_required", 400),
    ("unauthenticated", 401),
    ("invalid_signature", 401),
    ("invalid_verify_token", 403),
    ("state_mismatch", 403),
    ("not_found", 404),
    ("unknown_platform", 404),
    ("method_not_allowed", 405),
    ("account_connected_elsewhere", 409),
    ("reconnect_required", 409),
    ("idempotency_in_flight", 409),
    ("post_not_cancellable", 409),
    ("outcome_unknown", 409),
    ("outcome_not_unknown", 409),
    ("payload_too_large", 413),
    ("idempotency_key_reused", 422),
    ("validation_failed", 422),
    ("rate_limit_exceeded", 429),
    ("internal_error", 500),
    ("processing_failed", 500),
    ("platform_unavailable", 503),
    ("service_unavailable", 503),
];

fn entries() -> impl Iterator<Item = Entry> {
    ErrorCode::ALL.iter().map(|code| code.entry())
}

#[test]
fn the_codes_of_the_first_design_keep_their_names() {
    for code in FIRST_CODES {
        assert!(ErrorCode::find(code).is_some(), "{code}");
    }
}

#[test]
fn our_own_codes_have_the_status_that_is_promised() {
    for (code, status) in OWN_CODES {
        assert_eq!(ErrorCode::find(code).map(|found| found.status().as_u16()), Some(status), "{code}");
    }
}

#[test]
fn codes_are_unique_snake_case_words() {
    let mut seen = HashSet::new();
    for Entry { code, .. } in entries() {
        assert!(seen.insert(code), "{code} twice");
        assert!(code.split('_').all(|word| !word.is_empty()), "{code}");
        assert!(code.chars().all(|c| c.is_ascii_lowercase() || c == '_'), "{code}");
    }
}

#[test]
fn a_code_fits_the_column_that_keeps_it() {
    assert!(entries().all(|entry| entry.code.len() <= 100));
}

#[test]
fn what_a_person_reads_is_whole_sentences() {
    for Entry { code, user_message, .. } in entries() {
        assert!(user_message.starts_with(|c: char| c.is_uppercase()), "{code}");
        assert!(user_message.ends_with('.') && user_message.len() > 20, "{code}");
        assert!(!user_message.contains("  ") && !user_message.contains('\n'), "{code}");
    }
}

#[test]
fn what_a_person_reads_is_free_of_jargon() {
    let jargon = ["token", "oauth", "http", "json", "api", "scope", "payload", "webhook", "container", "null", "id"];
    for Entry { code, user_message, .. } in entries() {
        let message = user_message.to_lowercase();
        let mut words = message.split(|c: char| !c.is_alphanumeric());
        assert!(!words.any(|word| jargon.contains(&word)), "{code}: {user_message}");
    }
}

#[test]
fn limits_and_platform_trouble_are_worth_another_try_and_refusals_are_not() {
    for Entry { code, status, retryable, .. } in entries() {
        match status.as_u16() {
            429 | 502 | 503 => assert!(retryable, "{code}"),
            // A conflict may pass or not, and an error of ours may be a bug or a wrong setting.
            409 | 500 => {}
            200 | 400 | 401 | 403 | 404 | 405 | 413 | 422 => assert!(!retryable, "{code}"),
            other => panic!("{code} has status {other}, which is not in our convention"),
        }
    }
}

#[test]
fn only_an_event_that_came_twice_is_no_error_in_http() {
    let fine = |entry: &Entry| !entry.status.is_client_error() && !entry.status.is_server_error();
    assert_eq!(entries().filter(fine).map(|entry| entry.code).collect::<Vec<_>>(), ["duplicate_event"]);
}

#[test]
fn a_person_who_must_act_is_asked_to() {
    for Entry { code, actor, user_message, .. } in entries() {
        if actor == Actor::Person {
            assert!(user_message.to_lowercase().contains("please"), "{code}");
        }
    }
}

#[test]
fn a_person_who_can_not_help_is_told_whom_to_ask() {
    for Entry { code, actor, user_message, .. } in entries() {
        if matches!(actor, Actor::AppOwner | Actor::Operator) {
            assert!(user_message.contains("contact support"), "{code}");
        }
    }
}

#[test]
fn waiting_helps_where_only_the_platform_can_act() {
    assert!(entries().filter(|entry| entry.actor == Actor::Platform).all(|entry| entry.retryable));
}

#[test]
fn an_error_of_the_request_s_shape_is_the_caller_s() {
    let shape = |entry: &Entry| matches!(entry.status.as_u16(), 400 | 405);
    assert!(entries().filter(shape).all(|entry| entry.actor == Actor::Caller));
}

#[test]
fn a_code_is_found_by_its_word_only() {
    for &code in ErrorCode::ALL {
        assert_eq!(ErrorCode::find(code.as_str()), Some(code));
    }
    assert_eq!(ErrorCode::find("Access_Denied"), None);
    assert_eq!(ErrorCode::find(""), None);
}
