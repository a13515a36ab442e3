//! Why there is no answer.

use std::{process::ExitStatus, time::Duration};

use serde::Deserialize;

/// A function that failed to start or to answer.
#[derive(Debug, thiserror::Error)]
pub enum FunctionError {
    /// It said so itself.
    #[error("the function reported {kind}: {message}")]
    Reported {
        /// The error's type.
        kind: String,
        /// Its text.
        message: String,
    },
    /// Its process has ended.
    #[error("the process has ended ({status}); it wrote:\n{output}")]
    Ended {
        /// How it ended.
        status: ExitStatus,
        /// Its last lines.
        output: String,
    },
    /// It was too slow, and is gone: Lambda doesn't go on with such a sandbox either.
    #[error("nothing came within {0:?}, so the process was killed")]
    TimedOut(Duration),
    /// Its answer isn't JSON.
    #[error("the answer is not JSON")]
    Malformed(#[source] serde_json::Error),
    /// Its process can't be asked how it is.
    #[error("the process can't be waited for")]
    Unknown(#[source] std::io::Error),
}

/// A failure as a function reports it to the Runtime API.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Report {
    error_type: String,
    error_message: String,
}

impl FunctionError {
    /// From the body of a report; one that isn't JSON is the message as it is.
    pub(super) fn reported(body: &[u8]) -> Self {
        let report = serde_json::from_slice(body).unwrap_or_else(|_| Report {
            error_type: "an error without a type".to_owned(),
            error_message: String::from_utf8_lossy(body).into_owned(),
        });
        Self::Reported { kind: report.error_type, message: report.error_message }
    }
}
