//! The clients that a login needs.

use platforms::{
    instagram::{
        graph::{self, Graph},
        instagram_login::{self, TokenHost},
        proof::ProofForm,
    },
    tiktok::api::{self, Api},
    transport::Transport,
};
use url::Url;

use crate::config::{ConfigError, Vars};

/// The platforms, as far as logins and subscriptions go.
#[derive(Debug)]
pub struct PlatformClients {
    /// TikTok.
    pub tiktok: Api,
    /// Where Instagram Login exchanges codes.
    pub instagram_tokens: TokenHost,
    /// The Graphs of Meta's two logins.
    pub graphs: Graphs,
}

/// The Graphs of Meta's two logins.
#[derive(Debug)]
pub struct Graphs {
    /// Facebook Login's.
    pub facebook: Graph,
    /// Instagram Login's.
    pub instagram: Graph,
}

impl PlatformClients {
    /// `TIKTOK_API_URL`, `INSTAGRAM_API_URL`: other hosts than the real ones. The rest: see [`Graphs::load`].
    ///
    /// # Errors
    /// One of them is malformed.
    pub fn load(vars: &impl Vars) -> Result<Self, ConfigError> {
        let transport = Transport::new().map_err(|_| ConfigError::Malformed("TIKTOK_API_URL"))?;
        Ok(Self {
            tiktok: tiktok(vars, &transport)?,
            instagram_tokens: TokenHost::new(
                transport.clone(),
                base(vars, "INSTAGRAM_API_URL", instagram_login::TOKEN_HOST)?,
            ),
            graphs: Graphs::load(vars, &transport)?,
        })
    }
}

/// `TIKTOK_API_URL`: another host than TikTok's.
///
/// # Errors
/// It's malformed.
pub fn tiktok(vars: &impl Vars, transport: &Transport) -> Result<Api, ConfigError> {
    Ok(Api::new(transport.clone(), base(vars, "TIKTOK_API_URL", api::BASE)?))
}

impl Graphs {
    /// `GRAPH_API_URL`, `INSTAGRAM_GRAPH_URL`: other hosts than the real ones. `GRAPH_API_VERSION`: another version.
    /// `META_APPSECRET_PROOF`: `timed` or `plain`, how calls with a token of Facebook Login prove that they are ours.
    ///
    /// # Errors
    /// One of them is malformed.
    pub fn load(vars: &impl Vars, transport: &Transport) -> Result<Self, ConfigError> {
        let version: Option<String> = vars.optional("GRAPH_API_VERSION")?;
        let version = version.unwrap_or_else(|| graph::VERSION.to_owned());
        let proof: ProofForm = vars.required("META_APPSECRET_PROOF")?;
        let graph = |base, proof| Graph::new(transport.clone(), base, version.clone(), proof);
        Ok(Self {
            facebook: graph(base(vars, "GRAPH_API_URL", graph::FACEBOOK)?, Some(proof)),
            // Nothing says that Instagram's Graph knows proofs.
            instagram: graph(base(vars, "INSTAGRAM_GRAPH_URL", graph::INSTAGRAM)?, None),
        })
    }
}

fn base(vars: &impl Vars, name: &'static str, real: &str) -> Result<Url, ConfigError> {
    let given: Option<String> = vars.optional(name)?;
    let url: Url = given.as_deref().unwrap_or(real).parse().map_err(|_| ConfigError::Malformed(name))?;
    if matches!(url.scheme(), "http" | "https") { Ok(url) } else { Err(ConfigError::Malformed(name)) }
}
