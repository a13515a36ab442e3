//! People who use the API: rows in `users`, and tokens as the application would sign them.

use std::time::{Duration, SystemTime};

use anyhow::{Context, Result};
use jsonwebtoken::{Algorithm, EncodingKey, Header};
use serde::Serialize;
use tokio_postgres::{Client, NoTls};

use super::description::StackUser;

/// The `iss` of the tokens, and the template's parameter.
pub(super) const ISSUER: &str = "https://app.example";
/// The `aud` of the tokens, and the template's parameter.
pub(super) const AUDIENCE: &str = "social";

/// Longer than any stack stays up.
const TOKEN_LIFETIME: Duration = Duration::from_secs(30 * 24 * 60 * 60);

#[derive(Serialize)]
struct Claims {
    iss: &'static str,
    aud: &'static str,
    sub: String,
    iat: u64,
    exp: u64,
}

/// Two people, so that one can try to reach what belongs to the other.
pub(super) async fn create_two(database_url: &str, token_secret: &str) -> Result<Vec<StackUser>> {
    let (client, connection) = tokio_postgres::connect(database_url, NoTls).await?;
    let connection = tokio::spawn(connection);
    let users = vec![create(&client, token_secret).await?, create(&client, token_secret).await?];
    connection.abort();
    Ok(users)
}

async fn create(client: &Client, token_secret: &str) -> Result<StackUser> {
    let row = client.query_one("INSERT INTO users DEFAULT VALUES RETURNING id", &[]).await;
    let id: i64 = row.context("cannot create a user")?.try_get("id")?;
    Ok(StackUser { id, token: sign(id, token_secret)? })
}

fn sign(user: i64, secret: &str) -> Result<String> {
    let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH)?;
    let claims = Claims {
        iss: ISSUER,
        aud: AUDIENCE,
        sub: user.to_string(),
        iat: now.as_secs(),
        exp: (now + TOKEN_LIFETIME).as_secs(),
    };
    let key = EncodingKey::from_secret(secret.as_bytes());
    Ok(jsonwebtoken::encode(&Header::new(Algorithm::HS256), &claims, &key)?)
}
