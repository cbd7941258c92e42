use super::super::seal::policy;
use super::*;

/// Looks at a page with the policy and `body`.
#[track_caller]
fn check(body: &str, expected: &[(&str, &str)]) {
    let page = format!(
        "<!DOCTYPE html><html><head>{}</head><body>{body}",
        policy::markup(Some("UTF-8"))
    );
    let leaks = leaks(page.as_bytes());
    let found: Vec<(&str, &str)> = leaks
        .iter()
        .map(|leak| (leak.code, leak.place.as_str()))
        .collect();
    assert_eq!(found, expected, "{leaks:?}");
}

#[test]
fn a_closed_page_has_no_leaks() {
    let blob = format!("../../../../blobs/sha256/ab/ab{}.png", "0".repeat(62));
    check(
        &format!("<img src={blob} srcset='{blob} 2x'><p style='a:url({blob})'>"),
        &[],
    );
    check(
        &format!(
            "<style>@import '{blob}';a{{b:url(#c)}}</style><svg><image xlink:href={blob} /></svg>"
        ),
        &[],
    );
    check(
        "<img src='data:image/gif;base64,x'><p style='a:url(data:,)'>",
        &[],
    );
    check(
        "<a href='https://h.test/'><a href=mailto:a@b><a href=x.html><a href='#a:b'><form action='?a:b'>",
        &[],
    );
    check(
        "<link rel=canonical href='https://h.test/'><meta name=description content=x>",
        &[],
    );
    check(
        "<p data-src=//x title='javascript:x' data-offprint-onclick=x>",
        &[],
    );
    check(
        "<svg><use href='#a'/><g fill='url(#b)'/><animate attributeName=x to=1 /></svg>",
        &[],
    );
    check(
        "<noscript>text</noscript><textarea><script></textarea><!-- <script> -->",
        &[],
    );
}

#[test]
fn what_runs_is_a_leak() {
    check("<script>", &[("element", "script")]);
    check("<svg><script></script></svg>", &[("element", "script")]);
    check(
        "<p onclick=x ONLOAD=y>",
        &[("handler", "p onclick"), ("handler", "p onload")],
    );
    check(
        "<a href=' java&Tab;script:x'><a href=data:x>",
        &[("address", "a href"), ("address", "a href")],
    );
    check(
        "<svg><a xlink:href='javascript:x'>",
        &[("address", "a href")],
    );
    check(
        "<form action=vbscript:x><button formaction=blob:x>",
        &[("address", "form action"), ("address", "button formaction")],
    );
    check(
        "<svg><set attributeName=xlink:href>",
        &[("handler", "set attributename")],
    );
    check(
        "<template><p onclick=x></template>",
        &[("handler", "p onclick")],
    );
}

#[test]
fn what_fetches_is_a_leak() {
    check("<img src=x.png>", &[("fetch", "img src")]);
    check(
        "<img src=//h/x srcset='data:image/gif,x 1x, y 2x'>",
        &[("fetch", "img src"), ("fetch", "img srcset")],
    );
    check(
        "<link rel=stylesheet href=x><link rel='alternate icon' href=x>",
        &[("fetch", "link href"), ("fetch", "link href")],
    );
    check("<td background=x><p poster=x>", &[("fetch", "p poster")]);
    check("<table background=x>", &[("fetch", "table background")]);
    check(
        "<iframe></iframe><video></video><base>",
        &[
            ("element", "iframe"),
            ("element", "video"),
            ("element", "base"),
        ],
    );
    check("<p style='a:url(x)'>", &[("style", "p style")]);
    check("<style>@import 'x';</style>", &[("style", "style")]);
    check(
        "<svg><use href=x#y /><g fill='url(x#y)'/>",
        &[("fetch", "use href"), ("style", "g fill")],
    );
    check(
        "<a ping=x><p integrity=x nonce=y>",
        &[
            ("fetch", "a ping"),
            ("fetch", "p integrity"),
            ("fetch", "p nonce"),
        ],
    );
    check("<noscript><img src=x></noscript>", &[("fetch", "img src")]);
    check(
        "<img src='../../../../blobs/sha256/ab/../../../x.png'>",
        &[("fetch", "img src")],
    );
}

#[test]
fn what_a_header_would_say_is_a_leak() {
    check(
        "<meta http-equiv=refresh content=0>",
        &[("header", "meta http-equiv")],
    );
    check(
        "<meta http-equiv=Content-Security-Policy content='img-src *'>",
        &[("header", "meta http-equiv")],
    );
    check(
        "<meta name=Referrer content=unsafe-url>",
        &[("header", "meta name")],
    );
}

#[test]
fn the_policy_must_come_first() {
    let policy = policy::markup(Some("UTF-8"));
    for (page, sound) in [
        (policy.clone(), true),
        (
            format!("<!DOCTYPE html>\n<!-- x --><html lang=x><head>{policy}<p>"),
            true,
        ),
        (format!("<title>x</title>{policy}"), false),
        (format!("<p>{policy}"), false),
        (format!("x{policy}"), false),
        (policy.replace("'none'", "*"), false),
        (String::new(), false),
    ] {
        assert_eq!(leaks(page.as_bytes()).is_empty(), sound, "{page}");
    }
    assert_eq!(
        leaks("<div>".repeat(100_000).as_bytes())[0].code,
        "unreadable"
    );
}
