//! Pages: `/{version}/me/accounts`, and by way of a portfolio `/{version}/me/businesses` and
//! `/{version}/{business}/owned_pages` or `client_pages` (developers.facebook.com, Graph API: user accounts).

use std::sync::Arc;

use axum::{
    Json, Router,
    extract::{Path, State},
    routing::get,
};
use serde_json::{Value, json};

use super::{
    State as Meta,
    error::GraphError,
    fields::{Field, parse, select},
    grants::Kind,
    graph::{Call, Caller},
    paging::page,
    people::{Business, InstagramAccount, Page, Person},
};
use crate::control::held;

/// What `/me/accounts` returns where nothing is asked for.
const DEFAULT_FIELDS: &str = "access_token,category,name,id,tasks";

pub(super) fn routes() -> Router<Arc<Meta>> {
    Router::new()
        .route("/{version}/me/accounts", get(accounts))
        .route("/{version}/me/businesses", get(businesses))
        .route("/{version}/{node}/owned_pages", get(owned_pages))
        .route("/{version}/{node}/client_pages", get(client_pages))
}

type Answer = Result<Json<Value>, GraphError>;

/// Pages of a portfolio are left out in silence where `business_management` isn't granted.
async fn accounts(State(meta): State<Arc<Meta>>, Path(version): Path<String>, call: Call) -> Answer {
    let (caller, person) = meta.user(&call)?;
    let listed = meta.allows(&caller, "pages_show_list");
    let of_businesses = meta.allows(&caller, "business_management");
    let of_person = |business: &Business| of_businesses && !business.unlisted;
    let has_role = |page: &Page| !held(&meta.grants).has_lost(&person.id, &page.id);
    let shown = |page: &&Page| listed && has_role(page) && page.business.as_ref().is_none_or(of_person);
    let path = format!("/{version}/me/accounts");
    meta.pages(&call, &caller, &path, person.pages.iter().filter(shown))
}

async fn businesses(State(meta): State<Arc<Meta>>, Path(version): Path<String>, call: Call) -> Answer {
    let (caller, person) = meta.user(&call)?;
    meta.require(&caller, "business_management")?;
    let fields = parse(call.parameters.get("fields"), "id,name")?;
    let mut businesses: Vec<_> = person.pages.iter().filter_map(|page| page.business.as_ref()).collect();
    businesses.sort_by(|one, other| one.id.cmp(&other.id));
    businesses.dedup_by(|one, other| one.id == other.id);
    let object = |business: &Business| select("Business", &fields, |field| Ok(business_field(business, field)));
    let objects: Vec<_> = businesses.into_iter().map(object).collect::<Result<_, _>>()?;
    page(&call, &format!("/{version}/me/businesses"), objects, &meta.control.settings()).map(Json)
}

async fn owned_pages(State(meta): State<Arc<Meta>>, Path(path): Path<(String, String)>, call: Call) -> Answer {
    meta.pages_of_business(&call, &path, false)
}

async fn client_pages(State(meta): State<Arc<Meta>>, Path(path): Path<(String, String)>, call: Call) -> Answer {
    meta.pages_of_business(&call, &path, true)
}

fn business_field(business: &Business, field: &Field) -> Option<Value> {
    match field.name.as_str() {
        "id" => Some(json!(business.id)),
        "name" => Some(json!(business.name)),
        _ => None,
    }
}

impl Meta {
    /// A person who calls with a user token.
    fn user(&self, call: &Call) -> Result<(Caller, Person), GraphError> {
        let caller = call.caller(self)?;
        match caller.token.kind {
            Kind::User | Kind::SystemUser => self.person(&caller).map(|person| (caller, person)),
            Kind::Page(_) => Err(GraphError::new(100, "(#100) Tried accessing nonexisting field on node type (Page)")),
            Kind::Instagram => Err(GraphError::unknown_token()),
        }
    }

