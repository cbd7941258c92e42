mod laws;

use encoding_rs::{GBK, UTF_8};
use proptest::prelude::*;

use super::*;

/// Each mention as `address` (as written) after a sign of its role: nothing for an image, `f:` for a font, `i:` for an
/// import, `-:` for no resource; a string of an `image-set` has `s:` before it.
#[track_caller]
fn check(css: &str, context: Context, expected: &[&str]) {
    let found: Vec<_> = mentions(css.as_bytes(), UTF_8, context)
        .iter()
        .map(|mention| {
            let sign = match (mention.kind, mention.role) {
                (MentionKind::ImageSet, _) => "s:",
                (_, Some(Role::Font)) => "f:",
                (_, Some(Role::Style)) => "i:",
                (_, None) => "-:",
                _ => "",
            };
            format!("{sign}{}", &css[mention.span.start..mention.span.end])
        })
        .collect();
    assert_eq!(found, expected, "{css}");
}

#[track_caller]
fn check_style(css: &str, expected: &[&str]) {
    check(css, Context::Attribute, expected);
}

#[track_caller]
fn check_sheet(css: &str, expected: &[&str]) {
    check(css, Context::Stylesheet, expected);
}

#[test]
fn addresses_in_declarations() {
    check_style("background:url(a.png)", &["a.png"]);
    check_style(
        "background:URL( 'a b.png' ) no-repeat,url(\"b.png\")",
        &["a b.png", "b.png"],
    );
    check_style("background: url(\n a.png\t)", &["a.png"]);
    check_style(
        "background:url(&quot;a.png?x=1&amp;y=2&quot;)",
        &["a.png?x=1&amp;y=2"],
    );
    check_style("background:url(a.png", &["a.png"]);
    check_style("background:url('a.png", &["a.png"]);
    check_style("background:url()", &[""]);
    check_style(
        "filter:url(f.svg#a);background:url(a.png)",
        &["f.svg#a", "a.png"],
    );
    check_style("content:'a.png' \"b.png\"", &[]);
    check_style("--picture:url(a.png)", &["a.png"]);
    check_style(
        "background:linear-gradient(red,blue),cross-fade(url(a.png),url(b.png))",
        &["a.png", "b.png"],
    );
}

#[test]
fn an_import_in_a_block_reaches_to_its_end() {
    for (css, whole) in [
        ("a{@import 'b.css'url(x)}", "@import 'b.css'url(x)"),
        ("a{@import 'b.css'url(x", "@import 'b.css'url(x"),
        ("a({@import url('b.css')x;y})", ""),
        ("a(@import url(b.css) x)", ""),
        ("a(;@import url(b.css) x)", "@import url(b.css) x"),
    ] {
        let found = mentions(css.as_bytes(), UTF_8, Context::Stylesheet);
        let import = found.iter().find(|it| it.kind == MentionKind::Import);
        let found = import.map_or("", |it| &css[it.whole.start..it.whole.end]);
        assert_eq!(found, whole, "{css}");
    }
}

#[test]
fn what_only_looks_like_an_address_is_none() {
    check_sheet("a{/* url(a.png) */b:'url(b.png)'}", &[]);
    check_sheet("a{b:url(bad'quote.png);c:url(c.png)}", &["c.png"]);
    check_sheet("a{b:url(two words);c:url(c.png)}", &["c.png"]);
    check_sheet("a{b:'broken\n;c:url(c.png)}", &["c.png"]);
    check_sheet("a{b:xurl(a.png) url (b.png)}", &[]);
}

#[test]
fn rules_with_a_head() {
    check_sheet(
        "@import 'a.css' screen;b{c:url(c.png)}",
        &["i:a.css", "c.png"],
    );
    check_sheet(
        "@IMPORT url(a.css);@import url(\"b.css\") supports(x:url(y))",
        &["i:a.css", "i:b.css", "-:y"],
    );
    check_sheet(
        "@namespace svg url(http://www.w3.org/2000/svg);@namespace 'x';",
        &["-:http://www.w3.org/2000/svg"],
    );
    check_sheet(
        "@supports (background:url(x)){a{b:url(c.png)}}",
        &["-:x", "c.png"],
    );
    check_sheet(
        "@media print{@font-face{src:url(a.woff2)format('woff2'),url('b.woff')}}a{b:url(c.png)}",
        &["f:a.woff2", "f:b.woff", "c.png"],
    );
    check_sheet(
        "@media x{a:hover{b:url(1)}c{filter:url(2);d:url(3)}}",
        &["1", "-:2", "3"],
    );
    check_sheet("filter{a:url(1)}filter:hover{a:url(2)}", &["1", "2"]);
}

#[test]
fn properties_say_what_an_address_is_for() {
    #[track_caller]
    fn check(css: &str, expected: &[Purpose]) {
        let found = mentions(css.as_bytes(), UTF_8, Context::Attribute);
        let found: Vec<Purpose> = found.iter().map(|mention| mention.purpose).collect();
        assert_eq!(found, expected, "{css}");
    }
    use Purpose::{Character, Cursor, Mask, Other, Part, Picture, Shape, Variable};
    check(
        "background:url(a);border-image:url(b) 1",
        &[Picture, Picture],
    );
    check(
        "Mask-Image:linear-gradient(red,red),image-set('a' 1x)",
        &[Mask],
    );
    check("-webkit-mask:url(a);mask:url(b#c)", &[Mask, Mask]);
    check(
        "clip-path:url(a#b);filter:blur(1px) url(a#b)",
        &[Part, Part],
    );
    check("clip-path:url(a);fill:url(a#b)", &[Other, Other]);
    check("content:url(a);list-style:url(b)", &[Character, Character]);
    check("cursor:url(a),auto;shape-outside:url(b)", &[Cursor, Shape]);
    check("--Icon:url(a)", &[Variable]);
    check("a:hover{mask:url(a)}", &[Mask]);
    check("@font-face{src:url(a)}@import 'b';", &[Other, Other]);
}

