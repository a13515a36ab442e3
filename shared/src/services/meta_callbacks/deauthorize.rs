//! Who has removed the app at Meta is disconnected here as well. Meta has ended the tokens, so it needn't be told.

use super::{CallbackError, MetaCallbacks, Named, event};
use crate::{
    domain::{AccountId, AuthEventKind, UserId, Visitor, catalogue::ErrorCode},
    store::{self, Attempts, StoreError},
};

impl MetaCallbacks {
    /// Revokes the connections of whoever the form in this body names; those that were granted after it was signed stay.
    /// Whether there were any isn't told.
    ///
    /// # Errors
    /// See [`CallbackError`]; nothing was done.
    pub async fn deauthorize(&self, body: &[u8], visitor: &Visitor) -> Result<(), CallbackError> {
        let named = self.named(body).await?;
        let mut attempts = Attempts::default();
        let ended = loop {
            match Box::pin(self.end_connections(&named, visitor)).await {
                Err(error) if attempts.allow_another(&error) => {}
                ended => break ended?,
            }
        };
        for account in &ended {
            event(AuthEventKind::AuthorizationRemoved, Some(*account), visitor).log();
        }
        tracing::info!(accounts = ended.len(), "a person removed the app");
        Ok(())
    }

    async fn end_connections(&self, named: &Named, visitor: &Visitor) -> Result<Vec<(AccountId, UserId)>, StoreError> {
        let mut connection = self.database.connection().await?;
        let transaction = connection.transaction().await?;
        let login = named.login(&transaction).await?;
        let (person, at) = (&named.person.user_id, named.person.issued_at);
        let accounts = store::disconnections::lock_of_person(&transaction, login, person, at).await?;
        let ids: Vec<_> = accounts.iter().map(|(account, _)| *account).collect();
        store::disconnections::shred(&transaction, &ids, ErrorCode::AuthRemoved.as_str()).await?;
        for account in &accounts {
            let event = event(AuthEventKind::AuthorizationRemoved, Some(*account), visitor);
            store::auth_audit_log::insert(&*transaction, &event).await?;
        }
        transaction.commit().await?;
        Ok(accounts)
    }
}
