//! Which encoding is text in that nobody declares? Home of chardetng. Pure.
//!
//! The detector rules out an encoding at the first bytes that can't be in it. Real texts have such flaws, a character cut
//! in half most of all, so UTF-8 is looked for first, flaws allowed, and the parts of a text may outvote the whole.

use std::borrow::Cow;
use std::collections::HashMap;

use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use encoding_rs::{Encoding, UTF_8};

use crate::link::Link;

/// How much of a document the detector sees: enough text for it to be sure, and a bound on the work.
const SAMPLE_BYTES: usize = 64 * 1024;

/// How many parts of a text have a vote.
const VOTES_MAX: usize = 64;

/// The least that a part must hold beyond ASCII to have a vote: less says little.
const VOTE_BYTES_MIN: usize = 8;

/// A text with this many sound UTF-8 characters for each flaw is UTF-8 with flaws: by chance, not even two bytes of
/// another encoding in four look like a UTF-8 character.
const SOUND_PER_FLAW: usize = 16;

/// Begins a switch to other characters in ISO-2022-JP; no other text has it.
const ESCAPE: u8 = 0x1B;

/// Returns the encoding that `bytes` most likely are in. Of those that look alike, the one that is usual in the country
/// of `address` wins.
pub(super) fn detect(bytes: &[u8], address: Option<&Link>) -> &'static Encoding {
    // ISO-2022-JP is valid UTF-8 as well.
    if !bytes.contains(&ESCAPE) && is_nearly_utf8(bytes) {
        return UTF_8;
    }
    let country = address.and_then(|address| address.host().rsplit('.').next());
    let country = country.filter(|label| is_label(label)).map(str::as_bytes);
    let sample = sample(bytes);
    let whole = guess(&sample, country);
    if whole.is_single_byte() {
        outvoted(&sample, country).unwrap_or(whole)
    } else {
        whole
    }
}

/// The detector refuses anything but a label in lowercase ASCII.
fn is_label(label: &str) -> bool {
    label
        .bytes()
        .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-')
}

fn guess(bytes: &[u8], country: Option<&[u8]>) -> &'static Encoding {
    let mut detector = EncodingDetector::new(Iso2022JpDetection::Allow);
    detector.feed(bytes, true);
    detector.guess(country, Utf8Detection::Allow)
}

/// Returns the lines of a long text that hold more than ASCII, as far as they are looked at: the text of a page may begin
/// after a hundred kilobytes of scripts.
fn sample(bytes: &[u8]) -> Cow<'_, [u8]> {
    if bytes.len() <= SAMPLE_BYTES {
        return Cow::Borrowed(bytes);
    }
    let mut sample = Vec::with_capacity(SAMPLE_BYTES);
    for line in bytes.split_inclusive(|byte| *byte == b'\n') {
        let Some(first) = line.iter().position(|byte| is_telling(*byte)) else {
            continue;
        };
        let room = SAMPLE_BYTES - sample.len();
        let telling = &line[first..];
        sample.extend_from_slice(&telling[..telling.len().min(room)]);
        if sample.len() == SAMPLE_BYTES {
            break;
        }
    }
    Cow::Owned(sample)
}

/// Returns the encoding of several bytes a character that most of the text is in, each part judged by itself, so that a
/// flaw in one does not rule it out for all.
fn outvoted(sample: &[u8], country: Option<&[u8]>) -> Option<&'static Encoding> {
    let weight = |part: &[u8]| part.iter().filter(|byte| is_telling(**byte)).count();
    let parts = sample
        .split(|byte| matches!(byte, b'\n' | b'<'))
        .map(|part| (part, weight(part)))
        .filter(|(_, weight)| *weight >= VOTE_BYTES_MIN)
        .take(VOTES_MAX);
    let mut votes: HashMap<&'static Encoding, usize> = HashMap::new();
    let mut all = 0;
    for (part, weight) in parts {
        *votes.entry(guess(part, country)).or_default() += weight;
        all += weight;
    }
    let most = votes.into_iter().max_by_key(|(_, weight)| *weight);
    most.filter(|(encoding, weight)| !encoding.is_single_byte() && weight * 2 > all)
        .map(|(encoding, _)| encoding)
}