#[test]
fn what_is_no_rule_is_never_fetched() {
    check_sheet(
        "<![CDATA[ a{b:url(1);c:url(2)} ]]>d{e:url(3)}",
        &["-:1", "-:2", "3"],
    );
    check_sheet("a{b:(c{d:url(1)}e:url(2))}f{g:url(3)}", &["-:1", "2", "3"]);
    check_sheet("<!-- a{b:url(1)} -->", &["1"]);
}

#[test]
fn sets_of_images() {
    check_style(
        "background:image-set('a.png' 1x,url(b.png) 2x,\"c.avif\" type('image/avif'))",
        &["s:a.png", "b.png", "s:c.avif"],
    );
    check_style("background:-webkit-image-set(url(a.png) 1x)", &["a.png"]);
}

#[test]
fn escapes_are_resolved_in_the_text_only() {
    let css = r"a{b:url(a.png?x\26 y=\)\20 );c:u\72l(b\ );d:url('e\'f\
g')}";
    check_sheet(css, &[r"a.png?x\26 y=\)\20", r"b\ ", "e\\'f\\\ng"]);
    let texts: Vec<_> = mentions(css.as_bytes(), UTF_8, Context::Stylesheet)
        .into_iter()
        .map(|mention| mention.text)
        .collect();
    assert_eq!(texts, ["a.png?x&y=) ", "b ", "e'fg"]);
}

#[track_caller]
fn check_whole(css: &str, expected: &[&str]) {
    let found: Vec<_> = mentions(css.as_bytes(), UTF_8, Context::Stylesheet)
        .iter()
        .map(|mention| &css[mention.whole.start..mention.whole.end])
        .collect();
    assert_eq!(found, expected, "{css}");
}

#[test]
fn the_whole_is_what_can_be_taken_out() {
    check_whole(
        "a{b:url( c ) url( 'd' e(f) ) image-set( 'g' )}",
        &["url( c )", "url( 'd' e(f) )", "'g'"],
    );
    check_whole(
        "@import  url( 'a' ) screen ;@import 'b'",
        &["@import  url( 'a' ) screen ;", "@import 'b'"],
    );
    check_whole("a{b:url('c'", &["url('c'"]);
}

#[test]
fn a_second_byte_that_looks_like_syntax_is_none() {
    // The second byte of this character is a backslash in GBK.
    let css = [b"a{b:url('\x95\x5c').c;d:url(\x95\x5c.png)".as_slice()].concat();
    let found = mentions(&css, GBK, Context::Stylesheet);
    let written: Vec<_> = found
        .iter()
        .map(|mention| mention.span.slice(&css))
        .collect();
    assert_eq!(written, [b"\x95\x5c".as_slice(), b"\x95\x5c.png"]);
    assert_eq!(found[0].text, GBK.decode(b"\x95\x5c").0);
}

/// Each reference of a stylesheet at `https://h.test/css/a.css`: its bytes, its kind and role as JSON has them, its target.
#[track_caller]
fn check_references(css: &[u8], content_type: Option<&str>, expected: &[[&str; 4]]) {
    let address = crate::link::Link::parse("https://h.test/css/a.css").ok();
    let document = Document::new(
        css.to_vec(),
        crate::document::Kind::Style,
        content_type,
        address,
    );
    let json = |value: serde_json::Value| value.as_str().unwrap().to_owned();
    let found: Vec<[String; 4]> = find(&document)
        .iter()
        .map(|reference| {
            let bytes = reference.span.slice(css);
            let (written, _) = document.charset.decode_without_bom_handling(bytes);
            assert_eq!(written, reference.written);
            [
                reference.written.clone(),
                json(serde_json::to_value(reference.kind).unwrap()),
                json(serde_json::to_value(reference.role).unwrap()),
                reference
                    .target
                    .as_ref()
                    .map_or("-", |link| link.as_str())
                    .to_owned(),
            ]
        })
        .collect();
    assert_eq!(found, expected);
}

#[test]
fn a_stylesheet_is_a_document_of_its_own() {
    check_references(
        b"\xef\xbb\xbf@import 'b.css';@font-face{src:url(f.woff2)}a{background:url( '../i.png' ) image-set('2x.png' 2x)}",
        None,
        &[
            ["b.css", "css-import", "style", "https://h.test/css/b.css"],
            ["f.woff2", "css-url", "font", "https://h.test/css/f.woff2"],
            ["../i.png", "css-url", "image", "https://h.test/i.png"],
            ["2x.png", "css-image-set", "image", "https://h.test/css/2x.png"],
        ],
    );
    check_references(
        b"@namespace url(n);a{filter:url(#x);behavior:url(b.htc);background:url() url(data:,x)}",
        None,
        &[["data:,x", "css-url", "image", "-"]],
    );
    let expected: [&[&str; 4]; 1] = [&[
        "图.png",
        "css-url",
        "image",
        "https://h.test/css/%E5%9B%BE.png",
    ]];
    let gbk = GBK.encode("@charset \"gbk\";a{background:url(图.png)}").0;
    check_references(&gbk, None, &expected.map(|it| *it));
    let told = GBK.encode("a{background:url(图.png)}").0;
    check_references(&told, Some("text/css;charset=gbk"), &expected.map(|it| *it));
    let wide: Vec<u8> = "\u{feff}a{background:url(图.png)}"
        .encode_utf16()
        .flat_map(u16::to_le_bytes)
        .collect();
    check_references(&wide, None, &expected.map(|it| *it));
}
