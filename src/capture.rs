//! How is an article archived? The one straight path: load, find, fetch, put, commit, render.

mod alike;
mod allowance;
mod articles;
mod asked;
mod committed;
mod compared;
mod earlier;
mod entry;
mod error;
mod fetched;
mod forbidden;
mod group;
mod intake;
mod left;
mod lines;
mod load;
mod logged;
mod lost;
mod news;
mod noted;
mod once;
mod options;
mod parts;
mod record;
mod resources;
mod run;
mod said;
mod start;
mod still;
mod told;
mod unasked;
mod wishes;

use std::collections::HashMap;
use std::ops::ControlFlow;
use std::sync::Arc;

use jiff::Timestamp;
use tokio_util::sync::CancellationToken;

use crate::archive::{Archive, Recovery, Writer};
use crate::digest::Digest;
use crate::event::{Event, Images, Listener, MissingImage};
use crate::fetch::Client;
use crate::snapshot;
use crate::source::Source;

use articles::Turn;
use earlier::Earlier;
use error::{InputTrouble, Stop};
use load::{Load, Loaded, load, reload};
use news::News;
use record::Found;
use run::Run;
use said::{Said, keys, read};
use told::public;

pub use entry::{Entries, Entry, Held};
pub use error::CaptureError;
pub use group::capture_all;
pub use options::{Doubtful, Obeyed, Options, TakenOut};
pub(crate) use run::blocking;
pub use still::Still;
pub use told::{Outcomes, Reason, Summary};
pub use wishes::Wishes;

/// What a run of captures works with.
#[derive(Debug)]
pub struct World {
    /// Where everything goes.
    pub archive: Archive,
    /// Leave to write there.
    pub writer: Arc<Writer>,
    /// What writers before left, whose views are to be made.
    pub recovery: Recovery,
    /// What feeds carry of articles, by the inputs that name it.
    pub entries: Entries,
    /// What the user wants of some inputs instead of what is said of all, by the inputs.
    pub wishes: HashMap<String, Arc<Wishes>>,
    /// The network.
    pub client: Client,
    /// The user's decisions.
    pub options: Options,
    /// The clock.
    pub clock: fn() -> Timestamp,
    /// Ends the run early and cleanly.
    pub cancel: CancellationToken,
}

/// What came of one input, before it is committed.
struct Captured {
    news: News,
    seen: Seen,
    /// Held until the capture is committed.
    turn: Turn,
}

/// What this run saw of an article's resources, which its last snapshot can't know.
struct Seen {
    images: Images,
    missing: Vec<MissingImage>,
    /// Those that are here and could not be had again.
    lost: Vec<MissingImage>,
}

/// Archives one input, up to the snapshot that is to be committed: the straight path.
async fn capture(
    run: &Arc<Run>,
    given: &str,
    source: &Source,
    report: &Listener,
) -> Result<Captured, Stop> {
    let wishes = run.wishes(given);
    let (loaded, guess) = match begin(run, source, &wishes, report).await? {
        ControlFlow::Break(captured) => return Ok(captured),
        ControlFlow::Continue(begun) => begun,
    };
    let (loaded, original) = put(run, loaded).await?;
    let reader = Arc::clone(run);
    let (loaded, said) = blocking(move || read(loaded, &reader.world.options.lazy)).await;
    let (loaded, contents) = compared::read(run, guess.as_ref(), loaded, original, None).await?;
    if let (Some(guess), Some(contents)) = (&guess, &contents)
        && run.world.options.doubtful == Doubtful::Refused
        && let Some(loss) = compared::lost(
            source,
            guess,
            contents,
            loaded.document.address.as_ref(),
            &said,
        )
    {
        return lost::lost(run, guess, loss).await;
    }
    tell(run, given, &loaded, &said, report);
    let keys = keys(run, &loaded, said.canonical.as_ref());
    if run.stay_out(&keys).await? {
        return Err(InputTrouble::Removed.into());
    }
    let seat = run.seat(&keys, said.facts.title.as_deref()).await?;

    let turn = seat.turn().await;
    if let Source::File(_) = source
        && let Some(other) = run.articles.note_file(seat.folder.id(), given, original)
    {
        report(Event::Notice(same_key(given, &other, &seat.key)));
    }
    let last = run.last(&seat).await?;
    let (loaded, contents) = compared::read(run, last.as_ref(), loaded, original, contents).await?;
    let found = Found {
        given: given.to_owned(),
        loaded,
        original,
        keys,
        facts: said.facts,
        references: said.references,
        wishes,
    };
    let (news, seen) = News::of(run, &found, (last, contents), &seat, report).await?;
    Ok(Captured { news, seen, turn })
}

