//! Which login somebody comes back from. Whoever asks first has it, and nobody after that.

use platforms::secret::LoginCookie;

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
    pub(super) cookie_name: String,
    /// What the browser showed.
    pub(super) cookie: LoginCookie,
    /// The login itself.
    pub(super) login: StartedLogin,
    /// Whether it was finished before, or took too long.
    pub(super) is_late: bool,
}

impl Callback {
    /// The login that the state and its cookie name.
    pub(super) async fn consume(&self, platform: Platform, returned: &Returned) -> Result<Consumption, ConnectError> {
        match &returned.state {
            Some(state) => self.consume_named(platform, state, returned).await,
            // Whether TikTok sends the state along with a refusal isn't documented; Meta does. Any site can send a
            // browser here without one, and end a login by it.
            None if platform == Platform::TikTok && returned.code.is_none() => {
                self.consume_newest(platform, returned).await
            }
            None => Err(ConnectError::StateMismatch),
        }
    }

    async fn consume_named(
        &self,
        platform: Platform,
        state: &str,
        returned: &Returned,
    ) -> Result<Consumption, ConnectError> {
        let state = hash(state);
        let (cookie_name, cookie) = returned.shown(&state)?;
        let connection = self.recorder.database.connection().await?;
        let hashes = Hashes { state: &state, cookie: &hash(cookie.expose()) };
        let (login, is_late) = match store::oauth_states::consume(&connection, platform, hashes).await? {
            Consumed::Now(login) => (login, false),
            Consumed::TooLate(login) => (login, true),
            Consumed::Unknown => return Err(ConnectError::StateMismatch),
        };
        Ok(Consumption { cookie_name, cookie, login, is_late })
    }

    async fn consume_newest(&self, platform: Platform, returned: &Returned) -> Result<Consumption, ConnectError> {
        let read = |(name, cookie): &(String, LoginCookie)| {
            Some(BrowserCookie { state: named_state(name)?, cookie: hash(cookie.expose()) })
        };
        let cookies: Vec<_> = returned.cookies.iter().filter_map(read).collect();
        if cookies.is_empty() {
            return Err(ConnectError::StateMismatch);
        }
        let connection = self.recorder.database.connection().await?;
        let newest = store::oauth_states::consume_newest(&connection, platform, &cookies).await?;
        let (state, login) = newest.ok_or(ConnectError::StateMismatch)?;
        let (cookie_name, cookie) = returned.shown(&state)?;
        Ok(Consumption { cookie_name, cookie, login, is_late: false })
    }
}

impl Returned {
    /// The cookie of the state with this hash.
    fn shown(&self, state: &[u8]) -> Result<(String, LoginCookie), ConnectError> {
        let name = cookie_name(state);
        let cookie = self.cookies.iter().find(|(found, _)| *found == name).cloned();
        cookie.ok_or(ConnectError::StateMismatch)
    }
}
