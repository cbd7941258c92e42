//! What do these first bytes announce? Pure.
//!
//! WHATWG MIME Sniffing §6 and §7, and the signatures of AVIF, HEIC, JPEG XL, JPEG 2000, TIFF and some others that it
//! leaves out. What the server declares is not asked: it is the servers' errors that this is here for.

use super::MediaType;

/// As many bytes as are looked at (WHATWG MIME Sniffing §5.2).
pub(super) const HEAD_BYTES: usize = 1445;

/// Offset, bytes, type. The first that matches counts.
///
/// `true` and `.snd` are followed by a zero here, because JSON and stylesheets begin like that too.
static SIGNATURES: [(usize, &[u8], MediaType); 36] = [
    (0, b"\xFF\xD8\xFF", MediaType::Jpeg),
    (0, b"\x89PNG\r\n\x1A\n", MediaType::Png),
    (0, b"GIF87a", MediaType::Gif),
    (0, b"GIF89a", MediaType::Gif),
    (8, b"WEBPVP", MediaType::Webp),
    (0, b"BM", MediaType::Bmp),
    (0, b"\x00\x00\x01\x00", MediaType::Ico),
    (0, b"\x00\x00\x02\x00", MediaType::Ico),
    (0, b"II\x2A\x00", MediaType::Tiff),
    (0, b"MM\x00\x2A", MediaType::Tiff),
    (0, b"II\x2B\x00", MediaType::Tiff),
    (0, b"MM\x00\x2B", MediaType::Tiff),
    (0, b"\xFF\x0A", MediaType::Jxl),
    (0, b"\x00\x00\x00\x0CJXL \r\n\x87\n", MediaType::Jxl),
    (0, b"\x00\x00\x00\x0CjP  \r\n\x87\n", MediaType::Jp2),
    (0, b"wOFF", MediaType::Woff),
    (0, b"wOF2", MediaType::Woff2),
    (0, b"OTTO", MediaType::Otf),
    (0, b"ttcf", MediaType::Ttc),
    (0, b"\x00\x01\x00\x00", MediaType::Ttf),
    (0, b"true\x00", MediaType::Ttf),
    (0, b"ID3", MediaType::Mp3),
    (0, b"OggS\x00", MediaType::Ogg),
    (8, b"WAVE", MediaType::Wav),
    (8, b"AVI ", MediaType::Avi),
    (8, b"AIFF", MediaType::Aiff),
    (0, b"fLaC", MediaType::Flac),
    (0, b".snd\x00", MediaType::Basic),
    (0, b"MThd\x00\x00\x00\x06", MediaType::Midi),
    (0, b"%PDF-", MediaType::Pdf),
    (0, b"%!PS-Adobe-", MediaType::PostScript),
    (0, b"\x1F\x8B\x08", MediaType::Gzip),
    (0, b"PK\x03\x04", MediaType::Zip),
    (0, b"Rar!\x1A\x07\x00", MediaType::Rar),
    (0, b"WEBVTT", MediaType::Vtt),
    (0, b"\xEF\xBB\xBFWEBVTT", MediaType::Vtt),
];

/// Returns what `head`, the bytes from the start, announces. Markup of every kind is [`MediaType::Xml`] at first.
pub(super) fn sniff(head: &[u8]) -> MediaType {
    signature(head)
        .or_else(|| iso_media(head))
        .or_else(|| matroska(head))
        .or_else(|| embedded_open_type(head))
        .or_else(|| mpeg_audio(head))
        .unwrap_or_else(|| sniff_text(head))
}

/// Returns what `head` announces if it can only be text, because white space precedes it.
pub(super) fn sniff_text(head: &[u8]) -> MediaType {
    if let [0xFE, 0xFF, rest @ ..] | [0xFF, 0xFE, rest @ ..] = head {
        // Which of a unit's bytes is zero does not matter here.
        let narrow: Vec<u8> = rest.iter().copied().filter(|byte| *byte != 0).collect();
        return markup_or_json(&narrow).unwrap_or(MediaType::Text);
    }
    let text = head.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(head);
    let binary = |byte: &u8| matches!(byte, 0..=8 | 0x0B | 0x0E..=0x1A | 0x1C..=0x1F);
    match markup_or_json(text) {
        Some(media) => media,
        None if head.iter().any(binary) => MediaType::Binary,
        None => MediaType::Text,
    }
}

fn signature(head: &[u8]) -> Option<MediaType> {
    let matches = |(offset, bytes, media): &&(usize, &[u8], MediaType)| {
        let in_its_place = match media {
            MediaType::Webp | MediaType::Wav | MediaType::Avi => head.starts_with(b"RIFF"),
            MediaType::Aiff => head.starts_with(b"FORM"),
            _ => true,
        };
        in_its_place && head.get(*offset..).is_some_and(|at| at.starts_with(bytes))
    };
    SIGNATURES.iter().find(matches).map(|row| row.2.clone())
}

