//! Do parts of a drawing come with all that they use, in names of their own? Pure.

use proptest::collection::vec;
use proptest::prelude::*;

use super::*;

const HEAD: &str = "<svg xmlns='http://www.w3.org/2000/svg' xmlns:xlink='http://www.w3.org/1999/xlink' viewBox='0 0 9 9'>";

/// Takes the parts of a drawing and compares what stands in the page.
#[track_caller]
fn check(inside: &str, ids: &[Option<&str>], expected: &str) {
    let sealed = super::super::seal(format!("{HEAD}{inside}</svg>").as_bytes()).unwrap();
    let mut parts = Parts::of(String::from_utf8(sealed).unwrap(), "p".to_owned()).unwrap();
    for id in ids {
        let taken = parts.take(*id, usize::MAX).unwrap();
        assert_eq!(taken.name, format!("p-{}", id.unwrap_or_default()));
    }
    assert_eq!(parts.markup(), expected);
    // What stands in the page is markup that HTML reads as it is meant.
    assert!(expected.is_ascii());
}

#[test]
fn what_is_used_comes_with_what_it_uses() {
    check(
        "<linearGradient id='g'/><symbol id='a'><path fill='url(#g)' style='stroke:url(\"#g\")'/></symbol><g id='b'/>",
        &[Some("a")],
        "<linearGradient id=\"p-g\"/><symbol id=\"p-a\"><path fill=\"url(#p-g)\" style=\"stroke:url(&#34;#p-g&#34;)\"/></symbol>",
    );
    check(
        "<g id='a'><use xlink:href='#b'/></g><g id='b'><use href='#a'/></g>",
        &[Some("b"), Some("a")],
        "<g id=\"p-a\"><use xlink:href=\"#p-b\"/></g><g id=\"p-b\"><use href=\"#p-a\"/></g>",
    );
    check(
        "<g id='a'><g id='b'/></g>",
        &[Some("b"), Some("a")],
        "<g id=\"p-a\"><g id=\"p-b\"/></g>",
    );
}

#[test]
fn a_whole_drawing_is_used_without_a_name() {
    check(
        "<g/>",
        &[None],
        "<svg id=\"p-\" viewBox=\"0 0 9 9\"><g/></svg>",
    );
}

#[test]
fn names_and_styles_are_those_of_the_drawing() {
    check(
        "<style>.a{fill:red}path>.b{fill:url(#g)}</style><g id='g'/><path id='x' class='a b'/>",
        &[Some("x")],
        "<style class=\"p\">.p-a{fill:red}path:where(.p)&#62;.p-b{fill:url(#p-g)}</style>\
         <g id=\"p-g\" class=\"p\"/><path id=\"p-x\" class=\"p p-a p-b\"/>",
    );
}

#[test]
fn what_html_would_read_differently_goes() {
    check(
        "<svg:g xmlns:svg='http://www.w3.org/2000/svg' id='x' a:b='c' xmlns:a='d'><title>t<svg:g/></title><desc/><svg:path d='M0'/>图&lt;</svg:g>",
        &[Some("x")],
        "<g id=\"p-x\"><path d=\"M0\"/>&#22270;&#60;</g>",
    );
}

#[test]
fn what_is_not_there_or_too_large_is_not_used() {
    let sealed = format!("{HEAD}<g id='a'/><g id='b'><use href='#c'/></g><g id='c'/></svg>");
    let mut parts = Parts::of(sealed, "p".to_owned()).unwrap();
    assert_eq!(parts.take(Some("x"), 100), Err(NotTaken::Absent));
    assert_eq!(parts.take(Some("b"), 35), Err(NotTaken::TooLarge));
    assert_eq!(parts.take(Some("a"), 35).map(|taken| taken.bytes), Ok(11));
    assert_eq!(parts.take(Some("a"), 0).map(|taken| taken.bytes), Ok(0));
    assert_eq!(parts.markup(), "<g id=\"p-a\"/>");
}

proptest! {
    #[test]
    fn any_drawing_is_used_and_stays_sealed(inside in vec(prop::sample::select(vec![
        "<g id='a'>", "</g>", "<use href='#a'/>", "<use xlink:href='#b'/>", "<path id='b' class='c'/>", "<title>", "</title>", "x", "&lt;",
        "<style>", "</style>", ".c{fill:url(#b)}", "<![CDATA[", "]]>", "<text id='c'>", "</text>", "<svg:g>", "</svg:g>", "&amp;#b",
    ]), 0..24)) {
        if let Some(sealed) = super::super::seal(format!("{HEAD}{}</svg>", inside.concat()).as_bytes()) {
            let mut parts = Parts::of(String::from_utf8(sealed).unwrap(), "p".to_owned()).unwrap();
            for id in [Some("a"), Some("b"), Some("c"), None] {
                let taken = parts.take(id, 10_000);
                prop_assert_ne!(taken, Err(NotTaken::TooLarge));
            }
            let markup = parts.markup();
            prop_assert!(markup.is_ascii() && !markup.contains("<title") && !markup.contains("<svg:"));
        }
    }
}
