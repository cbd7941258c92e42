mod encodings;
mod shown;
mod uses;
mod xhtml;

use proptest::collection::vec;
use proptest::prelude::*;

use super::*;
use crate::exchange::Why;
use crate::link::Link;
use crate::media::MediaType;
use crate::snapshot::{self, Facts, Mention, Missing, Outcome, Resource, Source};

const BASE: &str = "https://h.test/a/page.html?q";
const NOW: &str = "2026-11-23T00:00:00Z";

/// A capture of `document` in which everything was kept whose address does not say otherwise: `missing…` was not there,
/// `forgotten…` was not recorded, `….svg` is an SVG.
pub(super) fn capture(document: &Document) -> Snapshot {
    let mentions = crate::refs::find(document).into_iter().filter_map(|found| {
        let outcome = outcome(&found.written);
        (!found.written.contains("forgotten") && found.target.is_some()).then_some(Mention {
            start: found.span.start,
            end: found.span.end,
            written: found.written,
            kind: found.kind,
            role: found.role,
            target: found.target,
            promotion: found.promotion,
            document: None,
            outcome,
        })
    });
    let mut mentions: Vec<Mention> = mentions.collect();
    snapshot::choose(&mut mentions);
    let recorded = snapshot::Document {
        kind: document.kind,
        syntax: document.syntax,
        digest: Digest::of(&document.bytes),
        size: document.bytes.len() as u64,
        url: document.address.clone(),
        base: document.base.clone(),
        charset: document.charset.name().to_owned(),
        references: mentions,
    };
    Snapshot {
        format: 1,
        tool: "offprint".to_owned(),
        time: NOW.parse().unwrap(),
        source: Source {
            key: "url:x".to_owned(),
            given: "x".to_owned(),
            url: document.address.clone(),
            aliases: Vec::new(),
        },
        article: Facts {
            title: Some("题 <b>".to_owned()),
            language: Some("zh-CN".to_owned()),
            ..Facts::default()
        },
        original: recorded.digest,
        documents: vec![recorded],
        exchanges: Vec::new(),
    }
}

fn outcome(written: &str) -> Outcome {
    if written.contains("missing") {
        return Outcome::Missing(Missing {
            why: Why::HttpStatus,
            status: Some(404),
            tried: NOW.parse().unwrap(),
        });
    }
    let media = if written.contains(".svg") {
        MediaType::Svg
    } else {
        MediaType::Png
    };
    let width = match written {
        _ if written.contains("60.png") => Some(60),
        _ if written.contains("640.png") => Some(640),
        _ => None,
    };
    let bytes: &[u8] = if width.is_some() {
        written.as_bytes()
    } else {
        b"blob"
    };
    Outcome::Kept(Resource {
        digest: Digest::of(bytes),
        media,
        size: 4,
        width,
        height: width,
    })
}

#[expect(
    clippy::unnecessary_wraps,
    reason = "the shape that rendering asks for"
)]
pub(super) fn blob(_: &Digest) -> Option<Vec<u8>> {
    Some(b"<svg xmlns=\"http://www.w3.org/2000/svg\"><script>1</script></svg>".to_vec())
}

pub(super) fn document(bytes: &[u8], kind: Kind, header: &str) -> Document {
    Document::new(
        bytes.to_vec(),
        kind,
        Some(header),
        Some(Link::parse(BASE).unwrap()),
    )
}

fn rendered(bytes: &[u8], header: &str) -> File {
    let document = document(bytes, Kind::Page, header);
    let mut view = render(&capture(&document), bytes, &blob);
    view.files.remove(0)
}

fn place(room: &str, bytes: &[u8], extension: &str) -> String {
    let digest = Digest::of(bytes);
    format!(
        "../../../../{room}/sha256/{}/{digest}.{extension}",
        digest.short(2)
    )
}

