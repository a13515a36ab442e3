//! Requests of people whom Meta names, to delete what we hold about them.

use deadpool_postgres::Transaction;
use time::OffsetDateTime;
use tokio_postgres::types::{Json, Type};

use super::{Connection, Parameters, StoreError, word};
use crate::domain::{CorrelationId, DataDeletion, LoginKind};

/// A request that just came.
#[derive(Debug, Clone, Copy)]
pub struct NewRequest<'a> {
    /// Its code, unless the person has an open request with another one.
    pub code: &'a str,
    /// The login that the person is known by.
    pub login: LoginKind,
    /// Whom Meta names.
    pub person_id: &'a str,
    /// When, by Meta's clock.
    pub issued_at: Option<OffsetDateTime>,
    /// Ties the work to the request.
    pub correlation_id: Option<&'a CorrelationId>,
}

/// Opens a request and returns its code, or the code of the one that is open. That one begins anew where it's asked for
/// once more, and not only delivered again: the person may have other names by now.
///
/// # Errors
/// See [`StoreError`].
pub async fn open(transaction: &Transaction<'_>, request: NewRequest<'_>) -> Result<String, StoreError> {
    const SQL: &str = "
        INSERT INTO data_deletion_requests AS r (confirmation_code, provider, login_kind, person_id, issued_at, asked_at,
                                                 correlation_id)
        VALUES ($1, 'instagram', $2, $3, $4, least(now(), $4 + INTERVAL '1 second'), $5)
            ON CONFLICT (provider, login_kind, person_id) WHERE state <> 'completed' DO UPDATE
           SET issued_at = excluded.issued_at, asked_at = greatest(r.asked_at, excluded.asked_at),
               state = CASE WHEN excluded.issued_at <= r.issued_at THEN r.state ELSE 'received' END,
               next_attempt_at = CASE WHEN r.state = 'in_progress' THEN r.next_attempt_at ELSE now() END,
               updated_at = now()
        RETURNING confirmation_code";
    let parameters: Parameters<'_> = &[
        (&request.code, Type::TEXT),
        (&request.login.as_str(), Type::TEXT),
        (&request.person_id, Type::TEXT),
        (&request.issued_at, Type::TIMESTAMPTZ),
        (&request.correlation_id.map(CorrelationId::as_str), Type::TEXT),
    ];
    Ok(transaction.query_typed_one(SQL, parameters).await?.try_get("confirmation_code")?)
}

/// How far the request with this code is. One that failed will be tried again, so it's under way.
///
/// # Errors
/// See [`StoreError`].
pub async fn find(connection: &Connection, code: &str) -> Result<Option<DataDeletion>, StoreError> {
    const SQL: &str = "
        SELECT CASE state WHEN 'failed' THEN 'in_progress' ELSE state END AS state, created_at, completed_at,
               CASE state WHEN 'completed' THEN counts_json ELSE '{}' END AS deleted
          FROM data_deletion_requests
         WHERE confirmation_code = $1";
    let row = connection.query_typed_opt(SQL, &[(&code, Type::TEXT)]).await?;
    row.map(|row| {
        Ok(DataDeletion {
            status: word(&row, "state")?,
            requested_at: row.try_get("created_at")?,
            completed_at: row.try_get("completed_at")?,
            deleted: row.try_get::<_, Json<_>>("deleted")?.0,
        })
    })
    .transpose()
}

/// A request that one process works on, for two minutes at a time.
#[derive(Debug, Clone)]
pub struct OpenRequest {
    /// Its row.
    pub id: i64,
    /// The login that the person is known by.
    pub login: LoginKind,
    /// Whom Meta names.
    pub person_id: String,
    /// When it was last asked for. What came later isn't meant.
    pub asked_at: OffsetDateTime,
    /// Whether it has yet to begin.
    pub is_new: bool,
    /// How often it has failed since it last got on.
    pub failures: i32,
}

/// Takes the request that is due for longest. One that is new stays so until it has [begun](begin).
///
/// # Errors
/// See [`StoreError`].
pub async fn take_due(connection: &Connection) -> Result<Option<OpenRequest>, StoreError> {
    const SQL: &str = "
        UPDATE data_deletion_requests
           SET state = CASE state WHEN 'received' THEN state ELSE 'in_progress' END,
               next_attempt_at = now() + INTERVAL '2 minutes', updated_at = now()
         WHERE id = (SELECT id FROM data_deletion_requests
                      WHERE state <> 'completed' AND next_attempt_at <= now()
                      ORDER BY next_attempt_at
                      LIMIT 1
                        FOR UPDATE SKIP LOCKED)
        RETURNING id, login_kind, person_id, asked_at, state = 'received' AS is_new, attempts";
    let row = connection.query_typed_opt(SQL, &[]).await?;
    row.map(|row| {
        Ok(OpenRequest {
            id: row.try_get("id")?,
            login: word(&row, "login_kind")?,
            person_id: row.try_get("person_id")?,
            asked_at: row.try_get("asked_at")?,
            is_new: row.try_get("is_new")?,
            failures: row.try_get("attempts")?,
        })
    })
    .transpose()
}

