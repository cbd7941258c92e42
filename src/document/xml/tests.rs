use proptest::prelude::*;

use super::*;

/// The text with its changes made.
fn changed(xml: &str) -> String {
    let mut html = String::new();
    let mut at = 0;
    for change in as_html(xml) {
        assert!(at <= change.span.start && change.span.start < change.span.end);
        assert!(!change.put.is_empty() && change.put.is_ascii());
        html.push_str(&xml[at..change.span.start]);
        html.push_str(&change.put);
        at = change.span.end;
    }
    html.push_str(&xml[at..]);
    html
}

#[track_caller]
fn check(xml: &str, expected: &str) {
    assert_eq!(changed(xml), expected);
}

#[track_caller]
fn check_same(xml: &str) {
    check(xml, xml);
}

#[test]
fn empty_elements_get_their_end() {
    check("<script src=\"x\"/>a", "<script src=\"x\"></script>a");
    check(
        "<p><a id='x' /><div/></p>",
        "<p><a id='x' ></a><div></div></p>",
    );
    check(
        "<title/><textarea/><iframe/>",
        "<title></title><textarea></textarea><iframe></iframe>",
    );
    check("<p title='a > b/'/>", "<p title='a > b/'></p>");
    check_same("<br/><img src=\"a\"/><hr /><meta a='b'/>");
    check_same("<svg><path d=''/><g/></svg><math><mi/></math><svg/>");
    check(
        "<svg><foreignObject><p/></foreignObject><g/></svg><p/>",
        "<svg><foreignObject><p></p></foreignObject><g/></svg><p></p>",
    );
    check("<br></br><img></img>", "<br><!----><img><!---->");
}

#[test]
fn sections_of_characters_are_text() {
    check(
        "<p><![CDATA[a < b && <c>]]></p>",
        "<p><!---->a &lt; b &amp;&amp; &lt;c><!----></p>",
    );
    check(
        "<style><![CDATA[a > b{c:url(d?e&f)}]]></style>",
        "<style> a > b{c:url(d?e&f)} </style>",
    );
    check(
        "<style>/*<![CDATA[*/ a{} /*]]>*/</style>",
        "<style>/* */ a{} /* */</style>",
    );
    check("<style>a &gt; b<!-- c --></style>", "<style>a > b </style>");
    check(
        "<title><![CDATA[a & b]]></title>",
        "<title> a &amp; b </title>",
    );
    check(
        "<script><![CDATA['</script>']]></script>",
        "<script> </script>",
    );
    check_same("<svg><style><![CDATA[a>b{}]]></style></svg><p>&lt;&amp;</p>");
}

#[test]
fn what_html_ends_earlier_or_takes_for_another_thing() {
    check(
        "<?xml version='1.0'?><?a <b> ?><p/>",
        "<?xml version='1.0'?><!----><p></p>",
    );
    check(
        "<!--> a --><!-- b --><!-- c --!> -->",
        "<!----><!-- b --><!---->",
    );
    check(
        "<!DOCTYPE html [ <!ENTITY a '>]'> ]><p/>",
        "<!DOCTYPE html  ><p></p>",
    );
    check_same("<!DOCTYPE html PUBLIC \"-//W3C//DTD XHTML 1.0 Strict//EN\" \"http://w/x.dtd\">");
    check(
        "<IMG SRC='a'/><Img></Img>",
        "<x-IMG x-SRC='a'></x-IMG><x-Img></x-Img>",
    );
    check(
        "<plaintext>a</plaintext><xmp/>",
        "<x-plaintext>a</x-plaintext><x-xmp></x-xmp>",
    );
    check_same("<svg viewBox='0'><linearGradient/></svg>");
    check_same("a < b <1 && c");
}

#[test]
fn what_is_not_well_formed_is_read_all_the_same() {
    for xml in [
        "<p",
        "<p a",
        "<p a='",
        "</",
        "<!",
        "<!--",
        "<![CDATA[",
        "<?",
        "<!DOCTYPE [",
        "</b></c><",
        "<a =/>",
        "<a/b/>",
        "<>",
    ] {
        let _html = changed(xml);
    }
    check("<p a='x><b/>", "<p a='x><b/>");
}

#[test]
fn hostile_text_takes_linear_time() {
    for piece in [
        "<",
        "<a ",
        "<a>",
        "</a>",
        "<!--",
        "<![CDATA[",
        "<?",
        "<!",
        "<!DOCTYPE [",
        "&",
        "<style>",
        "<a b='",
        "<svg>",
        "</",
        "<!-- --!>",
    ] {
        let many = piece.repeat((1 << 20) / piece.len());
        assert!(as_html(&many).len() <= many.len());
    }
}

proptest! {
    #[test]
    fn any_text_is_changed_in_order(xml in "(<a |<p>|</p>|<br/>|<svg>|</svg>|<style>|</style>|<!--|-->|<!\\[CDATA\\[|\\]\\]>|<\\?|\\?>|<!D |[<>/&='\" aXé\\[\\]-]){0,30}") {
        let _html = changed(&xml);
    }
}
