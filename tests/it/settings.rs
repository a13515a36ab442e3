//! Template, functions, environment variables and permissions, held to each other: nothing is set that isn't read, and
//! nothing is read that isn't set.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Path, PathBuf},
    sync::Mutex,
};

use serde_json::Value;
use shared::{
    config::{ConfigError, Vars},
    telemetry,
};
use tests::template::Template;

/// A value of the right form for each variable that the template sets.
const SAMPLES: [(&str, &str); 42] = [
    ("DATABASE_HOST", "database.example.com"),
    ("DATABASE_NAME", "social"),
    ("DATABASE_PORT", "5432"),
    ("DATABASE_SECRET_ID", "arn:database"),
    ("FACEBOOK_DIALOG_URL", "https://www.facebook.com/v26.0/dialog/oauth"),
    ("FACEBOOK_LOGIN_SCOPES", "instagram_basic,pages_show_list"),
    ("GRAPH_API_URL", ""),
    ("GRAPH_API_VERSION", "v26.0"),
    ("INSTAGRAM_API_URL", ""),
    ("INSTAGRAM_AUTH_URL", ""),
    ("INSTAGRAM_GRAPH_URL", ""),
    ("INSTAGRAM_LOGIN", "facebook_login"),
    ("INSTAGRAM_LOGIN_SCOPES", "instagram_business_basic"),
    ("INSTAGRAM_SECRET_ID", "arn:instagram"),
    ("JWT_AUDIENCE", "social"),
    ("JWT_ISSUER", "app"),
    ("JWT_JWKS_URL", ""),
    ("JWT_SECRET_ID", "arn:jwt"),
    ("JWT_USER_CLAIM", "sub"),
    ("LIMIT_PER_IP", "300"),
    ("LIMIT_PER_USER", "120"),
    ("LOG_LEVEL", "INFO"),
    ("MEDIA_BUCKET", "media"),
    ("META_APPSECRET_PROOF", "timed"),
    ("META_CONFIG_ID", ""),
    ("META_SECRET_ID", "arn:meta"),
    ("METRICS_NAMESPACE", "social-dev"),
    ("PUBLIC_URL", "https://app.example.com"),
    ("PUBLISH_CONCURRENCY", "2"),
    ("PUBLISH_QUEUE_URL", "https://sqs.example.com/publish"),
    ("REDIS_URL", "redis://cache.example.com:6379"),
    ("RETURN_ADDRESSES", ""),
    ("SUBSCRIPTIONS_QUEUE_URL", "https://sqs.example.com/subscriptions"),
    ("TIKTOK_API_URL", ""),
    ("TIKTOK_AUTH_URL", ""),
    ("TIKTOK_PKCE", "on"),
    ("TIKTOK_SCOPES", "user.info.basic"),
    ("TIKTOK_SECRET_ID", "arn:tiktok"),
    ("TIKTOK_UPLOAD_HOSTS", ""),
    ("VAULT_KEY_ID", "arn:vault"),
    ("WEBHOOKS_DEAD_LETTER_QUEUE_URL", "https://sqs.example.com/webhooks-dlq"),
    ("WEBHOOKS_QUEUE_URL", "https://sqs.example.com/webhooks"),
];

#[tokio::test]
async fn every_function_reads_exactly_what_the_template_sets() {
    for (function, variables) in Template::load().unwrap().environment() {
        let set: BTreeSet<_> = variables.keys().map(|name| (*name).to_owned()).collect();
        let vars = Recorded::new(&set);
        load(function, &vars).await.unwrap_or_else(|error| panic!("{function}: {error}"));
        assert_eq!(vars.read(), set, "{function}");
    }
}

#[test]
fn every_function_has_a_folder_and_a_sample_event() {
    let template = Template::load().unwrap();
    let named: BTreeSet<_> = template.functions().keys().map(|name| (*name).to_owned()).collect();
    assert_eq!(named, names_in("functions"));
    assert_eq!(named, names_in("events"));
}

