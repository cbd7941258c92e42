//! What happens when somebody presses Ctrl-C? The first time work ends cleanly, the second time at once. To whom a hang-up says to
//! read the configuration again, it says that only while the terminal is there that it had.

use std::io::{self, IsTerminal as _};
use std::thread;

use super::output::Output;
use super::progress::Progress;

/// Calls `stop` at the first Ctrl-C, SIGTERM or hang-up from now on, and ends the program at the second Ctrl-C or SIGTERM.
///
/// # Errors
/// When the system lets nobody listen.
pub(super) fn on_interrupt(
    stop: impl FnOnce() + Send + 'static,
    progress: Progress,
    output: Output,
) -> io::Result<()> {
    on_signals(stop, None, progress, output)
}

/// What is done at a hang-up.
pub(super) type Reload = Box<dyn FnMut() + Send>;

/// Likewise; where there is a `reload`, a hang-up calls it, as often as it comes, and does not end anything.
///
/// # Errors
/// As above.
pub(super) fn on_signals(
    stop: impl FnOnce() + Send + 'static,
    mut reload: Option<Reload>,
    progress: Progress,
    output: Output,
) -> io::Result<()> {
    let had_terminal = io::stderr().is_terminal();
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    let mut signals = {
        let _inside = runtime.enter();
        Signals::listen(reload.is_some())?
    };
    let wait = async move {
        while signals.first().await == Heard::Hangup
            && let Some(reload) = &mut reload
            && had_terminal == io::stderr().is_terminal()
        {
            reload();
        }
        stop();
        progress.aside(|| {
            output.say("interrupted: ending cleanly (press Ctrl-C again to stop at once)");
        });
        signals.second().await;
        std::process::exit(130);
    };
    thread::spawn(move || runtime.block_on(wait));
    Ok(())
}

/// What a signal asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Heard {
    End,
    #[cfg_attr(windows, expect(dead_code, reason = "there are none"))]
    Hangup,
}

/// The signals that ask a program to end. They are heard from [`Signals::listen`] on, so none is lost between two.
#[cfg(unix)]
struct Signals {
    interrupt: tokio::signal::unix::Signal,
    terminate: tokio::signal::unix::Signal,
    /// That the terminal is gone, unless we are told not to mind.
    hangup: Option<tokio::signal::unix::Signal>,
}

#[cfg(unix)]
impl Signals {
    fn listen(to_any_hangup: bool) -> io::Result<Self> {
        use tokio::signal::unix::{SignalKind, signal};
        Ok(Self {
            interrupt: signal(SignalKind::interrupt())?,
            terminate: signal(SignalKind::terminate())?,
            hangup: (to_any_hangup || minds_hangup())
                .then(|| signal(SignalKind::hangup()))
                .transpose()?,
        })
    }

    async fn first(&mut self) -> Heard {
        let Some(mut hangup) = self.hangup.take() else {
            self.second().await;
            return Heard::End;
        };
        let heard = tokio::select! {
            () = self.second() => Heard::End,
            _ = hangup.recv() => Heard::Hangup,
        };
        // From a terminal that goes it comes twice, from the system and from the shell: that is nobody's impatience.
        self.hangup = Some(hangup);
        heard
    }

    async fn second(&mut self) {
        tokio::select! {
            _ = self.interrupt.recv() => {}
            _ = self.terminate.recv() => {}
        }
    }
}

/// Whether a hang-up ends us: not where we were started with it ignored, as `nohup` does. Where that can't be told, the system
/// decides as it would without us.
#[cfg(unix)]
fn minds_hangup() -> bool {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let ignored = status
        .lines()
        .find_map(|line| line.strip_prefix("SigIgn:"))
        .and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok());
    // The lowest bit is that of the signal with the number 1.
    ignored.is_some_and(|mask| mask & 1 == 0)
}

#[cfg(windows)]
struct Signals(tokio::signal::windows::CtrlC);

#[cfg(windows)]
impl Signals {
    fn listen(_to_any_hangup: bool) -> io::Result<Self> {
        Ok(Self(tokio::signal::windows::ctrl_c()?))
    }

    async fn first(&mut self) -> Heard {
        self.second().await;
        Heard::End
    }

    async fn second(&mut self) {
        self.0.recv().await;
    }
}
