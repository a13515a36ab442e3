//! How far the deletion of a person's data is, as anybody may see it who has the code.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use time::OffsetDateTime;

/// A request to delete what we hold about a person. It never says who.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct DataDeletion {
    /// How far it is.
    pub status: DeletionStatus,
    /// When it was received.
    #[serde(with = "time::serde::rfc3339")]
    pub requested_at: OffsetDateTime,
    /// When everything was deleted.
    #[serde(with = "time::serde::rfc3339::option")]
    pub completed_at: Option<OffsetDateTime>,
    /// How many things of each kind were deleted; told once all of them are.
    pub deleted: BTreeMap<String, u64>,
}

/// How far a deletion is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DeletionStatus {
    /// It will begin within a minute.
    Received,
    /// Something is deleted, and something is left.
    InProgress,
    /// Nothing is left, and nothing that comes late is stored again.
    Completed,
}
