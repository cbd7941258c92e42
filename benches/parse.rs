//! How fast are pages read and rendered, beside the parsers alone? MB/s, and ratios of one run.
//!
//! `cargo bench` runs it; `cargo bench --bench parse -- --rounds 21` with more rounds. `docs/performance.md` has figures.

#![expect(clippy::print_stdout, reason = "a bench prints what it measured")]

#[path = "../tests/laws/law/captured.rs"]
mod captured;
mod pages;

use std::hint::black_box;
use std::path::Path;
use std::time::{Duration, Instant};

use clap::Parser;
use lol_html::{HtmlRewriter, Settings, element};
use offprint::document::{Document, markup, metadata};
use offprint::render::splice::{self, Edit};
use offprint::{refs, render};

/// What the command line says.
#[derive(Debug, Parser)]
struct Arguments {
    /// Rounds; each contender runs once in each, in rotated order
    #[arg(long, default_value_t = 11)]
    rounds: usize,
    /// Only contenders whose name contains this, beside the first one
    #[arg(long, default_value = "")]
    only: String,
    /// Only sets of pages whose title contains this
    #[arg(long, default_value = "")]
    over: String,
    /// What cargo adds
    #[arg(long, hide = true)]
    bench: bool,
}

type Work = fn(&[Document]) -> usize;

/// The first one is what the others are compared with.
const CONTENDERS: &[(&str, Work)] = &[
    ("lol_html: rewrite img[src]", rewrite),
    ("lol_html: 8 selectors", rewrite_more),
    ("lol_html: every tag, its attributes", every_tag),
    ("scraper: parse", parse),
    ("offprint: tokens with their places", tokens),
    ("offprint: find", find),
    ("offprint: find, rewrite", rewrite_found),
    ("offprint: facts (title, author, ...)", facts),
    ("offprint: prove that a page is closed", prove),
    ("offprint: find, relink, seal, prove", view),
];

fn main() {
    let arguments = Arguments::parse();
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/specimens");
    let generated = pages::documents(200, 10, 30);
    measure("200 generated articles", &generated, &arguments);
    let specimens = pages::specimens(&folder);
    measure("the specimens", &specimens, &arguments);
    let corpus =
        Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/corpora/public/extract/files");
    if corpus.is_dir() {
        measure(
            "the pages of the corpora",
            &pages::specimens(&corpus),
            &arguments,
        );
    } else {
        println!("\nthe pages of the corpora: not run (no shared material beside the project)");
    }
}

/// Runs every contender over `documents` and prints its median speed and how it compares.
fn measure(title: &str, documents: &[Document], arguments: &Arguments) {
    if !title.contains(&arguments.over) {
        return;
    }
    let rounds = arguments.rounds;
    let bytes: usize = documents.iter().map(|document| document.bytes.len()).sum();
    let is_wanted =
        |(index, (name, _)): &(usize, &(&str, Work))| *index == 0 || name.contains(&arguments.only);
    let contenders: Vec<_> = CONTENDERS
        .iter()
        .enumerate()
        .filter(is_wanted)
        .map(|(_, it)| *it)
        .collect();
    let mut times: Vec<Vec<Duration>> = vec![Vec::new(); contenders.len()];
    // Small inputs are repeated, so that a measurement takes long enough to be one.
    let repeats = (4_000_000 / bytes.max(1)).max(1);
    for round in 0..rounds.max(1) {
        for place in 0..contenders.len() {
            let index = (place + round) % contenders.len();
            let begun = Instant::now();
            for _ in 0..repeats {
                black_box(contenders[index].1(black_box(documents)));
            }
            times[index].push(begun.elapsed());
        }
    }
    println!(
        "\n{title}: {} pages, {:.2} MB, median of {rounds}",
        documents.len(),
        megabytes(bytes)
    );
    println!(
        "{:<38} {:>9} {:>11} {:>16}",
        "", "MB/s", "ms a page", "time, relative"
    );
    let medians: Vec<f64> = times.iter_mut().map(|times| median(times)).collect();
    for ((name, _), seconds) in contenders.iter().zip(&medians) {
        let pages = documents.len() * repeats;
        println!(
            "{name:<38} {:>9.1} {:>11.3} {:>16.2}",
            megabytes(bytes * repeats) / seconds,
            seconds * 1000.0 / float(pages),
            seconds / medians[0],
        );
    }
}

fn megabytes(bytes: usize) -> f64 {
    float(bytes) / 1e6
}

