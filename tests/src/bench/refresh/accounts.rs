//! Accounts in the stack's database whose tokens end within the hour, sealed together as a run before would have.

use anyhow::{Context, Result};
use platforms::secret::{AccessToken, RefreshToken};
use shared::{
    config::Vars,
    crypto::{Place, Vault},
    domain::{Platform, UserId},
};
use tokio_postgres::NoTls;

use crate::stack::aws::sdk_config;

/// Creates them, all of one user.
pub(super) async fn create(database_url: &str, vars: &impl Vars, kms: &str, count: usize) -> Result<()> {
    const SQL: &str = "
        INSERT INTO oauth_accounts (user_id, provider, open_id, scope, access_token_encrypted, refresh_token_encrypted,
                                    token_issued_at, expires_at, last_used_at)
        SELECT $1, 'tiktok', open_id, 'user.info.basic', access, refresh, now() - interval '1 hour',
               now() + interval '1 hour', now()
          FROM unnest($2::text[], $3::text[], $4::text[]) AS one (open_id, access, refresh)";
    let (client, connection) = tokio_postgres::connect(database_url, NoTls).await?;
    tokio::spawn(connection);
    let user: i64 = client.query_one("INSERT INTO users DEFAULT VALUES RETURNING id::bigint", &[]).await?.get(0);
    let vault = Vault::load(vars, &sdk_config(kms))?;
    let (mut open_ids, mut access, mut refresh) = (Vec::new(), Vec::new(), Vec::new());
    for number in 0..count {
        let open_id = format!("-000Bench{number:028}");
        let place = |column| Place::of_login(column, Platform::TikTok, UserId(user), &open_id);
        let token = AccessToken::from(format!("act.{number:064}"));
        access.push(vault.seal(&token, &place("access_token_encrypted")).await?.as_str().to_owned());
        let token = RefreshToken::from(format!("rft.{number:064}"));
        refresh.push(vault.seal(&token, &place("refresh_token_encrypted")).await?.as_str().to_owned());
        open_ids.push(open_id);
    }
    client.execute(SQL, &[&user, &open_ids, &access, &refresh]).await.context("cannot create the accounts")?;
    Ok(())
}
