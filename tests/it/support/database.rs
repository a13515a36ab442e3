//! The tables, to put rows there that a test needs and to look at what came of it.

use tokio_postgres::{Client, Config, NoTls, Row, types::ToSql};

/// A connection to the stack's database.
pub(crate) struct Tables {
    config: Config,
    client: Client,
}

impl Tables {
    pub(crate) async fn open(url: &str) -> Self {
        Self::connect(url.parse().unwrap()).await
    }

    /// Another database on the same server.
    pub(crate) async fn database(&self, name: &str) -> Self {
        let mut config = self.config.clone();
        config.dbname(name);
        Self::connect(config).await
    }

    async fn connect(config: Config) -> Self {
        let (client, connection) = config.connect(NoTls).await.unwrap();
        tokio::spawn(connection);
        Self { config, client }
    }

    pub(crate) async fn rows(&self, sql: &str, parameters: &[&(dyn ToSql + Sync)]) -> Vec<Row> {
        self.client.query(sql, parameters).await.unwrap_or_else(|error| panic!("{error:?}\n{sql}"))
    }

    /// Runs statements that have neither parameters nor rows.
    pub(crate) async fn run(&self, statements: &str) {
        self.client.batch_execute(statements).await.unwrap();
    }

    /// A new user of the CRM.
    pub(crate) async fn user(&self) -> i64 {
        self.rows("INSERT INTO users DEFAULT VALUES RETURNING id::bigint", &[]).await[0].get(0)
    }

    /// A TikTok account of this user.
    pub(crate) async fn tiktok_account(&self, user: i64, open_id: &str) -> i32 {
        let sql = "INSERT INTO oauth_accounts (user_id, provider, open_id, scope, access_token_encrypted)
                   VALUES ($1, 'tiktok', $2, 'user.info.basic,video.publish', 'sealed') RETURNING id";
        self.rows(sql, &[&user, &open_id]).await[0].get(0)
    }

    /// An Instagram account of this user, behind a Meta login.
    pub(crate) async fn instagram_account(&self, user: i64, ig_id: &str) -> (i32, i32) {
        let sql = "WITH login AS (
                     INSERT INTO oauth_accounts (user_id, provider, login_kind, open_id, scope)
                     VALUES ($1, 'instagram', 'facebook_login', $2, 'instagram_basic') RETURNING id, user_id)
                   INSERT INTO instagram_accounts (user_id, oauth_account_id, ig_business_id, page_id, username)
                   SELECT user_id, id, $2, $2, 'example_bakery' FROM login RETURNING oauth_account_id, id";
        let row = &self.rows(sql, &[&user, &ig_id]).await[0];
        (row.get(0), row.get(1))
    }

    /// A post on its way to TikTok.
    pub(crate) async fn tiktok_post(&self, user: i64, account: i32, publish_id: &str) -> i32 {
        let sql = "INSERT INTO tiktok_posts (user_id, oauth_account_id, publish_id, status, source)
                   VALUES ($1, $2, $3, 'PROCESSING_UPLOAD', 'FILE_UPLOAD') RETURNING id";
        self.rows(sql, &[&user, &account, &publish_id]).await[0].get(0)
    }

    /// Media of an Instagram account.
    pub(crate) async fn instagram_media(&self, account: i32, ig_id: &str) -> i32 {
        let sql =
            "INSERT INTO ig_media (instagram_account_id, ig_id, media_type) VALUES ($1, $2, 'IMAGE') RETURNING id";
        self.rows(sql, &[&account, &ig_id]).await[0].get(0)
    }
}
