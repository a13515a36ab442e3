//! Webhooks that come while a person's data is deleted, or long after it was.

use std::slice;

use platforms::{instagram::webhook::Author, secret::AccessToken};
use serde_json::{Value, json};
use shared::{
    domain::{Login, LoginKind, Platform, ReachedAccount},
    queue::webhooks::Delivery,
    services::webhooks::process::{Message, Processor},
    store,
};
use time::OffsetDateTime;
use tokio::time::{Duration, Instant};

use super::{asked, begun, completed, now_due, person::Person, purged, status};
use crate::support::{FunctionSandbox, OwnDatabase, World, eventually, unique};

/// Hands entries of a delivery that came in at this time to a processor of this database.
async fn deliver(world: &World, own: &OwnDatabase, received_at: OffsetDateTime, entries: Value) {
    let dead = world.aws.new_queue(&format!("own-{}", unique())).await;
    let processor = Processor { database: own.database.clone(), dead_letters: world.aws.queue(&dead) };
    let body = json!({ "object": "instagram", "entry": entries }).to_string().into_bytes();
    let delivery = Delivery { platform: Platform::Instagram, received_at, correlation_id: None, body };
    let message = Message { id: unique(), body: delivery.to_message() };
    let again = processor.batch(slice::from_ref(&message), Instant::now() + Duration::from_secs(60)).await;
    assert_eq!(again, Vec::<String>::new());
}

fn comment(account: &str, from: &Value, text: &str) -> Value {
    let value = json!({ "id": unique(), "media": { "id": unique() }, "from": from, "text": text });
    json!({ "id": account, "changes": [{ "field": "comments", "value": value }] })
}

/// Entries of everything that webhooks can say of a person; the last is of somebody else.
fn everything(person: &Person, stranger: &str) -> Value {
    let Person { ig_id, page, words, .. } = person;
    let somebody = json!({ "id": unique(), "username": "grace" });
    json!([
        comment(ig_id, &somebody, words),
        comment(page, &somebody, words),
        comment(stranger, &json!({ "id": ig_id }), words),
        comment(stranger, &json!({ "id": "scoped", "username": words }), "by name"),
        comment(stranger, &json!({ "id": ig_id }), &format!("as bytes\u{0}{words}")),
        { "id": stranger, "messaging": [{ "sender": { "id": ig_id }, "message": { "mid": unique(), "text": words } }] },
        { "id": stranger, "standby": [{ "sender": { "id": stranger }, "recipient": { "id": ig_id },
                                        "message": { "mid": unique(), "is_echo": true, "text": words } }] },
        comment(stranger, &somebody, "somebody else's"),
    ])
}

async fn events(own: &OwnDatabase) -> usize {
    own.tables.rows("SELECT 1 FROM webhook_events", &[]).await.len()
}

/// What the person's login brings who consents at this moment.
fn consented_now(person: &Person) -> Login {
    Login {
        platform: Platform::Instagram,
        kind: Some(LoginKind::FacebookLogin),
        open_id: person.id.clone(),
        person_id: Some(person.id.clone()),
        display_name: None,
        scopes: Vec::new(),
        access_token: AccessToken::from("sample".to_owned()),
        refresh_token: None,
        granted_at: OffsetDateTime::now_utc(),
        expires_at: None,
        refresh_expires_at: None,
        data_access_expires_at: None,
        metadata: json!({}),
        instagram_accounts: vec![ReachedAccount {
            ig_business_id: person.ig_id.clone(),
            username: person.words.clone(),
            page: None,
            can_publish: true,
        }],
        is_complete: true,
    }
}

#[tokio::test]
async fn whoever_an_event_names_is_found_however_it_is_stored() {
    let world = World::open().await;
    let own = world.new_database().await;
    let person = Person::connected(&own.tables, own.tables.user().await).await;
    deliver(&world, &own, OffsetDateTime::now_utc(), everything(&person, &unique())).await;
    assert_eq!(events(&own).await, 8);
    begun(&world, &own, &person.id).await;
    assert_eq!(purged(&own).await, 1);
    assert_eq!(person.traces(&own.tables).await, Vec::<String>::new());
    assert_eq!(events(&own).await, 1, "somebody else's");
}

#[tokio::test]
async fn authors_of_what_was_stored_before_anybody_read_them_are_read_first() {
    let world = World::open().await;
    let own = world.new_database().await;
    let person = Person::connected(&own.tables, own.tables.user().await).await;
    deliver(&world, &own, OffsetDateTime::now_utc(), everything(&person, &unique())).await;
    own.tables.run("UPDATE webhook_events SET author_id = NULL, author_name = NULL, author_read = FALSE").await;
    begun(&world, &own, &person.id).await;
    assert_eq!(purged(&own).await, 1);
    assert_eq!(person.traces(&own.tables).await, Vec::<String>::new());
    assert_eq!(events(&own).await, 1, "somebody else's");
    assert!(own.tables.rows("SELECT 1 FROM webhook_events WHERE NOT author_read", &[]).await.is_empty());
}

