//! Accounts, connected through the public API and the simulators' consent pages.

use reqwest::{Client, Method, Url, redirect::Policy};
use serde_json::{Value, json};
use testkit::Consent;
use tests::stack::StackUser;

use super::{Answer, HttpSandbox, World, http_event, unique};

/// Somebody at Meta with a Page and the Instagram account behind it. All names and ids are made up for this test.
#[derive(Debug, Clone)]
pub(crate) struct MetaPerson {
    pub(crate) login: String,
    pub(crate) id: String,
    pub(crate) page: String,
    pub(crate) ig_id: String,
    pub(crate) app_scoped_id: String,
    pub(crate) username: String,
}

impl World {
    /// Somebody new on TikTok.
    pub(crate) async fn tiktok_person(&self) -> String {
        let name = format!("u{}", unique());
        self.platforms.tiktok.add_person(&json!({ "username": name, "display_name": "Ada" })).await.unwrap();
        name
    }

    /// Somebody new at Meta.
    pub(crate) async fn meta_person(&self) -> MetaPerson {
        let [login, username] = [(); 2].map(|()| format!("u{}", unique()));
        let [id, page, ig_id, app_scoped_id] = [(); 4].map(|()| unique());
        let person = MetaPerson { login, id, page, ig_id, app_scoped_id, username };
        let instagram =
            json!({ "id": person.ig_id, "app_scoped_id": person.app_scoped_id, "username": person.username });
        let page = json!({ "id": person.page, "tasks": ["MANAGE"], "instagram": instagram });
        let body = json!({ "login": person.login, "id": person.id, "name": person.login, "pages": [page] });
        self.platforms.meta.add_person(&body).await.unwrap();
        person
    }

    /// This person's TikTok account, connected by this user: its id.
    pub(crate) async fn connect_tiktok(&self, user: &StackUser, person: &str) -> i32 {
        let (url, cookie) = self.start(user, "tiktok").await;
        let location = self.platforms.tiktok.consent(&url, &Consent::allow().by(person)).await.unwrap();
        connected(&location, &cookie).await
    }

    /// This person's Facebook login, connected by this user: its id.
    pub(crate) async fn connect_facebook(&self, user: &StackUser, person: &MetaPerson) -> i32 {
        let (url, cookie) = self.start(user, "instagram").await;
        let location = self.platforms.meta.consent(&url, &Consent::allow().by(&person.login)).await.unwrap();
        connected(&location, &cookie).await
    }

    /// This person's Instagram account by itself, connected by this user: its id. The stack's own setting is the other
    /// login, so the way out is a function with this one.
    pub(crate) async fn connect_instagram(&self, user: &StackUser, person: &MetaPerson) -> i32 {
        let start = HttpSandbox::start(self, "auth-start", [("INSTAGRAM_LOGIN", "instagram_login")]).await;
        let mut event = http_event("GET", "/api/auth/instagram", "GET /api/auth/{platform}");
        event["pathParameters"] = json!({ "platform": "instagram" });
        event["requestContext"]["authorizer"] =
            json!({ "lambda": { "userId": user.id.to_string(), "expiresAt": "4102444800" } });
        let (url, cookie) = started(&start.call(event).await);
        let location = self.platforms.meta.consent(&url, &Consent::allow().by(&person.username)).await.unwrap();
        connected(&location, &cookie).await
    }

    /// A login that this user starts: the consent page's address, and the browser's cookie.
    pub(crate) async fn start(&self, user: &StackUser, platform: &str) -> (String, String) {
        started(&self.api.get(&format!("/api/auth/{platform}"), Some(&user.token)).await)
    }

    /// Disconnects an account.
    pub(crate) async fn disconnect(&self, user: &StackUser, platform: &str, id: i32) -> Answer {
        let request = self.api.request(Method::DELETE, &format!("/api/auth/{platform}/{id}"));
        Answer::of(request.bearer_auth(&user.token)).await
    }
}

/// The consent page's address, and the browser's cookie.
fn started(answer: &Answer) -> (String, String) {
    assert_eq!(answer.status, 200, "{answer:?}");
    let cookie = answer.header("set-cookie").unwrap().split(';').next().unwrap().to_owned();
    (answer.json()["url"].as_str().unwrap().to_owned(), cookie)
}

/// Follows the platform's redirect to us: the id of the account that is connected.
async fn connected(location: &str, cookie: &str) -> i32 {
    let client = Client::builder().redirect(Policy::none()).build().unwrap();
    let location = location.split('#').next().unwrap();
    let answer = Answer::of(client.get(location).header("cookie", cookie)).await;
    let address: Url = answer.header("location").unwrap_or_else(|| panic!("{answer:?}")).parse().unwrap();
    let told: Value =
        address.query_pairs().map(|(name, value)| (name.into_owned(), Value::from(value.into_owned()))).collect();
    told["accountId"].as_str().unwrap_or_else(|| panic!("{told}")).parse().unwrap()
}
