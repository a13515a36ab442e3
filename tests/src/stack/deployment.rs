//! The deployment: the project's template, through CloudFormation, with the real SAM translation.

use std::collections::BTreeMap;

use anyhow::{Context, Result, bail};
use aws_config::SdkConfig;
use aws_sdk_cloudformation::Client;
use aws_sdk_cloudformation::error::DisplayErrorContext;
use aws_sdk_cloudformation::types::{Capability, Parameter, StackEvent, StackStatus, TemplateStage};
use serde_json::Value;

use super::packages::Package;
use super::process::until;
use super::template::kebab_case;

const STACK: &str = "local";
const BUCKET: &str = "packages";

/// What was deployed.
#[derive(Debug)]
pub(super) struct Deployment {
    resources: BTreeMap<String, Resource>,
    /// The template after SAM's translation.
    pub processed_template: Value,
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

    fn named(&self, kind: &str, name: impl Fn(&str) -> Option<String>) -> BTreeMap<String, String> {
        let resources = self.resources.iter().filter(|(_, resource)| resource.kind == kind);
        resources.filter_map(|(id, resource)| Some((name(id)?, resource.physical_id.clone()))).collect()
    }
}

/// Uploads a package and answers with its place.
pub(super) async fn upload(config: &SdkConfig, packages: BTreeMap<String, Package>) -> Result<BTreeMap<String, String>> {
    let client = aws_sdk_s3::Client::new(config);
    client.create_bucket().bucket(BUCKET).send().await.context("cannot create the bucket for packages")?;
    let mut places = BTreeMap::new();
    for (name, package) in packages {
        let upload = client.put_object().bucket(BUCKET).key(&package.key).body(package.zip.into());
        upload.send().await.with_context(|| format!("cannot upload {name}"))?;
        places.insert(name, format!("s3://{BUCKET}/{}", package.key));
    }
    Ok(places)
}

/// Creates the CloudFormation stack and waits until it is complete.
pub(super) async fn create(config: &SdkConfig, template: String, parameters: &[(&str, String)]) -> Result<Deployment> {
    let client = Client::new(config);
    let parameters = parameters.iter().map(|(key, value)| {
        Parameter::builder().parameter_key(*key).parameter_value(value).build()
    });
    client
        .create_stack()
        .stack_name(STACK)
        .template_body(template)
        .set_parameters(Some(parameters.collect()))
        .capabilities(Capability::CapabilityIam)
        .capabilities(Capability::CapabilityNamedIam)
        .capabilities(Capability::CapabilityAutoExpand)
        .send()
        .await
        .map_err(|error| anyhow::anyhow!("CloudFormation refuses the template: {}", DisplayErrorContext(error)))?;
    wait_for_completion(&client).await?;
    describe(&client).await
}

async fn wait_for_completion(client: &Client) -> Result<()> {
    until(|| async { !matches!(status(client).await, Ok(StackStatus::CreateInProgress)) }).await;
    match status(client).await? {
        StackStatus::CreateComplete => Ok(()),
        other => bail!("the deployment ended as {other}:\n{}", failures(client).await?),
    }
}

async fn status(client: &Client) -> Result<StackStatus> {
    let answer = client.describe_stacks().stack_name(STACK).send().await?;
    answer.stacks().first().and_then(|stack| stack.stack_status().cloned()).context("the stack isn't there")
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
    let resources = answer.stack_resources().iter().filter_map(|resource| {
        let logical_id = resource.logical_resource_id()?.to_owned();
        let physical_id = resource.physical_resource_id()?.to_owned();
        Some((logical_id, Resource { kind: resource.resource_type()?.to_owned(), physical_id }))
    });
    let resources = resources.collect();
    let answer = client.get_template().stack_name(STACK).template_stage(TemplateStage::Processed).send().await?;
    let processed_template = serde_json::from_str(answer.template_body().context("there is no processed template")?)?;
    Ok(Deployment { resources, processed_template })
}
