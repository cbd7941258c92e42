//! A loopback origin as a program: serves `DIR/HOST/…` and answers 403 to any request that bears a `Referer`.
//!
//! `cargo run --example origin -- --serve DIR --addr-out FILE [--ca-out FILE] [--http] [--log FILE]`
//!
//! It listens on a free port of 127.0.0.1, with TLS unless `--http`, and writes its certificate authority (PEM) and then
//! its address (`127.0.0.1:PORT`) to the files named: when the address is there, it answers. `--log` gets a line for
//! each request. It ends when its standard input ends, or at SIGTERM or Ctrl-C.

#[allow(
    dead_code,
    unused_imports,
    reason = "shared with the tests, which use other parts"
)]
#[path = "mod.rs"]
mod origin;

use std::fs::{self, File};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::sync::Mutex;

use origin::{Body, Config, Origin, Recorded, Reply};

/// What the command line says.
#[derive(Debug, Default, clap::Parser)]
#[command(about = "Serve DIR/HOST/… on a free port of 127.0.0.1")]
struct Arguments {
    /// The folder that holds one folder a host
    #[arg(long)]
    serve: PathBuf,
    /// Where to write the address
    #[arg(long)]
    addr_out: PathBuf,
    /// Where to write the certificate to trust
    #[arg(long)]
    ca_out: Option<PathBuf>,
    /// Speak plain HTTP
    #[arg(long)]
    http: bool,
    /// Where to write a line for each request
    #[arg(long)]
    log: Option<PathBuf>,
}

fn main() -> anyhow::Result<()> {
    let arguments = <Arguments as clap::Parser>::parse();
    let hosts = hosts(&arguments.serve)?;
    // Refused here, so that the log has it.
    let config = Config {
        tls: (!arguments.http).then_some(hosts),
        allow_referer: true,
        ..Config::default()
    };
    let log = arguments
        .log
        .as_ref()
        .map(File::create)
        .transpose()?
        .map(Mutex::new);
    let folder = arguments.serve.clone();
    let origin = Origin::start(&config, move |request| {
        let refused = || Reply::new(403, Body::Fixed(b"no hotlinks".to_vec()));
        let reply = if request.header("referer").is_some() {
            refused()
        } else {
            file(&folder, request)
        };
        if let Some(log) = &log {
            note(log, request, reply.status);
        }
        reply
    })?;
    if let Some(path) = &arguments.ca_out {
        fs::write(path, &origin.ca_pem)?;
    }
    publish(&arguments.addr_out, &origin.addr.to_string())?;
    wait()?;
    Ok(())
}

fn hosts(folder: &Path) -> io::Result<Vec<String>> {
    fs::read_dir(folder)?
        .map(|entry| Ok(entry?.file_name().to_string_lossy().into_owned()))
        .collect()
}

/// Returns the file that a request names.
fn file(folder: &Path, request: &Recorded) -> Reply {
    let path = request.path.split(['?', '#']).next().unwrap_or_default();
    let path = decoded(path).trim_start_matches('/').to_owned();
    let within = !request.host.contains(['/', '\\'])
        && ![&request.host, &path]
            .iter()
            .any(|part| part.contains(".."));
    let path = if path.is_empty() || path.ends_with('/') {
        format!("{path}index.html")
    } else {
        path
    };
    if !within {
        return Reply::not_found();
    }
    match fs::read(folder.join(&request.host).join(&path)) {
        Ok(bytes) => Reply::ok(media_type(&path), bytes),
        Err(_) => Reply::not_found(),
    }
}

fn media_type(path: &str) -> &'static str {
    match path.rsplit_once('.').map_or("", |(_, extension)| extension) {
        "html" | "htm" => "text/html; charset=utf-8",
        "md" => "text/markdown; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "jpg" | "jpeg" => "image/jpeg",
        "png" => "image/png",
        "gif" => "image/gif",
        "webp" => "image/webp",
        "avif" => "image/avif",
        "svg" => "image/svg+xml",
        "woff2" => "font/woff2",
        _ => "application/octet-stream",
    }
}

/// Undoes percent-encoding; what is none stays.
fn decoded(path: &str) -> String {
    let mut bytes = Vec::with_capacity(path.len());
    let mut rest = path.as_bytes();
    while let [first, after @ ..] = rest {
        let code = after.get(..2).filter(|_| *first == b'%');
        let code = code.and_then(|code| std::str::from_utf8(code).ok());
        let byte = code.and_then(|code| u8::from_str_radix(code, 16).ok());
        bytes.push(byte.unwrap_or(*first));
        rest = if byte.is_some() { &after[2..] } else { after };
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

fn note(log: &Mutex<File>, request: &Recorded, status: u16) {
    let Recorded {
        method,
        host,
        path,
        version,
        ..
    } = request;
    let referer = request.header("referer").unwrap_or("-");
    let mut log = log.lock().expect("no writer of a line panics");
    writeln!(
        log,
        "{status} {method} {host} {path} {version} referer={referer}"
    )
    .expect("the log can be written");
}

/// Writes a file so that whoever waits for it sees it whole.
fn publish(path: &Path, text: &str) -> io::Result<()> {
    let draft = path.with_extension("part");
    fs::write(&draft, text)?;
    fs::rename(draft, path)
}

/// Waits for the end of standard input or a signal.
fn wait() -> io::Result<()> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    runtime.block_on(async {
        let (sender, ended) = tokio::sync::oneshot::channel::<()>();
        std::thread::spawn(move || {
            // An error is an end, too.
            io::stdin().read_to_end(&mut Vec::new()).ok();
            drop(sender);
        });
        let mut terminate = terminated()?;
        tokio::select! {
            _ = ended => Ok(()),
            () = &mut terminate => Ok(()),
            interrupted = tokio::signal::ctrl_c() => interrupted,
        }
    })
}

type Signal = std::pin::Pin<Box<dyn Future<Output = ()>>>;

#[cfg(unix)]
fn terminated() -> io::Result<Signal> {
    let mut signal = tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate())?;
    Ok(Box::pin(async move {
        signal.recv().await;
    }))
}

#[cfg(not(unix))]
#[expect(clippy::unnecessary_wraps, reason = "the same shape as on Unix")]
fn terminated() -> io::Result<Signal> {
    Ok(Box::pin(std::future::pending()))
}
