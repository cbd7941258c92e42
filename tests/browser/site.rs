//! What is archived for the browser to open? A page, a post, and what they refer to.

use std::path::PathBuf;

use offprint::archive::Archive;
use offprint::refs::Kind;

use crate::origin::Reply;
use crate::picture::{Colour, plain_png};
use crate::specimens::{Stands, of_kind};
use crate::test::Test;

/// The width and height of a specimen's picture.
const SIDE: u32 = 40;

/// A specimen of a page or post.
pub(crate) struct Specimen {
    pub(crate) kind: Kind,
    pub(crate) name: &'static str,
    /// How it is written, with its number and colour in place.
    pub(crate) text: String,
    pub(crate) number: usize,
    pub(crate) colour: Colour,
}

impl Specimen {
    /// Returns its picture.
    pub(crate) fn png(&self) -> Vec<u8> {
        plain_png(self.colour, SIDE)
    }
}

/// Returns every kind of reference: serde names them all when it is given another.
pub(crate) fn kinds() -> Vec<Kind> {
    let error = serde_json::from_str::<Kind>("\"?\"").err().unwrap();
    let error = error.to_string();
    let names = error.split('`').skip(1).step_by(2).skip(1);
    names
        .map(|name| serde_json::from_value(name.into()).unwrap())
        .collect()
}

/// Returns the specimens that stand in one of these places.
pub(crate) fn specimens(standing: &[Stands]) -> Vec<Specimen> {
    let mut specimens = Vec::new();
    for kind in kinds() {
        let (stands, rows) = of_kind(kind);
        if !standing.contains(&stands) {
            continue;
        }
        for (name, text) in rows {
            let number = specimens.len() + 1;
            let colour = colour(number);
            let text = text.replace("$n", &number.to_string());
            specimens.push(Specimen {
                kind,
                name,
                text: text.replace("$c", &css(colour)),
                number,
                colour,
            });
        }
    }
    specimens
}

fn css([red, green, blue]: Colour) -> String {
    format!("rgb({red},{green},{blue})")
}

/// Returns a colour that no other specimen has, and that no drawing of a missing image has.
fn colour(number: usize) -> Colour {
    let part = |step: usize| u8::try_from(number * step % 199 + 28).unwrap();
    [part(37), part(83), part(151)]
}

/// Returns a page with a box for each specimen, which bears its name.
pub(crate) fn page(specimens: &[Specimen]) -> String {
    let boxes = specimens
        .iter()
        .map(|Specimen { name, text, .. }| format!("<div class=row title='{name}'>{text}</div>"));
    let boxes: Vec<String> = boxes.collect();
    format!(
        "<!doctype html><title>Specimens</title><style>body{{margin:0}}.row{{display:inline-block;width:80px;height:80px;\
         overflow:hidden;vertical-align:top;font:12px sans-serif}}.box{{width:40px;height:40px;margin:0}}</style>{}",
        boxes.join("\n")
    )
}

/// Serves what a specimen refers to.
pub(crate) fn serve(test: &Test, specimen: &Specimen) {
    let number = specimen.number;
    let png = specimen.png();
    for query in ["", "?1", "?src"] {
        let reply = Reply::ok("image/png", png.clone());
        test.serve(&format!("a.test/{number}.png{query}"), reply);
    }
    let svg = drawing(&css(specimen.colour));
    test.serve(
        &format!("a.test/{number}.svg"),
        Reply::ok("image/svg+xml", svg),
    );
    let font = include_bytes!("../specimens/fonts/block.ttf");
    let font = Reply::ok("font/ttf", font.as_slice());
    test.serve(&format!("a.test/{number}.ttf"), font);
    serve_styles(test, specimen);
}

/// Serves the stylesheets of a specimen, and nothing that they refer to.
pub(crate) fn serve_styles(test: &Test, specimen: &Specimen) {
    let (number, fill) = (specimen.number, css(specimen.colour));
    let style = format!(
        "@font-face{{font-family:F;src:url({number}.ttf)}}.s{number}{{background:url({number}.png)}}\
         .m{number}{{background:{fill};mask-image:url({number}.png)}}.t{number}{{font:40px/1 F;color:{fill}}}"
    );
    let importing = format!("@import \"{number}.css\";");
    for (name, css) in [("", style), ("-import", importing)] {
        test.serve(
            &format!("a.test/{number}{name}.css"),
            Reply::ok("text/css", css),
        );
    }
}

/// Returns a drawing filled with one colour, with parts for others to use.
fn drawing(fill: &str) -> String {
    format!(
        r##"<?xml version="1.0"?><!-- Generator -->
<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" width="40" height="40" viewBox="0 0 40 40">
<defs><linearGradient id="plain"><stop stop-color="{fill}"/></linearGradient>
<clipPath id="clip"><path d="M0 0h40v40h-40z"/></clipPath><mask id="mask"><path fill="#fff" d="M0 0h40v40h-40z"/></mask>
<filter id="filter" x="0" y="0" width="1" height="1" color-interpolation-filters="sRGB"><feFlood flood-color="{fill}"/></filter></defs>
<symbol id="symbol" viewBox="0 0 40 40"><path fill="{fill}" d="M0 0h40v40h-40z"/></symbol>
<view id="part" viewBox="0 0 20 20"/>
<style>.plain,rect.other&gt;b{{fill:{fill}}} #styled path{{stroke:{fill}}}</style><g id="styled"><path class="plain" d="M0 0h40v40h-40z"/></g>
<g id="nested"><use xlink:href="#leaf"/></g><rect id="leaf" width="40" height="40" style="fill:url(#plain)"/></svg>"##
    )
}

/// Returns the page that a reader opens.
pub(crate) fn opened(test: &Test) -> PathBuf {
    let archive = Archive::open(&test.path("archive")).unwrap();
    let articles = archive.articles().unwrap();
    assert_eq!(articles.len(), 1);
    test.path("archive")
        .join(articles[0].path().to_string())
        .join("index.html")
}
