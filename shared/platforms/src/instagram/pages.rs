//! The Pages that a person reaches, and the Instagram accounts behind them.
//!
//! developers.facebook.com, Graph API: user accounts. A Page of a business portfolio may be found there only, so its
//! edges are read as well where `business_management` was granted.

use serde::Deserialize;

use super::graph::{Caller, Graph, ListAnswer, Listing};
use crate::{error::PlatformError, lenient, secret::AccessToken};

/// What is read of each Page. An unknown field would fail the whole call.
const FIELDS: &str = "id,name,access_token,tasks,instagram_business_account{id,username,name,profile_picture_url}";

/// A Facebook Page.
#[derive(Debug, Deserialize)]
pub struct Page {
    /// Its id.
    #[serde(default, deserialize_with = "lenient::text")]
    pub id: Option<String>,
    /// Its name.
    #[serde(default, deserialize_with = "lenient::text")]
    pub name: Option<String>,
    /// Acts for it, without an end where the person's token is a long-lived one.
    pub access_token: Option<AccessToken>,
    /// What the person may do on it.
    #[serde(default, deserialize_with = "lenient::list")]
    pub tasks: Vec<String>,
    /// Missing where no professional account is linked.
    pub instagram_business_account: Option<InstagramAccount>,
}

/// A professional Instagram account.
#[derive(Debug, Deserialize)]
pub struct InstagramAccount {
    /// Its id, which paths and webhooks name it by.
    #[serde(default, deserialize_with = "lenient::text")]
    pub id: Option<String>,
    /// Its name on Instagram.
    #[serde(default, deserialize_with = "lenient::text")]
    pub username: Option<String>,
    /// Its name in words.
    #[serde(default, deserialize_with = "lenient::text")]
    pub name: Option<String>,
}

/// Where Pages are listed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PageEdge {
    /// Those that the person has a role on.
    OfPerson,
    /// Those that a business portfolio owns.
    OwnedBy(String),
    /// Those that it looks after for others.
    ClientsOf(String),
}

impl PageEdge {
    fn path(&self) -> String {
        match self {
            Self::OfPerson => "/me/accounts".to_owned(),
            Self::OwnedBy(business) => format!("/{business}/owned_pages"),
            Self::ClientsOf(business) => format!("/{business}/client_pages"),
        }
    }
}

#[derive(Deserialize)]
struct Business {
    id: String,
}

impl Page {
    /// Whether the person may publish through this Page.
    pub fn can_publish(&self) -> bool {
        self.tasks.iter().any(|task| matches!(task.as_str(), "MANAGE" | "CREATE_CONTENT"))
    }
}

impl Graph {
    /// One page of an edge's Pages, from a cursor on.
    ///
    /// # Errors
    /// See [`PlatformError`].
    pub async fn pages(
        &self,
        edge: &PageEdge,
        after: Option<&str>,
        caller: Caller<'_>,
    ) -> Result<Listing<Page>, PlatformError> {
        let query = [("fields", FIELDS), ("limit", "100")];
        let query: Vec<_> = query.into_iter().chain(after.map(|after| ("after", after))).collect();
        let answer: ListAnswer<Page> = self.read(&edge.path(), &query, caller).await?;
        Ok(answer.into())
    }

    /// The ids of the person's business portfolios, a hundred at most.
    ///
    /// # Errors
    /// See [`PlatformError`].
    pub async fn businesses(&self, caller: Caller<'_>) -> Result<Listing<String>, PlatformError> {
        let answer: ListAnswer<Business> =
            self.read("/me/businesses", &[("fields", "id"), ("limit", "100")], caller).await?;
        let Listing { items, next } = answer.into();
        let ids = items.into_iter().map(|business: Business| business.id);
        Ok(Listing { items: ids.filter(|id| id.bytes().all(|byte| byte.is_ascii_digit())).collect(), next })
    }
}
