//! What does a source on the user's own disk name? A folder, a list, a feed or an outline in a file, or one article.

use std::path::Path;

use crate::causes::with_causes;
use crate::inputs::{self, Inputs, Named};
use crate::listing::{Choice, Listing};
use crate::source::Source as Input;

use super::{Kind, reading};

/// What was found.
#[derive(Debug)]
pub(super) enum Found {
    /// Inputs, as they are given to a capture; and the first thing that names none.
    Inputs(Kind, Vec<String>, Option<String>),
    /// A document that names articles.
    Listing(Kind, Listing),
}

/// Looks at a source.
///
/// # Errors
/// When it can't be read, or is something else than is expected.
pub(super) fn find(path: &Path, expected: Option<Kind>, choice: &Choice) -> Result<Found, String> {
    if path.is_dir() {
        return match expected {
            None | Some(Kind::Folder) => Ok(inputs_of(
                Kind::Folder,
                Named::Argument(path.as_os_str().to_owned()),
                choice,
            )),
            Some(other) => Err(format!("it is a folder, not {}", other.describe())),
        };
    }
    match expected {
        Some(Kind::Folder) => return Err("it is no folder".to_owned()),
        Some(Kind::List) => {
            return Ok(inputs_of(Kind::List, Named::List(path.to_owned()), choice));
        }
        _ => {}
    }
    let given = path.to_str().ok_or("its name is not UTF-8; rename it")?;
    let bytes = inputs::read(path).map_err(|error| with_causes(&error))?;
    match reading::read(bytes, None, given, None, expected)? {
        (Kind::Page, _) if expected == Some(Kind::Feed) => {
            Err("it is a page; a page on disk announces no feed".to_owned())
        }
        (Kind::Page, _) => Ok(Found::Inputs(Kind::Page, vec![given.to_owned()], None)),
        (kind, listing) => Ok(Found::Listing(kind, listing)),
    }
}

fn inputs_of(kind: Kind, named: Named, choice: &Choice) -> Found {
    let (mut given, mut trouble) = (Vec::new(), None);
    for input in Inputs::new([named]) {
        let wanted = match &input.source {
            Ok(Input::Web(link) | Input::Entry(link)) => choice.wants(link.as_str()),
            Ok(Input::File(path)) => choice.wants(&path.to_string_lossy().replace('\\', "/")),
            Err(error) => {
                let place = input
                    .place
                    .map_or_else(|| input.given.clone(), |it| it.to_string());
                trouble.get_or_insert(format!("{place}: {}", with_causes(error)));
                false
            }
        };
        if wanted {
            given.push(input.given);
        }
    }
    Found::Inputs(kind, given, trouble)
}
