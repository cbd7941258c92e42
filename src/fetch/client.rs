//! How is one resource asked for? Hop by hop: each paced, judged, sent, recorded.

use std::future::Future;
use std::hash::{BuildHasher as _, Hasher as _, RandomState};
use std::ops::ControlFlow;
use std::pin::Pin;
use std::time::Duration;

use jiff::Timestamp;
use reqwest::header::{
    ACCEPT, ACCEPT_ENCODING, HeaderMap, HeaderValue, IF_MODIFIED_SINCE, IF_NONE_MATCH, REFERER,
    USER_AGENT,
};
use tokio::time::{Instant, sleep};
use tracing::{debug, info, warn};

use super::attempts::Attempts;
use super::coding::Room;
use super::connect;
use super::cookies::Jar;
use super::error::FetchError;
use super::fault::Fault;
use super::headers::{self, Header, OwnHeaders};
use super::hop::{self, Call, Came, End};
use super::hosts::Said;
use super::options::{Options, Rate, Retries, Timeouts};
use super::pace::{News, Pace, Rest, Sign};
use super::proxy::Proxies;
use super::range::Part;
use super::redirect::Trail;
use super::resolve::{HostResolver, Names};
use super::told::Teller;
use super::{
    Answer, Body, Failure, Received, Request, Sink, Stop, coding, logged, record, referrer, retry,
    robots,
};
use crate::event::Listener;
use crate::exchange::{Exchange, Referrer, Why};
use crate::link::Link;

/// The network, as the options allow it to be used. One for a whole run: it holds the connections and the permits.
#[derive(Debug)]
pub struct Client {
    direct: reqwest::Client,
    proxied: Option<(reqwest::Client, Proxies)>,
    /// Which hosts the user sends elsewhere, and whether any address will do.
    hosts: HostResolver,
    pace: Pace,
    retries: Retries,
    timeouts: Timeouts,
    rate: Rate,
    bytes_max: u64,
    user_agent: HeaderValue,
    own_headers: OwnHeaders,
    referrers: Said<Referrer>,
    cookies: Jar,
    robots: robots::Memory,
    teller: Teller,
}

impl Client {
    /// Makes a client.
    ///
    /// # Errors
    /// When a root certificate, the proxy or the user agent can't be used.
    pub fn new(options: &Options) -> Result<Self, FetchError> {
        let proxied = match Proxies::find(&options.proxy)? {
            Some(proxies) => Some((connect::proxied(options, &proxies)?, proxies)),
            None => None,
        };
        let hosts = HostResolver {
            overrides: options.resolve.clone(),
            allow_private: options.allow_private,
            names: Names::of_system(),
        };
        match options.cookies.count(Timestamp::now()) {
            (0, _) => {}
            (cookies, expired) if cookies == expired => {
                warn!(cookies, "every cookie has expired: none is sent");
            }
            (cookies, expired) => info!(cookies, expired, "has cookies"),
        }
        Ok(Self {
            direct: connect::direct(options, hosts.clone())?,
            proxied,
            hosts,
            pace: Pace::new(
                options.jobs,
                options.per_host,
                options.delay,
                options.retries,
            )
            .with(options.paces.clone()),
            retries: options.retries,
            timeouts: options.timeouts,
            rate: options.rate,
            bytes_max: options.bytes_max,
            user_agent: connect::user_agent(options)?,
            own_headers: options.headers.clone(),
            referrers: options.referrers.clone(),
            cookies: options.cookies.clone(),
            robots: robots::Memory::new(&options.user_agent),
            teller: Teller::default(),
        })
    }

    /// Tells `listener` of hosts that are waited for, and of those that are left alone.
    #[must_use]
    pub fn telling(self, listener: Listener) -> Self {
        Self {
            teller: Teller::new(listener),
            ..self
        }
    }

    /// Asks for a resource, following redirects, and writes its decoded body into `sink`.
    ///
    /// Dropping the future ends the request at once; the sink is dropped with it, or when the write that it is in
    /// has returned.
    pub async fn get<S: Sink>(&self, request: Request, sink: S) -> Answer<S> {
        let begun = Instant::now();
        let mut exchanges = Vec::new();
        let mut attempts = Attempts::new(self.retries, &self.timeouts);
        let result = self
            .follow(&request, sink, &mut attempts, &mut exchanges)
            .await;
        let answer = Answer {
            exchanges,
            retries: attempts.again,
            result,
        };
        logged::answer(&request.link, &answer, begun.elapsed());
        answer
    }

