//! Sending a browser back to the app.

use axum::{
    http::{StatusCode, header::LOCATION},
    response::{IntoResponse, Response},
};
use reqwest::Url;

/// To `uri` with these added to its query, and a fragment after it where there is one.
///
/// The asterisk may stand in a query as it is; the platforms encode it all the same.
pub(crate) fn to(uri: &str, query: &[(&str, &str)], fragment: &str) -> Response {
    let Ok(url) = Url::parse_with_params(uri, query) else { return StatusCode::BAD_REQUEST.into_response() };
    let location = format!("{}{fragment}", url.as_str().replace('*', "%2A"));
    (StatusCode::FOUND, [(LOCATION, location)]).into_response()
}
