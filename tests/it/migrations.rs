//! The schema, brought up to date by the real `db-migrate`, on databases of their own.

use serde_json::{Value, json};

use crate::support::{FunctionSandbox, World, unique};

#[tokio::test]
async fn migrating_twice_changes_nothing() {
    let world = World::open().await;
    let migrate = on_new_database(&world, "").await.0;
    let first = migrate.invoke(json!({})).await;
    let second = migrate.invoke(json!({})).await;
    assert!(!first["applied"].as_array().unwrap().is_empty());
    assert_eq!(second, json!({ "applied": [], "version": first["version"] }));
}

#[tokio::test]
async fn two_migrations_at_once_take_turns() {
    let world = World::open().await;
    let (one, name) = on_new_database(&world, "").await;
    let other = FunctionSandbox::start(&world, "db-migrate", [("DATABASE_NAME", name.as_str())]).await;
    let (one, other) = tokio::join!(one.invoke(json!({})), other.invoke(json!({})));
    let applied = |report: &Value| report["applied"].as_array().unwrap().len();
    assert_eq!(applied(&one).min(applied(&other)), 0, "one of them does it all: {one} {other}");
    assert_eq!(one["version"], other["version"]);
}

#[tokio::test]
async fn a_crm_keeps_its_own_users_table_untouched() {
    let world = World::open().await;
    let crm = "CREATE TABLE users (id BIGINT PRIMARY KEY, email TEXT NOT NULL UNIQUE, plan TEXT DEFAULT 'free');
               INSERT INTO users VALUES (5000000000, 'ada@example.com')";
    let (migrate, name) = on_new_database(&world, crm).await;
    migrate.invoke(json!({})).await;
    let database = world.tables.database(&name).await;
    let columns = "SELECT string_agg(column_name, ',' ORDER BY ordinal_position) FROM information_schema.columns
                    WHERE table_name = 'users'";
    assert_eq!(database.rows(columns, &[]).await[0].get::<_, &str>(0), "id,email,plan");
    let users = database.rows("SELECT id, email, plan FROM users", &[]).await;
    assert_eq!(users.len(), 1);
    assert_eq!(users[0].get::<_, i64>(0), 5_000_000_000);
    database.tiktok_account(5_000_000_000, &unique()).await;
}

/// A sandbox of `db-migrate` for a new database that these statements were run in, and the database's name.
async fn on_new_database(world: &World, statements: &str) -> (FunctionSandbox, String) {
    let name = format!("migrations_{}", unique());
    world.tables.rows(&format!("CREATE DATABASE {name}"), &[]).await;
    world.tables.database(&name).await.run(statements).await;
    (FunctionSandbox::start(world, "db-migrate", [("DATABASE_NAME", name.as_str())]).await, name)
}
