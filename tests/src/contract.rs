//! `openapi.yaml` as data, and whether an answer keeps to it.

mod answer;
mod schema;
#[cfg(test)]
mod tests;

use std::{collections::BTreeMap, fs};

use anyhow::{Context, Result};
use serde_json::Value;

/// The contract of the HTTP API.
#[derive(Debug, Clone)]
pub struct Contract {
    document: Value,
}

/// One method of one path.
#[derive(Debug, Clone, Copy)]
pub struct Operation<'a> {
    contract: &'a Contract,
    /// `GET`.
    pub method: &'a str,
    /// `/api/webhooks/{platform}`.
    pub path: &'a str,
    /// The Operation Object.
    pub definition: &'a Value,
}

/// The methods as a Path Item Object names them, and as requests do.
const METHODS: [(&str, &str); 5] =
    [("get", "GET"), ("put", "PUT"), ("post", "POST"), ("patch", "PATCH"), ("delete", "DELETE")];

impl Contract {
    /// The project's own.
    ///
    /// # Errors
    /// It can't be read.
    pub fn load() -> Result<Self> {
        let text = fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/../openapi.yaml"));
        Self::parse(&text.context("cannot read openapi.yaml")?)
    }

    /// Reads a contract's text.
    ///
    /// # Errors
    /// It isn't YAML.
    pub fn parse(text: &str) -> Result<Self> {
        Ok(Self { document: serde_saphyr::from_str(text).context("the contract is not YAML")? })
    }

    /// All of it.
    pub fn document(&self) -> &Value {
        &self.document
    }

    /// Every operation, in the order of paths.
    pub fn operations(&self) -> Vec<Operation<'_>> {
        let paths = self.document["paths"].as_object().into_iter().flatten();
        paths.flat_map(|(path, item)| self.operations_of(path, item)).collect()
    }

    fn operations_of<'a>(&'a self, path: &'a str, item: &'a Value) -> impl Iterator<Item = Operation<'a>> {
        METHODS.into_iter().filter_map(move |(name, method)| {
            item.get(name).map(|definition| Operation { contract: self, method, path, definition })
        })
    }

    /// The operation of a request; `path` as the contract writes it, with its parameters' names.
    pub fn operation(&self, method: &str, path: &str) -> Option<Operation<'_>> {
        self.operations().into_iter().find(|operation| operation.method == method && operation.path == path)
    }

    /// What a `$ref` leads to, however often; anything else is itself.
    ///
    /// # Errors
    /// It leads nowhere, or out of the document.
    pub fn resolve<'a>(&'a self, node: &'a Value) -> Result<&'a Value, String> {
        let Some(reference) = node.get("$ref").and_then(Value::as_str) else { return Ok(node) };
        let target = reference.strip_prefix('#').and_then(|pointer| self.document.pointer(pointer));
        self.resolve(target.ok_or_else(|| format!("{reference} leads nowhere"))?)
    }
}

impl<'a> Operation<'a> {
    /// The operation's id.
    pub fn id(&self) -> &'a str {
        self.definition["operationId"].as_str().unwrap_or_default()
    }

    /// Whether it's for callers without a token.
    pub fn is_open(&self) -> bool {
        let security = self.definition.get("security").unwrap_or(&self.contract.document["security"]);
        security.as_array().is_none_or(Vec::is_empty)
    }

    /// The documented answers by their statuses.
    ///
    /// # Errors
    /// A reference leads nowhere.
    pub fn responses(&self) -> Result<BTreeMap<&'a str, &'a Value>, String> {
        let responses = self.definition["responses"].as_object().into_iter().flatten();
        responses.map(|(status, response)| Ok((status.as_str(), self.contract.resolve(response)?))).collect()
    }
}
