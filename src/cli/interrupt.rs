//! What happens when somebody presses Ctrl-C? The first time work ends cleanly, the second time at once.

use std::io;
use std::thread;

use super::output::Output;
use super::progress::Progress;

/// Calls `stop` at the first Ctrl-C or SIGTERM from now on, and ends the program at the second.
///
/// # Errors
/// When the system lets nobody listen.
pub(super) fn on_interrupt(
    stop: impl FnOnce() + Send + 'static,
    progress: Progress,
    output: Output,
) -> io::Result<()> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    let mut signals = {
        let _inside = runtime.enter();
        Signals::listen()?
    };
    let wait = async move {
        signals.next().await;
        stop();
        progress.aside(|| {
            output.say("interrupted: ending cleanly (press Ctrl-C again to stop at once)");
        });
        signals.next().await;
        std::process::exit(130);
    };
    thread::spawn(move || runtime.block_on(wait));
    Ok(())
}

/// The signals that ask a program to end. They are heard from [`Signals::listen`] on, so none is lost between two.
#[cfg(unix)]
struct Signals {
    interrupt: tokio::signal::unix::Signal,
    terminate: tokio::signal::unix::Signal,
}

#[cfg(unix)]
impl Signals {
    fn listen() -> io::Result<Self> {
        use tokio::signal::unix::{SignalKind, signal};
        Ok(Self {
            interrupt: signal(SignalKind::interrupt())?,
            terminate: signal(SignalKind::terminate())?,
        })
    }

    async fn next(&mut self) {
        tokio::select! {
            _ = self.interrupt.recv() => {}
            _ = self.terminate.recv() => {}
        }
    }
}

#[cfg(windows)]
struct Signals(tokio::signal::windows::CtrlC);

#[cfg(windows)]
impl Signals {
    fn listen() -> io::Result<Self> {
        Ok(Self(tokio::signal::windows::ctrl_c()?))
    }

    async fn next(&mut self) {
        self.0.recv().await;
    }
}
