//! What a function tells about itself: JSON log lines and metrics, both on standard output.

mod logging;
pub mod metrics;

use crate::config::{ConfigError, Vars};

/// Starts logging and metrics for the function with this name. Call it once, first thing in `main`.
///
/// # Errors
/// `LOG_LEVEL` or `METRICS_NAMESPACE` is missing or malformed.
pub fn init(function: &'static str, vars: &impl Vars) -> Result<(), ConfigError> {
    logging::init(function, vars)?;
    metrics::init(vars)
}

/// An error's messages from the outermost to the innermost, for a log line or a person who has to act on it.
pub fn causes(error: &(dyn std::error::Error + 'static)) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        let message = cause.to_string();
        if !text.ends_with(&message) {
            text.push_str(&format!(": {message}"));
        }
        source = cause.source();
    }
    text
}