    async fn follow<S: Sink>(
        &self,
        request: &Request,
        mut sink: S,
        attempts: &mut Attempts,
        exchanges: &mut Vec<Exchange>,
    ) -> Result<Received<S>, Stop> {
        let mut trail = Trail::begin(&request.link);
        let mut part = None;
        let mut last = None;
        loop {
            self.obey(request, trail.link(), exchanges).await?;
            let host = trail.link().host().to_owned();
            let asked = Instant::now();
            let permit = match self.pace.permit(&host).await {
                Ok(permit) => permit,
                Err(rest) => return Err(left_alone(rest, last, trail.link(), exchanges)),
            };
            let begun = Instant::now();
            logged::waited(&host, begun - asked);
            let until = begun + attempts.left();
            let mut exchange = record::begin(trail.link());
            let came = match self.call(request, trail.link(), part.take(), until) {
                Ok(call) => hop::converse(call, sink, &mut exchange).await,
                Err(fault) => {
                    let failure = Stop::Failure(fault.with_status(None));
                    Came::of(sink, None, Err(failure))
                }
            };
            attempts.spend(begun.elapsed());
            let news = self.pace.end(permit, sign(&came, &exchange));
            self.teller.tell(&host, news);
            (sink, part) = (came.sink, came.part);
            let turn = came.outcome.and_then(|outcome| trail.turn(outcome));
            if let Err(Stop::Failure(failure)) = &turn {
                exchange.failure = Some(failure.why);
            }
            logged::hop(&exchange, begun.elapsed());
            exchanges.push(exchange);
            match turn {
                Ok(ControlFlow::Break(end)) => return Ok(received(end, sink, trail.link())),
                Ok(ControlFlow::Continue(())) => {
                    // Where the rest of a body was asked for, it has the beginning.
                    sink.restart();
                    last = None;
                }
                Err(Stop::Sink(error)) => return Err(Stop::Sink(error)),
                Err(Stop::Failure(failure)) => {
                    let failure = explained(failure, news);
                    let resting = matches!(news, Some(News::Rest(_)));
                    let pause = attempts.after(&failure, part.is_some(), chance());
                    let Some(pause) = pause.filter(|_| !resting) else {
                        return Err(Stop::Failure(failure));
                    };
                    if part.is_none() {
                        sink.restart();
                    }
                    logged::again(trail.link(), &failure, part.as_ref(), pause);
                    last = Some(failure);
                    sleep(pause).await;
                }
            }
        }
    }

    /// Ends a request that the robots.txt of the site forbids, where it is to be obeyed. What it took to ask for the file is
    /// among the exchanges of who asks first.
    async fn obey(
        &self,
        request: &Request,
        link: &Link,
        exchanges: &mut Vec<Exchange>,
    ) -> Result<(), Stop> {
        let through_proxy = self.route(link).1.is_some();
        if !request.robots || self.hosts.admit(link, through_proxy).is_err() {
            return Ok(());
        }
        let site = self.robots.site(link);
        let known = site
            .get_or_init(|| self.ask_for_robots(link, &mut *exchanges))
            .await;
        if let Some(delay) = known.crawl_delay() {
            self.pace.slow_down(link.host(), delay);
        }
        known.judge(link).map_err(|failure| {
            let mut exchange = record::begin(link);
            exchange.failure = Some(failure.why);
            logged::hop(&exchange, Duration::ZERO);
            exchanges.push(exchange);
            Stop::Failure(failure)
        })
    }

