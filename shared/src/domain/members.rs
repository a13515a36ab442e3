//! A JSON object that somebody sent us, taken apart member by member.
//!
//! What is missing, of another type or left over is named by its path, so that nothing that was said is passed over.

use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

/// The members of one object that nobody has taken yet.
#[derive(Debug)]
pub struct Members {
    path: String,
    left: Map<String, Value>,
}

/// A body that isn't of the shape that it must have.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{} {problem}", if .member.is_empty() { "the body" } else { .member.as_str() })]
pub struct ShapeError {
    /// The path of the member, such as `postInfo.title`; empty for the body itself.
    pub member: String,
    /// What is wrong with it. Never quotes a value.
    pub problem: &'static str,
}

impl Members {
    /// The members of a body.
    ///
    /// # Errors
    /// It's no object.
    pub fn of(body: Value) -> Result<Self, ShapeError> {
        Self::at(String::new(), body)
    }

    fn at(path: String, value: Value) -> Result<Self, ShapeError> {
        match value {
            Value::Object(left) => Ok(Self { path, left }),
            _ => Err(ShapeError { member: path, problem: "is not an object" }),
        }
    }

    /// Takes a member that must be there.
    ///
    /// # Errors
    /// It's missing, or of another type.
    pub fn required<T: DeserializeOwned>(&mut self, name: &str) -> Result<T, ShapeError> {
        self.optional(name)?.ok_or_else(|| self.wrong(name, "is missing"))
    }

    /// Takes a member that must be there and be one of an enum's words. From an object serde would read it as well:
    /// `{ "WORD": null }`.
    ///
    /// # Errors
    /// It's missing, or none of the words.
    pub fn word<T: DeserializeOwned>(&mut self, name: &str) -> Result<T, ShapeError> {
        let word: String = self.required(name)?;
        T::deserialize(Value::String(word)).map_err(|_| self.wrong(name, "is not what it may be"))
    }

    /// Takes a member that may be left out, or be null.
    ///
    /// # Errors
    /// It's of another type.
    pub fn optional<T: DeserializeOwned>(&mut self, name: &str) -> Result<Option<T>, ShapeError> {
        match self.take(name) {
            None => Ok(None),
            Some(value) if has_nul(&value) => Err(self.wrong(name, "has the character U+0000, which no text may have")),
            Some(value) => T::deserialize(value).map(Some).map_err(|_| self.wrong(name, "is not what it may be")),
        }
    }

    /// Takes a member that must be there and be an object.
    ///
    /// # Errors
    /// It's missing, or no object.
    pub fn object(&mut self, name: &str) -> Result<Self, ShapeError> {
        let value = self.take(name).ok_or_else(|| self.wrong(name, "is missing"))?;
        Self::at(self.path_of(name), value)
    }

    /// Ends it: all members must have been taken.
    ///
    /// # Errors
    /// There is one that nobody knows.
    pub fn end(self) -> Result<(), ShapeError> {
        match self.left.keys().next() {
            Some(name) => Err(self.wrong(&name.chars().take(100).collect::<String>(), "is not known")),
            None => Ok(()),
        }
    }

    fn take(&mut self, name: &str) -> Option<Value> {
        self.left.remove(name).filter(|value| !value.is_null())
    }

    fn wrong(&self, name: &str, problem: &'static str) -> ShapeError {
        ShapeError { member: self.path_of(name), problem }
    }

    fn path_of(&self, name: &str) -> String {
        if self.path.is_empty() { name.to_owned() } else { format!("{}.{name}", self.path) }
    }
}

/// PostgreSQL has no room for U+0000, and to replace it would be to change what was said.
fn has_nul(value: &Value) -> bool {
    match value {
        Value::String(text) => text.contains('\0'),
        Value::Array(items) => items.iter().any(has_nul),
        Value::Object(members) => members.iter().any(|(name, value)| name.contains('\0') || has_nul(value)),
        Value::Null | Value::Bool(_) | Value::Number(_) => false,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn post() -> Members {
        Members::of(json!({ "id": 7, "info": { "title": "x", "cover": null, "nul": "a\0" } })).unwrap()
    }

    #[test]
    fn members_are_taken_by_name() {
        let mut post = post();
        assert_eq!(post.required::<i32>("id"), Ok(7));
        let mut info = post.object("info").unwrap();
        assert_eq!(info.required::<String>("title").as_deref(), Ok("x"));
        assert_eq!(info.optional::<i32>("cover"), Ok(None));
        assert_eq!(info.optional::<i32>("absent"), Ok(None));
        assert_eq!(post.end(), Ok(()));
    }

    #[test]
    fn what_is_wrong_is_named_by_its_path() {
        let mut post = post();
        assert_eq!(post.required::<bool>("id").unwrap_err().to_string(), "id is not what it may be");
        assert_eq!(post.object("nothing").unwrap_err().to_string(), "nothing is missing");
        let mut info = post.object("info").unwrap();
        assert_eq!(info.required::<bool>("cover").unwrap_err().to_string(), "info.cover is missing");
        assert!(info.required::<String>("nul").unwrap_err().to_string().starts_with("info.nul has the character"));
        assert_eq!(info.end().unwrap_err().to_string(), "info.title is not known");
        assert_eq!(Members::of(json!([])).unwrap_err().to_string(), "the body is not an object");
    }

    #[test]
    fn a_value_is_never_quoted() {
        let mut post = Members::of(json!({ "id": "a secret" })).unwrap();
        assert!(!post.required::<i32>("id").unwrap_err().to_string().contains("secret"));
    }
}