#[tokio::test]
async fn nothing_is_deleted_while_somebody_else_holds_what_nobody_has_read() {
    let world = World::open().await;
    let own = world.new_database().await;
    let person = Person::connected(&own.tables, own.tables.user().await).await;
    deliver(&world, &own, OffsetDateTime::now_utc(), everything(&person, &unique())).await;
    own.tables.run("UPDATE webhook_events SET author_id = NULL, author_name = NULL, author_read = FALSE").await;
    asked(&world, &own, &person.id).await;
    own.tables.run("UPDATE data_deletion_requests SET state = 'in_progress', next_attempt_at = now()").await;
    let other = world.tables.database(&own.name).await;
    other.run("BEGIN; SELECT FROM webhook_events FOR UPDATE").await;
    assert_eq!(purged(&own).await, 0);
    other.run("ROLLBACK").await;
    assert_eq!(purged(&own).await, 1);
    assert_eq!(events(&own).await, 1, "somebody else's");
}

#[tokio::test]
async fn a_login_that_was_on_its_way_when_its_person_asked_is_deleted_as_well() {
    let world = World::open().await;
    let own = world.new_database().await;
    let person = Person::connected(&own.tables, own.tables.user().await).await;
    begun(&world, &own, &person.id).await;
    let late = "UPDATE oauth_accounts
                   SET status = 'active', access_token_encrypted = 'sealed', granted_at = asked_at - INTERVAL '5 seconds'
                  FROM data_deletion_requests;
                UPDATE instagram_accounts SET status = 'active', page_token_encrypted = 'sealed'";
    own.tables.run(late).await;
    assert_eq!(purged(&own).await, 1);
    assert_eq!(person.traces(&own.tables).await, Vec::<String>::new());
}

#[tokio::test]
async fn who_consents_while_names_are_remembered_is_heard() {
    let world = World::open().await;
    let own = world.new_database().await;
    let person = Person::connected(&own.tables, own.tables.user().await).await;
    begun(&world, &own, &person.id).await;
    let login = consented_now(&person);
    let mut connection = own.database.connection().await.unwrap();
    let transaction = connection.transaction().await.unwrap();
    let again = "UPDATE oauth_accounts SET status = 'active', granted_at = $2 WHERE id = $1";
    transaction.execute(again, &[&person.login, &login.granted_at]).await.unwrap();
    store::forgotten::consented(&transaction, &login).await.unwrap();
    let commit = async {
        eventually("remembering waits for it", async || {
            let waits = "SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event = 'advisory'";
            own.tables.rows(waits, &[]).await.pop().map(drop)
        })
        .await;
        transaction.commit().await.unwrap();
    };
    tokio::join!(purged(&own), commit);
    let later = login.granted_at + Duration::from_secs(1);
    deliver(&world, &own, later, json!([comment(&person.ig_id, &json!({ "id": unique() }), "heard")])).await;
    assert_eq!(events(&own).await, 1);
}

#[tokio::test]
async fn what_comes_in_late_of_somebody_forgotten_is_not_stored_again() {
    let world = World::open().await;
    let own = world.new_database().await;
    let person = Person::connected(&own.tables, own.tables.user().await).await;
    let code = begun(&world, &own, &person.id).await;
    assert_eq!(purged(&own).await, 1);
    let now = OffsetDateTime::now_utc();
    for received_at in [now - Duration::from_secs(86_400), now] {
        deliver(&world, &own, received_at, everything(&person, &unique())).await;
    }
    assert_eq!(person.traces(&own.tables).await, Vec::<String>::new());
    assert_eq!(events(&own).await, 2, "somebody else's");
    assert_eq!(status(&world, &own, &code, "application/json").await.json()["status"], "completed");

    // The account is nobody's, however late it is. What the person writes later is for those who own the post.
    let later = now + Duration::from_secs(3 * 86_400);
    deliver(&world, &own, later, everything(&person, &unique())).await;
    assert_eq!(events(&own).await, 2 + 6);
    let own_account = "SELECT 1 FROM webhook_events WHERE subject_id IN ($1, $2)";
    assert!(own.tables.rows(own_account, &[&person.ig_id, &person.page]).await.is_empty());
}

