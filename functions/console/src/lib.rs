//! `GET /`: the web console, one page that does with the public API what any application does.
//!
//! The page shows what people and platforms have written and holds a user's token, so its policy lets nothing run but
//! its own script, and lets that talk to its own origin only.

use aws_lc_rs::digest::{SHA256, digest};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use shared::{
    cache::Limiter,
    config::{ConfigError, Vars},
    http::{ApiError, Endpoint, Handle, Reply, Request, StatusCode},
};

/// The function's name.
pub const NAME: &str = "console";

const PAGE: &str = include_str!("page.html");

/// What the route needs.
#[derive(Debug)]
pub struct App {
    policy: String,
}

/// The function.
///
/// # Errors
/// A setting is missing or malformed.
pub async fn endpoint(vars: &impl Vars) -> Result<Endpoint<App>, ConfigError> {
    Ok(Endpoint::new(NAME, App { policy: policy() }, Limiter::load(vars)?))
}

impl Handle for App {
    async fn handle(&self, _: &Request) -> Result<Reply, ApiError> {
        let reply = Reply::new(StatusCode::OK, "text/html; charset=utf-8", PAGE)
            .with_header("cache-control", "no-cache")
            .with_header("referrer-policy", "no-referrer");
        Ok(reply.with_header("content-security-policy", &self.policy))
    }
}

/// The script is known by its hash, so nothing else runs, whatever gets into the page.
fn policy() -> String {
    let hash = STANDARD.encode(digest(&SHA256, element("script").as_bytes()));
    let style = STANDARD.encode(digest(&SHA256, element("style").as_bytes()));
    format!(
        "default-src 'none'; script-src 'sha256-{hash}'; style-src 'sha256-{style}'; connect-src 'self'; \
         base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    )
}

/// What stands in the page's only element of this name.
fn element(name: &str) -> &'static str {
    let (_, rest) = PAGE.split_once(&format!("<{name}>")).unwrap_or_default();
    rest.split_once(&format!("</{name}>")).unwrap_or_default().0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_policy_knows_all_of_the_pages_code() {
        for name in ["script", "style"] {
            assert_eq!(PAGE.matches(&format!("<{name}")).count(), 1);
            assert!(element(name).len() > 100, "{name}");
        }
        assert!(!PAGE.contains(" style=") && !PAGE.contains(" onclick="), "the policy would refuse these");
    }

    #[test]
    fn nothing_becomes_markup_that_came_from_elsewhere() {
        for door in ["innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval("] {
            assert!(!PAGE.contains(door), "{door}");
        }
    }
}
