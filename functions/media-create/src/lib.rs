//! `POST /api/media`: an address that takes one file of the user's, and how to put it there.

use std::collections::BTreeMap;

use base64::{Engine as _, engine::general_purpose::STANDARD};
use serde::{Deserialize, Serialize};
use shared::{
    cache::Limiter,
    config::{ConfigError, Vars, aws},
    domain::{MediaId, MediaType, catalogue::ErrorCode},
    http::{ApiError, Caller, Endpoint, Handle, Reply, Request, StatusCode},
    services::media::{MediaFiles, NewFile},
};
use time::OffsetDateTime;

/// The function's name.
pub const NAME: &str = "media-create";

/// What the route needs.
#[derive(Debug)]
pub struct App {
    files: MediaFiles,
}

/// The function with what it needs; connects nothing yet.
///
/// # Errors
/// A setting is missing or malformed.
pub async fn endpoint(vars: &impl Vars) -> Result<Endpoint<App>, ConfigError> {
    let files = MediaFiles::load(vars, &aws::load(vars)?)?;
    Ok(Endpoint::new(NAME, App { files }, Limiter::load(vars)?))
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Body {
    content_type: String,
    size: u64,
    checksum: String,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Answer<'a> {
    media_id: MediaId,
    upload_url: &'a str,
    headers: &'a BTreeMap<String, String>,
    #[serde(with = "time::serde::rfc3339")]
    expires_at: OffsetDateTime,
}

impl Handle for App {
    async fn handle(&self, request: &Request) -> Result<Reply, ApiError> {
        let caller = Caller::of(request)?;
        let body: Body = request.json()?;
        let created = self.files.create(caller.user, file(&body)?).await?;
        Ok(Reply::json(
            StatusCode::CREATED,
            &Answer {
                media_id: created.id,
                upload_url: created.address.expose(),
                headers: &created.headers,
                expires_at: created.expires_at,
            },
        ))
    }
}

fn file(body: &Body) -> Result<NewFile<'_>, ApiError> {
    let content_type = MediaType::parse(&body.content_type).ok_or_else(unsupported)?;
    if !is_crc32(&body.checksum) {
        let message = "the checksum is not a CRC32 in base64: four bytes, the first the most significant";
        return Err(ApiError::new(ErrorCode::InvalidRequest, message));
    }
    Ok(NewFile { content_type, size: body.size, checksum: &body.checksum })
}

fn unsupported() -> ApiError {
    let taken = MediaType::ALL.map(MediaType::as_str);
    ApiError::new(ErrorCode::MediaTypeUnsupported, "no platform takes files of this content type")
        .with_details(serde_json::json!({ "contentTypes": taken }))
}

fn is_crc32(checksum: &str) -> bool {
    STANDARD.decode(checksum).is_ok_and(|bytes| bytes.len() == 4)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_checksum_is_four_bytes_of_canonical_base64() {
        assert!(is_crc32("y/Q5Jg=="));
        for wrong in ["", "y/Q5Jg", "y/Q5Jh==", "y_Q5Jg==", "cbf43926", "y/Q5JgA=", " y/Q5Jg=="] {
            assert!(!is_crc32(wrong), "{wrong}");
        }
    }
}
