//! Who wrote what an event tells of.

use serde::Deserialize;
use serde_json::{Value, value::RawValue};

use crate::lenient;

/// Whoever wrote a comment or a message, by all that Meta calls them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Author {
    /// An id for our app, which doesn't change: not always the one of the person's professional account.
    pub id: Option<String>,
    /// The name.
    pub username: Option<String>,
}

/// A person as changes and messages name one.
#[derive(Default, Deserialize)]
pub(super) struct Person {
    #[serde(default, deserialize_with = "lenient::text")]
    pub(super) id: Option<String>,
    #[serde(default, deserialize_with = "lenient::text")]
    pub(super) username: Option<String>,
}

/// A change's `value`.
#[derive(Deserialize)]
struct Written {
    #[serde(default, deserialize_with = "lenient::member")]
    from: Option<Person>,
}

/// An item of `messaging` or `standby`.
#[derive(Deserialize)]
struct Sent {
    #[serde(default, deserialize_with = "lenient::member")]
    sender: Option<Person>,
    #[serde(default, deserialize_with = "lenient::member")]
    recipient: Option<Person>,
    #[serde(default, deserialize_with = "lenient::member")]
    message: Option<Message>,
}

#[derive(Deserialize)]
struct Message {
    #[serde(default)]
    is_echo: Value,
}

impl Author {
    /// Reads a change's `value`, whatever the change is.
    pub(super) fn of_change(value: &str) -> Self {
        Self::of(lenient::object::<Written>(value.as_bytes()).ok().and_then(|written| written.from))
    }

    /// Reads an item of `messaging` or `standby`. What the account itself has sent comes back as an echo: then the other
    /// person is its recipient.
    pub(super) fn of_message(item: &RawValue) -> Self {
        let Ok(sent) = lenient::object::<Sent>(item.get().as_bytes()) else { return Self::default() };
        let is_echo = sent.message.is_some_and(|message| message.is_echo == true);
        Self::of(if is_echo { sent.recipient } else { sent.sender })
    }

    fn of(person: Option<Person>) -> Self {
        let person = person.unwrap_or_default();
        Self { id: named(person.id), username: named(person.username) }
    }
}

/// A name without a character is none.
pub(super) fn named(id: Option<String>) -> Option<String> {
    id.filter(|id| !id.is_empty())
}
