//! The journey: what a person sees the system do, through its public addresses only.

mod comment;
mod connect;
mod person;
mod publish;

use std::time::Duration;

use anyhow::Result;
use tokio_postgres::NoTls;

use self::person::Person;
use crate::stack::StackDescription;

/// How long a step may take.
const PATIENCE: Duration = Duration::from_secs(60);

/// Walks it once; walking it again is safe.
///
/// # Errors
/// A step didn't do what it should.
pub async fn walk(stack: &StackDescription) -> Result<()> {
    let person = Person::of(stack)?;
    let accounts = connect::both(&person, stack).await?;
    publish::video(&person, stack, &accounts.tiktok).await?;
    let (database, connection) = tokio_postgres::connect(&stack.database_url, NoTls).await?;
    let connection = tokio::spawn(connection);
    comment::arrives(&database, stack, &accounts.instagram).await?;
    drop(database);
    connection.await??;
    Ok(())
}

#[expect(clippy::print_stdout, reason = "the journey is told to a person at a terminal")]
fn say(what: &str, how: &str) {
    println!("  {what:<38} {how}");
}
