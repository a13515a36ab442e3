//! One function of the template.

use std::collections::BTreeMap;

use serde_json::Value;

use super::Template;

/// A function, its global settings included.
#[derive(Debug, Clone, Copy)]
pub struct Function<'a> {
    logical_id: &'a str,
    properties: &'a Value,
    template: &'a Template,
}

/// What invokes a function.
#[derive(Debug, Clone, Copy)]
pub struct Event<'a> {
    /// The function's name.
    pub function: &'a str,
    /// The event's own.
    pub name: &'a str,
    /// `HttpApi`, `SQS`, `Schedule`, …
    pub kind: &'a str,
    /// The rest, which depends on the kind.
    pub properties: &'a Value,
}

/// A route of the HTTP API.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Route {
    /// `/api/webhooks/{platform}`.
    pub path: String,
    /// `GET`.
    pub method: String,
    /// The name of the function that serves it.
    pub function: String,
    /// Whether no authorizer stands before it.
    pub open: bool,
}

impl<'a> Function<'a> {
    pub(super) fn new(logical_id: &'a str, resource: &'a Value, template: &'a Template) -> Self {
        Self { logical_id, properties: &resource["Properties"], template }
    }

    /// What holds for all functions.
    fn globals(&self) -> &'a Value {
        &self.template.document()["Globals"]["Function"]
    }

    /// The name of the resource.
    pub fn logical_id(&self) -> &'a str {
        self.logical_id
    }

    /// The name of its folder in `functions/`; the logical id where its code lies elsewhere.
    pub fn name(&self) -> &'a str {
        let code = self.properties["CodeUri"].as_str();
        code.and_then(|code| code.strip_prefix("functions/")).unwrap_or(self.logical_id)
    }

    /// A property such as `Timeout`, from the globals where the function says nothing.
    pub fn property(&self, name: &str) -> Option<&'a Value> {
        self.properties.get(name).or(self.globals().get(name))
    }

    /// Its variables, the globals' included.
    pub fn environment(&self) -> BTreeMap<&'a str, &'a Value> {
        let both = [self.globals(), self.properties].map(|level| level["Environment"]["Variables"].as_object());
        both.into_iter().flatten().flatten().map(|(name, value)| (name.as_str(), value)).collect()
    }

    /// What invokes it.
    pub fn events(&self) -> Vec<Event<'a>> {
        let events = self.properties["Events"].as_object().into_iter().flatten();
        events.map(|(name, event)| Event::new(self.name(), name, event)).collect()
    }

    /// What it may do: the statements of its policies, each with `Effect`, `Action` and `Resource`. A role of the
    /// template that it names counts as its own.
    pub fn statements(&self) -> Vec<&'a Value> {
        let own = self.properties["Policies"].as_array().into_iter().flatten();
        let roles = self.role().and_then(|role| role["Policies"].as_array()).into_iter().flatten();
        let policies = own.chain(roles.map(|policy| &policy["PolicyDocument"]));
        policies.filter_map(|policy| policy["Statement"].as_array()).flatten().collect()
    }

    fn role(&self) -> Option<&'a Value> {
        let (id, _) = self.properties["Role"]["Fn::GetAtt"].as_str()?.split_once('.')?;
        self.template.resources("AWS::IAM::Role").get(id).map(|role| &role["Properties"])
    }
}

impl<'a> Event<'a> {
    fn new(function: &'a str, name: &'a str, event: &'a Value) -> Self {
        Self { function, name, kind: event["Type"].as_str().unwrap_or_default(), properties: &event["Properties"] }
    }

    /// Its route, where it's one of the HTTP API.
    pub fn route(&self) -> Option<Route> {
        let text = |name: &str| self.properties[name].as_str().unwrap_or_default();
        (self.kind == "HttpApi").then(|| Route {
            path: text("Path").to_owned(),
            method: text("Method").to_ascii_uppercase(),
            function: self.function.to_owned(),
            open: self.properties["Auth"]["Authorizer"] == "NONE",
        })
    }
}
