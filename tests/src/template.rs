//! `template.yaml` as data: the functions, with their variables, routes and policies.

mod function;
mod tags;
#[cfg(test)]
mod tests;

use std::{collections::BTreeMap, fs};

use anyhow::{Context, Result};
use serde_json::Value;

pub use self::function::{Event, Function, Route};

/// The template. CloudFormation's short tags are written out, as in `{ "Ref": "Api" }`.
#[derive(Debug, Clone)]
pub struct Template {
    document: Value,
}

impl Template {
    /// The project's own.
    ///
    /// # Errors
    /// It can't be read.
    pub fn load() -> Result<Self> {
        let text = fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/../template.yaml"));
        Self::parse(&text.context("cannot read template.yaml")?)
    }

    /// Reads a template's text.
    ///
    /// # Errors
    /// It isn't YAML.
    pub fn parse(text: &str) -> Result<Self> {
        Ok(Self { document: tags::read(text).context("the template is not YAML")? })
    }

    /// All of it.
    pub fn document(&self) -> &Value {
        &self.document
    }

    /// The resources of one type, by their logical ids.
    pub fn resources(&self, kind: &str) -> BTreeMap<&str, &Value> {
        let resources = self.document["Resources"].as_object().into_iter().flatten();
        resources
            .filter(|(_, resource)| resource["Type"] == kind)
            .map(|(id, resource)| (id.as_str(), resource))
            .collect()
    }

    /// The functions, by their names: the folder of a function in `functions/`.
    pub fn functions(&self) -> BTreeMap<&str, Function<'_>> {
        let functions = self.resources("AWS::Serverless::Function").into_iter();
        let functions = functions.map(|(id, resource)| Function::new(id, resource, self));
        functions.map(|function| (function.name(), function)).collect()
    }

    /// Every function's variables.
    pub fn environment(&self) -> BTreeMap<&str, BTreeMap<&str, &Value>> {
        self.functions().into_iter().map(|(name, function)| (name, function.environment())).collect()
    }

    /// What invokes each function.
    pub fn events(&self) -> BTreeMap<&str, Vec<Event<'_>>> {
        self.functions().into_iter().map(|(name, function)| (name, function.events())).collect()
    }

    /// The HTTP API's routes, in the order of their paths and methods.
    pub fn routes(&self) -> Vec<Route> {
        let mut routes: Vec<_> = self.events().values().flatten().filter_map(Event::route).collect();
        routes.sort();
        routes
    }
}
