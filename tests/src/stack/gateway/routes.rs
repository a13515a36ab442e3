//! What SAM says about an HTTP API's routes, read from the OpenAPI document that it generates.
//!
//! A route that asks for an authorizer which isn't defined, or points at something that isn't a function, is an error:
//! nothing is opened by mistake.

use std::collections::BTreeMap;

use anyhow::{Context, Result, ensure};
use serde::Deserialize;
use serde_json::Value;

/// Everything that an HTTP API needs beside its name.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Plan {
    /// In the order of their names.
    pub authorizers: Vec<Authorizer>,
    /// In the order of paths and methods.
    pub routes: Vec<Route>,
    /// Who may call from a browser.
    pub cors: Option<Cors>,
}

/// A Lambda function that decides who may call.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Authorizer {
    /// As routes name it.
    pub name: String,
    /// The function's logical id.
    pub function: String,
    /// How it is called and what it answers.
    pub settings: AuthorizerSettings,
}

/// How an authorizer is called and what it answers.
#[derive(Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct AuthorizerSettings {
    /// Without these the request is refused and the function not asked.
    #[serde(default)]
    pub identity_source: Vec<String>,
    /// The version of the event.
    pub authorizer_payload_format_version: String,
    /// Whether it answers yes or no instead of a policy.
    #[serde(default)]
    pub enable_simple_responses: bool,
    /// How long an answer holds.
    pub authorizer_result_ttl_in_seconds: Option<i32>,
}

/// One method of one path.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Route {
    /// `GET /api/health`.
    pub key: String,
    /// The function's logical id.
    pub function: String,
    /// How the function is called.
    pub settings: IntegrationSettings,
    /// Who decides about callers; open without.
    pub authorizer: Option<String>,
}

/// How a function is called.
#[derive(Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct IntegrationSettings {
    /// The version of the event.
    pub payload_format_version: String,
    /// How long it may take.
    pub timeout_in_millis: Option<i32>,
}

/// Who may call from a browser.
#[derive(Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[derive(Default)]
pub(crate) struct Cors {
    /// Origins.
    pub allow_origins: Vec<String>,
    /// Methods.
    pub allow_methods: Vec<String>,
    /// Request headers.
    pub allow_headers: Vec<String>,
    /// Response headers.
    pub expose_headers: Vec<String>,
    /// Whether cookies go along.
    pub allow_credentials: Option<bool>,
    /// How long a browser remembers, in seconds.
    pub max_age: Option<i32>,
}

impl Plan {
    /// Reads the `Body` of an API in the processed template.
    pub(crate) fn read(body: &Value) -> Result<Self> {
        let authorizers = authorizers(&body["components"]["securitySchemes"])?;
        let routes = routes(&body["paths"], &authorizers)?;
        let cors = body.get("x-amazon-apigateway-cors").map(Cors::deserialize).transpose();
        Ok(Self { authorizers, routes, cors: cors.context("the CORS settings")? })
    }
}

fn authorizers(schemes: &Value) -> Result<Vec<Authorizer>> {
    let schemes = schemes.as_object().into_iter().flatten();
    let schemes: BTreeMap<_, _> = schemes.filter_map(|(name, scheme)| Some((name, scheme.get(AUTHORIZER)?))).collect();
    let read = |(name, authorizer): (&String, &Value)| {
        authorizer_of(name, authorizer).with_context(|| format!("the authorizer {name}"))
    };
    schemes.into_iter().map(read).collect()
}

const AUTHORIZER: &str = "x-amazon-apigateway-authorizer";
const INTEGRATION: &str = "x-amazon-apigateway-integration";
const ANY_METHOD: &str = "x-amazon-apigateway-any-method";

fn authorizer_of(name: &str, authorizer: &Value) -> Result<Authorizer> {
    ensure!(authorizer["type"] == "request", "only Lambda authorizers of type REQUEST are known here");
    let function = function(&authorizer["authorizerUri"])?;
    Ok(Authorizer { name: name.to_owned(), function, settings: AuthorizerSettings::deserialize(authorizer)? })
}

fn routes(paths: &Value, authorizers: &[Authorizer]) -> Result<Vec<Route>> {
    let mut routes = Vec::new();
    for (path, methods) in paths.as_object().context("the API has no paths")? {
        for (method, operation) in methods.as_object().into_iter().flatten() {
            let key = route_key(method, path);
            routes.push(route(&key, operation, authorizers).with_context(|| format!("the route {key}"))?);
        }
    }
    routes.sort_by(|one, other| one.key.cmp(&other.key));
    Ok(routes)
}

fn route_key(method: &str, path: &str) -> String {
    match (method, path) {
        (_, "$default") | (_, "/$default") => "$default".to_owned(),
        (ANY_METHOD, path) => format!("ANY {path}"),
        (method, path) => format!("{} {path}", method.to_ascii_uppercase()),
    }
}

fn route(key: &str, operation: &Value, authorizers: &[Authorizer]) -> Result<Route> {
    let integration = &operation[INTEGRATION];
    Ok(Route {
        key: key.to_owned(),
        function: function(&integration["uri"])?,
        settings: IntegrationSettings::deserialize(integration)?,
        authorizer: required_authorizer(&operation["security"], authorizers)?,
    })
}

/// SAM writes `NONE` where a route is opened on purpose, and nothing where the API has no authorizer at all.
fn required_authorizer(security: &Value, authorizers: &[Authorizer]) -> Result<Option<String>> {
    let names: Vec<&String> = security
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(Value::as_object)
        .flat_map(|object| object.keys())
        .collect();
    match names.as_slice() {
        [] => {
            ensure!(authorizers.is_empty(), "it says nothing about who may call");
            Ok(None)
        }
        [none] if *none == "NONE" => Ok(None),
        [name] => {
            ensure!(authorizers.iter().any(|known| known.name == **name), "its authorizer {name} isn't defined");
            Ok(Some((*name).clone()))
        }
        several => anyhow::bail!("it has several authorizers: {several:?}"),
    }
}

/// The logical id of the function in an invocation address: `…:functions/${HealthFunction.Arn}/invocations`, or with a
/// variable that stands for the function's `Arn`.
fn function(uri: &Value) -> Result<String> {
    let (text, variables) = match &uri["Fn::Sub"] {
        Value::Array(parts) => (parts.first(), parts.get(1)),
        text => (Some(text), None),
    };
    let text = text.and_then(Value::as_str).context("its address is not a substitution")?;
    let variable = text.split_once(":path/2015-03-31/functions/${").and_then(|(_, rest)| rest.split_once('}'));
    let (variable, _) = variable.with_context(|| format!("its address names no function: {text}"))?;
    let attribute = variables.and_then(|variables| variables[variable]["Fn::GetAtt"][0].as_str());
    let function = variable.strip_suffix(".Arn").or(attribute);
    function.map(str::to_owned).with_context(|| format!("its address names no function: {text}"))
}

#[cfg(test)]
mod tests;