/// Renders the body of a page, and compares it with `expected`, in which `@` is the place of the image.
#[track_caller]
fn check(body: &str, expected: &str) {
    let head = "<!DOCTYPE html><html><head>";
    let page = format!("{head}</head><body>{body}");
    let file = rendered(page.as_bytes(), "text/html; charset=utf-8");
    let view = String::from_utf8(file.bytes.clone()).unwrap();
    let lazy = expected.contains("data-offprint-lazy");
    let lazy = if lazy { seal::LAZY_STYLE } else { "" };
    let policy = policy::markup(Some("UTF-8"));
    let start = format!("{head}{policy}{lazy}</head><body>");
    let rest = view
        .strip_prefix(&start)
        .unwrap_or_else(|| panic!("{view}"));
    assert_eq!(rest, expected.replace('@', &place("blobs", b"blob", "png")));
    assert_eq!(
        splice::unsplice(&file.bytes, &file.done.unwrap()).unwrap(),
        page.as_bytes()
    );
    assert_eq!(closed::leaks(&file.bytes), []);
}

/// Renders the body of a page, and expects a drawing that says `reason`.
#[track_caller]
fn check_drawing(body: &str, attribute: &str, reason: &str) {
    let view = rendered(body.as_bytes(), "text/html; charset=utf-8");
    let view = String::from_utf8(view.bytes).unwrap();
    let drawing = view
        .split_once(attribute)
        .unwrap_or_else(|| panic!("{view}"))
        .1;
    assert!(drawing.starts_with("data:image/svg+xml,%3Csvg"), "{view}");
    assert!(
        drawing
            .split(['"', '\'', ' ', '>'])
            .next()
            .unwrap()
            .contains(&reason.replace(' ', "%20")),
        "{view}"
    );
    assert_eq!(closed::leaks(view.as_bytes()), []);
}

#[test]
fn images_at_hand_are_shown() {
    check("<img src=a.png alt=x>", "<img src=@ alt=x>");
    check(
        "<img src='a.png?a=1&amp;b' crossorigin>",
        "<img src='@' data-offprint-crossorigin>",
    );
    check(
        "<img data-src='a.png' src='data:image/gif;base64,R0'>",
        "<img data-offprint-lazy src='@' data-offprint-src='data:image/gif;base64,R0'>",
    );
    check(
        "<div style=\"background:url(a.png)\">",
        "<div style=\"background:url(@)\">",
    );
    check(
        "<style>a{b:url('a.png')}</style>",
        "<style>a{b:url('@')}</style>",
    );
    check("<td background=a.png>", "<td background=@>");
}

#[test]
fn a_hundred_thousand_missing_images_stay_small() {
    let page = "<img src=missing.png>".repeat(missing::TOLD_MAX + 2);
    let view = rendered(page.as_bytes(), "text/html; charset=utf-8");
    let view = String::from_utf8(view.bytes).unwrap();
    assert_eq!(view.matches("h.test%2Fa").count(), missing::TOLD_MAX);
    assert_eq!(
        view.matches(&missing::struck_out(missing::Size::Own))
            .count(),
        2
    );
    assert_eq!(closed::leaks(view.as_bytes()), []);
}

#[test]
fn images_that_are_missing_say_so() {
    check_drawing(
        "<img src=missing.png>",
        "<img src=",
        "the server refused it",
    );
    check_drawing("<img src='forgotten.png'>", "<img src='", "not recorded");
    check_drawing(
        "<img src='forgotten.png'>",
        "<img src='",
        "h.test%2Fa%2Fforgotten.png",
    );
    check_drawing(
        "<img data-src='missing.png'>",
        "<img data-offprint-lazy src='",
        "the server refused it",
    );
    check_drawing(
        "<img data-src=\"missing.png\" src='data:image/gif;base64,R0'>",
        "<img data-offprint-lazy src=\"",
        "404",
    );
    check_drawing(
        "<img/srcset='missing.png 1x, missing2.png 2x'>",
        "<img src=\"",
        "a%2Fmissing.png",
    );
    check_drawing(
        "<img data-srcset=missing.png src='data:image/gif;base64,R0'>",
        "<img data-offprint-lazy data-srcset=missing.png src='",
        "404",
    );
    check_drawing("<img data-srcset=missing.png src=\"\">", "src=\"", "404");
    check_drawing("<p style='background:url(missing.png)'>", "url(", "404");
    check_drawing("<td background=missing.png>", "background=", "404");
}

