//! One JSON object a line, with the fields of the spans around it: `correlation_id`, `route`, …

use tracing_subscriber::{filter::LevelFilter, fmt, layer::SubscriberExt};

use crate::config::{ConfigError, Vars};

/// `LOG_LEVEL`: `ERROR`, `WARN`, `INFO` or `DEBUG`.
pub(super) fn init(function: &'static str, vars: &impl Vars) -> Result<(), ConfigError> {
    let level: LevelFilter = vars.required("LOG_LEVEL")?;
    let lines = fmt::layer().json().flatten_event(true).with_current_span(true).with_span_list(false).with_target(true);
    let subscriber = tracing_subscriber::registry().with(level).with(lines);
    if tracing::subscriber::set_global_default(subscriber).is_err() {
        tracing::debug!(function, "logging was started before");
    }
    Ok(())
}
