//! The running stack, as one test sees it.

use std::{
    collections::HashMap,
    env,
    path::{Path, PathBuf},
    sync::atomic::{AtomicU64, Ordering},
    time::{SystemTime, UNIX_EPOCH},
};

use serde_json::json;
use shared::{config::Vars, store::Database};
use tests::stack::{StackDescription, aws::sdk_config, log_folder};

use tokio::sync::{RwLock, RwLockReadGuard, RwLockWriteGuard};

use super::{Api, Aws, FunctionSandbox, Platforms, Tables};

/// Everything that a test needs. Tests share the stack, so each makes up its own names with [`unique`].
pub(crate) struct World {
    _turn: Turn,
    pub(crate) stack: StackDescription,
    pub(crate) api: Api,
    pub(crate) aws: Aws,
    pub(crate) platforms: Platforms,
    pub(crate) tables: Tables,
    pub(crate) logs: PathBuf,
}

impl World {
    /// The database as the functions reach it, for what has no function of its own.
    pub(crate) async fn database(&self) -> Database {
        let settings = self.aws.settings(&self.stack.functions["webhook-processor"]).await;
        Database::load(&Settings(settings), &sdk_config(&self.stack.aws_endpoint_url)).unwrap()
    }

    /// A new database with our schema, as the functions reach it: for what would meddle with other tests' rows.
    pub(crate) async fn new_database(&self) -> OwnDatabase {
        let name = format!("own_{}", unique());
        self.tables.rows(&format!("CREATE DATABASE {name}"), &[]).await;
        let migrate = FunctionSandbox::start(self, "db-migrate", [("DATABASE_NAME", name.as_str())]).await;
        migrate.invoke(json!({})).await;
        let mut settings = self.aws.settings(&self.stack.functions["webhook-processor"]).await;
        settings.insert("DATABASE_NAME".to_owned(), name.clone());
        let database = Database::load(&Settings(settings), &sdk_config(&self.stack.aws_endpoint_url)).unwrap();
        OwnDatabase { tables: self.tables.database(&name).await, database, name }
    }

    /// Waits until every delivery so far has been processed.
    pub(crate) async fn webhooks_processed(&self) {
        self.aws.drained(&self.stack.queues["webhooks"]).await;
    }

    /// The stack that `STACK_JSON` describes, beside other tests.
    pub(crate) async fn open() -> Self {
        Self::connect(Turn::Shared(TURNS.read().await)).await
    }

    /// The stack for this test alone: others wait, so that it may break what they need.
    pub(crate) async fn alone() -> Self {
        Self::connect(Turn::Alone(TURNS.write().await)).await
    }

    async fn connect(turn: Turn) -> Self {
        let path = env::var("STACK_JSON").expect("these tests run against a stack: use `make test`");
        let stack = StackDescription::load(Path::new(&path)).unwrap();
        let api = Api::new(&stack.api_url);
        let platforms = Platforms::open(&stack, &api).await;
        let tables = Tables::open(&stack.database_url).await;
        let aws = Aws::open(&stack.aws_endpoint_url);
        let logs = log_folder(Path::new(&path).parent().unwrap());
        Self { _turn: turn, stack, api, aws, platforms, tables, logs }
    }
}

/// A database that only one test uses.
pub(crate) struct OwnDatabase {
    pub(crate) name: String,
    pub(crate) database: Database,
    pub(crate) tables: Tables,
}

static TURNS: RwLock<()> = RwLock::const_new(());

/// Held for as long as a test uses the stack.
#[expect(dead_code, reason = "the guards are held, not looked at")]
enum Turn {
    Shared(RwLockReadGuard<'static, ()>),
    Alone(RwLockWriteGuard<'static, ()>),
}

/// Settings from a map, such as a deployed function's.
pub(crate) struct Settings(pub(crate) HashMap<String, String>);

impl Vars for Settings {
    fn get(&self, name: &str) -> Option<String> {
        self.0.get(name).cloned()
    }
}

/// A number that no other test of any run uses: 18 digits, as the platforms' ids have.
pub(crate) fn unique() -> String {
    static LAST: AtomicU64 = AtomicU64::new(0);
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_micros() as u64 * 100;
    let later = |last: u64| now.max(last + 1);
    let last = LAST.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |last| Some(later(last))).unwrap();
    later(last).to_string()
}
