//! `stack.json`: the addresses, names and secrets of a running stack, for tests, tools and people.

use std::collections::BTreeMap;
use std::fs::{self, OpenOptions};
use std::io::Write;
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

use anyhow::{Context, Result};
use serde::{Deserialize, Serialize};

/// Everything that someone from outside needs in order to use a running stack.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct StackDescription {
    /// Where the HTTP API answers, without a final slash.
    pub api_url: String,
    /// PostgreSQL.
    pub database_url: String,
    /// Redis.
    pub redis_url: String,
    /// The AWS emulator.
    pub aws_endpoint_url: String,
    /// TikTok, simulated unless given.
    pub tiktok_url: String,
    /// Meta, simulated unless given.
    pub meta_url: String,
    /// The queues' addresses by name: `webhooks`, `webhooks-dlq`, …
    pub queues: BTreeMap<String, String>,
    /// People who may use the API.
    pub users: Vec<StackUser>,
    /// Deployed names by folder name.
    pub functions: BTreeMap<String, String>,
    /// The credentials of our apps at the platforms.
    pub secrets: PlatformSecrets,
}

/// A person in the `users` table.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StackUser {
    /// `users.id`.
    pub id: i64,
    /// A bearer token that the API accepts.
    pub token: String,
}

/// The credentials of our apps at the platforms.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlatformSecrets {
    /// TikTok.
    pub tiktok: TikTokSecret,
    /// Meta, with Facebook Login.
    pub meta: MetaSecret,
    /// Meta, with Instagram Login.
    pub instagram: InstagramSecret,
}

/// Our app at TikTok.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct TikTokSecret {
    /// Names the app.
    pub client_key: String,
    /// Signs webhooks and proves the app.
    pub client_secret: String,
}

/// Our app at Meta, with Facebook Login.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct MetaSecret {
    /// Names the app.
    pub app_id: String,
    /// Signs webhooks and proves the app.
    pub app_secret: String,
    /// Expected in the webhook handshake.
    pub verify_token: String,
}

/// Our app at Meta, with Instagram Login.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct InstagramSecret {
    /// Names the app.
    pub app_id: String,
    /// Signs webhooks and proves the app.
    pub app_secret: String,
}

impl StackDescription {
    /// Reads the description of a running stack.
    pub fn load(path: &Path) -> Result<Self> {
        let text = fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?;
        serde_json::from_str(&text).with_context(|| format!("{} does not describe a stack", path.display()))
    }

    /// Writes the description so that a reader sees all of it or nothing.
    pub fn save(&self, path: &Path) -> Result<()> {
        let draft = path.with_extension("json.draft");
        // It holds the credentials of real apps where those were given.
        let mut file = OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(&draft)?;
        writeln!(file, "{}", serde_json::to_string_pretty(self)?)?;
        fs::rename(&draft, path).with_context(|| format!("cannot write {}", path.display()))
    }
}
