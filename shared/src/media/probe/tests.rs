//! The smallest files that say everything, made here box by box, and what becomes of them when they are damaged.

mod images;

use std::{
    cell::Cell,
    convert::Infallible,
    future::Future,
    pin::pin,
    task::{Context, Poll, Waker},
};

use proptest::prelude::*;

use super::*;

/// A file that is mostly a hole: what is at the places, and zeros between them.
struct Sparse {
    size: u64,
    parts: Vec<(u64, Vec<u8>)>,
}

impl Sparse {
    fn of(bytes: Vec<u8>) -> Self {
        Self { size: bytes.len() as u64, parts: vec![(0, bytes)] }
    }

    fn read(&self, range: Range<u64>) -> Vec<u8> {
        let mut bytes = vec![0; (range.end - range.start) as usize];
        for (at, part) in &self.parts {
            for (place, byte) in (*at..).zip(part).filter(|(place, _)| range.contains(place)) {
                bytes[(place - range.start) as usize] = *byte;
            }
        }
        bytes
    }

    /// What is found, and how many bytes were read for it.
    fn probed(&self) -> (Result<VideoFacts, ProbeError<Infallible>>, u64) {
        let read = Cell::new(0);
        let found = at_once(probe(self.size, async |range| Ok(self.counted(range, &read))));
        (found, read.get())
    }

    /// A part, whose length is added to those of the others.
    fn counted(&self, range: Range<u64>, read: &Cell<u64>) -> Vec<u8> {
        assert!(range.start <= range.end && range.end <= self.size, "{range:?}");
        read.set(read.get() + range.end - range.start);
        self.read(range)
    }
}

fn at_once<T>(future: impl Future<Output = T>) -> T {
    let Poll::Ready(found) = pin!(future).poll(&mut Context::from_waker(Waker::noop())) else {
        panic!("nothing here waits")
    };
    found
}

fn atom(kind: &[u8; 4], body: &[u8]) -> Vec<u8> {
    let size = u32::try_from(body.len() + 8).unwrap();
    [&size.to_be_bytes(), kind.as_slice(), body].concat()
}

/// A header of version 0 for 12.5 seconds: dates, units a second, units.
fn header(kind: &[u8; 4]) -> Vec<u8> {
    atom(kind, &[[0; 4], [0; 4], [0; 4], 1_000_u32.to_be_bytes(), 12_500_u32.to_be_bytes()].concat())
}

fn trak(handler: &[u8; 4], codec: &[u8; 4]) -> Vec<u8> {
    let sides = [1_080_u16.to_be_bytes(), 1_920_u16.to_be_bytes()].concat();
    let entry = atom(codec, &[vec![0; 24], sides, vec![0; 50]].concat());
    let stsd = atom(b"stsd", &[vec![0, 0, 0, 0, 0, 0, 0, 1], entry].concat());
    let stsz = atom(b"stsz", &[[0; 4], [0; 4], 375_u32.to_be_bytes()].concat());
    let stbl = atom(b"stbl", &[stsd, atom(b"stts", &[0; 200]), stsz].concat());
    let hdlr = atom(b"hdlr", &[&[0; 8], handler.as_slice(), &[0; 13]].concat());
    atom(b"trak", &atom(b"mdia", &[header(b"mdhd"), hdlr, atom(b"minf", &stbl)].concat()))
}

fn moov(codec: &[u8; 4]) -> Vec<u8> {
    atom(b"moov", &[header(b"mvhd"), trak(b"soun", b"mp4a"), trak(b"vide", codec), atom(b"udta", &[0; 9])].concat())
}

fn ftyp(brand: &[u8; 4]) -> Vec<u8> {
    atom(b"ftyp", &[brand.as_slice(), &[0; 4], b"isom"].concat())
}

fn mp4() -> Vec<u8> {
    [ftyp(b"mp42"), moov(b"avc1"), atom(b"mdat", &[7; 1_000])].concat()
}

