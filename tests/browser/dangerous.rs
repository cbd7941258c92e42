//! Does a drawing or a page that attacks do anything in a browser, wherever in the archive it is opened?

use std::path::{Path, PathBuf};

use offprint::archive::{Archive, Area};

use crate::origin::Reply;
use crate::sight;
use crate::site::opened;
use crate::test::Test;

/// What a drawing might try, inside `<svg xmlns:xlink=…>`. `$` is an address that answers every request.
const DRAWINGS: &[&str] = &[
    "<script>canary = 1; alert(1)</script>",
    "<script><![CDATA[canary = 1; alert(1)]]></script>",
    "<script href='data:text/javascript,alert(1)'/><script xlink:href='$.js'/>",
    "<g onload='canary = 1; alert(1)'><animate onbegin='alert(1)' attributeName='x' dur='1s'/></g>",
    "<set attributeName='onload' to='alert(1)'/><set attributeName='href' to='javascript:alert(1)'/>",
    "<foreignObject width='9' height='9'><body xmlns='http://www.w3.org/1999/xhtml' onload='alert(1)'><iframe src='$'/><img src='$.png'/><script>alert(1)</script></body></foreignObject>",
    "<x:script xmlns:x='http://www.w3.org/2000/svg'>alert(1)</x:script>",
    "<html:img xmlns:html='http://www.w3.org/1999/xhtml' src='$.png' onerror='alert(1)'/>",
    "<h:meta xmlns:h='http://www.w3.org/1999/xhtml' http-equiv='refresh' content='0;url=$'/>",
    "<image href='$.png' width='9' height='9'/><image xlink:href='$.svg' width='9' height='9'/>",
    "<use href='$.svg#a'/><use xlink:href='data:image/svg+xml;base64,PHN2Zy8+#a'/>",
    "<filter id='f'><feImage href='$.png'/></filter><rect width='9' height='9' filter='url(#f)'/><rect filter='url($.svg#f)'/>",
    "<style>@import '$.css'; @font-face{font-family:x;src:url($.ttf)} rect{font-family:x;fill:url($.svg#p);background:url($.png)}</style><rect width='9' height='9'/><text y='9'>x</text>",
    "<style>@\\69mport '$.css'; svg{background:u\\72l($.png);cursor:image-set('$.cur' 1x)}</style>",
    "<rect width='9' height='9' style='mask:url($.svg#m);clip-path:url($.svg#c)' fill='url($.svg#p)'/>",
    "<a href='javascript:alert(1)'><rect width='900' height='900'/></a>",
    "<animate xlink:href='#a' attributeName='xlink:href' values='javascript:alert(1)'/><a id='a'><circle r='400'/></a>",
    "<audio xmlns='http://www.w3.org/1999/xhtml' src='$.mp3' autoplay='autoplay'/>",
];

/// What stands before the root of a drawing.
const PROLOGUES: &[&str] = &[
    "<?xml-stylesheet href='$.css'?>",
    "<?xml-stylesheet type='text/xsl' href='data:text/xml,%3Cx/%3E'?>",
    "<!DOCTYPE svg SYSTEM '$.dtd' [<!ENTITY x SYSTEM '$.txt'>]>",
];

/// What a stylesheet might try.
const STYLE: &str = "@import '$.css';@import url(//a.test/lure.css) screen;@namespace url($);@font-face{font-family:x;src:url($.ttf)}\
     p{background:url(javascript:alert(1));behavior:url($.htc);-moz-binding:url($.xml#x);width:expression(alert(1));\
     background:u\\72l($.png),image-set('$.png' 1x);cursor:url($.cur),auto;mask:url($.svg#m);font-family:x}";

/// What the page around the drawings might try.
const PAGE: &str = "<link rel=stylesheet href=evil.css><link rel=preconnect href=$><link rel=prefetch href=$><base href=$>\
     <meta http-equiv=refresh content='0;url=$'><p style='background:url($.png)' onclick='alert(1)'>x<script>canary=1;alert(1)</script>\
     <img src=x onerror='alert(1)'><svg onload='alert(1)'><use href='0.svg#x'/><use href='data:image/svg+xml,<svg/>#x'/></svg>\
     <iframe src='javascript:alert(1)'></iframe><iframe srcdoc='<script>alert(1)</script><img src=$.png>'></iframe>\
     <object data='$.swf'></object><embed src='$.svg'><video src='$.mp4' autoplay></video><input autofocus onfocus='alert(1)'>\
     <details open ontoggle='alert(1)'></details><form action='javascript:alert(1)'><button autofocus></form>\
     <div><template shadowrootmode=open><script>alert(1)</script><img src=$.png onerror='alert(1)'></template></div>";

