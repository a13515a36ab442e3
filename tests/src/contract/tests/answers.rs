//! Answers that keep to the contract, and answers that don't.

use reqwest::header::{HeaderMap, HeaderName, HeaderValue};
use serde_json::json;

use super::*;

const ID: (&str, &str) = ("x-correlation-id", "JKJaXmPLvHcESHA=");

fn headers(pairs: &[(&'static str, &'static str)]) -> HeaderMap {
    pairs.iter().map(|(name, value)| (HeaderName::from_static(name), HeaderValue::from_static(value))).collect()
}

fn check(path: &str, status: u16, pairs: &[(&'static str, &'static str)], body: &Value) -> Result<(), String> {
    contract().check("GET", path, status, "application/json; charset=utf-8", &headers(pairs), body)
}

fn error(code: &str) -> Value {
    json!({ "error": { "code": code, "message": "m", "retryable": true, "userMessage": "u" } })
}

fn health(status: &str) -> Value {
    json!({ "status": status, "version": "0.1.0", "dependencies": { "database": "ok", "redis": "ok" } })
}

#[track_caller]
fn refused(answer: Result<(), String>, reason: &str) {
    let problem = answer.unwrap_err();
    assert!(problem.contains(reason), "{problem}");
}

#[test]
fn what_functions_and_api_gateway_answer_is_accepted() {
    let limits = [ID, ("retry-after", "3"), ("ratelimit-limit", "120"), ("ratelimit-remaining", "0")];
    check("/api/health", 200, &[ID], &health("ok")).unwrap();
    check("/api/health", 503, &[ID], &health("unavailable")).unwrap();
    check("/api/accounts", 200, &[ID], &json!({ "items": [], "nextCursor": null })).unwrap();
    check("/api/accounts", 429, &limits, &error("rate_limit_exceeded")).unwrap();
    for status in [401, 403, 413, 429, 500, 503] {
        check("/api/accounts", status, &[], &json!({ "message": "m" })).unwrap();
    }
}

#[test]
fn text_is_a_string() {
    let headers = headers(&[ID]);
    let path = "/api/webhooks/{platform}";
    contract().check("POST", path, 200, "text/plain", &headers, &json!("ok")).unwrap();
    refused(contract().check("POST", path, 200, "text/plain", &headers, &json!("OK")), "\"ok\" was expected");
}

#[test]
fn a_redirect_has_its_headers_and_no_text() {
    let headers = headers(&[
        ID,
        ("location", "https://app.example.com/settings?connected=tiktok&accountId=42"),
        ("set-cookie", "__Host-connect-d244d6fccb9fe993=; Path=/; Max-Age=0; Secure; HttpOnly; SameSite=Lax"),
        ("cache-control", "no-store"),
        ("referrer-policy", "no-referrer"),
    ]);
    let check = |headers: &HeaderMap, text: &str| {
        contract().check("GET", "/api/auth/{platform}/callback", 302, "text/plain", headers, &json!(text))
    };
    check(&headers, "").unwrap();
    refused(check(&headers, "Found"), "\"\" was expected");
    for name in ["x-correlation-id", "Location", "Set-Cookie", "Cache-Control", "Referrer-Policy"] {
        let mut fewer = headers.clone();
        fewer.remove(name);
        refused(check(&fewer, ""), &format!("{name} is missing"));
    }
}

#[test]
fn what_is_not_documented_is_refused() {
    refused(check("/api/nothing", 200, &[ID], &health("ok")), "not in the contract");
    refused(check("/api/health", 418, &[ID], &health("ok")), "not a documented status");
    let html = contract().check("GET", "/api/health", 200, "text/html", &HeaderMap::new(), &json!("ok"));
    refused(html, "not a documented content type");
}

#[test]
fn a_body_of_another_shape_is_refused() {
    let mut more = health("ok");
    more["uptime"] = json!(7);
    refused(check("/api/health", 200, &[ID], &more), "uptime");
    refused(check("/api/health", 200, &[ID], &health("unavailable")), "unavailable");
    refused(check("/api/accounts", 403, &[ID], &error("access_denied")), "message");
    refused(check("/api/accounts", 500, &[ID], &error("another_code")), "another_code");
}

#[test]
fn times_must_be_times() {
    let page = |expires_at: &str| {
        let account = json!({ "id": 1, "platform": "tiktok", "openId": "o", "displayName": null, "status": "active",
                              "statusReason": null, "statusSince": "2026-11-22T09:30:00Z", "scopes": [], "expiresAt": expires_at, "instagramAccounts": [] });
        json!({ "items": [account], "nextCursor": null })
    };
    check("/api/accounts", 200, &[ID], &page("2026-12-01T18:04:11.250417Z")).unwrap();
    refused(check("/api/accounts", 200, &[ID], &page("2026-12-01 18:04:11")), "date-time");
}

#[test]
fn a_missing_or_malformed_header_is_refused() {
    refused(check("/api/health", 200, &[], &health("ok")), "x-correlation-id is missing");
    refused(check("/api/health", 503, &[], &health("unavailable")), "x-correlation-id is missing");
    refused(check("/api/accounts", 429, &[ID], &error("rate_limit_exceeded")), "Retry-After is missing");
    refused(check("/api/health", 200, &[("x-correlation-id", "")], &health("ok")), "x-correlation-id");
    refused(check("/api/health", 200, &[ID, ("ratelimit-reset", "soon")], &health("ok")), "RateLimit-Reset");
}
