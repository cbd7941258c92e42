//! What does a request come to in the end? Redirects are followed, what may pass is tried again, and a robots.txt is obeyed.

use std::future::Future;
use std::hash::{BuildHasher as _, Hasher as _, RandomState};
use std::ops::ControlFlow;
use std::pin::Pin;
use std::time::Duration;

use tokio::time::{Instant, sleep};

use super::Client;
use crate::exchange::{Exchange, Why};
use crate::fetch::attempts::Attempts;
use crate::fetch::fault::Fault;
use crate::fetch::hop::{self, Came, End};
use crate::fetch::pace::{News, Rest, Sign};
use crate::fetch::redirect::Trail;
use crate::fetch::{Body, Failure, Received, Request, Sink, Stop, logged, record, retry, robots};
use crate::link::Link;

impl Client {
    /// Asks until there is an answer, or none is to be had. Every exchange is added to `exchanges`.
    pub(super) async fn follow<S: Sink>(
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
            let mut permit = match self.pace.permit(&host).await {
                Ok(permit) => permit,
                Err(rest) => return Err(left_alone(rest, last, trail.link(), exchanges)),
            };
            let begun = Instant::now();
            logged::waited(&host, begun - asked);
            let until = begun + attempts.left();
            let mut exchange = record::begin(trail.link());
            let came = match self.call(request, trail.link(), part.take(), until) {
                // Boxed, so that who only waits for a permit, as most do, holds no room for it.
                Ok(call) => Box::pin(hop::converse(call, sink, &mut exchange, &mut permit)).await,
                Err(fault) => Came::of(sink, None, Err(fault.stop(None))),
            };
            attempts.spend(begun.elapsed());
            let news = self.pace.end(permit, sign(&came, &exchange));
            self.teller.tell(&host, news);
            (sink, part) = (came.sink, came.part);
            let turn = came.outcome.and_then(|outcome| trail.turn(outcome));
            noted(exchange, &turn, begun.elapsed(), exchanges);
            let stop = match turn {
                Ok(ControlFlow::Break(end)) => return Ok(received(end, sink, trail.link())),
                Ok(ControlFlow::Continue(())) => {
                    // Where the rest of a body was asked for, it has the beginning.
                    sink.restart();
                    last = None;
                    continue;
                }
                Err(stop) => explained(stop, news),
            };
            let pause = match &stop {
                Stop::Failure(_) if matches!(news, Some(News::Rest(_))) => None,
                Stop::Failure(failure) => attempts.after(failure, part.is_some(), chance()),
                Stop::Machine(_) => attempts.patience.pause(),
                Stop::Sink(_) => None,
            };
            let Some(pause) = pause else {
                return Err(stop);
            };
            if part.is_none() {
                sink.restart();
            }
            logged::again(trail.link(), &stop, part.as_ref(), pause);
            if let Stop::Failure(failure) = stop {
                last = Some(failure);
            }
            sleep(pause).await;
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
            .get_or_try_init(|| self.ask_for_robots(link, &mut *exchanges))
            .await?;
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
    ) -> Pin<Box<dyn Future<Output = Result<robots::Known, Stop>> + Send + 'a>> {
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
        Err(Stop::Sink(_) | Stop::Machine(_)) => Sign::None,
        Ok(_) => Sign::Well,
    }
}

/// Notes an exchange down. What this machine kept from being sent is none.
fn noted<T>(
    mut exchange: Exchange,
    turn: &Result<T, Stop>,
    took: Duration,
    exchanges: &mut Vec<Exchange>,
) {
    exchange.failure = match turn {
        Err(Stop::Failure(failure)) => Some(failure.why),
        Err(Stop::Machine(_)) if exchange.request.is_empty() => return,
        Err(Stop::Machine(_)) => Some(Why::ConnectionBroken),
        Ok(_) | Err(Stop::Sink(_)) => exchange.failure,
    };
    logged::hop(&exchange, took);
    exchanges.push(exchange);
}

/// Adds to a failure what its host asks for.
fn explained(stop: Stop, news: Option<News>) -> Stop {
    match (stop, news) {
        (Stop::Failure(failure), Some(News::Rest(rest))) if failure.detail.is_empty() => {
            Stop::Failure(Failure {
                detail: rest.to_string(),
                ..failure
            })
        }
        (stop, _) => stop,
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