#[test]
fn what_is_missing_in_css_is_drawn_where_it_would_be_seen() {
    let letter = missing::struck_out(missing::Size::Letter);
    let mask = missing::struck_out(missing::Size::Box);
    check(
        "<p style='content:url(missing)'>",
        &format!("<p style='content:url({letter})'>"),
    );
    for property in ["mask-image", "-webkit-mask", "--icon"] {
        check(
            &format!("<p style='{property}:url(missing)'>"),
            &format!("<p style='{property}:url({mask})'>"),
        );
    }
    for property in ["cursor", "shape-outside", "fill", "behavior"] {
        check(
            &format!("<p style='{property}:url(missing#x)'>"),
            &format!("<p style='{property}:url(data:,)'>"),
        );
    }
}

#[test]
fn what_browsers_refuse_from_disk_stands_in_the_page() {
    let svg = "data:image/svg+xml,%3Csvg%20xmlns%3D%22http%3A%2F%2Fwww.w3.org%2F2000%2Fsvg%22%3E%3C%2Fsvg%3E";
    for property in ["mask", "clip-path", "filter", "--icon"] {
        check(
            &format!("<p style='{property}:url(a.svg#b)'>"),
            &format!("<p style='{property}:url({svg}#b)'>"),
        );
    }
    check(
        "<svg><g filter='url(a.svg#b)' mask=url(#c) fill='url(forgotten)'/></svg>",
        &format!("<svg><g filter='url({svg}#b)' mask=url(#c) fill='url(data:,)'/></svg>"),
    );
    let png = "data:image/png;base64,PHN2ZyB4bWxucz0iaHR0cDovL3d3dy53My5vcmcvMjAwMC9zdmciPjxzY3JpcHQ%2BMTwvc2NyaXB0Pjwvc3ZnPg";
    let png = png.replace("%2B", "+");
    check(
        "<p style='mask-image:linear-gradient(red,red),url( a.png )'>",
        &format!("<p style='mask-image:linear-gradient(red,red),url( {png} )'>"),
    );
}

#[test]
fn a_set_shows_what_is_at_hand() {
    check(
        "<img srcset='a.png 1x, missing.png 2x'>",
        "<img srcset='@ 1x, @ 2x'>",
    );
    check(
        "<img srcset='forgotten.png 1x,a.png 2x'>",
        "<img srcset='@ 1x,@ 2x'>",
    );
    check(
        "<img src=a.png srcset=missing.png>",
        "<img src=@ data-offprint-srcset=missing.png>",
    );
    check(
        "<picture><source srcset='missing.png'><img src=a.png></picture>",
        "<picture><source data-offprint-srcset='missing.png'><img src=@></picture>",
    );
    check("<source src=a.mp4>", "<source data-offprint-src=a.mp4>");
    check(
        "<img data-srcset='missing.png 1x, a.png 2x' srcset='data:image/gif;base64,R0'>",
        "<img data-offprint-lazy srcset='@ 1x, @ 2x' data-offprint-srcset='data:image/gif;base64,R0'>",
    );
    check(
        "<picture><source data-srcset='missing.png 1x, a.png 2x'></picture>",
        "<picture><source srcset='@ 1x, @ 2x'></picture>",
    );
}

#[test]
fn scripts_and_handlers_are_gone() {
    check("a<script>alert('</p>')</script>b", "ab");
    check("a<script src=x></script >b", "ab");
    check("a<script>b<!--<script>", "a");
    check("<svg><script>1</script><g/></svg>", "<svg><g/></svg>");
    check("<svg><script href=x /><g/></svg>", "<svg><g/></svg>");
    check("<svg><script>1</svg><p>", "<svg></svg><p>");
    check(
        "<template><script>1</script>a</template>",
        "<template>a</template>",
    );
    check(
        "<p onclick='x()' ONLOAD=y title=z>",
        "<p data-offprint-onclick='x()' data-offprint-ONLOAD=y title=z>",
    );
    check("<p/onclick=x/onload>", "<p/data-offprint-onclick=x/onload>");
    check(
        "<a href=' java\nscript:x'>",
        "<a data-offprint-href=' java\nscript:x'>",
    );
    check(
        "<a href='&#106;avascript&colon;x'>",
        "<a data-offprint-href='&#106;avascript&colon;x'>",
    );
    check(
        "<form action='javascript:x'><button formaction=data:x>",
        "<form data-offprint-action='javascript:x'><button data-offprint-formaction=data:x>",
    );
}

