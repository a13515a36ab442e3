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
