//! Cuts a delivery that is too large for one message into several, by entry and where that isn't enough by change.
//!
//! Meta puts up to 1,000 updates into one delivery. Every change stays as it was written, byte for byte.

use serde::Deserialize;
use serde_json::{Value, value::RawValue};

use crate::lenient;

#[derive(Deserialize)]
struct Delivery<'a> {
    #[serde(borrow, deserialize_with = "lenient::list")]
    entry: Vec<&'a RawValue>,
}

/// A member of an entry, by its name.
type Member<'a> = (String, &'a RawValue);

const HEAD: &str = r#"{"object":"instagram","entry":["#;
const TAIL: &str = "]}";

/// The most bytes of an entry's other members that go with each of its pieces.
const MAX_OTHERS: usize = 1024;

/// Bodies of at most `max` bytes that together say what `body` says. `None` when it can't be cut so: it isn't of the
/// documented shape, or one change alone is larger.
pub fn split(body: &[u8], max: usize) -> Option<Vec<Vec<u8>>> {
    let room = max.checked_sub(HEAD.len() + TAIL.len())?;
    let mut pieces = Vec::new();
    for entry in entries(body)? {
        if entry.get().len() <= room {
            pieces.push(entry.get().to_owned());
        } else {
            pieces.extend(items(entry, room)?);
        }
    }
    if pieces.is_empty() {
        return None;
    }
    Some(packed(pieces, room).into_iter().map(|entries| format!("{HEAD}{entries}{TAIL}").into_bytes()).collect())
}

/// Deliveries are an object; Meta's documentation wraps them in a list.
fn entries(body: &[u8]) -> Option<Vec<&RawValue>> {
    if body.trim_ascii_start().starts_with(b"[") {
        let deliveries: Vec<Delivery<'_>> = serde_json::from_slice(body).ok()?;
        return Some(deliveries.into_iter().flat_map(|delivery| delivery.entry).collect());
    }
    lenient::object::<Delivery<'_>>(body).ok().map(|delivery| delivery.entry)
}

/// Entries with the items of one that is too large. Whatever else it has goes with each of them; where that is large as
/// well, it's an entry of its own and only the id goes with each.
fn items(entry: &RawValue, room: usize) -> Option<Vec<String>> {
    let is_list = |(name, _): &Member<'_>| matches!(name.as_str(), "changes" | "messaging" | "standby");
    let (lists, mut others): (Vec<_>, Vec<_>) = lenient::members(entry.get()).ok()?.into_iter().partition(is_list);
    let (mut head, mut pieces) = (written(&others), Vec::new());
    if head.len() > MAX_OTHERS {
        pieces.push(format!("{{{}}}", head.trim_end_matches(',')));
        others.retain(|(name, _)| name == "id");
        head = written(&others);
    }
    for (name, list) in lists {
        pieces.extend(cut(list, &format!("{{{head}\"{name}\":["), room)?);
    }
    let fit = head.len() <= MAX_OTHERS && pieces.iter().all(|piece| piece.len() <= room);
    (fit && !pieces.is_empty()).then_some(pieces)
}

/// Members as text, each with a comma behind it.
fn written(members: &[Member<'_>]) -> String {
    members.iter().map(|(name, value)| format!("{}:{},", Value::from(name.as_str()), value.get())).collect()
}

/// A list's items, as few times behind `head` as there is room for; null is an empty list.
fn cut(list: &RawValue, head: &str, room: usize) -> Option<Vec<String>> {
    let room = room.checked_sub(head.len() + "]}".len())?;
    let items: Option<Vec<&RawValue>> = serde_json::from_str(list.get()).ok()?;
    let items: Vec<_> = items.into_iter().flatten().map(|item| item.get().to_owned()).collect();
    let fit = items.iter().all(|item| item.len() <= room);
    fit.then(|| packed(items, room).iter().map(|items| format!("{head}{items}]}}")).collect())
}

/// Joins pieces with commas into as few texts of at most `room` bytes as their order allows.
fn packed(pieces: Vec<String>, room: usize) -> Vec<String> {
    let mut texts: Vec<String> = Vec::new();
    for piece in pieces {
        match texts.last_mut().filter(|text| text.len() + 1 + piece.len() <= room) {
            Some(text) => {
                text.push(',');
                text.push_str(&piece);
            }
            None => texts.push(piece),
        }
    }
    texts
}

#[cfg(test)]
mod tests;
