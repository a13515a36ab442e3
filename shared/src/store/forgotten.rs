//! People whose data was deleted: what is still on its way of them isn't stored again.
//!
//! A delivery may lie in the queue for 7 days and in its dead-letter queue for 14, and Meta redelivers for 36 hours. So the
//! names by which webhooks call a person outlive the purge, as hashes, and every event is held against them when it's
//! stored. Whoever connects again is a new person in this regard: what comes in from then on is kept.

use deadpool_postgres::Transaction;
use time::Duration;
use tokio_postgres::types::Type;

use super::{
    Connection, Parameters, StoreError, array::storable, data_deletion_requests::OpenRequest, purge_traces::traces,
};
use crate::domain::Login;

/// For so long nothing of the accounts is stored that were the person's; nobody has connected them.
const ACCOUNTS: Duration = Duration::days(30);
/// For so long nothing is stored that the person wrote below the posts of others, longer than Meta redelivers. What comes
/// in later was written later, and belongs to whoever owns the post.
const WRITINGS: Duration = Duration::days(2);

/// Whether an event `said` (`provider`, `subject_id`, `author_id`, `author_name`, `received_at`) is of somebody who asked to
/// be forgotten.
pub(super) const IS_OF_SOMEBODY: &str = "
    said.provider = 'instagram' AND EXISTS (
        SELECT FROM forgotten f
         WHERE f.name_hash IN (sha256(convert_to('subject:' || said.subject_id, 'UTF8')),
                               sha256(convert_to('id:' || said.author_id, 'UTF8')),
                               sha256(convert_to('name:' || said.author_name, 'UTF8')))
           AND said.received_at <= f.until)";

/// Who remembers and who consents take turns, until their transactions end: whoever comes second sees the first.
const TURN: i64 = 0x666f_7267_6f74_746e;

/// Remembers whose data is about to be deleted: whatever is stored from then on is held against these names. Whoever looked
/// before this is committed may still store something.
///
/// # Errors
/// See [`StoreError`].
pub async fn remember(transaction: &Transaction<'_>, request: &OpenRequest) -> Result<(), StoreError> {
    const SQL: &str = "
        INSERT INTO forgotten AS f (name_hash, until)
        SELECT sha256(convert_to(name, 'UTF8')), max(until)
          FROM (SELECT 'subject:' || unnest($1::text[]) AS name, $3 AS until
                 UNION ALL
                SELECT 'id:' || unnest($1::text[]), $4
                 UNION ALL
                SELECT 'name:' || unnest($2::text[]), $4) AS named
         GROUP BY 1
            ON CONFLICT ON CONSTRAINT forgotten_pkey DO UPDATE
           SET until = greatest(f.until, excluded.until)";
    transaction.execute_typed("SELECT pg_advisory_xact_lock($1)", &[(&TURN, Type::INT8)]).await?;
    let traces = traces(transaction, request).await?;
    let until = |kept| traces.until.unwrap_or(request.asked_at + kept);
    let parameters: Parameters<'_> = &[
        (&traces.ids, Type::TEXT_ARRAY),
        (&traces.usernames, Type::TEXT_ARRAY),
        (&until(ACCOUNTS), Type::TIMESTAMPTZ),
        (&until(WRITINGS), Type::TIMESTAMPTZ),
    ];
    transaction.execute_typed(SQL, parameters).await?;
    Ok(())
}

/// Notes that somebody has consented anew: only what came in before that is passed over.
///
/// # Errors
/// See [`StoreError`].
pub async fn consented(transaction: &Transaction<'_>, login: &Login) -> Result<(), StoreError> {
    const SQL: &str = "
        UPDATE forgotten
           SET until = least(until, $3)
         WHERE name_hash IN (SELECT sha256(convert_to(kind || id, 'UTF8'))
                               FROM unnest($1::text[]) AS id, (VALUES ('subject:'), ('id:')) AS kinds (kind)
                              UNION ALL
                             SELECT sha256(convert_to('name:' || name, 'UTF8')) FROM unnest($2::text[]) AS name)";
    transaction.execute_typed("SELECT pg_advisory_xact_lock_shared($1)", &[(&TURN, Type::INT8)]).await?;
    let accounts = &login.instagram_accounts;
    let pages = accounts.iter().filter_map(|account| Some(&account.page.as_ref()?.id));
    let ids = accounts.iter().map(|account| &account.ig_business_id).chain(pages).chain([&login.open_id]);
    let ids: Vec<_> = ids.chain(&login.person_id).collect();
    let names: Vec<_> = accounts.iter().map(|account| storable(&account.username)).collect();
    let parameters: Parameters<'_> =
        &[(&ids, Type::TEXT_ARRAY), (&names, Type::TEXT_ARRAY), (&login.granted_at, Type::TIMESTAMPTZ)];
    transaction.execute_typed(SQL, parameters).await?;
    Ok(())
}

/// Forgets the names as well, once no queue can hold anything of their time: even what was put aside and redriven.
///
/// # Errors
/// See [`StoreError`].
pub async fn end(connection: &Connection) -> Result<u64, StoreError> {
    const SQL: &str = "DELETE FROM forgotten WHERE until < now() - INTERVAL '60 days'";
    Ok(connection.execute_typed(SQL, &[]).await?)
}
