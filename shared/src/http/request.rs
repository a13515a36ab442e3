//! What API Gateway hands over (HTTP API, payload format 2.0).

use std::{fmt::Display, net::IpAddr, str::FromStr};

use lambda_http::{Body, RequestExt as _, request::RequestContext};
use serde::de::DeserializeOwned;
use serde_json::{Value, error::Category};

use super::{ApiError, repeated::repeated_member};
use crate::domain::{CorrelationId, IdempotencyKey, PageRequest, Platform, Visitor, catalogue::ErrorCode};

/// The most bytes of a body of JSON: far more than the longest request.
const MAX_JSON_BYTES: usize = 256 * 1024;

/// A request to one of our routes.
#[derive(Debug)]
pub struct Request(lambda_http::Request);

impl From<lambda_http::Request> for Request {
    fn from(request: lambda_http::Request) -> Self {
        Self(request)
    }
}

impl Request {
    /// The method.
    pub fn method(&self) -> &http::Method {
        self.0.method()
    }

    /// The path's platform.
    ///
    /// # Errors
    /// 404 for anything that isn't one.
    pub fn platform(&self) -> Result<Platform, ApiError> {
        let parameters = self.0.path_parameters();
        let name = parameters.first("platform").unwrap_or_default();
        name.parse().map_err(|_| ApiError::new(ErrorCode::UnknownPlatform, "the path names no platform that we serve"))
    }

    /// An id in the path, as we write it.
    ///
    /// # Errors
    /// 404 for anything that can't be one.
    pub fn path_id<T: FromStr + Display>(&self, name: &str) -> Result<T, ApiError> {
        let parameters = self.0.path_parameters();
        let id = parameters.first(name).and_then(|text| text.parse().ok().filter(|id: &T| id.to_string() == text));
        id.ok_or_else(|| ApiError::new(ErrorCode::NotFound, format!("the path's {name} is none of ours")))
    }

    /// The query's page.
    ///
    /// # Errors
    /// 400 when `cursor` or `limit` is malformed.
    pub fn page(&self) -> Result<PageRequest, ApiError> {
        PageRequest::parse(self.query("cursor").as_deref(), self.query("limit").as_deref()).map_err(malformed)
    }

    /// A query parameter, decoded; the first where it's repeated.
    pub fn query(&self, name: &str) -> Option<String> {
        self.0.query_string_parameters().first(name).map(str::to_owned)
    }

    /// The names of the query's parameters.
    pub fn query_names(&self) -> Vec<String> {
        self.0.query_string_parameters().iter().map(|(name, _)| name.to_owned()).collect()
    }

    /// That the query has no other parameters, for a route where a misspelt one would do harm.
    ///
    /// # Errors
    /// 400 names the first that isn't known.
    pub fn only_query(&self, known: &[&str]) -> Result<(), ApiError> {
        let Some(name) = self.query_names().into_iter().find(|name| !known.contains(&name.as_str())) else {
            return Ok(());
        };
        let name: String = name.chars().take(100).collect();
        let message = "the query has a parameter that is not known";
        Err(ApiError::new(ErrorCode::InvalidRequest, message).with_details(serde_json::json!({ "parameter": name })))
    }

    /// A query parameter that says yes or no; no where it's missing.
    ///
    /// # Errors
    /// 400 when it's anything but `true` or `false`, or said more than once.
    pub fn flag(&self, name: &'static str) -> Result<bool, ApiError> {
        match self.0.query_string_parameters().all(name).as_deref() {
            None | Some([] | ["false"]) => Ok(false),
            Some(["true"]) => Ok(true),
            Some(_) => Err(malformed(name)),
        }
    }

    /// Names and values of the cookies whose name begins like this.
    pub fn cookies(&self, prefix: &str) -> Vec<(String, String)> {
        let pairs = self.header("cookie").unwrap_or_default().split(';');
        let pairs = pairs.filter_map(|pair| pair.trim().split_once('=')).filter(|(name, _)| name.starts_with(prefix));
        pairs.map(|(name, value)| (name.to_owned(), value.to_owned())).collect()
    }

    /// Where the request came from, for the audit log.
    pub fn visitor(&self) -> Visitor {
        let user_agent = self.header("user-agent").map(|agent| agent.chars().take(512).collect());
        Visitor { ip: self.source_ip(), user_agent, correlation_id: self.correlation_id() }
    }

