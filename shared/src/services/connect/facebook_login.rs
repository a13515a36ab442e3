//! A Facebook login: code for a long-lived token, then the Pages that it reaches and the accounts behind them.

use std::collections::BTreeMap;

use platforms::{
    error::PlatformError,
    instagram::{facebook_login::App, graph::Caller, pages::Page},
    secret::AuthorizationCode,
};
use serde_json::json;
use time::OffsetDateTime;

use super::{
    Callback, ConnectError,
    pages::{FoundPages, all_pages},
    record::fits,
    start::current,
};
use crate::domain::{Login, LoginKind, Platform, ReachedAccount, ReachedPage};

/// Without these no account can be found.
pub(super) const REQUIRED: &[&str] = &["instagram_basic", "pages_show_list"];

const PLATFORM: Platform = Platform::Instagram;

impl Callback {
    pub(super) async fn facebook_login(&self, code: &AuthorizationCode) -> Result<Login, ConnectError> {
        let secret = current(&self.apps.meta, PLATFORM).await?;
        let app = App { id: &secret.app_id, secret: &secret.app_secret };
        let graph = &self.clients.graphs.facebook;
        let now = OffsetDateTime::now_utc();
        let short = graph.exchange_code(app, code, &self.redirect_uris.of(PLATFORM)).await.map_err(refused)?;
        let long = graph.long_lived(app, &short.access_token).await.map_err(refused)?;
        let caller = Caller { token: &long.access_token, app_secret: app.secret };
        let (facts, person, granted) = tokio::try_join!(
            graph.debug_token(app, &long.access_token),
            graph.person(caller),
            graph.granted_permissions(caller),
        )
        .map_err(refused)?;
        if facts.app_id.as_deref().is_some_and(|id| id != app.id) {
            return Err(ConnectError::ForeignToken);
        }
        require(REQUIRED, &granted)?;
        fits([&person.id]).map_err(refused)?;
        let FoundPages { pages, is_complete } = all_pages(graph, caller, &granted).await.map_err(refused)?;
        let accounts = accounts(pages, &granted);
        if accounts.is_empty() {
            return Err(ConnectError::NoProfessionalAccount);
        }
        Ok(Login {
            platform: PLATFORM,
            kind: Some(LoginKind::FacebookLogin),
            person_id: Some(person.id.clone()),
            open_id: person.id,
            display_name: person.name,
            scopes: granted,
            refresh_token: None,
            granted_at: now,
            expires_at: long.expires_in.map(|life| now + life).or(facts.expires_at),
            refresh_expires_at: None,
            data_access_expires_at: facts.data_access_expires_at,
            metadata: json!({}),
            instagram_accounts: accounts,
            is_complete,
            access_token: long.access_token,
        })
    }
}

fn refused(error: PlatformError) -> ConnectError {
    ConnectError::Platform(PLATFORM, error)
}

/// Whether everything that the login needs was granted.
pub(super) fn require(required: &[&str], granted: &[String]) -> Result<(), ConnectError> {
    let is_missing = |scope: &&&str| !granted.iter().any(|granted| granted == **scope);
    let missing: Vec<_> = required.iter().filter(is_missing).map(|scope| (*scope).to_owned()).collect();
    if missing.is_empty() { Ok(()) } else { Err(ConnectError::NotGranted(missing)) }
}

/// Each Instagram account once, by the Page that allows most. A Page without an account or a token leads nowhere.
fn accounts(pages: Vec<Page>, granted: &[String]) -> Vec<ReachedAccount> {
    let may_publish = granted.iter().any(|scope| scope == "instagram_content_publish");
    let mut found: BTreeMap<String, ReachedAccount> = BTreeMap::new();
    for account in pages.into_iter().filter_map(|page| account(page, may_publish)) {
        let better = found.get(&account.ig_business_id).is_none_or(|known| account.can_publish && !known.can_publish);
        if better {
            found.insert(account.ig_business_id.clone(), account);
        }
    }
    found.into_values().collect()
}

fn account(page: Page, may_publish: bool) -> Option<ReachedAccount> {
    let can_publish = may_publish && page.can_publish();
    let account = page.instagram_business_account?;
    let (ig_business_id, id) = (account.id?, page.id?);
    fits([&ig_business_id, &id]).ok()?;
    Some(ReachedAccount {
        // Never a name in words: it may be another person's username.
        username: account.username.unwrap_or_else(|| ig_business_id.clone()),
        ig_business_id,
        page: Some(ReachedPage {
            id,
            name: page.name,
            tasks: page.tasks,
            token: page.access_token.filter(|token| !token.expose().is_empty())?,
        }),
        can_publish,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page(id: &str, task: &str, account: Option<&str>) -> Page {
        let account = account.map(|id| json!({ "id": id, "username": "example_bakery" }));
        let page = json!({ "id": id, "name": "Bakery", "access_token": format!("EAA{id}"), "tasks": [task],
                           "instagram_business_account": account });
        serde_json::from_value(page).unwrap()
    }

    #[test]
    fn an_account_behind_several_pages_is_reached_by_the_one_that_may_publish() {
        let pages =
            vec![page("1", "ANALYZE", Some("17")), page("2", "MANAGE", Some("17")), page("3", "MODERATE", None)];
        let found = accounts(pages, &["instagram_content_publish".to_owned()]);
        assert_eq!(found.len(), 1);
        assert_eq!((found[0].page.as_ref().unwrap().id.as_str(), found[0].can_publish), ("2", true));
    }

    #[test]
    fn nobody_publishes_without_the_permission() {
        let found = accounts(vec![page("2", "MANAGE", Some("17"))], &["instagram_basic".to_owned()]);
        assert!(!found[0].can_publish);
    }

    #[test]
    fn what_was_not_granted_is_named() {
        let granted = ["pages_show_list".to_owned()];
        let Err(ConnectError::NotGranted(missing)) = require(REQUIRED, &granted) else { panic!() };
        assert_eq!(missing, ["instagram_basic"]);
    }
}
