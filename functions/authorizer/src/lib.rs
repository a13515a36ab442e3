//! The API's Lambda authorizer: reads the app's token (a JWT) and says which user it stands for.
//!
//! A token that isn't valid in every respect is refused without a reason, which goes to the log only. Where the keys
//! can't be had the invocation fails, and API Gateway lets nobody in.

mod claims;
mod jwks;
mod keys;

use aws_lambda_events::apigw::{ApiGatewayV2CustomAuthorizerSimpleResponse, ApiGatewayV2CustomAuthorizerV2Request};
use serde_json::{Value, json};
use shared::{
    config::{ConfigError, Vars},
    http::Caller,
};

use crate::{
    claims::{Rules, Token},
    keys::{Candidate, KeyError, Keys},
};

/// The function's name.
pub const NAME: &str = "authorizer";

/// What the authorizer needs.
#[derive(Debug)]
pub struct App {
    rules: Rules,
    keys: Keys,
}

/// The payload format 2.0's simple response.
pub type Response = ApiGatewayV2CustomAuthorizerSimpleResponse<Value>;

impl App {
    /// `JWT_ISSUER`, `JWT_AUDIENCE`, `JWT_USER_CLAIM`: what a token must say. `JWT_JWKS_URL`, or `JWT_SECRET_ID` where
    /// that is empty: what it's verified with. Connects nothing yet.
    ///
    /// # Errors
    /// A setting is missing or malformed.
    pub async fn load(vars: &impl Vars) -> Result<Self, ConfigError> {
        Ok(Self { rules: Rules::load(vars)?, keys: Keys::load(vars).await? })
    }

    /// Whether the request may pass, and as whom.
    ///
    /// # Errors
    /// The keys can't be had.
    pub async fn handle(&self, request: ApiGatewayV2CustomAuthorizerV2Request) -> Result<Response, KeyError> {
        let header = request.identity_source.unwrap_or_default().into_iter().next().unwrap_or_default();
        match self.token(&header).await? {
            Ok(token) => Ok(response(
                true,
                json!({ Caller::USER_ID: token.user.to_string(), Caller::EXPIRES_AT: token.expires_at.to_string() }),
            )),
            Err(reason) => {
                tracing::info!(reason, "a token was refused");
                Ok(response(false, Value::Object(serde_json::Map::new())))
            }
        }
    }

    async fn token(&self, header: &str) -> Result<Result<Token, String>, KeyError> {
        let Some(token) = bearer(header) else { return Ok(Err("no bearer token".to_owned())) };
        let Ok(parsed) = jsonwebtoken::decode_header(token) else { return Ok(Err("not a JWT".to_owned())) };
        let checked = self.check(token, &self.keys.candidates(&parsed).await?);
        if checked.is_ok() { Ok(checked) } else { Ok(checked.or(self.check(token, &self.keys.reread(&parsed).await?))) }
    }

    fn check(&self, token: &str, candidates: &[Candidate]) -> Result<Token, String> {
        let refused = Err("signed with a key or an algorithm that is not ours".to_owned());
        candidates
            .iter()
            .fold(refused, |checked, (algorithm, key)| checked.or_else(|_| self.rules.check(token, *algorithm, key)))
    }
}

/// The token of `Authorization: Bearer …`; the scheme's name is case-insensitive (RFC 7235 §2.1).
fn bearer(header: &str) -> Option<&str> {
    let (scheme, token) = header.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
}

fn response(is_authorized: bool, context: Value) -> Response {
    let mut response = Response::default();
    response.is_authorized = is_authorized;
    response.context = context;
    response
}
