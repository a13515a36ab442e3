//! What is wrong with a post that somebody wants to make.

use serde::{Serialize, Serializer, ser::SerializeStruct as _};

use crate::domain::catalogue::ErrorCode;

/// One thing that is wrong: `{ code, field, message, userMessage }`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// What it is.
    pub code: ErrorCode,
    /// The path of the member that it's about, such as `postInfo.title`.
    pub field: &'static str,
    /// What is wrong, for a developer. The catalogue has the text for the person.
    pub message: String,
}

impl Problem {
    pub(super) fn new(code: ErrorCode, field: &'static str, message: impl Into<String>) -> Self {
        Self { code, field, message: message.into() }
    }
}

impl Serialize for Problem {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut members = serializer.serialize_struct("Problem", 4)?;
        members.serialize_field("code", &self.code)?;
        members.serialize_field("field", &self.field)?;
        members.serialize_field("message", &self.message)?;
        members.serialize_field("userMessage", self.code.user_message())?;
        members.end()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_problem_tells_program_developer_and_person() {
        let problem = Problem::new(ErrorCode::CaptionTooLong, "postInfo.title", "2201 of 2200");
        let expected = serde_json::json!({
            "code": "caption_too_long", "field": "postInfo.title", "message": "2201 of 2200",
            "userMessage": "The caption is too long. Please shorten it and post again.",
        });
        assert_eq!(serde_json::to_value(problem).unwrap(), expected);
    }
}
