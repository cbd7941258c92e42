//! How far is it? A bar where somebody watches, plain lines elsewhere. Home of indicatif.

use std::time::Duration;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use super::output::Output;

/// How often a bar moves by itself.
const TICK: Duration = Duration::from_millis(120);

/// A bar over work whose amount grows while it is found. Drawn on stderr, only where somebody watches.
#[derive(Debug, Clone)]
pub(crate) struct Progress {
    bar: ProgressBar,
    /// What is drawn once there is something to count.
    template: String,
}

impl Progress {
    /// Begins with a spinner, until there is something to count; `noun` names what is counted, in the plural.
    pub(crate) fn new(output: Output, noun: &str) -> Self {
        let target = if output.is_watched() {
            ProgressDrawTarget::stderr()
        } else {
            ProgressDrawTarget::hidden()
        };
        let bar = ProgressBar::with_draw_target(Some(0), target);
        let template = format!("{{spinner}} [{{wide_bar}}] {{pos}}/{{len}} {noun} {{msg}}");
        bar.set_style(ProgressStyle::default_spinner());
        if output.is_watched() {
            bar.enable_steady_tick(TICK);
        }
        Self { bar, template }
    }

    /// Begins once more, where it was finished.
    pub(crate) fn begin_again(&self) {
        self.bar.set_style(ProgressStyle::default_spinner());
        self.bar.set_length(0);
        self.bar.set_message("");
        self.bar.reset();
        if self.is_watched() {
            self.bar.enable_steady_tick(TICK);
        }
    }

    /// Returns whether somebody sees it.
    pub(crate) fn is_watched(&self) -> bool {
        !self.bar.is_hidden()
    }

    /// There is so much more to do.
    pub(crate) fn more(&self, count: u64) {
        if count > 0 && self.bar.length() == Some(0) {
            let style = ProgressStyle::with_template(&self.template);
            let style = style.expect("the template is well formed");
            self.bar.set_style(style.progress_chars("=> "));
        }
        self.bar.inc_length(count);
    }

    /// One is done.
    pub(crate) fn done(&self) {
        self.bar.inc(1);
    }

    /// Shows something beside the bar, such as how many bytes have come so far.
    pub(crate) fn note(&self, text: &str) {
        self.bar.set_message(text.to_owned());
    }

    /// Runs `write` with the bar out of the way, so that lines and bar do not mix.
    pub(crate) fn aside(&self, write: impl FnOnce()) {
        self.bar.suspend(write);
    }

    /// Takes the bar away.
    pub(crate) fn finish(&self) {
        self.bar.finish_and_clear();
    }
}
