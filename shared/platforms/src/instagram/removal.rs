//! What the Graph answers when something was removed: a permission, a subscription.
//!
//! developers.facebook.com, Graph API: user permissions.

use serde::Deserialize;

use super::graph;
use crate::{error::PlatformError, transport::Answer};

/// `{"success": true}` as it comes, or `true` as it is documented.
#[derive(Deserialize)]
#[serde(untagged)]
enum RemovalAnswer {
    Bare(Flag),
    Said { success: Flag },
}

/// A boolean, or its word.
#[derive(Deserialize)]
#[serde(untagged)]
enum Flag {
    Boolean(bool),
    Word(String),
}

impl Flag {
    fn is_set(&self) -> bool {
        match self {
            Self::Boolean(flag) => *flag,
            Self::Word(word) => word == "true",
        }
    }
}

pub(super) fn read(answer: &Answer) -> Result<(), PlatformError> {
    if let Some(refusal) = graph::refusal(answer) {
        return Err(refusal);
    }
    let said = serde_json::from_slice(&answer.body).map_err(|error| PlatformError::not_json(answer, &error))?;
    let (RemovalAnswer::Bare(flag) | RemovalAnswer::Said { success: flag }) = said;
    if flag.is_set() { Ok(()) } else { Err(PlatformError::unreadable(answer, "no success")) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{error::RefusalCode, instagram::code::GraphCode};

    fn answer(status: u16, body: &str) -> Answer {
        Answer { status, body: body.as_bytes().to_vec(), log_id: None }
    }

    #[test]
    fn a_removal_is_a_bare_word_or_an_object() {
        for body in ["true", " true\n", r#""true""#, r#"{"success":true}"#, r#"{"success":"true"}"#] {
            assert!(read(&answer(200, body)).is_ok(), "{body}");
        }
        for (status, body) in [(200, "false"), (200, r#"{"success":false}"#), (200, "{}"), (200, ""), (400, "true")] {
            let error = read(&answer(status, body)).unwrap_err();
            assert!(matches!(error, PlatformError::Unreadable { .. }), "{body}: {error:?}");
        }
        let error = read(&answer(400, r#"{"error":{"code":190,"error_subcode":458}}"#)).unwrap_err();
        assert!(matches!(error, PlatformError::Refused { code: RefusalCode::Graph(GraphCode::AppRemoved), .. }));
    }
}
