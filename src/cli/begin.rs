//! How does a command begin that may take long? What is seen of it, and what ends it early.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use crate::event::{Event, Listener};

use super::interrupt::on_interrupt;
use super::output::{Output, size};
use super::progress::Progress;
use super::{events, log};

/// Begins `command`, which counts `unit` and calls `stop` when somebody asks it to end.
pub(super) fn begin(
    command: &str,
    unit: &'static str,
    output: Output,
    stop: impl FnOnce() + Send + 'static,
) -> anyhow::Result<Progress> {
    let progress = Progress::new(output, unit);
    log::begin(output, Some(&progress));
    on_interrupt(stop, progress.clone(), output)?;
    if output.json {
        events::start(command);
    }
    Ok(progress)
}

/// Returns a flag that work looks at, and what raises it.
pub(super) fn flag() -> (Arc<AtomicBool>, impl FnOnce() + Send + 'static) {
    let flag = Arc::new(AtomicBool::new(false));
    let raised = Arc::clone(&flag);
    (flag, move || raised.store(true, Ordering::Relaxed))
}

/// Returns who hears of each blob that was looked at, and counts it with its bytes.
pub(super) fn counting(progress: &Progress) -> Listener {
    if !progress.is_watched() {
        // To count a million blobs for nobody took a fourteenth of the time of `verify --quick`.
        return Arc::new(|_| {});
    }
    let (bar, read) = (progress.clone(), AtomicU64::new(0));
    Arc::new(move |event| {
        if let Event::Checked { bytes } = event {
            bar.more(1);
            bar.done();
            bar.note(&size(read.fetch_add(bytes, Ordering::Relaxed) + bytes));
        }
    })
}
