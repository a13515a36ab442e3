//! What is read from TikTok's deliveries.

use super::*;

const COMPLETE: &str = r#"{"client_key":"awtestclientkey01","event":"post.publish.complete","create_time":1793462400,"user_openid":"-000TestOpenIdAAAAAAAAAAAAAAAAAAAAAA","content":"{\"publish_id\":\"v_pub_file~v2-1.7600000000000000001\",\"publish_type\":\"DIRECT_PUBLISH\"}"}"#;

fn read(body: &str) -> Event {
    parse(body.as_bytes()).unwrap()
}

#[test]
fn a_completed_post_is_read() {
    let event = read(COMPLETE);
    assert_eq!(event.event_type, "post.publish.complete");
    assert_eq!(event.occurred_at.unwrap().unix_timestamp(), 1_793_462_400);
    let publish_id = "v_pub_file~v2-1.7600000000000000001".to_owned();
    assert_eq!(event.change, Change::Post { publish_id, progress: PostProgress::Complete });
}

#[test]
fn white_space_and_an_unwrapped_content_give_the_same_id() {
    let spaced = COMPLETE.replace(r#"\"publish_id\":"#, r#"\"publish_id\" : "#).replace("\":\"", "\": \"");
    let unwrapped = COMPLETE.replace("\"{\\", "{").replace("}\"}", "}}").replace('\\', "");
    assert_eq!(read(&spaced).external_id, read(COMPLETE).external_id);
    assert_eq!(read(&unwrapped).external_id, read(COMPLETE).external_id);
}

#[test]
fn events_that_say_something_else_have_other_ids() {
    let ids = [
        COMPLETE.to_owned(),
        COMPLETE.replace("1793462400", "1793462401"),
        COMPLETE.replace("DIRECT_PUBLISH", r#"DIRECT_PUBLISH\",\"post_id\":\"1"#),
        COMPLETE.replace("complete", "publicly_available"),
    ]
    .map(|body| read(&body).external_id);
    let distinct: std::collections::HashSet<_> = ids.iter().collect();
    assert_eq!(distinct.len(), ids.len());
}

#[test]
fn a_failure_tells_its_reason_under_either_name() {
    for name in ["reason", "fail_reason"] {
        let body = COMPLETE.replace("complete", "failed").replace("publish_type", name);
        let Change::Post { progress, .. } = read(&body).change else { panic!("{body}") };
        assert_eq!(progress, PostProgress::Failed { reason: Some("DIRECT_PUBLISH".to_owned()) });
    }
}

#[test]
fn a_public_id_is_read_under_both_spellings_of_its_end() {
    let with_id = COMPLETE.replace("DIRECT_PUBLISH", r#"DIRECT_PUBLISH\",\"post_id\":\"76"#);
    let progress = |event: &str| match read(&with_id.replace("publish.complete", event)).change {
        Change::Post { progress, .. } => progress,
        other => panic!("{other:?}"),
    };
    let post_id = "76".to_owned();
    assert_eq!(progress("publish.publicly_available"), PostProgress::Public { post_id: post_id.clone() });
    for spelling in ["publicaly", "publicly"] {
        let gone = progress(&format!("publish.no_longer_{spelling}_available"));
        assert_eq!(gone, PostProgress::NoLongerPublic { post_id: post_id.clone() });
    }
}

#[test]
fn a_removed_authorization_tells_why() {
    let body = r#"{"event":"authorization.removed","create_time":1,"user_openid":"-000","content":"{\"reason\": 1 }"}"#;
    assert_eq!(read(body).change, Change::AuthorizationRemoved { reason: RemovalReason::from(1) });
}

#[test]
fn a_known_event_without_what_it_is_about_says_so() {
    for body in [
        r#"{"event":"authorization.removed","user_openid":"-000","content":"{}"}"#,
        r#"{"event":"authorization.removed","create_time":1,"user_openid":"","content":"{}"}"#,
        r#"{"event":"authorization.removed","create_time":99999999999999,"user_openid":"-000"}"#,
        r#"{"event":"post.publish.complete","content":"{}"}"#,
        r#"{"event":"post.publish.publicly_available","content":"{\"publish_id\":\"v\"}"}"#,
        r#"{"event":"post.publish.no_longer_publicaly_available","content":"{\"publish_id\":\"v\",\"post_id\":\"\"}"}"#,
    ] {
        let event = read(body);
        assert!(event.problem.is_some() && event.change == Change::None, "{body}");
    }
    assert_eq!(read(r#"{"event":"post.publish.of_next_year","content":"{}"}"#).problem, None);
}

#[test]
fn unknown_events_and_content_of_another_shape_change_nothing() {
    for body in [
        r#"{"event":"test.unicode","content":"{\"note\":\"café ☕ 🎬\"}"}"#,
        r#"{"event":"post.publish.complete"}"#,
        r#"{"event":"post.publish.complete","content":"not json"}"#,
        r#"{"event":"post.publish.complete","content":null}"#,
        r#"{"event":"post.publish.complete","content":"[1,2]","create_time":"soon"}"#,
    ] {
        assert_eq!(read(body).change, Change::None, "{body}");
    }
}

#[test]
fn what_is_no_event_is_refused() {
    for body in ["", "{}", "[]", "null", r#"["event"]"#, r#"{"event":1}"#, r#"{"event":"a","event":"b"}"#] {
        assert!(parse(body.as_bytes()).is_err(), "{body}");
    }
}
