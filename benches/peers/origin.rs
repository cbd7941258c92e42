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
    /// Starts to serve `/a/N.html` and `/i/N.png`, by any host name.
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
    let (media, body) = if let Some(article) = number("/a/", ".html") {
        let html = pages::article(article, site.images, site.repeated, "img.test");
        ("text/html; charset=utf-8", html.into_bytes())
    } else if let Some(image) = number("/i/", ".png") {
        ("image/png", images.get(image))
    } else {
        let missing = Response::builder().status(404).body(Full::default());
        return Ok(missing.expect("it is well formed"));
    };
    let response = Response::builder()
        .header("content-type", media)
        .body(Full::from(body));
    Ok(response.expect("it is well formed"))
}