const LURE: &str = "https://a.test/lure";

fn drawings() -> Vec<String> {
    let svg = |before: &str, inside: &str| {
        let drawing = format!(
            "{before}<svg xmlns='http://www.w3.org/2000/svg' xmlns:xlink='http://www.w3.org/1999/xlink' width='40' height='40' \
             onload='canary = 2; alert(2)'>{inside}<path fill='#369' d='M0 0h40v40h-40z'/></svg>"
        );
        drawing.replace('$', LURE)
    };
    let insides = DRAWINGS.iter().map(|inside| svg("", inside));
    let prologues = PROLOGUES.iter().map(|before| svg(before, ""));
    insides.chain(prologues).collect()
}

/// Archives a page that shows all the drawings.
fn archived() -> Test {
    let test = Test::new();
    let mut page = String::from("<title>Drawings</title>");
    for (number, drawing) in drawings().into_iter().enumerate() {
        let reply = Reply::ok("image/svg+xml", drawing);
        test.serve(&format!("a.test/{number}.svg"), reply);
        page += &["<img src=", &number.to_string(), ".svg>"].concat();
    }
    test.serve(
        "a.test/evil.css",
        Reply::ok("text/css", STYLE.replace('$', LURE)),
    );
    page += &PAGE.replace('$', LURE);
    test.serve("a.test/x", Reply::ok("text/html; charset=utf-8", page));
    test.add(&["https://a.test/x"]);
    test
}

/// Returns the files of a part of the archive.
fn files(test: &Test, area: Area) -> Vec<PathBuf> {
    let archive = Archive::open(&test.path("archive")).unwrap();
    let files = archive.survey(area);
    files
        .map(|sighting| test.path("archive").join(sighting.unwrap().path))
        .collect()
}

/// Checks that opening `path` does nothing at all, beyond reading it.
#[track_caller]
fn expect_dead(path: &Path) {
    let sight = sight::open(path);
    assert_eq!(sight.acts, [] as [&str; 0], "{}", path.display());
    let address = format!("file://{}", path.display());
    let others: Vec<&String> = sight
        .requests
        .iter()
        .filter(|request| **request != address && !request.starts_with("data:"))
        .collect();
    assert!(others.is_empty(), "{}: {others:?}", path.display());
}

#[test]
fn the_browser_sees_attacks_where_nothing_is_sealed() {
    let test = Test::new();
    for (name, drawing) in [("0.svg", &drawings()[0]), ("12.svg", &drawings()[12])] {
        test.write(name, drawing);
    }
    let sight = sight::open(&test.path("0.svg"));
    assert!(sight.acts.len() > 1, "{:?}", sight.acts);
    let sight = sight::open(&test.path("12.svg"));
    assert!(sight.requests.len() > 1, "{:?}", sight.requests);
}

#[test]
fn a_sealed_drawing_does_nothing_when_it_is_opened_by_itself() {
    let test = archived();
    let sealed = files(&test, Area::Derived);
    assert!(sealed.len() > DRAWINGS.len() / 2, "{}", sealed.len());
    for path in sealed {
        expect_dead(&path);
    }
}

#[test]
fn what_a_page_shows_of_attacks_does_nothing() {
    let test = archived();
    let sight = sight::open(&opened(&test));
    sight.expect_closed(&test.path("archive"));
    let dead = sight.facts.images.iter().filter(|image| image.width == 0);
    assert_eq!(dead.count(), 0, "{:?}", sight.facts.images);
}

#[test]
fn an_original_does_nothing_when_its_blob_is_opened() {
    let test = archived();
    test.serve(
        "a.test/y",
        Reply::ok(
            "text/html",
            "<script>alert(1)</script><img src=https://a.test/0.png onerror=alert(1)>",
        ),
    );
    test.add(&["https://a.test/y"]);
    for path in files(&test, Area::Blobs).iter().take(4) {
        expect_dead(path);
    }
}
