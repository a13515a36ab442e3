//! Every log: the files of the stack's programs and of the tests' own sandboxes, and what CloudWatch Logs keeps of the
//! functions.

use std::{fs, path::Path};

use reqwest::Client;
use serde_json::{Value, json};
use tests::stack::{StackDescription, log_folder};

use crate::Text;

/// How many streams are asked for at a time, at most; each invocation has one of its own.
const STREAMS: usize = 50;
/// How many events the emulator tells of; it has no second page.
const LIMIT: usize = 10_000;

/// A text for each file and for each page of a log group.
pub(crate) async fn texts(stack: &StackDescription, folder: &Path) -> Vec<Text> {
    let files = fs::read_dir(log_folder(folder)).unwrap().map(|entry| entry.unwrap().path());
    let mut texts: Vec<Text> = files
        .filter(|path| path.is_file())
        .map(|path| Text { place: path.display().to_string(), bytes: fs::read(&path).unwrap() })
        .collect();
    let logs = CloudWatchLogs { http: Client::builder().build().unwrap(), endpoint: &stack.aws_endpoint_url };
    let groups = logs.all("DescribeLogGroups", "logGroups", json!({})).await;
    for group in groups.iter().map(|group| &group["logGroupName"]) {
        texts.extend(logs.group(group).await);
    }
    texts
}

/// Its API as it goes over the wire: three calls aren't worth the minute that its SDK takes to compile.
struct CloudWatchLogs<'a> {
    http: Client,
    endpoint: &'a str,
}

impl CloudWatchLogs<'_> {
    async fn group(&self, name: &Value) -> Vec<Text> {
        let asked = json!({ "logGroupName": name, "limit": STREAMS });
        let streams = self.all("DescribeLogStreams", "logStreams", asked).await;
        let names: Vec<&Value> = streams.iter().map(|stream| &stream["logStreamName"]).collect();
        let mut texts = Vec::new();
        for names in names.chunks(STREAMS) {
            let asked = json!({ "logGroupName": name, "logStreamNames": names });
            let events = self.all("FilterLogEvents", "events", asked).await;
            assert!(events.len() < LIMIT, "the emulator has cut a page off: ask for fewer streams at a time");
            let lines: Vec<&str> = events.iter().map(|event| event["message"].as_str().unwrap()).collect();
            texts.push(Text { place: format!("log group {name}"), bytes: lines.join("\n").into_bytes() });
        }
        texts
    }

    /// The items of all pages.
    async fn all(&self, operation: &str, items: &str, mut request: Value) -> Vec<Value> {
        let mut all = Vec::new();
        loop {
            let mut page = self.call(operation, &request).await;
            all.append(page[items].as_array_mut().unwrap());
            match page["nextToken"].take() {
                Value::Null => return all,
                next => request["nextToken"] = next,
            }
        }
    }

    async fn call(&self, operation: &str, request: &Value) -> Value {
        let call = self.http.post(self.endpoint).header("x-amz-target", format!("Logs_20140328.{operation}"));
        let call = call.header("content-type", "application/x-amz-json-1.1").body(request.to_string());
        let answer = call.send().await.unwrap().error_for_status().unwrap();
        serde_json::from_str(&answer.text().await.unwrap()).unwrap()
    }
}
