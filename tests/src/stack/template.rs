//! `template.yaml` as text: which functions it deploys, and where their code is.
//!
//! The one thing that changes between the repository and a deployment is each function's `CodeUri`, which `sam deploy`
//! replaces as well. It is replaced in the text, so that everything else reaches CloudFormation untouched.

use std::collections::BTreeSet;

use anyhow::{Context, Result};

const CODE: &str = "CodeUri: functions/";

/// The folders of all functions in the template.
pub(super) fn function_names(template: &str) -> BTreeSet<&str> {
    template.split(CODE).skip(1).map(name_at_start).collect()
}

/// The template with each function's folder replaced by the place of its package.
pub(super) fn with_code_at(template: &str, place: impl Fn(&str) -> Option<String>) -> Result<String> {
    let mut parts = template.split(CODE);
    let mut text = parts.next().unwrap_or_default().to_owned();
    for rest in parts {
        let name = name_at_start(rest);
        let place = place(name).with_context(|| format!("the function {name} has no package"))?;
        text += &format!("CodeUri: {place}{}", &rest[name.len()..]);
    }
    Ok(text)
}

fn name_at_start(text: &str) -> &str {
    let end = text.find(|character: char| !(character.is_ascii_alphanumeric() || character == '-'));
    &text[..end.unwrap_or(text.len())]
}

/// `WebhookIngestFunction` without its suffix `Function` is `webhook-ingest`.
pub(super) fn kebab_case(logical_id: &str, suffix: &str) -> Option<String> {
    let mut name = String::new();
    for character in logical_id.strip_suffix(suffix)?.chars() {
        if character.is_ascii_uppercase() && !name.is_empty() {
            name.push('-');
        }
        name.push(character.to_ascii_lowercase());
    }
    Some(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEMPLATE: &str = "
  AccountsListFunction:
    Properties:
      CodeUri: functions/accounts-list
      MemorySize: 256
  HealthFunction: { Type: AWS::Serverless::Function, Properties: { CodeUri: functions/health, Timeout: 3 } }
  DbMigrateFunction:
    Properties:
      CodeUri: functions/db-migrate
";

    #[test]
    fn functions_are_found_in_every_style() {
        assert_eq!(Vec::from_iter(function_names(TEMPLATE)), ["accounts-list", "db-migrate", "health"]);
    }

    #[test]
    fn only_the_place_of_the_code_changes() {
        let text = with_code_at(TEMPLATE, |name| Some(format!("s3://packages/{name}.zip"))).unwrap();

        assert!(text.contains("      CodeUri: s3://packages/accounts-list.zip\n      MemorySize: 256\n"), "{text}");
        assert!(text.contains("{ CodeUri: s3://packages/health.zip, Timeout: 3 }"), "{text}");
        assert!(!text.contains("functions/"), "{text}");
    }

    #[test]
    fn logical_ids_name_the_folder() {
        assert_eq!(kebab_case("WebhookIngestFunction", "Function").as_deref(), Some("webhook-ingest"));
        assert_eq!(kebab_case("WebhooksQueue", "Function"), None);
    }
}
