//! Is what is missing seen in its place, with its address and the reason?

use std::fs;

use crate::origin::Reply;
use crate::picture::Colour;
use crate::sight;
use crate::site::{Specimen, opened, page, serve_styles, specimens};
use crate::specimens::Stands;
use crate::test::Test;

/// How many pixels of a drawing are seen at least: those of the smallest, which stands in a line.
const PIXELS_MIN: usize = 20;

/// What is no picture: where it is missing, the page is as if nothing had been asked for.
const NO_PICTURES: &[&str] = &[
    "clip",
    "filter",
    "filter of an svg",
    "font",
    "font in a stylesheet",
];

fn is_picture(specimen: &Specimen) -> bool {
    !NO_PICTURES.contains(&specimen.name)
}

/// Returns whether a colour is one of the drawing's: a grey, neither black nor white.
fn is_drawn([red, green, blue]: Colour) -> bool {
    red.abs_diff(green) < 12 && green.abs_diff(blue) < 12 && (0x60..0xE0).contains(&red)
}

#[test]
fn what_is_missing_is_drawn_in_its_place() {
    let mut specimens = specimens(&[Stands::Page]);
    specimens.retain(is_picture);
    let test = Test::new();
    for specimen in &specimens {
        serve_styles(&test, specimen);
    }
    test.serve("a.test/x", Reply::ok("text/html", page(&specimens)));
    test.add(&["https://a.test/x"]).expect_code(1, &["missing"]);
    let path = opened(&test);
    let sight = sight::open(&path);
    sight.expect_closed(&test.path("archive"));
    let (view, picture) = (fs::read_to_string(path).unwrap(), sight.picture());
    let mut unseen = Vec::new();
    for specimen in &specimens {
        let (_, area) = sight
            .facts
            .boxes
            .iter()
            .find(|(title, _)| title == specimen.name)
            .unwrap();
        let is_mask = specimen.name.contains("mask");
        let pixels = picture.count(*area, |colour| {
            if is_mask {
                (0..3).all(|part| colour[part].abs_diff(specimen.colour[part]) < 60)
            } else {
                is_drawn(colour)
            }
        });
        let has_address = view.contains(&format!("https%3A%2F%2Fa.test%2F{}.", specimen.number));
        // A letter and a mask have no room for words.
        let has_words = has_address || is_mask || pixels < 400;
        if !(PIXELS_MIN..1500).contains(&pixels) || !has_words {
            unseen.push(format!(
                "{}: {pixels} pixels, address: {has_address}",
                specimen.name
            ));
        }
    }
    let saved = sight.saved("missing");
    assert!(
        unseen.is_empty(),
        "not seen in {}: {unseen:#?}",
        saved.display()
    );
}
