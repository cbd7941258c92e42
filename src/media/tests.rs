//! The laws: any bytes get an answer, cuts of the network don't matter, a cut of the image does.

use proptest::collection::vec;
use proptest::prelude::*;

use super::*;

macro_rules! specimen {
    ($name:literal) => {
        include_bytes!(concat!(
            env!("CARGO_MANIFEST_DIR"),
            "/tests/specimens/images/",
            $name
        ))
        .as_slice()
    };
}

// After the macro, which it uses.
mod instead;

const SVG: &[u8] = br#"<?xml version="1.0"?>
<!-- made > by 'hand --><!DOCTYPE svg [ <!ENTITY x "]>"> <!-- don't --> ]>
<svg xmlns="http://www.w3.org/2000/svg" width="9" height="7"><g><a title="a>b"/><![CDATA[</svg>]]></g></svg>"#;

/// Every whole image with its type and size.
fn images() -> Vec<(&'static [u8], MediaType, u32, u32)> {
    vec![
        (specimen!("baseline.jpg"), MediaType::Jpeg, 3, 2),
        (specimen!("progressive.jpg"), MediaType::Jpeg, 40, 24),
        (specimen!("restart.jpg"), MediaType::Jpeg, 40, 24),
        (specimen!("plain.png"), MediaType::Png, 5, 4),
        (specimen!("animated.png"), MediaType::Png, 8, 6),
        (specimen!("plain.gif"), MediaType::Gif, 6, 5),
        (specimen!("animated.gif"), MediaType::Gif, 6, 5),
        (specimen!("lossy.webp"), MediaType::Webp, 7, 3),
        (specimen!("lossless.webp"), MediaType::Webp, 7, 3),
        (specimen!("animated.webp"), MediaType::Webp, 9, 4),
        (specimen!("plain.avif"), MediaType::Avif, 16, 12),
        (specimen!("plain.bmp"), MediaType::Bmp, 5, 3),
        (specimen!("plain.ico"), MediaType::Ico, 16, 16),
        (SVG, MediaType::Svg, 9, 7),
    ]
}

fn in_pieces(bytes: &[u8], mut sizes: impl Iterator<Item = usize>) -> Verdict {
    let mut probe = Probe::default();
    let mut rest = bytes;
    while !rest.is_empty() {
        let (piece, after) = rest.split_at(sizes.next().unwrap_or(1).min(rest.len()));
        probe.feed(piece);
        rest = after;
    }
    probe.finish()
}

#[test]
fn whole_images_are_proven() {
    for (bytes, media, width, height) in images() {
        let verdict = identify(bytes);
        assert_eq!(verdict.flaw(), None, "{media}");
        assert_eq!(verdict.trailing(), 0, "{media}");
        let proof = verdict.prove(Class::Image).unwrap();
        assert_eq!(
            (proof.media(), proof.bytes(), proof.width(), proof.height()),
            (&media, bytes.len() as u64, Some(width), Some(height))
        );
    }
}

#[test]
fn an_image_cut_anywhere_is_noticed() {
    for (bytes, media, ..) in images() {
        for end in 0..bytes.len() {
            let verdict = identify(&bytes[..end]);
            let is_told = verdict.flaw().is_some() || !verdict.media().is_image();
            assert!(is_told, "{media} at {end}");
            // A still GIF lacks nothing but its last byte, the trailer, and every browser shows it.
            let is_all_there = bytes == specimen!("plain.gif") && end == bytes.len() - 1;
            let proof = verdict.prove(Class::Image);
            assert_eq!(proof.is_ok(), is_all_there, "{media} at {end}");
        }
    }
}

