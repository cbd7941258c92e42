//! Does a host give the same picture for many addresses? Then it is perhaps none of those that were asked for.

use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::{Mutex, PoisonError};

use crate::event::SameBytes;
use crate::link::Link;
use crate::snapshot::Outcome;

/// So many addresses are told of. Pages name the same picture in some sizes, and hosts without them give the one they have.
const ADDRESSES_TOLD: usize = 8;

/// So many pictures are watched at once, each with its host: a MiB at most, however long the run.
const WATCHED_MAX: usize = 8192;

/// The pictures of a run: for each and its host, the addresses it came for, all as hashes.
#[derive(Debug, Default)]
pub(super) struct Alike(Mutex<HashMap<u64, Vec<u64>>>);

impl Alike {
    /// Notes what came for `link`. Says so once, when a picture has come for many addresses of one host.
    pub(super) fn note(&self, link: &Link, outcome: &Outcome) -> Option<SameBytes> {
        let Outcome::Kept(resource) = outcome else {
            return None;
        };
        if !resource.media.is_image() || resource.is_pixel() {
            return None;
        }
        let mut watched = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        make_room(&mut watched);
        let picture = hash(&(link.host(), resource.digest));
        let names = watched.entry(picture).or_default();
        let name = hash(name(link));
        if names.len() == ADDRESSES_TOLD || names.contains(&name) {
            return None;
        }
        names.push(name);
        (names.len() == ADDRESSES_TOLD).then(|| SameBytes {
            host: link.host().to_owned(),
            digest: resource.digest,
            addresses: names.len(),
            example: link.without_user_info().to_string(),
        })
    }
}

/// Forgets what came once only, and if that is not enough, everything.
fn make_room(watched: &mut HashMap<u64, Vec<u64>>) {
    if watched.len() < WATCHED_MAX {
        return;
    }
    watched.retain(|_, names| names.len() > 1);
    if watched.len() > WATCHED_MAX / 2 {
        watched.clear();
    }
}

/// Returns what tells pictures of one host apart: the name of the file where there is one, since sizes of one picture differ
/// in the folders before it and the query behind it; the whole address otherwise.
fn name(link: &Link) -> &str {
    let url = link.as_url();
    let file = url.path().rsplit('/').next().unwrap_or_default();
    if file.contains('.') {
        file
    } else {
        link.as_str()
    }
}

fn hash(value: &(impl Hash + ?Sized)) -> u64 {
    let mut hasher = DefaultHasher::new();
    value.hash(&mut hasher);
    hasher.finish()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::digest::Digest;
    use crate::media::MediaType;
    use crate::snapshot::Resource;

    fn kept(bytes: &[u8], width: u32) -> Outcome {
        Outcome::Kept(Resource {
            digest: Digest::of(bytes),
            media: MediaType::Png,
            size: 9,
            width: Some(width),
            height: Some(width),
        })
    }

    fn told(addresses: &[String], width: u32) -> Vec<SameBytes> {
        let alike = Alike::default();
        let links = addresses.iter().map(|text| Link::parse(text).unwrap());
        links
            .filter_map(|link| alike.note(&link, &kept(b"p", width)))
            .collect()
    }

    fn numbered(pattern: &str) -> Vec<String> {
        let numbers = 0..20;
        numbers
            .map(|number| pattern.replace('N', &number.to_string()))
            .collect()
    }

    #[test]
    fn one_picture_for_many_addresses_is_told_once() {
        let told = told(&numbered("https://h.test/N.jpg"), 2);
        let expected = SameBytes {
            host: "h.test".to_owned(),
            digest: Digest::of(b"p"),
            addresses: 8,
            example: "https://h.test/7.jpg".to_owned(),
        };
        assert_eq!(told, [expected]);
        assert_eq!(self::told(&numbered("https://h.test/i?id=N"), 2).len(), 1);
    }

    #[test]
    fn what_is_no_wonder_is_not_told() {
        for pattern in [
            "https://hN.test/1.jpg",
            "https://h.test/wN/1.jpg",
            "https://h.test/1.jpg?w=N",
        ] {
            assert_eq!(told(&numbered(pattern), 2), [], "{pattern}");
        }
        assert_eq!(told(&numbered("https://h.test/N.gif"), 1), []);
    }

    #[test]
    fn what_is_watched_is_bounded() {
        let alike = Alike::default();
        let link = Link::parse("https://h.test/1.jpg").unwrap();
        for number in 0..2 * WATCHED_MAX {
            assert!(alike.note(&link, &kept(&number.to_le_bytes(), 2)).is_none());
        }
        assert!(alike.0.lock().unwrap().len() <= WATCHED_MAX);
    }
}
