//! Where settings come from: the process environment in production, a map in tests.

use std::{env, fmt, str::FromStr};

/// A source of settings by name.
pub trait Vars {
    /// The raw value; an empty one counts as absent, since a template can't leave a variable out.
    fn get(&self, name: &str) -> Option<String>;

    /// A setting that must be there.
    ///
    /// # Errors
    /// It's missing or malformed.
    fn required<T: FromStr>(&self, name: &'static str) -> Result<T, ConfigError> {
        self.optional(name)?.ok_or(ConfigError::Missing(name))
    }

    /// A setting that may be left out.
    ///
    /// # Errors
    /// It's malformed.
    fn optional<T: FromStr>(&self, name: &'static str) -> Result<Option<T>, ConfigError> {
        self.get(name).map(|value| value.parse().map_err(|_| ConfigError::Malformed(name))).transpose()
    }
}

/// The environment of this process.
#[derive(Debug, Clone, Copy)]
pub struct ProcessEnv;

impl Vars for ProcessEnv {
    #[expect(clippy::disallowed_methods, reason = "this is the one place that reads the environment")]
    fn get(&self, name: &str) -> Option<String> {
        env::var(name).ok().filter(|value| !value.is_empty())
    }
}

/// A setting is wrong. Names the variable and never prints its value.
#[derive(PartialEq, Eq, thiserror::Error)]
pub enum ConfigError {
    /// It isn't set, or empty.
    #[error("the environment variable {0} is not set")]
    Missing(&'static str),
    /// It isn't of the form that it should have.
    #[error("the environment variable {0} is malformed")]
    Malformed(&'static str),
}

/// The message: it's what a `main` prints that can't start.
impl fmt::Debug for ConfigError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}
