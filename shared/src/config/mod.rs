//! Settings and secrets: read once, typed, one struct per concern. Nothing else in the code reads the environment.

pub mod aws;
mod public_url;
mod secrets;
mod vars;

pub use public_url::PublicUrl;
pub use secrets::{SecretError, SecretReader, Versions};
pub use vars::{ConfigError, ProcessEnv, Vars};
