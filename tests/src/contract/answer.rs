//! Whether a real answer is a documented one.

use reqwest::header::HeaderMap;
use serde_json::Value;

use super::Contract;

impl Contract {
    /// Holds an answer against what the operation promises: its status, content type, body and headers. `path` is
    /// written as in the contract; a body that isn't JSON is a string.
    ///
    /// # Errors
    /// What was promised and isn't so.
    pub fn check(
        &self,
        method: &str,
        path: &str,
        status: u16,
        content_type: &str,
        headers: &HeaderMap,
        body: &Value,
    ) -> Result<(), String> {
        let operation =
            self.operation(method, path).ok_or_else(|| format!("{method} {path} is not in the contract"))?;
        let told = |problem: String| format!("{method} {path} answered {status}: {problem}");
        let responses = operation.responses().map_err(told)?;
        let response = responses.get(&*status.to_string()).ok_or_else(|| told("not a documented status".to_owned()))?;
        self.check_body(response, content_type, body).map_err(told)?;
        self.check_headers(response, headers, body).map_err(told)
    }

    fn check_body(&self, response: &Value, content_type: &str, body: &Value) -> Result<(), String> {
        let media_type = content_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
        let content = response["content"].get(&media_type);
        let content = content.ok_or_else(|| format!("not a documented content type: {content_type:?}"))?;
        self.check_schema(&content["schema"], body).map_err(|problem| format!("{problem}, body: {body}"))
    }

    fn check_headers(&self, response: &Value, headers: &HeaderMap, body: &Value) -> Result<(), String> {
        for (name, definition) in response["headers"].as_object().into_iter().flatten() {
            let definition = self.resolve(definition)?;
            match headers.get(name).map(|value| value.to_str().unwrap_or_default()) {
                Some(text) => self.check_header(name, definition, text)?,
                None if self.is_required(definition, body) => return Err(format!("the header {name} is missing")),
                None => {}
            }
        }
        Ok(())
    }

    /// A header is text; what it says may be a number.
    fn check_header(&self, name: &str, definition: &Value, text: &str) -> Result<(), String> {
        let schema = &definition["schema"];
        let number = serde_json::from_str(text).is_ok_and(|number| self.check_schema(schema, &number).is_ok());
        if number {
            return Ok(());
        }
        self.check_schema(schema, &text.into()).map_err(|problem| format!("the header {name}: {problem}"))
    }

    /// `x-required-unless` names the schema of those bodies that come without the header.
    fn is_required(&self, definition: &Value, body: &Value) -> bool {
        let unless = definition["x-required-unless"].as_str();
        definition["required"] == true || unless.is_some_and(|schema| !self.is_a(schema, body))
    }
}
