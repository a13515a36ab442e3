//! What is read from Meta's deliveries.

use super::*;

const COMMENT: &str = r#"{"id":"17900000000000001","from":{"id":"990000000000001","username":"ada"},"text":"hello","media":{"id":"17800000000000001","media_product_type":"FEED"}}"#;

fn delivery(time: u64, values: &[&str]) -> String {
    let changes: Vec<_> = values.iter().map(|value| format!(r#"{{"field":"comments","value":{value}}}"#)).collect();
    let changes = changes.join(",");
    format!(r#"{{"object":"instagram","entry":[{{"id":"17841400000000001","time":{time},"changes":[{changes}]}}]}}"#)
}

fn read(body: &str) -> Vec<Event> {
    parse(body.as_bytes()).unwrap()
}

#[test]
fn a_comment_is_read() {
    let event = read(&delivery(1, &[COMMENT])).pop().unwrap();
    assert_eq!((event.event_type.as_str(), event.account_id.as_str()), ("comments", "17841400000000001"));
    let Change::Comment(comment) = event.change else { panic!("{event:?}") };
    assert_eq!((comment.id.as_str(), comment.media_id.as_str()), ("17900000000000001", "17800000000000001"));
    assert_eq!((comment.username.as_deref(), comment.text.as_deref()), (Some("ada"), Some("hello")));
}

#[test]
fn all_three_shapes_and_the_documented_list_are_read() {
    let flat = format!(r#"{{"entry":[{{"id":"1","field":"comments","value":{COMMENT}}}]}}"#);
    let listed = format!("[{}]", delivery(1, &[COMMENT]));
    let by_comment_id = delivery(1, &[&COMMENT.replacen("\"id\"", "\"comment_id\"", 1)]);
    for body in [flat, listed, by_comment_id] {
        assert!(matches!(read(&body)[0].change, Change::Comment(_)), "{body}");
    }
    let messages = read(r#"{"entry":[{"id":"1","messaging":[{"message":{"mid":"m"}}]}]}"#);
    assert_eq!(messages[0].event_type, "messaging");
    let standby = read(r#"{"entry":[{"id":"1","standby":[{"message":{"mid":"m"}}]}]}"#);
    assert_eq!(standby[0].event_type, "messaging_standby");
}

#[test]
fn a_redelivery_in_another_batch_has_the_same_ids() {
    let reply = COMMENT.replacen("001", "002", 1);
    let first = read(&delivery(1, &[COMMENT, &reply]));
    let again = read(&delivery(2, &[COMMENT]));
    assert_eq!(first[0].external_id, again[0].external_id);
    assert_ne!(first[0].external_id, first[1].external_id);
}

#[test]
fn mentions_story_insights_and_messages_are_named_by_their_ids_alone() {
    let id = |entry: &str| read(&format!(r#"{{"entry":[{entry}]}}"#)).pop().unwrap().external_id;
    let same = [
        (r#"{"id":"1","changes":[{"field":"mentions","value":{"media_id":"2","comment_id":"3"}}]}"#, "\"x\":1,"),
        (r#"{"id":"1","changes":[{"field":"mentions","value":{"media_id":"2"}}]}"#, "\"x\":1,"),
        (r#"{"id":"1","changes":[{"field":"story_insights","value":{"media_id":"2"}}]}"#, "\"reach\":-1,"),
        (r#"{"id":"1","messaging":[{"timestamp":5,"message":{"mid":"m"}}]}"#, "\"text\":\"hi\","),
    ];
    for (entry, more) in same {
        let grown = entry.replace("\"media_id\"", &format!("{more}\"media_id\""));
        let grown = grown.replace("\"mid\"", &format!("{more}\"mid\""));
        assert_ne!(entry, grown);
        assert_eq!(id(entry), id(&grown), "{entry}");
    }
    let message = |more: &str| id(&format!(r#"{{"id":"1","messaging":[{{"message":{{"mid":"m"{more}}}}}]}}"#));
    assert_ne!(message(""), message(r#","is_deleted":true"#), "taking a message back is another event");
    let reaction = |at: u8| format!(r#"{{"id":"1","messaging":[{{"timestamp":{at},"reaction":{{"mid":"m"}}}}]}}"#);
    assert_ne!(id(&reaction(1)), id(&reaction(2)), "two reactions to one message are two events");
}

#[test]
fn an_edited_comment_is_another_event() {
    let edited = COMMENT.replace("hello", "hello!");
    let events = read(&delivery(1, &[COMMENT, &edited]));
    assert_ne!(events[0].external_id, events[1].external_id);
}

#[test]
fn one_malformed_change_does_not_cost_its_neighbours() {
    let body = format!(r#"{{"entry":[{{"id":"1","changes":[7,{{"field":"comments","value":{COMMENT}}},{{}}]}}]}}"#);
    let types: Vec<_> = read(&body).into_iter().map(|event| event.event_type).collect();
    assert_eq!(types, [MALFORMED_CHANGE, "comments", MALFORMED_CHANGE]);
}

#[test]
fn what_is_no_delivery_is_refused() {
    for body in ["", "{}", "7", "null", r#"{"entry":7}"#, "[7]"] {
        assert!(parse(body.as_bytes()).is_err(), "{body}");
    }
}

#[test]
fn a_broken_entry_does_not_cost_its_neighbours() {
    for broken in ["7", r#"{"changes":7}"#, r#"{"changes":null,"messaging":null}"#, r#"{"field":7}"#, "{}"] {
        let body =
            format!(r#"{{"entry":[{{"id":"1","changes":[{{"field":"comments","value":{COMMENT}}}]}},{broken}]}}"#);
        let events = read(&body);
        assert_eq!(events.len(), 2, "{broken}");
        assert!(matches!(events[0].change, Change::Comment(_)), "{broken}");
    }
}

#[test]
fn a_delivery_is_at_least_one_event() {
    for (body, event_type) in [
        (r#"{"entry":[]}"#, EMPTY),
        (r#"{"entry":null}"#, EMPTY),
        (r#"{"entry":[{"id":"1","time":1,"changed_fields":["comments"]}]}"#, UNKNOWN),
        (r#"{"entry":[{"id":"1","standby":[]}]}"#, UNKNOWN),
        ("[]", EMPTY),
    ] {
        let types: Vec<_> = read(body).into_iter().map(|event| event.event_type).collect();
        assert_eq!(types, [event_type], "{body}");
    }
}

#[test]
fn a_comment_with_half_a_surrogate_or_an_odd_writer_is_still_a_comment() {
    for (good, odd) in [
        (r#""hello""#, r#""hel\ud83dlo""#),
        (r#""hello""#, "7"),
        (r#"{"id":"990000000000001","username":"ada"}"#, r#""ada""#),
    ] {
        let value = COMMENT.replace(good, odd);
        assert_ne!(value, COMMENT);
        assert!(matches!(read(&delivery(1, &[&value]))[0].change, Change::Comment(_)), "{odd}");
    }
}

#[test]
fn a_comment_that_cannot_be_read_says_so() {
    let event =
        read(&delivery(1, &[&COMMENT.replace(r#"{"id":"17800000000000001","media_product_type":"FEED"}"#, "7")]));
    assert!(event[0].problem.is_some());
}

#[test]
fn an_id_without_a_character_is_none() {
    let value = COMMENT.replace(r#""text""#, r#""parent_id":"","text""#).replace("990000000000001", "");
    let Change::Comment(comment) = &read(&delivery(1, &[&value]))[0].change else { panic!("{value}") };
    assert_eq!((&comment.parent_id, &comment.from_id), (&None, &None));
    let nameless = COMMENT.replace("17900000000000001", "");
    assert!(read(&delivery(1, &[&nameless]))[0].problem.is_some());
}

#[test]
fn the_author_is_whoever_is_not_the_account() {
    let comment = read(&delivery(1, &[COMMENT])).pop().unwrap().author;
    assert_eq!((comment.id.as_deref(), comment.username.as_deref()), (Some("990000000000001"), Some("ada")));
    for list in ["messaging", "standby"] {
        for (message, author) in [(r#"{"mid":"m"}"#, "2"), (r#"{"mid":"m","is_echo":true}"#, "3"), ("7", "2")] {
            let item = format!(r#"{{"sender":{{"id":"2"}},"recipient":{{"id":"3"}},"message":{message}}}"#);
            let event = read(&format!(r#"{{"entry":[{{"id":"1","{list}":[{item}]}}]}}"#)).pop().unwrap();
            assert_eq!(event.author.id.as_deref(), Some(author), "{item}");
        }
    }
}

#[test]
fn an_event_alone_in_a_delivery_is_the_same_event() {
    let body = format!(
        r#"{{"entry":[{{"id":"1","changes":[{{"field":"comments","value":{COMMENT}}},7]}}, 7, {{"id":"1","changes":8}},
                      {{"id":"1","messaging":[{{"message":{{"mid":"m"}}}}]}}, {{"id":"1","standby":[]}},
                      {{"id":"1","standby":[{{"message":{{"mid":"m"}}}}]}}]}}"#
    );
    for event in read(&body).into_iter().chain(read(r#"{"entry":[]}"#)) {
        let alone = frame::delivery_of(&event.account_id, &event.event_type, event.payload.get().as_bytes());
        let ids: Vec<_> = parse(&alone).unwrap().into_iter().map(|event| event.external_id).collect();
        assert_eq!(ids, [event.external_id], "{}", event.event_type);
    }
}
