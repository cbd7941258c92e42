//! Does every request wait its turn, and none for another host's?

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
fn a_body_that_is_here_lets_another_request_begin_up_to_a_bound() {
    let pace = pacing(1, 1, Duration::ZERO);
    let ask = || poll(pace.permit("a")).map(Result::unwrap);
    let mut here = Vec::new();
    for _ in 0..DESKS {
        let mut permit = ask().unwrap();
        assert!(ask().is_none());
        assert!(poll(permit.arrived()).is_some());
        here.push(permit);
    }
    let mut next = ask().unwrap();
    assert!(poll(next.arrived()).is_none());
    assert!(ask().is_none(), "who waits for a desk keeps its place");
    pace.end(here.pop().unwrap(), Sign::Well);
    assert!(poll(next.arrived()).is_some());
    assert!(ask().is_some());
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
