//! Tokens, brought under the key that seals at present: the work of a key's rotation.

use crate::{
    crypto::{Part, Place, Sealed, Vault, VaultError},
    store::{
        Connection, Database, StoreError,
        sealed_tokens::{self, SealedToken, TokenColumn},
    },
};

/// The most rows that are read at a time.
const BATCH: i64 = 200;

platforms::secret! {
    /// A token of any kind, on its way from one key to another.
    Token,
}

/// What became of a token.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// It lay under the current key already, or is gone.
    Current,
    /// It was sealed anew; in a rehearsal, it could be.
    Rewrapped,
    /// It doesn't open, and was left alone.
    Unopened(VaultError),
}

/// The work can't go on. What was done stays done.
#[derive(Debug, thiserror::Error)]
pub enum RewrapError {
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// KMS can't be reached, or doesn't let us seal.
    #[error(transparent)]
    Vault(#[from] VaultError),
}

/// How many tokens there are.
///
/// # Errors
/// See [`StoreError`].
pub async fn count(database: &Database) -> Result<i64, StoreError> {
    let connection = database.connection().await?;
    let mut total = 0;
    for column in TokenColumn::ALL {
        total += sealed_tokens::count(&connection, column).await?;
    }
    Ok(total)
}

/// Looks at every token, opens and seals anew what doesn't lie under the current key, and tells what became of each.
/// What is done is passed over the next time, so this can be stopped and started again at any time. A `rehearsal` opens
/// everything and writes nothing.
///
/// # Errors
/// See [`RewrapError`]. A token that doesn't open is no error.
pub async fn rewrap(
    database: &Database,
    vault: &Vault,
    rehearsal: bool,
    mut tell: impl FnMut(&SealedToken, &Outcome),
) -> Result<(), RewrapError> {
    let work = Work { connection: database.connection().await?, vault, rehearsal };
    for column in TokenColumn::ALL {
        let mut after = 0;
        loop {
            let batch = sealed_tokens::page(&work.connection, column, after, BATCH).await?;
            let Some(last) = batch.last() else { break };
            after = last.id;
            for token in batch {
                let outcome = work.settle(token.clone()).await?;
                tell(&token, &outcome);
            }
        }
    }
    Ok(())
}

struct Work<'a> {
    connection: Connection,
    vault: &'a Vault,
    rehearsal: bool,
}

impl Work<'_> {
    /// One token. Where a refresh or a disconnect came first, that stands and the row is looked at again.
    async fn settle(&self, token: SealedToken) -> Result<Outcome, RewrapError> {
        let mut found = Some(token);
        while let Some(token) = found {
            let anew = match self.seal_anew(&token).await? {
                Ok(anew) => anew,
                Err(outcome) => return Ok(outcome),
            };
            if self.rehearsal || sealed_tokens::replace(&self.connection, &token, anew.as_str()).await? {
                return Ok(Outcome::Rewrapped);
            }
            found = sealed_tokens::find(&self.connection, token.column, token.id).await?;
        }
        Ok(Outcome::Current)
    }

    /// The same token under the current key, or what becomes of it instead.
    async fn seal_anew(&self, token: &SealedToken) -> Result<Result<Sealed<Token>, Outcome>, VaultError> {
        let (sealed, place) = (Sealed::from_column(token.sealed.clone()), place(token));
        match self.vault.is_current(&sealed).await {
            Ok(true) => return Ok(Err(Outcome::Current)),
            Ok(false) => {}
            Err(VaultError::Malformed) => return Ok(Err(Outcome::Unopened(VaultError::Malformed))),
            Err(error) => return Err(error),
        }
        match self.vault.open(&sealed, &place).await {
            Ok(opened) => self.vault.seal(&opened, &place).await.map(Ok),
            Err(error @ VaultError::Unavailable(_)) => Err(error),
            Err(error) => Ok(Err(Outcome::Unopened(error))),
        }
    }
}

/// The place as those name it who seal these columns.
fn place(token: &SealedToken) -> Place<'_> {
    let (table, column) = token.column.sealed_for;
    Place {
        table,
        column,
        platform: token.platform,
        user: token.user,
        open_id: &token.open_id,
        part: token.page_id.as_deref().map_or(Part::Login, Part::Page),
    }
}
