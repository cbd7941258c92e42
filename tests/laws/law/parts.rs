//! What must hold for the parts: stylesheets, srcset, front matter, images, records, codings, encodings?

use offprint::archive::{self, Intent, Place, WholeNotes, layout};
use offprint::digest::Digest;
use offprint::document::{
    Document, Kind, Span, charset as encodings, front_matter as matter, legible::Legible,
};
use offprint::fetch;
use offprint::media::{Probe, identify};
use offprint::refs::css::{Context, mentions};
use offprint::refs::srcset::candidates;
use offprint::render::splice::{Edit, done, settle, splice as spliced, unsplice};
use offprint::render::view as record;
use offprint::snapshot::Snapshot;

use super::chosen;

/// What a coding may decode to here.
const DECODED_BYTES_MAX: u64 = 1 << 20;

fn assert_in_order(spans: impl IntoIterator<Item = Span>, length: usize) {
    let mut end = 0;
    for span in spans {
        assert!(
            end <= span.start && span.start <= span.end && span.end <= length,
            "{span:?} after {end} of {length}"
        );
        end = span.end;
    }
}

/// What a stylesheet mentions is sorted, apart, inside it, and inside what is cut with it.
pub fn css(data: &[u8]) {
    let (name, rest) = chosen(data, &["utf-8", "gbk", "shift_jis", "windows-1252"]);
    let (context, css) = chosen(rest, &[Context::Stylesheet, Context::Attribute]);
    let encoding = encodings::named(name).expect("it is an encoding");
    let found = mentions(css, encoding, context);
    assert_in_order(found.iter().map(|it| it.span), css.len());
    for mention in found {
        assert!(mention.whole.start <= mention.span.start && mention.span.end <= mention.whole.end);
        assert!(mention.whole.end <= css.len(), "{mention:?}");
    }
}

/// Candidates of a srcset are sorted, apart, not empty and without white space.
pub fn srcset(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    let found = candidates(&text);
    for span in &found {
        let url = &text[span.start..span.end];
        assert!(
            !url.is_empty() && !url.contains([' ', '\t', '\n', '\r', '\x0c']),
            "{url:?}"
        );
    }
    assert_in_order(found, text.len());
}

/// Front matter ends within the post, its values stand inside it and on whole characters.
pub fn front_matter(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    let Some(found) = matter::read(&text) else {
        return;
    };
    assert!(found.span.start <= found.span.end && found.span.end <= text.len());
    assert!(
        text.is_char_boundary(found.body_start),
        "{}",
        found.body_start
    );
    for entry in &found.entries {
        assert!(
            found.span.start <= entry.span.start && entry.span.end <= found.span.end,
            "{entry:?}"
        );
        assert!(
            text.get(entry.span.start..entry.span.end).is_some(),
            "{entry:?}"
        );
    }
}

/// Splicing and undoing is the identity, for any edits.
pub fn splice(data: &[u8]) {
    let (count, rest) = data.split_first().unwrap_or((&0, &[]));
    let cut = rest.len().min(usize::from(*count) * 4);
    let (plan, original) = rest.split_at(cut);
    let edits = plan.chunks_exact(4).map(|it| {
        let start = usize::from(it[0]);
        Edit::new(
            start..start + usize::from(it[1] % 16),
            vec![it[2]; usize::from(it[3] % 8)],
        )
    });
    let edits = settle(edits.collect(), original.len());
    assert_in_order(edits.iter().map(|edit| edit.span), original.len());
    let view = spliced(original, &edits);
    assert_eq!(
        unsplice(&view, &done(original, &edits)).as_deref(),
        Some(original)
    );
}

/// A verdict does not depend on how the bytes are cut.
pub fn media(data: &[u8]) {
    let (size, bytes) = data.split_first().unwrap_or((&0, &[]));
    let mut probe = Probe::default();
    bytes
        .chunks(1 + usize::from(*size))
        .for_each(|piece| probe.feed(piece));
    assert_eq!(probe.finish(), identify(bytes));
}

/// A snapshot that is read is written again as what it was.
pub fn snapshot(data: &[u8]) {
    if let Ok(read) = Snapshot::parse(data) {
        assert_eq!(Snapshot::parse(&read.to_json()).ok(), Some(read));
    }
}

