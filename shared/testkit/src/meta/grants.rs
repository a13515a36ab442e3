//! Codes, tokens and what people have granted.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use super::error::{CHECKPOINTED, UNCONFIRMED};
use crate::random;

/// All that was issued. A dead token is kept, for the error says what it died of.
#[derive(Debug, Default)]
pub(super) struct Grants {
    codes: HashMap<String, Code>,
    tokens: HashMap<String, Token>,
    /// The Page token that belongs to a user token and a Page.
    page_tokens: HashMap<(String, String), String>,
    /// What each account has granted.
    permissions: HashMap<String, Permissions>,
    /// When each account was last seen in a dialog: the data may be read for a time from then on.
    last_visits: HashMap<String, i64>,
    /// Accounts and the Pages that they have no role on any more.
    lost_roles: HashSet<(String, String)>,
    /// What each Page or Instagram account is subscribed to.
    pub(super) subscriptions: HashMap<String, Vec<String>>,
}

/// Waits for its exchange.
#[derive(Debug, Clone)]
pub(super) struct Code {
    pub(super) redirect_uri: String,
    /// The id of a person, of a portfolio's system user, or of an Instagram account.
    pub(super) account: String,
    pub(super) expires_at: i64,
    pub(super) used: bool,
    /// Where the account is a portfolio's system user.
    pub(super) system_user: Option<SystemUser>,
}

/// How a system user's token is issued.
#[derive(Debug, Clone, Copy)]
pub(super) struct SystemUser {
    /// For ever where there is none.
    pub(super) lifetime_s: Option<i64>,
}

/// Whom a token acts for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Kind {
    /// A person, by Facebook Login.
    User,
    /// A portfolio, by Facebook Login for Business.
    SystemUser,
    /// A Page, by its id.
    Page(String),
    /// An Instagram account, by Instagram Login.
    Instagram,
}

/// Acts for an account.
#[derive(Debug, Clone)]
pub(super) struct Token {
    pub(super) kind: Kind,
    /// The id of a person, of a portfolio's system user, or of an Instagram account.
    pub(super) account: String,
    pub(super) issued_at: i64,
    /// Absent for what never expires.
    pub(super) expires_at: Option<i64>,
    pub(super) long_lived: bool,
    /// The subcode of what it died of.
    pub(super) dead: Option<u32>,
}

/// What was asked for, and what came of it.
#[derive(Debug, Clone, Default)]
pub(super) struct Permissions {
    pub(super) granted: BTreeSet<String>,
    pub(super) declined: BTreeSet<String>,
}

impl Grants {
    /// Records a consent, in which what isn't granted is declined, and issues its code.
    pub(super) fn consent(&mut self, asked: &[String], granted: &[String], code: Code, now: i64) -> String {
        self.last_visits.insert(code.account.clone(), now);
        let permissions = self.permissions.entry(code.account.clone()).or_default();
        for permission in asked {
            let (to, from) = if granted.contains(permission) {
                (&mut permissions.granted, &mut permissions.declined)
            } else {
                (&mut permissions.declined, &mut permissions.granted)
            };
            from.remove(permission);
            to.insert(permission.clone());
        }
        let text = format!("AQ{}", random::text(220));
        self.codes.insert(text.clone(), code);
        text
    }

    /// The code as it was before this attempt, which uses it up.
    pub(super) fn use_code(&mut self, code: &str) -> Option<Code> {
        let code = self.codes.get_mut(code)?;
        let before = code.clone();
        code.used = true;
        Some(before)
    }

    pub(super) fn issue(&mut self, token: Token) -> String {
        let prefix = if token.kind == Kind::Instagram { "IGAA" } else { "EAA" };
        let text = format!("{prefix}{}", random::letters(180));
        self.tokens.insert(text.clone(), token);
        text
    }

    /// When an account was last seen in a dialog.
    pub(super) fn last_visit(&self, account: &str) -> Option<i64> {
        self.last_visits.get(account).copied()
    }

