//! What can go wrong with the database.

use deadpool_postgres::PoolError;
use tokio_postgres::error::SqlState;

use super::Refusal;

/// A statement or a connection failed. Nothing in it quotes a row.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// No connection could be had in time.
    #[error("no database connection was free in time")]
    PoolExhausted,
    /// The database can't be reached, or refuses us.
    #[error("the database can't be reached")]
    Unavailable(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// A statement was refused.
    #[error("the database refused a statement")]
    Refused(#[source] Box<Refusal>),
    /// A column holds what this version doesn't know.
    #[error("the column {column} holds an unexpected value")]
    Unexpected {
        /// Which one.
        column: &'static str,
        /// What was wrong with it.
        source: Box<dyn std::error::Error + Send + Sync>,
    },
}

impl StoreError {
    /// Whether the same transaction may well pass when it's run again: a deadlock or a serialisation failure.
    pub fn is_conflict(&self) -> bool {
        let Self::Refused(refusal) = self else { return false };
        matches!(*refusal.state(), SqlState::T_R_DEADLOCK_DETECTED | SqlState::T_R_SERIALIZATION_FAILURE)
    }

    /// Whether the data itself is at fault, so that it's refused however often it's tried: SQLSTATE classes 22 (data),
    /// 23 (constraints), 54 (limits of the server) and P0 (what a trigger says of the row). A missing table or a
    /// read-only standby isn't the data's fault.
    pub fn is_rule_violation(&self) -> bool {
        let Self::Refused(refusal) = self else { return false };
        ["22", "23", "54", "P0"].iter().any(|class| refusal.state().code().starts_with(class))
    }

    /// Whether a statement was refused because of the constraint or unique index with this name.
    pub fn violates(&self, constraint: &str) -> bool {
        let Self::Refused(refusal) = self else { return false };
        refusal.constraint() == Some(constraint)
    }
}

impl From<tokio_postgres::Error> for StoreError {
    fn from(error: tokio_postgres::Error) -> Self {
        // Without an SQLSTATE the server didn't answer. Classes 08, 53 and 57 are its own troubles: connections,
        // resources, shutting down.
        let ours = |state: &SqlState| !["08", "53", "57"].iter().any(|class| state.code().starts_with(class));
        match Refusal::of(&error) {
            Some(refusal) if ours(refusal.state()) => Self::Refused(Box::new(refusal)),
            Some(refusal) => Self::Unavailable(refusal.into()),
            None => Self::Unavailable(error.into()),
        }
    }
}

impl From<PoolError> for StoreError {
    fn from(error: PoolError) -> Self {
        match error {
            PoolError::Timeout(deadpool_postgres::TimeoutType::Wait) => Self::PoolExhausted,
            // Whatever goes wrong while connecting, no statement was refused.
            PoolError::Backend(error) => {
                Self::Unavailable(Refusal::of(&error).map_or_else(|| error.into(), Into::into))
            }
            other => Self::Unavailable(other.into()),
        }
    }
}
