//! How is one resource asked for? By whom, for whom and which way; [`follow`] makes the exchanges that it takes.

mod follow;

use jiff::Timestamp;
use reqwest::header::{
    ACCEPT, ACCEPT_ENCODING, HeaderMap, HeaderValue, IF_MODIFIED_SINCE, IF_NONE_MATCH, REFERER,
    USER_AGENT,
};
use tokio::time::Instant;
use tracing::{debug, info, warn};

use super::attempts::Attempts;
use super::coding::Room;
use super::connect;
use super::connections::{self, Connections};
use super::cookies::Jar;
use super::error::FetchError;
use super::fault::Fault;
use super::fingerprint::{Fingerprint, Manner, OfArticles, Salt};
use super::headers::{self, Header, OwnHeaders};
use super::hop::Call;
use super::hosts::Said;
use super::options::{Options, Rate, Retries, Timeouts};
use super::pace::Pace;
use super::proxy::Proxies;
use super::range::Part;
use super::resolve::{HostResolver, Names};
use super::told::Teller;
use super::{Answer, Request, Sink, Wishes, coding, logged, record, referrer, robots};
use crate::event::Listener;
use crate::exchange::Referrer;
use crate::link::Link;

/// Asks an archive of the web for what it had then (RFC 7089 §2.1.1).
const ACCEPT_DATETIME: &str = "accept-datetime";

/// The network, as the options allow it to be used. One for a whole run: it holds the connections and the permits.
#[derive(Debug)]
pub struct Client {
    direct: Connections,
    proxied: Option<(Connections, Proxies)>,
    /// Which hosts the user sends elsewhere, and whether any address will do.
    hosts: HostResolver,
    pace: Pace,
    retries: Retries,
    timeouts: Timeouts,
    rate: Rate,
    bytes_max: u64,
    manner: Manner,
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
        let tls = connect::tls(options)?;
        let idle_max = connections::idle_max(options.jobs);
        let (proxied, idle_max) = match Proxies::find(&options.proxy)? {
            Some(proxies) => {
                let idle_max = idle_max / 2;
                let connections = connect::proxied(options, tls.clone(), &proxies, idle_max)?;
                (Some((connections, proxies)), idle_max)
            }
            None => (None, idle_max),
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
            direct: connect::direct(options, tls, hosts.clone(), idle_max)?,
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
            manner: Manner::of(options),
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

    /// Returns how many requests may be in flight to the host of `link`, while it is well.
    pub(crate) fn at_once(&self, link: &Link) -> usize {
        self.pace.at_once(link.host())
    }

    /// Asks for a resource, following redirects, and writes its decoded body into `sink`.
    ///
    /// Dropping the future ends the request at once; the sink is dropped with it, or when the write that it is in
    /// has returned.
    pub async fn get<S: Sink>(&self, request: Request, sink: S) -> Answer<S> {
        let begun = Instant::now();
        let mut exchanges = Vec::new();
        let mut attempts = Attempts::new(self.retries, &self.timeouts(&request));
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

    /// Returns whether something goes to the site of an article alone, so that [`Request::site`] makes a difference.
    #[must_use]
    pub fn keeps_secrets_of_sites(&self) -> bool {
        self.own_headers.by_flag.iter().any(Header::is_for_site)
    }

    /// Returns what the first request for `link` tells of the article at `page`: whoever is told something else may answer
    /// something else.
    #[must_use]
    pub fn tells(&self, link: &Link, page: Option<&Link>, wishes: Wishes) -> Option<String> {
        let (_, told) = referrer::of(&self.referrers, link, page, wishes.referrer);
        told?.to_str().ok().map(str::to_owned)
    }

    /// Returns what tells a request from all others that might bring something else.
    #[must_use]
    pub fn fingerprint(&self, request: &Request, salt: Salt) -> Fingerprint {
        let of_articles = OfArticles {
            sites: self.keeps_secrets_of_sites(),
            pages: self.referrers.is_anything() || request.wishes.referrer.is_some(),
        };
        self.manner.fingerprint(request, salt, of_articles)
    }

    /// Makes the request of one hop ready, to be over at `until`.
    fn call<'a>(
        &'a self,
        asked: &Request,
        link: &'a Link,
        part: Option<Part>,
        until: Instant,
    ) -> Result<Call<'a>, Fault> {
        let (connections, proxies) = self.route(link);
        let admitted = self.hosts.admit(link, proxies.is_some());
        admitted.map_err(|refusal| Fault::from(&refusal))?;
        let (client, place) = connections.client(&link.origin());
        let builder = client.get(link.as_url().clone());
        // What was asked for is perhaps no longer where it was.
        let part = part.filter(|part| part.is_of(link));
        let (headers, referrer) = self.headers(asked, link, part.as_ref());
        let request = builder.headers(headers).build();
        let allowed = asked.wishes.bytes_max.unwrap_or(self.bytes_max);
        let bytes_max = asked.bytes_max.unwrap_or(u64::MAX).min(allowed);
        Ok(Call {
            client,
            place,
            link,
            request: request.map_err(|error| Fault::from(&error))?,
            referrer,
            proxy_authorization: proxies.is_some_and(|proxies| proxies.authorizes(link)),
            timeouts: self.timeouts(asked),
            rate: self.rate,
            until,
            room: Room {
                total: None,
                bytes_max,
                already: 0,
            },
            part,
        })
    }

    /// Returns how long a request may take.
    fn timeouts(&self, asked: &Request) -> Timeouts {
        asked.wishes.timeout.map_or(self.timeouts, Timeouts::within)
    }

    /// Returns how many bytes of one body the user allows.
    #[must_use]
    pub fn bytes_max(&self) -> u64 {
        self.bytes_max
    }

    /// Returns the connections for a URL, with the proxies if it goes through one.
    fn route(&self, link: &Link) -> (&Connections, Option<&Proxies>) {
        match &self.proxied {
            Some((connections, proxies)) if proxies.intercepts(link) => {
                (connections, Some(proxies))
            }
            _ => (&self.direct, None),
        }
    }

    /// Returns all that is sent, except what only the HTTP stack knows. Nothing is left to defaults, so that the record
    /// is true. There is no `Referer`, unless the user says of the host that it is told of the article.
    fn headers(&self, asked: &Request, link: &Link, part: Option<&Part>) -> (HeaderMap, Referrer) {
        let mut headers = self.identity(asked, link);
        let (told, value) = referrer::of(
            &self.referrers,
            link,
            asked.page.as_ref(),
            asked.wishes.referrer,
        );
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
        if let Some(time) = asked.wishes.as_of {
            let date = time.strftime("%a, %d %b %Y %H:%M:%S GMT").to_string();
            let date = HeaderValue::try_from(date).expect("a date is printable ASCII");
            headers.insert(ACCEPT_DATETIME, date);
        }
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
