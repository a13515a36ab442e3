//! `/{version}/dialog/oauth`: Facebook Login's consent page (developers.facebook.com, Manually build a login flow).

use std::sync::Arc;

use axum::{
    Router,
    body::Bytes,
    extract::{Path, State},
    http::Uri,
    response::{IntoResponse, Response},
    routing::get,
};

use super::{
    State as Meta,
    dialog::{Mistake, check_client, mistake, scopes},
    grants::{Code, SystemUser},
    graph::is_version,
    people::Person,
    scopes::PUBLIC_PROFILE,
};
use crate::{
    control::held,
    html::{Choice, ConsentPage, Scope},
    parameters::Parameters,
    redirect,
};

/// What Facebook puts behind every address that it sends back to.
const FRAGMENT: &str = "#_=_";

pub(super) fn routes() -> Router<Arc<Meta>> {
    Router::new().route("/{version}/dialog/oauth", get(ask).post(answer))
}

/// A request that may be shown to a person.
struct Dialog {
    permissions: Vec<String>,
    redirect_uri: String,
    state: String,
    /// Whether what was declined is asked for again.
    asks_again: bool,
    granted_scopes: bool,
    /// Where the configuration wants a system user's token.
    system_user: Option<SystemUser>,
}

async fn ask(State(meta): State<Arc<Meta>>, Path(version): Path<String>, uri: Uri) -> Result<Response, Mistake> {
    let dialog = meta.dialog(&version, &Parameters::of_query(&uri))?;
    Ok(meta.page(&dialog))
}

async fn answer(
    State(meta): State<Arc<Meta>>,
    Path(version): Path<String>,
    uri: Uri,
    form: Bytes,
) -> Result<Response, Mistake> {
    let dialog = meta.dialog(&version, &Parameters::of_query(&uri))?;
    let form = Parameters::of_form(&form);
    if form.get("decision") != Some("allow") {
        return Ok(dialog.denied());
    }
    let person = meta.control.person(|person| Some(person.login.as_str()) == form.get("person"));
    let Some(person) = person else { return mistake("Nobody with this name") };
    let granting = if dialog.system_user.is_some() { person.as_system_user() } else { Some(person) };
    match granting {
        Some(person) => Ok(meta.granted(&dialog, &person, &form)),
        None => mistake("You need a business portfolio to go on"),
    }
}

impl Dialog {
    fn denied(&self) -> Response {
        let query = [
            ("error", "access_denied"),
            ("error_code", "200"),
            ("error_description", "Permissions error"),
            ("error_reason", "user_denied"),
            ("state", &self.state),
        ];
        redirect::to(&self.redirect_uri, &query, FRAGMENT)
    }
}

impl Meta {
    fn dialog(&self, version: &str, query: &Parameters) -> Result<Dialog, Mistake> {
        if !is_version(version) {
            return mistake("Unknown version");
        }
        check_client(query, &self.app.app_id)?;
        let Some(state) = query.get("state") else { return mistake("Invalid parameter: state is missing") };
        let asks_again = match query.get("auth_type") {
            None | Some("reauthorize") => false,
            Some("rerequest") => true,
            Some(other) => return mistake(format!("Invalid parameter: auth_type {other}")),
        };
        Ok(Dialog {
            granted_scopes: asks_for_granted_scopes(query)?,
            redirect_uri: self.redirect_uri(query)?,
            permissions: self.asked(query)?,
            system_user: self.system_user(query)?,
            state: self.control.note("state", state.to_owned()),
            asks_again,
        })
    }

    /// What the scope names, or else the configuration. The public profile always belongs to it.
    fn asked(&self, query: &Parameters) -> Result<Vec<String>, Mistake> {
        let settings = self.control.settings();
        let configuration = query.get("config_id").map(|id| settings.configurations.get(id));
        let asked = match (query.get("scope"), configuration) {
            (_, Some(None)) => return mistake("Invalid parameter: no configuration with this config_id"),
            (Some(list), _) => scopes(list, &settings.permissions)?,
            (None, Some(Some(configuration))) => configuration.permissions.clone(),
            (None, None) => Vec::new(),
        };
        let beyond = asked.into_iter().filter(|name| name != PUBLIC_PROFILE);
        Ok([PUBLIC_PROFILE.to_owned()].into_iter().chain(beyond).collect())
    }

    /// Whether the configuration is for one; then it alone names the permissions.
    fn system_user(&self, query: &Parameters) -> Result<Option<SystemUser>, Mistake> {
        let configurations = self.control.settings().configurations;
        let configuration = query.get("config_id").and_then(|id| configurations.get(id));
        let Some(configuration) = configuration.filter(|known| known.system_user) else { return Ok(None) };
        if query.get("scope").is_some() {
            return mistake("Invalid parameter: scope can't be used with this config_id");
        }
        Ok(Some(SystemUser { lifetime_s: configuration.token_lifetime_s }))
    }

    /// Whether it can't be declined by itself. A Business app gets all or nothing.
    fn is_fixed(&self, dialog: &Dialog, name: &str) -> bool {
        name == PUBLIC_PROFILE || dialog.system_user.is_some() || self.control.settings().all_or_nothing
    }

    fn page(&self, dialog: &Dialog) -> Response {
        let settings = self.control.settings();
        let scope = |name: &String| Scope { name: name.clone(), fixed: self.is_fixed(dialog, name) };
        let choice = |person: Person| Choice { value: person.login, label: person.name };
        let page = ConsentPage {
            platform: "Facebook",
            app: &settings.app_name,
            people: self.control.people().into_iter().map(choice).collect(),
            scopes: dialog.permissions.iter().map(scope).collect(),
        };
        page.render().into_response()
    }

    fn granted(&self, dialog: &Dialog, person: &Person, form: &Parameters) -> Response {
        let settings = self.control.settings();
        // What was declined once stays so until it is asked for again.
        let declined = held(&self.grants).permissions(&person.id).declined;
        let open = |name: &&String| dialog.asks_again || !declined.contains(*name);
        let asked: Vec<_> = dialog.permissions.iter().filter(open).cloned().collect();
        let allowed =
            |name: &&String| self.is_fixed(dialog, name) || form.all("scope").any(|box_| box_ == name.as_str());
        let granted: Vec<_> = asked.iter().filter(allowed).cloned().collect();
        let now = self.control.now();
        let expires_at = now + settings.code_lifetime_s;
        let (redirect_uri, account) = (dialog.redirect_uri.clone(), person.id.clone());
        let code = Code { redirect_uri, account, expires_at, used: false, system_user: dialog.system_user };
        let code = self.control.note("code", held(&self.grants).consent(&asked, &granted, code, now));
        let list = granted.join(",");
        let mut query = vec![("code", code.as_str()), ("state", &dialog.state)];
        if dialog.granted_scopes {
            query.push(("granted_scopes", &list));
        }
        redirect::to(&dialog.redirect_uri, &query, FRAGMENT)
    }
}

/// A server wants a code, and may want the granted scopes beside it.
fn asks_for_granted_scopes(query: &Parameters) -> Result<bool, Mistake> {
    let types: Vec<_> = query.get("response_type").unwrap_or("code").split([' ', ',']).collect();
    match types.iter().find(|kind| !matches!(**kind, "code" | "granted_scopes")) {
        Some(kind) => mistake(format!("Invalid parameter: response_type {kind} is not simulated")),
        None if types.contains(&"code") => Ok(types.contains(&"granted_scopes")),
        None => mistake("Invalid parameter: response_type has no code"),
    }
}
