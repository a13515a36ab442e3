//! Posts in the stack's database, as the upload function takes them on: of one account, whose tokens an earlier run has
//! sealed, and of one file.

use anyhow::{Context, Result};
use platforms::secret::{AccessToken, RefreshToken};
use serde_json::json;
use shared::{
    config::Vars,
    crypto::{Place, Vault},
    domain::{Platform, UserId},
};
use tokio_postgres::{Client, NoTls};

use super::{
    FILE,
    bucket::{CHECKSUM, VERSION},
};
use crate::stack::aws::sdk_config;

const OPEN_ID: &str = "-000BenchPublish0000000000000000000000";

/// Whoever posts, and what.
pub(super) struct Posts {
    client: Client,
    user: i64,
    account: i32,
    media: i64,
}

impl Posts {
    /// Creates the account and the file's row.
    pub(super) async fn open(database_url: &str, vars: &impl Vars, kms: &str) -> Result<Self> {
        let (client, connection) = tokio_postgres::connect(database_url, NoTls).await?;
        tokio::spawn(connection);
        let user = client.query_one("INSERT INTO users DEFAULT VALUES RETURNING id::bigint", &[]).await?.get(0);
        let vault = Vault::load(vars, &sdk_config(kms))?;
        let account = account(&client, &vault, user).await.context("cannot create the account")?;
        let media = media(&client, user).await.context("cannot create the file's row")?;
        Ok(Self { client, user, account, media })
    }

    /// A post that is due.
    pub(super) async fn create(&self) -> Result<i32> {
        const SQL: &str = "
            INSERT INTO tiktok_posts (user_id, oauth_account_id, status, source, title, request_json, total_bytes,
                                      next_attempt_at)
            VALUES ($1, $2, 'QUEUED', 'FILE_UPLOAD', 'Morning run', $3, $4, now() + INTERVAL '1 minute') RETURNING id";
        let info = json!({ "title": "Morning run", "privacy_level": "SELF_ONLY", "disable_comment": true,
            "disable_duet": true, "disable_stitch": true, "brand_content_toggle": false, "brand_organic_toggle": false,
            "is_aigc": false });
        let request = json!({ "accountId": self.account, "mediaKind": "VIDEO", "mode": "DIRECT_POST",
            "source": "FILE_UPLOAD", "mediaId": self.media, "postInfo": info });
        let row = self.client.query_one(SQL, &[&self.user, &self.account, &request, &(FILE as i64)]).await;
        Ok(row.context("cannot create the post")?.get(0))
    }

    /// How much of its file TikTok has.
    pub(super) async fn sent(&self, post: i32) -> Result<u64> {
        let row = self.client.query_one("SELECT confirmed_bytes FROM tiktok_posts WHERE id = $1", &[&post]).await?;
        Ok(row.get::<_, i64>(0).unsigned_abs())
    }
}

async fn account(client: &Client, vault: &Vault, user: i64) -> Result<i32> {
    const SQL: &str = "
        INSERT INTO oauth_accounts (user_id, provider, open_id, scope, access_token_encrypted, refresh_token_encrypted,
                                    token_issued_at, expires_at, last_used_at)
        VALUES ($1, 'tiktok', $2, 'user.info.basic,video.publish', $3, $4, now(), now() + INTERVAL '1 day', now())
        RETURNING id";
    let place = |column| Place::of_login(column, Platform::TikTok, UserId(user), OPEN_ID);
    let access = vault.seal(&AccessToken::from("act.bench".to_owned()), &place("access_token_encrypted")).await?;
    let refresh = vault.seal(&RefreshToken::from("rft.bench".to_owned()), &place("refresh_token_encrypted")).await?;
    Ok(client.query_one(SQL, &[&user, &OPEN_ID, &access.as_str(), &refresh.as_str()]).await?.get(0))
}

/// An earlier look at the file has found what its row says.
async fn media(client: &Client, user: i64) -> Result<i64> {
    const SQL: &str = "
        INSERT INTO media_uploads (user_id, object_key, content_type, size, checksum, status, etag, stored_at, expires_at,
                                   delete_after, metadata)
        VALUES ($1, 'media/bench', 'video/mp4', $2, $3, 'stored', $4, now(), now(), now() + INTERVAL '9 days', $5)
        RETURNING id";
    let video = json!({ "container": "Mp4", "duration": { "secs": 10, "nanos": 0 }, "video": null, "hasAudio": true });
    let facts = json!({ "facts": { "video": video } });
    Ok(client.query_one(SQL, &[&user, &(FILE as i64), &CHECKSUM, &VERSION, &facts]).await?.get(0))
}
