//! Which of two images of one picture does a page show: the preview that stands there, or the one behind it? Pure.

use std::collections::{HashMap, HashSet};

use super::Mention;
use crate::document::Span;

/// The widest preview: what pages show blurred until the image is there has 20 to 60 pixels.
const PREVIEW_PIXELS_MAX: u32 = 100;

/// Chooses, among the images of one document, between those of a `<noscript>` and the one before it: what the page shows until
/// its script runs makes way where it is a mere preview. Where it is not, what said that it may be is taken away.
pub fn choose(mentions: &mut [Mention]) {
    let mut widest: HashMap<Span, u32> = HashMap::new();
    for mention in mentions.iter() {
        if let (Some(preview), Some(width)) = (mention.instead_of(), mention.width()) {
            let widest = widest.entry(preview).or_default();
            *widest = width.max(*widest);
        }
    }
    let is_preview = |tag: &Span| {
        let first = mentions.partition_point(|mention| mention.start < tag.start);
        let shown = mentions[first..].iter();
        let shown = shown.take_while(|mention| mention.start < tag.end);
        let width = shown.filter_map(Mention::width).max();
        width.is_some_and(|width| width <= PREVIEW_PIXELS_MAX && widest[tag] / 2 >= width)
    };
    let previews: HashSet<Span> = widest.keys().copied().filter(is_preview).collect();
    for mention in mentions {
        let is_chosen = |preview| previews.contains(&preview);
        if mention
            .instead_of()
            .is_some_and(|preview| !is_chosen(preview))
        {
            mention.promotion = None;
        }
    }
}