/// Begins a request, and puts it back for two minutes: longer than any transaction of those who store events lasts. Not
/// where the person has asked once more meanwhile.
///
/// # Errors
/// See [`StoreError`].
pub async fn begin(transaction: &Transaction<'_>, request: &OpenRequest) -> Result<(), StoreError> {
    const SQL: &str = "
        UPDATE data_deletion_requests
           SET state = 'in_progress', next_attempt_at = now() + INTERVAL '2 minutes', updated_at = now()
         WHERE id = $1 AND asked_at = $2 AND state = 'received'";
    let parameters: Parameters<'_> = &[(&request.id, Type::INT8), (&request.asked_at, Type::TIMESTAMPTZ)];
    transaction.execute_typed(SQL, parameters).await?;
    Ok(())
}

/// Holds a request that is worked on until the transaction ends, so that two who do take turns, and for two more minutes;
/// `false` where it's done.
///
/// # Errors
/// See [`StoreError`].
pub async fn hold(transaction: &Transaction<'_>, request: &OpenRequest) -> Result<bool, StoreError> {
    const SQL: &str = "
        UPDATE data_deletion_requests
           SET next_attempt_at = now() + INTERVAL '2 minutes'
         WHERE id = $1 AND state <> 'completed'";
    Ok(transaction.execute_typed(SQL, &[(&request.id, Type::INT8)]).await? == 1)
}

/// Adds to what the request has deleted of a kind. It gets on, so it counts as one that hasn't failed.
///
/// # Errors
/// See [`StoreError`].
pub async fn count(transaction: &Transaction<'_>, id: i64, kind: &str, more: i64) -> Result<(), StoreError> {
    const SQL: &str = "
        UPDATE data_deletion_requests
           SET counts_json = counts_json
                             || jsonb_build_object($2, coalesce((counts_json ->> $2)::bigint, 0) + $3),
               attempts = 0, updated_at = now()
         WHERE id = $1";
    if more > 0 {
        let parameters: Parameters<'_> = &[(&id, Type::INT8), (&kind, Type::TEXT), (&more, Type::INT8)];
        transaction.execute_typed(SQL, parameters).await?;
    }
    Ok(())
}

/// Puts a request back for a while: something has to happen first.
///
/// # Errors
/// See [`StoreError`].
pub async fn postpone(connection: &Connection, id: i64, pause: std::time::Duration) -> Result<(), StoreError> {
    const SQL: &str = "
        UPDATE data_deletion_requests
           SET next_attempt_at = now() + make_interval(secs => $2), updated_at = now()
         WHERE id = $1 AND state <> 'completed'";
    let parameters: Parameters<'_> = &[(&id, Type::INT8), (&pause.as_secs_f64(), Type::FLOAT8)];
    connection.execute_typed(SQL, parameters).await?;
    Ok(())
}

/// Notes that a request failed, and when it's tried again. One that couldn't even begin stays new.
///
/// # Errors
/// See [`StoreError`].
pub async fn fail(connection: &Connection, id: i64, pause: std::time::Duration, code: &str) -> Result<(), StoreError> {
    const SQL: &str = "
        UPDATE data_deletion_requests
           SET state = CASE state WHEN 'received' THEN state ELSE 'failed' END, attempts = attempts + 1, error_code = $3,
               next_attempt_at = now() + make_interval(secs => $2), updated_at = now()
         WHERE id = $1 AND state <> 'completed'";
    let parameters: Parameters<'_> = &[(&id, Type::INT8), (&pause.as_secs_f64(), Type::FLOAT8), (&code, Type::TEXT)];
    connection.execute_typed(SQL, parameters).await?;
    Ok(())
}

/// Closes a request: everything is deleted, whose it was as well. Not where the person has asked once more meanwhile.
///
/// # Errors
/// See [`StoreError`].
pub async fn complete(transaction: &Transaction<'_>, request: &OpenRequest) -> Result<bool, StoreError> {
    const SQL: &str = "
        UPDATE data_deletion_requests
           SET state = 'completed', person_id = NULL, completed_at = now(), next_attempt_at = NULL, error_code = NULL,
               updated_at = now()
         WHERE id = $1 AND asked_at = $2 AND state <> 'completed'";
    let parameters: Parameters<'_> = &[(&request.id, Type::INT8), (&request.asked_at, Type::TIMESTAMPTZ)];
    Ok(transaction.execute_typed(SQL, parameters).await? == 1)
}