    /// Whether an account has lost its role on a Page.
    pub(super) fn has_lost(&self, account: &str, page: &str) -> bool {
        self.lost_roles.contains(&(account.to_owned(), page.to_owned()))
    }

    /// The same Page token each time, for the same user token, as long as it isn't dead.
    pub(super) fn page_token(&mut self, user_token: &str, page: &str, now: i64) -> Option<String> {
        let key = (user_token.to_owned(), page.to_owned());
        let known = self.page_tokens.get(&key);
        if let Some(token) = known.filter(|text| self.tokens.get(*text).is_some_and(|token| token.dead.is_none())) {
            return Some(token.clone());
        }
        let user = self.tokens.get(user_token)?.clone();
        let expires_at = if user.long_lived { None } else { user.expires_at };
        let token = self.issue(Token { kind: Kind::Page(page.to_owned()), issued_at: now, expires_at, ..user });
        self.page_tokens.insert(key, token.clone());
        Some(token)
    }

    pub(super) fn token(&self, token: &str) -> Option<&Token> {
        self.tokens.get(token)
    }

    pub(super) fn token_mut(&mut self, token: &str) -> Option<&mut Token> {
        self.tokens.get_mut(token)
    }

    pub(super) fn permissions(&self, account: &str) -> Permissions {
        self.permissions.get(account).cloned().unwrap_or_default()
    }

    /// Takes back one permission; whether it was granted.
    pub(super) fn take_back(&mut self, account: &str, permission: &str) -> bool {
        let Some(permissions) = self.permissions.get_mut(account) else { return false };
        let taken = permissions.granted.remove(permission);
        if taken {
            permissions.declined.insert(permission.to_owned());
        }
        taken
    }

    /// Ends all that an account has granted.
    pub(super) fn remove_app(&mut self, account: &str, subcode: u32) {
        self.permissions.remove(account);
        self.end(subcode, |token| token.account == account);
    }

    /// Ends the tokens of an account, for what a subcode says.
    pub(super) fn end_account(&mut self, account: &str, subcode: u32) {
        self.end(subcode, |token| token.account == account);
    }

    /// An account loses its role on a Page, whose tokens end with it.
    pub(super) fn lose_role(&mut self, account: &str, page: &str, subcode: u32) {
        self.lost_roles.insert((account.to_owned(), page.to_owned()));
        let kind = Kind::Page(page.to_owned());
        self.end(subcode, |token| token.account == account && token.kind == kind);
    }

    /// An account passed its check, or was confirmed: what died of that lives again. Its roles on Pages are back too.
    pub(super) fn recover(&mut self, account: &str) {
        self.lost_roles.retain(|(loser, _)| loser != account);
        let held =
            |token: &&mut Token| token.account == account && matches!(token.dead, Some(CHECKPOINTED | UNCONFIRMED));
        self.tokens.values_mut().filter(held).for_each(|token| token.dead = None);
    }

    /// Whether this is a code or a token that still opens something.
    pub(super) fn lives(&self, text: &str, now: i64) -> bool {
        self.tokens.get(text).is_some_and(|token| token.lives(now))
            || self.codes.get(text).is_some_and(|code| !code.used && code.expires_at > now)
    }

    /// Ends every token.
    pub(super) fn end_all(&mut self, subcode: u32) {
        self.end(subcode, |_| true);
    }

    fn end(&mut self, subcode: u32, meant: impl Fn(&Token) -> bool) {
        for token in self.tokens.values_mut().filter(|token| meant(token)) {
            token.dead.get_or_insert(subcode);
        }
    }
}

impl Token {
    fn lives(&self, now: i64) -> bool {
        self.dead.is_none() && self.expires_at.is_none_or(|end| end > now)
    }
}

impl Permissions {
    /// Name and status, as `/me/permissions` shows them.
    pub(super) fn listed(&self) -> BTreeMap<&str, &'static str> {
        let granted = self.granted.iter().map(|name| (name.as_str(), "granted"));
        granted.chain(self.declined.iter().map(|name| (name.as_str(), "declined"))).collect()
    }
}
