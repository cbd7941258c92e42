//! In which order is what an article needs asked for? Each host has a line of its own, so that no host waits for another.

use std::collections::HashMap;
use std::sync::Arc;

use futures_util::stream::{self, StreamExt, TryStreamExt};

use crate::event::{Event, Listener};
use crate::link::Link;
use crate::snapshot::Outcome;

use super::earlier::Earlier;
use super::record::Target;
use super::resources::{Home, Settled, Wanted, settle};
use super::run::Run;
use super::{CaptureError, logged};

/// Hosts that one capture asks at once at most, a bound of its memory. Few articles show images of more than ten.
const HOSTS_AT_ONCE: usize = 64;

/// A target that is to be asked for.
pub(super) struct Asked {
    pub(super) target: Target,
    /// Whether it stands nowhere but where a single pixel has nothing to show.
    pub(super) may_track: bool,
}

/// Gets every target.
pub(super) async fn fetch_all(
    run: &Arc<Run>,
    targets: Vec<Asked>,
    home: Home<'_>,
    earlier: Option<&Earlier>,
    report: &Listener,
) -> Result<Vec<(Target, Settled)>, CaptureError> {
    report(Event::Found(targets.len()));
    let fetch_one = |Asked { target, may_track }| async move {
        let (link, need) = target;
        let wanted = Wanted {
            link: &link,
            need,
            home,
            may_track: may_track && !run.world.options.keep_trackers,
        };
        let before = earlier.map(|earlier| earlier.before(&link));
        let settled = settle(run, wanted, before).await?;
        // Where the article has no address, there is nothing to tell.
        let host = settled.forbidding().filter(|_| home.page.is_some());
        if let Some(forbidden) = run.forbidding.note(host, &link) {
            report(Event::Forbidden(forbidden));
        }
        tell(run, &link, settled.outcome.clone(), settled.bytes(), report);
        Ok(((link, need), settled))
    };
    let lines = lines(targets).into_iter().map(|line| {
        let at_once = line.first().map_or(1, |asked| {
            let host = run.world.client.at_once(&asked.target.0);
            // Whoever comes next stands ready when one is through; the network's own rules hold all the same.
            (2 * host).min(run.world.options.jobs)
        });
        stream::iter(line).map(fetch_one).buffer_unordered(at_once)
    });
    stream::iter(lines)
        .flatten_unordered(HOSTS_AT_ONCE)
        .try_collect()
        .await
}

/// Tells of what came of a resource, and how many bytes of it.
pub(super) fn tell(run: &Run, link: &Link, outcome: Outcome, bytes: u64, report: &Listener) {
    logged::resource(link, &outcome);
    if let Some(same) = run.alike.note(link, &outcome) {
        report(Event::SameBytes(same));
    }
    report(Event::Resource {
        url: link.without_user_info().to_string(),
        outcome,
        bytes,
    });
}

/// Returns the targets of each host, in document order; the host that is mentioned first comes first.
fn lines(targets: Vec<Asked>) -> Vec<Vec<Asked>> {
    let mut lines: Vec<Vec<Asked>> = Vec::new();
    let mut of_host: HashMap<String, usize> = HashMap::new();
    for asked in targets {
        let host = asked.target.0.host();
        if let Some(line) = of_host.get(host) {
            lines[*line].push(asked);
        } else {
            of_host.insert(host.to_owned(), lines.len());
            lines.push(vec![asked]);
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::link::Link;
    use crate::media::Class;

    #[test]
    fn each_host_has_a_line_in_document_order() {
        let asked = |address: &str| Asked {
            target: (Link::parse(address).unwrap(), Class::Image),
            may_track: false,
        };
        let named = ["https://b/1", "http://a/2", "https://b/3", "https://a:8/4"];
        let lines = lines(named.map(asked).into());
        let addresses: Vec<Vec<String>> = lines
            .iter()
            .map(|line| line.iter().map(|it| it.target.0.to_string()).collect())
            .collect();
        let expected = [
            ["https://b/1", "https://b/3"],
            ["http://a/2", "https://a:8/4"],
        ];
        assert_eq!(addresses, expected);
    }
}
