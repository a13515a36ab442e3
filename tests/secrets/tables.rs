//! Every row of every table of every database, as a dump writes it: binary columns are in hex there.

use tests::stack::StackDescription;
use tokio_postgres::{Client, Config, NoTls};

use crate::Text;

/// Tests have databases of their own beside the functions'.
const DATABASES: &str = "SELECT datname FROM pg_database WHERE NOT datistemplate AND datname <> 'postgres'";
const TABLES: &str = "
    SELECT format('%I.%I', nspname, relname)
      FROM pg_class JOIN pg_namespace ON pg_namespace.oid = relnamespace
     WHERE relkind IN ('r', 'm') AND nspname NOT IN ('pg_catalog', 'information_schema', 'pg_toast')";

/// A text for each table, a line for each row.
pub(crate) async fn texts(stack: &StackDescription) -> Vec<Text> {
    let config: Config = stack.database_url.parse().unwrap();
    let mut texts = Vec::new();
    for database in column(&connect(config.clone()).await, DATABASES).await {
        let mut config = config.clone();
        let client = connect(config.dbname(&database).clone()).await;
        for table in column(&client, TABLES).await {
            let rows = column(&client, &format!("SELECT row::text FROM {table} AS row")).await;
            texts.push(Text { place: format!("table {table} of {database}"), bytes: rows.join("\n").into_bytes() });
        }
    }
    texts
}

async fn connect(config: Config) -> Client {
    let (client, connection) = config.connect(NoTls).await.unwrap();
    tokio::spawn(connection);
    client
}

/// The only column of what a query finds.
async fn column(client: &Client, sql: &str) -> Vec<String> {
    client.query(sql, &[]).await.unwrap().iter().map(|row| row.get(0)).collect()
}
