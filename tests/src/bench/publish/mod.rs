//! The publish worker beside a plain copy: the largest file that a post may have, from the same bucket to the same TikTok
//! in the same pieces.
//!
//! Both ends answer at once, check nothing and speak plain HTTP, so the CPU is what limits: the stand-ins' share of it is
//! the same for both, and hides as much of the worker's. What the worker takes itself stands beside, as its CPU time. Both
//! take turns, so that a noisy machine meets both.

mod bucket;
mod copy;
mod platform;
mod post;

use std::time::Duration;

use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};
use tokio::task::spawn_blocking;

pub(super) use self::bucket::StoredFile;
use self::{copy::PlainCopy, platform::Platform, post::Posts};
use super::{
    events::{self, Event},
    function::call,
    samples::Samples,
    site::Site,
};
use crate::{runtime_api::Sandbox, stack::Project};

/// The function's name.
pub(super) const NAME: &str = "publish-worker";

/// The file's size: the most that TikTok takes.
const FILE: u64 = platforms::tiktok::publish::chunks::MAX_FILE;
/// How much the worker sends at a time, where it isn't turned down.
const PIECE: u64 = 10_000_000;
const ROUNDS: u32 = 3;
/// What the function may take at most, as the template has it.
const LIMIT: Duration = Duration::from_secs(180);

/// How long the file takes, in both ways.
#[derive(Debug)]
pub(super) struct Race {
    /// Until the worker has sent its last byte, in however many invocations.
    pub(super) worker: Samples,
    /// On a CPU for each file, on average.
    pub(super) worker_cpu: Duration,
    /// The worker's most memory after all files, in bytes.
    pub(super) peak_rss: u64,
    /// The plain copy's.
    pub(super) copy: Samples,
    /// On a CPU for each file, on average; the rest is that of both ends.
    pub(super) copy_cpu: Duration,
}

/// What the file is sent by, and where to.
struct Track {
    worker: Sandbox,
    sample: Value,
    posts: Posts,
    platform: Platform,
    copy: PlainCopy,
}

impl Race {
    /// Megabytes in a second, by the median of the files.
    pub(super) fn megabytes_per_second(files: &Samples) -> f64 {
        FILE as f64 / 1e6 / files.median().as_secs_f64().max(f64::EPSILON)
    }
}

/// Lets both send the same file, one after the other.
pub(super) async fn race(project: &Project, site: &Site) -> Result<Race> {
    let mut track = Track::open(project, site).await?;
    let (mut worker, mut copy, mut copy_cpu) = (Vec::new(), Vec::new(), Duration::ZERO);
    for _ in 0..ROUNDS {
        let copied = track.copied().await.context("the plain copy")?;
        copy.push(copied.took);
        copy_cpu += copied.cpu / ROUNDS;
        worker.push(track.published().await?);
    }
    let usage = track.worker.usage()?;
    Ok(Race {
        worker: worker.into_iter().collect(),
        worker_cpu: usage.cpu / ROUNDS,
        peak_rss: usage.peak_rss,
        copy: copy.into_iter().collect(),
        copy_cpu,
    })
}

impl Track {
    async fn open(project: &Project, site: &Site) -> Result<Self> {
        let platform = Platform::start().await?;
        let function = site.function(NAME)?.with("TIKTOK_API_URL", platform.url());
        let function = function.with("TIKTOK_UPLOAD_HOSTS", platform.url());
        site.aws.store(StoredFile::create(&project.root().join("target/bench"), FILE)?);
        Ok(Self {
            worker: function.start()?.with_patience(LIMIT),
            sample: events::sample(project, NAME)?,
            posts: Posts::open(&site.description().database_url, &function, &site.aws.url).await?,
            copy: PlainCopy { from: site.aws.url.clone(), to: platform.url().to_owned() },
            platform,
        })
    }

    async fn copied(&self) -> Result<copy::Copied> {
        let copy = self.copy.clone();
        let copied = spawn_blocking(move || copy.run()).await??;
        self.all_arrived().map(|()| copied)
    }

    /// The worker is called again for as long as it hands over to another one.
    async fn published(&mut self) -> Result<Duration> {
        let post = self.posts.create().await?;
        let event = self.event(post);
        let (mut took, mut before) = (Duration::ZERO, 0);
        while before < FILE {
            took += call(&mut self.worker, &event).await?;
            let sent = self.posts.sent(post).await?;
            ensure!(sent > before, "nothing more was sent:\n{}", self.worker.output().join("\n"));
            before = sent;
        }
        self.all_arrived().map(|()| took)
    }

    fn event(&self, post: i32) -> Event {
        let mut event = self.sample.clone();
        event["Records"][0]["body"] = json!({ "platform": "tiktok", "postId": post }).to_string().into();
        Event { json: event.to_string().into(), is_http: false, refusal: None }
    }

    fn all_arrived(&self) -> Result<()> {
        let arrived = self.platform.take_arrived();
        ensure!(arrived == FILE, "{arrived} bytes have arrived instead of {FILE}");
        Ok(())
    }
}
