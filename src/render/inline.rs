//! What must stand in the page itself, as a browser refuses to take it from disk? Resources as `data:` URLs. Pure.

use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::rc::Rc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD;

use super::missing::percent_encoded;
use super::relink::Blob;
use super::svg;
use crate::digest::Digest;
use crate::link::Link;
use crate::media::MediaType;
use crate::snapshot::Resource;

/// The largest resource that is put into a page. Masks are icons of some hundred bytes; a few are pictures.
const RESOURCE_BYTES_MAX: u64 = 4 * 1024 * 1024;

/// How much is put into one view in all, its stylesheets among it: a page that masks a hundred times with one large picture
/// stays one that a browser opens.
const VIEW_BYTES_MAX: usize = 32 * 1024 * 1024;

/// Why what a browser takes only from the page itself is not there.
pub(crate) const TOO_LARGE: &str = "it is too large to stand in the page itself";

/// Puts resources of the archive into a view.
pub(crate) struct Inliner<'a> {
    blob: Blob<'a>,
    /// How many bytes may still be put.
    left: Cell<usize>,
    /// What has been read, by the blob's digest; `None` where it can't be put into a page.
    read: RefCell<HashMap<Digest, Option<Rc<str>>>>,
}

impl std::fmt::Debug for Inliner<'_> {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("Inliner").finish_non_exhaustive()
    }
}

impl<'a> Inliner<'a> {
    /// Begins with nothing put.
    pub(crate) fn new(blob: Blob<'a>) -> Self {
        Self {
            blob,
            left: Cell::new(VIEW_BYTES_MAX),
            read: RefCell::default(),
        }
    }

    /// Returns `resource` as a `data:` URL, with the fragment of `target`; `None` where it is too large. It is ASCII without
    /// any character that needs escaping in HTML, quoted or not, or in CSS.
    pub(crate) fn data_url(&self, resource: &Resource, target: Option<&Link>) -> Option<String> {
        let known = self.read.borrow().get(&resource.digest).cloned();
        let data = known.unwrap_or_else(|| {
            let data = self.encoded(resource).map(Rc::from);
            self.read.borrow_mut().insert(resource.digest, data.clone());
            data
        })?;
        self.take(data.len())?;
        let fragment = target
            .and_then(|target| target.as_url().fragment())
            .map(fragment);
        Some(format!("{data}{}", fragment.unwrap_or_default()))
    }

    fn encoded(&self, resource: &Resource) -> Option<String> {
        if resource.size > RESOURCE_BYTES_MAX {
            return None;
        }
        if resource.media == MediaType::Svg {
            let sealed = self.sealed(&resource.digest)?;
            return Some(format!("data:image/svg+xml,{}", percent_encoded(&sealed)));
        }
        let bytes = (self.blob)(&resource.digest)?;
        let media = resource.media.essence();
        // Without padding, which browsers do not ask for: `=` would end an attribute's name.
        let data = STANDARD_NO_PAD.encode(bytes);
        Some(format!("data:{media};base64,{data}"))
    }

    /// Returns the sealed copy of an SVG.
    pub(crate) fn sealed(&self, digest: &Digest) -> Option<String> {
        String::from_utf8(svg::seal(&(self.blob)(digest)?)?).ok()
    }

    /// Returns how many bytes may still be put.
    pub(crate) fn left(&self) -> usize {
        self.left.get()
    }

    /// Takes `bytes` of what may still be put; `None` where there is not so much.
    pub(crate) fn take(&self, bytes: usize) -> Option<()> {
        self.left.set(self.left.get().checked_sub(bytes)?);
        Some(())
    }
}

/// Returns `#fragment` as it may follow any address. Its own percent signs stay.
pub(crate) fn fragment(fragment: &str) -> String {
    let parts: Vec<String> = fragment.split('%').map(percent_encoded).collect();
    format!("#{}", parts.join("%"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pictures_are_written_without_what_ends_a_name() {
        for (bytes, expected) in [("f", "Zg"), ("fo", "Zm8"), ("foo", "Zm9v")] {
            let blob = |_: &Digest| Some(bytes.as_bytes().to_vec());
            let picture = resource(bytes.as_bytes(), MediaType::Png);
            let url = Inliner::new(&blob).data_url(&picture, None).unwrap();
            assert_eq!(url, format!("data:image/png;base64,{expected}"));
        }
    }

    fn resource(bytes: &[u8], media: MediaType) -> Resource {
        Resource {
            digest: Digest::of(bytes),
            media,
            size: bytes.len() as u64,
            width: None,
            height: None,
        }
    }

    #[test]
    fn drawings_are_sealed_and_keep_the_part_that_is_meant() {
        let svg = b"<svg xmlns='http://www.w3.org/2000/svg' onload='x'><script>1</script><g id='a'/></svg>";
        let blob = |_: &Digest| Some(svg.to_vec());
        let inliner = Inliner::new(&blob);
        let target = Link::parse("https://h.test/x.svg#a'(%20)").ok();
        let url = inliner.data_url(&resource(svg, MediaType::Svg), target.as_ref());
        let url = url.unwrap();
        assert!(url.starts_with("data:image/svg+xml,%3Csvg"), "{url}");
        assert!(url.ends_with("%3C%2Fsvg%3E#a%27%28%20%29"), "{url}");
        assert!(!url.contains("script") && !url.contains("onload"), "{url}");
    }

    #[test]
    fn a_view_holds_only_so_much() {
        let bytes = vec![1; 3 * 1024 * 1024];
        let blob = |_: &Digest| Some(bytes.clone());
        let inliner = Inliner::new(&blob);
        let resource = resource(&bytes, MediaType::Png);
        let put = (0..20).filter(|_| inliner.data_url(&resource, None).is_some());
        assert_eq!(put.count(), 7);
        let large = Resource {
            size: RESOURCE_BYTES_MAX + 1,
            ..resource
        };
        assert_eq!(Inliner::new(&blob).data_url(&large, None), None);
    }
}
