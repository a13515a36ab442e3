//! What the audit log keeps of logins: who did what, when, from where, and how it went.

use std::net::IpAddr;

use super::{AccountId, CorrelationId, Platform, UserId, catalogue::ErrorCode};

/// Where a request came from.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Visitor {
    /// The address, as API Gateway saw it.
    pub ip: Option<IpAddr>,
    /// What the browser calls itself; at most 512 characters.
    pub user_agent: Option<String>,
    /// Ties the row to the request.
    pub correlation_id: Option<CorrelationId>,
}

/// One auth event.
#[derive(Debug, Clone)]
pub struct AuthEvent<'a> {
    /// What was done.
    pub event: AuthEventKind,
    /// Who did it; `None` where nobody could be named.
    pub user: Option<UserId>,
    /// Where.
    pub platform: Platform,
    /// The account that came of it.
    pub account: Option<AccountId>,
    /// Why it failed; `None` means that it went well.
    pub failure: Option<ErrorCode>,
    /// From where.
    pub visitor: &'a Visitor,
}

/// The kinds of auth events that people cause.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AuthEventKind {
    /// A login was started.
    ConnectStarted,
    /// A login came back.
    Connected,
    /// One of a login's Instagram accounts could not be taken over.
    InstagramAccountConnected,
    /// An account was disconnected here.
    Disconnected,
    /// A person removed the app at the platform.
    AuthorizationRemoved,
    /// A person asked the platform that we delete what we hold.
    DataDeletionRequested,
}

impl AuthEventKind {
    /// The word in the table and in the log.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::ConnectStarted => "connect_started",
            Self::Connected => "connected",
            Self::InstagramAccountConnected => "instagram_account_connected",
            Self::Disconnected => "disconnected",
            Self::AuthorizationRemoved => "authorization_removed",
            Self::DataDeletionRequested => "data_deletion_requested",
        }
    }
}

impl AuthEvent<'_> {
    /// The word for how it went.
    pub fn outcome(&self) -> &'static str {
        if self.failure.is_none() { "success" } else { "failure" }
    }

    /// Writes the event's log line; the row is the store's.
    pub fn log(&self) {
        tracing::info!(
            auth_event = self.event.as_str(),
            user = self.user.map(|user| user.0),
            provider = self.platform.as_str(),
            account = self.account.map(|account| account.0),
            outcome = self.outcome(),
            code = self.failure.map(ErrorCode::as_str),
            ip = self.visitor.ip.map(tracing::field::display),
            user_agent = self.visitor.user_agent,
            "auth event"
        );
    }
}