#[test]
fn a_function_may_read_the_secrets_and_send_to_the_queues_that_it_is_told_of_and_do_nothing_else() {
    let template = Template::load().unwrap();
    for (name, function) in template.functions() {
        let allowed: BTreeSet<_> = function.statements().into_iter().flat_map(grants).collect();
        let (keys, allowed): (BTreeSet<_>, BTreeSet<_>) =
            allowed.into_iter().partition(|(action, _)| action.starts_with("kms:"));
        assert_key_use(name, function.environment().contains_key("VAULT_KEY_ID"), &keys);
        let (files, allowed): (BTreeSet<_>, BTreeSet<_>) =
            allowed.into_iter().partition(|(action, _)| action.starts_with("s3:"));
        assert_file_use(name, function.environment().contains_key("MEDIA_BUCKET"), &files);
        let mut needed = BTreeSet::new();
        for (variable, value) in function.environment() {
            let action = match variable.rsplit_once('_') {
                Some((_, "ID")) if variable.ends_with("_SECRET_ID") => "secretsmanager:GetSecretValue",
                Some((_, "URL")) if variable.ends_with("_QUEUE_URL") => "sqs:SendMessage",
                _ => continue,
            };
            needed.insert((action.to_owned(), value["Ref"].as_str().unwrap().to_owned()));
        }
        for event in function.events().iter().filter(|event| event.kind == "SQS") {
            let queue = named(&event.properties["Queue"]);
            for action in ["ReceiveMessage", "DeleteMessage", "GetQueueAttributes"] {
                needed.insert((format!("sqs:{action}"), queue.clone()));
            }
        }
        assert_eq!(allowed, needed, "{name}");
    }
}

/// A function that is told of the vault's key seals under it or opens what it sealed, and another one does neither.
fn assert_key_use(function: &str, is_told: bool, keys: &BTreeSet<(String, String)>) {
    assert_eq!(is_told, !keys.is_empty(), "{function}");
    for (action, key) in keys {
        assert!(matches!(action.as_str(), "kms:GenerateDataKey" | "kms:Decrypt"), "{function}: {action}");
        assert!(matches!(key.as_str(), "VaultKey" | "VaultKeyArn"), "{function}: {key}");
    }
}

/// A function that is told of the bucket puts, gets, lists or deletes people's files, and another one does nothing with them.
fn assert_file_use(function: &str, is_told: bool, files: &BTreeSet<(String, String)>) {
    assert_eq!(is_told, !files.is_empty(), "{function}");
    for (action, files) in files {
        let is_known = matches!(action.as_str(), "s3:PutObject" | "s3:GetObject" | "s3:DeleteObject" | "s3:ListBucket");
        assert!(is_known, "{function}: {action}");
        assert_eq!(files, "MediaBucket", "{function}");
    }
}

/// Each action of a statement with each resource that it's allowed on.
fn grants(statement: &Value) -> Vec<(String, String)> {
    assert_eq!(statement["Effect"], "Allow");
    let list = |value: &Value| value.as_array().cloned().unwrap_or_else(|| vec![value.clone()]);
    let resources: Vec<_> = list(&statement["Resource"]).into_iter().flat_map(either).collect();
    let actions = list(&statement["Action"]);
    let grant = |action: &Value, resource: &Value| (action.as_str().unwrap().to_owned(), named(resource));
    actions.iter().flat_map(|action| resources.iter().map(move |resource| grant(action, resource))).collect()
}

/// What a resource may come to: both ways of an `!If`, without the one that is nothing.
fn either(resource: Value) -> Vec<Value> {
    let nothing = serde_json::json!({ "Ref": "AWS::NoValue" });
    match resource["Fn::If"].as_array() {
        Some(ways) => ways[1..].iter().filter(|way| **way != nothing).cloned().collect(),
        None => vec![resource],
    }
}

