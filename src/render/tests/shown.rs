//! Elements that show an image by other means than `<img>`: objects, AMP, frames, lazy backgrounds.

use proptest::collection::vec;
use proptest::prelude::*;

use super::*;

#[test]
fn objects_become_images() {
    check(
        "<object data=a.png type='image/png' width=9 src=x usemap=#m>text <img src=b.png></object>after",
        "<img src=@ type='image/png' width=9 data-offprint-src=x data-offprint-usemap=#m>after",
    );
    check("<embed src='a.png' width=9>", "<img src='@' width=9>");
    check(
        "<object data=a.swf><object data=a.png><object data=b.png></object>x</object>y</object>z",
        "<a class=\"offprint-instead\" href=\"https://h.test/a/a.swf\">[embedded object] https://h.test/a/a.swf</a><img src=@>yz",
    );
    check("<object data=a.png>never ended", "<img src=@>never ended");
    check(
        "<svg><object data='//x.test'></object></svg>",
        "<svg><a class=\"offprint-instead\" href=\"https://x.test/\">[embedded object] https://x.test/</a></svg>",
    );
}

#[test]
fn a_drawing_is_shown_through_its_sealed_copy() {
    let view = rendered(
        b"<object data=a.svg>x</object><embed src=a.svg>",
        "text/html; charset=utf-8",
    );
    let view = String::from_utf8(view.bytes).unwrap();
    assert_eq!(
        view.matches("<img src=../../../../derived/sha256/").count(),
        2,
        "{view}"
    );
}

#[test]
fn an_object_that_is_missing_says_so_and_shows_what_stands_in() {
    for body in [
        "<object data=missing.png>text</object>",
        "<embed src=missing.png>",
    ] {
        check_drawing(body, "<img src=\"", "the server refused it");
    }
    let view = rendered(
        b"<object data=missing.png>in <img src=a.png></object>",
        "text/html; charset=utf-8",
    );
    let view = String::from_utf8(view.bytes).unwrap();
    assert!(view.contains("alt=\"\">in <img src=../"), "{view}");
}

#[test]
fn amp_shows_its_images_without_its_script() {
    check(
        "<amp-img src=a.png srcset='a.png 1x' width=9 height=9><noscript><img src=a.png></noscript><i placeholder>x</i></amp-img>y",
        "<img src=@ srcset='@ 1x' width=9 height=9>y",
    );
    check(
        "<AMP-IMG layout=Responsive src=a.png><amp-img fallback src=b.png></amp-img></amp-img>y",
        "<img style=\"display:block;width:100%;height:auto\" layout=Responsive src=@>y",
    );
    check("<amp-anim src=a.png></amp-anim>", "<img src=@>");
    check("<p><amp-img src=a.png><p>text", "<p><img src=@><p>text");
    check("<amp-img></amp-img>x", "x");
    check_drawing(
        "<amp-img src=missing.png></amp-img>",
        "<img src=",
        "the server refused it",
    );
}

#[test]
fn amp_does_not_hide_its_page() {
    check(
        "<style amp-boilerplate>body{animation:-amp-start 8s}</style><style amp-custom>p{}</style>",
        "<style amp-boilerplate></style><style amp-custom>p{}</style>",
    );
}

#[test]
fn a_lazy_background_is_shown() {
    let css = "background-image:url(@)!important";
    check(
        "<div class=x data-bg=a.png>",
        &format!("<div data-offprint-lazy style=\"{css}\" class=x data-bg=@>"),
    );
    check(
        "<div style='color:red' data-bg='url(a.png)'>",
        &format!("<div data-offprint-lazy style='color:red;{css}' data-bg='url(@)'>"),
    );
    check(
        "<div data-bg=a.png style>",
        &format!("<div data-offprint-lazy style=\"{css}\" data-bg=@ data-offprint-style>"),
    );
    check("<div data-bg=missing.png>", "<div data-bg=missing.png>");
}

#[test]
fn a_preview_makes_way_for_the_image_that_noscript_holds() {
    let (small, large) = (
        place("blobs", b"60.png", "png"),
        place("blobs", b"640.png", "png"),
    );
    let page = |between: &str| {
        let body = format!("<img src=60.png>{between}<noscript><img src=640.png></noscript>");
        let view = rendered(body.as_bytes(), "text/html; charset=utf-8");
        String::from_utf8(view.bytes).unwrap()
    };
    for between in ["", "</div><img class=x width=9/>"] {
        let shown = format!("<img data-offprint-preview src={small}>{between}<img src={large}>");
        assert!(page(between).ends_with(&shown), "{}", page(between));
        assert!(page(between).contains("[data-offprint-preview]{display:none!important}"));
    }
    let apart = page("<p>text</p>");
    assert!(
        apart.ends_with(&format!("<img src={small}><p>text</p><img src={large}>")),
        "{apart}"
    );
    let same = rendered(
        b"<img src=a.png><noscript><img src=640.png></noscript>",
        "text/html; charset=utf-8",
    );
    assert!(
        String::from_utf8(same.bytes)
            .unwrap()
            .contains("<noscript>")
    );
}