fn is_telling(byte: u8) -> bool {
    !byte.is_ascii() || byte == ESCAPE
}

fn is_nearly_utf8(bytes: &[u8]) -> bool {
    let (mut sound, mut flaws) = (0_usize, 0_usize);
    for chunk in bytes.utf8_chunks() {
        sound += chunk
            .valid()
            .chars()
            .filter(|character| !character.is_ascii())
            .count();
        flaws += usize::from(!chunk.invalid().is_empty());
    }
    flaws == 0 || sound / flaws >= SOUND_PER_FLAW
}

#[cfg(test)]
mod tests {
    use encoding_rs::{
        BIG5, EUC_JP, EUC_KR, GBK, ISO_2022_JP, SHIFT_JIS, WINDOWS_1251, WINDOWS_1252, WINDOWS_1254,
    };
    use proptest::prelude::*;

    use super::*;

    const TEXTS: &[(&Encoding, &str)] = &[
        (GBK, "文章的图片都在这里，一张也不少。"),
        (BIG5, "文章的圖片都在這裡，一張也不少。"),
        (
            SHIFT_JIS,
            "記事の画像はすべてここにあります。ひとつも欠けていません。",
        ),
        (
            EUC_JP,
            "記事の画像はすべてここにあります。ひとつも欠けていません。",
        ),
        (
            EUC_KR,
            "기사의 그림은 모두 여기에 있습니다. 하나도 빠지지 않았습니다.",
        ),
        (
            WINDOWS_1251,
            "Все картинки статьи находятся здесь, ни одна не пропала.",
        ),
    ];

    #[track_caller]
    fn check(bytes: &[u8], expected: &'static Encoding) {
        assert_eq!(detect(bytes, None), expected);
    }

    #[test]
    fn what_nobody_declares_is_detected() {
        check("文章的图片都在这里".as_bytes(), UTF_8);
        check(
            &["文章的图片都在这里，一张也不少。".as_bytes(), b"\xe5"].concat(),
            UTF_8,
        );
        check(&ISO_2022_JP.encode("記事の画像").0, ISO_2022_JP);
        check(b"caf\xe9 au lait, d\xe9j\xe0 vu", WINDOWS_1252);
        for (encoding, text) in TEXTS {
            check(&encoding.encode(text).0, encoding);
        }
    }

    #[test]
    fn text_is_found_behind_much_ascii() {
        for (encoding, text) in TEXTS {
            let text = encoding.encode(text).0;
            for ascii in ["var x = 1;\n", "var x = 1;"] {
                let before = ascii.repeat(SAMPLE_BYTES);
                check(&[before.as_bytes(), &text].concat(), encoding);
            }
        }
    }

    #[test]
    fn a_character_cut_in_half_does_not_rule_an_encoding_out() {
        for (encoding, text) in TEXTS {
            let text = encoding.encode(text).0;
            let cut = [
                &text,
                b"\n<p>".as_slice(),
                &text[..text.len() - 1],
                b"\xff</p>\n",
                &text,
            ];
            check(&cut.concat(), encoding);
        }
    }

    #[test]
    fn the_country_of_an_address_counts() {
        let link = |text: &str| Link::parse(text).unwrap();
        let at = |address: &str| detect(b"\xfd\xfe", Some(&link(address)));
        assert_eq!(at("https://h.com.tr/"), WINDOWS_1254);
        assert_eq!(at("https://h.is/"), WINDOWS_1252);
        for other in [
            "https://[::1]/",
            "https://127.0.0.1/",
            "https://例え.テスト/",
            "https://h./",
        ] {
            let _any = at(other);
        }
    }

    proptest! {
        #[test]
        fn any_bytes_are_detected(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
            prop_assert!(!detect(&bytes, None).name().is_empty());
            prop_assert!(!detect(&bytes.repeat(500), None).name().is_empty());
        }
    }
}
