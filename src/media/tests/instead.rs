//! What is it where it is no image? Signatures, what stands in an image's place, and what other places take.

use super::*;

#[test]
fn what_comes_instead_of_an_image() {
    #[track_caller]
    fn check(bytes: &[u8], expected: Unfit) {
        assert_eq!(identify(bytes).prove(Class::Image), Err(expected));
    }
    check(b"", Unfit::Empty);
    check(b" \r\n\t ", Unfit::Empty);
    check(b"<!DOCTYPE html><title>403</title>", Unfit::Html);
    check(b"\xEF\xBB\xBF\n <HTML><body>no</body>", Unfit::Html);
    check(b"<?xml version='1.0'?><html xmlns='x'/>", Unfit::Html);
    check(b"<!-- x --><center>502</center>", Unfit::Html);
    check(b"<html><svg xmlns='x'></svg></html>", Unfit::Html);
    check(b"<div\n><svg></svg></div>", Unfit::Html);
    check(
        &[&[b'\n'; 5000], b"<html>".as_slice()].concat(),
        Unfit::Html,
    );
    check(b"{ \"error\": 1}", Unfit::Json);
    check(b"[]", Unfit::Json);
    check(b"<Error><Code>x", Unfit::WrongKind(MediaType::Xml));
    check(
        b"<!DOCTYPE svg PUBLIC 'x'><rss/>",
        Unfit::WrongKind(MediaType::Xml),
    );
    check(b"Not found", Unfit::WrongKind(MediaType::Text));
    check(b"\n\x89PNG\r\n\x1A\n", Unfit::WrongKind(MediaType::Binary));
    check(b"\0\x01", Unfit::WrongKind(MediaType::Binary));
    check(b"%PDF-1.7", Unfit::WrongKind(MediaType::Pdf));
    check(
        b"<svg><g></g>",
        Unfit::Broken(MediaType::Svg, Flaw::Truncated),
    );
    check(
        b"\xFF\xD8\xFF\xE0",
        Unfit::Broken(MediaType::Jpeg, Flaw::Truncated),
    );
}

#[test]
fn signatures() {
    #[track_caller]
    fn check(bytes: &[u8], expected: &str) {
        assert_eq!(identify(bytes).media().essence(), expected);
    }
    check(b"RIFF\x24\0\0\0WAVEfmt ", "audio/wave");
    check(b"RIFF\x24\0\0\0AVI LIST", "video/avi");
    check(b"FORM\0\0\0\x24AIFF", "audio/aiff");
    check(b"\0\0\0\x18ftypM4A \0\0\0\0mp42isom", "audio/mp4");
    check(b"\0\0\0\x18ftypisom\0\0\0\0mp42isom", "video/mp4");
    check(b"\0\0\0\x14ftypqt  \0\0\0\0qt  ", "video/quicktime");
    check(b"\0\0\0\x18ftypmif1\0\0\0\0mif1heic", "image/heic");
    check(
        b"\x1A\x45\xDF\xA3\x9F\x42\x86\x81\x01\x42\x82\x84webm",
        "video/webm",
    );
    check(b"\x1A\x45\xDF\xA3\x42\x82\x88matroska", "video/x-matroska");
    check(b"ID3\x04", "audio/mpeg");
    check(&mp3(), "audio/mpeg");
    check(&mp3()[..417], "application/octet-stream");
    check(b"\xFF\xF1\x50\x80", "audio/aac");
    check(b"fLaC\0", "audio/flac");
    check(b"OggS\0\x02", "application/ogg");
    check(b"wOF2\0\x01", "font/woff2");
    check(b"\0\x01\0\0\0\x0C", "font/ttf");
    check(b"II\x2A\0\x08", "image/tiff");
    check(b"\xFF\x0A\xFA", "image/jxl");
    check(b"WEBVTT\n", "text/vtt");
    check(b"\xFF\xFE<\0h\0t\0m\0l\0>\0", "text/html");
}

/// Two silent frames of 128 kbit/s at 44.1 kHz.
fn mp3() -> Vec<u8> {
    let mut frame = vec![0; 417];
    frame[..4].copy_from_slice(b"\xFF\xFB\x90\0");
    frame.repeat(2)
}

#[test]
fn text_in_the_place_of_a_stylesheet_is_one() {
    #[track_caller]
    fn check(bytes: &[u8], fits: bool) {
        let proof = identify(bytes).prove(Class::Style);
        assert_eq!(proof.is_ok(), fits, "{proof:?}");
        assert!(proof.is_err() || proof.unwrap().media() == &MediaType::Css);
    }
    check(b"@charset \"gbk\"; p{content:\"\xD6\xD0\"}", true);
    check(b"[hidden]{display:none}", true);
    check(b".snd{} true{} a{}", true);
    check(b"\n", true);
    check(b"\xFF\xFEp\0{\0}\0", true);
    check(b"", false);
    check(b"<html>", false);
    check(b"{\"message\":\"x\"}", false);
    check(specimen!("plain.png"), false);
}

#[test]
fn fonts_and_media_know_their_places() {
    assert!(identify(b"wOFF").prove(Class::Font).is_ok());
    assert!(identify(SVG).prove(Class::Font).is_ok());
    assert!(identify(b"OggS\0").prove(Class::Media).is_ok());
    assert!(
        identify(specimen!("plain.gif"))
            .prove(Class::Media)
            .is_err()
    );
}