#[test]
fn links_lead_where_they_led() {
    check("<a href=b>", "<a href=https://h.test/a/b>");
    check(
        "<a href='/b?x=1&amp;y#z' ping=/p target=_blank>",
        "<a href='https://h.test/b?x=1&amp;y#z' data-offprint-ping=/p target=_blank>",
    );
    check(
        "<a href='#z'><a href=''><a href>",
        "<a href='#z'><a href=''><a href>",
    );
    check(
        "<area href=//i.test><a href='mailto:a%40b'>",
        "<area href=https://i.test/><a href='mailto:a%40b'>",
    );
    check(
        "<form action=b><input formaction=c>",
        "<form action=https://h.test/a/b><input formaction=https://h.test/a/c>",
    );
    check(
        "<svg><a xlink:href=b></a></svg>",
        "<svg><a xlink:href=https://h.test/a/b></a></svg>",
    );
    check("<base href=/c/><a href=b>", "<a href=https://h.test/c/b>");
}

#[test]
fn frames_and_films_become_links() {
    let link = |label: &str, address: &str| {
        format!(
            "<a class=\"offprint-instead\" href=\"https://h.test/{address}\">[{label}] https://h.test/{address}</a>"
        )
    };
    check(
        "a<iframe src=/f></iframe>b",
        &format!("a{}b", link("frame", "f")),
    );
    check("a<iframe src=/f>b", &format!("a{}", link("frame", "f")));
    check(
        "<video poster=a.png><source src=/v.mp4>x</video>b",
        &format!("<img src=\"@\" alt=\"\">{}b", link("video", "v.mp4")),
    );
    check(
        "<div><audio src=/s></div>b",
        &format!("<div>{}</div>b", link("audio", "s")),
    );
    check(
        "<object data=/o>x<embed src=/e></object>y",
        &format!(
            "{}x{}y",
            link("embedded object", "o"),
            link("embedded object", "e")
        ),
    );
    check("<frameset><frame src=/f></frameset>", &link("frame", "f"));
}

#[test]
fn nothing_is_fetched_or_looked_up() {
    check(
        "<link rel=stylesheet href=a.css integrity=x>",
        "<link rel=stylesheet data-offprint-href=a.css data-offprint-integrity=x>",
    );
    check(
        "<link rel='preload next' href=a imagesrcset=b>",
        "<link rel='preload next' data-offprint-href=a data-offprint-imagesrcset=b>",
    );
    check(
        "<link rel=canonical href=b>",
        "<link rel=canonical href=https://h.test/a/b>",
    );
    check(
        "<link rel='alternate stylesheet' href=b>",
        "<link rel='alternate stylesheet' data-offprint-href=b>",
    );
    check(
        "<meta http-equiv=refresh content=0><meta charset=gbk>",
        "<meta data-offprint-http-equiv=refresh content=0><meta data-offprint-charset=gbk>",
    );
    check(
        "<meta name=Referrer content=unsafe-url>",
        "<meta data-offprint-name=Referrer content=unsafe-url>",
    );
    check(
        "<style>@import 'x';a{cursor:url(//x/forgotten)}</style>",
        "<style>a{cursor:url(data:,)}</style>",
    );
    check(
        "<style>a{b:url(#c) url(data:image/gif,x)}",
        "<style>a{b:url(#c) url(data:image/gif,x)}",
    );
    check(
        "<p style='cursor:u&#114;l(//x/forgotten)'>",
        "<p style='cursor:u&#114;l(data:,)'>",
    );
    check(
        "<svg><style>a{cursor:url(//x/forgotten)}</style><style>a{b:&#117;rl(forgotten)}</style></svg>",
        "<svg><style>a{cursor:url(data:,)}</style><style></style></svg>",
    );
    check(
        "<svg><use href='forgotten#y'/><use href='#y'/><g fill='url(forgotten)'/></svg>",
        "<svg><use data-offprint-href='forgotten#y'/><use href='#y'/><g fill='url(data:,)'/></svg>",
    );
    check(
        "<svg><set attributeName=href to=javascript:x /></svg>",
        "<svg><set data-offprint-attributeName=href to=javascript:x /></svg>",
    );
    check(
        "<p src=x data=y lowsrc=z manifest=q>",
        "<p data-offprint-src=x data-offprint-data=y data-offprint-lowsrc=z data-offprint-manifest=q>",
    );
    check(
        "<math href=javascript:x><mi xlink:href=x>",
        "<math data-offprint-href=javascript:x><mi data-offprint-xlink:href=x>",
    );
}