#[tokio::test]
async fn poison_of_somebody_forgotten_is_not_stored_either() {
    let world = World::open().await;
    let own = world.new_database().await;
    let person = Person::connected(&own.tables, own.tables.user().await).await;
    begun(&world, &own, &person.id).await;
    assert_eq!(purged(&own).await, 1);
    let author = Author { id: Some("scoped".to_owned()), username: Some(person.words.clone()) };
    let poison = |name| store::poison::PoisonRow {
        platform: Some(Platform::Instagram),
        event_type: Some("comments"),
        external_id: name,
        subject_id: (name == "of").then_some(&person.ig_id),
        author: (name == "by").then_some(&author),
        payload: person.words.as_bytes(),
        received_at: OffsetDateTime::now_utc(),
        correlation_id: None,
        error: "refused",
    };
    let connection = own.database.connection().await.unwrap();
    store::poison::insert(&connection, poison("of")).await.unwrap();
    store::poison::insert(&connection, poison("by")).await.unwrap();
    assert_eq!(events(&own).await, 0);
    store::poison::insert(&connection, poison("other")).await.unwrap();
    assert_eq!(events(&own).await, 1);
}

#[tokio::test]
async fn a_delivery_that_is_being_stored_while_the_deletion_begins_is_found_by_it() {
    let world = World::open().await;
    let own = world.new_database().await;
    let person = Person::connected(&own.tables, own.tables.user().await).await;
    let code = asked(&world, &own, &person.id).await;
    let processor = world.tables.database(&own.name).await;
    processor.run("BEGIN; SELECT FROM forgotten").await;
    let sql = "INSERT INTO webhook_events (provider, event_type, external_id, subject_id, payload_json, applied_at)
               VALUES ('instagram', 'comments', '1', $1, '{}', now())";
    processor.rows(sql, &[&person.ig_id]).await;
    for why in ["it waits for nobody", "nor does it end before they have"] {
        assert_eq!(purged(&own).await, 0, "{why}");
        assert_eq!(status(&world, &own, &code, "application/json").await.json()["status"], "in_progress");
    }
    processor.run("COMMIT").await;
    now_due(&own).await;
    assert_eq!(purged(&own).await, 1);
    assert_eq!(events(&own).await, 0);
}

#[tokio::test]
async fn who_connects_again_loses_nothing_that_comes_in_from_then_on() {
    let world = World::open().await;
    let (user, person) = (&world.stack.users[0], world.meta_person().await);
    world.connect_facebook(user, &person).await;
    let answers = world.platforms.meta.request_deletion(&json!({ "person": person.login })).await.unwrap();
    let promise: Value = serde_json::from_str(&answers[0].body).unwrap();
    completed(&world, &promise).await;
    let stored = "SELECT payload_json #>> '{value,text}' FROM webhook_events WHERE subject_id = $1";
    let says = async |text: &str| {
        let entry = comment(&person.ig_id, &json!({ "id": unique() }), text);
        assert_eq!(world.platforms.instagram_event(json!([entry]), 1).await, [200]);
        world.webhooks_processed().await;
        let rows = world.tables.rows(stored, &[&person.ig_id]).await;
        rows.iter().map(|row| row.get(0)).collect::<Vec<String>>()
    };
    assert_eq!(says("before").await, Vec::<String>::new());
    world.connect_facebook(user, &person).await;
    assert_eq!(says("after").await, ["after"]);
}

#[tokio::test]
async fn what_names_nobody_is_kept_for_thirty_days() {
    let world = World::open().await;
    let own = world.new_database().await;
    let sql = "INSERT INTO webhook_events (provider, event_type, external_id, subject_id, waits_for, payload_json, created_at)
               VALUES ($1, 'poison', $2, $3, $4, '{}', now() - make_interval(days => $5))";
    let (nobody, somebody) = (None::<&str>, Some("1"));
    for (number, (provider, subject, waits, days)) in [
        ("unknown", nobody, nobody, 31),
        ("instagram", nobody, nobody, 31),
        ("unknown", nobody, nobody, 29),
        ("instagram", somebody, nobody, 31),
        ("tiktok", nobody, somebody, 31),
    ]
    .into_iter()
    .enumerate()
    {
        own.tables.rows(sql, &[&provider, &number.to_string(), &subject, &waits, &days]).await;
    }
    let updater = FunctionSandbox::start(&world, "status-updater", [("DATABASE_NAME", own.name.as_str())]).await;
    assert_eq!(updater.invoke(json!({})).await["eventsForgotten"], 2);
    let left = "SELECT string_agg(external_id, ' ' ORDER BY external_id) FROM webhook_events";
    assert_eq!(own.tables.rows(left, &[]).await[0].get::<_, &str>(0), "2 3 4");
}

#[tokio::test]
async fn the_names_are_forgotten_as_well_in_the_end() {
    let world = World::open().await;
    let own = world.new_database().await;
    begun(&world, &own, &unique()).await;
    assert_eq!(purged(&own).await, 1);
    let names = async || own.tables.rows("SELECT 1 FROM forgotten", &[]).await.len();
    assert_eq!(names().await, 2, "as an account, and as somebody who writes");
    own.tables.run("UPDATE forgotten SET until = now() - INTERVAL '61 days'").await;
    purged(&own).await;
    assert_eq!(names().await, 0);
}
