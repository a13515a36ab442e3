//! `PUT upload_url`: one chunk after the other. The answers have no envelope; each tells how much has arrived.

use std::{ops::Range, sync::Arc};

use axum::{
    body::Body,
    extract::State,
    http::{
        HeaderMap, Uri,
        header::{AUTHORIZATION, CONTENT_LENGTH, CONTENT_RANGE},
    },
    response::Response,
};

use super::{
    bare,
    posts::{Post, Stage},
    received::Received,
};
use crate::{
    control::held,
    parameters::{Parameters, media_type},
    signing::same,
    stream,
    tiktok::State as TikTok,
};

const FORMATS: [&str; 3] = ["video/mp4", "video/quicktime", "video/webm"];

/// What to do with a chunk.
enum Arrival {
    /// It is what comes next after what has arrived.
    Next(Received),
    /// It had been taken before, and is taken again.
    Repeated,
    /// It is answered with this status, unread.
    Refused(u16),
}

/// What a chunk says that it is.
struct Announced {
    range: Range<u64>,
    total: u64,
}

pub(super) async fn take(State(tiktok): State<Arc<TikTok>>, headers: HeaderMap, uri: Uri, mut body: Body) -> Response {
    let query = Parameters::of_query(&uri);
    let id = query.get("upload_id").unwrap_or_default();
    let arrival = tiktok.arrival(id, query.get("upload_token").unwrap_or_default(), &headers);
    let taken = match arrival {
        Arrival::Next(before) => match read(before.clone(), &mut body).await {
            Some(after) => tiktok.keep(id, before.count, after),
            None => 400,
        },
        Arrival::Repeated => 206,
        Arrival::Refused(status) => status,
    };
    stream::drain(body).await;
    tiktok.progress(id, taken)
}

/// What has arrived with this chunk. Nothing of it counts when it breaks off.
async fn read(mut received: Received, body: &mut Body) -> Option<Received> {
    while let Some(bytes) = stream::next(body).await {
        received.add(&bytes.ok()?);
    }
    Some(received)
}

impl TikTok {
    /// Whether an address still takes bytes.
    pub(in crate::tiktok) fn takes_bytes(&self, url: &str) -> bool {
        let now = self.control.now();
        held(&self.posts).iter().any(|post| post.upload.url == url && post.takes_bytes(now))
    }

    fn arrival(&self, id: &str, token: &str, headers: &HeaderMap) -> Arrival {
        let repeats = self.control.settings().publishing.accepts_repeated_chunk;
        let mut posts = held(&self.posts);
        let Some(post) = posts.by_upload_id(id) else { return Arrival::Refused(404) };
        if !same(&post.upload.token, token) || post.upload.expires_at <= self.control.now() {
            return Arrival::Refused(403);
        }
        match announced(headers) {
            Some(chunk) if chunk.total == post.file.size => post.arrival(&chunk.range, repeats),
            _ => Arrival::Refused(400),
        }
    }

    /// Keeps what has arrived, unless another request was quicker.
    fn keep(&self, id: &str, before: u64, after: Received) -> u16 {
        let mut posts = held(&self.posts);
        match posts.by_upload_id(id) {
            Some(post) if post.received.count == before && !post.is_settled() => {
                post.received = after;
                206
            }
            _ => 416,
        }
    }

    /// The status with how much has arrived; 201 where that is all of it.
    fn progress(self: &Arc<Self>, id: &str, status: u16) -> Response {
        let (range, whole) = {
            let mut posts = held(&self.posts);
            let Some(post) = posts.by_upload_id(id) else { return bare(status, None) };
            if status == 206 && post.is_whole() && !post.is_settled() {
                post.stage = Stage::Processing { since: self.control.now() };
            }
            (post.content_range(self.control.settings().publishing.reports_last_byte), post.is_whole())
        };
        if status == 206 && whole {
            self.let_posts_move();
            return bare(201, Some(range));
        }
        bare(status, Some(range))
    }
}

impl Post {
    fn arrival(&self, range: &Range<u64>, repeats: bool) -> Arrival {
        match self.file.chunk_at(range.start) {
            Some(chunk) if chunk != *range => Arrival::Refused(400),
            Some(_) if range.start == self.received.count && !self.is_settled() => Arrival::Next(self.received.clone()),
            Some(_) if range.end <= self.received.count && repeats => Arrival::Repeated,
            _ => Arrival::Refused(416),
        }
    }

    fn is_whole(&self) -> bool {
        self.received.count == self.file.size
    }

    /// Whether no more bytes are wanted.
    fn is_settled(&self) -> bool {
        !matches!(self.stage, Stage::Receiving)
    }

    fn content_range(&self, last_byte: bool) -> String {
        let count = self.received.count;
        format!("bytes 0-{}/{}", if last_byte { count.saturating_sub(1) } else { count }, self.file.size)
    }
}

/// The chunk, if every header is as it must be. A token has no business here.
fn announced(headers: &HeaderMap) -> Option<Announced> {
    let header = |name| headers.get(name)?.to_str().ok();
    let (range, total) = header(CONTENT_RANGE)?.strip_prefix("bytes ")?.split_once('/')?;
    let (first, last) = range.split_once('-')?;
    let (first, last, length): (u64, u64, u64) =
        (first.parse().ok()?, last.parse().ok()?, header(CONTENT_LENGTH)?.parse().ok()?);
    let end = last.checked_add(1)?;
    let fits = FORMATS.contains(&media_type(headers).as_str()) && !headers.contains_key(AUTHORIZATION);
    (fits && first.checked_add(length) == Some(end))
        .then_some(Announced { range: first..end, total: total.parse().ok()? })
}
