//! What a failed call to a platform means in the catalogue.

use platforms::error::{PlatformError, RefusalCode};

use super::ErrorCode;

impl From<&PlatformError> for ErrorCode {
    fn from(error: &PlatformError) -> Self {
        match error {
            PlatformError::Refused { code, .. } => code.into(),
            PlatformError::Unavailable(_) => Self::PlatformUnavailable,
            PlatformError::Failed { .. } => Self::PlatformInternalError,
            PlatformError::Unreadable { .. } => Self::PlatformAnswerUnreadable,
        }
    }
}

impl From<&RefusalCode> for ErrorCode {
    fn from(code: &RefusalCode) -> Self {
        match code {
            RefusalCode::TikTokOauth(code) => code.into(),
            RefusalCode::TikTokApi(code) => code.into(),
            RefusalCode::Graph(code) => code.into(),
            RefusalCode::InstagramLogin(code) => code.into(),
        }
    }
}
