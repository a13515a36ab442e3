//! People with a Facebook account, their Pages, and the Instagram accounts behind these.
//!
//! `POST /_simulator/people` takes any of the members of [`Person`]; `{}` makes up somebody without Pages. A Page with
//! `"business": {"id", "name", "client"?, "unlisted"?}` belongs to a portfolio, or is a client's there. Several Pages
//! lead to one Instagram account when their `instagram` has the same `id`.

use serde::{Deserialize, Serialize};

use crate::{control, random};

/// Somebody with an account. Facebook's consent page names people by `login`, Instagram's by `username`.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct Person {
    pub(super) login: String,
    /// The person's id for this app.
    pub(super) id: String,
    pub(super) name: String,
    pub(super) pages: Vec<Page>,
    /// Instagram accounts that no Page leads to.
    pub(super) instagram_accounts: Vec<InstagramAccount>,
}

/// A Page that the person has a role on.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct Page {
    pub(super) id: String,
    pub(super) name: String,
    /// What the person may do there.
    pub(super) tasks: Vec<String>,
    pub(super) instagram: Option<InstagramAccount>,
    pub(super) business: Option<Business>,
}

/// A portfolio that the Page is in.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Business {
    pub(super) id: String,
    pub(super) name: String,
    /// Whether the Page is a client's instead of the portfolio's own.
    #[serde(default)]
    pub(super) client: bool,
    /// Whether only the portfolio leads to the Page, since the person has no role of their own on it.
    #[serde(default)]
    pub(super) unlisted: bool,
}

/// A professional Instagram account.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct InstagramAccount {
    /// Of the professional account: in paths and in webhooks.
    pub(super) id: String,
    /// The account's id for this app, by Instagram Login.
    pub(super) app_scoped_id: String,
    pub(super) username: String,
    pub(super) name: String,
    pub(super) account_type: String,
    pub(super) profile_picture_url: String,
    pub(super) followers_count: u64,
    pub(super) follows_count: u64,
    pub(super) media_count: u64,
}

impl Person {
    /// Who is there from the start.
    pub(super) fn ada() -> Self {
        let bakery = InstagramAccount {
            id: "17841400000000001".to_owned(),
            app_scoped_id: "26000000000000001".to_owned(),
            name: "Example Bakery".to_owned(),
            ..InstagramAccount::named("example_bakery")
        };
        let page = |id: &str, name: &str, instagram| Page {
            id: id.to_owned(),
            name: name.to_owned(),
            instagram,
            ..Page::default()
        };
        let pages = vec![
            page("100200300400500", "Example Bakery", Some(bakery)),
            page("100200300400501", "Page without Instagram", None),
        ];
        let (login, id, name) = ("ada".to_owned(), "122100000000000001".to_owned(), "Ada Example".to_owned());
        Self { login, id, name, pages, instagram_accounts: Vec::new() }
    }

    /// The portfolio that has a system user for the app: the first one that a Page is in.
    pub(super) fn portfolio(&self) -> Option<&Business> {
        self.pages.iter().find_map(|page| page.business.as_ref())
    }

    /// The portfolio's Pages, as its system user reaches them.
    pub(super) fn as_system_user(&self) -> Option<Self> {
        let portfolio = self.portfolio()?;
        let belongs = |page: &&Page| page.business.as_ref().is_some_and(|business| business.id == portfolio.id);
        let pages = self.pages.iter().filter(belongs).cloned().collect();
        let (id, name) = (portfolio.system_user_id(), format!("{} (system user)", portfolio.name));
        Some(Self { login: id.clone(), id, name, pages, instagram_accounts: Vec::new() })
    }

    /// Every Instagram account of the person, each once.
    pub(super) fn instagram(&self) -> Vec<&InstagramAccount> {
        let of_pages = self.pages.iter().filter_map(|page| page.instagram.as_ref());
        let mut accounts: Vec<_> = of_pages.chain(&self.instagram_accounts).collect();
        accounts.sort_by(|one, other| one.id.cmp(&other.id));
        accounts.dedup_by(|one, other| one.id == other.id);
        accounts
    }
}

impl Business {
    /// Made of the portfolio's id, so that nobody else has it.
    pub(super) fn system_user_id(&self) -> String {
        format!("6150{}", self.id)
    }
}

impl InstagramAccount {
    fn named(username: &str) -> Self {
        Self {
            id: format!("178414{}", random::digits(11)),
            app_scoped_id: format!("26{}", random::digits(15)),
            username: username.to_owned(),
            name: username.to_owned(),
            account_type: "BUSINESS".to_owned(),
            profile_picture_url: format!("https://scontent.example/{username}.jpg"),
            followers_count: 1_200,
            follows_count: 34,
            media_count: 56,
        }
    }
}

impl Default for Person {
    fn default() -> Self {
        let login = format!("person.{}", random::digits(8));
        let (id, name) = (format!("1221{}", random::digits(14)), login.clone());
        Self { login, id, name, pages: Vec::new(), instagram_accounts: Vec::new() }
    }
}

impl Default for Page {
    fn default() -> Self {
        let tasks = ["ANALYZE", "ADVERTISE", "MODERATE", "CREATE_CONTENT", "MANAGE"];
        Self {
            id: format!("1002{}", random::digits(11)),
            name: "Example Page".to_owned(),
            tasks: tasks.map(str::to_owned).to_vec(),
            instagram: None,
            business: None,
        }
    }
}

impl Default for InstagramAccount {
    fn default() -> Self {
        Self::named(&format!("example_{}", random::digits(8)))
    }
}

impl control::Person for Person {
    fn collides(&self, other: &Self) -> Option<&'static str> {
        (self.login == other.login || self.id == other.id).then_some("this login or id is taken")
    }
}
