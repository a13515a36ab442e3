//! MP4 and MOV: boxes in boxes, of which `moov` says what the rest is. It may come before the frames or after them.
//!
//! ISO/IEC 14496-12; Apple's QuickTime File Format for what differs in MOV.

use std::{ops::Range, time::Duration};

use super::{
    Codec, Container, VideoFacts, VideoTrack, seconds,
    seen::{Seen, Stop},
};

/// A box, without its header.
struct Atom {
    kind: [u8; 4],
    body: Range<u64>,
}

/// A track, as far as it concerns us.
enum Track {
    Video(VideoTrack),
    Audio,
    Other,
}

pub(super) fn facts(seen: &Seen) -> Result<VideoFacts, Stop> {
    let moov = seen.child(0..seen.size(), b"moov")?.ok_or(Stop::Damaged)?;
    let mut facts = VideoFacts { container: seen.container()?, duration: None, video: None, has_audio: false };
    let mut at = moov.start;
    while let Some(atom) = seen.atom(at, moov.end)? {
        at = atom.body.end;
        match &atom.kind {
            b"mvhd" => facts.duration = seen.duration(&atom.body)?,
            b"trak" => match seen.track(atom.body)? {
                Track::Video(track) => facts.video = facts.video.or(Some(track)),
                Track::Audio => facts.has_audio = true,
                Track::Other => {}
            },
            _ => {}
        }
    }
    Ok(facts)
}

impl Seen {
    /// MOV is what says so, and what is too old to say.
    fn container(&self) -> Result<Container, Stop> {
        let Some(ftyp) = self.atom(0, self.size())?.filter(|atom| atom.kind == *b"ftyp") else {
            return Ok(Container::Mov);
        };
        let brand: [u8; 4] = self.array(ftyp.body.start)?;
        Ok(if brand == *b"qt  " { Container::Mov } else { Container::Mp4 })
    }

    /// The box that begins here; none at the end of what it is in. A size of 1 means that 64 bits follow, 0 that
    /// it takes all that is left.
    fn atom(&self, at: u64, end: u64) -> Result<Option<Atom>, Stop> {
        if end.saturating_sub(at) < 8 {
            return Ok(None);
        }
        let [a, b, c, d, kind @ ..] = self.array::<8>(at)?;
        let (size, header) = match u32::from_be_bytes([a, b, c, d]) {
            0 => (end - at, 8),
            1 => (u64::from_be_bytes(self.array(at + 8)?), 16),
            size => (size.into(), 8),
        };
        match at.checked_add(size) {
            Some(next) if size >= header && next <= end => Ok(Some(Atom { kind, body: at + header..next })),
            _ => Err(Stop::Damaged),
        }
    }

    /// The first box of a kind within another.
    fn child(&self, parent: Range<u64>, kind: &[u8; 4]) -> Result<Option<Range<u64>>, Stop> {
        let mut at = parent.start;
        while let Some(atom) = self.atom(at, parent.end)? {
            if atom.kind == *kind {
                return Ok(Some(atom.body));
            }
            at = atom.body.end;
        }
        Ok(None)
    }

    /// Of a movie's or a track's header: version, dates, units a second, units. All ones mean that it isn't known.
    fn duration(&self, header: &Range<u64>) -> Result<Option<Duration>, Stop> {
        let [version]: [u8; 1] = self.array(header.start)?;
        let (scale, units) = if version == 1 {
            let units = u64::from_be_bytes(self.array(header.start + 24)?);
            (self.array(header.start + 20)?, (units != u64::MAX).then_some(units as f64))
        } else {
            let units = u32::from_be_bytes(self.array(header.start + 16)?);
            (self.array(header.start + 12)?, (units != u32::MAX).then_some(units.into()))
        };
        Ok(units.and_then(|units| seconds(units, u32::from_be_bytes(scale).into())))
    }

    fn track(&self, trak: Range<u64>) -> Result<Track, Stop> {
        let Some(mdia) = self.child(trak, b"mdia")? else { return Ok(Track::Other) };
        let Some(hdlr) = self.child(mdia.clone(), b"hdlr")? else { return Ok(Track::Other) };
        match &self.array::<4>(hdlr.start + 8)? {
            b"soun" => Ok(Track::Audio),
            b"vide" => Ok(self.pictures(mdia)?.map_or(Track::Other, Track::Video)),
            _ => Ok(Track::Other),
        }
    }

    /// The first description of samples tells codec and size.
    fn pictures(&self, mdia: Range<u64>) -> Result<Option<VideoTrack>, Stop> {
        let Some(minf) = self.child(mdia.clone(), b"minf")? else { return Ok(None) };
        let Some(stbl) = self.child(minf, b"stbl")? else { return Ok(None) };
        let Some(stsd) = self.child(stbl.clone(), b"stsd")? else { return Ok(None) };
        let Some(entry) = self.atom(stsd.start + 8, stsd.end)? else { return Ok(None) };
        let [a, b, c, d] = self.array::<4>(entry.body.start + 24)?;
        let [width, height] = [[a, b], [c, d]].map(|side| u16::from_be_bytes(side).into());
        Ok(Some(VideoTrack { codec: codec(entry.kind), width, height, frame_rate: self.frame_rate(mdia, stbl)? }))
    }

    /// How many samples there are in how long a track.
    fn frame_rate(&self, mdia: Range<u64>, stbl: Range<u64>) -> Result<Option<f64>, Stop> {
        let Some(mdhd) = self.child(mdia, b"mdhd")? else { return Ok(None) };
        let Some(stsz) = self.child(stbl, b"stsz")? else { return Ok(None) };
        let frames = u32::from_be_bytes(self.array(stsz.start + 8)?);
        let length = self.duration(&mdhd)?.filter(|_| frames > 0);
        Ok(length.map(|length| f64::from(frames) / length.as_secs_f64()))
    }
}

fn codec(kind: [u8; 4]) -> Codec {
    match &kind {
        b"avc1" | b"avc3" => Codec::H264,
        b"hvc1" | b"hev1" => Codec::H265,
        b"vp08" => Codec::Vp8,
        b"vp09" => Codec::Vp9,
        _ => Codec::Other(kind.escape_ascii().to_string()),
    }
}