/// The logical id behind `!Ref X` or `!GetAtt X.Arn`, and that of a bucket behind its people's files. A pattern such as
/// `*` is none.
fn named(resource: &Value) -> String {
    let attribute = &resource["Fn::GetAtt"];
    let files = resource["Fn::Sub"].as_str().and_then(|files| files.strip_prefix("${")?.strip_suffix(".Arn}/media/*"));
    let id = resource["Ref"].as_str().or(attribute.as_str()).or(attribute[0].as_str()).or(files);
    id.unwrap_or_else(|| panic!("{resource} names no resource of the template")).trim_end_matches(".Arn").to_owned()
}

/// The files and folders in one of the project's folders, without their endings.
fn names_in(folder: &str) -> BTreeSet<String> {
    let entries = fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(folder)).unwrap();
    let stem = |path: PathBuf| path.file_stem().unwrap().to_str().unwrap().to_owned();
    entries.map(|entry| stem(entry.unwrap().path())).collect()
}

/// Loads a function's settings as its `main` does.
async fn load(function: &str, vars: &Recorded) -> Result<(), ConfigError> {
    telemetry::init("settings", vars)?;
    match function {
        "accounts-list" => accounts_list::endpoint(vars).await.map(drop),
        "api-docs" => api_docs::endpoint(vars).await.map(drop),
        "auth-callback" => auth_callback::endpoint(vars).await.map(drop),
        "auth-disconnect" => auth_disconnect::endpoint(vars).await.map(drop),
        "auth-start" => auth_start::endpoint(vars).await.map(drop),
        "authorizer" => authorizer::App::load(vars).await.map(drop),
        "console" => console::endpoint(vars).await.map(drop),
        "data-deletion-status" => data_deletion_status::endpoint(vars).await.map(drop),
        "db-migrate" => db_migrate::App::load(vars).await.map(drop),
        "health" => health::endpoint(vars).await.map(drop),
        "media-create" => media_create::endpoint(vars).await.map(drop),
        "meta-data-deletion" => meta_data_deletion::endpoint(vars).await.map(drop),
        "meta-deauthorize" => meta_deauthorize::endpoint(vars).await.map(drop),
        "posts-get" => posts_get::endpoint(vars).await.map(drop),
        "posts-list" => posts_list::endpoint(vars).await.map(drop),
        "publish-worker" => publish_worker::App::load(vars).await.map(drop),
        "status-updater" => status_updater::App::load(vars).await.map(drop),
        "subscription-worker" => subscription_worker::App::load(vars).await.map(drop),
        "token-refresh" => token_refresh::App::load(vars).await.map(drop),
        "upload" => upload::endpoint(vars).await.map(drop),
        "webhook-ingest" => webhook_ingest::endpoint(vars).await.map(drop),
        "webhook-processor" => webhook_processor::App::load(vars).await.map(drop),
        other => panic!("{other} is in the template, but not in this test"),
    }
}

/// A source of settings that remembers what was asked for.
struct Recorded {
    values: BTreeMap<String, String>,
    asked: Mutex<BTreeSet<String>>,
}

impl Recorded {
    fn new(set: &BTreeSet<String>) -> Self {
        let samples = BTreeMap::from(SAMPLES);
        let sample = |name: &String| {
            let value = samples.get(name.as_str()).unwrap_or_else(|| panic!("{name} needs a sample in this test"));
            (name.clone(), (*value).to_owned())
        };
        let region = ("AWS_REGION".to_owned(), "eu-central-1".to_owned());
        Self { values: set.iter().map(sample).chain([region]).collect(), asked: Mutex::default() }
    }

    /// What was asked for, but for the variables that Lambda and the SDK define.
    fn read(&self) -> BTreeSet<String> {
        let asked = self.asked.lock().unwrap();
        asked.iter().filter(|name| !name.starts_with("AWS_")).cloned().collect()
    }
}

impl Vars for Recorded {
    fn get(&self, name: &str) -> Option<String> {
        self.asked.lock().unwrap().insert(name.to_owned());
        self.values.get(name).filter(|value| !value.is_empty()).cloned()
    }
}
