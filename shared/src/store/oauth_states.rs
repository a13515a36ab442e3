//! Started logins: each is consumed once, by the browser that started it.

use tokio_postgres::{Row, types::Type};

use super::{Connection, Parameters, StoreError, array::column, word};
use crate::domain::{CorrelationId, LoginKind, Platform, UserId};

/// A started login.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StartedLogin {
    /// Who started it.
    pub user: UserId,
    /// Where.
    pub platform: Platform,
    /// On Instagram, which of the two logins: the setting may change while the person is away.
    pub kind: Option<LoginKind>,
    /// What was asked for.
    pub scopes: Vec<String>,
    /// Where the person goes afterwards.
    pub return_to: String,
    /// Whether it's a connection that exists already.
    pub reconnect: bool,
}

/// The two hashes that a login is found by.
#[derive(Debug, Clone, Copy)]
pub struct Hashes<'a> {
    /// SHA-256 of the state.
    pub state: &'a [u8],
    /// SHA-256 of the browser's cookie.
    pub cookie: &'a [u8],
}

/// What became of consuming a login.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Consumed {
    /// It's the caller's now, and nobody else's.
    Now(StartedLogin),
    /// It was consumed before, or took too long.
    TooLate(StartedLogin),
    /// There is none, or it's another browser's.
    Unknown,
}

/// Writes a started login, for ten minutes. What the platform has yet to be told of connections that the same user left waits
/// for as long, and is still told afterwards: the person may make such a connection anew before we hear of it, and it must
/// not be ended then.
///
/// # Errors
/// See [`StoreError`].
pub async fn insert(
    connection: &Connection,
    hashes: Hashes<'_>,
    login: &StartedLogin,
    correlation_id: Option<&CorrelationId>,
) -> Result<(), StoreError> {
    const SQL: &str = "
        WITH held_back AS (
             UPDATE pending_revocations
                SET next_attempt_at = greatest(next_attempt_at, now() + INTERVAL '11 minutes'),
                    expires_at = greatest(expires_at, now() + INTERVAL '1 hour')
              WHERE user_id = $3 AND provider = $4 AND login_kind IS NOT DISTINCT FROM $5)
        INSERT INTO oauth_states (state_hash, cookie_hash, user_id, provider, login_kind, scope, return_to, reconnect,
                                  correlation_id, expires_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, now() + INTERVAL '10 minutes')";
    let parameters: Parameters<'_> = &[
        (&hashes.state, Type::BYTEA),
        (&hashes.cookie, Type::BYTEA),
        (&login.user.0, Type::INT8),
        (&login.platform.as_str(), Type::TEXT),
        (&login.kind.map(LoginKind::as_str), Type::TEXT),
        (&login.scopes.join(","), Type::TEXT),
        (&login.return_to, Type::TEXT),
        (&login.reconnect, Type::BOOL),
        (&correlation_id.map(CorrelationId::as_str), Type::TEXT),
    ];
    connection.execute_typed(SQL, parameters).await?;
    Ok(())
}

/// Consumes a login in one statement, so that of two who try only one succeeds.
///
/// # Errors
/// See [`StoreError`].
pub async fn consume(connection: &Connection, platform: Platform, hashes: Hashes<'_>) -> Result<Consumed, StoreError> {
    const SQL: &str = "
        WITH consumed AS (
             UPDATE oauth_states
                SET consumed_at = now()
              WHERE state_hash = $1 AND cookie_hash = $2 AND provider = $3 AND consumed_at IS NULL AND expires_at > now()
             RETURNING state_hash)
        SELECT s.user_id, s.provider, s.login_kind, s.scope, s.return_to, s.reconnect,
               EXISTS (SELECT FROM consumed) AS is_now
          FROM oauth_states s
         WHERE s.state_hash = $1 AND s.cookie_hash = $2 AND s.provider = $3";
    let parameters: Parameters<'_> =
        &[(&hashes.state, Type::BYTEA), (&hashes.cookie, Type::BYTEA), (&platform.as_str(), Type::TEXT)];
    match connection.query_typed_opt(SQL, parameters).await? {
        Some(row) if row.try_get("is_now")? => Ok(Consumed::Now(started(&row)?)),
        Some(row) => Ok(Consumed::TooLate(started(&row)?)),
        None => Ok(Consumed::Unknown),
    }
}

/// A cookie that a browser has for one of its logins.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BrowserCookie {
    /// How the state's hash begins.
    pub state: Vec<u8>,
    /// The cookie's hash.
    pub cookie: [u8; 32],
}

/// Consumes the newest login that one of a browser's cookies belongs to, and returns it with its state's hash.
///
/// # Errors
/// See [`StoreError`].
pub async fn consume_newest(
    connection: &Connection,
    platform: Platform,
    cookies: &[BrowserCookie],
) -> Result<Option<(Vec<u8>, StartedLogin)>, StoreError> {
    const SQL: &str = "
        UPDATE oauth_states
           SET consumed_at = now()
         WHERE consumed_at IS NULL AND state_hash = (
               SELECT s.state_hash
                 FROM unnest($1::bytea[], $2::bytea[]) AS c (state, cookie)
                 JOIN oauth_states s ON s.state_hash BETWEEN c.state AND c.state || decode(repeat('ff', 32), 'hex')
                                    AND s.cookie_hash = c.cookie
                WHERE s.provider = $3 AND s.consumed_at IS NULL AND s.expires_at > now()
                ORDER BY s.created_at DESC
                LIMIT 1)
        RETURNING state_hash, user_id, provider, login_kind, scope, return_to, reconnect";
    let parameters: Parameters<'_> = &[
        (&column(cookies, |cookie| cookie.state.as_slice()), Type::BYTEA_ARRAY),
        (&column(cookies, |cookie| cookie.cookie.as_slice()), Type::BYTEA_ARRAY),
        (&platform.as_str(), Type::TEXT),
    ];
    let row = connection.query_typed_opt(SQL, parameters).await?;
    row.map(|row| Ok((row.try_get("state_hash")?, started(&row)?))).transpose()
}

/// Forgets logins that ended more than a day ago.
///
/// # Errors
/// See [`StoreError`].
pub async fn forget_old(connection: &Connection) -> Result<u64, StoreError> {
    const SQL: &str = "DELETE FROM oauth_states WHERE expires_at < now() - INTERVAL '1 day'";
    Ok(connection.execute_typed(SQL, &[]).await?)
}

fn started(row: &Row) -> Result<StartedLogin, StoreError> {
    let scopes: &str = row.try_get("scope")?;
    let kind: Option<&str> = row.try_get("login_kind")?;
    Ok(StartedLogin {
        user: UserId(row.try_get("user_id")?),
        platform: word(row, "provider")?,
        kind: kind.map(|_| word(row, "login_kind")).transpose()?,
        scopes: scopes.split(',').filter(|scope| !scope.is_empty()).map(str::to_owned).collect(),
        return_to: row.try_get("return_to")?,
        reconnect: row.try_get("reconnect")?,
    })
}
