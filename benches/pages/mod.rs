//! What is measured? Articles as they are on the web, always the same, and the images they show.

#![allow(dead_code, reason = "each bench uses a part")]

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use flate2::{Compression, Crc, write::ZlibEncoder};
use offprint::document::{Document, Kind};
use offprint::link::Link;

/// Words of the text, in two scripts.
const WORDS: &[&str] = &[
    "archive",
    "image",
    "article",
    "which",
    "the",
    "of",
    "and",
    "byte",
    "reader",
    "图片",
    "文章",
    "归档",
    "每一张",
    "离线",
    "for ever",
    "&amp;",
    "address",
    "without",
    "a",
    "page",
];

/// The pixels of an image: as many bytes as photographs on the web have, 20 to 180 KB.
const PIXELS: [usize; 8] = [
    20_000, 40_000, 60_000, 80_000, 100_000, 120_000, 150_000, 180_000,
];

/// A sequence of numbers that is the same in every run (xorshift).
#[derive(Debug, Clone)]
pub(crate) struct Numbers(u64);

impl Numbers {
    /// Begins a sequence.
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1)
    }

    /// Returns a number below `limit`.
    pub(crate) fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 >> 33).unwrap_or(0) % limit
    }
}

/// Returns the numbers of the images of article `article`, of `images` each, `repeated` percent of which an earlier article
/// shows, too.
pub(crate) fn images_of(article: usize, images: usize, repeated: usize) -> Vec<usize> {
    let mut numbers = Numbers::new(article as u64 + 1);
    let own = |slot| article * images + slot;
    (0..images)
        .map(|slot| {
            let again = article > 0 && numbers.below(100) < repeated;
            if again {
                numbers.below(article * images)
            } else {
                own(slot)
            }
        })
        .collect()
}

/// Returns article `article` as HTML: text, links, and its images in several ways.
pub(crate) fn article(article: usize, images: usize, repeated: usize, host: &str) -> String {
    let mut numbers = Numbers::new(article as u64 + 7);
    let mut html = format!(
        "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><title>Article {article}</title>\n\
         <meta name=\"author\" content=\"Somebody\"><style>body {{ font: 16px/1.5 serif }} .wide {{ width: 100% }}</style>\n\
         <script>window.counted = (window.counted || 0) + 1;</script></head>\n<body><article><h1>Article {article}</h1>\n"
    );
    for (slot, image) in images_of(article, images, repeated).into_iter().enumerate() {
        html.push_str("<p>");
        for _ in 0..120 {
            html.push_str(WORDS[numbers.below(WORDS.len())]);
            html.push(' ');
        }
        let source = format!("http://{host}/i/{image}.png");
        let tag = match slot % 4 {
            0 => format!("<img src=\"{source}\" alt=\"Figure {slot}\" width=\"640\">"),
            1 => format!("<img class=\"wide\" src='{source}' srcset='{source} 2x' loading=lazy>"),
            2 => format!("<a href=\"/a/{article}.html#{slot}\"><img src={source}></a>"),
            _ => format!(
                "<figure><img data-src=\"{source}\" src=\"data:image/gif;base64,R0lGODlhAQABAAAAACw=\"><figcaption>{slot}</figcaption></figure>"
            ),
        };
        writeln!(html, "</p>\n{tag}").expect("a string takes all that is written");
    }
    html.push_str("</article><footer><a href=\"/\">Home</a></footer></body></html>\n");
    html
}

/// Returns so many articles as documents.
pub(crate) fn documents(articles: usize, images: usize, repeated: usize) -> Vec<Document> {
    let page = |number| {
        let html = article(number, images, repeated, "img.test");
        let address = Link::parse(&format!("http://news.test/a/{number}.html")).ok();
        Document::new(
            html.into_bytes(),
            Kind::Page,
            Some("text/html; charset=utf-8"),
            address,
        )
    };
    (0..articles).map(page).collect()
}

/// Returns every HTML and Markdown file below `folder` as a document.
pub(crate) fn specimens(folder: &Path) -> Vec<Document> {
    let mut found = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).into_iter().flatten().flatten() {
            let path = entry.path();
            let kind = path.extension().and_then(|it| it.to_str());
            let kind = match kind {
                Some("html" | "htm") => Kind::Page,
                Some("md") => Kind::Post,
                _ if path.is_dir() => {
                    folders.push(path);
                    continue;
                }
                _ => continue,
            };
            let bytes = fs::read(&path).unwrap_or_default();
            let address = Link::parse("http://news.test/specimen").ok();
            found.push(Document::new(bytes, kind, None, address));
        }
    }
    found
}

/// Images that differ from each other without being made anew: one PNG a size, and a chunk of text that says which it is.
#[derive(Debug)]
pub(crate) struct Images(Vec<Vec<u8>>);

impl Images {
    /// Makes one of each size.
    pub(crate) fn new() -> Self {
        Self(PIXELS.iter().map(|pixels| png(*pixels)).collect())
    }

    /// Returns image `number`.
    pub(crate) fn get(&self, number: usize) -> Vec<u8> {
        const HEAD_BYTES: usize = 8 + 25; // signature and IHDR
        let common = &self.0[number % self.0.len()];
        let text = format!("Comment\0{number}");
        [
            &common[..HEAD_BYTES],
            &chunk(*b"tEXt", text.as_bytes()),
            &common[HEAD_BYTES..],
        ]
        .concat()
    }
}

/// Returns a grey PNG of so many pixels that do not compress.
fn png(pixels: usize) -> Vec<u8> {
    const WIDTH: usize = 400;
    let height = pixels / WIDTH;
    let mut numbers = Numbers::new(pixels as u64);
    let row = |numbers: &mut Numbers| -> Vec<u8> {
        let grey = (0..WIDTH).map(|_| u8::try_from(numbers.below(256)).unwrap_or(0));
        std::iter::once(0).chain(grey).collect()
    };
    let rows: Vec<u8> = (0..height).flat_map(|_| row(&mut numbers)).collect();
    let mut encoder = ZlibEncoder::new(Vec::new(), Compression::none());
    std::io::Write::write_all(&mut encoder, &rows).expect("a vector takes all that is written");
    let data = encoder
        .finish()
        .expect("a vector takes all that is written");
    let size = |number: usize| u32::try_from(number).unwrap_or(1).to_be_bytes();
    let header = [&size(WIDTH)[..], &size(height), &[8, 0, 0, 0, 0]].concat();
    let parts = [
        chunk(*b"IHDR", &header),
        chunk(*b"IDAT", &data),
        chunk(*b"IEND", b""),
    ];
    [b"\x89PNG\r\n\x1a\n", parts.concat().as_slice()].concat()
}

/// Returns a chunk of a PNG with its checksum.
fn chunk(kind: [u8; 4], data: &[u8]) -> Vec<u8> {
    let mut crc = Crc::new();
    crc.update(&kind);
    crc.update(data);
    let length = u32::try_from(data.len()).unwrap_or(0).to_be_bytes();
    [&length[..], &kind, data, &crc.sum().to_be_bytes()].concat()
}
