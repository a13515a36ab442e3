//! Who may call: Meta, by what its apps sign.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use reqwest::Method;
use serde_json::json;
use testkit::meta::signed_request;

use super::{DEAUTHORIZE, DELETION, callback};
use crate::support::{Answer, HttpSandbox, World, unique};

#[tokio::test]
async fn what_meta_did_not_sign_is_refused() {
    let world = World::open().await;
    let good = signed_request(&world.stack.secrets.meta.app_secret, &unique());
    let (signature, payload) = good.split_once('.').unwrap();
    let other = signed_request("another secret", &unique());
    let bodies = [
        String::new(),
        "signed_request=".to_owned(),
        format!("signed_request={other}"),
        format!("signed_request={signature}.{payload}x"),
        format!("signed_request={payload}"),
        format!("other={good}"),
        format!("signed_request={good}&{}", "x".repeat(20_000)),
    ];
    for (path, body) in [DEAUTHORIZE, DELETION].iter().flat_map(|path| bodies.iter().map(move |body| (path, body))) {
        let request = world.api.request(Method::POST, path).body(body.clone());
        let answer = Answer::of(request.header("content-type", "application/x-www-form-urlencoded")).await;
        assert_eq!((answer.status, answer.code().as_str()), (401, "invalid_signature"), "{path} {body}");
    }
}

#[tokio::test]
async fn a_forged_callback_counts_against_its_address_and_a_signed_one_does_not() {
    let world = World::open().await;
    for (function, path) in [("meta-deauthorize", DEAUTHORIZE), ("meta-data-deletion", DELETION)] {
        let function = HttpSandbox::start(&world, function, [("LIMIT_PER_IP", "2")]).await;
        let number: u64 = unique().parse().unwrap();
        let address = format!("2001:{:x}:{:x}:1::1", (number >> 16) & 0xffff, number & 0xffff);
        let from = |signed: &str| {
            let mut event = callback(path, signed);
            event["requestContext"]["http"]["sourceIp"] = json!(address);
            event
        };
        for status in [401, 401, 429] {
            assert_eq!(function.call(from("forged.forged")).await.status, status);
        }
        for _ in 0..3 {
            let signed = signed_request(&world.stack.secrets.instagram.app_secret, &unique());
            assert_eq!(function.call(from(&signed)).await.status, 200);
        }
    }
}

#[tokio::test]
async fn a_body_in_base64_is_read_as_well() {
    let world = World::open().await;
    let function = HttpSandbox::start(&world, "meta-deauthorize", []).await;
    let mut event = callback(DEAUTHORIZE, &signed_request(&world.stack.secrets.meta.app_secret, &unique()));
    event["body"] = json!(STANDARD.encode(event["body"].as_str().unwrap()));
    event["isBase64Encoded"] = json!(true);
    let answer = function.call(event).await;
    assert_eq!((answer.status, answer.body.as_str()), (200, ""));
}

#[tokio::test]
async fn a_secret_that_was_just_rotated_verifies_and_so_does_the_one_before() {
    let world = World::alone().await;
    let old = world.stack.secrets.instagram.clone();
    let function = HttpSandbox::start(&world, "meta-deauthorize", [("LIMIT_PER_IP", "1000000")]).await;
    let signed_by = async |secret: &str| function.call(callback(DEAUTHORIZE, &signed_request(secret, &unique()))).await;
    assert_eq!(signed_by(&old.app_secret).await.status, 200, "its copy is made");

    let new = unique();
    let secret = |app_secret: &str| json!({ "appId": old.app_id, "appSecret": app_secret });
    let settings = world.aws.settings(&world.stack.functions["meta-deauthorize"]).await;
    world.aws.put_secret(&settings["INSTAGRAM_SECRET_ID"], &secret(&new)).await;

    crate::support::eventually("the new secret is read", async || (signed_by(&new).await.status == 200).then_some(()))
        .await;
    assert_eq!(signed_by(&old.app_secret).await.status, 200);
    world.aws.put_secret(&settings["INSTAGRAM_SECRET_ID"], &secret(&old.app_secret)).await;
}
