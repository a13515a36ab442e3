//! Brings the database's schema up to date. Twice is safe, and so is two at once.

use std::error::Error;

use refinery::error::Kind;
use serde::Serialize;
use shared::{
    config::{ConfigError, Vars, aws},
    store::{Database, Refusal, StoreError},
    telemetry,
};

mod embedded {
    refinery::embed_migrations!("../../migrations");
}

/// The function's name.
pub const NAME: &str = "db-migrate";

/// Any number will do, as long as all versions of this function agree on it.
const LOCK: i64 = 0x0050_C1A1;

/// The table that knows what was applied. The CRM may have a history of its own in the same database.
const HISTORY: &str = "social_schema_history";

/// What the migrations need.
#[derive(Debug)]
pub struct App {
    database: Database,
}

/// What was done.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Report {
    /// The migrations that were missing and have been applied now, in their order.
    pub applied: Vec<String>,
    /// The schema's version.
    pub version: i32,
}

/// The schema could not be brought up to date. Each migration is applied whole or not at all.
#[derive(Debug, thiserror::Error)]
pub enum MigrateError {
    /// The database can't be reached.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A migration failed, or one that was applied has been changed since.
    #[error("{0}")]
    Migration(String),
}

impl From<refinery::Error> for MigrateError {
    /// Refinery's own text quotes the server's DETAIL, and with it rows.
    fn from(error: refinery::Error) -> Self {
        Self::Migration(match error.kind() {
            Kind::Connection(step, cause) => format!("{step}: {}", told(&**cause)),
            other => other.to_string(),
        })
    }
}

fn told(cause: &(dyn Error + 'static)) -> String {
    let refusal = cause.downcast_ref().and_then(Refusal::of);
    refusal.map_or_else(|| telemetry::causes(cause), |refusal| refusal.to_string())
}

impl From<tokio_postgres::Error> for MigrateError {
    fn from(error: tokio_postgres::Error) -> Self {
        StoreError::from(error).into()
    }
}

impl App {
    /// Reads the settings; connects nothing yet.
    ///
    /// # Errors
    /// A setting is missing or malformed.
    pub async fn load(vars: &impl Vars) -> Result<Self, ConfigError> {
        Ok(Self { database: Database::load(vars, &aws::load(vars)?)? })
    }

    /// Applies what is missing. A transaction on a second connection holds the lock meanwhile: unlike a session's, its
    /// lock can't outlive it behind a proxy.
    ///
    /// # Errors
    /// See [`MigrateError`].
    pub async fn handle(&self) -> Result<Report, MigrateError> {
        let mut guard = self.database.connection().await?;
        let lock = guard.transaction().await?;
        lock.execute("SELECT pg_advisory_xact_lock($1)", &[&LOCK]).await?;
        let mut connection = self.database.connection().await?;
        let mut runner = embedded::migrations::runner();
        runner.set_migration_table_name(HISTORY);
        let report = runner.run_async(&mut **connection.as_mut()).await?;
        lock.rollback().await?;
        let applied: Vec<_> = report.applied_migrations().iter().map(ToString::to_string).collect();
        tracing::info!(applied = applied.len(), "the schema is up to date");
        Ok(Report { applied, version: newest() })
    }
}

fn newest() -> i32 {
    embedded::migrations::runner().get_migrations().iter().map(|migration| migration.version()).max().unwrap_or(0)
}
