//! Tokens that stay alive: the half hour's round, tokens on demand, and what befalls both.

mod crashes;
mod days;
mod facebook;
mod keeper;
mod races;
mod round;

use serde_json::{Value, json};
use shared::{
    crypto::{Place, Sealed, Vault},
    domain::{AccountId, Platform, UserId},
    services::{apps::PlatformApps, connect::PlatformClients, tokens::Tokens},
    store::Database,
};

use crate::{
    connect::{Stage, Via},
    support::{FunctionSandbox, Settings},
};

/// A stage whose user's account is connected, with tables of its own.
struct Connected {
    stage: Stage,
    account: i32,
}

impl Connected {
    async fn by(via: Via) -> Self {
        let stage = Stage::alone(via).await;
        let told = stage.connect().await;
        Self { account: told["accountId"].as_str().unwrap().parse().unwrap(), stage }
    }

    /// The function, as it's deployed, between this stage's platforms and tables.
    async fn function(&self) -> FunctionSandbox {
        FunctionSandbox::start(&self.stage.world, "token-refresh", self.stage.settings()).await
    }

    /// One round.
    async fn round(&self) -> Value {
        self.function().await.invoke(json!({})).await
    }

    /// The service, as functions build it.
    async fn tokens(&self) -> Tokens {
        self.tokens_with(&[]).await
    }

    /// The same, with these settings instead of the deployed ones.
    async fn tokens_with(&self, changed: &[(&str, &str)]) -> Tokens {
        let world = &self.stage.world;
        let mut settings = world.aws.settings(&world.stack.functions["token-refresh"]).await;
        settings.insert("AWS_ENDPOINT_URL".to_owned(), world.stack.aws_endpoint_url.clone());
        settings.extend(self.stage.settings().into_iter().map(|(name, value)| (name.to_owned(), value.to_owned())));
        settings.extend(changed.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())));
        let vars = Settings(settings);
        let aws = tests::stack::aws::sdk_config(&world.stack.aws_endpoint_url);
        Tokens {
            database: Database::load(&vars, &aws).unwrap(),
            vault: Vault::load(&vars, &aws).unwrap(),
            apps: PlatformApps::load(&vars, &aws_sdk_secretsmanager::Client::new(&aws)).unwrap(),
            clients: PlatformClients::load(&vars).unwrap(),
        }
    }

    fn owner(&self) -> UserId {
        UserId(self.stage.user)
    }

    fn id(&self) -> AccountId {
        AccountId(self.account)
    }

    /// Lets time pass: for the platforms, and for everything that the tables know of time.
    async fn age(&self, minutes: i32) {
        let past = ["token_issued_at", "expires_at", "refresh_expires_at", "data_access_expires_at", "granted_at"];
        let past = past.into_iter().chain(["next_refresh_at", "lease_until", "last_used_at", "status_changed_at"]);
        let set: Vec<_> = past.map(|at| format!("{at} = {at} - make_interval(mins => $1)")).collect();
        self.stage.world.tables.rows(&format!("UPDATE oauth_accounts SET {}", set.join(", ")), &[&minutes]).await;
        let seconds = i64::from(minutes) * 60;
        self.stage.tiktok.advance(seconds).await.unwrap();
        self.stage.meta.advance(seconds).await.unwrap();
    }

    /// Changes the account's row.
    async fn set(&self, change: &str) {
        let sql = format!("UPDATE oauth_accounts SET {change} WHERE id = $1");
        self.stage.world.tables.rows(&sql, &[&self.account]).await;
    }

    /// The account's status with its reason, and its tokens' version.
    async fn state(&self) -> (String, Option<String>, i64) {
        let sql = "SELECT status, status_reason, token_version FROM oauth_accounts WHERE id = $1";
        let row = &self.stage.world.tables.rows(sql, &[&self.account]).await[0];
        (row.get(0), row.get(1), row.get(2))
    }

    async fn is_active(&self, version: i64) {
        assert_eq!(self.state().await, ("active".to_owned(), None, version));
    }

    async fn needs_reauth(&self, reason: &str) {
        let (status, found, _) = self.state().await;
        assert_eq!((status.as_str(), found.as_deref()), ("needs_reauth", Some(reason)));
    }

    /// How often the platform's token endpoint was called.
    async fn exchanges(&self) -> u64 {
        self.stage.tiktok.calls_to("/v2/oauth/token/").await.unwrap()
    }

    /// What lies in a column, opened.
    async fn opened<T: platforms::secret::Secret>(&self, column: &'static str) -> String {
        let sql = format!("SELECT {column}, open_id, provider FROM oauth_accounts WHERE id = $1");
        let row = &self.stage.world.tables.rows(&sql, &[&self.account]).await[0];
        let (sealed, open_id): (String, String) = (row.get(0), row.get(1));
        let platform = if row.get::<_, &str>(2) == "tiktok" { Platform::TikTok } else { Platform::Instagram };
        let place = Place::of_login(column, platform, self.owner(), &open_id);
        let token: T = self.tokens().await.vault.open(&Sealed::from_column(sealed), &place).await.unwrap();
        token.expose().to_owned()
    }
}
