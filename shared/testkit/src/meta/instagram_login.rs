//! `/oauth/authorize`: Instagram Login's consent page (developers.facebook.com, Business Login for Instagram).

use std::sync::Arc;

use axum::{
    Router,
    body::Bytes,
    extract::State,
    http::Uri,
    response::{IntoResponse, Response},
    routing::get,
};

use super::{
    State as Meta,
    dialog::{Mistake, check_client, mistake, scopes},
    grants::Code,
    people::InstagramAccount,
    scopes::INSTAGRAM_BASIC,
};
use crate::{
    control::held,
    html::{Choice, ConsentPage, Scope},
    parameters::Parameters,
    redirect,
};

/// What Instagram puts behind every address that it sends back to.
const FRAGMENT: &str = "#_";

pub(super) fn routes() -> Router<Arc<Meta>> {
    Router::new().route("/oauth/authorize", get(ask).post(answer))
}

/// A request that may be shown to a person.
struct Dialog {
    permissions: Vec<String>,
    redirect_uri: String,
    state: Option<String>,
}

async fn ask(State(meta): State<Arc<Meta>>, uri: Uri) -> Result<Response, Mistake> {
    let dialog = meta.instagram_dialog(&Parameters::of_query(&uri))?;
    Ok(meta.instagram_page(&dialog))
}

async fn answer(State(meta): State<Arc<Meta>>, uri: Uri, form: Bytes) -> Result<Response, Mistake> {
    let dialog = meta.instagram_dialog(&Parameters::of_query(&uri))?;
    let form = Parameters::of_form(&form);
    if form.get("decision") != Some("allow") {
        return Ok(dialog.denied());
    }
    match form.get("person").and_then(|username| meta.instagram_account(|account| account.username == username)) {
        Some(account) => Ok(meta.instagram_granted(&dialog, &account, &form)),
        None => mistake("Nobody with this name"),
    }
}

impl Dialog {
    fn back<'a>(&'a self, mut query: Vec<(&'a str, &'a str)>) -> Response {
        query.extend(self.state.as_deref().map(|state| ("state", state)));
        redirect::to(&self.redirect_uri, &query, FRAGMENT)
    }

    fn denied(&self) -> Response {
        self.back(vec![
            ("error", "access_denied"),
            ("error_reason", "user_denied"),
            ("error_description", "The user denied your request"),
        ])
    }
}

impl Meta {
    fn instagram_dialog(&self, query: &Parameters) -> Result<Dialog, Mistake> {
        check_client(query, &self.instagram_app.app_id)?;
        if query.get("response_type") != Some("code") {
            return mistake("Invalid response_type");
        }
        for name in ["enable_fb_login", "force_reauth"] {
            if !matches!(query.get(name), None | Some("true" | "false" | "1" | "0")) {
                return mistake(format!("Invalid {name}"));
            }
        }
        let permissions =
            scopes(query.get("scope").unwrap_or_default(), &self.control.settings().instagram_permissions)?;
        if !permissions.iter().any(|name| name == INSTAGRAM_BASIC) {
            return mistake(format!("Invalid Scopes: {INSTAGRAM_BASIC} is missing"));
        }
        let state = query.get("state").map(|state| self.control.note("state", state.to_owned()));
        Ok(Dialog { permissions, redirect_uri: self.redirect_uri(query)?, state })
    }

    fn instagram_page(&self, dialog: &Dialog) -> Response {
        let people = self.control.people();
        let accounts = people.iter().flat_map(|person| person.instagram());
        let choice = |account: &InstagramAccount| Choice {
            value: account.username.clone(),
            label: format!("{} (@{})", account.name, account.username),
        };
        let scope = |name: &String| Scope { name: name.clone(), fixed: name == INSTAGRAM_BASIC };
        let page = ConsentPage {
            platform: "Instagram",
            app: &self.control.settings().app_name,
            people: accounts.map(choice).collect(),
            scopes: dialog.permissions.iter().map(scope).collect(),
        };
        page.render().into_response()
    }

    fn instagram_granted(&self, dialog: &Dialog, account: &InstagramAccount, form: &Parameters) -> Response {
        let allowed =
            |name: &&String| name.as_str() == INSTAGRAM_BASIC || form.all("scope").any(|box_| box_ == name.as_str());
        let granted: Vec<_> = dialog.permissions.iter().filter(allowed).cloned().collect();
        let now = self.control.now();
        let expires_at = now + self.control.settings().instagram_code_lifetime_s;
        let (redirect_uri, account) = (dialog.redirect_uri.clone(), account.id.clone());
        let code = Code { redirect_uri, account, expires_at, used: false, system_user: None };
        let code = held(&self.grants).consent(&dialog.permissions, &granted, code, now);
        dialog.back(vec![("code", &self.control.note("code", code))])
    }

    /// Somebody's Instagram account.
    pub(super) fn instagram_account(&self, is: impl Fn(&InstagramAccount) -> bool) -> Option<InstagramAccount> {
        let people = self.control.people();
        people.iter().flat_map(|person| person.instagram()).find(|account| is(account)).cloned()
    }
}