#[test]
fn noscript_is_closed_and_shown_where_it_is_needed() {
    check(
        "<noscript><script>1</script><p onclick=x></noscript>",
        "<noscript><p data-offprint-onclick=x></noscript>",
    );
    check("<p><noscript><img src=a.png></noscript>", "<p><img src=@>");
    check_drawing(
        "<p><noscript><img src=missing.png></noscript>",
        "<p><img src=",
        "404",
    );
    check_drawing(
        "<img src=missing.png><noscript><img src=missing.png></noscript>",
        "<noscript><img src=",
        "404",
    );
    check(
        "<img data-src=a.png><noscript><img src=a.png></noscript>",
        "<img data-offprint-lazy src=@><noscript><img src=@></noscript>",
    );
    check(
        "<noscript><noscript><p onload=x></noscript>",
        "<noscript><noscript></noscript>",
    );
}

#[test]
fn what_cannot_be_proven_closed_is_shown_as_text() {
    let page = b"<select><xmp><img src=//h onerror=x></xmp><img src=x onerror=y></select>";
    let file = rendered(page, "text/html");
    assert_eq!(
        closed::leaks(&file.bytes),
        [],
        "{}",
        String::from_utf8_lossy(&file.bytes)
    );
    assert_eq!(
        splice::unsplice(&file.bytes, &file.done.unwrap()).unwrap(),
        page
    );
    let deep = "<div>".repeat(100_000);
    let file = rendered(deep.as_bytes(), "text/html");
    assert!(file.bytes.ends_with(b"<div>"));
    assert_eq!(file.done.unwrap().len(), 1);
}

#[test]
fn tags_left_open_do_not_cost_a_page_its_look() {
    let page = "<font size=4><b>x ".repeat(700) + "<img src=a.png>";
    let file = rendered(page.as_bytes(), "text/html");
    let view = String::from_utf8(file.bytes).unwrap();
    let image = format!("x <img src={}>", place("blobs", b"blob", "png"));
    assert!(view.ends_with(&image));
    assert!(!view.contains("<plaintext>"));
}

