//! Accounts are connected, as a browser does it.

use anyhow::{Context, Result, anyhow, ensure};
use reqwest::{Method, header::HeaderMap};
use serde_json::Value;
use testkit::{Consent, RemoteMeta, RemoteTikTok};

use super::{person::Person, say};
use crate::stack::StackDescription;

/// The accounts' ids here.
pub(super) struct Accounts {
    pub(super) tiktok: String,
    pub(super) instagram: String,
}

/// One on each platform.
pub(super) async fn both(person: &Person<'_>, stack: &StackDescription) -> Result<Accounts> {
    let tiktok = RemoteTikTok::at(&stack.tiktok_url).map_err(|error| anyhow!(error))?;
    let (page, cookie) = start(person, "tiktok").await?;
    let tiktok = finish(person, "TikTok", &tiktok.consent(&page, &Consent::allow()).await?, &cookie).await?;
    let meta = RemoteMeta::at(&stack.meta_url).map_err(|error| anyhow!(error))?;
    let (page, cookie) = start(person, "instagram").await?;
    let instagram = finish(person, "Instagram", &meta.consent(&page, &Consent::allow()).await?, &cookie).await?;
    Ok(Accounts { tiktok, instagram })
}

/// The consent page's address, and the cookie to come back with.
async fn start(person: &Person<'_>, platform: &str) -> Result<(String, String)> {
    let request = person.request(Method::GET, &format!("/api/auth/{platform}"));
    let answer = request.send().await?.error_for_status()?;
    let cookie = header(answer.headers(), "set-cookie")?.split(';').next().unwrap_or_default().to_owned();
    let started: Value = serde_json::from_str(&answer.text().await?)?;
    Ok((started["url"].as_str().context("no consent page")?.to_owned(), cookie))
}

/// Back from the consent page, and on to the app, which is told the account's id.
async fn finish(person: &Person<'_>, platform: &str, location: &str, cookie: &str) -> Result<String> {
    let answer = person.http.get(location).header("cookie", cookie).send().await?;
    let end = header(answer.headers(), "location")?;
    let (_, told) = end.trim_end_matches('#').split_once('?').unwrap_or_default();
    ensure!(told.contains("connected="), "{platform} was not connected: {told}");
    say(&format!("{platform} connected"), told);
    let mut members = told.split('&').filter_map(|member| member.split_once('='));
    let account = members.find_map(|(name, value)| (name == "accountId").then_some(value));
    Ok(account.context("the app isn't told the account's id")?.to_owned())
}

fn header(headers: &HeaderMap, name: &str) -> Result<String> {
    let value = headers.get(name).with_context(|| format!("the answer has no {name}"))?;
    Ok(value.to_str()?.to_owned())
}
