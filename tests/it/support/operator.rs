//! The operator's tool, as it's typed.

use std::{env, path::Path};

use tests::stack::settings_file;
use tokio::process::Command;

use super::binary;

/// What the tool printed.
pub(crate) async fn operator(arguments: &[&str]) -> String {
    let output = operator_command(arguments).output().await.unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

/// The tool with these arguments and the stack's settings, not started yet.
pub(crate) fn operator_command(arguments: &[&str]) -> Command {
    let stack = env::var("STACK_JSON").unwrap();
    let mut command = Command::new(binary("operator"));
    command.arg("--settings").arg(settings_file(Path::new(&stack).parent().unwrap())).args(arguments);
    command
}
