//! What is told of hosts while a run goes on? That it waits for one, and that it leaves one alone.

use std::fmt;

use super::logged;
use super::pace::News;
use crate::event::{Event, Listener};

/// Tells whoever listens, if somebody does.
#[derive(Default)]
pub(super) struct Teller(Option<Listener>);

impl fmt::Debug for Teller {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let listens = if self.0.is_some() {
            "somebody"
        } else {
            "nobody"
        };
        f.debug_tuple("Teller").field(&listens).finish()
    }
}

impl Teller {
    pub(super) fn new(listener: Listener) -> Self {
        Self(Some(listener))
    }

    /// Tells what is new with a host, if something is.
    pub(super) fn tell(&self, host: &str, news: Option<News>) {
        let Some(news) = news else {
            return;
        };
        logged::news(host, news);
        if let Some(listener) = &self.0 {
            listener(match news {
                News::Pause { wait, asked } => Event::Waiting {
                    host: host.to_owned(),
                    wait,
                    asked,
                },
                News::Rest(rest) => Event::Notice(format!(
                    "{host}: {rest}; what is still to come from there is missing (host-resting)"
                )),
            });
        }
    }
}
