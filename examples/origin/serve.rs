//! How are requests answered? The accept loop, and bodies as streams with their faults.

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use futures_util::stream::{self, Stream};
use http_body_util::StreamBody;
use hyper::body::{Frame, Incoming};
use hyper::service::service_fn;
use hyper::{Request, Response};
use hyper_util::rt::{TokioExecutor, TokioIo};
use hyper_util::server::conn::auto;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::oneshot;
use tokio_rustls::TlsAcceptor;

use super::{Body, Book, InFlight, Recorded, Reply};

type Pieces = Pin<Box<dyn Stream<Item = io::Result<Frame<Bytes>>> + Send>>;

/// What a connection needs to know.
pub(super) struct Site {
    pub(super) answer: Box<dyn Fn(&Recorded) -> Reply + Send + Sync>,
    pub(super) book: Arc<Book>,
    pub(super) tls: Option<TlsAcceptor>,
    pub(super) http1_only: bool,
    pub(super) allow_referer: bool,
}

/// Serves until `stopped`. Connections end with the runtime.
pub(super) async fn serve(
    listener: std::net::TcpListener,
    site: Arc<Site>,
    mut stopped: oneshot::Receiver<()>,
) {
    let listener = TcpListener::from_std(listener).expect("a listener made for this runtime");
    loop {
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            _ = &mut stopped => return,
        };
        // A client that is gone before it is accepted is nobody's trouble.
        if let Ok((stream, _)) = accepted {
            tokio::spawn(connection(stream, Arc::clone(&site)));
        }
    }
}

async fn connection(stream: TcpStream, site: Arc<Site>) {
    let reset = Arc::new(AtomicBool::new(false));
    let line = Line {
        stream,
        reset: Arc::clone(&reset),
    };
    match &site.tls {
        None => converse(line, &site, &reset).await,
        Some(acceptor) => {
            // Clients that break off the handshake are among the cases.
            if let Ok(line) = acceptor.accept(line).await {
                converse(line, &site, &reset).await;
            }
        }
    }
}

async fn converse(
    line: impl AsyncRead + AsyncWrite + Unpin + Send + 'static,
    site: &Arc<Site>,
    reset: &Arc<AtomicBool>,
) {
    let service = service_fn(|request| respond(request, Arc::clone(site), Arc::clone(reset)));
    let mut server = auto::Builder::new(TokioExecutor::new());
    if site.http1_only {
        server = server.http1_only();
    }
    // Faults end in errors here: they were ordered.
    server
        .serve_connection(TokioIo::new(line), service)
        .await
        .ok();
}

async fn respond(
    request: Request<Incoming>,
    site: Arc<Site>,
    reset: Arc<AtomicBool>,
) -> io::Result<Response<StreamBody<Pieces>>> {
    let in_flight = site.book.begin();
    let request = site.book.enter(recorded(&request));
    let reply = if request.header("referer").is_some() && !site.allow_referer {
        Reply::new(403, Body::Fixed(b"no hotlinks".to_vec()))
    } else {
        ranged(validated((site.answer)(&request), &request), &request)
    };
    if let Some(barrier) = &reply.barrier {
        barrier.wait().await;
    }
    match reply.body {
        Body::Silence => std::future::pending::<()>().await,
        Body::Refused => {
            reset.store(true, Ordering::Relaxed);
            return Err(io::ErrorKind::ConnectionReset.into());
        }
        _ => {}
    }
    let mut response = Response::builder().status(reply.status);
    for (name, value) in &reply.headers {
        response = response.header(name, value);
    }
    if let Some(length) = length(&reply.body) {
        response = response.header("content-length", length);
    }
    let body = StreamBody::new(pieces(reply.body, reset, in_flight));
    Ok(response.body(body).expect("a test's own header fields"))
}

fn recorded(request: &Request<Incoming>) -> Recorded {
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    let headers: Vec<_> = request
        .headers()
        .iter()
        .map(|(name, value)| (name.to_string(), text(value.as_bytes())))
        .collect();
    let written = headers
        .iter()
        .find(|field| field.0 == "host")
        .map(|field| field.1.as_str());
    let authority = request
        .uri()
        .authority()
        .map(hyper::http::uri::Authority::as_str)
        .or(written)
        .unwrap_or_default();
    let host = authority
        .rsplit_once(':')
        .map_or(authority, |(host, _)| host);
    Recorded {
        method: request.method().to_string(),
        target: request.uri().to_string(),
        host: host.to_owned(),
        path: request
            .uri()
            .path_and_query()
            .map_or("/", |path| path.as_str())
            .to_owned(),
        version: format!("{:?}", request.version()),
        headers: headers.clone(),
        attempt: 0,
    }
}

