//! JPEG: segments one after the other, of which the frame's header tells the size. Metadata and thumbnails come before it,
//! up to 64 KiB each.
//!
//! ITU-T T.81, annex B.

use super::{
    ImageFacts, ImageFormat,
    seen::{Seen, Stop},
};

/// Start of image, and the first byte of the next marker.
pub(super) const MAGIC: [u8; 3] = [0xff, 0xd8, 0xff];

pub(super) fn facts(seen: &Seen) -> Result<ImageFacts, Stop> {
    let mut at = 2;
    loop {
        let [0xff, kind] = seen.array(at)? else { return Err(Stop::Damaged) };
        match kind {
            // The next marker may have any number of these before it.
            0xff => at += 1,
            // Start of frame, but for tables that have a number between them.
            0xc0..=0xcf if !matches!(kind, 0xc4 | 0xc8 | 0xcc) => return size(seen, at),
            // The picture's data, or its end, without a header.
            0xd9 | 0xda => return Err(Stop::Damaged),
            // These stand alone.
            0x01 | 0xd0..=0xd8 => at += 2,
            _ => at += 2 + u64::from(length(seen, at)?),
        }
    }
}

/// How long the segment at this marker is, with the length itself.
fn length(seen: &Seen, at: u64) -> Result<u16, Stop> {
    let length = u16::from_be_bytes(seen.array(at + 2)?);
    if length < 2 { Err(Stop::Damaged) } else { Ok(length) }
}

/// Marker, length, bits per sample, height, width.
fn size(seen: &Seen, at: u64) -> Result<ImageFacts, Stop> {
    let [_, _, _, _, _, a, b, c, d] = seen.array(at)?;
    let (width, height) = (u16::from_be_bytes([c, d]).into(), u16::from_be_bytes([a, b]).into());
    // A height of 0 is told at the end of the first scan; nobody writes that.
    if width == 0 || height == 0 {
        Err(Stop::Damaged)
    } else {
        Ok(ImageFacts { format: ImageFormat::Jpeg, width, height })
    }
}
