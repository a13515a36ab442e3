//! What a file is, from a few kilobytes of it: container, duration, size of the picture, codec.
//!
//! Reads the headers that MP4, MOV, WebM, JPEG and WebP keep such facts in, wherever they are in the file, and never a
//! frame. What a file says of itself is only said: a stranger made it. So reads are counted and bounded, sizes are checked
//! before they are believed, and a fact that isn't told is missing, not an error.

mod jpeg;
mod mp4;
mod seen;
mod webm;
mod webp;

use std::{ops::Range, time::Duration};

use seen::{Seen, Stop};
use serde::{Deserialize, Serialize};

/// What is known of a video.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct VideoFacts {
    /// How it is packed.
    pub container: Container,
    /// How long it is. Streams that were recorded as they came often don't say.
    pub duration: Option<Duration>,
    /// Its first video track.
    pub video: Option<VideoTrack>,
    /// Whether there is sound.
    pub has_audio: bool,
}

/// How a video is packed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Container {
    /// MPEG-4.
    Mp4,
    /// QuickTime.
    Mov,
    /// WebM.
    WebM,
}

/// Moving pictures.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct VideoTrack {
    /// How they are encoded.
    pub codec: Codec,
    /// Pixels from left to right, as stored: a telephone's upright video may lie on its side.
    pub width: u32,
    /// Pixels from top to bottom.
    pub height: u32,
    /// How many a second, on average.
    pub frame_rate: Option<f64>,
}

/// How moving pictures are encoded.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Codec {
    /// H.264, AVC.
    H264,
    /// H.265, HEVC.
    H265,
    /// VP8.
    Vp8,
    /// VP9.
    Vp9,
    /// Another, by the name that the file has for it.
    Other(String),
}

/// What is known of a picture.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ImageFacts {
    /// How it is encoded.
    pub format: ImageFormat,
    /// Pixels from left to right, as stored: a telephone's upright picture may lie on its side.
    pub width: u32,
    /// Pixels from top to bottom.
    pub height: u32,
}

/// How a picture is encoded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum ImageFormat {
    /// JPEG.
    Jpeg,
    /// WebP that stands still.
    WebP,
}

/// Nothing can be said of a file.
#[derive(Debug, thiserror::Error)]
pub enum ProbeError<E: std::error::Error + 'static> {
    /// Reading it failed.
    #[error("the file can't be read")]
    Source(#[source] E),
    /// It is none of those that are asked for.
    #[error("the file is of another kind")]
    OtherKind,
    /// It begins as one of them, but its headers aren't where they must be.
    #[error("the file is damaged or cut off")]
    Damaged,
    /// Its headers are scattered over more reads than they are worth.
    #[error("the file's headers are too large or too scattered")]
    TooScattered,
}

/// Probes a video of `size` bytes, of which `read` gives a range. Takes a few reads of 64 KiB, and of a hostile file no
/// more than 4 MiB.
///
/// # Errors
/// See [`ProbeError`].
pub async fn probe<E, B, F>(size: u64, read: impl Fn(Range<u64>) -> F) -> Result<VideoFacts, ProbeError<E>>
where
    F: Future<Output = Result<B, E>>,
    E: std::error::Error + 'static,
    B: AsRef<[u8]>,
{
    until_told(size, read, video_facts).await
}

/// Probes a picture, as [`probe`] does a video.
///
/// # Errors
/// See [`ProbeError`].
pub async fn probe_image<E, B, F>(size: u64, read: impl Fn(Range<u64>) -> F) -> Result<ImageFacts, ProbeError<E>>
where
    F: Future<Output = Result<B, E>>,
    E: std::error::Error + 'static,
    B: AsRef<[u8]>,
{
    until_told(size, read, image_facts).await
}

/// Reads what the parser misses, until it knows.
async fn until_told<T, E, B, F>(
    size: u64,
    read: impl Fn(Range<u64>) -> F,
    parse: fn(&Seen) -> Result<T, Stop>,
) -> Result<T, ProbeError<E>>
where
    F: Future<Output = Result<B, E>>,
    E: std::error::Error + 'static,
    B: AsRef<[u8]>,
{
    let mut seen = Seen::nothing(size);
    loop {
        let range = match parse(&seen) {
            Ok(facts) => return Ok(facts),
            Err(Stop::Missing(range)) => range,
            Err(Stop::OtherKind) => return Err(ProbeError::OtherKind),
            Err(Stop::Damaged) => return Err(ProbeError::Damaged),
            Err(Stop::TooScattered) => return Err(ProbeError::TooScattered),
        };
        let bytes = read(range.clone()).await.map_err(ProbeError::Source)?.as_ref().to_vec();
        if bytes.len() as u64 != range.end - range.start {
            return Err(ProbeError::Damaged);
        }
        seen.add(range.start, bytes);
    }
}

fn video_facts(seen: &Seen) -> Result<VideoFacts, Stop> {
    let head = seen.bytes(0..seen.size().min(8))?;
    if head.starts_with(&webm::MAGIC) {
        return webm::facts(seen);
    }
    match head.get(4..8) {
        Some(b"ftyp" | b"moov" | b"mdat" | b"wide" | b"free" | b"skip" | b"pnot") => mp4::facts(seen),
        _ => Err(Stop::OtherKind),
    }
}

fn image_facts(seen: &Seen) -> Result<ImageFacts, Stop> {
    let head = seen.bytes(0..seen.size().min(12))?;
    if head.starts_with(&jpeg::MAGIC) {
        return jpeg::facts(seen);
    }
    if head.starts_with(b"RIFF") && head.ends_with(b"WEBP") { webp::facts(seen) } else { Err(Stop::OtherKind) }
}

/// Units at so many a second.
fn seconds(units: f64, per_second: f64) -> Option<Duration> {
    Duration::try_from_secs_f64(units / per_second).ok().filter(|duration| !duration.is_zero())
}

#[cfg(test)]
mod tests;
