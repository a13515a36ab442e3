//! Connecting accounts: a person goes to the platform's consent page and comes back with a code, which becomes an
//! account with sealed tokens.
//!
//! ```text
//! start     state row, cookie        → the platform's consent page
//! callback  state consumed, once     → code for tokens, once → who is it → sealed, in one transaction → the app
//! ```
//!
//! Whoever can't show the cookie that belongs to a state learns nothing and changes nothing. Everything else that goes
//! wrong takes the person back to the app with a code of the catalogue. Each end leaves a line in the audit log.

mod callback;
mod clients;
mod consume;
mod error;
mod facebook_login;
mod instagram_login;
mod record;
mod return_address;
mod scopes;
mod start;
mod state;
mod tiktok;

pub use callback::{Callback, Ending, Refusal, Returned};
pub use clients::{Graphs, PlatformClients};
pub use error::ConnectError;
pub use record::Recorder;
pub use return_address::ReturnAddresses;
pub use scopes::{ConsentPages, Pkce};
pub use start::{Start, StartRequest, Started};
pub use state::COOKIE_PREFIX;

use url::Url;

use crate::{
    config::{ConfigError, Vars},
    domain::Platform,
};

/// Where a platform sends people back to. It must be registered there, to the byte.
#[derive(Debug, Clone)]
pub struct RedirectUris(String);

impl RedirectUris {
    /// `PUBLIC_URL`: the origin that people's browsers see, with a path where the API lies below one.
    ///
    /// # Errors
    /// It's missing or no address.
    pub fn load(vars: &impl Vars) -> Result<Self, ConfigError> {
        let url: Url = vars.required("PUBLIC_URL")?;
        if url.cannot_be_a_base() || url.query().is_some() || url.fragment().is_some() {
            return Err(ConfigError::Malformed("PUBLIC_URL"));
        }
        Ok(Self(url.as_str().trim_end_matches('/').to_owned()))
    }

    /// A platform's.
    pub fn of(&self, platform: Platform) -> String {
        format!("{}/api/auth/{platform}/callback", self.0)
    }
}