    /// A header's value, where it's text.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.0.headers().get(name)?.to_str().ok()
    }

    /// The body's bytes as they came in; API Gateway's base64 is undone.
    pub fn body(&self) -> &[u8] {
        match self.0.body() {
            Body::Text(text) => text.as_bytes(),
            Body::Binary(bytes) => bytes,
            _ => &[],
        }
    }

    /// The body as JSON.
    ///
    /// # Errors
    /// 400: it's no JSON, says something twice, or isn't of the form that the route takes. 413: it's too long to be a
    /// request of ours.
    pub fn json<T: DeserializeOwned>(&self) -> Result<T, ApiError> {
        if self.body().len() > MAX_JSON_BYTES {
            let message = format!("the body has more than {MAX_JSON_BYTES} bytes");
            let details = serde_json::json!({ "maxBytes": MAX_JSON_BYTES });
            return Err(ApiError::new(ErrorCode::PayloadTooLarge, message).with_details(details));
        }
        if let Some(member) = repeated_member(self.body()) {
            let message = format!("{member} is there more than once");
            let details = serde_json::json!({ "member": member });
            return Err(ApiError::new(ErrorCode::InvalidRequest, message).with_details(details));
        }
        serde_json::from_slice(self.body()).map_err(|error| {
            let (code, message) = match error.classify() {
                Category::Data => (ErrorCode::InvalidRequest, "the body is not of the form that is taken here"),
                Category::Syntax | Category::Eof | Category::Io => (ErrorCode::InvalidJson, "the body is not JSON"),
            };
            // What is wrong may quote the body: it's for the caller, and not for the log.
            ApiError::new(code, message).with_details(serde_json::json!({ "reason": error.to_string() }))
        })
    }

    /// What the caller names the request by. Any answer may be lost, and without its name the request would be another one
    /// when it's sent again.
    ///
    /// # Errors
    /// 400 when it's missing or malformed.
    pub fn idempotency_key(&self) -> Result<IdempotencyKey, ApiError> {
        let wrong = |code, message: &str| {
            ApiError::new(code, message).with_details(serde_json::json!({ "header": "Idempotency-Key" }))
        };
        let value = self.0.headers().get("idempotency-key");
        let value =
            value.ok_or_else(|| wrong(ErrorCode::IdempotencyKeyRequired, "the header Idempotency-Key is missing"))?;
        value.to_str().ok().and_then(|text| text.parse().ok()).ok_or_else(|| {
            let message = "the header Idempotency-Key has not 1 to 255 visible characters of ASCII";
            wrong(ErrorCode::InvalidRequest, message)
        })
    }

    /// The address that the request came from, as API Gateway saw it. Headers that anyone can write aren't looked at.
    pub fn source_ip(&self) -> Option<IpAddr> {
        let RequestContext::ApiGatewayV2(context) = self.0.request_context_ref()? else { return None };
        context.http.source_ip.as_deref()?.parse().ok()
    }

    /// The route's key in the template, such as `GET /api/accounts`.
    pub fn route(&self) -> String {
        match self.0.request_context_ref() {
            Some(RequestContext::ApiGatewayV2(context)) => context.route_key.clone().unwrap_or_default(),
            _ => String::new(),
        }
    }

    /// The caller's `x-correlation-id` where it's of our form, otherwise API Gateway's id of the request, or Lambda's.
    pub fn correlation_id(&self) -> Option<CorrelationId> {
        let gateway = || match self.0.request_context_ref()? {
            RequestContext::ApiGatewayV2(context) => CorrelationId::parse(context.request_id.as_deref()?),
            _ => None,
        };
        let lambda = || CorrelationId::parse(&self.0.lambda_context_ref()?.request_id);
        self.header("x-correlation-id").and_then(CorrelationId::parse).or_else(gateway).or_else(lambda)
    }

    /// What the authorizer said about the caller; `None` on open routes.
    pub(super) fn authorizer(&self, member: &str) -> Option<&Value> {
        self.0.request_context_ref()?.authorizer()?.fields.get(member)
    }
}

fn malformed(name: &'static str) -> ApiError {
    ApiError::new(ErrorCode::InvalidRequest, format!("the query parameter {name} is malformed"))
        .with_details(serde_json::json!({ "parameter": name }))
}
