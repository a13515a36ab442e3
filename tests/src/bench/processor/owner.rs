//! Who the comments are for: an Instagram account with one media, in the stack's database.

use anyhow::{Context, Result};
use tokio_postgres::{Client, NoTls};

/// The Instagram account's id at Meta.
pub(super) const ACCOUNT: &str = "17841400000000042";
/// The media's id at Meta.
pub(super) const MEDIA: &str = "17800000000000042";

/// A connection to the database in which the account exists.
pub(super) struct Owner(Client);

impl Owner {
    /// Connects, and creates the account with its media.
    pub(super) async fn create(database_url: &str) -> Result<Self> {
        const SQL: &str = "
            WITH person AS (INSERT INTO users DEFAULT VALUES RETURNING id),
                 login AS (
                   INSERT INTO oauth_accounts (user_id, provider, login_kind, open_id, scope)
                   SELECT id, 'instagram', 'facebook_login', $1, 'instagram_basic' FROM person RETURNING id, user_id),
                 account AS (
                   INSERT INTO instagram_accounts (user_id, oauth_account_id, ig_business_id, page_id, username)
                   SELECT user_id, id, $1, $1, 'example_bakery' FROM login RETURNING id)
            INSERT INTO ig_media (instagram_account_id, ig_id, media_type) SELECT id, $2, 'IMAGE' FROM account";
        let (client, connection) = tokio_postgres::connect(database_url, NoTls).await?;
        tokio::spawn(connection);
        client.execute(SQL, &[&ACCOUNT, &MEDIA]).await.context("cannot create the account of the comments")?;
        // As in a house that people have left: each event is held against their names.
        let forgotten = "INSERT INTO forgotten (name_hash, until)
                         SELECT sha256(convert_to('id:' || number, 'UTF8')), now() + INTERVAL '30 days'
                           FROM generate_series(1, 5000) AS number ON CONFLICT DO NOTHING";
        client.execute(forgotten, &[]).await.context("cannot write the names of people who left")?;
        Ok(Self(client))
    }

    /// The connection.
    pub(super) fn client(&self) -> &Client {
        &self.0
    }

    /// The connection, for a transaction.
    pub(super) fn client_mut(&mut self) -> &mut Client {
        &mut self.0
    }
}

/// 17 digits as Meta's ids have; those of one round share their beginning.
pub(super) fn comment_id(round: u64, number: u64) -> String {
    format!("{}{number:06}", round_prefix(round))
}

/// How the ids of a round begin.
pub(super) fn round_prefix(round: u64) -> String {
    format!("179{round:08}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn comment_ids_are_as_long_as_metas_and_never_meet() {
        assert_eq!(comment_id(0, 0).len(), 17);
        assert_ne!(comment_id(0, 999), comment_id(1, 0));
        assert!(comment_id(29, 999).starts_with(&round_prefix(29)));
    }
}
