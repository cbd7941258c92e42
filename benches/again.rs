//! What does the second run over many articles cost of which none has changed, beside other programs? `cargo bench --bench again`
//!
//! `wget2 -N` asks for pages and images, each conditionally; `mirror` for pages, since the images count as new.

#![expect(clippy::print_stdout, reason = "a bench prints what it measured")]

mod pages;
mod peers;

use std::fs;
use std::time::Duration;

use clap::Parser;
use peers::origin::{Origin, Site};
use peers::{Arguments, Contender, Place, compare};

fn main() {
    let arguments = Arguments::parse();
    let articles = arguments.articles.unwrap_or(1000);
    let images = arguments.images.unwrap_or(10);
    let latency = arguments.latency.unwrap_or(0);
    let origin = Origin::start(Site {
        images,
        repeated: 30,
        latency: Duration::from_millis(latency),
    });
    println!(
        "the second run over {articles} articles with {images} images each, {latency} ms before each answer, median of {}",
        arguments.rounds
    );
    let folder = tempfile::tempdir().expect("a folder can be made");
    let write = |name: &str, text: String| {
        let path = folder.path().join(name);
        fs::write(&path, text).expect("a file can be written");
        path.to_string_lossy().into_owned()
    };
    let urls: String = (0..articles)
        .map(|number| format!("http://news.test/a/{number}.html\n"))
        .collect();
    let urls = write("urls", urls);
    let source =
        format!("[[source]]\nurl = \"http://news.test/list/{articles}\"\nkind = \"list\"\n");
    let config = write("offprint.toml", source);
    let offprint = env!("CARGO_BIN_EXE_offprint");
    let contenders = [
        Contender::new(
            "wget2 -N",
            "wget2",
            &[
                "-q",
                "-N",
                "-p",
                "-H",
                "--robots=off",
                "--max-threads=16",
                "-i",
                &urls,
            ],
        ),
        Contender::new(
            "offprint mirror",
            offprint,
            &["-q", "--config", &config, "mirror", "--per-host", "16"],
        ),
        Contender::new(
            "offprint add",
            offprint,
            &["-q", "add", "--per-host", "16", "--from", &urls],
        ),
    ];
    compare(
        &contenders,
        arguments.rounds,
        &format!("http://{}", origin.address),
        Place::Same,
    );
}
