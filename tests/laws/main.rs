//! Do the laws hold for what nobody would write? Each is driven with what its syntax stumbles over, with any bytes at all,
//! with the specimens, and with the cases that fuzzing found.

#![expect(clippy::unwrap_used, reason = "a test may panic")]

pub mod law;

use std::fs;
use std::path::{Path, PathBuf};

use proptest::collection::vec;
use proptest::prelude::*;

fn under(folder: &str) -> Vec<PathBuf> {
    fn below(folder: &Path, into: &mut Vec<PathBuf>) {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                below(&path, into);
            } else {
                into.push(path);
            }
        }
    }
    let mut found = Vec::new();
    below(
        &Path::new(env!("CARGO_MANIFEST_DIR")).join(folder),
        &mut found,
    );
    found.sort();
    found
}

/// Bytes of a specimen that each law looks at: enough for its beginning, all of a small one.
const SPECIMEN_BYTES_MAX: usize = 16 * 1024;

/// Every law holds for every specimen, whatever it is, and for all that it begins with.
#[test]
fn specimens_break_no_law() {
    let files = under("tests/specimens");
    assert!(files.len() > 10);
    for path in files.into_iter().chain(under("archive")) {
        let mut bytes = fs::read(&path).unwrap();
        bytes.truncate(SPECIMEN_BYTES_MAX);
        // A law that chooses takes the first one; laws that take records read them without that byte.
        let data = [&[0], bytes.as_slice()].concat();
        for (_, law) in law::ALL {
            law(&data);
            law(&data[..data.len() / 2]);
            law(&bytes);
        }
    }
}

/// What was found once is never found again. The name of a file in `cases/LAW/` says what it did.
#[test]
fn cases_break_no_law() {
    for path in under("tests/laws/cases") {
        let folder = path
            .parent()
            .unwrap()
            .file_name()
            .unwrap()
            .to_str()
            .unwrap();
        let (_, law) = law::ALL
            .iter()
            .find(|(name, _)| *name == folder)
            .unwrap_or_else(|| panic!("no law {folder}"));
        law(&fs::read(&path).unwrap());
    }
}

/// Every law has a fuzz target of its name, a line that calls it.
#[test]
fn every_law_is_fuzzed() {
    let manifest =
        fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/Cargo.toml")).unwrap();
    let targets = under("fuzz/fuzz_targets");
    assert_eq!(targets.len(), law::ALL.len());
    for (name, _) in law::ALL {
        let path = targets
            .iter()
            .find(|path| path.file_stem().unwrap() == *name);
        let text = fs::read_to_string(path.unwrap_or_else(|| panic!("no target {name}"))).unwrap();
        assert!(text.contains(&format!("law::{name}(data)")), "{name}");
        assert!(
            manifest.contains(&format!("path = \"fuzz_targets/{name}.rs\"")),
            "{name}"
        );
    }
}

/// What the syntaxes are made of, whole and in halves, between line feeds.
const HTML: &str = "<img src=a.png>\n<img srcset='b.png 2x, s.svg'\n data-src=\"m&amp;.png\"\n>\n<base href=//i.test/>\n<p style='background:url(c.png)'>\n\
    <style>\n@import 'x';\nurl(\n)</style>\n<noscript>\n</noscript>\n<svg><image href=s>\n</svg>\n<script>\n</script>\n<!--\n-->\n\"\n'\n<\n>\n&#x\n图\n\
    <meta charset=gbk>\n<meta http-equiv=refresh content=0>\n<iframe srcdoc='<img src=n>'>\n<template>\n</template>\n<math>\n<table>\n<a href=e>";
const POST: &str = "---\\n\nkey: \n- \n'\n\"\n|\\n\n&a \n*a\n!!x \n[\n]\n{\n}\n: \n\\t\n#\n![\n](\n)\n](a.png)\n![b](<c d> 't')\n[x]: s.svg\\n\n![x]\n```\\n\n`\n~~~\n    \n<img src=m>\n\
    <!--\n{% raw %}\n{% endraw %}\n\\\n>\n1. \n|\n+++\\n\n;;;\\n\n图\n\\n\n\\n\\n\n---\\ncover: https://h.test/i.png\\n---\\n";
