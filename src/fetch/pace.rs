//! When may a request begin? So many in flight at once, in all and to one host, a pause between two to one host, and none to a
//! host that can't take more.

mod health;

use std::collections::HashMap;
use std::sync::{Arc, Mutex as StdMutex, MutexGuard as StdMutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::{Mutex, MutexGuard, Notify, OwnedSemaphorePermit, Semaphore};
use tokio::time::{Instant, sleep_until, timeout_at};

use self::health::{Advice, Health};
use super::options::{Paces, Retries};
use super::places::{Place, Places};

pub(super) use self::health::{News, Rest, Sign};

/// Hosts remembered before those that nobody needs are forgotten: a mirror meets very many.
const HOSTS_KEPT: usize = 1024;

/// Hands out permits.
#[derive(Debug)]
pub(super) struct Pace {
    jobs: Places,
    per_host: usize,
    delay: Duration,
    /// What is said of some hosts instead.
    own: Paces,
    retries: Retries,
    hosts: StdMutex<Hosts>,
}

/// The hosts that requests went to.
#[derive(Debug)]
struct Hosts {
    known: HashMap<String, Arc<Host>>,
    /// How many there may be before they are looked through. Doubled where they are all needed, so that looking through
    /// them costs little in all.
    sweep_at: usize,
}

/// One host: whatever its scheme and port, it is one machine that is to be spared.
#[derive(Debug)]
struct Host {
    permits: Arc<Semaphore>,
    state: StdMutex<State>,
    /// Tells those that wait for its pause to end that it is left alone now.
    left: Notify,
    /// When the last request to it began. Whoever is next in turn holds this while it waits.
    last_start: Mutex<Option<Instant>>,
}

/// How a host is doing, and what was made of it.
#[derive(Debug)]
struct State {
    health: Health,
    /// Permits that are not given out, because it can't take so many.
    withheld: usize,
    /// Time between the starts of two requests to it at least.
    delay: Duration,
}

/// Leave for one request; given back when dropped.
#[derive(Debug)]
pub(super) struct Permit {
    host: Arc<Host>,
    place: Option<OwnedSemaphorePermit>,
    job: Option<Place>,
    begun: Instant,
}

impl Pace {
    /// Begins with nothing in flight. `delay` is the least time between the starts of two requests to one host.
    pub(super) fn new(jobs: usize, per_host: usize, delay: Duration, retries: Retries) -> Self {
        Self {
            // Hosts that stall or drip hold up no other: what takes long makes room for as many more, less one, so that who
            // asks for one request at a time gets that.
            jobs: Places::new(jobs, jobs.saturating_sub(1)),
            per_host: per_host.max(1),
            delay,
            own: Paces::default(),
            retries,
            hosts: StdMutex::new(Hosts {
                known: HashMap::new(),
                sweep_at: HOSTS_KEPT,
            }),
        }
    }

    /// Takes what is said of some hosts instead.
    pub(super) fn with(self, own: Paces) -> Self {
        Self { own, ..self }
    }

    /// Lets at least so much time pass between the starts of two requests to `host` from now on.
    pub(super) fn slow_down(&self, host: &str, delay: Duration) {
        let host = self.host(host);
        let mut state = host.state();
        state.delay = state.delay.max(delay);
    }

    /// Waits until a request to `host` may begin.
    ///
    /// # Errors
    /// When the host is left alone.
    pub(super) async fn permit(&self, host: &str) -> Result<Permit, Rest> {
        let host = self.host(host);
        // The host's first: who waits for a busy host must not hold a place that another host could use.
        let place = acquire(Arc::clone(&host.permits)).await;
        let mut permit = Permit {
            host,
            place: Some(place),
            job: None,
            begun: Instant::now(),
        };
        let host = Arc::clone(&permit.host);
        loop {
            host.ready().await?;
            let turn = host.turn().await;
            let job = self.jobs.take().await;
            // It may have got worse meanwhile.
            if host.state().health.advice(Instant::now()) != Advice::Ask {
                continue;
            }
            (permit.begun, permit.job) = (Instant::now(), Some(job));
            if let Some(mut last_start) = turn {
                *last_start = Some(permit.begun);
            }
            return Ok(permit);
        }
    }

    /// Gives a permit back with what the request came to. Returns what is new with its host.
    pub(super) fn end(&self, permit: Permit, sign: Sign) -> Option<News> {
        let now = Instant::now();
        let host = Arc::clone(&permit.host);
        let news = {
            let mut state = host.state();
            let news = state.health.note(sign, permit.begun, now, &self.retries);
            host.widen(&mut state);
            news
        };
        drop(permit);
        if let Some(News::Rest(_)) = news {
            host.left.notify_waiters();
        }
        news
    }

    /// Returns how many requests may be in flight to `host`, while it is well.
    pub(super) fn at_once(&self, host: &str) -> usize {
        let own = self.own.per_host.of_host(host).copied();
        own.unwrap_or(self.per_host).max(1)
    }

    fn host(&self, name: &str) -> Arc<Host> {
        let mut hosts = self.hosts.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(host) = hosts.known.get(name) {
            return Arc::clone(host);
        }
        if hosts.known.len() >= hosts.sweep_at {
            hosts.known.retain(|_, host| host.is_needed());
            hosts.sweep_at = HOSTS_KEPT.max(2 * hosts.known.len());
        }
        let delay = self.own.delay.of_host(name).copied();
        let host = Arc::new(Host::new(self.at_once(name), delay.unwrap_or(self.delay)));
        hosts.known.insert(name.to_owned(), Arc::clone(&host));
        host
    }
}

impl Host {
    fn new(per_host: usize, delay: Duration) -> Self {
        Self {
            permits: Arc::new(Semaphore::new(per_host)),
            state: StdMutex::new(State {
                health: Health::new(per_host),
                withheld: 0,
                delay,
            }),
            left: Notify::new(),
            last_start: Mutex::default(),
        }
    }

    /// Returns whether it is asked for something, has not had its pause, or is to be spared.
    fn is_needed(self: &Arc<Self>) -> bool {
        let delay = self.state().delay;
        let pauses = || match self.last_start.try_lock() {
            Ok(last_start) => last_start.is_some_and(|start| start.elapsed() < delay),
            Err(_) => true,
        };
        Arc::strong_count(self) > 1 || self.state().health.is_remarkable(Instant::now()) || pauses()
    }

    fn state(&self) -> StdMutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits until the host has had its pause. Requests take turns in the order in which they came; the turn is held until
    /// the request begins, for it may still have to wait for a place among all.
    async fn turn(&self) -> Option<MutexGuard<'_, Option<Instant>>> {
        let delay = self.state().delay;
        if delay.is_zero() {
            return None;
        }
        let last_start = self.last_start.lock().await;
        if let Some(last_start) = *last_start {
            sleep_until(last_start + delay).await;
        }
        Some(last_start)
    }

    /// Waits until it has had the pause that it needs.
    async fn ready(&self) -> Result<(), Rest> {
        loop {
            let left = self.left.notified();
            let advice = self.state().health.advice(Instant::now());
            match advice {
                Advice::Ask => return Ok(()),
                Advice::Leave(rest) => return Err(rest),
                // Whichever comes first; then it is asked for again how it is doing.
                Advice::Wait(until) => drop(timeout_at(until, left).await),
            }
        }
    }

    /// Gives out as many permits as it can take. Those that are in flight are withheld when they come back.
    fn widen(&self, state: &mut State) {
        let excess = state.health.excess();
        if state.withheld < excess {
            state.withheld += self.permits.forget_permits(excess - state.withheld);
        } else {
            self.permits.add_permits(state.withheld - excess);
            state.withheld = excess;
        }
    }
}

