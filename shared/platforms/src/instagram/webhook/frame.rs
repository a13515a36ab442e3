//! What a stored event is a piece of, told by its type, so that it can be put into a delivery again.

use serde_json::Value;

/// The type of a body that isn't JSON of the documented shape; the payload is the whole body.
pub const MALFORMED: &str = "malformed";
/// The type of an entry that can't be read; the payload is the entry.
pub const MALFORMED_ENTRY: &str = "malformed_entry";
/// The type of a change that can't be read; the payload is the change.
pub const MALFORMED_CHANGE: &str = "malformed_change";
/// The type of an entry without any of the lists that are known here; the payload is the entry.
pub const UNKNOWN: &str = "unknown";
/// The type of a delivery without entries; the payload is the whole body.
pub const EMPTY: &str = "empty";
/// The type of an item of `messaging`; the payload is the item.
pub const MESSAGING: &str = "messaging";

/// The type of an item of `standby`: a message that another app answers. No webhook field is called so.
pub const STANDBY: &str = "messaging_standby";

/// Whether an event of this type was stored because nothing in it was understood. A later version may read more.
pub fn is_unread(event_type: &str) -> bool {
    [MALFORMED, MALFORMED_ENTRY, MALFORMED_CHANGE, UNKNOWN, EMPTY].contains(&event_type)
}

/// A delivery's body with a single event in it, of this type and with this payload.
pub fn delivery_of(account: &str, event_type: &str, payload: &[u8]) -> Vec<u8> {
    let entry = |list: &str| format!(r#"{{"id":{},"{list}":["#, Value::from(account));
    let (head, tail) = match event_type {
        MALFORMED | EMPTY => return payload.to_vec(),
        MALFORMED_ENTRY | UNKNOWN => (String::new(), ""),
        MESSAGING => (entry("messaging"), "]}"),
        STANDBY => (entry("standby"), "]}"),
        _ => (entry("changes"), "]}"),
    };
    [br#"{"object":"instagram","entry":["#, head.as_bytes(), payload, tail.as_bytes(), b"]}"].concat()
}
