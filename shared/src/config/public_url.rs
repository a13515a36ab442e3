//! The address that people and platforms reach us at.

use url::Url;

use super::{ConfigError, Vars};

/// The origin that browsers see, with a path where the API lies below one.
#[derive(Debug, Clone)]
pub struct PublicUrl(String);

impl PublicUrl {
    /// `PUBLIC_URL`.
    ///
    /// # Errors
    /// It's missing or no address.
    pub fn load(vars: &impl Vars) -> Result<Self, ConfigError> {
        let url: Url = vars.required("PUBLIC_URL")?;
        if url.cannot_be_a_base() || url.query().is_some() || url.fragment().is_some() {
            return Err(ConfigError::Malformed("PUBLIC_URL"));
        }
        Ok(Self(url.as_str().trim_end_matches('/').to_owned()))
    }

    /// The address of a path, which begins with a slash.
    pub fn at(&self, path: &str) -> String {
        format!("{}{path}", self.0)
    }
}
