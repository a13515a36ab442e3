//! Which login somebody comes back from. Whoever asks first has it, and nobody after that.

use super::{
    Callback, ConnectError, Returned,
    state::{cookie_name, hash, named_state},
};
use crate::{
    domain::Platform,
    store::{
        self,
        oauth_states::{BrowserCookie, Consumed, Hashes, StartedLogin},
    },
};

/// The login that somebody came back from.
pub(super) struct Consumption {
    /// The name of its cookie.
    pub(super) cookie: String,
    /// The login itself.
    pub(super) login: StartedLogin,
    /// Whether it was finished before, or took too long.
    pub(super) is_late: bool,
}

impl Callback {
    /// The login that the state and its cookie name.
    pub(super) async fn consume(&self, platform: Platform, returned: &Returned) -> Result<Consumption, ConnectError> {
        match &returned.state {
            Some(state) => self.consume_named(platform, state, &returned.cookies).await,
            // Whether TikTok sends the state along with a refusal isn't documented.
            None if returned.code.is_none() => self.consume_newest(platform, &returned.cookies).await,
            None => Err(ConnectError::StateMismatch),
        }
    }

    async fn consume_named(
        &self,
        platform: Platform,
        state: &str,
        cookies: &[(String, String)],
    ) -> Result<Consumption, ConnectError> {
        let state = hash(state);
        let name = cookie_name(&state);
        let cookie = cookies.iter().find(|(found, _)| *found == name).ok_or(ConnectError::StateMismatch)?;
        let connection = self.recorder.database.connection().await?;
        let hashes = Hashes { state: &state, cookie: &hash(&cookie.1) };
        match store::oauth_states::consume(&connection, platform, hashes).await? {
            Consumed::Now(login) => Ok(Consumption { cookie: name, login, is_late: false }),
            Consumed::TooLate(login) => Ok(Consumption { cookie: name, login, is_late: true }),
            Consumed::Unknown => Err(ConnectError::StateMismatch),
        }
    }

    async fn consume_newest(
        &self,
        platform: Platform,
        cookies: &[(String, String)],
    ) -> Result<Consumption, ConnectError> {
        let read =
            |(name, value): &(String, String)| Some(BrowserCookie { state: named_state(name)?, cookie: hash(value) });
        let cookies: Vec<_> = cookies.iter().filter_map(read).collect();
        if cookies.is_empty() {
            return Err(ConnectError::StateMismatch);
        }
        let connection = self.recorder.database.connection().await?;
        let newest = store::oauth_states::consume_newest(&connection, platform, &cookies).await?;
        let (state, login) = newest.ok_or(ConnectError::StateMismatch)?;
        Ok(Consumption { cookie: cookie_name(&state), login, is_late: false })
    }
}
