//! Who wrote what an event tells of.

use serde::Deserialize;
use serde_json::value::RawValue;

use crate::lenient;

/// Whoever wrote a comment or a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Author {
    /// By an id for our app, which doesn't change.
    Id(String),
    /// By name, where Meta tells no id.
    Name(String),
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

/// An item of `messaging`.
#[derive(Deserialize)]
struct Sent {
    #[serde(default, deserialize_with = "lenient::member")]
    sender: Option<Person>,
}

impl Author {
    /// Reads a change's `value`, whatever the change is.
    pub(super) fn of_change(value: &str) -> Option<Self> {
        Self::of(lenient::object::<Written>(value.as_bytes()).ok()?.from?)
    }

    /// Reads an item of `messaging`.
    pub(super) fn of_message(item: &RawValue) -> Option<Self> {
        Self::of(lenient::object::<Sent>(item.get().as_bytes()).ok()?.sender?)
    }

    fn of(person: Person) -> Option<Self> {
        named(person.id).map(Self::Id).or_else(|| named(person.username).map(Self::Name))
    }
}

/// A name without a character is none.
pub(super) fn named(id: Option<String>) -> Option<String> {
    id.filter(|id| !id.is_empty())
}
