//! Queues' limits on concurrency. The emulator's CloudFormation keeps a number that comes from a parameter as text and
//! then can't compare it, so this says it again through Lambda's own API.

use anyhow::{Context, Result};
use aws_config::SdkConfig;
use aws_sdk_lambda::Client;
use aws_sdk_lambda::types::ScalingConfig;

use super::deployment::Deployment;

const KIND: &str = "AWS::Lambda::EventSourceMapping";

/// Sets the limit of every event source that has one in the template.
pub(super) async fn limit(config: &SdkConfig, deployment: &Deployment) -> Result<()> {
    let client = Client::new(config);
    for logical_id in deployment.logical_ids(KIND) {
        let limit = &deployment.properties(logical_id)["ScalingConfig"]["MaximumConcurrency"];
        if limit.is_null() {
            continue;
        }
        let limit = limit.as_i64().and_then(|limit| i32::try_from(limit).ok());
        let limit = limit.with_context(|| format!("the limit of {logical_id} isn't a number"))?;
        let scaling = ScalingConfig::builder().maximum_concurrency(limit).build();
        let id = deployment.physical_id(logical_id)?;
        client.update_event_source_mapping().uuid(id).scaling_config(scaling).send().await?;
    }
    Ok(())
}
