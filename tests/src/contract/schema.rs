//! Whether a value is what a schema of the contract says.

use serde_json::{Value, json};

use super::Contract;

impl Contract {
    /// Holds `value` against a schema of this document: JSON Schema 2020-12, formats included.
    ///
    /// # Errors
    /// Each thing that is wrong with the value, or with the schema.
    pub fn check_schema(&self, schema: &Value, value: &Value) -> Result<(), String> {
        // The schema's references begin at the document's root, so it is put where `#/components` is.
        let root = json!({ "allOf": [schema], "components": self.document["components"] });
        let options = jsonschema::draft202012::options().should_validate_formats(true).offline();
        let validator = options.build(&root).map_err(|error| format!("not a schema: {error}"))?;
        let problems: Vec<_> = validator
            .iter_errors(value)
            .map(|error| format!("{} at {:?}", error, error.instance_path().as_str()))
            .collect();
        if problems.is_empty() { Ok(()) } else { Err(problems.join("; ")) }
    }

    /// Whether `value` is what the schema `name` of the components says.
    pub(super) fn is_a(&self, name: &str, value: &Value) -> bool {
        self.check_schema(&json!({ "$ref": format!("#/components/schemas/{name}") }), value).is_ok()
    }
}