/// Loads an input, with the last snapshot of the article that its own key leads to. Comes to an end with that where nothing has
/// changed, or there is nothing.
async fn begin(
    run: &Arc<Run>,
    source: &Source,
    wishes: &Wishes,
    report: &Listener,
) -> Result<ControlFlow<Captured, (Loaded, Option<Earlier>)>, Stop> {
    let still = run.still(source).await?;
    let mut guess = None;
    if still.is_none() {
        guess = run.guess(source).await?;
    }
    let validators = still.as_ref().map(Still::validators);
    let load = load(run, source, (guess.as_ref(), validators), wishes).await;
    if let Some(still) = still {
        if let Ok(Load::Unchanged(unchanged)) = &load
            && let Some(captured) = still.stays(run, unchanged, wishes, report).await?
        {
            return Ok(ControlFlow::Break(captured));
        }
        guess = run.guess(source).await?;
    }
    match load {
        Ok(Load::Document(loaded)) => Ok(ControlFlow::Continue((*loaded, guess))),
        Ok(Load::Unchanged(unchanged)) => {
            let last = guess.ok_or(InputTrouble::NotModified)?;
            match unasked::stays(run, &unchanged, last, wishes, report).await? {
                Ok(captured) => Ok(ControlFlow::Break(captured)),
                Err(last) => {
                    let loaded = reload(run, unchanged, &last, wishes).await?;
                    Ok(ControlFlow::Continue((loaded, Some(last))))
                }
            }
        }
        Err(Stop::Input(trouble)) => {
            let captured = lost::refused(run, guess.as_ref(), trouble).await?;
            Ok(ControlFlow::Break(captured))
        }
        Err(stop) => Err(stop),
    }
}

/// Says what a person should know of an input before anything is fetched for it.
fn tell(run: &Run, given: &str, loaded: &Loaded, said: &Said, report: &Listener) {
    logged::document(given, &loaded.document, &said.references);
    if let Some(flaw) = &said.flaw {
        report(Event::Notice(format!(
            "{}: its front matter is not right ({flaw}); images that it names there may not be found",
            public(given)
        )));
    }
    if loaded.site.is_none() && run.first_without_site() {
        report(Event::Notice(without_site(given)));
    }
}

/// Says that something given for the run is sent nowhere for this input, which nobody may have meant.
fn without_site(given: &str) -> String {
    format!(
        "{} has no address, so no header field that is for the input's own site alone is sent for it (give the address \
         with --base, or name the host: --header 'HOST=NAME: VALUE')",
        public(given)
    )
}

/// Says that two files are one article, which nobody may have meant.
fn same_key(given: &str, other: &str, key: &str) -> String {
    format!(
        "{given} and {other} are both known as {key}: their captures are one article's (give one of them another key \
         with --as)"
    )
}

/// Stores the document's bytes as they came.
async fn put(run: &Arc<Run>, loaded: Loaded) -> Result<(Loaded, Digest), CaptureError> {
    let run = Arc::clone(run);
    blocking(move || {
        let mut blob = run.world.writer.blob()?;
        blob.put(&loaded.document.bytes)?;
        let stored = blob.finish(snapshot::DOCUMENT_EXTENSION)?;
        run.count_stored(if stored.new { stored.bytes } else { 0 });
        Ok((loaded, stored.digest))
    })
    .await
}
