//! Parts of other drawings, which `<use>` names and browsers refuse from disk.

use super::*;

const DRAWING: &str = "<svg xmlns='http://www.w3.org/2000/svg'><script>1</script><g id='a' onload='1'><path id='图'/></g>\
     <g id='b'><use href='#a'/></g></svg>";

const HOLDER: &str = "<svg aria-hidden=\"true\" style=\"position:absolute!important;width:0!important;height:0!important;\
     overflow:hidden!important\"><defs>";

const A: &str = "<g id=\"offprint-1-a\" ><path id=\"offprint-1-&#22270;\"/></g>";

/// Renders a page with every SVG being `drawing`, and compares what follows its policy with `expected`.
#[track_caller]
fn check_page(page: &str, drawing: &str, expected: &str) {
    let document = document(page.as_bytes(), Kind::Page, "text/html; charset=utf-8");
    let mut snapshot = capture(&document);
    for mention in &mut snapshot.documents[0].references {
        if let Outcome::Kept(resource) = &mut mention.outcome {
            resource.digest = Digest::of(drawing.as_bytes());
        }
    }
    let blob = |_: &Digest| Some(drawing.as_bytes().to_vec());
    let file = render(&snapshot, page.as_bytes(), &blob).files.remove(0);
    let view = String::from_utf8(file.bytes.clone()).unwrap();
    let (_, rest) = view.split_once("content=\"off\">").unwrap();
    assert_eq!(rest.replace(" >", ">"), expected.replace(" >", ">"));
    assert_eq!(
        splice::unsplice(&file.bytes, &file.done.unwrap()).unwrap(),
        page.as_bytes()
    );
    assert_eq!(closed::leaks(&file.bytes), []);
}

#[test]
fn a_part_stands_in_the_page_once() {
    check_page(
        "<body class=x><svg><use href=a.svg#a /></svg><svg><use xlink:href='a.svg#b'></use><use href=\"/a/b/../a.svg#a\"/></svg>",
        DRAWING,
        &format!(
            "<body class=x>{HOLDER}{A}<g id=\"offprint-1-b\"><use href=\"#offprint-1-a\"/></g></defs></svg>\
             <svg><use href=#offprint-1-a /></svg><svg><use xlink:href='#offprint-1-b'></use><use href=\"#offprint-1-a\"/></svg>"
        ),
    );
}

#[test]
fn without_a_body_it_stands_before_what_uses_it() {
    check_page(
        "<p><svg><use href='a.svg#图'/></svg>",
        DRAWING,
        "<p><svg><defs><path id=\"offprint-1-&#22270;\"/></defs><use href='#offprint-1-&#22270;'/></svg>",
    );
}

#[test]
fn a_part_of_the_page_itself_is_used_where_it_is() {
    check_page(
        "<svg><use href='https://h.test/a/page.html?q#i'/></svg>",
        DRAWING,
        "<svg><use href='#i'/></svg>",
    );
}

#[test]
fn what_is_not_there_draws_nothing_and_what_is_missing_is_drawn() {
    check_page(
        "<svg><use href='a.svg#none'/></svg>",
        DRAWING,
        &format!(
            "<svg><use data-offprint-href='{}#none'/></svg>",
            place("derived", &svg::seal(DRAWING.as_bytes()).unwrap(), "svg")
        ),
    );
    check_drawing("<svg><use href=missing.svg#a />", "<image href=\"", "404");
    check_drawing("<svg><use href='a.png#a'/>", "<image href=\"", "no drawing");
}

#[test]
fn of_two_addresses_the_first_counts() {
    check_page(
        "<body><svg><use xlink:href='missing.svg#x' href='a.svg#a'/></svg>",
        DRAWING,
        &format!(
            "<body>{HOLDER}{A}</defs></svg><svg><use data-offprint-xlink:href='missing.svg#x' href='#offprint-1-a'/></svg>"
        ),
    );
}
