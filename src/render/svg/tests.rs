use proptest::collection::vec;
use proptest::prelude::*;

use super::*;

const HEAD: &str =
    r#"<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink">"#;

#[track_caller]
fn check(inside: &str, expected: &str) {
    let sealed = seal(format!("{HEAD}{inside}</svg>").as_bytes()).unwrap();
    assert_eq!(
        String::from_utf8(sealed).unwrap(),
        format!("{HEAD}{expected}</svg>")
    );
}

#[track_caller]
fn check_refused(svg: &str) {
    assert_eq!(seal(svg.as_bytes()), None);
}

/// What is beyond the limit is not looked at; of what is within, one comment is little work.
#[test]
fn a_drawing_has_its_size() {
    let drawing = |bytes: usize| {
        let (begin, end) = (format!("{HEAD}<!--"), "--></svg>");
        let filler = " ".repeat(bytes - begin.len() - end.len());
        begin + &filler + end
    };
    assert!(seal(drawing(16 << 20).as_bytes()).is_some());
    check_refused(&drawing((16 << 20) + 1));
}

#[test]
fn entities_grow_a_drawing_so_much() {
    let drawing = |times: usize| {
        let value = "x".repeat(1 << 10);
        let kind = format!("<!DOCTYPE svg [<!ENTITY e \"{value}\">]>");
        format!("{kind}{HEAD}<text>{}</text></svg>", "&e;".repeat(times))
    };
    assert!(seal(drawing(1 << 10).as_bytes()).is_some());
    check_refused(&drawing((1 << 10) + 8));
}

#[test]
fn drawings_stay_as_they_are() {
    for inside in [
        r##"<g id="a"><path d="M0 0h1" fill="url(#b)"/></g><use href="#a"/><use xlink:href='#a'/>"##,
        "<style>.a{fill:red}</style><style><![CDATA[ .a > b{fill:url(#b)} ]]></style><text>a &amp; b</text><!-- c -->",
        r#"<image href="data:image/png;base64,AA" width="1"/><animate attributeName="x" from="0" to="1"/>"#,
    ] {
        check(inside, inside);
    }
}

#[test]
fn what_runs_is_cut() {
    check("<script>alert(1)</script><g/>", "<g/>");
    check("<script href='x'/><svg:script>1</svg:script>", "");
    check("<script><![CDATA[</script>]]></script>", "");
    check(
        r#"<g onload="x()" oNcLiCk='y' id="a"/>"#,
        r#"<g   id="a"/>"#,
    );
    check(
        "<foreignObject><body xmlns='http://www.w3.org/1999/xhtml'><g/></body></foreignObject>",
        "",
    );
    check(
        "<x:script xmlns:x='http://www.w3.org/2000/svg'>1</x:script>",
        "",
    );
    check("<a xmlns='http://www.w3.org/1999/xhtml'>1</a>", "");
    check(r#"<a xlink:href="javascript:x"><g/></a>"#, "<a ><g/></a>");
    check(
        r#"<set attributeName="xlink:href" to="javascript:x"/><animate attributeName="onload"/>"#,
        "",
    );
}

#[test]
fn what_fetches_is_cut() {
    check(
        r#"<image href="https://h.test/x.png"/><image xlink:href="x.png"/>"#,
        "<image /><image />",
    );
    check(
        r#"<use href="x.svg#a"/><feImage href="//h.test"/>"#,
        "<use /><feImage />",
    );
    check(
        r#"<g fill="url(https://h.test/)" style="background:u\72l(x)" xml:base="/"/>"#,
        "<g   />",
    );
    check(r#"<g fill="&#117;rl(x)"/>"#, "<g />");
    check(
        "<style>@import 'x'; a{b:c}</style>",
        "<style> a{b:c}</style>",
    );
    check(
        "<style>\n<![CDATA[@font-face{src:url('https://h.test/f')} a{b:c}]]></style>",
        "<style>\n<![CDATA[@font-face{src:url('data:,')} a{b:c}]]></style>",
    );
    check("<style>a{b:url(&#120;)}</style>", "<style></style>");
    check(
        "<style>a{b:u<!-- -->rl(x)} c{d:url(y<!-- -->z)}</style>",
        "<style></style>",
    );
    check(
        "<style>a{b:u<!-- -->rl(x)}</style>",
        "<style>a{b:u<!-- -->rl(data:,)}</style>",
    );
    check("<?xml-stylesheet href='x'?><g/>", "<g/>");
}

#[test]
fn entities_of_drawing_programs_are_written_out() {
    let svg = r#"<?xml version="1.0" encoding="utf-8"?><!-- Generator -->
<!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN" "http://www.w3.org/x.dtd" [
  <!ENTITY ns_svg "http://www.w3.org/2000/svg">
]>
<svg xmlns="&ns_svg;"><g/></svg>
"#;
    let sealed = String::from_utf8(seal(svg.as_bytes()).unwrap()).unwrap();
    assert_eq!(
        sealed,
        "<svg xmlns=\"http://www.w3.org/2000/svg\"><g/></svg>\n"
    );
}

#[test]
fn other_encodings_become_utf_8() {
    let (bytes, _, _) =
        encoding_rs::GBK.encode("<?xml version='1.0' encoding='gbk'?><svg><text>中</text></svg>");
    assert_eq!(
        seal(&bytes).unwrap(),
        "<svg><text>中</text></svg>".as_bytes()
    );
    let utf_16: Vec<u8> = "\u{FEFF}<svg/>"
        .encode_utf16()
        .flat_map(u16::to_le_bytes)
        .collect();
    assert_eq!(seal(&utf_16).unwrap(), b"<svg/>");
}

#[test]
fn what_is_not_well_formed_is_refused() {
    for svg in [
        "",
        "x",
        "<html/>",
        "<svg>",
        "<svg></g>",
        "<svg/><svg/>",
        "<svg/>x",
        "<svg a=b/>",
        "<svg a='<'/>",
        "<svg a=''b=''/>",
        "<svg>&x;</svg>",
        "<svg><![CDATA[</svg>",
        "<!DOCTYPE svg [<!ENTITY a SYSTEM 'file:///etc/passwd'>]><svg>&a;</svg>",
        "<!DOCTYPE svg [<!ENTITY a '<script/>'>]><svg>&a;</svg>",
        "<!DOCTYPE svg [<!ENTITY % a 'b'> %a;]><svg/>",
    ] {
        check_refused(svg);
    }
    check_refused(&format!(
        "<!DOCTYPE svg [<!ENTITY a '{}'>]><svg>{}</svg>",
        "x".repeat(10_000),
        "&a;".repeat(1000)
    ));
}

proptest! {
    #[test]
    fn any_text_is_sealed_or_refused(parts in vec(prop::sample::select(vec![
        "<svg>", "</svg>", "<g ", "/>", ">", "<![CDATA[", "]]>", "<!--", "-->", "<?", "?>", "a='b'", " ", "&amp;", "&", ";",
        "<style>", "</style>", "url(x)", "onload='1'", "<script>", "</script>", "<!DOCTYPE svg", "[", "]", "中",
    ]), 0..30)) {
        let svg = parts.concat();
        if let Some(sealed) = seal(svg.as_bytes()) {
            // What was sealed is well-formed, and sealing it again changes nothing.
            prop_assert_eq!(seal(&sealed), Some(sealed.clone()));
            prop_assert!(!sealed.windows(7).any(|window| window == b"<script"));
        }
    }
}
