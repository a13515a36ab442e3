//! WebP: a RIFF file whose first chunk tells the size of the picture.
//!
//! RFC 9649; RFC 6386, section 9.1, for what is in a lossy picture.

use super::{
    ImageFacts, ImageFormat,
    seen::{Seen, Stop},
};

/// Where the first chunk's data begins: after the file's header and the chunk's own.
const DATA: u64 = 20;
/// The flag of a picture that moves.
const ANIMATED: u8 = 0x02;

pub(super) fn facts(seen: &Seen) -> Result<ImageFacts, Stop> {
    let (width, height) = match &seen.array(12)? {
        b"VP8 " => lossy(seen)?,
        b"VP8L" => lossless(seen)?,
        b"VP8X" => extended(seen)?,
        _ => return Err(Stop::Damaged),
    };
    if width == 0 || height == 0 {
        Err(Stop::Damaged)
    } else {
        Ok(ImageFacts { format: ImageFormat::WebP, width, height })
    }
}

/// A frame's tag, a start code, and 14 bits for each side below two that say how to scale it.
fn lossy(seen: &Seen) -> Result<(u32, u32), Stop> {
    let [_, _, _, 0x9d, 0x01, 0x2a, a, b, c, d] = seen.array(DATA)? else { return Err(Stop::Damaged) };
    let side = |bytes| u32::from(u16::from_le_bytes(bytes) & 0x3fff);
    Ok((side([a, b]), side([c, d])))
}

/// A signature, and 14 bits for each side, less one.
fn lossless(seen: &Seen) -> Result<(u32, u32), Stop> {
    let [0x2f, a, b, c, d] = seen.array(DATA)? else { return Err(Stop::Damaged) };
    let bits = u32::from_le_bytes([a, b, c, d]);
    Ok(((bits & 0x3fff) + 1, (bits >> 14 & 0x3fff) + 1))
}

/// Flags, and 24 bits for each side, less one. Platforms take pictures that stand still.
fn extended(seen: &Seen) -> Result<(u32, u32), Stop> {
    let [flags, _, _, _, a, b, c, d, e, f] = seen.array(DATA)?;
    if flags & ANIMATED != 0 {
        return Err(Stop::OtherKind);
    }
    let side = |[a, b, c]: [u8; 3]| u32::from_le_bytes([a, b, c, 0]) + 1;
    Ok((side([a, b, c]), side([d, e, f])))
}