#[test]
fn where_a_flaw_is_and_what_was_expected_is_told() {
    #[track_caller]
    fn check(bytes: &[u8], flaw: Flaw, at: usize, expected: &str) {
        let fault = identify(bytes).fault().unwrap();
        assert_eq!((fault.flaw, fault.expected), (flaw, expected));
        assert_eq!(fault.at, at as u64);
    }
    let png = specimen!("plain.png");
    let mut flipped = png.to_vec();
    flipped[19] = 6;
    check(&flipped, Flaw::BadChecksum, 29, "the checksum of a chunk");
    check(
        &png[..40],
        Flaw::Truncated,
        40,
        "length and type of a chunk",
    );
    let jpeg = specimen!("baseline.jpg");
    let cut = jpeg.len() - 2;
    let scan = "entropy-coded data, and the end marker after it";
    check(&jpeg[..cut], Flaw::Truncated, cut, scan);
    let gif = specimen!("plain.gif");
    let cut = gif.len() - 1;
    check(&gif[..cut], Flaw::NoEndMark, cut, "a block, or the trailer");
    let avif = specimen!("plain.avif");
    let cut = avif.len() - 1;
    check(&avif[..cut], Flaw::Truncated, cut, "the content of a box");
    let expected = "well-formed XML, to the end of the document element";
    check(&SVG[..150], Flaw::Truncated, 150, expected);
}

#[test]
fn elements_of_a_drawing_nest_so_deep() {
    let drawing = |deep: usize| {
        let (open, close) = ("<g>".repeat(deep - 1), "</g>".repeat(deep - 1));
        let root = "<svg xmlns='http://www.w3.org/2000/svg'";
        identify(format!("{root}>{open}{close}</svg>").as_bytes())
    };
    assert!(drawing(5000).fault().is_none());
    assert_eq!(drawing(5001).fault().unwrap().flaw, Flaw::BadStructure);
}

#[test]
fn frames_are_counted() {
    #[track_caller]
    fn check(bytes: &[u8], frames: Option<u64>) {
        assert_eq!(identify(bytes).frames(), frames);
    }
    check(specimen!("plain.png"), Some(1));
    check(specimen!("plain.gif"), Some(1));
    check(specimen!("lossy.webp"), Some(1));
    check(specimen!("animated.png"), Some(ANIMATED));
    check(specimen!("animated.gif"), Some(ANIMATED));
    check(specimen!("animated.webp"), Some(ANIMATED));
    check(specimen!("baseline.jpg"), None);
    check(SVG, None);
}

/// How many frames each of the animated specimens has.
const ANIMATED: u64 = 2;

#[test]
fn more_pixels_than_any_browser_shows_are_refused() {
    #[track_caller]
    fn check(width: u16, height: u16, refused: bool) {
        let size = [width.to_le_bytes(), height.to_le_bytes()].concat();
        let mut gif = specimen!("plain.gif").to_vec();
        gif[6..10].copy_from_slice(&size);
        let unfit = identify(&gif).prove(Class::Image).err();
        let expected = Unfit::Broken(MediaType::Gif, Flaw::TooManyPixels);
        assert_eq!(unfit, refused.then_some(expected));
    }
    check(65535, 8192, false);
    check(65535, 8193, true);
    check(u16::MAX, u16::MAX, true);
}

#[test]
fn cuts_of_the_network_do_not_matter() {
    for (bytes, ..) in images() {
        assert_eq!(in_pieces(bytes, std::iter::repeat(1)), identify(bytes));
        assert_eq!(in_pieces(bytes, std::iter::repeat(7)), identify(bytes));
    }
}

#[test]
fn what_follows_an_image_is_counted_and_no_flaw() {
    for (bytes, media, ..) in images() {
        let followed = [bytes, b"\0\0\0\x02 and more"].concat();
        let verdict = identify(&followed);
        if media == MediaType::Svg {
            // Nothing but comments may follow the document element of XML, and browsers insist.
            assert_eq!(verdict.flaw(), Some(Flaw::BadStructure));
            continue;
        }
        assert_eq!(verdict.flaw(), None, "{media}");
        assert_eq!(verdict.trailing(), 13, "{media}");
    }
}

