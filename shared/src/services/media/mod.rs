//! Files that people publish.
//!
//! ```text
//! create   what is promised is written down; an address is signed that takes those bytes and no others
//! (a browser puts the file there)
//! usable   the first post that names the file: is it there, as promised, and what it says it is?  → stored, with its ETag
//!          every later one: is it still that version?
//! sweep    what no post needs any more is deleted
//! ```

mod create;
mod error;
mod sweep;
mod usable;

pub use create::{Created, KEPT, NewFile, UPLOADABLE};
pub use error::MediaError;
pub use sweep::SweepError;
pub use usable::Usable;

use aws_config::SdkConfig;

use crate::{
    config::{ConfigError, Vars},
    media::Bucket,
    store::Database,
};

/// People's files, and their rows.
#[derive(Debug, Clone)]
pub struct MediaFiles {
    /// Where their rows are.
    pub database: Database,
    /// Where they lie.
    pub bucket: Bucket,
}

impl MediaFiles {
    /// Reads the settings of [`Database::load`] and [`Bucket::load`]; connects nothing yet.
    ///
    /// # Errors
    /// A setting is missing or malformed.
    pub fn load(vars: &impl Vars, aws: &SdkConfig) -> Result<Self, ConfigError> {
        Ok(Self { database: Database::load(vars, aws)?, bucket: Bucket::load(vars, aws)? })
    }
}
