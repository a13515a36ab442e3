//! The guard's promise: nothing that it runs outlives the one who holds its leash.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::io::{BufRead, BufReader, Read};
use std::process::{Child, Command, Stdio};

/// A program that starts another one in the background, and says so once it has.
const FAMILY: &str = "sleep 1000 & echo started; wait";

#[test]
fn a_program_and_its_children_end_when_the_leash_is_let_go() {
    for stop in ["TERM", "QUIT", "KILL"] {
        let mut guard = guard(stop, FAMILY);
        let mut output = BufReader::new(guard.stdout.take().unwrap());
        output.read_line(&mut String::new()).unwrap();

        drop(guard.stdin.take());

        assert_all_gone(output);
        guard.wait().unwrap();
    }
}

#[test]
fn a_program_that_ends_takes_its_children_along_and_passes_its_exit_code_on() {
    let mut guard = guard("TERM", "sleep 1000 & exit 7");
    let _leash = guard.stdin.take();
    let output = BufReader::new(guard.stdout.take().unwrap());

    assert_eq!(guard.wait().unwrap().code(), Some(7));
    assert_all_gone(output);
}

#[test]
fn a_program_that_ignores_the_request_is_killed() {
    let mut guard = guard("TERM", "trap '' TERM; echo started; while true; do sleep 1; done");
    let mut output = BufReader::new(guard.stdout.take().unwrap());
    output.read_line(&mut String::new()).unwrap();

    drop(guard.stdin.take());

    assert_all_gone(output);
    assert!(!guard.wait().unwrap().success());
}

#[test]
fn a_program_ends_when_the_holder_of_the_leash_is_killed() {
    let mut holder = Command::new("sleep").arg("1000").stdout(Stdio::piped()).spawn().unwrap();
    let mut guard = guard_held_by(holder.stdout.take().unwrap(), "KILL", FAMILY);
    let mut output = BufReader::new(guard.stdout.take().unwrap());
    output.read_line(&mut String::new()).unwrap();

    holder.kill().unwrap();

    assert_all_gone(output);
    holder.wait().unwrap();
    guard.wait().unwrap();
}

fn guard(stop: &str, script: &str) -> Child {
    guard_held_by(Stdio::piped(), stop, script)
}

fn guard_held_by(leash: impl Into<Stdio>, stop: &str, script: &str) -> Child {
    let mut command = Command::new(env!("CARGO_BIN_EXE_stack"));
    command.args(["guard", "--stop", stop, "--", "sh", "-c", script]);
    command.stdin(leash).stdout(Stdio::piped()).spawn().unwrap()
}

/// The output ends when the last process that could write to it is gone.
fn assert_all_gone(mut output: impl Read) {
    output.read_to_end(&mut Vec::new()).unwrap();
}
