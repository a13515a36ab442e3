//! A function in Python, which the stack needs anyway, shows what a function can do to its sandbox.

use std::{path::Path, time::Duration};

use serde_json::{Value, json};
use tokio::process::Command;

use super::{FunctionError, Sandbox};

/// Does what the event tells it to.
const FUNCTION: &str = r#"
import http.client, json, os, sys, time
api = http.client.HTTPConnection(os.environ["AWS_LAMBDA_RUNTIME_API"])
def call(method, path, body=None):
    api.request(method, "/2018-06-01/runtime/" + path, body=body)
    reply = api.getresponse()
    return reply.headers, reply.read()
if "BROKEN" in os.environ:
    call("POST", "init/error", json.dumps({"errorType": "Broken", "errorMessage": "no database"}))
    sys.exit(1)
while True:
    headers, event = call("GET", "invocation/next")
    path, event = "invocation/" + headers["lambda-runtime-aws-request-id"], json.loads(event)
    print("working on", event, flush=True)
    if event == "environment": call("POST", path + "/response", json.dumps(dict(os.environ)))
    elif event == "fail": call("POST", path + "/error", json.dumps({"errorType": "Oops", "errorMessage": "it broke"}))
    elif event == "exit": print("farewell", file=sys.stderr, flush=True); os._exit(3)
    elif event == "hang": time.sleep(3600)
    elif event == "mumble": call("POST", path + "/response", "not JSON")
    else: call("POST", path + "/response", json.dumps({"echo": event}))
"#;

fn sandbox(environment: &[(&str, &str)]) -> Sandbox {
    let mut command = Command::new("python3");
    command.args(["-I", "-c", FUNCTION]);
    let environment = environment.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
    Sandbox::run("parrot", command, environment).unwrap()
}

#[tokio::test]
async fn events_are_answered_one_after_the_other() {
    let mut sandbox = sandbox(&[]);
    assert!(sandbox.first_poll().await.unwrap() > Duration::ZERO);
    for number in 0..3 {
        assert_eq!(sandbox.invoke(&json!(number)).await.unwrap(), json!({ "echo": number }));
    }
    let answer = sandbox.exchange("4".into()).await.unwrap();
    assert!(answer.took > Duration::ZERO);
    assert_eq!(answer.body, r#"{"echo": 4}"#);
}

#[tokio::test]
async fn the_function_sees_lambdas_variables_and_the_given_ones_and_no_others() {
    let mut sandbox = sandbox(&[("QUEUE", "webhooks"), ("AWS_REGION", "eu-central-1")]);
    let environment = sandbox.invoke(&json!("environment")).await.unwrap();
    assert_eq!(environment["QUEUE"], "webhooks");
    assert_eq!(environment["AWS_REGION"], "eu-central-1", "what is given wins");
    assert_eq!(environment["AWS_LAMBDA_FUNCTION_NAME"], "parrot");
    assert_eq!(environment["HOME"], Value::Null);
}

#[tokio::test]
async fn a_failure_is_told_and_costs_the_sandbox_nothing() {
    let mut sandbox = sandbox(&[]);
    let error = sandbox.invoke(&json!("fail")).await.unwrap_err();
    assert_eq!(error.to_string(), "the function reported Oops: it broke");
    assert!(matches!(sandbox.invoke(&json!("mumble")).await, Err(FunctionError::Malformed(_))));
    assert!(sandbox.invoke(&json!(1)).await.is_ok());
}

#[tokio::test]
async fn a_function_that_ends_says_how_and_what_it_wrote() {
    let mut sandbox = sandbox(&[]);
    let error = sandbox.invoke(&json!("exit")).await.unwrap_err();
    let FunctionError::Ended { status, output } = error else { panic!("{error}") };
    assert_eq!(status.code(), Some(3));
    assert!(output.contains("working on exit") && output.contains("farewell"), "{output}");
    assert!(matches!(sandbox.invoke(&json!(1)).await, Err(FunctionError::Ended { .. })));
}

#[tokio::test]
async fn a_start_that_fails_is_told() {
    let error = sandbox(&[("BROKEN", "yes")]).first_poll().await.unwrap_err();
    assert_eq!(error.to_string(), "the function reported Broken: no database");
    assert!(Sandbox::start(Path::new("/no/such/function"), []).is_err());
}

#[tokio::test]
async fn a_function_that_hangs_is_killed() {
    let mut sandbox = sandbox(&[]);
    sandbox.first_poll().await.unwrap();
    let mut sandbox = sandbox.with_patience(Duration::from_millis(100));
    assert!(matches!(sandbox.invoke(&json!("hang")).await, Err(FunctionError::TimedOut(_))));
    assert!(sandbox.first_poll().await.is_ok(), "its start is known all the same");
    assert!(matches!(sandbox.invoke(&json!(1)).await, Err(FunctionError::Ended { .. })));
}

#[tokio::test]
async fn lines_can_be_awaited() {
    let mut sandbox = sandbox(&[]);
    sandbox.invoke(&json!("a line")).await.unwrap();
    assert_eq!(sandbox.line(|line| line.contains("a line")).await.unwrap(), "working on a line");
    assert_eq!(sandbox.output(), ["working on a line"]);
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn a_running_process_tells_what_it_uses_and_a_dead_one_does_not() {
    let mut sandbox = sandbox(&[]);
    sandbox.first_poll().await.unwrap();
    let before = sandbox.usage().unwrap();
    sandbox.invoke(&json!(1)).await.unwrap();
    let after = sandbox.usage().unwrap();
    assert!(before.cpu > Duration::ZERO && after.cpu >= before.cpu);
    assert!(after.peak_rss > 1_000_000);
    let _ = sandbox.invoke(&json!("exit")).await;
    assert!(sandbox.usage().is_err());
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn the_process_ends_with_its_sandbox() {
    let mut sandbox = sandbox(&[]);
    sandbox.first_poll().await.unwrap();
    let state = format!("/proc/{}/stat", sandbox.process_id().unwrap());
    drop(sandbox);
    let is_gone = || std::fs::read_to_string(&state).map_or(true, |stat| stat.contains(") Z "));
    tokio::time::timeout(Duration::from_secs(10), async {
        while !is_gone() {
            tokio::task::yield_now().await;
        }
    })
    .await
    .unwrap();
}
