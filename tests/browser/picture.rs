//! Pictures for a test: of one plain colour to be archived, and read from what the browser shows. PNG, 8 bits a sample.

use std::io::{Read, Write};

use flate2::Compression;
use flate2::bufread::ZlibDecoder;
use flate2::write::ZlibEncoder;

/// Red, green, blue.
pub(crate) type Colour = [u8; 3];

/// A rectangle: left, top, width, height.
pub(crate) type Area = [u32; 4];

const SIGNATURE: &[u8] = b"\x89PNG\r\n\x1a\n";

/// How many bytes precede the samples that a filter refers to (PNG 3, §9).
const BYTES_PER_PIXEL_MAX: usize = 4;

/// A picture that was decoded.
pub(crate) struct Picture {
    width: usize,
    pixels: Vec<Colour>,
}

impl std::fmt::Debug for Picture {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("Picture").finish_non_exhaustive()
    }
}

impl Picture {
    /// Decodes a PNG as Chromium writes it: not interlaced, with or without alpha.
    pub(crate) fn read(png: &[u8]) -> Self {
        let mut rest = png.strip_prefix(SIGNATURE).unwrap();
        let (mut head, mut packed) = (&rest[..0], Vec::new());
        while let Some((length, after)) = rest.split_first_chunk::<4>() {
            let length = usize::try_from(u32::from_be_bytes(*length)).unwrap();
            let (kind, data) = (&after[..4], &after[4..4 + length]);
            match kind {
                b"IHDR" => head = data,
                b"IDAT" => packed.extend_from_slice(data),
                _ => {}
            }
            rest = &after[4 + length + 4..];
        }
        let width = u32::from_be_bytes(head[..4].try_into().unwrap());
        let width = usize::try_from(width).unwrap();
        assert_eq!(
            (head[8], head[12]),
            (8, 0),
            "8 bits a sample, not interlaced"
        );
        let bytes_per_pixel = if head[9] == 6 { 4 } else { 3 };
        let mut lines = Vec::new();
        ZlibDecoder::new(packed.as_slice())
            .read_to_end(&mut lines)
            .unwrap();
        Self {
            width,
            pixels: unfiltered(&lines, width, bytes_per_pixel),
        }
    }

    /// Counts the pixels of `area` that `is_counted`.
    pub(crate) fn count(&self, area: Area, is_counted: impl Fn(Colour) -> bool) -> usize {
        let [left, top, width, height] = area.map(|side| usize::try_from(side).unwrap());
        let lines = self.pixels.chunks_exact(self.width).skip(top).take(height);
        lines
            .flat_map(|line| line.iter().skip(left).take(width))
            .filter(|colour| is_counted(**colour))
            .count()
    }

    /// Returns the whole area.
    pub(crate) fn area(&self) -> Area {
        let height = self.pixels.len() / self.width;
        [
            0,
            0,
            self.width.try_into().unwrap(),
            height.try_into().unwrap(),
        ]
    }
}

/// Undoes the filters of all lines (PNG 3, §9.2).
fn unfiltered(lines: &[u8], width: usize, bytes_per_pixel: usize) -> Vec<Colour> {
    let mut pixels = Vec::with_capacity(lines.len() / bytes_per_pixel);
    let mut above = vec![0; BYTES_PER_PIXEL_MAX + width * bytes_per_pixel];
    for line in lines.chunks_exact(1 + width * bytes_per_pixel) {
        let mut current = vec![0; above.len()];
        for (index, sample) in line[1..].iter().enumerate() {
            let here = BYTES_PER_PIXEL_MAX + index;
            let (a, b, c) = (
                current[here - bytes_per_pixel],
                above[here],
                above[here - bytes_per_pixel],
            );
            let predicted = match line[0] {
                0 => 0,
                1 => a,
                2 => b,
                3 => u8::midpoint(a, b),
                _ => paeth(a, b, c),
            };
            current[here] = sample.wrapping_add(predicted);
        }
        let samples = current[BYTES_PER_PIXEL_MAX..].chunks_exact(bytes_per_pixel);
        pixels.extend(samples.map(|pixel| [pixel[0], pixel[1], pixel[2]]));
        above = current;
    }
    pixels
}

fn paeth(a: u8, b: u8, c: u8) -> u8 {
    let p = i16::from(a) + i16::from(b) - i16::from(c);
    let distance = |from: u8| (p - i16::from(from)).abs();
    if distance(a) <= distance(b) && distance(a) <= distance(c) {
        a
    } else if distance(b) <= distance(c) {
        b
    } else {
        c
    }
}

/// Returns a PNG of one colour, `side` pixels wide and high.
pub(crate) fn plain_png(colour: Colour, side: u32) -> Vec<u8> {
    let pixels = usize::try_from(side).unwrap();
    let line = [[0].as_slice(), &colour.repeat(pixels)].concat();
    let lines = line.repeat(pixels);
    let mut packed = ZlibEncoder::new(Vec::new(), Compression::default());
    packed.write_all(&lines).unwrap();
    let side = side.to_be_bytes();
    let head = [side.as_slice(), &side, &[8, 2, 0, 0, 0]].concat();
    let chunks = [
        chunk(b"IHDR", &head),
        chunk(b"IDAT", &packed.finish().unwrap()),
        chunk(b"IEND", b""),
    ];
    [SIGNATURE, &chunks.concat()].concat()
}

fn chunk(kind: &[u8], data: &[u8]) -> Vec<u8> {
    let length = u32::try_from(data.len()).unwrap();
    let content = [kind, data].concat();
    let mut sum = flate2::Crc::new();
    sum.update(&content);
    [
        &length.to_be_bytes(),
        content.as_slice(),
        &sum.sum().to_be_bytes(),
    ]
    .concat()
}

/// Decodes base64 (RFC 4648 §4).
pub(crate) fn from_base64(text: &str) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(text.len() / 4 * 3);
    let (mut held, mut bits) = (0_u32, 0);
    for character in text.bytes() {
        let value = match character {
            b'A'..=b'Z' => character - b'A',
            b'a'..=b'z' => character - b'a' + 26,
            b'0'..=b'9' => character - b'0' + 52,
            b'+' => 62,
            b'/' => 63,
            _ => break,
        };
        held = held << 6 & 0xFFFF | u32::from(value);
        bits += 6;
        if bits >= 8 {
            bits -= 8;
            bytes.push(u8::try_from(held >> bits & 0xFF).unwrap());
        }
    }
    bytes
}