fn element(id: u32, body: &[u8]) -> Vec<u8> {
    let id: Vec<u8> = id.to_be_bytes().into_iter().skip_while(|byte| *byte == 0).collect();
    let size = (1 << 28 | u32::try_from(body.len()).unwrap()).to_be_bytes();
    [&id, size.as_slice(), body].concat()
}

fn webm() -> Vec<u8> {
    webm_of(b"V_VP9")
}

fn webm_of(codec: &[u8]) -> Vec<u8> {
    let info = [element(0x2ad7b1, &[0x0f, 0x42, 0x40]), element(0x4489, &12_500_f64.to_be_bytes())].concat();
    let picture = [element(0xb0, &[4, 56]), element(0xba, &[7, 128])].concat();
    let frame = element(0x23e383, &33_333_333_u32.to_be_bytes());
    let video = [element(0x83, &[1]), element(0x86, codec), frame, element(0xe0, &picture)].concat();
    let audio = [element(0x83, &[2]), element(0x86, b"A_OPUS")].concat();
    let tracks = element(0x1654ae6b, &[element(0xae, &video), element(0xae, &audio)].concat());
    let cluster = [0x1f, 0x43, 0xb6, 0x75, 0xff, 0, 0, 0].to_vec();
    let segment = [element(0xec, &[0; 40]), element(0x1549a966, &info), tracks, cluster].concat();
    // A segment of unknown size, as recorders write it.
    let head = [0x18, 0x53, 0x80, 0x67, 0x01, 255, 255, 255, 255, 255, 255, 255].to_vec();
    [element(0x1a45dfa3, &element(0x4282, b"webm")), head, segment].concat()
}

fn found(container: Container, codec: Codec, frame_rate: f64) -> VideoFacts {
    let video = Some(VideoTrack { codec, width: 1_080, height: 1_920, frame_rate: Some(frame_rate) });
    VideoFacts { container, duration: Some(Duration::from_millis(12_500)), video, has_audio: true }
}

#[test]
fn an_mp4_tells_what_it_is_with_its_header_first_or_last() {
    let expected = found(Container::Mp4, Codec::H264, 30.0);
    assert_eq!(Sparse::of(mp4()).probed().0.unwrap(), expected);
    let last = [ftyp(b"isom"), atom(b"mdat", &[7; 1_000]), moov(b"avc1")].concat();
    assert_eq!(Sparse::of(last).probed().0.unwrap(), expected);
}

#[test]
fn codecs_and_quicktime_are_told_apart() {
    for (codec, expected) in
        [(b"hvc1", Codec::H265), (b"vp09", Codec::Vp9), (b"vp08", Codec::Vp8), (b"av01", Codec::Other("av01".into()))]
    {
        let file = Sparse::of([ftyp(b"qt  "), moov(codec)].concat());
        assert_eq!(file.probed().0.unwrap(), found(Container::Mov, expected, 30.0));
    }
    let old = Sparse::of([atom(b"wide", &[]), atom(b"mdat", &[7; 9]), moov(b"avc1")].concat());
    assert_eq!(old.probed().0.unwrap().container, Container::Mov);
}

#[test]
fn a_header_at_the_end_of_4_gb_costs_a_few_reads() {
    let (start, moov) = (ftyp(b"mp42"), moov(b"avc1"));
    let frames = 4_294_000_000_u64;
    let mdat = [1_u32.to_be_bytes().as_slice(), b"mdat", &frames.to_be_bytes()].concat();
    let (at, end) = (start.len() as u64, start.len() as u64 + frames);
    let size = end + moov.len() as u64;
    let (facts, read) = Sparse { size, parts: vec![(0, start), (at, mdat), (end, moov)] }.probed();
    assert_eq!(facts.unwrap(), found(Container::Mp4, Codec::H264, 30.0));
    assert!(read < 300_000, "{read}");
}

