//! Is every kind of reference seen in a browser that opens the view from disk?

use std::fs;

use offprint::digest::Digest;

use crate::origin::Reply;
use crate::picture::Colour;
use crate::sight::{self, Sight};
use crate::site::{self, Specimen, opened, page, specimens};
use crate::specimens::{Stands, of_kind};
use crate::test::Test;

/// How many pixels of its colour a specimen shows at least: a quarter of its picture.
const PIXELS_MIN: usize = 400;

const HTML: &str = "text/html; charset=utf-8";

/// Archives a page or post at `address` that holds `specimens`, all of which are there to be had.
fn archived(specimens: &[Specimen], given: &str) -> Test {
    let test = Test::new();
    for specimen in specimens {
        site::serve(&test, specimen);
    }
    test.serve("a.test/x", Reply::ok(HTML, page(specimens)));
    test.write("p.md", post(specimens));
    test.add(&["--base", "https://a.test/x", given]);
    test
}

fn post(specimens: &[Specimen]) -> String {
    let of = |stands: Stands| {
        let texts = specimens
            .iter()
            .filter(|specimen| of_kind(specimen.kind).0 == stands);
        let texts: Vec<&str> = texts.map(|specimen| specimen.text.as_str()).collect();
        texts.join("\n\n")
    };
    format!(
        "---\ntitle: P\n{}\n---\n\n{}\n\n{}\n",
        of(Stands::FrontMatter),
        of(Stands::Text),
        of(Stands::Linked)
    )
}

/// Filters and cross-fades round.
fn is(colour: Colour) -> impl Fn(Colour) -> bool {
    move |seen| (0..3).all(|part| seen[part].abs_diff(colour[part]) <= 2)
}

/// Checks that each specimen shows its colour, in its own box where it has one.
#[track_caller]
fn expect_seen(sight: &Sight, specimens: &[Specimen]) {
    let picture = sight.picture();
    let mut unseen = Vec::new();
    for specimen in specimens {
        let own = |(title, _): &&(String, _)| title == specimen.name;
        let own = sight.facts.boxes.iter().find(own);
        let area = own.map_or(picture.area(), |(_, area)| *area);
        let pixels = picture.count(area, is(specimen.colour));
        if pixels < PIXELS_MIN {
            unseen.push(format!(
                "{:?} {}: {pixels} pixels",
                specimen.kind, specimen.name
            ));
        }
    }
    if !unseen.is_empty() {
        let path = sight.saved("unseen");
        panic!(
            "not seen in {}: {unseen:#?}\n{:#?}",
            path.display(),
            sight.troubles
        );
    }
}

/// Checks that the page is closed, and that behind each `<img>` are the bytes of a specimen.
#[track_caller]
fn expect_whole(sight: &Sight, test: &Test, specimens: &[Specimen]) {
    sight.expect_closed(&test.path("archive"));
    let digests: Vec<Digest> = specimens
        .iter()
        .map(|specimen| Digest::of(&specimen.png()))
        .collect();
    for image in &sight.facts.images {
        let path = image.source.strip_prefix("file://").unwrap_or_default();
        let bytes = fs::read(path).unwrap_or_default();
        // A drawing is shown as a sealed copy; its colour is seen.
        let is_right = path.contains("/derived/") || digests.contains(&Digest::of(&bytes));
        assert!(image.width > 0 && is_right, "{image:?}");
    }
}

/// Checks that the bytes of every specimen's picture stand under their digest.
#[track_caller]
fn expect_kept(test: &Test, specimens: &[Specimen]) {
    let blobs = test.blobs().join("\n");
    for specimen in specimens {
        let name = Digest::of(&specimen.png()).to_string();
        assert!(blobs.contains(&name), "{} is not kept", specimen.name);
    }
}

#[test]
fn every_kind_of_a_page_is_seen() {
    let specimens = specimens(&[Stands::Page]);
    let test = archived(&specimens, "https://a.test/x");
    let sight = sight::open(&opened(&test));
    expect_seen(&sight, &specimens);
    expect_whole(&sight, &test, &specimens);
}

#[test]
fn every_kind_of_a_post_is_seen() {
    let specimens = specimens(&[Stands::FrontMatter, Stands::Text]);
    let test = archived(&specimens, "p.md");
    let sight = sight::open(&opened(&test));
    expect_seen(&sight, &specimens);
    expect_whole(&sight, &test, &specimens);
}

#[test]
fn what_shows_nothing_is_kept() {
    for (stands, given) in [(Stands::Kept, "https://a.test/x"), (Stands::Linked, "p.md")] {
        let specimens = specimens(&[stands]);
        let test = archived(&specimens, given);
        expect_kept(&test, &specimens);
        expect_whole(&sight::open(&opened(&test)), &test, &specimens);
    }
}
