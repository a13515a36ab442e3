//! `cargo lambda watch` and `cargo lambda invoke FUNCTION --data-file events/…`, as a developer at a desk types them.

use std::{
    env,
    path::{Path, PathBuf},
    process::Stdio,
};

use serde_json::{Value, json};
use tests::{
    stack::{Processes, Project, ToolSet, install, settings_file},
    template::Template,
};
use tokio::{net::TcpListener, process::Command};

use crate::support::eventually;

#[tokio::test]
async fn every_function_answers_its_sample_event() {
    let desk = Desk::open().await;
    let mut watch = desk.cargo_lambda("watch").args(["--ignore-changes"]).spawn().unwrap();
    let answers = async || {
        for function in Template::load().unwrap().functions().keys() {
            let answer = desk.invoke(function).await;
            expected(function, &answer);
        }
    };
    tokio::select! {
        () = answers() => watch.kill().await.unwrap(),
        ended = watch.wait() => panic!("cargo lambda watch has ended: {ended:?}"),
    }
}

/// What the sample events lead to, in any stack.
fn expected(function: &str, answer: &Value) {
    let (found, expected) = match function {
        "authorizer" => (&answer["isAuthorized"], json!(false)),
        "publish-worker" | "subscription-worker" | "webhook-processor" => (&answer["batchItemFailures"], json!([])),
        "db-migrate" => (&answer["applied"], json!([])),
        "status-updater" => (&answer["eventsApplied"].is_u64().into(), json!(true)),
        "token-refresh" => (&answer["renewed"].is_u64().into(), json!(true)),
        // The sample's verify token and state are nobody's.
        "webhook-ingest" | "auth-callback" => (&answer["statusCode"], json!(403)),
        // Nor is what the sample's callbacks are signed with, and nobody has its account, its post or its code.
        "meta-deauthorize" | "meta-data-deletion" => (&answer["statusCode"], json!(401)),
        "auth-disconnect" | "data-deletion-status" | "posts-get" | "upload" => (&answer["statusCode"], json!(404)),
        "media-create" => (&answer["statusCode"], json!(201)),
        _ => (&answer["statusCode"], json!(200)),
    };
    assert_eq!(found, &expected, "{function}: {answer}");
}

/// The project's folder with cargo-lambda at hand.
struct Desk {
    tools: PathBuf,
    settings: PathBuf,
    port: String,
}

impl Desk {
    async fn open() -> Self {
        let tools = install(ToolSet::Stack, &Project::find().unwrap(), &Processes::new()).await.unwrap();
        let stack = PathBuf::from(env::var("STACK_JSON").unwrap());
        let port = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap().port();
        Self { tools: tools.join("bin"), settings: settings_file(stack.parent().unwrap()), port: port.to_string() }
    }

    /// Its answer; asked again while the emulator of Lambda isn't up yet.
    async fn invoke(&self, function: &str) -> Value {
        let event = format!("events/{function}.json");
        let output = eventually(&format!("{function} answers"), async || {
            let output = self.cargo_lambda("invoke").args([function, "--data-file", &event]).output().await.unwrap();
            output.status.success().then_some(output.stdout)
        })
        .await;
        serde_json::from_slice(&output).unwrap()
    }

    fn cargo_lambda(&self, subcommand: &str) -> Command {
        let mut command = Command::new(self.tools.join("cargo-lambda"));
        command.current_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("..")).args(["lambda", subcommand]);
        command.args(["--invoke-port", &self.port]).stderr(Stdio::null()).kill_on_drop(true);
        if subcommand == "watch" {
            command.arg("--env-file").arg(&self.settings).stdout(Stdio::null());
        }
        command
    }
}
