//! Where people go after a login: only to addresses that the operator allows, or anyone could send them anywhere.

use url::Url;

use crate::config::{ConfigError, Vars};

/// Longer ones are nobody's.
const MAX_LENGTH: usize = 2000;
/// What we append ourselves.
const OURS: [&str; 6] = ["connected", "accountId", "notice", "error", "platform", "message"];

/// The allowed addresses. The first is where people go when nothing else was asked for.
#[derive(Debug, Clone)]
pub struct ReturnAddresses {
    first: Url,
    others: Vec<Url>,
}

impl ReturnAddresses {
    /// `RETURN_ADDRESSES`: addresses with a comma between them, each with everything below it; without any, everything
    /// at `PUBLIC_URL`'s origin.
    ///
    /// # Errors
    /// One of them is no http address.
    pub fn load(vars: &impl Vars) -> Result<Self, ConfigError> {
        let malformed = || ConfigError::Malformed("RETURN_ADDRESSES");
        let list = match vars.optional::<String>("RETURN_ADDRESSES")? {
            Some(list) => list,
            None => vars.required::<Url>("PUBLIC_URL")?.join("/").map_err(|_| malformed())?.to_string(),
        };
        let parse = |text: &str| text.trim().parse().ok().filter(is_plain).ok_or_else(malformed);
        let mut addresses = list.split(',').map(parse).collect::<Result<Vec<Url>, _>>()?;
        let others = addresses.split_off(1.min(addresses.len()));
        Ok(Self { first: addresses.pop().ok_or_else(malformed)?, others })
    }

    /// The address that was asked for, absolute or relative to the first allowed one; `None` where it isn't allowed.
    pub fn resolve(&self, asked: Option<&str>) -> Option<Url> {
        let Some(asked) = asked else { return Some(self.first.clone()) };
        let url = self.first.join(asked).ok().filter(is_plain)?;
        let allowed = std::iter::once(&self.first).chain(&self.others).any(|allowed| covers(allowed, &url));
        (allowed && asked.len() <= MAX_LENGTH).then_some(url)
    }
}

/// http or https, and no name or password that would make an address look like another.
fn is_plain(url: &Url) -> bool {
    matches!(url.scheme(), "http" | "https") && url.username().is_empty() && url.password().is_none()
}

/// Whether an address lies at or below an allowed one; a path ends at a slash, not in the middle of a word.
fn covers(allowed: &Url, url: &Url) -> bool {
    let folder = allowed.path().trim_end_matches('/');
    let rest = url.path().strip_prefix(folder);
    allowed.origin() == url.origin() && rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// The address with what the app should know; members of an earlier login go.
pub(super) fn with_members(address: &Url, members: &[(&str, &str)]) -> Url {
    let kept = address.query_pairs().filter(|(name, _)| !OURS.contains(&name.as_ref()));
    let kept: Vec<_> = kept.map(|(name, value)| (name.into_owned(), value.into_owned())).collect();
    let mut url = address.clone();
    url.query_pairs_mut().clear().extend_pairs(kept).extend_pairs(members);
    url
}

/// The address with a fragment of its own, if only an empty one: a browser takes the fragment of the address that it
/// comes from along over a redirect that has none, and Meta's addresses end in `#_=_` or `#_`.
pub(super) fn with_own_fragment(mut url: Url) -> Url {
    if url.fragment().is_none() {
        url.set_fragment(Some(""));
    }
    url
}

#[cfg(test)]
mod tests {
    use super::*;

    fn addresses(list: &str) -> ReturnAddresses {
        struct Only<'a>(&'a str);
        impl Vars for Only<'_> {
            fn get(&self, name: &str) -> Option<String> {
                let value = if name == "RETURN_ADDRESSES" { self.0 } else { "https://app.example.com/base" };
                Some(value.to_owned()).filter(|value| !value.is_empty())
            }
        }
        ReturnAddresses::load(&Only(list)).unwrap()
    }

    #[test]
    fn what_lies_at_or_below_an_allowed_address_is_allowed() {
        let allowed = addresses("https://app.example.com/settings, https://admin.example.com");
        for (asked, found) in [
            ("https://app.example.com/settings", "https://app.example.com/settings"),
            ("https://app.example.com/settings/accounts?tab=1#x", "https://app.example.com/settings/accounts?tab=1#x"),
            ("/settings/a", "https://app.example.com/settings/a"),
            ("https://admin.example.com/anything", "https://admin.example.com/anything"),
        ] {
            assert_eq!(allowed.resolve(Some(asked)).map(String::from).as_deref(), Some(found));
        }
        assert_eq!(allowed.resolve(None).map(String::from).as_deref(), Some("https://app.example.com/settings"));
        assert!(addresses("").resolve(Some("https://app.example.com/anywhere")).is_some());
    }

    #[test]
    fn nothing_else_is() {
        let allowed = addresses("https://app.example.com/settings");
        for asked in [
            "https://evil.example/settings",
            "https://app.example.com/settingsx",
            "https://app.example.com/",
            "https://app.example.com/settings/../admin",
            "https://app.example.com/settings/%2e%2e/admin",
            "http://app.example.com/settings",
            "https://app.example.com:8443/settings",
            "https://app.example.com.evil.example/settings",
            "https://app.example.com@evil.example/settings",
            "https://user@app.example.com/settings",
            "//evil.example/settings",
            "\\\\evil.example/settings",
            "/\\evil.example/settings",
            "javascript:alert(1)",
            "data:text/html,x",
            &format!("/settings/{}", "x".repeat(2000)),
        ] {
            assert_eq!(allowed.resolve(Some(asked)), None, "{asked}");
        }
    }

    #[test]
    fn members_of_an_earlier_login_are_replaced_and_others_stay() {
        let before: Url = "https://app.example.com/s?tab=1&error=access_denied#x".parse().unwrap();
        let after = with_members(&before, &[("connected", "tiktok"), ("accountId", "5")]);
        assert_eq!(after.as_str(), "https://app.example.com/s?tab=1&connected=tiktok&accountId=5#x");
    }

    #[test]
    fn a_fragment_of_the_platform_finds_its_place_taken() {
        for (before, after) in [
            ("https://a.example/s?x=1", "https://a.example/s?x=1#"),
            ("https://a.example/#/s", "https://a.example/#/s"),
        ] {
            assert_eq!(with_own_fragment(before.parse().unwrap()).as_str(), after);
        }
    }
}
