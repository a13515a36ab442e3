//! Meta: subscriptions first, by the Page's or the account's token, then the grant of Facebook Login. Instagram Login has
//! no documented way to give a grant back: it ends with its token's time.

use platforms::{
    instagram::{facebook_login::App, graph::Caller},
    secret::AccessToken,
    verdict::Death,
};

use super::{
    RevokeError, Revoker,
    revoker::{briefly, unless},
};
use crate::{
    crypto::{Place, VaultError},
    domain::Platform,
    services::apps::current,
    store::pending_revocations::PendingRevocation,
};

impl Revoker {
    pub(super) async fn page_subscription(&self, revocation: &PendingRevocation) -> Result<(), RevokeError> {
        // The table of accounts demands a Page for each of Facebook Login.
        let Some(page) = &revocation.page_id else { return Ok(()) };
        let app = current(&self.apps.meta).await?.ok_or(RevokeError::NoApp)?;
        let token = self.meta_token(revocation).await?;
        let caller = Caller { token: &token, app_secret: &app.app_secret };
        let told = briefly(self.graphs.facebook.unsubscribe_page(page, caller)).await;
        unless(told, RevokeError::ended_subscription)
    }

    pub(super) async fn instagram_subscription(&self, revocation: &PendingRevocation) -> Result<(), RevokeError> {
        let app = current(&self.apps.instagram).await?.ok_or(RevokeError::NoApp)?;
        let token = self.meta_token(revocation).await?;
        let caller = Caller { token: &token, app_secret: &app.app_secret };
        let told = briefly(self.graphs.instagram.unsubscribe_account(caller)).await;
        unless(told, RevokeError::ended_subscription)
    }

    /// By the person's token, or where that has ended by the app's own: the grant outlives it, and so do Page tokens.
    pub(super) async fn facebook_grant(&self, revocation: &PendingRevocation) -> Result<(), RevokeError> {
        let secret = current(&self.apps.meta).await?.ok_or(RevokeError::NoApp)?;
        let token = self.meta_token(revocation).await?;
        let caller = Caller { token: &token, app_secret: &secret.app_secret };
        let told = briefly(self.graphs.facebook.revoke(&revocation.open_id, caller)).await;
        match told.as_ref().err().and_then(RevokeError::death) {
            None => told,
            Some(Death::Revoked) => Ok(()),
            Some(_) => {
                let app = App { id: &secret.app_id, secret: &secret.app_secret };
                self.facebook_grant_by_app(revocation, app).await
            }
        }
    }

    async fn facebook_grant_by_app(&self, revocation: &PendingRevocation, app: App<'_>) -> Result<(), RevokeError> {
        let caller = Caller { token: &app.token(), app_secret: app.secret };
        let told = briefly(self.graphs.facebook.revoke(&revocation.open_id, caller)).await;
        told.map_err(|error| if error.death().is_some() { RevokeError::AppUnknown } else { error })
    }

    /// In the place that it was moved from.
    async fn meta_token(&self, revocation: &PendingRevocation) -> Result<AccessToken, VaultError> {
        let PendingRevocation { user, open_id, page_id, access, .. } = revocation;
        let place = match page_id {
            Some(page) => Place::of_page_token(*user, open_id, page),
            None => Place::of_login("access_token_encrypted", Platform::Instagram, *user, open_id),
        };
        self.vault.open(access, &place).await
    }
}