#[test]
fn a_webm_tells_what_it_is_and_another_matroska_is_none() {
    let facts = Sparse::of(webm()).probed().0.unwrap();
    let rate = facts.video.as_ref().and_then(|video| video.frame_rate).unwrap();
    assert_eq!(facts, found(Container::WebM, Codec::Vp9, rate));
    assert!((rate - 30.0).abs() < 0.001, "{rate}");
    let other = element(0x1a45dfa3, &element(0x4282, b"matroska"));
    assert!(matches!(Sparse::of(other).probed().0, Err(ProbeError::OtherKind)));
}

#[test]
fn a_webms_codec_is_told_by_its_name_which_ends_at_the_first_zero() {
    for (name, expected) in [
        (b"V_VP8".as_slice(), Codec::Vp8),
        (b"V_MPEG4/ISO/AVC", Codec::H264),
        (b"V_MPEGH/ISO/HEVC", Codec::H265),
        (b"V_VP9\0\0", Codec::Vp9),
        (b"V_\0AV1", Codec::Other("V_".to_owned())),
    ] {
        let facts = Sparse::of(webm_of(name)).probed().0.unwrap();
        assert_eq!(facts.video.unwrap().codec, expected);
    }
}

#[test]
fn what_is_no_video_is_of_another_kind() {
    for bytes in [b"".as_slice(), b"GIF89a..", b"\xff\xd8\xff\xe0....", b"<html></html>", b"RIFF....WEBPVP8 "] {
        let (facts, _) = Sparse::of(bytes.to_vec()).probed();
        assert!(matches!(facts, Err(ProbeError::OtherKind)), "{facts:?}");
    }
    assert!(matches!(Sparse::of(ftyp(b"mp42")).probed().0, Err(ProbeError::Damaged)));
}

#[test]
fn a_file_that_scatters_its_headers_is_given_up() {
    let boxes = [ftyp(b"mp42"), atom(b"free", &[]).repeat(30_000)].concat();
    assert!(matches!(Sparse::of(boxes).probed().0, Err(ProbeError::TooScattered)));
    let gap = 1_000_000;
    let free = |index| (index * gap, [(gap as u32).to_be_bytes().as_slice(), b"free"].concat());
    let (facts, read) = Sparse { size: 1_000 * gap, parts: (0..1_000).map(free).collect() }.probed();
    assert!(matches!(facts, Err(ProbeError::TooScattered)), "{facts:?}");
    assert!(read <= 4 * 1024 * 1024, "{read}");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn a_damaged_file_is_read_within_bounds_and_never_panics(
        which in any::<bool>(),
        damages in prop::collection::vec((any::<prop::sample::Index>(), prop_oneof![Just(0), Just(255), any::<u8>()]), 0..12),
        cut in prop::option::of(any::<prop::sample::Index>()),
    ) {
        let mut bytes = if which { mp4() } else { webm() };
        for (place, byte) in damages {
            let place = place.index(bytes.len());
            bytes[place] = byte;
        }
        bytes.truncate(cut.map_or(bytes.len(), |cut| cut.index(bytes.len())));
        let (_, read) = Sparse::of(bytes).probed();
        prop_assert!(read <= 4 * 1024 * 1024);
    }

    #[test]
    fn whatever_begins_as_a_video_is_read_within_bounds(
        start in prop_oneof![Just(ftyp(b"mp42")), Just(webm::MAGIC.to_vec()), Just(webm()[..40].to_vec())],
        rest in prop::collection::vec(any::<u8>(), 0..2_000),
    ) {
        let (_, read) = Sparse::of([start, rest].concat()).probed();
        prop_assert!(read <= 4 * 1024 * 1024);
    }
}

#[test]
fn a_probe_can_be_awaited_on_any_thread() {
    fn is_send(_: &impl Send) {}
    let file = mp4();
    let read = |range: Range<u64>| {
        let file = &file;
        async move { Ok::<_, Infallible>(&file[range.start as usize..range.end as usize]) }
    };
    is_send(&probe(file.len() as u64, read));
}
