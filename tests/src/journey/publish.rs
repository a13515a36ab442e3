//! A video is put into the bucket, posted to TikTok, and followed until everybody can see it.

use std::time::Duration;

use anyhow::{Context, Result, anyhow, bail, ensure};
use serde_json::{Value, json};
use testkit::{RemoteTikTok, samples};
use tokio::time::{interval, timeout};

use super::{PATIENCE, person::Person, say};
use crate::stack::StackDescription;

pub(super) async fn video(person: &Person<'_>, stack: &StackDescription, account: &str) -> Result<()> {
    let tiktok = RemoteTikTok::at(&stack.tiktok_url).map_err(|error| anyhow!(error))?;
    tiktok.set_callback(&format!("{}/api/webhooks/tiktok", stack.api_url)).await?;
    let file = samples::mp4();
    let media = stage(person, &file).await?;
    let taken = person.post_once("/api/tiktok/upload", &request(account, &media)?, &format!("journey-{media}")).await?;
    let post = taken["postId"].as_i64().context("the post has no id")?;
    say("A post was taken on", &format!("post {post} is {}", word(&taken["status"])));
    let post = followed(person, post).await?;
    for line in post["timeline"].as_array().into_iter().flatten() {
        say(word(&line["at"]), word(&line["event"]));
    }
    arrived(&tiktok, &post, file.len()).await?;
    say("Everybody can see it", word(&post["permalink"]));
    Ok(())
}

/// Puts a file into the bucket, as a browser does it; returns its id.
async fn stage(person: &Person<'_>, file: &[u8]) -> Result<Value> {
    let promise = json!({ "contentType": "video/mp4", "size": file.len(), "checksum": samples::crc32(file) });
    let media = person.post("/api/media", &promise).await?;
    let mut put = person.http.put(word(&media["uploadUrl"]));
    for (name, value) in media["headers"].as_object().into_iter().flatten() {
        put = put.header(name, word(value));
    }
    put.body(file.to_vec()).send().await?.error_for_status().context("the bucket refuses the file")?;
    say("A video lies in the bucket", &format!("file {} of {} bytes", media["mediaId"], file.len()));
    Ok(media["mediaId"].clone())
}

fn request(account: &str, media: &Value) -> Result<Value> {
    let info = json!({
        "title": "Morning run #fitness", "privacy_level": "PUBLIC_TO_EVERYONE", "disable_comment": false,
        "disable_duet": true, "disable_stitch": true, "brand_content_toggle": false, "brand_organic_toggle": false,
        "is_aigc": false,
    });
    Ok(json!({
        "accountId": account.parse::<i64>()?, "mediaKind": "VIDEO", "mode": "DIRECT_POST", "source": "FILE_UPLOAD",
        "mediaId": media, "postInfo": info,
    }))
}

/// The post once it's known under a public id.
async fn followed(person: &Person<'_>, post: i64) -> Result<Value> {
    let (path, mut pace) = (format!("/api/tiktok/posts/{post}"), interval(Duration::from_millis(200)));
    let end = async {
        loop {
            pace.tick().await;
            let post = person.get(&path).await?;
            match word(&post["status"]) {
                "FAILED" | "HELD" => bail!("the post did not come out: {post}"),
                _ if !post["permalink"].is_null() => return Ok(post),
                _ => {}
            }
        }
    };
    timeout(PATIENCE, end).await.context("the post never came out")?
}

/// TikTok has exactly this post, and the whole file.
async fn arrived(tiktok: &RemoteTikTok, post: &Value, size: usize) -> Result<()> {
    let all = tiktok.posts().await?;
    let ours: Vec<_> = all.iter().filter(|made| made["publish_id"] == post["publishId"]).collect();
    ensure!(ours.len() == 1 && ours[0]["bytes"] == size, "TikTok has something else: {ours:?}");
    Ok(())
}

fn word(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}
