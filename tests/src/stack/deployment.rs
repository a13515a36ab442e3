//! The deployment: the project's template, through CloudFormation, with the real SAM translation.

use std::collections::BTreeMap;
use std::time::Duration;

use anyhow::{Context, Result, bail};
use aws_config::SdkConfig;
use aws_sdk_cloudformation::Client;
use aws_sdk_cloudformation::types::{Capability, Parameter, Stack, StackEvent, StackStatus, Tag, TemplateStage};
use serde_json::Value;
use tokio::time::timeout;

use super::gateway::{API_ID, API_ID_TAG};
use super::process::until;
use super::processed_template::fill_in;
use super::template::kebab_case;

const STACK: &str = "local";
/// How long a deployment may take.
const LIMIT: Duration = Duration::from_secs(300);

/// What was deployed.
#[derive(Debug)]
pub(super) struct Deployment {
    resources: BTreeMap<String, Resource>,
    template: Value,
}

#[derive(Debug)]
struct Resource {
    kind: String,
    physical_id: String,
}

impl Deployment {
    /// The name that AWS gave to a resource of the template.
    pub(super) fn physical_id(&self, logical_id: &str) -> Result<&str> {
        let resource = self.resources.get(logical_id);
        Ok(&resource.with_context(|| format!("the template has no resource {logical_id}"))?.physical_id)
    }

    /// Deployed names of the functions by folder name.
    pub(super) fn functions(&self) -> BTreeMap<String, String> {
        self.named("AWS::Lambda::Function", |id| kebab_case(id, "Function"))
    }

    /// Addresses of the queues by name.
    pub(super) fn queues(&self) -> BTreeMap<String, String> {
        self.named("AWS::SQS::Queue", |id| match kebab_case(id, "DeadLetterQueue") {
            Some(name) => Some(format!("{name}-dlq")),
            None => kebab_case(id, "Queue"),
        })
    }

    /// Properties of a resource in the template, after SAM's translation and with the parameters' values.
    pub(super) fn properties(&self, logical_id: &str) -> &Value {
        &self.template["Resources"][logical_id]["Properties"]
    }

    /// The logical ids of all resources of a kind.
    pub(super) fn logical_ids(&self, kind: &str) -> impl Iterator<Item = &str> {
        self.resources.iter().filter(move |(_, resource)| resource.kind == kind).map(|(id, _)| &**id)
    }

    fn named(&self, kind: &str, name: impl Fn(&str) -> Option<String>) -> BTreeMap<String, String> {
        let resources = self.resources.iter().filter(|(_, resource)| resource.kind == kind);
        resources.filter_map(|(id, resource)| Some((name(id)?, resource.physical_id.clone()))).collect()
    }
}

/// Creates the CloudFormation stack from the template at an address and waits until it is complete.
pub(super) async fn create(config: &SdkConfig, template: String, parameters: &[(&str, String)]) -> Result<Deployment> {
    let client = Client::new(config);
    let parameters =
        parameters.iter().map(|(key, value)| Parameter::builder().parameter_key(*key).parameter_value(value).build());
    client
        .create_stack()
        .stack_name(STACK)
        .template_url(template)
        .set_parameters(Some(parameters.collect()))
        .tags(Tag::builder().key(API_ID_TAG).value(API_ID).build())
        .capabilities(Capability::CapabilityIam)
        .capabilities(Capability::CapabilityNamedIam)
        .capabilities(Capability::CapabilityAutoExpand)
        .send()
        .await
        .context("CloudFormation refuses the template")?;
    wait_for_completion(&client).await?;
    describe(&client).await
}

async fn wait_for_completion(client: &Client) -> Result<()> {
    let in_progress = || async { matches!(status(client).await, Ok(StackStatus::CreateInProgress)) };
    timeout(LIMIT, until(async || !in_progress().await)).await.context("the deployment doesn't come to an end")?;
    match status(client).await? {
        StackStatus::CreateComplete => Ok(()),
        other => bail!("the deployment ended as {other}:\n{}", failures(client).await?),
    }
}

async fn status(client: &Client) -> Result<StackStatus> {
    look(client).await?.stack_status.context("the stack has no status")
}

async fn look(client: &Client) -> Result<Stack> {
    let answer = client.describe_stacks().stack_name(STACK).send().await?;
    answer.stacks.unwrap_or_default().pop().context("the stack isn't there")
}

/// The reasons that CloudFormation gave, first things first.
async fn failures(client: &Client) -> Result<String> {
    let answer = client.describe_stack_events().stack_name(STACK).send().await?;
    let reasons = answer.stack_events().iter().rev().filter_map(reason);
    Ok(reasons.collect::<Vec<_>>().join("\n"))
}

fn reason(event: &StackEvent) -> Option<String> {
    let reason = event.resource_status_reason().filter(|reason| !reason.is_empty())?;
    let status = event.resource_status().map_or("", |status| status.as_str());
    Some(format!("  {} {status}: {reason}", event.logical_resource_id().unwrap_or_default()))
}

async fn describe(client: &Client) -> Result<Deployment> {
    let answer = client.describe_stack_resources().stack_name(STACK).send().await?;
    let resources = answer.stack_resources.unwrap_or_default().into_iter().filter_map(|resource| {
        let (kind, physical_id) = (resource.resource_type?, resource.physical_resource_id?);
        Some((resource.logical_resource_id?, Resource { kind, physical_id }))
    });
    Ok(Deployment { resources: resources.collect(), template: processed_template(client).await? })
}

async fn processed_template(client: &Client) -> Result<Value> {
    let answer = client.get_template().stack_name(STACK).template_stage(TemplateStage::Processed).send().await?;
    let template = serde_json::from_str(&answer.template_body.context("there is no processed template")?)?;
    let parameters = look(client).await?.parameters.unwrap_or_default().into_iter();
    let values = parameters.filter_map(|parameter| Some((parameter.parameter_key?, parameter.parameter_value?)));
    Ok(fill_in(template, &values.collect()))
}
