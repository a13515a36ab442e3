//! Who wants to be forgotten: tokens are shredded at once, the rest is deleted in the background, and a code tells how far
//! that is.

use aws_lc_rs::rand;
use serde::Serialize;

use super::{CallbackError, MetaCallbacks, Named, event};
use crate::{
    config::PublicUrl,
    domain::{AuthEventKind, Visitor, catalogue::ErrorCode},
    store::{self, Attempts, StoreError, data_deletion_requests::NewRequest},
};

/// What Meta shows the person, by Meta's names.
#[derive(Debug, Serialize)]
pub struct Promise {
    /// Where anybody who has the code sees how far it is.
    pub url: String,
    /// The code.
    pub confirmation_code: String,
}

impl MetaCallbacks {
    /// Takes the request of whoever the form in this body names. As long as it's open, the same person gets the same code.
    ///
    /// # Errors
    /// See [`CallbackError`]; nothing was done.
    pub async fn request_deletion(
        &self,
        body: &[u8],
        public_url: &PublicUrl,
        visitor: &Visitor,
    ) -> Result<Promise, CallbackError> {
        let named = self.named(body).await?;
        let new_code = random_code()?;
        let mut attempts = Attempts::default();
        let code = loop {
            match Box::pin(self.take(&named, &new_code, visitor)).await {
                Err(error) if attempts.allow_another(&error) => {}
                code => break code?,
            }
        };
        event(AuthEventKind::DataDeletionRequested, None, visitor).log();
        Ok(Promise { url: public_url.at(&format!("/api/data-deletion/{code}")), confirmation_code: code })
    }

    async fn take(&self, named: &Named, new_code: &str, visitor: &Visitor) -> Result<String, StoreError> {
        let mut connection = self.database.connection().await?;
        let transaction = connection.transaction().await?;
        let login = named.login(&transaction).await?;
        let person = &named.person.user_id;
        // A request that comes late, or again, isn't meant for what was connected after it.
        let granted_by = named.person.issued_at;
        let accounts = store::disconnections::lock_of_person(&transaction, login, person, granted_by).await?;
        let ids: Vec<_> = accounts.iter().map(|(account, _)| *account).collect();
        store::disconnections::shred(&transaction, &ids, ErrorCode::AuthRemoved.as_str()).await?;
        let request = NewRequest {
            code: new_code,
            login,
            person_id: person,
            issued_at: named.person.issued_at,
            correlation_id: visitor.correlation_id.as_ref(),
        };
        let code = store::data_deletion_requests::open(&transaction, request).await?;
        for account in accounts.iter().copied().map(Some).chain(accounts.is_empty().then_some(None)) {
            let event = event(AuthEventKind::DataDeletionRequested, account, visitor);
            store::auth_audit_log::insert(&*transaction, &event).await?;
        }
        transaction.commit().await?;
        Ok(code)
    }
}

/// 128 random bits in hexadecimal: Meta wants letters and digits.
fn random_code() -> Result<String, CallbackError> {
    let mut bytes = [0; 16];
    rand::fill(&mut bytes).map_err(|_| CallbackError::NoRandomness)?;
    Ok(bytes.iter().map(|byte| format!("{byte:02x}")).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_letters_and_digits_and_never_the_same() {
        let (one, other) = (random_code().unwrap(), random_code().unwrap());
        assert!(one.len() == 32 && one.bytes().all(|byte| byte.is_ascii_alphanumeric()));
        assert_ne!(one, other);
    }
}