#[test]
fn the_policy_comes_first() {
    let at = |page: &str| {
        let file = rendered(page.as_bytes(), "text/html; charset=utf-8");
        file.done
            .unwrap()
            .iter()
            .find(|done| done.put.starts_with(b"<meta charset"))
            .unwrap()
            .at
    };
    assert_eq!(
        at("<html><!-- x --> <head><p>"),
        "<html><!-- x --> <head>".len()
    );
    assert_eq!(
        at("<!doctype html>\n<html lang=x><head>"),
        "<!doctype html>\n<html lang=x><head>".len()
    );
    assert_eq!(at("<!doctype html><p><head>"), "<!doctype html>".len());
    assert_eq!(at("x<!doctype html><head>"), 0);
    assert_eq!(at("<img src=x><head>"), 0);
    assert_eq!(at("\u{FEFF}<p>"), 3);
    assert_eq!(
        at(&format!("<!doctype html><!--{}--><head>", "x".repeat(2000))),
        "<!doctype html>".len()
    );
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

#[test]
fn an_svg_is_shown_as_its_sealed_copy() {
    let document = document(b"<img src=a.svg><img src=b.svg>", Kind::Page, "text/html");
    let view = render(&capture(&document), &document.bytes, &blob);
    let sealed = b"<svg xmlns=\"http://www.w3.org/2000/svg\"></svg>";
    assert_eq!(
        view.derived,
        [Derived {
            digest: Digest::of(sealed),
            extension: "svg",
            bytes: sealed.to_vec()
        }]
    );
    let page = String::from_utf8(view.files[0].bytes.clone()).unwrap();
    assert_eq!(
        page.matches(&place("derived", sealed, "svg")).count(),
        2,
        "{page}"
    );
    let view = render(&capture(&document), &document.bytes, &|_| None);
    assert!(view.derived.is_empty());
    assert!(
        String::from_utf8(view.files[0].bytes.clone())
            .unwrap()
            .contains("bytes%20are%20lost")
    );
}

const POST: &str = "\n---\ntitle: '题'\nheadimg: 'https://h.test/a.png'\nthumbnail: https://h.test/missing.png\n---\n\n\
    正文 ![b](https://h.test/b.png) ![m](missing.png)\n\n<img src=\"c.png\" onerror=\"x()\"><script>1</script>\n\n`![no](no.png)` [l](l.html)\n";

#[test]
fn a_post_stays_a_post_and_gets_a_page() {
    let document = document(POST.as_bytes(), Kind::Post, "text/markdown; charset=utf-8");
    let view = render(&capture(&document), POST.as_bytes(), &blob);
    let names: Vec<&str> = view.files.iter().map(|file| file.name).collect();
    assert_eq!(names, ["index.html", "post.md"]);
    let place = place("blobs", b"blob", "png");
    let post = String::from_utf8(view.files[1].bytes.clone()).unwrap();
    let expected = POST
        .replace("https://h.test/a.png", &place)
        .replace("https://h.test/b.png", &place)
        .replace("c.png", &place);
    assert_eq!(post, expected);
    let page = String::from_utf8(view.files[0].bytes.clone()).unwrap();
    assert_eq!(view.files[0].done, None);
    assert_eq!(closed::leaks(page.as_bytes()), []);
    assert!(
        page.starts_with("<!DOCTYPE html>\n<html lang=\"zh-CN\">\n<head><meta charset=\"UTF-8\">"),
        "{page}"
    );
    for part in [
        "<h1>题 &lt;b&gt;</h1>",
        "正文",
        "data-offprint-onerror",
        "the%20server%20refused%20it",
        "![no](no.png)",
        "https://h.test/a/l.html",
    ] {
        assert!(page.contains(part), "{part}\n{page}");
    }
    assert!(
        !page.contains("<script") && !page.contains("headimg:"),
        "{page}"
    );
}

#[test]
fn tags_embeds_and_links_of_a_post_lead_to_the_copies() {
    let text = "{% img left https://h.test/a.png 300 '\"b\" \"c\"' %}\n\n![[d e.png|200]] [f](g.png) [h](missing.png)\n";
    let document = document(text.as_bytes(), Kind::Post, "text/markdown");
    let view = render(&capture(&document), text.as_bytes(), &blob);
    let place = place("blobs", b"blob", "png");
    let post = String::from_utf8(view.files[1].bytes.clone()).unwrap();
    assert_eq!(
        post,
        format!(
            "{{% img left {place} 300 '\"b\" \"c\"' %}}\n\n![[{place}|200]] [f]({place}) [h](missing.png)\n"
        )
    );
    let page = String::from_utf8(view.files[0].bytes.clone()).unwrap();
    for part in [
        format!("<img src=\"{place}\" alt=\"c\" title=\"b\" width=\"300\">"),
        format!("<img src=\"{place}\" alt=\"\" width=\"200\">"),
        format!("<a href=\"{place}\">f</a>"),
        "<a href=\"https://h.test/a/missing.png\">h</a>".to_owned(),
    ] {
        assert!(page.contains(&part), "{part}\n{page}");
    }
    assert_eq!(closed::leaks(page.as_bytes()), []);
}

#[test]
fn a_lead_image_is_shown_once() {
    let lead = |post: &str| {
        let document = document(post.as_bytes(), Kind::Post, "text/markdown; charset=utf-8");
        let view = render(&capture(&document), post.as_bytes(), &blob);
        String::from_utf8(view.files[0].bytes.clone())
            .unwrap()
            .contains("class=\"lead\"")
    };
    assert!(lead("---\nheadimg: https://h.test/a.png\n---\nText\n"));
    assert!(lead("---\ncover: https://h.test/missing.png\n---\nText\n"));
    assert!(lead(
        "+++\n[params.cover]\nimage = 'https://h.test/a.png'\n+++\nText\n"
    ));
    assert!(lead("{\"images\": [\"https://h.test/a.png\"]}\nText\n"));
    assert!(!lead(
        "---\nheadimg: https://h.test/a.png\n---\n![](https://h.test/a.png)\n"
    ));
    assert!(!lead("---\ntitle: x\n---\nText\n"));
}

const SOUP: &[&str] = &[
    "<img src=a.png>",
    "<img src='missing.png' onerror=x>",
    "<svg>",
    "</svg>",
    "<use href=a.svg />",
    "<use xlink:href='missing.svg#x' />",
    "<p style='mask:url(a.png);content:url(missing)'>",
    "<body>",
    "<math>",
    "<mtext>",
    "<style>",
    "</style>",
    "<script>",
    "</script>",
    "<noscript>",
    "</noscript>",
    "<template>",
    "</template>",
    "<select>",
    "</select>",
    "<option>",
    "<xmp>",
    "</xmp>",
    "<textarea>",
    "</textarea>",
    "<title>",
    "</title>",
    "<table>",
    "<td>",
    "</table>",
    "<a href=javascript:x>",
    "</a>",
    "<p onclick=x",
    ">",
    "<!--",
    "-->",
    "<![CDATA[",
    "]]>",
    "<iframe src=x>",
    "</iframe>",
    "<object data=x>",
    "</object>",
    "<video>",
    "</video>",
    "<foreignObject>",
    "</foreignObject>",
    "<base href=//x>",
    "<meta http-equiv=refresh content=0>",
    "<link rel=stylesheet href=x>",
    "url(//x)",
    "a{b:url(x)}",
    "@import 'x';",
    "<p style='a:url(",
    ")'>",
    "\"",
    "'",
    "`",
    "=",
    " ",
    "/",
    "&#39;",
    "&quot;",
    "中",
    "<frameset>",
    "<frame src=x>",
    "<body>",
    "<head>",
    "<html>",
    "<!doctype html>",
    "<plaintext>",
    "<desc>",
    "<mglyph>",
    "<br>",
    "</p>",
    "<img srcset='a.png 1x, x 2x'>",
    "<img data-src=a.png src=x>",
    "<form action=x>",
    "<image href=x>",
    "<use href=x#y>",
    "text",
    "<annotation-xml encoding='text/html'>",
    "<noembed>",
    "</noembed>",
    "<noframes>",
    "</noframes>",
    "<svg/onload=x>",
    "</br>",
];

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn any_soup_is_closed_and_can_be_undone(parts in vec(prop::sample::select(SOUP), 0..40)) {
        let page = parts.concat();
        let file = rendered(page.as_bytes(), "text/html; charset=utf-8");
        prop_assert_eq!(closed::leaks(&file.bytes), []);
        prop_assert_eq!(splice::unsplice(&file.bytes, &file.done.unwrap()).unwrap(), page.into_bytes());
    }

    #[test]
    fn any_bytes_are_rendered(
        bytes in vec(any::<u8>(), 0..200),
        header in prop::sample::select(vec!["text/html", "text/html; charset=gbk", "text/html; charset=utf-16be", "text/html; charset=iso-2022-jp"]),
    ) {
        let file = rendered(&bytes, header);
        prop_assert_eq!(closed::leaks(&file.bytes), []);
        prop_assert_eq!(splice::unsplice(&file.bytes, &file.done.unwrap()).unwrap(), bytes);
    }

    #[test]
    fn any_post_is_rendered(parts in vec(prop::sample::select(SOUP), 0..20), text in ".{0,60}") {
        let post = format!("---\ntitle: x\n---\n{text}\n{}", parts.concat());
        let document = document(post.as_bytes(), Kind::Post, "text/markdown; charset=utf-8");
        let view = render(&capture(&document), post.as_bytes(), &blob);
        prop_assert_eq!(closed::leaks(&view.files[0].bytes), []);
        prop_assert_eq!(splice::unsplice(&view.files[1].bytes, view.files[1].done.as_ref().unwrap()).unwrap(), post.into_bytes());
    }
}
