use flate2::Compression;
use flate2::write::{DeflateEncoder, GzEncoder, ZlibEncoder};
use proptest::collection::vec;
use proptest::prelude::*;

use super::*;

const TEXT: &[u8] = "正文 and more text, more text, more text".as_bytes();

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

fn zlib(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = ZlibEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

fn raw(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = DeflateEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

/// A stored block (RFC 7932 §9.2: WBITS 16, not last, MNIBBLES 4, MLEN - 1, ISUNCOMPRESSED), then an empty last one.
fn brotli(bytes: &[u8]) -> Vec<u8> {
    let header = (u32::try_from(bytes.len()).unwrap() - 1) << 4 | 1 << 20;
    [&header.to_le_bytes()[..3], bytes, &[3]].concat()
}

#[track_caller]
fn check(codings: &str, wire: &[u8], expected: Result<&[u8], Why>) {
    for piece in [1, 2, 7, wire.len()] {
        let found = decode(codings, wire, piece, 1 << 20);
        assert_eq!(
            found.as_deref(),
            expected.as_deref(),
            "{codings} in pieces of {piece}"
        );
    }
}

#[test]
fn every_coding_is_undone() {
    check("", TEXT, Ok(TEXT));
    check("identity", TEXT, Ok(TEXT));
    check("gzip", &gzip(TEXT), Ok(TEXT));
    check("X-GZip", &gzip(TEXT), Ok(TEXT));
    check("deflate", &zlib(TEXT), Ok(TEXT));
    check("deflate", &raw(TEXT), Ok(TEXT));
    check("br", &brotli(TEXT), Ok(TEXT));
    check("gzip", &gzip(b""), Ok(b""));
}

#[test]
fn members_of_gzip_are_joined() {
    check(
        "gzip",
        &[gzip(b"one "), gzip(b""), gzip(b"two")].concat(),
        Ok(b"one two"),
    );
}

#[test]
fn what_follows_the_end_is_passed_over() {
    for (codings, wire) in [
        ("gzip", gzip(TEXT)),
        ("gzip", [gzip(&TEXT[..9]), gzip(&TEXT[9..])].concat()),
        ("deflate", zlib(TEXT)),
        ("deflate", raw(TEXT)),
        ("br", brotli(TEXT)),
        ("gzip, br", brotli(&gzip(TEXT))),
    ] {
        for rest in [
            &b"\0"[..],
            &[0; 512],
            b"<!-- 0.1 s -->",
            b"\x1f",
            b"\x1f\x1f\x8b",
        ] {
            check(codings, &[&wire, rest].concat(), Ok(TEXT));
        }
    }
    // What begins a member is one, and must be whole.
    let second = gzip(TEXT);
    for end in 2..second.len() {
        let wire = [&gzip(TEXT), &second[..end]].concat();
        assert_eq!(
            decode("gzip", &wire, 7, 1 << 20),
            Err(Why::BadEncoding),
            "{end}"
        );
    }
}

#[test]
fn a_stream_cut_anywhere_is_broken() {
    for (codings, wire) in [
        ("gzip", gzip(TEXT)),
        ("deflate", zlib(TEXT)),
        ("deflate", raw(TEXT)),
        ("br", brotli(TEXT)),
    ] {
        for end in 1..wire.len() {
            for piece in [1, wire.len()] {
                let found = decode(codings, &wire[..end], piece, 1 << 20);
                assert_eq!(found, Err(Why::BadEncoding), "{codings} cut at {end}");
            }
        }
    }
}

#[test]
fn codings_in_a_row_are_undone_backwards() {
    check("gzip, br", &brotli(&gzip(TEXT)), Ok(TEXT));
    check("deflate,identity,gzip", &gzip(&zlib(TEXT)), Ok(TEXT));
    check("gzip,gzip,gzip,gzip,gzip", b"", Err(Why::BadEncoding));
}

#[test]
fn what_is_unknown_or_broken_is_said() {
    check("zstd", TEXT, Err(Why::BadEncoding));
    for (codings, wire) in [
        ("gzip", gzip(TEXT)),
        ("deflate", zlib(TEXT)),
        ("deflate", raw(TEXT)),
        ("br", brotli(TEXT)),
    ] {
        check(codings, TEXT, Err(Why::BadEncoding));
        check(codings, &wire[..wire.len() - 1], Err(Why::BadEncoding));
        check(codings, &wire[..1], Err(Why::BadEncoding));
    }
    let mut flipped = gzip(TEXT);
    *flipped.last_mut().unwrap() ^= 1;
    check("gzip", &flipped, Err(Why::BadEncoding));
}

#[test]
fn a_bomb_ends_at_the_limit() {
    let zeros = vec![0; 4 << 20];
    for (codings, wire) in [
        ("gzip", gzip(&zeros)),
        ("deflate", raw(&zeros)),
        ("gzip, gzip", gzip(&gzip(&zeros))),
        // The same four mebibytes, in fourteen bytes.
        (
            "br",
            b"\x9b\xff\xff\x3f\xf8\x27\x00\xe2\xb1\x40\x20\xf7\xfe\x07".to_vec(),
        ),
    ] {
        assert_eq!(
            decode(codings, &wire, wire.len(), 1 << 20),
            Err(Why::TooLarge)
        );
        assert_eq!(
            decode(codings, &wire, wire.len(), 4 << 20).map(|bytes| bytes.len()),
            Ok(4 << 20)
        );
    }
}

struct Full;

impl Sink for Full {
    fn write(&mut self, _: &[u8]) -> io::Result<()> {
        Err(io::ErrorKind::StorageFull.into())
    }

    fn restart(&mut self) {}
}

#[test]
fn a_full_disk_is_no_fault_of_the_bytes() {
    let room = Room {
        total: None,
        bytes_max: 1 << 20,
        already: 0,
    };
    let mut decoder = decoder(&[Coding::Gzip], Outlet::new(Full, room));
    let error = decoder
        .write_all(&gzip(TEXT))
        .and_then(|()| decoder.end())
        .unwrap_err();
    let halt = decoder.outlet().halted(&error);
    assert!(matches!(halt, Halt::Sink(error) if error.kind() == io::ErrorKind::StorageFull));
}

proptest! {
    #[test]
    fn any_bytes_get_an_answer(
        wire in vec(any::<u8>(), 0..300), piece in 1_usize..300, coding in 0_usize..5
    ) {
        let codings = ["gzip", "deflate", "br", "br, gzip", "gzip, deflate"][coding];
        let _answer = decode(codings, &wire, piece, 1 << 16);
    }

    #[test]
    fn broken_streams_get_an_answer(
        place in any::<prop::sample::Index>(), byte in any::<u8>(), piece in 1_usize..80, coding in 0_usize..4
    ) {
        let (codings, mut wire) = match coding {
            0 => ("gzip", gzip(TEXT)),
            1 => ("deflate", zlib(TEXT)),
            2 => ("deflate", raw(TEXT)),
            _ => ("br", b"\x8f\x02\x80hello\n\x03".to_vec()),
        };
        let at = place.index(wire.len());
        wire[at] = byte;
        let _answer = decode(codings, &wire, piece, 1 << 16);
    }
}
