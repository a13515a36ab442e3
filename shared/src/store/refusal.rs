//! Why the server refused a statement, without what the statement was about.

use tokio_postgres::{Error, error::SqlState};

/// The server's answer less its DETAIL, HINT and CONTEXT: those quote rows, and so people's words and names. What is
/// left may be logged and stored.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message} (SQLSTATE {}{})", .state.code(), self.place())]
pub struct Refusal {
    state: SqlState,
    message: String,
    table: Option<String>,
    column: Option<String>,
    constraint: Option<String>,
}

impl Refusal {
    /// `None` where the server didn't answer.
    pub fn of(error: &Error) -> Option<Self> {
        let error = error.as_db_error()?;
        Some(Self {
            state: error.code().clone(),
            message: message(error.code(), error.routine(), error.message()),
            table: error.table().map(str::to_owned),
            column: error.column().map(str::to_owned),
            constraint: error.constraint().map(str::to_owned),
        })
    }

    /// The SQLSTATE.
    pub fn state(&self) -> &SqlState {
        &self.state
    }

    /// The constraint or unique index that was violated.
    pub fn constraint(&self) -> Option<&str> {
        self.constraint.as_deref()
    }

    fn place(&self) -> String {
        let names = [("table", &self.table), ("column", &self.column), ("constraint", &self.constraint)];
        let named = names.iter().filter_map(|(kind, name)| Some(format!(", {kind} {}", name.as_ref()?)));
        named.collect()
    }
}

/// The server's own messages name tables, columns and rules. Those of class 22 quote the value that is wrong. Those of
/// class P0, and of the routine behind PL/pgSQL's RAISE, which may borrow any class, are whatever a trigger says.
fn message(state: &SqlState, routine: Option<&str>, message: &str) -> String {
    match (state.code().get(..2), routine) {
        (Some("P0"), _) | (_, Some("exec_stmt_raise")) => "a trigger or a function refused".to_owned(),
        (Some("22"), _) => "a value can't be taken".to_owned(),
        _ => message.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_that_may_quote_a_value_is_not_kept() {
        for (state, routine) in [
            (&SqlState::INVALID_TEXT_REPRESENTATION, "pg_strtoint32_safe"),
            (&SqlState::RAISE_EXCEPTION, "exec_stmt_assert"),
            (&SqlState::CHECK_VIOLATION, "exec_stmt_raise"),
        ] {
            let kept = message(state, Some(routine), r#"invalid input syntax for type integer: "ada""#);
            assert!(!kept.contains("ada"), "{state:?}");
        }
        assert_eq!(message(&SqlState::UNDEFINED_TABLE, None, r#"no relation "x""#), r#"no relation "x""#);
    }

    #[test]
    fn a_refusal_names_the_rule_and_where_it_stands() {
        let refusal = Refusal {
            state: SqlState::CHECK_VIOLATION,
            message: "new row violates a check constraint".to_owned(),
            table: Some("posts".to_owned()),
            column: None,
            constraint: Some("posts_status_check".to_owned()),
        };
        let expected =
            "new row violates a check constraint (SQLSTATE 23514, table posts, constraint posts_status_check)";
        assert_eq!(refusal.to_string(), expected);
    }
}
