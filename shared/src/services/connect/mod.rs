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
mod pages;
mod record;
mod return_address;
mod scopes;
mod start;
mod state;
mod tiktok;

pub use callback::{Callback, Ending, Refusal, Returned};
pub use clients::{Graphs, PlatformClients, tiktok as tiktok_client};
pub use error::ConnectError;
pub use record::Recorder;
pub use return_address::ReturnAddresses;
pub use scopes::{ConsentPages, Pkce};
pub use start::{Start, StartRequest, Started};
pub use state::COOKIE_PREFIX;

use crate::{
    config::{ConfigError, PublicUrl, Vars},
    domain::Platform,
};

/// Where a platform sends people back to. It must be registered there, to the byte.
#[derive(Debug, Clone)]
pub struct RedirectUris(PublicUrl);

impl RedirectUris {
    /// See [`PublicUrl::load`].
    ///
    /// # Errors
    /// As there.
    pub fn load(vars: &impl Vars) -> Result<Self, ConfigError> {
        PublicUrl::load(vars).map(Self)
    }

    /// A platform's.
    pub fn of(&self, platform: Platform) -> String {
        self.0.at(&format!("/api/auth/{platform}/callback"))
    }
}
