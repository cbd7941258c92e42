//! Has this machine run out of what a connection needs? That says nothing of what was asked for: it is waited until others have
//! ended, and if that does not help, nothing can be fetched any more.

use std::error::Error;
use std::io;
use std::net::{Ipv4Addr, UdpSocket};
use std::time::Duration;

/// The first pause before another try; doubled for each that follows. A small answer is here in less.
const PAUSE: Duration = Duration::from_millis(50);
/// The longest pause. Whoever waits for a connection that ends should not wait much longer than for that.
const PAUSE_MAX: Duration = Duration::from_secs(1);
/// How long is waited in all: by then, whatever was in flight when it began has ended or will not soon.
pub(super) const WAIT_MAX: Duration = Duration::from_secs(30);

/// How long one request has waited for this machine.
#[derive(Debug)]
pub(super) struct Patience {
    next: Duration,
    left: Duration,
}

impl Patience {
    /// Begins with all of it: as long as one request may take, and [`WAIT_MAX`] at most.
    pub(super) fn new(whole: Duration) -> Self {
        Self {
            next: PAUSE,
            left: whole.min(WAIT_MAX),
        }
    }

    /// Returns how long to wait before the next try; `None` where it has lasted too long.
    pub(super) fn pause(&mut self) -> Option<Duration> {
        let pause = self.next.min(self.left);
        self.left -= pause;
        self.next = (pause * 2).min(PAUSE_MAX);
        (!pause.is_zero()).then_some(pause)
    }
}

/// Returns what this machine has run out of, if an error of the chain says so: open files, or memory for connections.
pub(super) fn among<'a>(chain: impl IntoIterator<Item = &'a (dyn Error + 'static)>) -> Option<i32> {
    let mut errors = chain.into_iter().filter_map(|error| error.downcast_ref());
    errors.find_map(number)
}

/// Returns the error that stands for why a name does not resolve. The system's resolver says that no server answers where it
/// could not even ask one; so a socket is asked for.
pub(super) fn behind(unresolved: io::Error) -> io::Error {
    match UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)) {
        Err(error) if number(&error).is_some() => error,
        _ => unresolved,
    }
}

/// Returns the error's number if it is a shortage of this machine.
#[cfg(unix)]
fn number(error: &io::Error) -> Option<i32> {
    use rustix::io::Errno;

    let errno = Errno::from_io_error(error)?;
    let is_shortage = matches!(
        errno,
        Errno::MFILE | Errno::NFILE | Errno::NOMEM | Errno::NOBUFS
    );
    is_shortage.then(|| errno.raw_os_error())
}

/// Returns the error's number if it is a shortage of this machine.
#[cfg(not(unix))]
fn number(_error: &io::Error) -> Option<i32> {
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[cfg(unix)]
    #[test]
    fn what_is_of_this_machine_and_what_of_a_host() {
        use rustix::io::Errno;

        for (errno, expected) in [
            (Errno::MFILE, true),
            (Errno::NFILE, true),
            (Errno::NOMEM, true),
            (Errno::NOBUFS, true),
            (Errno::CONNREFUSED, false),
            (Errno::CONNRESET, false),
            (Errno::HOSTUNREACH, false),
            (Errno::NETUNREACH, false),
            (Errno::TIMEDOUT, false),
            (Errno::ADDRNOTAVAIL, false),
            (Errno::PIPE, false),
        ] {
            let error = io::Error::from(errno);
            let chain = [&error as &(dyn Error + 'static)];
            let number = expected.then(|| errno.raw_os_error());
            assert_eq!(among(chain), number, "{errno:?}");
        }
        let other = io::Error::other("of no number");
        assert_eq!(among([&other as &(dyn Error + 'static)]), None);
    }

    #[test]
    fn patience_has_an_end() {
        let pauses = |whole| -> Vec<Duration> {
            let mut patience = Patience::new(whole);
            std::iter::from_fn(|| patience.pause()).collect()
        };
        let ms = |numbers: &[u64]| -> Vec<Duration> {
            numbers.iter().copied().map(Duration::from_millis).collect()
        };
        assert_eq!(pauses(Duration::from_millis(200)), ms(&[50, 100, 50]));
        assert_eq!(pauses(Duration::MAX).iter().sum::<Duration>(), WAIT_MAX);
        assert_eq!(pauses(Duration::MAX).iter().max(), Some(&PAUSE_MAX));
    }

    #[test]
    fn a_name_that_nobody_knows_stays_one() {
        let unresolved = io::Error::other("no such name");
        assert_eq!(behind(unresolved).to_string(), "no such name");
    }
}
