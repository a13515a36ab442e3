//! Refusals of the two logins before there is a token.

use std::fmt;

use super::GraphCode;

/// A redirect that came back from the consent page without a code.
///
/// developers.facebook.com, Facebook Login: manual flow, cancelled login. Instagram Login sends the same members.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum RedirectRefusal {
    /// `access_denied` because of `user_denied`. No proof that the person pressed Cancel: an app in development mode
    /// and a configuration that can't be granted send the same.
    UserDenied,
    /// `access_denied` for another reason, or for none.
    AccessDenied,
    /// A number in `error_code` and no `error`. Described but not confirmed.
    Coded(GraphCode),
    /// Another `error` as it came; empty when the redirect gave no reason at all.
    Other(Box<str>),
}

impl RedirectRefusal {
    /// Reads the query members `error`, `error_reason` and `error_code`.
    #[must_use]
    pub fn from_query(error: Option<&str>, reason: Option<&str>, code: Option<&str>) -> Self {
        match (error, reason, code.and_then(|code| code.parse().ok())) {
            (Some("access_denied"), Some("user_denied"), _) => Self::UserDenied,
            (Some("access_denied"), _, _) => Self::AccessDenied,
            (Some(other), _, _) => Self::Other(other.into()),
            (None, _, Some(code)) => Self::Coded(GraphCode::from_numbers(Some(code), None)),
            (None, _, None) => Self::Other(Box::default()),
        }
    }
}

impl fmt::Display for RedirectRefusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::UserDenied => f.write_str("user_denied"),
            Self::AccessDenied => f.write_str("access_denied"),
            Self::Coded(code) => code.fmt(f),
            Self::Other(error) => f.write_str(error),
        }
    }
}

/// A refusal of Instagram Login's token endpoint: `{"error_type", "code", "error_message"}`.
///
/// developers.facebook.com, Instagram API with Instagram Login: business login. Only the exchange of a code is
/// answered in this shape; long-lived tokens and refreshes come from the Graph and fail like it.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum LoginCode {
    /// `OAuthException` 400: the code is used, expired (an hour) or another redirect address's.
    OAuthException,
    /// Another pair, as it came.
    Other {
        /// The `error_type`.
        error_type: Box<str>,
        /// The `code`, which repeats the HTTP status.
        code: i64,
    },
}

impl LoginCode {
    /// Reads the envelope's two members.
    #[must_use]
    pub fn from_envelope(error_type: &str, code: i64) -> Self {
        match (error_type, code) {
            ("OAuthException", 400) => Self::OAuthException,
            _ => Self::Other { error_type: error_type.into(), code },
        }
    }
}

impl fmt::Display for LoginCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::OAuthException => f.write_str("OAuthException/400"),
            Self::Other { error_type, code } => write!(f, "{error_type}/{code}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_documented_refusals_are_known() {
        let denied = RedirectRefusal::from_query(Some("access_denied"), Some("user_denied"), Some("200"));
        assert_eq!(denied, RedirectRefusal::UserDenied);
        let bare = RedirectRefusal::from_query(Some("access_denied"), None, None);
        assert_eq!(bare, RedirectRefusal::AccessDenied);
        assert_eq!(LoginCode::from_envelope("OAuthException", 400), LoginCode::OAuthException);
    }

    #[test]
    fn a_number_alone_is_read_as_the_graph_s() {
        let coded = RedirectRefusal::from_query(None, None, Some("200"));
        assert_eq!(coded, RedirectRefusal::Coded(GraphCode::PermissionMissing));
    }

    #[test]
    fn what_is_new_is_kept_as_it_came() {
        let new = RedirectRefusal::from_query(Some("new"), Some("user_denied"), Some("1"));
        assert_eq!(new, RedirectRefusal::Other("new".into()));
        assert_eq!(RedirectRefusal::from_query(None, None, Some("x")), RedirectRefusal::Other("".into()));
        assert_eq!(LoginCode::from_envelope("OAuthException", 403).to_string(), "OAuthException/403");
    }
}
