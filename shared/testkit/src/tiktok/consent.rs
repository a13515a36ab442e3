//! `/v2/auth/authorize/`: GET shows a person what an app asks for, POST takes the answer and sends the person back.

use std::sync::Arc;

use axum::{
    Router,
    body::Bytes,
    extract::State,
    http::{StatusCode, Uri},
    response::{IntoResponse, Response},
    routing::get,
};

use super::{
    State as TikTok,
    authorization::{Authorization, BASIC, Mistake},
    people::Person,
};
use crate::{
    control::held,
    html::{Choice, ConsentPage, Scope, error_page},
    parameters::Parameters,
    redirect,
};

/// What TikTok's page names when a parameter is wrong.
const PARAMETER_ERROR: i32 = 10_007;

pub(super) fn routes() -> Router<Arc<TikTok>> {
    Router::new().route("/v2/auth/authorize/", get(ask).post(answer))
}

async fn ask(State(tiktok): State<Arc<TikTok>>, uri: Uri) -> Response {
    match tiktok.checked(&uri) {
        Ok(request) => tiktok.skip(&request).unwrap_or_else(|| tiktok.page(&request)),
        Err(mistake) => stopped(&mistake),
    }
}

async fn answer(State(tiktok): State<Arc<TikTok>>, uri: Uri, form: Bytes) -> Response {
    let form = Parameters::of_form(&form);
    let request = match tiktok.checked(&uri) {
        Ok(request) => request,
        Err(mistake) => return stopped(&mistake),
    };
    if form.get("decision") != Some("allow") {
        return tiktok.denied(&request);
    }
    let Some(person) = tiktok.control.person(|person| Some(person.username.as_str()) == form.get("person")) else {
        return stopped(&Mistake { error_type: "person", problem: "nobody with this name".to_owned() });
    };
    let allowed = |scope: &&String| scope.as_str() == BASIC || form.all("scope").any(|box_| box_ == scope.as_str());
    let granted = request.scopes.iter().filter(allowed).cloned().collect();
    tiktok.granted(&request, &person, granted)
}

/// A mistake of the app stops here and goes to nobody else.
fn stopped(mistake: &Mistake) -> Response {
    let Mistake { error_type, problem } = mistake;
    let text = format!("{error_type}: {problem}. error=param_error&errCode={PARAMETER_ERROR}&error_type={error_type}");
    (StatusCode::BAD_REQUEST, error_page("This app can't log you in", &text)).into_response()
}

impl TikTok {
    fn checked(&self, uri: &Uri) -> Result<Authorization, Mistake> {
        let request = Authorization::check(&Parameters::of_query(uri), &self.app, &self.control)?;
        self.control.note("state", request.state.clone());
        Ok(request)
    }

    fn page(&self, request: &Authorization) -> Response {
        let choice = |person: Person| Choice {
            label: format!("{} (@{})", person.display_name, person.username),
            value: person.username,
        };
        let scope = |name: &String| Scope { name: name.clone(), fixed: name == BASIC };
        let page = ConsentPage {
            platform: "TikTok",
            app: &self.control.settings().app_name,
            people: self.control.people().into_iter().map(choice).collect(),
            scopes: request.scopes.iter().map(scope).collect(),
        };
        page.render().into_response()
    }

    /// Nobody is asked again who has granted all of it, where the app's settings say so.
    fn skip(&self, request: &Authorization) -> Option<Response> {
        if request.always_ask || !self.control.settings().auto_auth {
            return None;
        }
        let person = self.control.person(|person| held(&self.grants).covers(&person.open_id, &request.scopes))?;
        Some(self.granted(request, &person, request.scopes.clone()))
    }

    fn granted(&self, request: &Authorization, person: &Person, scopes: Vec<String>) -> Response {
        let list = scopes.join(",");
        let expires_at = self.control.now() + self.control.settings().code_lifetime_s;
        let code = held(&self.grants).issue_code(request, &person.open_id, scopes, expires_at);
        let code = self.control.note("code", code);
        redirect::to(&request.redirect_uri, &[("code", &code), ("scopes", &list), ("state", &request.state)], "")
    }

    fn denied(&self, request: &Authorization) -> Response {
        let mut query =
            vec![("error", "access_denied"), ("error_description", "The user did not allow it"), ("errCode", "-2")];
        if self.control.settings().state_on_denial {
            query.push(("state", &request.state));
        }
        redirect::to(&request.redirect_uri, &query, "")
    }
}
