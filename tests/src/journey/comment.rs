//! Somebody comments on Instagram, and the comment becomes a row of the CRM's.
//!
//! Media isn't synced yet, so the media that is commented is put there first.

use std::time::Duration;

use anyhow::{Context, Result, anyhow, ensure};
use serde_json::json;
use testkit::{Delivered, RemoteMeta, meta};
use tokio::time::{interval, timeout};
use tokio_postgres::{Client, Row};

use super::{PATIENCE, say};
use crate::stack::StackDescription;

const COMMENT_ID: &str = "17900000000000001";

pub(super) async fn arrives(database: &Client, stack: &StackDescription, account: &str) -> Result<()> {
    prepare(database, account).await?;
    let secrets = &stack.secrets.meta;
    let app = meta::App { app_id: secrets.app_id.clone(), app_secret: secrets.app_secret.clone() };
    let meta = RemoteMeta::at(&stack.meta_url).map_err(|error| anyhow!(error))?;
    let callback = format!("{}/api/webhooks/instagram", stack.api_url);
    meta.subscribe(&app, &callback, &secrets.verify_token).await?;
    say("Meta subscribed our callback", "handshake → challenge returned");
    let comment = json!({ "id": COMMENT_ID, "text": "What a lovely café ☕", "from": { "id": "9900", "username": "grace" },
                          "media": { "id": "17800000000000001", "media_product_type": "FEED" } });
    let entry = json!([{ "id": "17841400000000001", "changes": [{ "field": "comments", "value": comment }] }]);
    accepted(&meta.events(&entry, &json!({})).await?)?;
    say("Meta reported a comment", "signed delivery → 200");
    let row = appears(database).await?;
    say("It is a row of ig_comments", row.try_get(0)?);
    Ok(())
}

async fn prepare(database: &Client, account: &str) -> Result<()> {
    let account: i32 = account.parse()?;
    database.execute(include_str!("media.sql"), &[&account]).await.context("the media that is commented")?;
    Ok(())
}

fn accepted(answers: &[Delivered]) -> Result<()> {
    ensure!(answers.iter().all(|answer| answer.status == 200), "our callback answered {answers:?}");
    Ok(())
}

async fn appears(database: &Client) -> Result<Row> {
    let sql = "SELECT from_user || ': ' || text FROM ig_comments WHERE ig_id = $1";
    let mut pace = interval(Duration::from_millis(50));
    let search = async {
        loop {
            pace.tick().await;
            if let Some(row) = database.query_opt(sql, &[&COMMENT_ID]).await? {
                return Ok::<_, tokio_postgres::Error>(row);
            }
        }
    };
    Ok(timeout(PATIENCE, search).await.context("the comment never came out of the queue")??)
}
