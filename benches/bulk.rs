//! How long do many articles take, beside other programs? `cargo bench --bench bulk`
//!
//! `curl` and `wget2 images` fetch the images alone, of which they are given the list: the least that there is to do.

#![expect(clippy::print_stdout, reason = "a bench prints what it measured")]

mod pages;
mod peers;

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::time::Duration;

use clap::Parser;
use peers::origin::{Origin, Site};
use peers::{Arguments, Contender, Place, compare};

/// Percent of the images that an earlier article shows, too.
const REPEATED: usize = 30;

fn main() {
    let arguments = Arguments::parse();
    let articles = arguments.articles.unwrap_or(200);
    let images = arguments.images.unwrap_or(10);
    let latency = arguments.latency.unwrap_or(0);
    let origin = Origin::start(Site {
        images,
        repeated: REPEATED,
        latency: Duration::from_millis(latency),
    });
    let urls: Vec<String> = (0..articles)
        .map(|number| format!("http://news.test/a/{number}.html"))
        .collect();
    let distinct: BTreeSet<usize> = (0..articles)
        .flat_map(|number| pages::images_of(number, images, REPEATED))
        .collect();
    println!(
        "{articles} articles with {images} images each, {} distinct ones, {latency} ms before each answer, median of {}",
        distinct.len(),
        arguments.rounds
    );
    let folder = tempfile::tempdir().expect("a folder can be made");
    let lists = Lists::write(folder.path(), &urls, &distinct);
    let contenders = contenders(&lists, &urls);
    compare(
        &contenders,
        arguments.rounds,
        &format!("http://{}", origin.address),
        Place::New,
    );
}

/// Files that say what to fetch.
struct Lists {
    urls: String,
    images: String,
    curl: String,
}

impl Lists {
    fn write(folder: &Path, urls: &[String], images: &BTreeSet<usize>) -> Self {
        let write = |name: &str, lines: Vec<String>| {
            let path = folder.join(name);
            fs::write(&path, lines.join("\n") + "\n").expect("a file can be written");
            path.to_string_lossy().into_owned()
        };
        let image = |number: &usize| format!("http://img.test/i/{number}.png");
        Self {
            urls: write("urls", urls.to_vec()),
            images: write("images", images.iter().map(image).collect()),
            curl: write(
                "curl",
                images
                    .iter()
                    .map(|it| format!("url={}\noutput={it}.png", image(it)))
                    .collect(),
            ),
        }
    }
}

fn contenders(lists: &Lists, urls: &[String]) -> Vec<Contender> {
    let mut offprint = Contender::new("offprint", env!("CARGO_BIN_EXE_offprint"), &["-q", "add"]);
    offprint.arguments.extend(urls.iter().cloned());
    vec![
        offprint,
        Contender::new(
            "wget2",
            "wget2",
            &[
                "-q",
                "-p",
                "-k",
                "-H",
                "--robots=off",
                "--max-threads=16",
                "-i",
                &lists.urls,
            ],
        ),
        Contender::new(
            "wget",
            "wget",
            &[
                "-q",
                "-p",
                "-k",
                "-H",
                "-e",
                "robots=off",
                "-i",
                &lists.urls,
            ],
        ),
        Contender::new(
            "curl, images alone",
            "curl",
            &["-s", "-Z", "--parallel-max", "16", "-K", &lists.curl],
        ),
        Contender::new(
            "wget2, images alone",
            "wget2",
            &["-q", "-x", "--max-threads=16", "-i", &lists.images],
        ),
    ]
}