impl Drop for Permit {
    fn drop(&mut self) {
        let mut state = self.host.state();
        let excess = state.health.excess();
        if state.withheld < excess
            && let Some(place) = self.place.take()
        {
            place.forget();
            state.withheld += 1;
        }
    }
}

async fn acquire(semaphore: Arc<Semaphore>) -> OwnedSemaphorePermit {
    semaphore
        .acquire_owned()
        .await
        .expect("these semaphores are never closed")
}

#[cfg(test)]
mod tests {
    use std::future::Future;
    use std::pin::pin;
    use std::task::{Context, Poll, Waker};

    use futures_util::future::join_all;

    use super::*;

    const SECOND: Duration = Duration::from_secs(1);
    const RETRIES: Retries = Retries {
        times: 2,
        pause: SECOND,
        wait_max: Duration::from_secs(60),
    };

    fn pacing(jobs: usize, per_host: usize, delay: Duration) -> Pace {
        Pace::new(jobs, per_host, delay, RETRIES)
    }

    fn poll<T>(future: impl Future<Output = T>) -> Option<T> {
        match pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
            Poll::Ready(value) => Some(value),
            Poll::Pending => None,
        }
    }

    #[test]
    fn a_busy_host_leaves_room_for_others() {
        let pace = pacing(3, 1, Duration::ZERO);
        let first = poll(pace.permit("a")).unwrap();
        assert!(poll(pace.permit("a")).is_none());
        let _second = poll(pace.permit("b")).unwrap();
        drop(first);
        assert!(poll(pace.permit("a")).is_some());
    }

    #[tokio::test(start_paused = true)]
    async fn all_hosts_together_are_bounded() {
        let pace = pacing(1, 6, Duration::ZERO);
        let first = poll(pace.permit("a")).unwrap();
        assert!(poll(pace.permit("b")).is_none());
        drop(first);
        assert!(poll(pace.permit("b")).is_some());
    }

    #[test]
    fn idle_hosts_are_forgotten() {
        let pace = pacing(1, 1, Duration::ZERO);
        for number in 0..3 * HOSTS_KEPT {
            assert!(poll(pace.permit(&number.to_string())).is_some());
        }
        assert!(pace.hosts.lock().unwrap().known.len() <= HOSTS_KEPT);
    }

    #[tokio::test(start_paused = true)]
    async fn a_host_that_pauses_is_not_forgotten() {
        let pace = pacing(2, 2, SECOND);
        drop(pace.permit("a").await);
        let _held = pace.permit("held").await.unwrap();
        for number in 0..HOSTS_KEPT {
            drop(pace.permit(&number.to_string()).await);
        }
        assert!(poll(pace.permit("a")).is_none());
        tokio::time::advance(SECOND).await;
        for number in 0..2 * HOSTS_KEPT {
            drop(pace.permit(&format!("later{number}")).await);
        }
        let known = &pace.hosts.lock().unwrap().known;
        assert!(!known.contains_key("a") && known.contains_key("held"));
    }

    #[tokio::test(start_paused = true)]
    async fn hosts_that_stall_do_not_hold_up_the_others() {
        for stalled in [&["x"; 6][..], &["x", "y", "z"].repeat(6)] {
            let pace = pacing(16, 6, Duration::ZERO);
            let stalling = join_all(stalled.iter().map(|host| pace.permit(host)));
            let _held = tokio::time::timeout(60 * SECOND, stalling).await.unwrap();
            // One of eighteen had to wait for room; then there is plenty.
            let starts = starts(&pace, &["a"; 60], SECOND).await;
            let last = starts.iter().copied().fold(0., f64::max);
            assert!(last <= 13., "{last}");
        }
    }

    /// Returns when requests to these hosts began, in seconds, if all are asked for at once and each takes `takes`.
    async fn starts(pace: &Pace, hosts: &[&str], takes: Duration) -> Vec<f64> {
        let begun = Instant::now();
        let request = |host| async move {
            let permit = pace.permit(host).await.unwrap();
            let start = begun.elapsed().as_secs_f64();
            tokio::time::sleep(takes).await;
            drop(permit);
            start
        };
        let starts = join_all(hosts.iter().copied().map(request)).await;
        starts.iter().map(|start| start.round()).collect()
    }

    #[tokio::test(start_paused = true)]
    async fn a_host_has_its_own_pace_where_it_is_said() {
        use super::super::hosts::{Hosts, Said};
        let said = |host, value| Said {
            in_file: vec![(Hosts::parse(host).unwrap(), value)],
            ..Said::default()
        };
        let own = Paces {
            per_host: Said {
                in_file: vec![(Hosts::parse("one").unwrap(), 1)],
                ..Said::default()
            },
            delay: said(".slow", 3 * SECOND),
        };
        let hosts = ["a.slow", "a.slow", "one", "one", "b", "b"];
        let pace = Pace::new(32, 6, Duration::ZERO, RETRIES).with(own);
        assert_eq!(
            starts(&pace, &hosts, SECOND).await,
            [0., 3., 0., 1., 0., 0.]
        );
        // What a robots.txt asks for makes it no faster.
        pace.slow_down("a.slow", SECOND);
        pace.slow_down("c", 2 * SECOND);
        let hosts = ["a.slow", "a.slow", "c", "c"];
        let later = starts(&pace, &hosts, SECOND).await;
        assert_eq!((later[1] - later[0], later[3] - later[2]), (3., 2.));
    }

    #[tokio::test(start_paused = true)]
    async fn a_host_is_given_its_pause_and_others_do_not_wait_for_it() {
        let hosts = ["a", "a", "b", "a", "b"];
        let pace = pacing(32, 6, 2 * SECOND);
        let brief = SECOND / 10;
        assert_eq!(starts(&pace, &hosts, brief).await, [0., 2., 0., 4., 2.]);
        // Between starts, however long a request takes; and no more at once than allowed, however long the pause.
        let pace = pacing(32, 6, 2 * SECOND);
        assert_eq!(
            starts(&pace, &hosts, 5 * SECOND).await,
            [0., 2., 0., 4., 2.]
        );
        let pace = pacing(32, 1, 2 * SECOND);
        assert_eq!(
            starts(&pace, &hosts, 5 * SECOND).await,
            [0., 5., 0., 10., 5.]
        );
    }

    #[tokio::test(start_paused = true)]
    async fn who_waits_for_a_place_among_all_gives_the_pause_none_the_less() {
        let pace = pacing(1, 6, 2 * SECOND);
        // The first `a` begins when `b` is done, and the pauses of the others count from there.
        let hosts = ["b", "a", "a", "a"];
        assert_eq!(starts(&pace, &hosts, SECOND).await, [0., 1., 3., 5.]);
        let pace = pacing(1, 6, 2 * SECOND);
        assert_eq!(starts(&pace, &hosts, 7 * SECOND).await, [0., 7., 14., 21.]);
    }

    #[tokio::test(start_paused = true)]
    async fn who_gives_up_waiting_leaves_the_turn_to_the_next() {
        let pace = pacing(32, 6, 2 * SECOND);
        drop(pace.permit("a").await);
        assert!(poll(pace.permit("a")).is_none());
        assert_eq!(starts(&pace, &["a"], SECOND).await, [2.]);
    }

    #[tokio::test(start_paused = true)]
    async fn a_busy_host_is_asked_for_less_and_then_for_more_again() {
        let pace = pacing(32, 6, Duration::ZERO);
        let permit = pace.permit("a").await.unwrap();
        let news = pace.end(permit, Sign::Busy(Some(10 * SECOND)));
        let wait = 10 * SECOND;
        assert_eq!(news, Some(News::Pause { wait, asked: true }));
        // Three at a time now, and not before the pause is over; another host does not wait.
        let hosts = ["a", "a", "a", "a", "b"];
        assert_eq!(
            starts(&pace, &hosts, SECOND).await,
            [10., 10., 10., 11., 0.]
        );
        for _ in 0..3 {
            let permit = pace.permit("a").await.unwrap();
            pace.end(permit, Sign::Well);
        }
        assert_eq!(
            starts(&pace, &["a"; 7], SECOND).await,
            [0., 0., 0., 0., 0., 0., 1.]
        );
    }

    #[tokio::test(start_paused = true)]
    async fn whoever_waits_for_a_host_that_is_left_alone_waits_no_longer() {
        let pace = pacing(32, 2, Duration::ZERO);
        let held = [
            pace.permit("a").await.unwrap(),
            pace.permit("a").await.unwrap(),
        ];
        let begun = Instant::now();
        let waiting = join_all((0..9).map(|_| pace.permit("a")));
        let failing = async {
            tokio::time::sleep(SECOND).await;
            let [one, two] = held;
            pace.end(one, Sign::Busy(Some(50 * SECOND)));
            tokio::time::sleep(SECOND).await;
            pace.end(two, Sign::Busy(Some(1000 * SECOND)));
        };
        let (waited, ()) = tokio::join!(waiting, failing);
        assert!(waited.iter().all(Result::is_err));
        assert_eq!(begun.elapsed(), 2 * SECOND);
        assert!(poll(pace.permit("b")).is_some());
        assert!(poll(pace.permit("a")).unwrap().is_err());
        tokio::time::advance(1000 * SECOND).await;
        let probe = poll(pace.permit("a")).unwrap().unwrap();
        assert!(poll(pace.permit("a")).is_none(), "one at a time after that");
        pace.end(probe, Sign::Well);
        assert!(poll(pace.permit("a")).is_some());
    }

    #[tokio::test(start_paused = true)]
    async fn a_request_that_is_dropped_gives_its_place_back() {
        let pace = pacing(1, 1, Duration::ZERO);
        for _ in 0..3 {
            drop(pace.permit("a").await.unwrap());
            let permit = pace.permit("a").await.unwrap();
            pace.end(permit, Sign::Busy(None));
        }
        assert!(pace.permit("b").await.is_ok());
    }
}
