//! WebM: elements of EBML. `Info` and `Tracks` come before the first cluster of frames.
//!
//! RFC 8794 (EBML) and RFC 9559 (Matroska).

use std::ops::Range;

use super::{
    Codec, Container, VideoFacts, VideoTrack, seconds,
    seen::{Seen, Stop},
};

/// How every file begins.
pub(super) const MAGIC: [u8; 4] = [0x1a, 0x45, 0xdf, 0xa3];

const DOC_TYPE: u32 = 0x4282;
const SEGMENT: u32 = 0x1853_8067;
const CLUSTER: u32 = 0x1f43_b675;
const INFO: u32 = 0x1549_a966;
const TIMESTAMP_SCALE: u32 = 0x002a_d7b1;
const DURATION: u32 = 0x4489;
const TRACKS: u32 = 0x1654_ae6b;
const TRACK_ENTRY: u32 = 0xae;
const TRACK_TYPE: u32 = 0x83;
const CODEC_ID: u32 = 0x86;
const DEFAULT_DURATION: u32 = 0x0023_e383;
const VIDEO: u32 = 0xe0;
const PIXEL_WIDTH: u32 = 0xb0;
const PIXEL_HEIGHT: u32 = 0xba;

const NANOSECONDS: f64 = 1e9;
/// The longest text that is read: names of codecs and of kinds of documents.
const MAX_TEXT: u64 = 64;

/// An element, without its header.
struct Element {
    id: u32,
    body: Range<u64>,
}

/// What a track's entry says.
#[derive(Default)]
struct Entry {
    kind: u64,
    codec: String,
    /// Of one frame, in nanoseconds.
    frame: u64,
    width: u64,
    height: u64,
}

pub(super) fn facts(seen: &Seen) -> Result<VideoFacts, Stop> {
    let head = seen.element(0, seen.size())?.ok_or(Stop::Damaged)?;
    if seen.doc_type(head.body.clone())? != "webm" {
        return Err(Stop::OtherKind);
    }
    let segment = seen.element(head.body.end, seen.size())?.filter(|element| element.id == SEGMENT);
    let segment = segment.ok_or(Stop::Damaged)?.body;
    let mut facts = VideoFacts { container: Container::WebM, duration: None, video: None, has_audio: false };
    let mut at = segment.start;
    while let Some(element) = seen.element(at, segment.end)?.filter(|element| element.id != CLUSTER) {
        at = element.body.end;
        match element.id {
            INFO => seen.info(element.body, &mut facts)?,
            TRACKS => seen.tracks(element.body, &mut facts)?,
            _ => {}
        }
    }
    Ok(facts)
}

impl Seen {
    /// The element that begins here; none at the end of what it is in. One of unknown size takes all that is left.
    fn element(&self, at: u64, end: u64) -> Result<Option<Element>, Stop> {
        if at >= end {
            return Ok(None);
        }
        let header = self.bytes(at..end.min(at + 12))?;
        let (id, id_length) = number(header, false).ok_or(Stop::Damaged)?;
        let (size, size_length) = number(&header[id_length..], true).ok_or(Stop::Damaged)?;
        let start = at + (id_length + size_length) as u64;
        let unknown = size == (1 << (7 * size_length)) - 1;
        let next = if unknown { Some(end) } else { start.checked_add(size) };
        match (u32::try_from(id), next) {
            (Ok(id), Some(next)) if start <= next && next <= end => Ok(Some(Element { id, body: start..next })),
            _ => Err(Stop::Damaged),
        }
    }

    fn doc_type(&self, head: Range<u64>) -> Result<String, Stop> {
        let mut at = head.start;
        while let Some(element) = self.element(at, head.end)? {
            if element.id == DOC_TYPE {
                return self.text(element.body);
            }
            at = element.body.end;
        }
        Ok(String::new())
    }

