//! The journey: what a person does with the system, from the first login to the last webhook, on the public API only.

use anyhow::Result;

use crate::stack::StackDescription;

/// Walks it once.
pub async fn walk(_stack: &StackDescription) -> Result<()> {
    Ok(())
}
