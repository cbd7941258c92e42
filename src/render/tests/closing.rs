//! Does a page run nothing and fetch nothing, and do its links still lead where they led?

use super::*;

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
