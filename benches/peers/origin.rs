//! Where does the work come from? An origin on loopback that is also a forward proxy: any host has the same articles.

use std::convert::Infallible;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use http_body_util::Full;
use hyper::body::{Bytes, Incoming};
use hyper::service::service_fn;
use hyper::{Request, Response};
use hyper_util::rt::TokioIo;
use tokio::net::TcpListener;
use tokio::runtime::Runtime;

use crate::pages::{self, Images};

/// What the origin serves.
#[derive(Debug)]
pub(crate) struct Site {
    /// Images that an article shows.
    pub(crate) images: usize,
    /// Percent of them that an earlier article shows, too.
    pub(crate) repeated: usize,
    /// Before each answer.
    pub(crate) latency: Duration,
}

/// A running origin; it ends when dropped.
#[derive(Debug)]
pub(crate) struct Origin {
    pub(crate) address: SocketAddr,
    // Held, so that it lives.
    _runtime: Runtime,
}

impl Origin {
    /// Starts to serve `/a/N.html` and `/i/N.png`, by any host name; `/list/N` names the first N articles. What has not changed, which
    /// nothing ever does, answers 304 to who has it.
    pub(crate) fn start(site: Site) -> Self {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .enable_all()
            .build();
        let runtime = runtime.expect("a runtime starts");
        let listener = runtime
            .block_on(TcpListener::bind(("127.0.0.1", 0)))
            .expect("there is a free port");
        let address = listener.local_addr().expect("it is bound");
        let world = Arc::new((site, Images::new()));
        runtime.spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let world = Arc::clone(&world);
                let serve = service_fn(move |request| answer(Arc::clone(&world), request));
                stream.set_nodelay(true).ok();
                tokio::spawn(
                    hyper::server::conn::http1::Builder::new()
                        .serve_connection(TokioIo::new(stream), serve),
                );
            }
        });
        Self {
            address,
            _runtime: runtime,
        }
    }
}

async fn answer(
    world: Arc<(Site, Images)>,
    request: Request<Incoming>,
) -> Result<Response<Full<Bytes>>, Infallible> {
    let (site, images) = &*world;
    if !site.latency.is_zero() {
        tokio::time::sleep(site.latency).await;
    }
    let path = request.uri().path();
    let number = |prefix: &str, suffix: &str| {
        path.strip_prefix(prefix)?
            .strip_suffix(suffix)?
            .parse::<usize>()
            .ok()
    };
    let tag = format!("\"{path}\"");
    let is_known = request.headers().get("if-none-match");
    let is_known = is_known.is_some_and(|known| known.as_bytes() == tag.as_bytes());
    let (media, body) = if is_known {
        ("text/plain", Vec::new())
    } else if let Some(article) = number("/a/", ".html") {
        let html = pages::article(article, site.images, site.repeated, "img.test");
        ("text/html; charset=utf-8", html.into_bytes())
    } else if let Some(image) = number("/i/", ".png") {
        ("image/png", images.get(image))
    } else if let Some(articles) = number("/list/", "") {
        let line = |number| format!("http://news.test/a/{number}.html\n");
        let list: String = (0..articles).map(line).collect();
        ("text/plain", list.into_bytes())
    } else {
        let missing = Response::builder().status(404).body(Full::default());
        return Ok(missing.expect("it is well formed"));
    };
    let mut response = Response::builder()
        .header("content-type", media)
        .header("etag", tag)
        .header("last-modified", "Tue, 26 Apr 2022 08:26:49 GMT");
    if path.starts_with("/i/") {
        response = response.header("cache-control", "max-age=2592000");
    }
    if is_known {
        response = response.status(304);
    }
    Ok(response.body(Full::from(body)).expect("it is well formed"))
}
