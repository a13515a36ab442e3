//! What can go wrong with the database.

use deadpool_postgres::PoolError;
use tokio_postgres::error::SqlState;

/// A statement or a connection failed.
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
    Refused(#[source] tokio_postgres::Error),
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
        let Self::Refused(error) = self else { return false };
        matches!(error.code(), Some(&SqlState::T_R_DEADLOCK_DETECTED | &SqlState::T_R_SERIALIZATION_FAILURE))
    }
}

impl StoreError {
    /// Whether the data itself is at fault, so that it's refused however often it's tried: SQLSTATE classes 22 (data),
    /// 23 (constraints) and 54 (limits of the server). A missing table or a read-only standby isn't the data's fault.
    pub fn is_rule_violation(&self) -> bool {
        let Self::Refused(error) = self else { return false };
        error.code().is_some_and(|state| ["22", "23", "54"].iter().any(|class| state.code().starts_with(class)))
    }
}

impl StoreError {
    /// Whether a statement was refused because of the constraint or unique index with this name.
    pub fn violates(&self, constraint: &str) -> bool {
        let Self::Refused(error) = self else { return false };
        error.as_db_error().and_then(|error| error.constraint()) == Some(constraint)
    }
}

impl From<tokio_postgres::Error> for StoreError {
    fn from(error: tokio_postgres::Error) -> Self {
        // Without an SQLSTATE the server didn't answer. Classes 08, 53 and 57 are its own troubles: connections,
        // resources, shutting down.
        let ours = |state: &SqlState| !["08", "53", "57"].iter().any(|class| state.code().starts_with(class));
        if error.code().is_some_and(ours) { Self::Refused(error) } else { Self::Unavailable(error.into()) }
    }
}

impl From<PoolError> for StoreError {
    fn from(error: PoolError) -> Self {
        match error {
            PoolError::Timeout(deadpool_postgres::TimeoutType::Wait) => Self::PoolExhausted,
            // Whatever goes wrong while connecting, no statement was refused.
            other => Self::Unavailable(other.into()),
        }
    }
}