#[expect(clippy::cast_precision_loss, reason = "a few gigabytes at most")]
fn float(number: usize) -> f64 {
    number as f64
}

fn median(times: &mut [Duration]) -> f64 {
    times.sort_unstable();
    times[times.len() / 2].as_secs_f64()
}

fn rewrite(documents: &[Document]) -> usize {
    let relink = |tag: &mut lol_html::html_content::Element<'_, '_>| {
        tag.set_attribute("src", "assets/0123456789abcdef0123456789abcdef.jpg")?;
        Ok(())
    };
    rewritten(documents, || vec![element!("img[src]", relink)])
}

fn rewrite_more(documents: &[Document]) -> usize {
    fn relink(
        name: &'static str,
    ) -> impl Fn(
        &mut lol_html::html_content::Element<'_, '_>,
    ) -> Result<(), Box<dyn std::error::Error + Send + Sync>> {
        move |tag| {
            if tag
                .get_attribute(name)
                .is_some_and(|it| it.starts_with("http"))
            {
                tag.set_attribute(name, "assets/0123456789abcdef.jpg")?;
            }
            Ok(())
        }
    }
    rewritten(documents, || {
        vec![
            element!("img", relink("src")),
            element!("source", relink("src")),
            element!("video", relink("poster")),
            element!("link", relink("href")),
            element!("script", relink("src")),
            element!("a", relink("href")),
            element!("[style]", relink("style")),
            element!("meta", relink("content")),
        ]
    })
}

/// What there is to read for whoever looks for more than what selectors name: every tag with its attributes.
fn every_tag(documents: &[Document]) -> usize {
    rewritten(documents, || {
        vec![element!("*", |tag| {
            black_box(tag.attributes());
            Ok(())
        })]
    })
}

type Handlers<'h> = Vec<(
    std::borrow::Cow<'h, lol_html::Selector>,
    lol_html::ElementContentHandlers<'h>,
)>;

fn rewritten<'h>(documents: &[Document], handlers: impl Fn() -> Handlers<'h>) -> usize {
    let one = |document: &Document| {
        let mut out = Vec::with_capacity(document.bytes.len() + 4096);
        let settings = handlers()
            .into_iter()
            .fold(Settings::new().with_strict(false), |settings, handler| {
                settings.append_element_content_handler(handler)
            });
        let mut rewriter = HtmlRewriter::new(settings, |piece: &[u8]| out.extend_from_slice(piece));
        rewriter.write(&document.bytes).expect("it is not strict");
        rewriter.end().expect("it is not strict");
        out.len()
    };
    documents.iter().map(one).sum()
}

fn parse(documents: &[Document]) -> usize {
    let one = |document: &Document| {
        let text = String::from_utf8_lossy(&document.bytes);
        scraper::Html::parse_document(&text).errors.len()
    };
    documents.iter().map(one).sum()
}

/// The walk that finding and sealing stand on.
fn tokens(documents: &[Document]) -> usize {
    let one = |document: &Document| {
        let mut tokens = 0;
        markup::walk(&document.bytes, document.charset, &mut |_| tokens += 1);
        tokens
    };
    documents.iter().map(one).sum()
}

fn find(documents: &[Document]) -> usize {
    documents
        .iter()
        .map(|document| refs::find(document).len())
        .sum()
}

/// Finds every reference and writes another address in its place.
fn rewrite_found(documents: &[Document]) -> usize {
    let one = |document: &Document| {
        let found = refs::find(document).into_iter();
        let edits =
            found.map(|found| Edit::new(found.span, "assets/0123456789abcdef0123456789abcdef.jpg"));
        let edits = splice::settle(edits.collect(), document.bytes.len());
        splice::splice(&document.bytes, &edits).len()
    };
    documents.iter().map(one).sum()
}

fn prove(documents: &[Document]) -> usize {
    let one = |document: &Document| render::closed::leaks(&document.bytes).len();
    documents.iter().map(one).sum()
}

fn facts(documents: &[Document]) -> usize {
    documents
        .iter()
        .filter(|document| metadata::read(document).facts.title.is_some())
        .count()
}

/// All that an archived page takes, from its bytes to a view that is proven closed.
fn view(documents: &[Document]) -> usize {
    let one = |document: &Document| {
        let snapshot =
            captured::captured(document, refs::find(document), metadata::Facts::default());
        let view = render::render(&snapshot, &document.bytes, &captured::blob);
        view.files
            .iter()
            .map(|file| file.bytes.len())
            .sum::<usize>()
    };
    documents.iter().map(one).sum()
}
