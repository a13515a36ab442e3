//! The HTTP API's routes. CloudFormation on the emulator creates the API but doesn't import the OpenAPI document that
//! SAM generates for it, so this does: the same document, through the same public API that an import would end in.

pub(super) mod routes;

use std::collections::BTreeMap;

use anyhow::{Context, Result, ensure};
use aws_config::SdkConfig;
use aws_sdk_apigatewayv2::Client;
use aws_sdk_apigatewayv2::types::{AuthorizationType, AuthorizerType, Cors as CorsSettings, IntegrationType};

use self::routes::{Authorizer, Cors, Plan, Route};
use super::aws::REGION;
use super::deployment::Deployment;

/// The API's logical id.
const API: &str = "Api";
/// The id that the API is given, so that its address is known before it exists: the functions have to be told.
pub(super) const API_ID: &str = "local";
/// The tag by which the emulator is asked for that id.
pub(super) const API_ID_TAG: &str = "ms-custom-id";
/// The account that the emulator speaks for.
const ACCOUNT: &str = "000000000000";

/// Creates the routes; answers with the address of the API.
pub(super) async fn open(config: &SdkConfig, endpoint: &str, deployment: &Deployment) -> Result<String> {
    let api_id = deployment.physical_id(API)?;
    let plan = Plan::read(&deployment.properties(API)["Body"]).context("the API's OpenAPI document")?;
    let gateway = Gateway { client: Client::new(config), api_id, deployment };
    gateway.carry_out(plan).await?;
    ensure!(api_id == API_ID, "the emulator has named the API {api_id}");
    Ok(address(endpoint))
}

/// The address of the API, which needs no name to be looked up.
pub(super) fn address(endpoint: &str) -> String {
    format!("{endpoint}/_aws/execute-api/{API_ID}")
}

struct Gateway<'a> {
    client: Client,
    api_id: &'a str,
    deployment: &'a Deployment,
}

impl Gateway<'_> {
    async fn carry_out(&self, plan: Plan) -> Result<()> {
        let mut authorizers = BTreeMap::new();
        for authorizer in plan.authorizers {
            let id = self.create_authorizer(&authorizer).await?;
            authorizers.insert(authorizer.name, id);
        }
        for route in plan.routes {
            self.create_route(&route, &authorizers).await.with_context(|| format!("cannot create {}", route.key))?;
        }
        match plan.cors {
            Some(cors) => self.allow_browsers(cors).await,
            None => Ok(()),
        }
    }

    async fn create_authorizer(&self, authorizer: &Authorizer) -> Result<String> {
        let settings = &authorizer.settings;
        let request = self
            .client
            .create_authorizer()
            .api_id(self.api_id)
            .name(&authorizer.name)
            .authorizer_type(AuthorizerType::Request)
            .authorizer_uri(self.invocation_address(&authorizer.function)?)
            .set_identity_source(Some(settings.identity_source.clone()))
            .authorizer_payload_format_version(&settings.authorizer_payload_format_version)
            .enable_simple_responses(settings.enable_simple_responses)
            .set_authorizer_result_ttl_in_seconds(settings.authorizer_result_ttl_in_seconds);
        request.send().await?.authorizer_id.context("the new authorizer has no id")
    }

    async fn create_route(&self, route: &Route, authorizers: &BTreeMap<String, String>) -> Result<()> {
        let integration = self.create_integration(route).await?;
        let request = self.client.create_route().api_id(self.api_id).route_key(&route.key);
        let request = request.target(format!("integrations/{integration}"));
        let request = match &route.authorizer {
            Some(name) => request
                .authorization_type(AuthorizationType::Custom)
                .authorizer_id(authorizers.get(name).context("its authorizer wasn't created")?),
            None => request.authorization_type(AuthorizationType::None),
        };
        request.send().await?;
        Ok(())
    }

    async fn create_integration(&self, route: &Route) -> Result<String> {
        let request = self
            .client
            .create_integration()
            .api_id(self.api_id)
            .integration_type(IntegrationType::AwsProxy)
            .integration_method("POST")
            .integration_uri(self.invocation_address(&route.function)?)
            .payload_format_version(&route.settings.payload_format_version)
            .set_timeout_in_millis(route.settings.timeout_in_millis);
        request.send().await?.integration_id.context("the new integration has no id")
    }

    async fn allow_browsers(&self, cors: Cors) -> Result<()> {
        let settings = CorsSettings::builder()
            .set_allow_origins(Some(cors.allow_origins))
            .set_allow_methods(Some(cors.allow_methods))
            .set_allow_headers(Some(cors.allow_headers))
            .set_expose_headers(Some(cors.expose_headers))
            .set_allow_credentials(cors.allow_credentials)
            .set_max_age(cors.max_age);
        let request = self.client.update_api().api_id(self.api_id).cors_configuration(settings.build());
        request.send().await.context("cannot set CORS")?;
        Ok(())
    }

    fn invocation_address(&self, function: &str) -> Result<String> {
        let name = self.deployment.physical_id(function)?;
        let arn = format!("arn:aws:lambda:{REGION}:{ACCOUNT}:function:{name}");
        Ok(format!("arn:aws:apigateway:{REGION}:lambda:path/2015-03-31/functions/{arn}/invocations"))
    }
}
