//! A key's rotation: every token under the new one, while refreshes go on.

use std::{env, fs, path::Path, process::Output};

use shared::{
    crypto::{Part, Place, Sealed, Vault},
    domain::{Platform, UserId},
    services::rewrap::{self, Outcome},
};
use tests::stack::settings_file;
use tokio::process::Command;

use super::{Token, seal, tiktok_place, vault};
use crate::support::{OwnDatabase, Tables, World, binary, eventually, unique};

const ACCESS: &str = "access_token_encrypted";
const REFRESH: &str = "refresh_token_encrypted";
const PAGE: &str = "page_token_encrypted";

/// A database of its own, an old key and a new one.
struct Rotation {
    world: World,
    own: OwnDatabase,
    old: Vault,
    new: Vault,
    new_key: String,
    user: i64,
}

impl Rotation {
    async fn begin() -> Self {
        let world = World::open().await;
        let own = world.new_database().await;
        let endpoint = &world.stack.aws_endpoint_url;
        let new_key = world.aws.new_key().await;
        let (old, new) = (vault(endpoint, &world.aws.new_key().await), vault(endpoint, &new_key));
        let user = own.tables.user().await;
        Self { old, new, new_key, user, world, own }
    }

    /// A TikTok account with both tokens under the old key.
    async fn account(&self, open_id: &str) -> i32 {
        let id = self.own.tables.tiktok_account(self.user, open_id).await;
        for column in [ACCESS, REFRESH] {
            let sealed = seal(&self.old, open_id, &tiktok_place(column, self.user, open_id)).await;
            self.put("oauth_accounts", column, id, sealed.as_str()).await;
        }
        id
    }

    async fn put(&self, table: &str, column: &str, id: i32, text: &str) {
        let sql = format!("UPDATE {table} SET {column} = $2 WHERE id = $1");
        self.own.tables.rows(&sql, &[&id, &text]).await;
    }

    /// Whether the token in this column lies under the new key, and opens there to this text.
    async fn is_rewrapped(&self, id: i64, token: &str, place: &Place<'_>) -> bool {
        self.is_rewrapped_in((place.table, place.column), id, token, place).await
    }

    /// The same for one that was moved from its place into this table and column.
    async fn is_rewrapped_in(&self, (table, column): (&str, &str), id: i64, token: &str, place: &Place<'_>) -> bool {
        let sql = format!("SELECT {column} FROM {table} WHERE id::bigint = $1");
        let sealed = Sealed::<Token>::from_column(self.own.tables.rows(&sql, &[&id]).await[0].get(0));
        assert_eq!(self.new.open(&sealed, place).await.unwrap().expose(), token);
        self.new.is_current(&sealed).await.unwrap()
    }

    /// The outcomes of a whole run.
    async fn run(&self, rehearsal: bool) -> Vec<Outcome> {
        let mut outcomes = Vec::new();
        let tell = |_: &_, outcome: &Outcome| outcomes.push(outcome.clone());
        rewrap::rewrap(&self.own.database, &self.new, rehearsal, tell).await.unwrap();
        outcomes
    }
}

#[tokio::test]
async fn every_kind_of_token_comes_under_the_new_key() {
    let rotation = Rotation::begin().await;
    let (user, tables) = (rotation.user, &rotation.own.tables);
    let tiktok = rotation.account("ada").await;
    let (login, page) = tables.instagram_account(user, "17841400008460056").await;
    let login_place = Place {
        table: "oauth_accounts",
        column: ACCESS,
        platform: Platform::Instagram,
        user: UserId(user),
        open_id: "17841400008460056",
        part: Part::Login,
    };
    let page_place =
        Place { table: "instagram_accounts", column: PAGE, part: Part::Page("17841400008460056"), ..login_place };
    for (place, id) in [(&login_place, login), (&page_place, page)] {
        rotation.put(place.table, place.column, id, seal(&rotation.old, "meta", place).await.as_str()).await;
    }
    let mut revocations = Vec::new();
    for place in [login_place, page_place] {
        let sealed = seal(&rotation.old, "revoked", &place).await;
        revocations.push((revocation(tables, &sealed, &place).await, place));
    }

    assert_eq!(rotation.run(true).await, vec![Outcome::Rewrapped; 6], "a rehearsal");
    assert_eq!(rotation.run(false).await, vec![Outcome::Rewrapped; 6]);
    assert_eq!(rotation.run(false).await, vec![Outcome::Current; 6]);
    for column in [ACCESS, REFRESH] {
        assert!(rotation.is_rewrapped(tiktok.into(), "ada", &tiktok_place(column, user, "ada")).await);
    }
    assert!(rotation.is_rewrapped(login.into(), "meta", &login_place).await);
    assert!(rotation.is_rewrapped(page.into(), "meta", &page_place).await);
    for (id, place) in revocations {
        assert!(rotation.is_rewrapped_in(("pending_revocations", ACCESS), id, "revoked", &place).await);
    }
    let versions = tables.rows("SELECT 1 FROM oauth_accounts WHERE token_version <> 1", &[]).await;
    assert!(versions.is_empty(), "a refresh that is under way finds the token that it began with");
}

