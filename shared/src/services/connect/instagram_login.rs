//! An Instagram login: code for a long-lived token, then the one account that it's for.

use platforms::{
    error::PlatformError,
    instagram::{
        facebook_login::App,
        graph::Caller,
        instagram_login::{Profile, ShortLived},
    },
    secret::AuthorizationCode,
};
use serde_json::json;
use time::OffsetDateTime;

use super::{Callback, ConnectError, facebook_login::require, record::fits, start::current};
use crate::domain::{Login, LoginKind, Platform, ReachedAccount};

/// Without this nothing can be read.
pub(super) const REQUIRED: &[&str] = &["instagram_business_basic"];

const PLATFORM: Platform = Platform::Instagram;
const PUBLISH: &str = "instagram_business_content_publish";

impl Callback {
    pub(super) async fn instagram_login(
        &self,
        code: &AuthorizationCode,
        asked: &[String],
    ) -> Result<Login, ConnectError> {
        let secret = current(&self.apps.instagram, PLATFORM).await?;
        let app = App { id: &secret.app_id, secret: &secret.app_secret };
        let now = OffsetDateTime::now_utc();
        let redirect_uri = self.redirect_uris.of(PLATFORM);
        let short = self.clients.instagram_tokens.exchange_code(app, code, &redirect_uri).await.map_err(refused)?;
        let granted = granted(&short, asked);
        require(REQUIRED, &granted)?;
        let graph = &self.clients.graphs.instagram;
        let long = graph.long_lived_for_instagram(app, &short.access_token).await.map_err(refused)?;
        let caller = Caller { token: &long.access_token, app_secret: app.secret };
        let profile = graph.profile(caller).await.map_err(refused)?;
        let (person_id, account) = account(&profile, &granted)?;
        Ok(Login {
            platform: PLATFORM,
            kind: Some(LoginKind::InstagramLogin),
            open_id: account.ig_business_id.clone(),
            person_id: Some(person_id),
            display_name: profile.name.or(profile.username),
            scopes: granted,
            refresh_token: None,
            granted_at: now,
            expires_at: long.expires_in.map(|life| now + life),
            refresh_expires_at: None,
            data_access_expires_at: None,
            metadata: json!({ "account_type": profile.account_type }),
            instagram_accounts: vec![account],
            is_complete: true,
            access_token: long.access_token,
        })
    }
}

fn refused(error: PlatformError) -> ConnectError {
    ConnectError::Platform(PLATFORM, error)
}

/// What was granted. An answer that doesn't tell means all that was asked for.
fn granted(short: &ShortLived, asked: &[String]) -> Vec<String> {
    if short.permissions.is_empty() { asked.to_vec() } else { short.permissions.clone() }
}

/// The person, for Meta's callbacks, and the account. Paths and webhooks name it by `user_id`.
fn account(profile: &Profile, granted: &[String]) -> Result<(String, ReachedAccount), ConnectError> {
    let id = profile.user_id.clone().or_else(|| profile.id.clone()).ok_or(ConnectError::NoProfessionalAccount)?;
    // The profile's `id` is whom Meta's callbacks name. Where it isn't told, the account itself is the best that is known.
    let person = profile.id.clone().unwrap_or_else(|| id.clone());
    fits([&id, &person]).map_err(refused)?;
    let account = ReachedAccount {
        username: profile.username.clone().unwrap_or_else(|| id.clone()),
        ig_business_id: id,
        page: None,
        can_publish: granted.iter().any(|scope| scope == PUBLISH),
    };
    Ok((person, account))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whoever_logs_in_can_be_named_by_a_callback_whatever_the_profile_tells() {
        let person = |id: Option<&str>, user_id: Option<&str>| {
            let profile = json!({ "id": id, "user_id": user_id });
            account(&serde_json::from_value(profile).unwrap(), &[]).map(|(person, _)| person).ok()
        };
        assert_eq!(person(Some("1"), Some("2")).as_deref(), Some("1"));
        assert_eq!(person(None, Some("2")).as_deref(), Some("2"));
        assert_eq!(person(Some("1"), None).as_deref(), Some("1"));
        assert_eq!(person(None, None), None);
    }
}
