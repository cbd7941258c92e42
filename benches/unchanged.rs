//! What does a run of `mirror` cost over an archive of 100,000 articles whose sources have not changed? `cargo bench --bench unchanged`
//!
//! The sources are sitemaps on loopback that answer 304, so hardly any time is the network's.

#![expect(clippy::print_stdout, reason = "a bench prints what it measured")]

mod filled;
#[path = "peers/mod.rs"]
mod peers;
mod pages;

use std::convert::Infallible;
use std::fs;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use clap::Parser;
use http_body_util::Full;
use hyper::body::{Bytes, Incoming};
use hyper::service::service_fn;
use hyper::{Request, Response};
use hyper_util::rt::TokioIo;
use tokio::net::TcpListener;
use tokio::runtime::Runtime;

/// Addresses of one sitemap, at most (sitemaps.org).
const ADDRESSES: usize = 50_000;

/// What the command line says.
#[derive(Debug, Parser)]
struct Arguments {
    /// Articles of the archive
    #[arg(long, default_value_t = 100_000)]
    articles: usize,
    /// Runs that are measured
    #[arg(long, default_value_t = 5)]
    rounds: usize,
    /// Where to make the archive; it goes at the end
    #[arg(long)]
    folder: Option<PathBuf>,
    /// What cargo adds
    #[arg(long, hide = true)]
    bench: bool,
}

fn main() {
    let arguments = Arguments::parse();
    let folder = filled::folder(arguments.folder.as_deref());
    let (address, _runtime) = sitemaps(arguments.articles);
    let config = "[[source]]\nurl = \"http://news.test/sitemap.xml\"\n";
    fs::write(folder.path().join("offprint.toml"), config).expect("a file can be written");
    let begun = Instant::now();
    filled::fill(&folder.path().join("archive"), arguments.articles, 1);
    println!(
        "made an archive of {} articles in {:.0} s",
        arguments.articles,
        begun.elapsed().as_secs_f64()
    );
    let (first, _) = mirror(folder.path(), address);
    println!(
        "the first run, which looks at each article: {:.2} s",
        first.as_secs_f64()
    );
    let mut runs: Vec<(Duration, u64)> = (0..arguments.rounds.max(1))
        .map(|_| mirror(folder.path(), address))
        .collect();
    runs.sort_unstable();
    let peak = runs.iter().map(|(_, peak)| *peak).max().unwrap_or(0);
    println!(
        "a run in which nothing has changed: {:.2} s (median of {}), {:.1} MiB at most",
        runs[runs.len() / 2].0.as_secs_f64(),
        runs.len(),
        peak as f64 / 1024.0
    );
}

/// Brings the archive up to date, and returns how long that took and how much memory, in KiB.
fn mirror(folder: &Path, origin: SocketAddr) -> (Duration, u64) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_offprint"));
    command
        .args(["-q", "mirror"])
        .current_dir(folder)
        .env("http_proxy", format!("http://{origin}"))
        .env_remove("no_proxy")
        .env_remove("NO_PROXY");
    peers::timed(&mut command)
}

/// Serves an index and the sitemaps that it names, which have not changed since they were read.
fn sitemaps(articles: usize) -> (SocketAddr, Runtime) {
    let runtime = Runtime::new().expect("a runtime starts");
    let listener = runtime
        .block_on(TcpListener::bind(("127.0.0.1", 0)))
        .expect("there is a free port");
    let address = listener.local_addr().expect("it is bound");
    runtime.spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let serve = service_fn(move |request| answer(articles, request));
            tokio::spawn(
                hyper::server::conn::http1::Builder::new()
                    .serve_connection(TokioIo::new(stream), serve),
            );
        }
    });
    (address, runtime)
}

async fn answer(
    articles: usize,
    request: Request<Incoming>,
) -> Result<Response<Full<Bytes>>, Infallible> {
    let path = request.uri().path();
    let response = Response::builder().header("etag", "\"1\"");
    let number = path
        .strip_prefix("/sitemap/")
        .and_then(|it| it.parse::<usize>().ok());
    let body = match (path, number) {
        _ if request.headers().contains_key("if-none-match") => {
            let unchanged = response.status(304).body(Full::default());
            return Ok(unchanged.expect("it is well formed"));
        }
        ("/sitemap.xml", _) => {
            let sitemaps = 0..articles.div_ceil(ADDRESSES);
            let urls = sitemaps.map(|number| {
                format!("<sitemap><loc>http://news.test/sitemap/{number}</loc></sitemap>")
            });
            format!(
                "<sitemapindex xmlns=\"http://www.sitemaps.org/schemas/sitemap/0.9\">{}</sitemapindex>",
                urls.collect::<String>()
            )
        }
        (_, Some(number)) => {
            let numbers = number * ADDRESSES..articles.min((number + 1) * ADDRESSES);
            let urls = numbers.map(|number| {
                format!(
                    "<url><loc>{}</loc><lastmod>2022-04-26</lastmod></url>",
                    filled::address(number)
                )
            });
            format!(
                "<urlset xmlns=\"http://www.sitemaps.org/schemas/sitemap/0.9\">{}</urlset>",
                urls.collect::<String>()
            )
        }
        _ => {
            let missing = Response::builder().status(404).body(Full::default());
            return Ok(missing.expect("it is well formed"));
        }
    };
    let response = response
        .header("content-type", "application/xml")
        .body(Full::from(body));
    Ok(response.expect("it is well formed"))
}