/// ISO/IEC 14496-12 §4.3: the brands of the `ftyp` box.
fn iso_media(head: &[u8]) -> Option<MediaType> {
    if head.get(4..8)? != b"ftyp" {
        return None;
    }
    let length = usize::try_from(super::walk::big(&head[..4])).ok()?;
    let brands = &head[8..length.clamp(8, head.len())];
    // The minor version between the major brand and the others is no brand.
    let mut brands = brands
        .chunks_exact(4)
        .enumerate()
        .filter(|(index, _)| *index != 1);
    let any = |known: &[&[u8; 4]]| {
        brands
            .clone()
            .any(|(_, brand)| known.iter().any(|known| *known == brand))
    };
    if any(&[b"avif", b"avis"]) {
        return Some(MediaType::Avif);
    }
    if any(&[
        b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1",
    ]) {
        return Some(MediaType::Heic);
    }
    match brands.next()?.1 {
        b"M4A " | b"M4B " | b"M4P " => Some(MediaType::M4a),
        b"qt  " => Some(MediaType::QuickTime),
        _ => Some(MediaType::Mp4),
    }
}

/// WHATWG MIME Sniffing §6.2.2: the document type in an EBML header.
fn matroska(head: &[u8]) -> Option<MediaType> {
    if !head.starts_with(b"\x1A\x45\xDF\xA3") {
        return None;
    }
    let header = &head[..head.len().min(64)];
    let names = |name: &[u8]| header.windows(name.len()).any(|window| window == name);
    Some(if names(b"webm") {
        MediaType::Webm
    } else if names(b"matroska") {
        MediaType::Matroska
    } else {
        MediaType::Binary
    })
}

/// WHATWG MIME Sniffing §6.3 asks for `LP` at offset 34 alone, where text may well have it; so the version counts too.
fn embedded_open_type(head: &[u8]) -> Option<MediaType> {
    let version = super::walk::little(head.get(8..12)?);
    let known = matches!(version, 0x1_0000 | 0x2_0001 | 0x2_0002);
    (known && head.get(34..36)? == b"LP").then_some(MediaType::Eot)
}

/// WHATWG MIME Sniffing §6.2.3: a frame of MPEG audio with another where it ends, or one of AAC.
fn mpeg_audio(head: &[u8]) -> Option<MediaType> {
    if let [0xFF, 0xF1 | 0xF9, ..] = head {
        return Some(MediaType::Aac);
    }
    let length = mp3_frame_bytes(head)?;
    mp3_frame_bytes(head.get(length..)?).map(|_| MediaType::Mp3)
}

/// Returns the length of the MPEG layer III frame that begins here.
fn mp3_frame_bytes(head: &[u8]) -> Option<usize> {
    const KILOBITS: [[usize; 14]; 2] = [
        [
            32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320,
        ],
        [8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160],
    ];
    const HERTZ: [usize; 3] = [44100, 48000, 32000];
    let [0xFF, second, third, ..] = *head else {
        return None;
    };
    let (version, layer) = (second >> 3 & 3, second >> 1 & 3);
    if second >> 5 != 7 || version == 1 || layer != 1 {
        return None;
    }
    let first_version = version == 3;
    let bit_rate =
        KILOBITS[usize::from(!first_version)].get(usize::from(third >> 4).checked_sub(1)?)?;
    let divisor = match version {
        3 => 1,
        2 => 2,
        _ => 4,
    };
    let sample_rate = HERTZ.get(usize::from(third >> 2 & 3))? / divisor;
    let samples_in_bytes = if first_version { 144 } else { 72 };
    Some(samples_in_bytes * bit_rate * 1000 / sample_rate + usize::from(third >> 1 & 1))
}

fn markup_or_json(text: &[u8]) -> Option<MediaType> {
    let (first, rest) = text.trim_ascii_start().split_first()?;
    let next = rest.trim_ascii_start().first();
    match (first, next) {
        (b'<', _) if rest.first().is_some_and(|byte| opens_tag(*byte)) => Some(MediaType::Xml),
        // Not `[name]`, which begins a rule of CSS.
        (b'{', Some(b'"' | b'}'))
        | (b'[', Some(b'{' | b'[' | b'"' | b']' | b'-' | b'0'..=b'9')) => Some(MediaType::Json),
        _ => None,
    }
}

fn opens_tag(byte: u8) -> bool {
    byte.is_ascii_alphabetic() || matches!(byte, b'!' | b'?' | b'/' | b'_' | b':' | 0x80..)
}