/// A sealed token of a shredded account, moved as it was.
async fn revocation(tables: &Tables, sealed: &Sealed<Token>, place: &Place<'_>) -> i64 {
    let sql =
        "INSERT INTO pending_revocations (user_id, provider, login_kind, open_id, page_id, access_token_encrypted)
               VALUES ($1, 'instagram', 'facebook_login', $2, $3, $4) RETURNING id";
    let page = if let Part::Page(id) = place.part { Some(id) } else { None };
    tables.rows(sql, &[&place.user.0, &place.open_id, &page, &sealed.as_str()]).await[0].get(0)
}

#[tokio::test]
async fn what_was_stopped_in_the_middle_goes_on_where_it_was() {
    let rotation = Rotation::begin().await;
    for number in 0..10 {
        rotation.account(&format!("ada {number}")).await;
    }
    let (stop, stopped) = tokio::sync::oneshot::channel();
    let (mut stop, mut done) = (Some(stop), 0);
    let tell = |_: &_, _: &Outcome| {
        done += 1;
        if done == 7 {
            stop.take().unwrap().send(()).unwrap();
        }
    };
    tokio::select! {
        biased;
        _ = stopped => {}
        _ = rewrap::rewrap(&rotation.own.database, &rotation.new, false, tell) => panic!("it was not stopped"),
    }

    let outcomes = rotation.run(false).await;
    let current = outcomes.iter().filter(|outcome| **outcome == Outcome::Current).count();
    // The eighth write may have been on its way.
    assert!((7..=8).contains(&current), "{outcomes:?}");
    assert_eq!(outcomes[current..], vec![Outcome::Rewrapped; 20 - current]);
    assert_eq!(rotation.run(false).await, vec![Outcome::Current; 20]);
}

#[tokio::test]
async fn a_refresh_that_comes_between_wins_and_is_rewrapped_in_its_turn() {
    let rotation = Rotation::begin().await;
    let id = rotation.account("ada").await;
    let place = tiktok_place(ACCESS, rotation.user, "ada");
    let refreshed = seal(&rotation.old, "refreshed", &place).await;
    let refresh = rotation.world.tables.database(&rotation.own.name).await;
    // Between reading the row and writing it, for as long as this transaction lasts.
    refresh.run("BEGIN").await;
    let sql = "UPDATE oauth_accounts SET access_token_encrypted = $2, token_version = token_version + 1 WHERE id = $1";
    refresh.rows(sql, &[&id, &refreshed.as_str()]).await;

    let (outcomes, ()) = tokio::join!(rotation.run(false), async {
        let waits = "SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'";
        eventually("the write waits", async || rotation.own.tables.rows(waits, &[]).await.pop()).await;
        refresh.run("COMMIT").await;
    });

    assert_eq!(outcomes, vec![Outcome::Rewrapped; 2]);
    assert!(rotation.is_rewrapped(id.into(), "refreshed", &place).await);
}

#[tokio::test]
async fn the_operator_is_told_which_tokens_do_not_open_and_the_others_are_rewrapped() {
    let rotation = Rotation::begin().await;
    let id = rotation.account("ada").await;
    let (moved, broken) = (rotation.account("grace").await, rotation.account("example_bakery").await);
    let elsewhere = seal(&rotation.old, "token", &tiktok_place(ACCESS, rotation.user, "ada")).await;
    rotation.put("oauth_accounts", ACCESS, moved, elsewhere.as_str()).await;
    rotation.put("oauth_accounts", REFRESH, broken, "sealed").await;

    let rehearsed = operator(&rotation, &[]).await;
    assert!(String::from_utf8_lossy(&rehearsed.stdout).contains("4 of them would be"), "{rehearsed:?}");
    let done = operator(&rotation, &["--apply"]).await;

    assert!(!done.status.success());
    let told = String::from_utf8_lossy(&done.stdout);
    assert!(told.contains(&format!("oauth_accounts {moved}, {ACCESS}: ")), "{told}");
    assert!(told.contains(&format!("oauth_accounts {broken}, {REFRESH}: ")), "{told}");
    assert!(told.contains("4 of them lie under the current key now"), "{told}");
    assert!(rotation.is_rewrapped(id.into(), "ada", &tiktok_place(ACCESS, rotation.user, "ada")).await);
    let sql = "SELECT access_token_encrypted FROM oauth_accounts WHERE id = $1";
    let left = rotation.own.tables.rows(sql, &[&moved]).await;
    assert_eq!(left[0].get::<_, &str>(0), elsewhere.as_str());
}

/// Runs the tool on this database, under the new key.
async fn operator(rotation: &Rotation, arguments: &[&str]) -> Output {
    let stack = env::var("STACK_JSON").unwrap();
    let folder = Path::new(&stack).parent().unwrap();
    let deployed = fs::read_to_string(settings_file(folder)).unwrap();
    let file = folder.join(format!("rotation-{}.env", unique()));
    let (name, key) = (&rotation.own.name, &rotation.new_key);
    fs::write(&file, format!("{deployed}DATABASE_NAME={name}\nVAULT_KEY_ID={key}\n")).unwrap();
    let mut command = Command::new(binary("operator"));
    command.arg("--settings").arg(file).args(["tokens", "rewrap"]).args(arguments);
    command.output().await.unwrap()
}
