//! One function's real binary with something changed around it, through Lambda's Runtime API.

use std::{env, fs::OpenOptions, io::Write, path::PathBuf, time::Duration};

use reqwest::header::{HeaderMap, HeaderName, SET_COOKIE};
use serde_json::{Value, json};
use tests::runtime_api::{FunctionError, Sandbox};
use tokio::sync::Mutex;

use super::{Answer, World};

/// A function in a sandbox of its own.
pub(crate) struct FunctionSandbox {
    sandbox: Mutex<Sandbox>,
    log: PathBuf,
}

/// An HTTP function in a sandbox of its own.
pub(crate) struct HttpSandbox(FunctionSandbox);

impl FunctionSandbox {
    /// Starts `function` with the settings that it's deployed with, except for these.
    pub(crate) async fn start<'a>(
        world: &World,
        function: &str,
        changed: impl IntoIterator<Item = (&'a str, &'a str)>,
    ) -> Self {
        let timeout = world.aws.timeout(&world.stack.functions[function]).await;
        Self::start_within(world, function, changed, timeout).await
    }

    /// The same with another timeout than it's deployed with.
    pub(crate) async fn start_within<'a>(
        world: &World,
        function: &str,
        changed: impl IntoIterator<Item = (&'a str, &'a str)>,
        timeout: Duration,
    ) -> Self {
        let mut settings = world.aws.settings(&world.stack.functions[function]).await;
        settings.insert("AWS_ENDPOINT_URL".to_owned(), world.stack.aws_endpoint_url.clone());
        settings.extend(changed.into_iter().map(|(name, value)| (name.to_owned(), value.to_owned())));
        let sandbox = Mutex::new(Sandbox::start(&binary(function), settings).unwrap().with_patience(timeout));
        Self { sandbox, log: world.logs.join(format!("sandboxes-{function}.log")) }
    }

    /// Its answer to an event.
    pub(crate) async fn invoke(&self, event: Value) -> Value {
        self.try_invoke(event).await.unwrap()
    }

    /// Its answer to an event, or why there is none.
    pub(crate) async fn try_invoke(&self, event: Value) -> Result<Value, FunctionError> {
        self.sandbox.lock().await.invoke(&event).await
    }

    /// The most memory that it has ever had, in bytes.
    pub(crate) async fn peak_memory(&self) -> u64 {
        self.sandbox.lock().await.usage().unwrap().peak_rss
    }

    /// Waits for a line with this text.
    pub(crate) async fn printed(&self, text: &str) -> bool {
        self.sandbox.lock().await.line(|line| line.contains(text)).await.is_ok()
    }
}

/// What it wrote goes to the stack's other logs, to be looked through for secrets.
impl Drop for FunctionSandbox {
    fn drop(&mut self) {
        let lines = self.sandbox.get_mut().output().join("\n");
        let log = OpenOptions::new().create(true).append(true).open(&self.log);
        log.and_then(|mut log| writeln!(log, "{lines}")).unwrap();
    }
}

impl HttpSandbox {
    /// As [`FunctionSandbox::start`].
    pub(crate) async fn start<'a>(
        world: &World,
        function: &str,
        changed: impl IntoIterator<Item = (&'a str, &'a str)>,
    ) -> Self {
        Self(FunctionSandbox::start(world, function, changed).await)
    }

    /// Its answer to a request.
    pub(crate) async fn call(&self, event: Value) -> Answer {
        let answer = self.0.invoke(event).await;
        let headers = answer["headers"].as_object().unwrap().iter();
        let headers = headers.map(|(name, value)| (name.parse::<HeaderName>().unwrap(), value));
        // Payload format 2.0 has them apart.
        let cookies = answer["cookies"].as_array().into_iter().flatten().map(|value| (SET_COOKIE, value));
        let headers: HeaderMap =
            headers.chain(cookies).map(|(name, value)| (name, value.as_str().unwrap().parse().unwrap())).collect();
        let status = answer["statusCode"].as_u64().unwrap() as u16;
        Answer { status, headers, body: answer["body"].as_str().unwrap_or_default().to_owned() }
    }

    /// Waits for a line with this text.
    pub(crate) async fn printed(&self, text: &str) -> bool {
        self.0.printed(text).await
    }
}

/// A request as API Gateway hands it over (payload format 2.0).
pub(crate) fn http_event(method: &str, path: &str, route: &str) -> Value {
    json!({
        "version": "2.0", "routeKey": route, "rawPath": path, "rawQueryString": "", "isBase64Encoded": false,
        "headers": { "host": "api.example.com" },
        "requestContext": {
            "accountId": "123456789012", "apiId": "api", "domainName": "api.example.com", "domainPrefix": "api",
            "requestId": "JKJaXmPLvHcESHA=", "routeKey": route, "stage": "$default",
            "time": "22/Nov/2026:12:00:00 +0000", "timeEpoch": 1_795_348_800_000_u64,
            "http": { "method": method, "path": path, "protocol": "HTTP/1.1", "sourceIp": "203.0.113.7",
                      "userAgent": "tests" },
        },
    })
}

/// One of the workspace's binaries, beside this test's own.
pub(crate) fn binary(function: &str) -> PathBuf {
    let this = env::current_exe().unwrap();
    this.parent().and_then(|deps| deps.parent()).unwrap().join(function)
}
