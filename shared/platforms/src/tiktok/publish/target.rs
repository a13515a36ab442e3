//! Where a file's bytes may go: an `upload_url` is TikTok's word, and is checked before anything is sent to it.

use url::{Host, Url};

use crate::secret::UploadUrl;

/// The hosts that an `upload_url` may have.
///
/// An entry such as `tiktokapis.com` stands for that domain and those below it, by https on its usual port. An entry
/// with a scheme, such as `http://127.0.0.1:4000`, stands for exactly that origin: a simulator on this machine.
#[derive(Debug, Clone)]
pub struct UploadHosts(Vec<Entry>);

#[derive(Debug, Clone)]
enum Entry {
    Domain(String),
    Origin(Url),
}

/// An entry that stands for nothing.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not a host that bytes can be sent to: {0}")]
pub struct UploadHostError(String);

/// An address that bytes may be sent to. The address itself is the secret that opens it.
#[derive(Clone)]
pub struct UploadTarget(Url);

/// An `upload_url` that nothing may be sent to. It doesn't tell the address.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum UploadTargetError {
    /// It is no absolute address.
    #[error("the upload_url is no address")]
    NoAddress,
    /// It names a user.
    #[error("the upload_url has a user name")]
    Userinfo,
    /// It isn't in the list.
    #[error("the upload_url's host is not allowed")]
    Host,
}

impl UploadHosts {
    /// TikTok's own.
    #[must_use]
    pub fn tiktok() -> Self {
        Self(vec![Entry::Domain("tiktokapis.com".to_owned())])
    }

    /// The hosts of a list.
    ///
    /// # Errors
    /// The first entry that is neither a domain nor an origin.
    pub fn parse<'a>(entries: impl IntoIterator<Item = &'a str>) -> Result<Self, UploadHostError> {
        let parse = |entry| Entry::parse(entry).ok_or_else(|| UploadHostError(entry.to_owned()));
        entries.into_iter().map(parse).collect::<Result<_, _>>().map(Self)
    }
}

impl Entry {
    fn parse(entry: &str) -> Option<Self> {
        if !entry.contains("://") {
            let Ok(Host::Domain(domain)) = Host::parse(entry) else { return None };
            return Some(Self::Domain(domain));
        }
        let url = Url::parse(entry).ok()?;
        let bare = url.username().is_empty() && url.password().is_none() && url.query().is_none() && url.path() == "/";
        (bare && url.has_host() && matches!(url.scheme(), "http" | "https")).then_some(Self::Origin(url))
    }

    fn allows(&self, url: &Url) -> bool {
        match self {
            Self::Origin(origin) => url.origin() == origin.origin(),
            Self::Domain(domain) => url.scheme() == "https" && url.port().is_none() && is_within(url, domain),
        }
    }
}

/// Whether the host is the domain, or below it by a dot.
fn is_within(url: &Url, domain: &str) -> bool {
    let Some(Host::Domain(host)) = url.host() else { return false };
    host.strip_suffix(domain).is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
}

impl UploadTarget {
    /// The address, if bytes may be sent to it.
    ///
    /// # Errors
    /// See [`UploadTargetError`].
    pub fn check(upload_url: &UploadUrl, hosts: &UploadHosts) -> Result<Self, UploadTargetError> {
        let url = Url::parse(upload_url.expose()).map_err(|_| UploadTargetError::NoAddress)?;
        if !url.username().is_empty() || url.password().is_some() {
            return Err(UploadTargetError::Userinfo);
        }
        if !hosts.0.iter().any(|entry| entry.allows(&url)) {
            return Err(UploadTargetError::Host);
        }
        Ok(Self(url))
    }

    /// The raw address. Only for the request itself.
    pub(super) fn expose(&self) -> Url {
        self.0.clone()
    }
}

impl std::fmt::Debug for UploadTarget {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("UploadTarget([redacted])")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(hosts: &UploadHosts, url: &str) -> Result<UploadTarget, UploadTargetError> {
        UploadTarget::check(&url.to_owned().into(), hosts)
    }

    #[test]
    fn tiktoks_hosts_are_taken_with_whatever_path_and_query() {
        for url in [
            "https://open-upload.tiktokapis.com/video/?upload_id=1&upload_token=SECRET",
            "https://open-upload-i18n.tiktokapis.com/upload?a=~%2F",
            "https://upload.us.tiktokapis.com:443/",
            "https://TIKTOKAPIS.com/x",
        ] {
            let target = check(&UploadHosts::tiktok(), url).unwrap();
            assert!(!format!("{target:?}").contains("SECRET"));
        }
    }

    #[test]
    fn no_other_address_is_taken() {
        for (url, error) in [
            ("", UploadTargetError::NoAddress),
            ("/upload?x", UploadTargetError::NoAddress),
            ("https://ada@open-upload.tiktokapis.com/", UploadTargetError::Userinfo),
            ("https://tiktokapis.com:x@evil.example/", UploadTargetError::Userinfo),
            ("http://open-upload.tiktokapis.com/", UploadTargetError::Host),
            ("https://open-upload.tiktokapis.com:8443/", UploadTargetError::Host),
            ("https://eviltiktokapis.com/", UploadTargetError::Host),
            ("https://tiktokapis.com.evil.example/", UploadTargetError::Host),
            ("https://169.254.169.254/", UploadTargetError::Host),
            ("file:///etc/passwd", UploadTargetError::Host),
        ] {
            assert_eq!(check(&UploadHosts::tiktok(), url).unwrap_err(), error, "{url}");
        }
    }

    #[test]
    fn a_simulator_is_taken_only_at_its_own_origin() {
        let hosts = UploadHosts::parse(["tiktokapis.com", "http://127.0.0.1:4000"]).unwrap();
        assert!(check(&hosts, "http://127.0.0.1:4000/upload?x").is_ok());
        assert!(check(&hosts, "https://open-upload.tiktokapis.com/").is_ok());
        for url in ["http://127.0.0.1:4001/", "https://127.0.0.1:4000/", "http://127.0.0.1/", "http://tiktokapis.com/"]
        {
            assert_eq!(check(&hosts, url).unwrap_err(), UploadTargetError::Host, "{url}");
        }
    }

    #[test]
    fn an_entry_is_a_domain_or_an_origin() {
        for entry in ["", "127.0.0.1", "http://", "ftp://host", "https://host/path", "https://a@host", "a b", "*.x/"] {
            assert!(UploadHosts::parse([entry]).is_err(), "{entry}");
        }
    }
}