    fn info(&self, info: Range<u64>, facts: &mut VideoFacts) -> Result<(), Stop> {
        let (mut at, mut scale, mut units) = (info.start, 1_000_000, 0.0);
        while let Some(element) = self.element(at, info.end)? {
            at = element.body.end;
            match element.id {
                TIMESTAMP_SCALE => scale = self.unsigned(element.body)?,
                DURATION => units = self.float(element.body)?,
                _ => {}
            }
        }
        facts.duration = seconds(units * scale as f64, NANOSECONDS);
        Ok(())
    }

    fn tracks(&self, tracks: Range<u64>, facts: &mut VideoFacts) -> Result<(), Stop> {
        let mut at = tracks.start;
        while let Some(element) = self.element(at, tracks.end)? {
            at = element.body.end;
            if element.id == TRACK_ENTRY {
                let entry = self.entry(element.body)?;
                facts.has_audio |= entry.kind == 2;
                facts.video = facts.video.take().or_else(|| entry.video());
            }
        }
        Ok(())
    }

    fn entry(&self, body: Range<u64>) -> Result<Entry, Stop> {
        let (mut at, mut entry) = (body.start, Entry::default());
        while let Some(element) = self.element(at, body.end)? {
            at = element.body.end;
            match element.id {
                TRACK_TYPE => entry.kind = self.unsigned(element.body)?,
                CODEC_ID => entry.codec = self.text(element.body)?,
                DEFAULT_DURATION => entry.frame = self.unsigned(element.body)?,
                // Its children have ids of their own, so they are read as if they were ours.
                VIDEO => at = element.body.start,
                PIXEL_WIDTH => entry.width = self.unsigned(element.body)?,
                PIXEL_HEIGHT => entry.height = self.unsigned(element.body)?,
                _ => {}
            }
        }
        Ok(entry)
    }

    fn unsigned(&self, body: Range<u64>) -> Result<u64, Stop> {
        match self.bytes(body)? {
            bytes if bytes.len() <= 8 => Ok(bytes.iter().fold(0, |number, byte| number << 8 | u64::from(*byte))),
            _ => Err(Stop::Damaged),
        }
    }

    fn float(&self, body: Range<u64>) -> Result<f64, Stop> {
        match *self.bytes(body)? {
            [a, b, c, d] => Ok(f32::from_be_bytes([a, b, c, d]).into()),
            [a, b, c, d, e, f, g, h] => Ok(f64::from_be_bytes([a, b, c, d, e, f, g, h])),
            _ => Err(Stop::Damaged),
        }
    }

    fn text(&self, body: Range<u64>) -> Result<String, Stop> {
        if body.end - body.start > MAX_TEXT {
            return Err(Stop::Damaged);
        }
        // What comes after a zero is padding (RFC 8794, 7.5).
        let text = self.bytes(body)?.split(|byte| *byte == 0).next().unwrap_or_default();
        Ok(String::from_utf8_lossy(text).into_owned())
    }
}

impl Entry {
    fn video(&self) -> Option<VideoTrack> {
        let codec = match self.codec.as_str() {
            "V_VP8" => Codec::Vp8,
            "V_VP9" => Codec::Vp9,
            "V_MPEG4/ISO/AVC" => Codec::H264,
            "V_MPEGH/ISO/HEVC" => Codec::H265,
            other => Codec::Other(other.to_owned()),
        };
        let [width, height] = [self.width, self.height].map(|side| u32::try_from(side).unwrap_or(u32::MAX));
        let frame_rate = (self.frame > 0).then(|| NANOSECONDS / self.frame as f64);
        (self.kind == 1).then_some(VideoTrack { codec, width, height, frame_rate })
    }
}

/// A number of one to eight bytes, whose first says how many by its leading zeros, and that length. An id keeps the bit
/// that ends them, a size doesn't.
fn number(bytes: &[u8], without_marker: bool) -> Option<(u64, usize)> {
    let first = *bytes.first()?;
    let length = first.leading_zeros() as usize + 1;
    let number = bytes.get(..length)?.iter().fold(0, |number, byte| number << 8 | u64::from(*byte));
    (length <= 8).then_some((if without_marker { number & !(1 << (7 * length)) } else { number }, length))
}
