use super::*;

const SECOND: Duration = Duration::from_secs(1);
const RETRIES: Retries = Retries {
    times: 2,
    pause: SECOND,
    wait_max: Duration::from_secs(60),
};

/// A host, and requests that each begin and end at a second.
struct Told {
    health: Health,
    zero: Instant,
}

impl Told {
    fn new() -> Self {
        Self {
            health: Health::new(6),
            zero: Instant::now(),
        }
    }

    fn at(&self, second: u32) -> Instant {
        self.zero + second * SECOND
    }

    fn note(&mut self, sign: Sign, begun: u32, now: u32) -> Option<News> {
        let (begun, now) = (self.at(begun), self.at(now));
        self.health.note(sign, begun, now, &RETRIES)
    }

    fn advice(&self, second: u32) -> Advice {
        self.health.advice(self.at(second))
    }
}

fn pause(seconds: u32, asked: bool) -> News {
    let wait = seconds * SECOND;
    News::Pause { wait, asked }
}

#[test]
fn a_busy_host_gets_a_pause_and_half_as_many_requests() {
    let mut host = Told::new();
    assert_eq!(host.note(Sign::Busy(None), 0, 1), Some(pause(1, false)));
    // Five more of the same moment say nothing new.
    for _ in 0..5 {
        assert_eq!(host.note(Sign::Busy(None), 0, 1), None);
    }
    assert_eq!(host.health.width, 3);
    assert_eq!(host.advice(1), Advice::Wait(host.at(2)));
    assert_eq!(host.advice(2), Advice::Ask);
    assert_eq!(host.note(Sign::Busy(None), 2, 3), Some(pause(2, false)));
    assert_eq!(host.health.width, 1);
    // What was asked before tells nothing of now.
    assert_eq!(host.note(Sign::Well, 0, 4), None);
    assert_eq!(host.health.width, 1);
    for width in [2, 3, 4, 5, 6, 6] {
        host.note(Sign::Well, 5, 6);
        assert_eq!(host.health.width, width);
    }
    assert_eq!(host.note(Sign::Busy(None), 7, 8), Some(pause(1, false)));
}

#[test]
fn what_it_asks_for_is_kept() {
    let mut host = Told::new();
    assert_eq!(
        host.note(Sign::Busy(Some(30 * SECOND)), 0, 1),
        Some(pause(30, true))
    );
    // The longest counts, and is told once.
    assert_eq!(host.note(Sign::Busy(Some(40 * SECOND)), 0, 1), None);
    assert_eq!(host.note(Sign::Busy(Some(10 * SECOND)), 0, 2), None);
    assert_eq!(host.advice(40), Advice::Wait(host.at(41)));
    assert_eq!(host.note(Sign::Busy(Some(Duration::ZERO)), 41, 42), None);
    assert_eq!(host.advice(42), Advice::Ask);
}

#[test]
fn who_asks_for_too_long_is_left_alone() {
    let mut host = Told::new();
    let rest = Rest {
        wait: 61 * SECOND,
        because: Because::Asked,
    };
    let news = host.note(Sign::Busy(Some(61 * SECOND)), 0, 0);
    assert_eq!(news, Some(News::Rest(rest)));
    assert_eq!(rest.to_string(), "it asks to be left alone for 61 s");
    assert_eq!(host.advice(0), Advice::Leave(rest));
    assert_eq!(host.advice(61), Advice::Ask);
    host.note(Sign::Busy(Some(Duration::MAX)), 0, 0);
    assert!(matches!(host.advice(86_399), Advice::Leave(_)));
}

#[test]
fn who_only_fails_is_left_alone_longer_and_longer() {
    let mut host = Told::new();
    for _ in 0..3 {
        assert_eq!(host.note(Sign::Failing, 0, 30), None);
    }
    let Some(News::Rest(rest)) = host.note(Sign::Failing, 0, 30) else {
        panic!("four that stall are enough");
    };
    assert_eq!(rest.wait, REST);
    assert_eq!(host.note(Sign::Failing, 0, 31), None, "it is left alone");
    assert_eq!(host.health.width, 1);
    assert!(matches!(host.advice(59), Advice::Leave(_)));
    assert_eq!(host.advice(60), Advice::Ask);
    let mut now = 60;
    for wait in [60, 120, 240, 480, 600, 600] {
        let Some(News::Rest(rest)) = host.note(Sign::Failing, now, now) else {
            panic!("one is enough now");
        };
        assert_eq!(rest.wait, wait * SECOND);
        now += wait;
    }
    host.note(Sign::Well, now, now);
    assert_eq!(host.note(Sign::Failing, now, now + 30), None);
}

#[test]
fn who_fails_now_and_then_or_at_once_is_not_left_alone() {
    let mut host = Told::new();
    for second in 0..100 {
        assert_eq!(host.note(Sign::Failing, second, second + 30), None);
        host.note(Sign::None, second, second);
        host.note(Sign::Well, second, second + 30);
    }
    for _ in 0..100 {
        assert_eq!(host.note(Sign::Failing, 200, 204), None);
    }
}

#[test]
fn who_is_always_busy_is_left_alone_in_the_end() {
    let mut host = Told::new();
    for second in [0, 10, 20] {
        let news = host.note(Sign::Busy(Some(9 * SECOND)), second, second + 1);
        assert_eq!(news, Some(pause(9, true)));
    }
    let news = host.note(Sign::Busy(Some(9 * SECOND)), 30, 31);
    assert!(matches!(news, Some(News::Rest(_))), "{news:?}");
}

#[test]
fn what_is_long_past_is_forgotten() {
    let mut host = Told::new();
    assert!(!host.health.is_remarkable(host.at(0)));
    host.note(Sign::Failing, 0, 1);
    assert!(host.health.is_remarkable(host.at(599)));
    assert!(!host.health.is_remarkable(host.at(601)));
}
