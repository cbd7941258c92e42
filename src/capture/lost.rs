//! What becomes of an article whose page can't be had any more? What is here stays, and what was seen is told.

use std::sync::Arc;

use crate::change::{self, Loss};
use crate::event::Images;

use super::earlier::Earlier;
use super::error::{InputTrouble, Stop};
use super::news::News;
use super::run::Run;
use super::{Captured, Seen};

/// What an input came to whose article is here and stays as it is.
pub(super) struct Stays {
    /// What was seen.
    pub(super) loss: Loss,
    /// Why nothing was captured, for a person.
    pub(super) error: String,
}

/// Returns what comes of a page that was not even to be had: of an article that is here, an observation, where the answer says that
/// it is gone or kept from us.
pub(super) async fn refused(
    run: &Arc<Run>,
    guess: Option<&Earlier>,
    trouble: InputTrouble,
) -> Result<Captured, Stop> {
    let InputTrouble::Fetch(failure) = &trouble else {
        return Err(trouble.into());
    };
    let (Some(guess), Some(loss)) = (guess, failure.status.and_then(change::refused)) else {
        return Err(trouble.into());
    };
    stays(run, guess, loss, trouble).await
}

/// Returns what comes of a page that was taken for something else than the article.
pub(super) async fn lost(run: &Arc<Run>, guess: &Earlier, loss: Loss) -> Result<Captured, Stop> {
    let trouble = InputTrouble::Lost(loss.because.clone());
    stays(run, guess, loss, trouble).await
}

async fn stays(
    run: &Arc<Run>,
    guess: &Earlier,
    loss: Loss,
    trouble: InputTrouble,
) -> Result<Captured, Stop> {
    let seat = run
        .seat(&[guess.snapshot().source.key.clone()], None)
        .await?;
    let turn = seat.turn().await;
    let Some(last) = run.last(&seat).await? else {
        return Err(trouble.into());
    };
    let day = last.snapshot().time.strftime("%Y-%m-%d");
    let stays = Stays {
        error: format!("{trouble}; what was captured on {day} stays"),
        loss,
    };
    Ok(Captured {
        news: News::Lost(last.into_file(), stays),
        seen: Seen {
            images: Images::default(),
            missing: Vec::new(),
            lost: Vec::new(),
        },
        turn,
    })
}
