//! The clients over real HTTP, against the simulators: every parameter, proof and answer crosses the wire.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

mod facebook;
mod instagram;
mod tiktok;

use platforms::{
    error::PlatformError,
    instagram::{
        graph::{Graph, VERSION},
        proof::ProofForm,
    },
    secret::AuthorizationCode,
    transport::Transport,
    verdict::Verdict,
};
use url::Url;

const CALLBACK: &str = "https://app.example/callback";

/// The code in an address that a person was sent back to.
fn code(location: &str) -> AuthorizationCode {
    let url: Url = location.parse().unwrap();
    let code = url.query_pairs().find(|(name, _)| name == "code").unwrap().1.into_owned();
    code.into()
}

fn graph(url: &str) -> Graph {
    Graph::new(Transport::new().unwrap(), url.parse().unwrap(), VERSION.to_owned(), Some(ProofForm::Timed))
}

fn verdict<T: std::fmt::Debug>(result: Result<T, PlatformError>) -> Verdict {
    Verdict::from(&result.unwrap_err())
}
