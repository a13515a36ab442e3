//! The promise that secrets stay where they belong: after everything that the other tests made the system do, no token,
//! code, verifier or secret lies open in a table, in Redis or in a log. It runs after `it`, in the order of their names.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod disguises;
mod known;
mod logs;
mod redis;
mod search;
mod tables;

use std::{env, path::Path};

use tests::{journey, stack::StackDescription};

use search::Search;

/// Something that was written down, and where.
struct Text {
    place: String,
    bytes: Vec<u8>,
}

#[tokio::test]
async fn no_secret_lies_open_in_a_table_in_redis_or_in_a_log() {
    let path = env::var("STACK_JSON").expect("this test runs against a stack: use `make test`");
    let (stack, folder) = (StackDescription::load(Path::new(&path)).unwrap(), Path::new(&path).parent().unwrap());
    // So that there is something to find, even when no other test ran before.
    journey::walk(&stack).await.unwrap();

    let search = Search::for_all(&known::secrets(&stack).await);
    let (tables, logs) = (tables::texts(&stack).await, logs::texts(&stack, folder).await);

    let mut found = Vec::new();
    for (name, texts) in [("tables", tables), ("Redis", redis::texts(folder)), ("logs", logs)] {
        assert!(texts.iter().any(|text| !text.bytes.is_empty()), "nothing was found to look through: {name}");
        found.extend(texts.iter().flat_map(|text| search.look_through(text)));
    }
    assert!(found.is_empty(), "secrets lie open:\n{}", found.join("\n"));
}