/// Returns 304 in the place of what the request says it has.
fn validated(reply: Reply, request: &Recorded) -> Reply {
    let same = |ours: &str, theirs: &str| {
        reply
            .header(ours)
            .is_some_and(|value| request.header(theirs) == Some(value))
    };
    let unchanged = match request.header("if-none-match") {
        Some(_) => same("etag", "if-none-match"),
        None => same("last-modified", "if-modified-since"),
    };
    if !unchanged {
        return reply;
    }
    Reply {
        status: 304,
        body: Body::Fixed(Vec::new()),
        ..reply
    }
}

/// Returns the rest of a reply where it can be given by itself, is asked for, and the reply is still the same.
fn ranged(reply: Reply, request: &Recorded) -> Reply {
    let start = request.header("range").and_then(|range| {
        range
            .strip_prefix("bytes=")?
            .strip_suffix('-')?
            .parse()
            .ok()
    });
    let same = request.header("if-range") == reply.header("etag");
    match start {
        Some(start) if same && reply.status == 200 && reply.header("accept-ranges").is_some() => {
            reply.from(start)
        }
        _ => reply,
    }
}

fn length(body: &Body) -> Option<u64> {
    match body {
        Body::Fixed(bytes) | Body::Slow(bytes, _, _) => Some(bytes.len() as u64),
        Body::Short(_, length) | Body::Reset(_, length) | Body::Long(_, length) => Some(*length),
        _ => None,
    }
}

/// Returns a body as a stream, with its fault at the end.
fn pieces(body: Body, reset: Arc<AtomicBool>, in_flight: InFlight) -> Pieces {
    let (bytes, end) = match body {
        Body::Slow(bytes, piece, pause) => return slow(bytes.into(), piece, pause, in_flight),
        Body::Fixed(bytes) | Body::Streamed(bytes) | Body::Long(bytes, _) => (bytes, End::Whole),
        Body::Endless(bytes) => (bytes, End::Again(None)),
        Body::Drip(bytes, pause) => (bytes, End::Again(Some(pause))),
        Body::Stall(bytes) => (bytes, End::Never),
        Body::Silence | Body::Refused => (Vec::new(), End::Never),
        Body::Short(bytes, _) | Body::Cut(bytes) => (bytes, End::Cut),
        Body::Reset(bytes, _) => (bytes, End::Reset(reset)),
    };
    let piece = Bytes::from(bytes);
    Box::pin(stream::unfold(
        (piece, end, 0_usize, in_flight),
        |(piece, end, sent, in_flight)| async move {
            let next = if sent == 0 {
                Some(Ok(Frame::data(piece.clone())))
            } else {
                end.next(&piece).await
            };
            next.map(|frame| (frame, (piece, end, sent + 1, in_flight)))
        },
    ))
}

/// Returns a body as a stream of small pieces.
fn slow(bytes: Bytes, piece: usize, pause: Duration, in_flight: InFlight) -> Pieces {
    Box::pin(stream::unfold(
        (bytes, in_flight),
        move |(mut rest, in_flight)| async move {
            if rest.is_empty() {
                return None;
            }
            tokio::time::sleep(pause).await;
            let next = rest.split_to(piece.min(rest.len()));
            Some((Ok(Frame::data(next)), (rest, in_flight)))
        },
    ))
}

/// What follows the bytes of a body.
enum End {
    Whole,
    Again(Option<Duration>),
    Never,
    Cut,
    Reset(Arc<AtomicBool>),
}

impl End {
    async fn next(&self, piece: &Bytes) -> Option<io::Result<Frame<Bytes>>> {
        // Lets the server flush what it has before the fault.
        tokio::task::yield_now().await;
        match self {
            Self::Whole => None,
            Self::Again(pause) => {
                if let Some(pause) = pause {
                    tokio::time::sleep(*pause).await;
                }
                Some(Ok(Frame::data(piece.clone())))
            }
            Self::Never => std::future::pending().await,
            Self::Cut => Some(Err(io::ErrorKind::UnexpectedEof.into())),
            Self::Reset(reset) => {
                reset.store(true, Ordering::Relaxed);
                Some(Err(io::ErrorKind::ConnectionReset.into()))
            }
        }
    }
}

/// A connection that can end in a reset.
struct Line {
    stream: TcpStream,
    reset: Arc<AtomicBool>,
}

impl Drop for Line {
    fn drop(&mut self) {
        if self.reset.load(Ordering::Relaxed) {
            // Where the system knows no such thing, it is closed.
            self.stream.set_zero_linger().ok();
        }
    }
}

impl AsyncRead for Line {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_read(cx, buffer)
    }
}

impl AsyncWrite for Line {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write(cx, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        if self.reset.load(Ordering::Relaxed) {
            // A FIN would take the place of the reset.
            return Poll::Ready(Ok(()));
        }
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }
}
