//! How long does one article with many images take, beside other programs? `cargo bench --bench single`

#![expect(clippy::print_stdout, reason = "a bench prints what it measured")]

mod pages;
mod peers;

use std::time::Duration;

use clap::Parser;
use peers::origin::{Origin, Site};
use peers::{Arguments, Contender, Place, compare};

const URL: &str = "http://news.test/a/0.html";

fn main() {
    let arguments = Arguments::parse();
    let images = arguments.images.unwrap_or(30);
    let latency = arguments.latency.unwrap_or(50);
    let origin = Origin::start(Site {
        images,
        repeated: 0,
        latency: Duration::from_millis(latency),
    });
    println!(
        "one article with {images} images, {latency} ms before each answer, median of {}",
        arguments.rounds
    );
    let contenders = [
        Contender::new(
            "offprint",
            env!("CARGO_BIN_EXE_offprint"),
            &["-q", "add", URL],
        ),
        Contender::new(
            "offprint, 30 at once",
            env!("CARGO_BIN_EXE_offprint"),
            &["-q", "add", "--per-host", "30", URL],
        ),
        Contender::new("monolith", "monolith", &["-q", URL, "-o", "page.html"]),
        Contender::new(
            "wget2",
            "wget2",
            &[
                "-q",
                "-p",
                "-k",
                "-H",
                "--robots=off",
                "--max-threads=30",
                URL,
            ],
        ),
        Contender::new(
            "wget",
            "wget",
            &["-q", "-p", "-k", "-H", "-e", "robots=off", URL],
        ),
    ];
    compare(
        &contenders,
        arguments.rounds,
        &format!("http://{}", origin.address),
        Place::New,
    );
}
