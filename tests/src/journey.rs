//! The journey: what a person sees the system do, through its public addresses only.
//!
//! Publishing isn't part of the system yet, so the post and the media that the webhooks are about are put there first.

use std::time::Duration;

use anyhow::{Context, Result, anyhow, ensure};
use reqwest::{Client as Http, header::HeaderMap, redirect::Policy};
use serde_json::{Value, json};
use testkit::{Consent, Delivered, RemoteMeta, RemoteTikTok, meta};
use tokio::time::{interval, timeout};
use tokio_postgres::{Client, NoTls};

use crate::stack::StackDescription;

/// The person whom the simulated TikTok knows from its start.
const OPEN_ID: &str = "-000SimulatedAdaAAAAAAAAAAAAAAAAAAAA";
const PUBLISH_ID: &str = "v_pub_file~v2-1.7600000000000000001";
const COMMENT_ID: &str = "17900000000000001";
const PATIENCE: Duration = Duration::from_secs(60);

/// Walks it once; walking it again is safe.
///
/// # Errors
/// A step didn't do what it should.
pub async fn walk(stack: &StackDescription) -> Result<()> {
    let (database, connection) = tokio_postgres::connect(&stack.database_url, NoTls).await?;
    let connection = tokio::spawn(connection);
    connect(stack).await?;
    prepare(&database, stack).await?;
    publish_completes(&database, stack).await?;
    comment_arrives(&database, stack).await?;
    show(&database).await?;
    drop(database);
    connection.await??;
    Ok(())
}

/// Connects an account on each platform, as a browser does it.
async fn connect(stack: &StackDescription) -> Result<()> {
    let browser = Browser::open(stack)?;
    let (url, cookie) = browser.start("tiktok").await?;
    let tiktok = RemoteTikTok::at(&stack.tiktok_url).map_err(|error| anyhow!(error))?;
    browser.finish("TikTok", &tiktok.consent(&url, &Consent::allow()).await?, &cookie).await?;
    let (url, cookie) = browser.start("instagram").await?;
    let meta = RemoteMeta::at(&stack.meta_url).map_err(|error| anyhow!(error))?;
    browser.finish("Instagram", &meta.consent(&url, &Consent::allow()).await?, &cookie).await
}

/// What a browser does between our API and a consent page.
struct Browser<'a> {
    http: Http,
    stack: &'a StackDescription,
}

impl<'a> Browser<'a> {
    fn open(stack: &'a StackDescription) -> Result<Self> {
        // Whoever comes first installs it; both would install the same.
        let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
        Ok(Self { http: Http::builder().redirect(Policy::none()).timeout(PATIENCE).build()?, stack })
    }

    /// The consent page's address, and the cookie to come back with.
    async fn start(&self, platform: &str) -> Result<(String, String)> {
        let token = &self.stack.users.first().context("the stack has no user")?.token;
        let request = self.http.get(format!("{}/api/auth/{platform}", self.stack.api_url)).bearer_auth(token);
        let answer = request.send().await?.error_for_status()?;
        let cookie = header(answer.headers(), "set-cookie")?.split(';').next().unwrap_or_default().to_owned();
        let started: Value = serde_json::from_str(&answer.text().await?)?;
        Ok((started["url"].as_str().context("no consent page")?.to_owned(), cookie))
    }

    /// Back from the consent page, and on to the app.
    async fn finish(&self, platform: &str, location: &str, cookie: &str) -> Result<()> {
        let answer = self.http.get(location).header("cookie", cookie).send().await?;
        let end = header(answer.headers(), "location")?;
        let (_, told) = end.trim_end_matches('#').split_once('?').unwrap_or_default();
        ensure!(told.contains("connected="), "{platform} was not connected: {told}");
        say(&format!("{platform} connected"), told);
        Ok(())
    }
}

fn header(headers: &HeaderMap, name: &str) -> Result<String> {
    let value = headers.get(name).with_context(|| format!("the answer has no {name}"))?;
    Ok(value.to_str()?.to_owned())
}

/// A post on its way and media that can be commented.
async fn prepare(database: &Client, stack: &StackDescription) -> Result<()> {
    let user = stack.users.first().context("the stack has no user")?.id;
    let sql = include_str!("journey.sql").replace("$USER", &user.to_string());
    database.batch_execute(&sql).await.context("the rows that the journey starts from")
}

async fn publish_completes(database: &Client, stack: &StackDescription) -> Result<()> {
    let tiktok = RemoteTikTok::at(&stack.tiktok_url).map_err(|error| anyhow!(error))?;
    tiktok.set_callback(&format!("{}/api/webhooks/tiktok", stack.api_url)).await?;
    let event = json!({
        "event": "post.publish.complete", "user_openid": OPEN_ID,
        "content": { "publish_id": PUBLISH_ID, "publish_type": "DIRECT_PUBLISH" },
    });
    accepted(&tiktok.event(&event).await?)?;
    say("TikTok reported a post as published", "signed delivery → 200");
    let sql = "SELECT 1 FROM tiktok_posts WHERE publish_id = $1 AND status = 'PUBLISH_COMPLETE'";
    appears(database, sql, PUBLISH_ID).await
}

async fn comment_arrives(database: &Client, stack: &StackDescription) -> Result<()> {
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
    appears(database, "SELECT 1 FROM ig_comments WHERE ig_id = $1", COMMENT_ID).await
}

fn accepted(answers: &[Delivered]) -> Result<()> {
    ensure!(answers.iter().all(|answer| answer.status == 200), "our callback answered {answers:?}");
    Ok(())
}

async fn appears(database: &Client, sql: &str, id: &str) -> Result<()> {
    let mut pace = interval(Duration::from_millis(50));
    let search = async {
        while database.query_opt(sql, &[&id]).await?.is_none() {
            pace.tick().await;
        }
        Ok::<_, tokio_postgres::Error>(())
    };
    timeout(PATIENCE, search).await.with_context(|| format!("{id} never came out of the queue"))??;
    Ok(())
}

/// The rows that came of it.
async fn show(database: &Client) -> Result<()> {
    let sql = "SELECT provider || ' ' || event_type, 'webhook_events' FROM webhook_events
                WHERE subject_id IN ($3, '17841400000000001')
               UNION ALL SELECT publish_id || ' is ' || status, 'tiktok_posts' FROM tiktok_posts WHERE publish_id = $1
               UNION ALL SELECT from_user || ': ' || text, 'ig_comments' FROM ig_comments WHERE ig_id = $2";
    for row in database.query(sql, &[&PUBLISH_ID, &COMMENT_ID, &OPEN_ID]).await? {
        say(row.try_get(1)?, row.try_get(0)?);
    }
    Ok(())
}

#[expect(clippy::print_stdout, reason = "the journey is told to a person at a terminal")]
fn say(what: &str, how: &str) {
    println!("  {what:<38} {how}");
}