    /// Asks for the robots.txt of a site. Boxed, since it is a request within a request.
    fn ask_for_robots<'a>(
        &'a self,
        link: &'a Link,
        exchanges: &'a mut Vec<Exchange>,
    ) -> Pin<Box<dyn Future<Output = robots::Known> + Send + 'a>> {
        Box::pin(async move {
            let head = robots::Head::default();
            let request = robots::request(link);
            let mut attempts = Attempts::new(self.retries, &self.timeouts);
            let result = self
                .follow(&request, head.clone(), &mut attempts, exchanges)
                .await;
            self.robots.read(link, result, &head.bytes())
        })
    }

    /// Returns whether something goes to the site of an article alone, so that [`Request::site`] makes a difference.
    #[must_use]
    pub fn keeps_secrets_of_sites(&self) -> bool {
        self.own_headers.by_flag.iter().any(Header::is_for_site)
    }

    /// Makes the request of one hop ready, to be over at `until`.
    fn call<'a>(
        &'a self,
        asked: &Request,
        link: &'a Link,
        part: Option<Part>,
        until: Instant,
    ) -> Result<Call<'a>, Fault> {
        let (client, proxies) = self.route(link);
        let admitted = self.hosts.admit(link, proxies.is_some());
        admitted.map_err(|refusal| Fault::from(&refusal))?;
        let builder = client.get(link.as_url().clone());
        // What was asked for is perhaps no longer where it was.
        let part = part.filter(|part| part.is_of(link));
        let (headers, referrer) = self.headers(asked, link, part.as_ref());
        let request = builder.headers(headers).build();
        let bytes_max = asked.bytes_max.unwrap_or(u64::MAX).min(self.bytes_max);
        Ok(Call {
            client,
            link,
            request: request.map_err(|error| Fault::from(&error))?,
            referrer,
            proxy_authorization: proxies.is_some_and(|proxies| proxies.authorizes(link)),
            timeouts: self.timeouts,
            rate: self.rate,
            until,
            room: Room {
                bytes_max,
                already: 0,
            },
            part,
        })
    }

    /// Returns the client for a URL, with the proxies if it goes through one.
    fn route(&self, link: &Link) -> (&reqwest::Client, Option<&Proxies>) {
        match &self.proxied {
            Some((client, proxies)) if proxies.intercepts(link) => (client, Some(proxies)),
            _ => (&self.direct, None),
        }
    }

    /// Returns all that is sent, except what only the HTTP stack knows. Nothing is left to defaults, so that the record
    /// is true. There is no `Referer`, unless the user says of the host that it is told of the article.
    fn headers(&self, asked: &Request, link: &Link, part: Option<&Part>) -> (HeaderMap, Referrer) {
        let mut headers = self.identity(asked, link);
        let (told, value) = referrer::of(&self.referrers, link, asked.page.as_ref());
        headers.extend(value.map(|value| (REFERER, value)));
        match part {
            Some(part) => part.ask(&mut headers),
            None => add_validators(&mut headers, asked, link),
        }
        logged::fields(link, &headers);
        (headers, told)
    }

    /// Returns who asks, and for what.
    fn identity(&self, asked: &Request, link: &Link) -> HeaderMap {
        let mut headers = HeaderMap::new();
        headers.insert(USER_AGENT, self.user_agent.clone());
        headers.insert(ACCEPT, HeaderValue::from_static(asked.accept.field()));
        headers.insert(ACCEPT_ENCODING, HeaderValue::from_static(coding::ACCEPTED));
        headers::add(&mut headers, &self.own_headers, link, asked.site.as_ref());
        self.cookies.add(&mut headers, link, Timestamp::now());
        headers
    }
}

/// Returns what a request brought.
fn received<S>(end: End, sink: S, link: &Link) -> Received<S> {
    let final_url = record::address(link);
    match end {
        End::NotModified => Received::NotModified { final_url },
        End::Whole(head) => Received::Body(Body {
            sink,
            final_url,
            status: head.status,
            content_type: head.content_type,
            validators: head.validators,
        }),
    }
}

/// Returns what an exchange tells of its host. That somebody has no such page, or not the right certificate, does not mean that
/// it has too much to do.
fn sign<S>(came: &Came<S>, exchange: &Exchange) -> Sign {
    let status = exchange.response.as_ref().map(|response| response.status);
    match &came.outcome {
        Err(Stop::Failure(failure)) => match failure.why {
            Why::HttpStatus if status.is_some_and(retry::is_busy) => Sign::Busy(came.asked),
            Why::HttpStatus | Why::BadEncoding | Why::TooLarge => Sign::Well,
            Why::ShortBody => Sign::None,
            _ if failure.transient => Sign::Failing,
            _ => Sign::None,
        },
        Err(Stop::Sink(_)) => Sign::None,
        Ok(_) => Sign::Well,
    }
}

/// Adds to a failure what its host asks for.
fn explained(failure: Failure, news: Option<News>) -> Failure {
    match news {
        Some(News::Rest(rest)) if failure.detail.is_empty() => Failure {
            detail: rest.to_string(),
            ..failure
        },
        _ => failure,
    }
}

/// Returns how a request ends whose host is left alone: with what it met there itself, or without having been sent.
fn left_alone(
    rest: Rest,
    last: Option<Failure>,
    link: &Link,
    exchanges: &mut Vec<Exchange>,
) -> Stop {
    if let Some(failure) = last {
        return Stop::Failure(failure);
    }
    let mut exchange = record::begin(link);
    exchange.failure = Some(Why::HostResting);
    exchanges.push(exchange);
    Stop::Failure(Fault::new(Why::HostResting, rest.to_string()).with_status(None))
}

/// Returns a number from 0 to 1 by chance: the keys of a hash table, which the system draws.
fn chance() -> f64 {
    let drawn = RandomState::new().build_hasher().finish();
    let half = u32::try_from(drawn >> 32).unwrap_or_default();
    f64::from(half) / f64::from(u32::MAX)
}

/// Makes the request conditional, where it goes to the URL that the validators came from.
fn add_validators(headers: &mut HeaderMap, asked: &Request, link: &Link) {
    let Some(validators) = &asked.validators else {
        return;
    };
    if validators.url == record::address(link) {
        debug!(url = %validators.url, "asking whether it was modified");
        for (name, value) in [
            (IF_NONE_MATCH, &validators.etag),
            (IF_MODIFIED_SINCE, &validators.last_modified),
        ] {
            // A validator that can't be sent costs a whole answer, nothing else.
            if let Some(Ok(value)) = value.as_deref().map(HeaderValue::from_str) {
                headers.insert(name, value);
            }
        }
    }
}
