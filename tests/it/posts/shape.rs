//! What isn't of the shape that it must have, or names what the user doesn't have.

use serde_json::{Value, json};

use super::{Studio, called, stored};
use crate::support::{Answer, unique};

async fn refused(studio: &Studio, changes: &[(&str, Value)], status: u16, code: &str) -> Answer {
    let answer = studio.post(&studio.body(changes)).await;
    assert_eq!((answer.status, answer.code().as_str()), (status, code), "{answer:?}");
    let dry = called(&studio.upload, studio.event(&studio.body(changes), "dryRun=true", None)).await;
    assert_eq!((dry.status, dry.code().as_str()), (status, code), "a dry run is told the same");
    assert_eq!(studio.written().await, 0);
    answer
}

#[tokio::test]
async fn a_member_that_is_unknown_missing_or_mistyped_is_named() {
    let studio = Studio::open().await;
    for (path, value) in [
        ("postInfo.disable_duets", json!(true)),
        ("photoUrls", json!([])),
        ("postInfo.privacy_level", Value::Null),
        ("postInfo.is_aigc", json!("no")),
        ("accountId", json!("7")),
        ("publishAt", json!("tomorrow")),
        ("publishAt", json!("9999-12-31T23:59:59-01:00")),
        ("mode", json!({ "DIRECT_POST": null })),
        ("postInfo.title", json!("with a \0")),
    ] {
        let answer = refused(&studio, &[(path, value)], 400, "invalid_request").await;
        assert_eq!(answer.json()["error"]["details"], json!({ "member": path }));
    }
}

#[tokio::test]
async fn what_is_said_twice_is_refused_wherever_it_is() {
    let studio = Studio::open().await;
    let body = studio.body(&[]).to_string();
    for (member, twice) in [
        ("accountId", body.replacen('{', r#"{"accountId":1,"#, 1)),
        ("postInfo.privacy_level", body.replacen(r#""postInfo":{"#, r#""postInfo":{"privacy_level":"SELF_ONLY","#, 1)),
    ] {
        let mut event = studio.event(&json!({}), "", Some("a-key"));
        event["body"] = json!(twice);
        let answer = called(&studio.upload, event).await;
        assert_eq!((answer.status, answer.code().as_str()), (400, "invalid_request"));
        assert_eq!(answer.json()["error"]["details"], json!({ "member": member }));
    }
    assert_eq!(studio.written().await, 0);
}

#[tokio::test]
async fn a_misspelt_dry_run_publishes_nothing() {
    let studio = Studio::open().await;
    for (query, parameter) in [
        ("dryrun=true", "dryrun"),
        ("dry_run=true", "dry_run"),
        ("dryRun=true&platform=tiktok", "platform"),
        ("dryRun=1", "dryRun"),
        ("dryRun=", "dryRun"),
        ("dryRun=false&dryRun=true", "dryRun"),
        ("dryRun=true&dryRun=true", "dryRun"),
    ] {
        let answer = called(&studio.upload, studio.event(&studio.body(&[]), query, Some("a-key"))).await;
        assert_eq!((answer.status, answer.code().as_str()), (400, "invalid_request"), "{query}");
        assert_eq!(answer.json()["error"]["details"], json!({ "parameter": parameter }));
    }
    assert_eq!(studio.written().await, 0);
}

#[tokio::test]
async fn what_is_no_json_or_too_much_of_it_is_refused() {
    let studio = Studio::open().await;
    for (body, status, code) in [
        (String::new(), 400, "invalid_json"),
        ("{".to_owned(), 400, "invalid_json"),
        (r#"{"title":"\ud800"}"#.to_owned(), 400, "invalid_json"),
        ("[]".to_owned(), 400, "invalid_request"),
        (format!("{}{}", studio.body(&[]), " ".repeat(300_000)), 413, "payload_too_large"),
    ] {
        let mut event = studio.event(&json!({}), "", Some("a-key"));
        event["body"] = json!(body);
        let answer = called(&studio.upload, event).await;
        assert_eq!((answer.status, answer.code().as_str()), (status, code));
    }
}

#[tokio::test]
async fn a_way_of_posting_that_is_not_built_is_refused_as_such() {
    let studio = Studio::open().await;
    for (name, word) in [("mediaKind", "PHOTO"), ("mode", "MEDIA_UPLOAD"), ("source", "PULL_FROM_URL")] {
        let answer = refused(&studio, &[(name, json!(word))], 422, "not_supported_yet").await;
        assert!(answer.json()["error"]["message"].as_str().unwrap().contains(word), "{answer:?}");
    }
    let mut event = studio.event(&json!({ "mediaType": "REELS" }), "", Some("a-key"));
    event["pathParameters"]["platform"] = json!("instagram");
    assert_eq!(called(&studio.upload, event).await.code(), "not_supported_yet");
}

#[tokio::test]
async fn an_account_or_a_file_that_is_not_the_users_is_not_found() {
    let studio = Studio::open().await;
    let tables = &studio.stage.world.tables;
    let stranger = tables.user().await;
    let theirs = tables.tiktok_account(stranger, &unique()).await;
    let (instagram, _) = tables.instagram_account(studio.stage.user, &unique()).await;
    for account in [theirs, instagram, i32::MAX] {
        let answer = refused(&studio, &[("accountId", json!(account))], 404, "not_found").await;
        assert_eq!(answer.json()["error"]["details"], json!({ "member": "accountId" }));
    }
    for media in [stored(&studio.stage, stranger).await, i64::MAX] {
        let answer = refused(&studio, &[("mediaId", json!(media))], 404, "not_found").await;
        assert_eq!(answer.json()["error"]["details"], json!({ "member": "mediaId" }));
    }
}
