//! Codes and tokens: what a person's consent turns into.

use std::collections::HashMap;

use super::authorization::Authorization;
use crate::random;

/// All that is still valid.
#[derive(Debug, Default)]
pub(super) struct Grants {
    codes: HashMap<String, Code>,
    access: HashMap<String, Token>,
    refresh: HashMap<String, Refresh>,
    /// What each person has granted.
    scopes: HashMap<String, Vec<String>>,
}

/// Bound to the request that it answers. The only one holding it may use it, once.
#[derive(Debug)]
pub(super) struct Code {
    pub(super) redirect_uri: String,
    pub(super) challenge: Option<String>,
    pub(super) token: Token,
}

/// Acts for a person, within scopes, for a time.
#[derive(Debug, Clone)]
pub(super) struct Token {
    pub(super) open_id: String,
    pub(super) scopes: Vec<String>,
    pub(super) expires_at: i64,
}

/// Gets the next pair.
#[derive(Debug)]
struct Refresh {
    token: Token,
    /// When it ends because it was replaced.
    replaced_at: Option<i64>,
}

/// A pair of tokens as the token endpoint returns it.
#[derive(Debug)]
pub(super) struct Pair {
    pub(super) access: String,
    pub(super) refresh: String,
}

impl Grants {
    pub(super) fn issue_code(
        &mut self,
        request: &Authorization,
        open_id: &str,
        scopes: Vec<String>,
        expires_at: i64,
    ) -> String {
        let code = format!("{}*{}!{}.va", random::text(200), random::digits(1), random::digits(4));
        let token = Token { open_id: open_id.to_owned(), scopes, expires_at };
        let (redirect_uri, challenge) = (request.redirect_uri.clone(), request.challenge.clone());
        self.codes.insert(code.clone(), Code { redirect_uri, challenge, token });
        code
    }

    /// A code is used up by the attempt.
    pub(super) fn take_code(&mut self, code: &str, now: i64) -> Option<Code> {
        self.codes.remove(code).filter(|code| code.token.expires_at > now)
    }

    /// Whoever a refresh token acts for, if it lives. What is issued for it replaces it after the grace.
    pub(super) fn use_refresh(&mut self, token: &str, now: i64, grace_s: i64) -> Option<Token> {
        let refresh = self.refresh.get_mut(token).filter(|refresh| refresh.lives(now))?;
        refresh.replaced_at.get_or_insert(now + grace_s);
        Some(refresh.token.clone())
    }

    /// Whoever an access token acts for, if it lives.
    pub(super) fn access(&self, token: &str, now: i64) -> Option<&Token> {
        self.access.get(token).filter(|token| token.expires_at > now)
    }

    /// A new access token, and with it a new refresh token or the one that is kept.
    pub(super) fn issue_pair(
        &mut self,
        access: Token,
        refresh_expires_at: i64,
        kept: Option<&str>,
        length: usize,
    ) -> Pair {
        let refresh = kept.map_or_else(|| format!("rft.{}", random::text(length)), str::to_owned);
        let pair = Pair { access: format!("act.{}", random::text(length)), refresh };
        self.scopes.insert(access.open_id.clone(), access.scopes.clone());
        let token = Token { expires_at: refresh_expires_at, ..access.clone() };
        self.refresh.insert(pair.refresh.clone(), Refresh { token, replaced_at: None });
        self.access.insert(pair.access.clone(), access);
        pair
    }

    /// Whether this is a code or a token that still opens something.
    pub(super) fn lives(&self, text: &str, now: i64) -> bool {
        self.access(text, now).is_some()
            || self.refresh.get(text).is_some_and(|refresh| refresh.lives(now))
            || self.codes.get(text).is_some_and(|code| code.token.expires_at > now)
    }

    /// Ends the access tokens of a person.
    pub(super) fn end_access(&mut self, open_id: &str) {
        self.access.retain(|_, token| token.open_id != open_id);
    }

    /// Ends what a person has granted.
    pub(super) fn revoke(&mut self, open_id: &str) {
        self.end_access(open_id);
        self.refresh.retain(|_, refresh| refresh.token.open_id != open_id);
        self.codes.retain(|_, code| code.token.open_id != open_id);
        self.scopes.remove(open_id);
    }

    /// Ends every token; what was granted stays granted.
    pub(super) fn end_all(&mut self) {
        self.access.clear();
        self.refresh.clear();
    }

    /// Whether a person has granted all of these.
    pub(super) fn covers(&self, open_id: &str, scopes: &[String]) -> bool {
        self.scopes.get(open_id).is_some_and(|granted| scopes.iter().all(|scope| granted.contains(scope)))
    }
}

impl Refresh {
    fn lives(&self, now: i64) -> bool {
        self.token.expires_at > now && self.replaced_at.is_none_or(|end| end > now)
    }
}
