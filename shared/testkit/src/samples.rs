//! The smallest files that say what they are.

use base64::{Engine as _, engine::general_purpose::STANDARD};

/// A video of 12.5 seconds and 1080 by 1920 pixels, with frames that are none.
pub fn mp4() -> Vec<u8> {
    let sides = [1_080_u16.to_be_bytes(), 1_920_u16.to_be_bytes()].concat();
    let entry = atom(b"avc1", &[vec![0; 24], sides, vec![0; 50]].concat());
    let stsd = atom(b"stsd", &[vec![0, 0, 0, 0, 0, 0, 0, 1], entry].concat());
    let stsz = atom(b"stsz", &[[0; 4], [0; 4], 375_u32.to_be_bytes()].concat());
    let hdlr = atom(b"hdlr", &[&[0; 8], b"vide".as_slice(), &[0; 13]].concat());
    let minf = atom(b"minf", &atom(b"stbl", &[stsd, stsz].concat()));
    let trak = atom(b"trak", &atom(b"mdia", &[header(b"mdhd"), hdlr, minf].concat()));
    let moov = atom(b"moov", &[header(b"mvhd"), trak].concat());
    [atom(b"ftyp", b"mp42\0\0\0\0isom"), moov, atom(b"mdat", &[7; 100_000])].concat()
}

/// A file that begins as a video and has no header.
pub fn damaged_mp4() -> Vec<u8> {
    [atom(b"ftyp", b"mp42\0\0\0\0isom"), atom(b"mdat", &[7; 1_000])].concat()
}

/// A picture of 640 by 480 pixels.
pub fn jpeg() -> Vec<u8> {
    let frame = [0xff, 0xc0, 0, 17, 8, 1, 224, 2, 128, 3, 1, 0x22, 0, 2, 0x11, 1, 3, 0x11, 1];
    [[0xff, 0xd8, 0xff, 0xe0, 0, 4, 0, 0].as_slice(), &frame, &[0xff, 0xda]].concat()
}

/// CRC32 as S3 wants it: base64, the most significant byte first.
pub fn crc32(bytes: &[u8]) -> String {
    STANDARD.encode(crc32fast::hash(bytes).to_be_bytes())
}

fn atom(kind: &[u8; 4], body: &[u8]) -> Vec<u8> {
    let size = u32::try_from(body.len() + 8).unwrap_or(0); // which says: to the end of the file
    [&size.to_be_bytes(), kind.as_slice(), body].concat()
}

/// A header for 12.5 seconds.
fn header(kind: &[u8; 4]) -> Vec<u8> {
    atom(kind, &[[0; 4], [0; 4], [0; 4], 1_000_u32.to_be_bytes(), 12_500_u32.to_be_bytes()].concat())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_checksum_is_that_of_the_standard() {
        assert_eq!(crc32(b"123456789"), "y/Q5Jg==");
    }
}
