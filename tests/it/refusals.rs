//! What PostgreSQL refuses is told by its rule, and never with the row.

use deadpool_postgres::Transaction;
use shared::{store::StoreError, telemetry::causes};

use crate::support::{World, unique};

#[tokio::test]
async fn what_a_row_says_is_not_in_its_refusal() {
    let world = World::open().await;
    let mut connection = world.database().await.connection().await.unwrap();
    let transaction = connection.transaction().await.unwrap();
    let words = format!("ada's words {}", unique());
    let table = "CREATE TEMPORARY TABLE said (text TEXT CONSTRAINT said_nothing CHECK (text = ''), at INTEGER)";
    transaction.batch_execute(table).await.unwrap();
    for (sql, state) in [("INSERT INTO said (text) VALUES ($1)", "23514"), ("SELECT $1::text::integer", "22P02")] {
        let error = refused(&transaction, sql, &words).await;
        let told = format!("{error:?} {}", causes(&error));
        assert!(!told.contains(&words) && told.contains(state), "{told}");
        assert!(error.is_rule_violation());
        assert_eq!(error.violates("said_nothing"), state == "23514");
    }
    let error = transaction.batch_execute("SELECT nothing").await.map_err(StoreError::from).unwrap_err();
    assert!(!error.is_rule_violation() && causes(&error).contains("42703"), "{error:?}");
}

#[tokio::test]
async fn what_a_trigger_says_of_a_row_is_the_rows_fault_and_is_not_repeated() {
    let world = World::open().await;
    let connection = world.database().await.connection().await.unwrap();
    for state in ["P0001", "23514"] {
        let raise = format!("DO $$ BEGIN RAISE EXCEPTION 'ada''s words' USING ERRCODE = '{state}'; END $$");
        let error = connection.batch_execute(&raise).await.map_err(StoreError::from).unwrap_err();
        let told = format!("{error:?} {}", causes(&error));
        assert!(error.is_rule_violation() && !told.contains("words") && told.contains(state), "{told}");
    }
}

/// Why this statement about `words` is refused; the transaction goes on.
async fn refused(transaction: &Transaction<'_>, sql: &str, words: &str) -> StoreError {
    transaction.batch_execute("SAVEPOINT before").await.unwrap();
    let error = transaction.execute(sql, &[&words]).await.unwrap_err();
    transaction.batch_execute("ROLLBACK TO before").await.unwrap();
    error.into()
}