const FEED: &str = "<rss>\n<feed xml:base='b/'>\n<item>\n</item>\n<entry>\n</entry>\n<description>\n</description>\n<content type='html'>\n<content type='xhtml'>\n\
    </content>\n&lt;img src=\n&quot;\n&amp;amp;\n<img src='a'/>\n<![CDATA[\n]]>\n<enclosure url='a.png'/>\n<image><url>\n</url>\n<icon>\n</icon>\n<!--\n-->\n<?\n<!DOCTYPE\n\
    {\n}\n[\n]\n,\n:\n\"\n\"items\"\n\"content_html\"\n\"attachments\"\n\"url\"\n\"icon\"\n\\u003c\n\\\"\n图\n/>\n>";
const CSS: &str = "url(\n)\n'a.png'\n\"b\"\n@import \n;\n{\n}\n\\\n\\a \n/*\n*/\nimage-set(\n src(\n@namespace \nbackground:\n&quot;\n&#\n,\n!\n图\n(\n[\n]\n<!--\n 2x";
const JSON: &str = "{\n}\n[\n]\n:\n,\n\"format\"\n1\n\"documents\"\n\"files\"\n\"edits\"\nnull\n\"\n\\u\n-\ne9\n\"snapshot\"\n\"renderer\"";
const WIRE: &str = "https://\n//\nh.test\n:\n@\n/\n?\n#\n..\n%\n%E4\n[\n]\n图\n\\t\n xn--\n\\\ngif\nGIF89a\n\\x89PNG\\r\\n\\x1a\\n\nRIFF\nWEBP\n\\xff\\xd8\\xff\nftypavif\n<svg\n<?xml";

const COOKIES: &str = "# Netscape HTTP Cookie File\\n\n#HttpOnly_\na.test\n.b.test\n\\t\nTRUE\nFALSE\n/\n0\n1999999999\nname\nvalue\n\\n\n\\r\\n\n# \n\\t/\\tFALSE\\t0\\ta\\tb\\n";

/// A whole note and its pieces; the digests are those of `{}` and of nothing.
const NOTES: &str = "44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a {}\\n\n44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a\n\
    e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855 \\n\n \n{}\n\\n\n{\n\"asked\"\n\\x00\n图";

const ROBOTS: &str = "user-agent: *\\n\nUser-Agent: x\\r\nuser-agent: offprint\\n\nbot*\n\\n\nallow:\ndisallow: /\nDisalow \n/a*b$\n/*?\n/a?b\n%2F\n%\n$\n*\n#\n\\r\\n\n\
    crawl-delay: 1e9\\n\nsitemap:\n图\n \n:\n/index.html\n\\x00";

const CONFIGURATION: &str = "[[source]]\\n\n[[host]]\\n\n[lazy]\\n\n[[placeholder]]\\n\nurl = 'https://h.test/'\\n\npath = 'x'\\n\nkind = 'feed'\\n\ncontent = 'both'\\n\nnewest = 1\\n\nsince = 2024-01-31\\n\ninclude = ['*']\\n\ntags = ['a']\\n\nheaders = ['X-Key: v']\\n\nmax-bytes = '1M'\\n\ntimeout = '1s'\\n\nrobots = 'honour'\\n\nhosts = ['a.test']\\n\nuser = 'me'\\n\npassword = 'p'\\n\nkeep-trackers = true\\n\n=\n'\n[\n]\n{\n}\n#\n\\n\n.\n\\x00\n\\xff\n图\n1e9";

/// Pieces of checkpoints, signatures and files of signers.
const SIGNED: &str = "offprint/99d73f0e6b2bd4a1e6d1b1d3f4ae6a7a99d73f0e6b2bd4a1e6d1b1d3f4ae6a7a\\n\n12\\n\nf4OxZX/x/FO5LcGBSKHWXfwtSx+j1ncoSt3SABJtkGk=\\n\ntime 2026-11-28T01:07:00Z\\n\nby kai\\n\n\
    -----BEGIN SSH SIGNATURE-----\\n\nU1NIU0lHAAAAAQ==\\n\nAAAA\n-----END SSH SIGNATURE-----\\n\nkai@example.com \n*,!eve \nnamespaces=\\x22offprint\\x22\nvalid-after=20260101Z\n,\nvalid-before=\n\\x22\ncert-authority\n \n\\n\nssh-ed25519 \n#\n图\n0\n\\x00";