/// Renders a page whose frame has `inner` in its tag, and compares what the frame shows with `expected`.
#[track_caller]
fn check_frame(inner: &str, expected: &str) {
    let quoted = inner.replace('&', "&amp;").replace('"', "&quot;");
    let page = format!(
        "<!DOCTYPE html><html><head></head><body><iframe srcdoc=\"{quoted}\" src=x name=y></iframe>z"
    );
    let file = rendered(page.as_bytes(), "text/html; charset=utf-8");
    let view = String::from_utf8(file.bytes.clone()).unwrap();
    assert_eq!(closed::leaks(&file.bytes), []);
    assert_eq!(
        splice::unsplice(&file.bytes, &file.done.unwrap()).unwrap(),
        page.as_bytes()
    );
    let (_, frame) = view
        .split_once("<iframe sandbox=\"allow-same-origin ")
        .unwrap_or_else(|| panic!("{view}"));
    assert!(
        frame.ends_with(" data-offprint-src=x data-offprint-name=y></iframe>z"),
        "{view}"
    );
    let dom = crate::document::dom::Dom::parse(&view).unwrap();
    let frame = dom.named("iframe").next().unwrap();
    let policy = policy::markup(Some("UTF-8"));
    let expected = expected.replace('@', &place("blobs", b"blob", "png"));
    assert_eq!(frame.attribute("srcdoc").unwrap(), policy + &expected);
}

#[test]
fn the_page_in_a_frame_is_closed_and_shown() {
    check_frame(
        "<p>图 <img src=a.png alt=\"x &amp; y\">",
        "<p>图 <img src=@ alt=\"x &amp; y\">",
    );
    check_frame(
        "<script>1</script><a href=/b onclick=c>d</a><img src=\"a.png?x=1&amp;y\"><style>a{b:url(a.png);cursor:url(//x.test/forgotten)}</style>",
        "<a href=https://h.test/b data-offprint-onclick=c>d</a><img src=\"@\"><style>a{b:url(@);cursor:url(data:,)}</style>",
    );
    check_frame("<object data=a.png>x</object>", "<img src=@>");
}

#[test]
fn a_frame_in_a_frame_and_without_quotes() {
    let page = "<iframe srcdoc=<img/src=a.png/>";
    let view =
        String::from_utf8(rendered(page.as_bytes(), "text/html; charset=utf-8").bytes).unwrap();
    let dom = crate::document::dom::Dom::parse(&view).unwrap();
    let inner = dom
        .named("iframe")
        .next()
        .unwrap()
        .attribute("srcdoc")
        .unwrap();
    assert!(
        inner.ends_with(&format!("<img/src={}", "../../../../blobs"))
            || inner.contains("<img/src="),
        "{view}"
    );
    check_frame(
        "<iframe srcdoc=\"<img src='a.png'>\"></iframe>",
        &format!(
            "<iframe sandbox=\"{}\" srcdoc=\"{}<img src='@'>\"></iframe>",
            seal::SANDBOX,
            missing::escaped(&policy::markup(Some("UTF-8")))
        ),
    );
    let mut deep = "<img src=a.png>".to_owned();
    for _ in 0..6 {
        deep = format!(
            "<iframe srcdoc=\"{}\"></iframe>",
            deep.replace('&', "&amp;").replace('"', "&quot;")
        );
    }
    let view =
        String::from_utf8(rendered(deep.as_bytes(), "text/html; charset=utf-8").bytes).unwrap();
    assert_eq!(closed::leaks(view.as_bytes()), []);
    assert_eq!(view.matches("sandbox=").count(), seal::FRAMES_MAX, "{view}");
}

#[test]
fn pictures_of_a_page_lead_to_their_copies() {
    check(
        "<meta property=og:image content=a.png><meta property=og:image content=missing.png>",
        "<meta property=og:image content=@><meta property=og:image content=missing.png>",
    );
    check(
        "<link rel=image_src href=a.png><div background=a.png>",
        "<link rel=image_src href=@><div data-offprint-background=@>",
    );
}

#[test]
fn a_noscript_that_ends_within_a_tag_stays_one() {
    for tag in ["<iframe srcdoc=\"", "<p title='x>", "</p x", "<!-- x"] {
        let page =
            format!("<p>x<noscript><img src=a.png>{tag}</noscript><p onclick=x>y\"'>--></p>");
        let view = rendered(page.as_bytes(), "text/html; charset=utf-8").bytes;
        let view = String::from_utf8(view).unwrap();
        assert!(view.contains("<noscript><img src="), "{view}");
        assert!(view.contains("<p data-offprint-onclick=x>"), "{view}");
    }
}

proptest! {
    #[test]
    fn any_soup_in_a_frame_is_closed_and_can_be_undone(
        pieces in vec(prop_oneof![
            Just("<img src=a.png>"), Just("<img src='https://x.test/forgotten.png'>"), Just("<script>"), Just("</script>"),
            Just("<object data=a.png>"), Just("</object>"), Just("<amp-img src=missing.png>"), Just("</amp-img>"),
            Just("<iframe srcdoc='&lt;img src=a.png>'>"), Just("</iframe>"), Just("<div data-bg=a.png>"), Just("<embed src=a.svg>"),
            Just("<p onclick=x>"), Just("<noscript>"), Just("</noscript>"), Just("<style>"), Just("</style>"), Just("'"), Just("图&amp;"),
            Just("<head>"), Just("<!doctype html>"), Just("<base href=//x.test>"), Just("<meta charset=gbk>"),
        ], 0..12),
        quote in prop_oneof![Just("\""), Just("'"), Just("")],
    ) {
        let inner = pieces.concat();
        let escaped = if quote.is_empty() { missing::escaped(&inner).replace(' ', "&#32;") } else { inner.replace('&', "&amp;").replace(quote, "&#34;") };
        let page = format!("{inner}<iframe srcdoc={quote}{escaped}{quote}></iframe>");
        let file = rendered(page.as_bytes(), "text/html; charset=utf-8");
        prop_assert_eq!(closed::leaks(&file.bytes), []);
        prop_assert!(!file.bytes.windows(11).any(|bytes| bytes == b"<plaintext>"), "{}", page);
        prop_assert_eq!(splice::unsplice(&file.bytes, &file.done.unwrap()).unwrap(), page.as_bytes());
    }
}
