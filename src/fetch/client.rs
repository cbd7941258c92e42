//! How is one resource asked for? Hop by hop: each paced, judged, sent, recorded.

use std::ops::ControlFlow;

use jiff::Timestamp;
use reqwest::header::{
    ACCEPT, ACCEPT_ENCODING, HeaderMap, HeaderValue, IF_MODIFIED_SINCE, IF_NONE_MATCH, USER_AGENT,
};
use tokio::time::Instant;
use tracing::{debug, info, warn};

use super::connect;
use super::cookies::Jar;
use super::error::FetchError;
use super::fault::Fault;
use super::headers::{self, Header};
use super::hop::{self, Call};
use super::options::{Options, Timeouts};
use super::pace::Pace;
use super::proxy::Proxies;
use super::redirect::Trail;
use super::resolve::{HostResolver, Names};
use super::{Answer, Received, Request, Sink, Stop, coding, logged, record};
use crate::exchange::Exchange;
use crate::link::Link;

/// The network, as the options allow it to be used. One for a whole run: it holds the connections and the permits.
#[derive(Debug)]
pub struct Client {
    direct: reqwest::Client,
    proxied: Option<(reqwest::Client, Proxies)>,
    /// Which hosts the user sends elsewhere, and whether any address will do.
    hosts: HostResolver,
    pace: Pace,
    timeouts: Timeouts,
    bytes_max: u64,
    user_agent: HeaderValue,
    own_headers: Vec<Header>,
    cookies: Jar,
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
            pace: Pace::new(options.jobs, options.per_host, options.delay),
            timeouts: options.timeouts,
            bytes_max: options.bytes_max,
            user_agent: connect::user_agent(options)?,
            own_headers: options.headers.clone(),
            cookies: options.cookies.clone(),
        })
    }

    /// Asks for a resource, following redirects, and writes its decoded body into `sink`.
    ///
    /// Dropping the future ends the request at once; the sink is dropped with it, or when the write that it is in
    /// has returned.
    pub async fn get<S: Sink>(&self, request: Request, sink: S) -> Answer<S> {
        let begun = Instant::now();
        let mut exchanges = Vec::new();
        let result = self.follow(&request, sink, &mut exchanges).await;
        let answer = Answer { exchanges, result };
        logged::answer(&request.link, &answer, begun.elapsed());
        answer
    }

    async fn follow<S: Sink>(
        &self,
        request: &Request,
        mut sink: S,
        exchanges: &mut Vec<Exchange>,
    ) -> Result<Received<S>, Stop> {
        let mut trail = Trail::begin(&request.link);
        let mut left = self.timeouts.whole;
        loop {
            let asked = Instant::now();
            let permit = self.pace.permit(trail.link().host()).await;
            let begun = Instant::now();
            logged::waited(trail.link().host(), begun - asked);
            let until = begun + left;
            let mut exchange = record::begin(trail.link());
            let outcome = match self.call(request, trail.link(), until) {
                Ok(call) => hop::converse(call, sink, &mut exchange).await,
                Err(fault) => Err(Stop::Failure(fault.with_status(None))),
            };
            drop(permit);
            left = until.saturating_duration_since(Instant::now());
            let turn = outcome.and_then(|outcome| trail.turn(outcome));
            if let Err(Stop::Failure(failure)) = &turn {
                exchange.failure = Some(failure.why);
            }
            logged::hop(&exchange, begun.elapsed());
            exchanges.push(exchange);
            match turn? {
                ControlFlow::Break(received) => return Ok(received),
                ControlFlow::Continue(unused) => sink = unused,
            }
        }
    }

    /// Returns whether something goes to the site of an article alone, so that [`Request::site`] makes a difference.
    #[must_use]
    pub fn keeps_secrets_of_sites(&self) -> bool {
        self.own_headers.iter().any(Header::is_for_site)
    }

    /// Makes the request of one hop ready, to be over at `until`.
    fn call<'a>(
        &'a self,
        asked: &Request,
        link: &'a Link,
        until: Instant,
    ) -> Result<Call<'a>, Fault> {
        let (client, proxies) = self.route(link);
        let admitted = self.hosts.admit(link, proxies.is_some());
        admitted.map_err(|refusal| Fault::from(&refusal))?;
        let builder = client.get(link.as_url().clone());
        let request = builder.headers(self.headers(asked, link)).build();
        Ok(Call {
            client,
            link,
            request: request.map_err(|error| Fault::from(&error))?,
            proxy_authorization: proxies.is_some_and(|proxies| proxies.authorizes(link)),
            timeouts: self.timeouts,
            until,
            bytes_max: asked
                .bytes_max
                .map_or(self.bytes_max, |own| own.min(self.bytes_max)),
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
    /// is true. There is no `Referer`.
    fn headers(&self, asked: &Request, link: &Link) -> HeaderMap {
        let mut headers = self.identity(asked, link);
        add_validators(&mut headers, asked, link);
        logged::fields(link, &headers);
        headers
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