/// The record of a view that is read is written again as what it was, and undoes nothing beyond the file.
pub fn view(data: &[u8]) {
    if let Ok(read) = record::parse(data) {
        for file in &read.files {
            // Undoing other bytes than those that were written is an answer, too.
            drop(file.original(data));
        }
        assert_eq!(record::parse(&read.to_json()).ok(), Some(read));
    }
}

/// Decoding ends, with bytes within the limit or with a reason, however the bytes come.
pub fn coding(data: &[u8]) {
    let (codings, body) = chosen(
        data,
        &[
            "gzip",
            "deflate",
            "br",
            "gzip, br",
            "br, deflate",
            "identity",
        ],
    );
    let whole = fetch::decode(codings, body, body.len(), DECODED_BYTES_MAX).ok();
    let length = whole.as_ref().map_or(0, Vec::len);
    assert!(length as u64 <= DECODED_BYTES_MAX);
    assert_eq!(
        fetch::decode(codings, body, 7, DECODED_BYTES_MAX).ok(),
        whole,
        "{codings}"
    );
}

/// Notes that a run left are those whose digest stands before them, each a whole line; what else is there hides none.
pub fn notes(data: &[u8]) {
    let line = |note: &[u8]| [Digest::of(note).to_string().as_bytes(), b" ", note, b"\n"].concat();
    let known = b"{\"known\":1}";
    let more = [data, b"\n", &line(known)].concat();
    let found: Vec<_> = WholeNotes::new(&*more).map(Result::unwrap).collect();
    let mut rest = &*more;
    for (_, note) in &found {
        let line = line(note);
        let at = rest.windows(line.len()).position(|it| it == line);
        rest = &rest[at.expect("it stands there") + line.len()..];
    }
    assert_eq!(found.last().map(|(_, note)| &**note), Some(&known[..]));
    let cut = WholeNotes::new(data).map(Result::unwrap);
    assert!(cut.eq(found.into_iter().take(WholeNotes::new(data).count())));
}

/// What a killed repair was about to put back is a file of the truth under its own name, and is written again as it was read;
/// what else stands there hides none.
pub fn intents(data: &[u8]) {
    let digest = Digest::of(b"known");
    let known = Intent {
        article: "67f1a0c0000000000000".parse().expect("it is an ID"),
        digest,
        from: String::from_utf8_lossy(data).into_owned(),
        log: 7,
        path: layout::blob(&digest, "png"),
    };
    // Bytes that are a line's own are read as one, and all others as they are.
    let own = [Digest::of(data).to_string().as_bytes(), b" ", data].concat();
    let file = [data, b"\n", &own, b"\n", &known.to_line()].concat();
    let found: Vec<Intent> = archive::intents(&*file).map(Result::unwrap).collect();
    assert_eq!(found.last(), Some(&known));
    for intent in found {
        let is_truth = match layout::classify(&intent.path) {
            Some(Place::Blob(digest)) => digest == intent.digest,
            Some(Place::Snapshot(_)) => intent.path.name().contains(&intent.digest.short(32)),
            _ => false,
        };
        assert!(is_truth, "{intent:?}");
        let line = intent.to_line();
        let again = archive::intents(&*line).map(Result::unwrap);
        assert_eq!(again.collect::<Vec<_>>(), [intent]);
    }
}

/// An encoding is always decided, a byte order mark decides it, and a legible copy maps back to the whole.
pub fn charset(data: &[u8]) {
    let page = Document::new(data.to_vec(), Kind::Page, None, None);
    if data.starts_with(b"\xEF\xBB\xBF") {
        assert_eq!(page.charset.name(), "UTF-8");
    }
    assert_eq!(
        encodings::decide(data, None, None).name(),
        page.charset.name()
    );
    let legible = Legible::of(&page);
    let whole = Span {
        start: 0,
        end: legible.bytes().len(),
    };
    let mapped = legible.source(whole);
    assert!(
        mapped.start <= mapped.end && mapped.end <= data.len(),
        "{mapped:?}"
    );
    let text = String::from_utf8_lossy(data);
    drop(encodings::encode_query(&text, page.charset));
    assert!(!encodings::of_text(data, None, None).name().is_empty());
}
