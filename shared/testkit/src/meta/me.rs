//! `/{version}/me`: the person, the Page or the Instagram account that a token acts for.

use std::sync::Arc;

use axum::{Json, Router, extract::State, routing::get};
use serde_json::{Value, json};

use super::{
    State as Meta,
    error::GraphError,
    fields::{Field, parse, select},
    grants::Kind,
    graph::{Call, Caller},
    people::{InstagramAccount, Person},
};

pub(super) fn routes() -> Router<Arc<Meta>> {
    Router::new().route("/{version}/me", get(me))
}

async fn me(State(meta): State<Arc<Meta>>, call: Call) -> Result<Json<Value>, GraphError> {
    let caller = call.caller(&meta)?;
    let fields = call.parameters.get("fields");
    match &caller.token.kind {
        Kind::User | Kind::SystemUser => {
            let person = meta.person(&caller)?;
            let of_system_user = caller.token.kind == Kind::SystemUser;
            let portfolio = person.portfolio().filter(|_| of_system_user).map(|portfolio| portfolio.id.clone());
            select("User", &parse(fields, "id,name")?, |field| Ok(user_field(&person, portfolio.as_deref(), field)))
        }
        Kind::Page(id) => meta.page_node(&caller, id, &parse(fields, "id,name")?),
        Kind::Instagram => {
            let account = meta.own_instagram_account(&caller)?;
            select("IGUser", &parse(fields, "id")?, |field| Ok(instagram_field(&account, field)))
        }
    }
    .map(Json)
}

/// Only a system user belongs to a portfolio.
fn user_field(person: &Person, portfolio: Option<&str>, field: &Field) -> Option<Value> {
    let (first, last) = person.name.split_once(' ').unwrap_or((&person.name, ""));
    Some(match field.name.as_str() {
        "id" => json!(person.id),
        "name" => json!(person.name),
        "first_name" => json!(first),
        "last_name" => json!(last),
        "client_business_id" => json!(portfolio),
        _ => return None,
    })
}

/// On this node `id` is the app's own; `user_id`, a number, is the account's in paths and webhooks.
fn instagram_field(account: &InstagramAccount, field: &Field) -> Option<Value> {
    Some(match field.name.as_str() {
        "id" => json!(account.app_scoped_id),
        "user_id" => account.id.parse::<u64>().map_or_else(|_| json!(account.id), |id| json!(id)),
        "username" => json!(account.username),
        "name" => json!(account.name),
        "account_type" => json!(account.account_type),
        "profile_picture_url" => json!(account.profile_picture_url),
        "followers_count" => json!(account.followers_count),
        "follows_count" => json!(account.follows_count),
        "media_count" => json!(account.media_count),
        _ => return None,
    })
}

impl Meta {
    /// The person, or the system user, behind their token or a Page's.
    pub(super) fn person(&self, caller: &Caller) -> Result<Person, GraphError> {
        let account = &caller.token.account;
        self.person_of(account).ok_or_else(|| GraphError::no_object(account))
    }

    /// The person, or the system user, with this id.
    pub(super) fn person_of(&self, id: &str) -> Option<Person> {
        let system_user = |person: Person| person.as_system_user().filter(|user| user.id == id);
        let person = self.control.person(|person| person.id == id);
        person.or_else(|| self.control.people().into_iter().find_map(system_user))
    }

    /// The Instagram account that logged in.
    pub(super) fn own_instagram_account(&self, caller: &Caller) -> Result<InstagramAccount, GraphError> {
        let found = self.instagram_account(|account| account.id == caller.token.account);
        found.ok_or_else(|| GraphError::no_object(&caller.token.account))
    }
}