#[test]
fn damage_is_noticed_where_the_format_shows_it() {
    #[track_caller]
    fn check(bytes: &[u8], at: usize, value: u8, expected: Flaw) {
        let mut damaged = bytes.to_vec();
        damaged[at] = value;
        assert_eq!(identify(&damaged).flaw(), Some(expected));
    }
    let png = specimen!("plain.png");
    check(png, 19, 6, Flaw::BadChecksum);
    check(png, 19, 0, Flaw::BadStructure);
    check(png, 24, 3, Flaw::BadStructure);
    check(png, 33, 0xFF, Flaw::BadStructure);
    check(png, png.len() - 1, 0, Flaw::BadChecksum);
    check(specimen!("lossy.webp"), 4, 0, Flaw::BadStructure);
    check(specimen!("lossy.webp"), 7, 0xFF, Flaw::Truncated);
    check(specimen!("plain.avif"), 35, 4, Flaw::BadStructure);
    check(specimen!("plain.bmp"), 28, 5, Flaw::BadStructure);
    check(specimen!("plain.ico"), 18, 0, Flaw::BadStructure);
    check(specimen!("plain.ico"), 17, 0xFF, Flaw::Truncated);
    check(specimen!("plain.ico"), 4, 0, Flaw::NoPixels);
}

#[test]
fn images_without_pixels_are_none() {
    let png = specimen!("plain.png");
    let hollow = [&png[..33], &png[png.len() - 12..]].concat();
    assert_eq!(identify(&hollow).flaw(), Some(Flaw::NoPixels));
    assert_eq!(
        identify(b"GIF89a\x01\0\x01\0\0\0\0\x3B").flaw(),
        Some(Flaw::NoPixels)
    );
    assert_eq!(identify(b"\xFF\xD8\xFF\xD9").flaw(), Some(Flaw::NoPixels));
}

#[test]
fn a_wrong_checksum_that_browsers_ignore_is_ignored() {
    let png = specimen!("plain.png");
    let note = b"\0\0\0\x03tEXta\0b\0\0\0\0";
    let noted = [&png[..33], note, &png[33..]].concat();
    assert_eq!(identify(&noted).flaw(), None);
}

#[test]
fn heic_is_read_like_avif() {
    let avif = specimen!("plain.avif");
    let heic: Vec<u8> = avif
        .chunks(4)
        .flat_map(|four| if four == b"avif" { b"heic" } else { four })
        .copied()
        .collect();
    let verdict = identify(&heic);
    assert_eq!(verdict.media(), &MediaType::Heic);
    assert_eq!((verdict.flaw(), verdict.width()), (None, Some(16)));
}

#[test]
fn svg_in_utf16() {
    let text = std::str::from_utf8(SVG).unwrap();
    let little = || "\u{FEFF}".encode_utf16().chain(text.encode_utf16());
    let bytes: Vec<u8> = little().flat_map(u16::to_le_bytes).collect();
    let verdict = identify(&bytes);
    assert_eq!((verdict.width(), verdict.flaw()), (Some(9), None));
    assert!(identify(&bytes[..bytes.len() - 2]).flaw().is_some());
    let bytes: Vec<u8> = little().flat_map(u16::to_be_bytes).collect();
    assert!(identify(&bytes).prove(Class::Image).is_ok());
}

/// A beginning that leads into every reader, some damage, some noise.
fn hostile() -> impl Strategy<Value = Vec<u8>> {
    let beginnings = images().into_iter().map(|(bytes, ..)| bytes.to_vec());
    let beginning = proptest::sample::select(beginnings.chain([Vec::new()]).collect::<Vec<_>>());
    let damage = vec((any::<proptest::sample::Index>(), any::<u8>()), 0..6);
    let noise = vec(
        prop_oneof![any::<u8>(), Just(0), Just(0xFF), Just(b'<'), Just(b' ')],
        0..200,
    );
    (beginning, damage, noise).prop_map(|(mut bytes, damage, noise)| {
        for (index, value) in damage
            .into_iter()
            .filter(|_| !bytes.is_empty())
            .collect::<Vec<_>>()
        {
            let at = index.index(bytes.len());
            bytes[at] = value;
        }
        bytes.extend(noise);
        bytes
    })
}

proptest! {
    #[test]
    fn any_bytes_get_one_answer_however_they_come(
        bytes in hostile(),
        sizes in vec(1_usize..40, 1..20),
    ) {
        let verdict = identify(&bytes);
        prop_assert_eq!(verdict.bytes(), bytes.len() as u64);
        prop_assert!(verdict.trailing() <= verdict.bytes());
        prop_assert_eq!(&in_pieces(&bytes, sizes.into_iter().cycle()), &verdict);
        prop_assert_eq!(&in_pieces(&bytes, std::iter::repeat(1)), &verdict);
    }
}
