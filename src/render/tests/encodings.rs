//! Are pages and posts found, relinked in place, closed and undone in every encoding that the web is written in? Pure.

use encoding_rs::{
    BIG5, EUC_JP, EUC_KR, Encoding, GB18030, GBK, IBM866, ISO_2022_JP, ISO_8859_2, KOI8_R,
    SHIFT_JIS, UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1250, WINDOWS_1251, WINDOWS_1252, WINDOWS_1253,
    WINDOWS_1254, WINDOWS_1255, WINDOWS_1256, WINDOWS_1257, WINDOWS_1258,
};

use super::*;

/// Each encoding with text whose second bytes look like ASCII, where it has such.
const TEXTS: &[(&Encoding, &str)] = &[
    (UTF_8, "图片é漢"),
    (GBK, "乗俓侰誠国防部"),
    (GB18030, "乗ﾐ𠀀誠国防部"),
    (BIG5, "功許蓋裡圖片"),
    (SHIFT_JIS, "表ソ能十ｱ予構"),
    (EUC_JP, "表示能力ｱ予"),
    (EUC_KR, "그림똠방각하"),
    (ISO_2022_JP, "表示能力予"),
    (UTF_16LE, "图<片𠀀漢"),
    (UTF_16BE, "图<片𠀀漢"),
    (KOI8_R, "Картинка"),
    (IBM866, "Картинка"),
    (ISO_8859_2, "ąćęłńź"),
    (WINDOWS_1250, "ąćęłńź"),
    (WINDOWS_1251, "Картинка"),
    (WINDOWS_1252, "é€œÿ"),
    (WINDOWS_1253, "Εικόνα"),
    (WINDOWS_1254, "ğışİ"),
    (WINDOWS_1255, "תמונה"),
    (WINDOWS_1256, "صورة"),
    (WINDOWS_1257, "āčēģ"),
    (WINDOWS_1258, "ăđơư"),
];

fn encoded(text: &str, encoding: &'static Encoding) -> Vec<u8> {
    if encoding == UTF_16LE {
        text.encode_utf16().flat_map(u16::to_le_bytes).collect()
    } else if encoding == UTF_16BE {
        text.encode_utf16().flat_map(u16::to_be_bytes).collect()
    } else {
        let (bytes, _, is_flawed) = encoding.encode(text);
        assert!(!is_flawed, "{}", encoding.name());
        bytes.into_owned()
    }
}

fn decoded(bytes: &[u8], encoding: &'static Encoding) -> String {
    let (text, _) = encoding.decode_without_bom_handling(bytes);
    text.trim_start_matches('\u{FEFF}').to_owned()
}

/// Checks that a document is found `images` images in, and that each edit of its view stands where it says.
#[track_caller]
fn check_view(bytes: &[u8], kind: Kind, header: &str, images: usize) -> View {
    let document = document(bytes, kind, header);
    let snapshot = capture(&document);
    let mentions = &snapshot.documents[0].references;
    assert_eq!(mentions.len(), images, "{header}");
    for mention in mentions {
        let span = mention.start..mention.end;
        let written = decoded(&bytes[span], document.charset);
        assert_eq!(written, mention.written, "{header}");
    }
    let view = render(&snapshot, bytes, &blob);
    for file in &view.files {
        let Some(done) = &file.done else { continue };
        let undone = splice::unsplice(&file.bytes, done);
        assert!(undone.as_deref() == Some(bytes), "{header}");
    }
    assert_eq!(closed::leaks(&view.files[0].bytes), [], "{header}");
    view
}

#[test]
fn pages_in_every_encoding() {
    let kept = place("blobs", b"blob", "png");
    for (encoding, text) in TEXTS {
        let text = text.replace('<', "");
        let html = format!(
            "<!DOCTYPE html><title>{text}</title><p>{text}<img alt='{text}' src='{text}.png?q={text}'>{text}\
             <img srcset='a{text}.png 1x, b.png 2x'><p style=\"background:url('{text}.gif')\">\
             <style>a{{b:url(\"{text}.jpg\")}}</style><noscript><img src=\"{text}&amp;\"></noscript>{text}"
        );
        let header = format!("text/html; charset={}", encoding.name());
        let bytes = encoded(&html, encoding);
        let view = check_view(&bytes, Kind::Page, &header, 6);
        let page = decoded(&view.files[0].bytes, encoding);
        assert_eq!(page.matches(&kept).count(), 6, "{page}");
        assert!(
            page.contains(&format!("</title><p>{text}<img alt='{text}'")),
            "{page}"
        );
        assert!(page.ends_with(&text), "{page}");
    }
}

#[test]
fn posts_in_every_encoding() {
    let kept = place("blobs", b"blob", "png");
    for (encoding, text) in TEXTS {
        let text = text.replace('<', "");
        let post = format!(
            "---\ntitle: {text}\ncover: 'https://h.test/{text}.png'\n---\n\n{text} ![{text}]({text}.png \"{text}\")\n\n\
             ![{text}][x] <img alt=\"{text}\" src='{text}.gif'>\n\n[x]: <{text}.jpg>\n"
        );
        let header = format!("text/markdown; charset={}", encoding.name());
        let bytes = encoded(&post, encoding);
        let view = check_view(&bytes, Kind::Post, &header, 4);
        let relinked = decoded(&view.files[1].bytes, encoding);
        let expected = format!(
            "---\ntitle: {text}\ncover: '{kept}'\n---\n\n{text} ![{text}]({kept} \"{text}\")\n\n\
             ![{text}][x] <img alt=\"{text}\" src='{kept}'>\n\n[x]: <{kept}>\n"
        );
        assert_eq!(relinked, expected, "{}", encoding.name());
    }
}