    pub(super) fn require(&self, caller: &Caller, permission: &str) -> Result<(), GraphError> {
        if self.allows(caller, permission) { Ok(()) } else { Err(GraphError::lacks(permission)) }
    }

    fn pages_of_business(&self, call: &Call, (version, node): &(String, String), client: bool) -> Answer {
        let (caller, person) = self.user(call)?;
        self.require(&caller, "business_management")?;
        let of_business = |page: &Page| page.business.as_ref().is_some_and(|business| business.id == *node);
        if !person.pages.iter().any(of_business) {
            return Err(GraphError::no_object(node));
        }
        let has_role = |page: &Page| !held(&self.grants).has_lost(&person.id, &page.id);
        let of_edge = |page: &Page| page.business.as_ref().is_some_and(|own| own.client == client);
        let meant = |page: &&Page| of_business(page) && of_edge(page) && has_role(page);
        let edge = if client { "client_pages" } else { "owned_pages" };
        self.pages(call, &caller, &format!("/{version}/{node}/{edge}"), person.pages.iter().filter(meant))
    }

    fn pages<'a>(&self, call: &Call, caller: &Caller, path: &str, pages: impl Iterator<Item = &'a Page>) -> Answer {
        let fields = parse(call.parameters.get("fields"), DEFAULT_FIELDS)?;
        let objects: Vec<_> = pages.map(|page| self.page_object(caller, page, &fields)).collect::<Result<_, _>>()?;
        page(call, path, objects, &self.control.settings()).map(Json)
    }

    /// A Page by its id, for a person who has a role on it.
    pub(super) fn page_node(&self, caller: &Caller, id: &str, fields: &[Field]) -> Result<Value, GraphError> {
        let person = self.person(caller)?;
        let page = person.pages.iter().find(|page| page.id == id).ok_or_else(|| GraphError::no_object(id))?;
        self.page_object(caller, page, fields)
    }

    fn page_object(&self, caller: &Caller, page: &Page, fields: &[Field]) -> Result<Value, GraphError> {
        select("Page", fields, |field| self.page_field(caller, page, field))
    }

    fn page_field(&self, caller: &Caller, page: &Page, field: &Field) -> Result<Option<Value>, GraphError> {
        Ok(Some(match field.name.as_str() {
            "id" => json!(page.id),
            "name" => json!(page.name),
            "category" => json!("Bakery"),
            "tasks" => json!(page.tasks),
            "access_token" => json!(self.page_token(caller, page)),
            "instagram_business_account" => self.linked_account(caller, page, field)?,
            _ => return Ok(None),
        }))
    }

    /// A user's token gives the Page's; the Page's own is already that.
    fn page_token(&self, caller: &Caller, page: &Page) -> Option<String> {
        if !matches!(caller.token.kind, Kind::User | Kind::SystemUser) {
            return Some(caller.text.clone());
        }
        let token = held(&self.grants).page_token(&caller.text, &page.id, self.control.now())?;
        Some(self.control.note("page_token", token))
    }

    /// Absent where there is none, or where it may not be seen.
    fn linked_account(&self, caller: &Caller, page: &Page, field: &Field) -> Result<Value, GraphError> {
        let visible = self.allows(caller, "instagram_basic");
        let Some(account) = page.instagram.as_ref().filter(|_| visible) else { return Ok(Value::Null) };
        select("IGUser", &field.within, |field| Ok(instagram_field(account, field)))
    }
}

/// On this path the node has no `account_type` and no `user_id`.
fn instagram_field(account: &InstagramAccount, field: &Field) -> Option<Value> {
    Some(match field.name.as_str() {
        "id" => json!(account.id),
        "username" => json!(account.username),
        "name" => json!(account.name),
        "profile_picture_url" => json!(account.profile_picture_url),
        "followers_count" => json!(account.followers_count),
        "follows_count" => json!(account.follows_count),
        "media_count" => json!(account.media_count),
        "biography" | "website" => Value::Null,
        _ => return None,
    })
}
