//! Pictures, segment by segment.

use super::*;

impl Sparse {
    /// As [`Sparse::probed`], of a picture.
    fn pictured(&self) -> (Result<ImageFacts, ProbeError<Infallible>>, u64) {
        let read = Cell::new(0);
        let found = at_once(probe_image(self.size, async |range| Ok(self.counted(range, &read))));
        (found, read.get())
    }
}

fn segment(kind: u8, body: &[u8]) -> Vec<u8> {
    let length = u16::try_from(body.len() + 2).unwrap().to_be_bytes();
    [&[0xff, kind], length.as_slice(), body].concat()
}

/// A start of frame of 640 by 480 pixels.
fn frame(kind: u8) -> Vec<u8> {
    segment(kind, &[8, 1, 224, 2, 128, 3, 1, 0x22, 0, 2, 0x11, 1, 3, 0x11, 1])
}

fn jpeg(segments: &[Vec<u8>]) -> Vec<u8> {
    [[0xff, 0xd8].as_slice(), &segments.concat(), &[0xff, 0xda, 0, 2, 7, 7, 0xff, 0xd9]].concat()
}

fn webp(kind: &[u8; 4], data: &[u8]) -> Vec<u8> {
    let size = |length: usize| u32::try_from(length).unwrap().to_le_bytes();
    [b"RIFF", size(data.len() + 12).as_slice(), b"WEBP", kind, &size(data.len()), data].concat()
}

fn sized(format: ImageFormat) -> ImageFacts {
    ImageFacts { format, width: 640, height: 480 }
}

#[test]
fn a_jpeg_tells_its_size_however_much_comes_before_it() {
    for kind in [0xc0, 0xc1, 0xc2] {
        let file = jpeg(&[segment(0xe0, b"JFIF\0"), segment(0xc4, &[0; 30]), vec![0xff; 3], frame(kind)]);
        assert_eq!(Sparse::of(file).pictured().0.unwrap(), sized(ImageFormat::Jpeg));
    }
    let metadata = segment(0xe1, &[7; 65_000]).repeat(10);
    let (facts, read) = Sparse::of(jpeg(&[metadata, frame(0xc2)])).pictured();
    assert_eq!(facts.unwrap(), sized(ImageFormat::Jpeg));
    assert!(read < 1_000_000, "{read}");
}

#[test]
fn a_webp_of_each_kind_tells_its_size() {
    let lossy = webp(b"VP8 ", &[0, 0, 0, 0x9d, 0x01, 0x2a, 0x80, 0x42, 0xe0, 0x81, 0]);
    let bits: u32 = 639 | 479 << 14;
    let lossless = webp(b"VP8L", &[[0x2f].as_slice(), &bits.to_le_bytes()].concat());
    let extended = |flags| webp(b"VP8X", &[flags, 0, 0, 0, 0x7f, 2, 0, 0xdf, 1, 0]);
    for file in [lossy, lossless, extended(0x10)] {
        assert_eq!(Sparse::of(file).pictured().0.unwrap(), sized(ImageFormat::WebP));
    }
    let moving = Sparse::of(extended(0x02)).pictured().0;
    assert!(matches!(moving, Err(ProbeError::OtherKind)), "{moving:?}");
}

#[test]
fn what_is_no_picture_is_of_another_kind_and_what_ends_early_is_damaged() {
    for bytes in [b"".as_slice(), b"\x89PNG\r\n\x1a\n....", b"GIF89a......", b"RIFF....AVI LIST", &mp4(), &webm()] {
        let facts = Sparse::of(bytes.to_vec()).pictured().0;
        assert!(matches!(facts, Err(ProbeError::OtherKind)), "{facts:?}");
    }
    let endless = [[0xff, 0xd8].as_slice(), &segment(0xe0, b"JFIF\0")].concat();
    let unsized_frame = jpeg(&[segment(0xc0, &[8, 0, 0, 2, 128, 3, 1])]);
    for bytes in [jpeg(&[]), endless, unsized_frame, webp(b"ICCP", &[0; 20]), webp(b"VP8L", &[7; 20])] {
        let facts = Sparse::of(bytes).pictured().0;
        assert!(matches!(facts, Err(ProbeError::Damaged)), "{facts:?}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn whatever_begins_as_a_picture_is_read_within_bounds(
        start in prop_oneof![Just(vec![0xff, 0xd8, 0xff]), Just(webp(b"VP8X", &[])), Just(webp(b"VP8 ", &[0; 3]))],
        rest in prop::collection::vec(any::<u8>(), 0..2_000),
    ) {
        let (_, read) = Sparse::of([start, rest].concat()).pictured();
        prop_assert!(read <= 4 * 1024 * 1024);
    }
}