#[test]
fn invalid_sequences_cost_nothing_but_themselves() {
    for (encoding, text) in TEXTS {
        let text = encoded(&text.replace('<', ""), encoding);
        for flaw in [
            &b"\xFF"[..],
            b"\x81",
            b"\x80\xFF",
            b"\xE5\xA4",
            b"\xFE\x20",
            b"\x00\xD8",
            b"\x1B$B\x21",
        ] {
            let ascii = |text: &str| encoded(text, encoding);
            let wide = if encoding.is_ascii_compatible() || flaw.len() % 2 == 0 {
                flaw.to_vec()
            } else {
                [flaw, flaw].concat()
            };
            let page = [
                ascii("<p>"),
                text.clone(),
                wide.clone(),
                ascii("\n<img src='a.png'>"),
                wide,
                text.clone(),
                ascii("\n<img src='b.png'>"),
            ];
            let header = format!("text/html; charset={}", encoding.name());
            let document = document(&page.concat(), Kind::Page, &header);
            let snapshot = capture(&document);
            let view = render(&snapshot, &document.bytes, &blob);
            let done = view.files[0].done.as_ref().unwrap();
            let undone = splice::unsplice(&view.files[0].bytes, done).unwrap();
            assert_eq!(undone, document.bytes, "{header} {flaw:x?}");
            assert_eq!(
                closed::leaks(&view.files[0].bytes),
                [],
                "{header} {flaw:x?}"
            );
            if *encoding != ISO_2022_JP {
                assert_eq!(
                    snapshot.documents[0].references.len(),
                    2,
                    "{header} {flaw:x?}"
                );
            }
        }
    }
}

#[test]
fn an_encoding_that_is_declared_and_not_true_keeps_the_images() {
    for (encoding, text) in TEXTS
        .iter()
        .filter(|(encoding, _)| encoding.is_ascii_compatible())
    {
        for said in [
            "utf-8",
            "gbk",
            "big5",
            "shift_jis",
            "euc-kr",
            "windows-1252",
            "nonsense",
        ] {
            let html = format!(
                "<title>{text} </title><p>{text} <img src='a.png'>{text} <img src='b.png'>"
            );
            let bytes = encoded(&html, encoding);
            let header = format!("text/html; charset={said}");
            let view = check_view(&bytes, Kind::Page, &header, 2);
            let kept = place("blobs", b"blob", "png").into_bytes();
            let shown = view.files[0]
                .bytes
                .windows(kept.len())
                .filter(|window| *window == kept);
            assert_eq!(shown.count(), 2, "{} as {said}", encoding.name());
        }
    }
}

#[test]
fn other_encodings_stay_what_they_are() {
    let (gbk, _, _) = encoding_rs::GBK
        .encode("<head><title>中文</title><img alt=\"啊\" src=\"图a.png\" onload=誠>");
    let view = rendered(&gbk, "text/html; charset=gbk");
    let (text, _, _) = encoding_rs::GBK.decode(&view.bytes);
    assert!(text.starts_with("<head><meta charset=\"GBK\">"), "{text}");
    assert!(
        text.ends_with(&format!(
            "<img alt=\"啊\" src=\"{}\" data-offprint-onload=誠>",
            place("blobs", b"blob", "png")
        )),
        "{text}"
    );
    let utf_16: Vec<u8> = "<p>中<img src=a.png onload=x>"
        .encode_utf16()
        .flat_map(u16::to_le_bytes)
        .collect();
    let view = rendered(&utf_16, "text/html; charset=utf-16le");
    let (text, encoding, _) = encoding_rs::UTF_8.decode(&view.bytes);
    assert_eq!(encoding, encoding_rs::UTF_16LE);
    assert!(text.starts_with("<meta http-equiv"), "{text}");
    assert!(
        text.ends_with(&format!(
            "<p>中<img src={} data-offprint-onload=x>",
            place("blobs", b"blob", "png")
        )),
        "{text}"
    );
    assert_eq!(
        splice::unsplice(&view.bytes, &view.done.unwrap()).unwrap(),
        utf_16
    );
}

#[test]
fn text_after_a_cut_in_iso_2022_jp_is_still_text() {
    let page = "<p>日本<script>x</script>a語<script>y</script>漢".to_owned();
    let (bytes, encoding, _) = encoding_rs::ISO_2022_JP.encode(&page);
    let view = rendered(&bytes, "text/html; charset=iso-2022-jp");
    let (text, flawed) = encoding.decode_without_bom_handling(&view.bytes);
    assert!(text.ends_with("<p>日本 a語 漢") && !flawed, "{text}");
}

#[test]
fn a_page_in_no_encoding_is_closed_all_the_same() {
    let file = rendered(b"<p>a<script>x</script>", "text/html; charset=hz-gb-2312");
    assert_eq!(closed::leaks(&file.bytes), []);
    assert!(
        file.bytes.ends_with(b"<p>a"),
        "{}",
        String::from_utf8_lossy(&file.bytes)
    );
}
