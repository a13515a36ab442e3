//! A type per secret, with one visible door.
//!
//! A secret can't be passed for another kind, printed, compared by accident or serialised. `grep expose` lists every
//! place where the raw value is used.

/// Defines secret types: `secret! { /// What it opens. Name }`.
#[macro_export]
macro_rules! secret {
    ($($(#[$doc:meta])* $name:ident),+ $(,)?) => {$(
        $(#[$doc])*
        #[derive(Clone, Default, serde::Deserialize)]
        #[serde(transparent)]
        pub struct $name($crate::secret::SecretString);

        impl $name {
            /// The raw value. Only for a header, a form body, a key or the cipher.
            pub fn expose(&self) -> &str {
                $crate::secret::ExposeSecret::expose_secret(&self.0)
            }
        }

        impl From<String> for $name {
            fn from(raw: String) -> Self {
                Self(raw.into())
            }
        }

        impl $crate::secret::Secret for $name {
            fn expose(&self) -> &str {
                Self::expose(self)
            }
        }

        impl std::fmt::Debug for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(concat!(stringify!($name), "([redacted])"))
            }
        }
    )+};
}

/// Any one of the secret types: for what treats them all alike, such as the vault that seals them.
pub trait Secret: From<String> {
    /// The raw value, as the type's own `expose` gives it.
    fn expose(&self) -> &str;
}

#[doc(hidden)]
pub use secrecy::{ExposeSecret, SecretString};

secret! {
    /// TikTok's client secret: signs webhooks and authenticates our app at the token endpoint.
    ClientSecret,
    /// A Meta or Instagram app's secret: signs webhooks and proves that a call comes from our server.
    AppSecret,
    /// The word that we agreed on with Meta for the webhook handshake (`hub.verify_token`).
    VerifyToken,
    /// Acts for a connected account until it expires: a person's or a Page's.
    AccessToken,
    /// Renews a TikTok account's access token.
    RefreshToken,
    /// Exchanged for tokens, once.
    AuthorizationCode,
    /// Proves that whoever exchanges a code is who asked for it (RFC 7636).
    CodeVerifier,
    /// A random word that only the browser has in which a login was started.
    LoginCookie,
    /// Where TikTok takes a video's bytes, for an hour, from whoever knows the address.
    UploadUrl,
}

impl VerifyToken {
    /// Compares in constant time, so that an answer's timing tells nothing about the token.
    pub fn matches(&self, candidate: &str) -> bool {
        aws_lc_rs::constant_time::verify_slices_are_equal(self.expose().as_bytes(), candidate.as_bytes()).is_ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_is_not_in_its_debug_output() {
        let secret = AppSecret::from("hunter2".to_owned());
        assert_eq!(format!("{secret:?}"), "AppSecret([redacted])");
    }

    #[test]
    fn every_secret_type_is_made_and_exposed_alike() {
        fn again<T: Secret>(secret: &T) -> T {
            secret.expose().to_owned().into()
        }
        assert_eq!(again(&ClientSecret::from("hunter2".to_owned())).expose(), "hunter2");
    }

    #[test]
    fn a_verify_token_matches_only_itself() {
        let token = VerifyToken::from("agreed".to_owned());
        assert!(token.matches("agreed"));
        for other in ["", "agree", "agreed ", "AGREED"] {
            assert!(!token.matches(other), "{other:?}");
        }
    }
}
