//! Answers to requests that carried an `Idempotency-Key`, for a day.

use std::time::Duration;

use deadpool_postgres::Transaction;
use time::OffsetDateTime;
use tokio_postgres::{Row, types::Type};

use super::{Connection, Parameters, StoreError};
use crate::domain::{IdempotencyKey, UserId};

/// How long a request holds its key, in seconds. Longer than a function may run: whoever holds it no more is dead.
pub const LOCK_SECONDS: f64 = 35.0;

/// A request and what it's named by.
#[derive(Debug, Clone, Copy)]
pub struct Keyed<'a> {
    /// Whose.
    pub owner: UserId,
    /// Its name.
    pub key: &'a IdempotencyKey,
    /// SHA-256 of route and body.
    pub hash: &'a [u8],
}

/// What became of claiming a key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Claimed {
    /// It's this request's until then.
    Now(Claim),
    /// Another request holds it, for so long at most.
    InFlight(Duration),
    /// It was used for another request.
    Reused,
    /// It was answered before.
    Answered(KeptAnswer),
    /// It was given back just now: try again.
    Gone,
}

/// A claim, named by its end: a later one has another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Claim(OffsetDateTime);

/// An answer as it was given.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeptAnswer {
    /// Its status.
    pub status: u16,
    /// Its body, byte by byte.
    pub body: String,
}

/// Claims a key that is new, past its day, or held by the same request that must have died.
///
/// # Errors
/// See [`StoreError`]; a user that doesn't exist violates `idempotency_keys_user_id_fkey`.
pub async fn claim(connection: &Connection, keyed: Keyed<'_>) -> Result<Claimed, StoreError> {
    const SQL: &str = "
        INSERT INTO idempotency_keys AS known (user_id, key, request_hash, locked_until, expires_at)
        VALUES ($1, $2, $3, now() + make_interval(secs => $4), now() + INTERVAL '24 hours')
            ON CONFLICT ON CONSTRAINT idempotency_keys_pkey DO UPDATE
           SET request_hash = excluded.request_hash, state = 'in_flight', locked_until = excluded.locked_until,
               response_status = NULL, response_body = NULL, expires_at = excluded.expires_at,
               created_at = now(), updated_at = now()
         WHERE known.expires_at <= now()
            OR known.state = 'in_flight' AND known.locked_until <= now() AND known.request_hash = excluded.request_hash
        RETURNING locked_until";
    let parameters: Parameters<'_> = &[
        (&keyed.owner.0, Type::INT8),
        (&keyed.key.as_str(), Type::TEXT),
        (&keyed.hash, Type::BYTEA),
        (&LOCK_SECONDS, Type::FLOAT8),
    ];
    match connection.query_typed_opt(SQL, parameters).await? {
        Some(row) => Ok(Claimed::Now(Claim(row.try_get("locked_until")?))),
        None => held(connection, keyed).await,
    }
}

/// Who holds a key that could not be claimed.
async fn held(connection: &Connection, keyed: Keyed<'_>) -> Result<Claimed, StoreError> {
    const SQL: &str = "
        SELECT request_hash = $3 AS is_same, response_status, response_body,
               extract(epoch FROM greatest(locked_until - now(), INTERVAL '1 second'))::float8 AS seconds
          FROM idempotency_keys
         WHERE user_id = $1 AND key = $2";
    let parameters: Parameters<'_> =
        &[(&keyed.owner.0, Type::INT8), (&keyed.key.as_str(), Type::TEXT), (&keyed.hash, Type::BYTEA)];
    let row = connection.query_typed_opt(SQL, parameters).await?;
    row.map_or(Ok(Claimed::Gone), |row| holder(&row))
}

fn holder(row: &Row) -> Result<Claimed, StoreError> {
    let (status, body): (Option<i16>, Option<String>) =
        (row.try_get("response_status")?, row.try_get("response_body")?);
    let answer = status.and_then(|status| u16::try_from(status).ok()).zip(body);
    Ok(match answer.map(|(status, body)| KeptAnswer { status, body }) {
        _ if !row.try_get::<_, bool>("is_same")? => Claimed::Reused,
        Some(answer) => Claimed::Answered(answer),
        None => Claimed::InFlight(Duration::from_secs_f64(row.try_get::<_, Option<f64>>("seconds")?.unwrap_or(1.0))),
    })
}

/// Keeps the answer, in the transaction of what it tells of; `false` when the claim is somebody else's by now.
///
/// # Errors
/// See [`StoreError`].
pub async fn keep(
    transaction: &Transaction<'_>,
    keyed: Keyed<'_>,
    claim: Claim,
    answer: &KeptAnswer,
) -> Result<bool, StoreError> {
    const SQL: &str = "
        UPDATE idempotency_keys
           SET state = 'done', locked_until = NULL, response_status = $5, response_body = $6, updated_at = now()
         WHERE user_id = $1 AND key = $2 AND request_hash = $3 AND state = 'in_flight' AND locked_until = $4";
    let status = i16::try_from(answer.status).unwrap_or(i16::MAX);
    let parameters: Parameters<'_> = &[
        (&keyed.owner.0, Type::INT8),
        (&keyed.key.as_str(), Type::TEXT),
        (&keyed.hash, Type::BYTEA),
        (&claim.0, Type::TIMESTAMPTZ),
        (&status, Type::INT2),
        (&answer.body, Type::TEXT),
    ];
    Ok(transaction.execute_typed(SQL, parameters).await? == 1)
}

/// Gives a key back that nothing came of. One that has an answer, or another holder, stays.
///
/// # Errors
/// See [`StoreError`].
pub async fn release(connection: &Connection, keyed: Keyed<'_>, claim: Claim) -> Result<(), StoreError> {
    const SQL: &str = "
        DELETE FROM idempotency_keys
         WHERE user_id = $1 AND key = $2 AND request_hash = $3 AND state = 'in_flight' AND locked_until = $4";
    let parameters: Parameters<'_> = &[
        (&keyed.owner.0, Type::INT8),
        (&keyed.key.as_str(), Type::TEXT),
        (&keyed.hash, Type::BYTEA),
        (&claim.0, Type::TIMESTAMPTZ),
    ];
    connection.execute_typed(SQL, parameters).await?;
    Ok(())
}

/// Forgets keys whose day is over.
///
/// # Errors
/// See [`StoreError`].
pub async fn forget_old(connection: &Connection) -> Result<u64, StoreError> {
    const SQL: &str = "DELETE FROM idempotency_keys WHERE expires_at <= now()";
    Ok(connection.execute_typed(SQL, &[]).await?)
}