/// Pieces of proofs.
const PROOF: &str = "{\"checkpoint\":{\"signature\":\"\",\"text\":\"\"},\"entry\":{\"index\":0,\"line\":\"\",\"path\":[]},\"format\":1,\"snapshot\":\"\"}\\n\n{\"checkpoint\":{\"signature\":\"\n\",\"text\":\"\n\"},\"entry\":{\"index\":\n,\"line\":\"\n\",\"path\":[\n\
    \"99d73f0e6b2bd4a1e6d1b1d3f4ae6a7a99d73f0e6b2bd4a1e6d1b1d3f4ae6a7a\"\n,\n]},\"format\":1,\"snapshot\":\"\n\"}\\n\n\"earlier\":{\"path\":[\n0\n1\n\\\n图\n \n\\n";

/// Four bytes that say where, and pieces of what is remembered.
const REMEMBERED: &str = "\\x00\\x00\\x00\\x00\n\\x00\\x20\\x00\\x01\n\\x00\n\\x01\n\\xff\n0\n1\n-1\n,\n9223372036854775807\n1e400\nnull\n\"\n[\n]\n{\n}\n:\n\"checked\":[\n\
    \"round\":\n\"place\":\n../\narticles/\n/snapshots/\nhttps://h.test/\n2026-11-28T01:07:00Z\n\\\n图\n \n\\n";

const FIELDS: &str = "x-api-key\nauthorization\nCookie\nreferer\nreferrer\nhost\nrange\ndnt\nte\na.test=\n.a.test=\n*=\n*\nhttp://a.test=\nhttps://\n\
    =\n:\n: \n \n.\n[::1]\n127.1\n图.test\nxn--\n@\n/\n\\n\n\\x00";

/// Pieces of a syntax and bytes that belong to none.
fn data(of: &'static str) -> impl Strategy<Value = Vec<u8>> {
    let pieces: Vec<Vec<u8>> = of.split('\n').map(unescaped).collect();
    let piece = prop_oneof![6 => proptest::sample::select(pieces), 1 => vec(any::<u8>(), 1..4)];
    (any::<u8>(), vec(piece, 0..32))
        .prop_map(|(choice, pieces)| [vec![choice], pieces.concat()].concat())
}

/// Reads `\n`, `\t`, `\r` and `\xHH`, which the lists above can't hold otherwise.
fn unescaped(piece: &str) -> Vec<u8> {
    let mut bytes = piece
        .replace("\\n", "\n")
        .replace("\\t", "\t")
        .replace("\\r", "\r")
        .into_bytes();
    while let Some(at) = bytes.windows(2).position(|pair| pair == b"\\x") {
        let digits = std::str::from_utf8(&bytes[at + 2..at + 4]).unwrap();
        let byte = u8::from_str_radix(digits, 16).unwrap();
        bytes.splice(at..at + 4, [byte]);
    }
    bytes
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn pages(data in data(HTML)) { law::page(&data); law::charset(&data); }

    #[test]
    fn posts(data in data(POST)) { law::post(&data); law::front_matter(&data); }

    #[test]
    fn feeds(data in data(FEED)) { law::feed(&data); law::listing(&data); }

    #[test]
    fn stylesheets(data in data(CSS)) { law::css(&data); law::srcset(&data); }

    #[test]
    fn records(data in data(JSON)) { law::snapshot(&data[1..]); law::view(&data[1..]); }

    #[test]
    fn addresses_and_images(data in data(WIRE)) { law::link(&data[1..]); law::media(&data); }

    #[test]
    fn cookies(data in data(COOKIES)) { law::cookies(&data[1..]); }

    #[test]
    fn notes_of_a_run(data in data(NOTES)) { law::notes(&data[1..]); }

    #[test]
    fn robots(data in data(ROBOTS)) { law::robots(&data); }

    #[test]
    fn configurations(data in data(CONFIGURATION)) { law::configuration(&data[1..]); }

    #[test]
    fn what_is_signed(data in data(SIGNED)) { law::signature(&data[1..]); }

    #[test]
    fn proofs(data in data(PROOF)) { law::proof(&data[1..]); }

    #[test]
    fn what_is_remembered(data in data(REMEMBERED)) { law::round(&data); law::proven_keys(&data[1..]); law::still(&data[1..]); }

    #[test]
    fn fields(data in data(FIELDS)) { law::header(&data); }

    #[test]
    fn natures(data in prop_oneof![data(HTML), data(POST), data(FEED), data(CSS), data(WIRE)]) { law::nature(&data); }

    #[test]
    fn any_bytes(data in vec(any::<u8>(), 0..200)) {
        for (_, law) in law::ALL { law(&data); }
    }
}
