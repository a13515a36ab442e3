//! The two functions of a login in sandboxes, between a user and platforms of their own: nobody else sees what these are
//! told to do, and every answer is held to the contract.

use serde_json::{Value, json};
use shared::domain::catalogue::ErrorCode;
use testkit::{Consent, RemoteMeta, RemoteTikTok, meta, tiktok};

use super::{
    browser::{Login, START, event, returned, told},
    platforms::{Via, people, settings, simulators},
};
use crate::{
    contract::holds,
    support::{Answer, HttpSandbox, World, http_event, unique},
};

/// One user who connects accounts in one way.
pub(crate) struct Stage {
    pub(crate) world: World,
    pub(crate) tiktok: RemoteTikTok,
    pub(crate) meta: RemoteMeta,
    pub(crate) user: i64,
    /// Where the accounts go that are to be subscribed. Nobody works on it.
    pub(crate) queue: String,
    pub(crate) via: Via,
    settings: Vec<(&'static str, String)>,
    start: HttpSandbox,
    callback: HttpSandbox,
    _simulators: (tiktok::Simulator, meta::Simulator),
}

impl Stage {
    pub(crate) async fn open(via: Via) -> Self {
        Self::with(via, &[]).await
    }

    /// With tables of its own, for what looks at everybody's accounts.
    pub(crate) async fn alone(via: Via) -> Self {
        let mut world = World::open().await;
        let own = world.new_database().await;
        world.tables = own.tables;
        Self::between(world, via, &[("DATABASE_NAME", &own.name)]).await
    }

    /// With these settings instead of the deployed ones.
    pub(crate) async fn with(via: Via, changed: &[(&'static str, &str)]) -> Self {
        Self::between(World::open().await, via, changed).await
    }

    async fn between(world: World, via: Via, changed: &[(&'static str, &str)]) -> Self {
        let (tiktok, meta) = simulators(&world).await;
        let queue = world.aws.new_queue(&format!("subscriptions-{}", unique())).await;
        let mut settings = settings(via, tiktok.url(), meta.url(), &queue);
        settings.extend(changed.iter().map(|(name, value)| (*name, (*value).to_owned())));
        let (at_tiktok, at_meta) = (RemoteTikTok::at(tiktok.url()).unwrap(), RemoteMeta::at(meta.url()).unwrap());
        people(&at_tiktok, &at_meta).await;
        Self {
            user: world.tables.user().await,
            tiktok: at_tiktok,
            meta: at_meta,
            queue,
            via,
            start: HttpSandbox::start(&world, "auth-start", borrowed(&settings)).await,
            callback: HttpSandbox::start(&world, "auth-callback", borrowed(&settings)).await,
            settings,
            world,
            _simulators: (tiktok, meta),
        }
    }

    /// The settings that differ from the deployed ones, for another function of the same stage.
    pub(crate) fn settings(&self) -> Vec<(&str, &str)> {
        borrowed(&self.settings)
    }

    /// From now on accounts are connected in another way.
    pub(crate) async fn switch(&mut self, via: Via) {
        self.via = via;
        self.settings.push(("INSTAGRAM_LOGIN", via.kind().to_owned()));
        self.start = HttpSandbox::start(&self.world, "auth-start", self.settings()).await;
    }

    /// One more sandbox of the callback.
    pub(crate) async fn another_callback(&self) -> HttpSandbox {
        HttpSandbox::start(&self.world, "auth-callback", self.settings()).await
    }

    /// What auth-start answers to the user.
    pub(crate) async fn ask(&self, query: &str) -> Answer {
        let platform = self.via.platform();
        let mut event = event(&START.replace("{platform}", platform), START, platform, query);
        event["requestContext"]["authorizer"] = self.authorizer();
        let answer = self.start.call(event).await;
        holds("GET", START, &answer);
        answer
    }

    pub(crate) async fn start(&self, query: &str) -> Login {
        Login::of(&self.ask(query).await)
    }

    /// Where the platform sends the browser after this. Fragments stay in the browser.
    pub(crate) async fn consent(&self, login: &Login, choice: &Consent) -> String {
        let location = match self.via {
            Via::TikTok => self.tiktok.consent(&login.url, choice).await,
            Via::FacebookLogin | Via::InstagramLogin => self.meta.consent(&login.url, choice).await,
        };
        location.unwrap().split('#').next().unwrap().to_owned()
    }

    /// What the browser is answered when it comes back.
    pub(crate) async fn come_back(&self, location: &str, cookie: Option<&str>) -> Answer {
        returned(&self.callback, location, cookie).await
    }

    /// A whole login of whoever [`Via::allowed`] names, and what the app is told of it.
    pub(crate) async fn connect(&self) -> Value {
        self.connect_as("", &self.via.allowed()).await
    }

    /// A whole login in which auth-start gets this query.
    pub(crate) async fn connect_as(&self, query: &str, choice: &Consent) -> Value {
        let login = self.start(query).await;
        let location = self.consent(&login, choice).await;
        told(&self.come_back(&location, Some(&login.cookie)).await)
    }

    /// What the audit log says of the user, in lines that say from where and in which request.
    pub(crate) async fn audit(&self) -> Vec<String> {
        let sql = "SELECT event || ' ' || outcome || coalesce(' ' || code, '') FROM auth_audit_log
                    WHERE user_id = $1 AND provider = $2 AND ip IS NOT NULL AND correlation_id IS NOT NULL ORDER BY id";
        let rows = self.world.tables.rows(sql, &[&self.user, &self.via.platform()]).await;
        rows.iter().map(|row| row.get(0)).collect()
    }

    /// How many logins and Instagram accounts the user has.
    pub(crate) async fn stored(&self) -> (i64, i64) {
        let sql = "SELECT (SELECT count(*) FROM oauth_accounts WHERE user_id = $1),
                          (SELECT count(*) FROM instagram_accounts WHERE user_id = $1)";
        let row = &self.world.tables.rows(sql, &[&self.user]).await[0];
        (row.get(0), row.get(1))
    }

    /// The accounts that the user sees.
    pub(crate) async fn accounts(&self) -> Vec<Value> {
        let list = HttpSandbox::start(&self.world, "accounts-list", self.settings()).await;
        let mut event = http_event("GET", "/api/accounts", "GET /api/accounts");
        event["requestContext"]["authorizer"] = self.authorizer();
        list.call(event).await.json()["items"].as_array().unwrap().clone()
    }

    /// From now on it's another user's stage.
    pub(crate) async fn next_user(&mut self) {
        self.user = self.world.tables.user().await;
    }

    /// The user's only login failed: the app, the person and the audit log learn why, and nothing of it is kept.
    pub(crate) async fn failed(&self, told: &Value, code: &str) {
        let message = ErrorCode::find(code).unwrap().user_message();
        assert_eq!(told, &json!({ "error": code, "platform": self.via.platform(), "message": message }));
        assert_eq!(self.audit().await, ["connect_started success", &format!("connected failure {code}")]);
        assert_eq!(self.stored().await, (0, 0));
    }

    fn authorizer(&self) -> Value {
        json!({ "lambda": { "userId": self.user.to_string(), "expiresAt": "4102444800" } })
    }
}

fn borrowed<'a>(settings: &'a [(&'static str, String)]) -> Vec<(&'a str, &'a str)> {
    settings.iter().map(|(name, value)| (*name, value.as_str())).collect()
}
