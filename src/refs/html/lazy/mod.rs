//! Which attributes hold what a script would put in place, and what is done so that it shows without? Pure.

mod gate;
mod table;

use crate::document::Span;
use crate::document::markup::{Attribute, StartTag};
use crate::refs::ending::is_of_image;
use crate::refs::{Promotion, Rename};

use gate::Gate;
pub use table::{HostRule, LazyTable};

/// What the value of a lazy `<img>` attribute is to the page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Standing {
    /// A loader puts it into `src`.
    Shown,
    /// Many other things have this name too: it counts if it has the extension of an image.
    ShownIfImage,
    /// Another size of the image, for zooming: it counts if the tag has nothing else to show.
    Instead,
}

/// One of the lists of a rule.
type List = fn(&HostRule) -> &Vec<String>;

/// The names that count on one page.
#[derive(Debug)]
pub(super) struct Names<'t> {
    table: &'t LazyTable,
    /// The rules for the page's own host.
    here: Vec<&'t HostRule>,
    /// The rules for the hosts of images.
    elsewhere: Vec<&'t HostRule>,
    sources: Gate,
    sets: Gate,
    backgrounds: Gate,
}

impl<'t> Names<'t> {
    /// Returns the names that count on a page of `host`.
    pub(super) fn new(table: &'t LazyTable, host: Option<&str>) -> Self {
        let is_here = |rule: &&HostRule| host.is_some_and(|host| rule.is_for(host));
        let (here, elsewhere) = table.hosts.iter().partition(is_here);
        let gate = |lists: &[&Vec<String>], list: List| {
            let of_hosts = table.hosts.iter().map(list);
            Gate::of(lists.iter().copied().chain(of_hosts).flatten())
        };
        Self {
            table,
            here,
            elsewhere,
            sources: gate(
                &[
                    &table.sources,
                    &table.sources_if_image,
                    &table.sources_if_nothing_shown,
                ],
                |rule| &rule.sources,
            ),
            sets: gate(&[&table.sets], |rule| &rule.sets),
            backgrounds: gate(&[&table.backgrounds], |rule| &rule.backgrounds),
        }
    }

    /// Returns the attributes of an image that may hold its address, those first that win over the others. `host` says of
    /// which host an address is.
    pub(super) fn sources<'n, 'h>(
        &self,
        tag: &'n StartTag<'h>,
        host: impl Fn(&str) -> Option<String>,
    ) -> Vec<(&'n Attribute<'h>, Standing)> {
        if !self.sources.admits(tag) {
            return Vec::new();
        }
        let of_hosts = self.of_hosts(tag, |rule| &rule.sources, host);
        let mut found: Vec<_> = of_hosts
            .into_iter()
            .map(|attribute| (attribute, Standing::Shown))
            .collect();
        let table = self.table;
        let lists = [
            (&table.sources, Standing::Shown),
            (&table.sources_if_image, Standing::ShownIfImage),
            (&table.sources_if_nothing_shown, Standing::Instead),
        ];
        for (names, standing) in lists {
            for attribute in self.present(tag, names) {
                if !found
                    .iter()
                    .any(|(other, _)| std::ptr::eq(*other, attribute))
                {
                    found.push((attribute, standing));
                }
            }
        }
        found
    }

    /// Returns the attributes that may hold a set, those first that win over the others.
    pub(super) fn sets<'n, 'h>(&self, tag: &'n StartTag<'h>) -> Vec<&'n Attribute<'h>> {
        self.named(tag, self.sets, |rule| &rule.sets, &self.table.sets)
    }

    /// Returns the attributes that may hold what becomes the background of any element.
    pub(super) fn backgrounds<'n, 'h>(&self, tag: &'n StartTag<'h>) -> Vec<&'n Attribute<'h>> {
        let list: List = |rule| &rule.backgrounds;
        self.named(tag, self.backgrounds, list, &self.table.backgrounds)
    }

    /// Returns whether `tag` shows an image without any script.
    pub(super) fn shows_something(&self, tag: &StartTag) -> bool {
        let is_real = |name: &str| {
            tag.attribute(name).is_some_and(|attribute| {
                let value = attribute.value();
                let value = value.trim_ascii();
                !value.is_empty() && !is_data(value) && !self.is_stand_in(value)
            })
        };
        is_real("src") || is_real("srcset")
    }

    fn is_stand_in(&self, address: &str) -> bool {
        let path = path(address);
        let name = path.rsplit_once('/').map_or(path, |(_, name)| name);
        self.table
            .stand_ins
            .iter()
            .any(|known| name.eq_ignore_ascii_case(known))
    }

    fn named<'n, 'h>(
        &self,
        tag: &'n StartTag<'h>,
        gate: Gate,
        list: List,
        general: &[String],
    ) -> Vec<&'n Attribute<'h>> {
        if !gate.admits(tag) {
            return Vec::new();
        }
        let mut found = self.of_hosts(tag, list, |_| None);
        for attribute in self.present(tag, general) {
            if !found.iter().any(|other| std::ptr::eq(*other, attribute)) {
                found.push(attribute);
            }
        }
        found
    }

    /// Returns the attributes that count because of the page's host or of their address's.
    fn of_hosts<'n, 'h>(
        &self,
        tag: &'n StartTag<'h>,
        list: List,
        host: impl Fn(&str) -> Option<String>,
    ) -> Vec<&'n Attribute<'h>> {
        let here = self.here.iter().flat_map(|rule| list(rule));
        let mut found: Vec<_> = here.filter_map(|name| tag.attribute(name)).collect();
        for rule in &self.elsewhere {
            for attribute in list(rule).iter().filter_map(|name| tag.attribute(name)) {
                let is_theirs = || host(&attribute.value()).is_some_and(|host| rule.is_for(&host));
                let is_new = !found.iter().any(|other| std::ptr::eq(*other, attribute));
                if is_new && is_theirs() {
                    found.push(attribute);
                }
            }
        }
        found
    }

    /// Returns the attributes of these names that `tag` has, and that the page's host does not have for another thing.
    fn present<'n, 'h>(
        &self,
        tag: &'n StartTag<'h>,
        names: &[String],
    ) -> impl Iterator<Item = &'n Attribute<'h>> {
        let is_ignored = |name: &String| self.here.iter().any(|rule| rule.ignored.contains(name));
        names
            .iter()
            .filter(move |name| !is_ignored(name))
            .filter_map(|name| tag.attribute(name))
    }
}

/// Returns whether the value of a lazy attribute is an address, and no word, number, template or JSON.
pub(super) fn is_address(value: &str) -> bool {
    let is_program = value.contains(['{', '}', '<', '>']) || value.starts_with('[');
    let is_path = ["http:", "https:", "/", "./", "../"]
        .iter()
        .any(|start| value.starts_with(start));
    let is_one_word = !value.contains(char::is_whitespace);
    !is_program && (is_path || is_of_image(value) || (is_one_word && value.contains('/')))
}

fn path(address: &str) -> &str {
    address.split(['?', '#']).next().unwrap_or_default()
}

fn is_data(address: &str) -> bool {
    address
        .get(..5)
        .is_some_and(|scheme| scheme.eq_ignore_ascii_case("data:"))
}

/// Returns the renames that put the attribute at `name` in the place of `src`, and of a `srcset` that would win over it;
/// where there is a lazy set, that one does so.
pub(super) fn promote_source(tag: &StartTag, name: Span, has_lazy_set: bool) -> Promotion {
    promote(
        tag,
        name,
        if has_lazy_set {
            &["src"]
        } else {
            &["src", "srcset"]
        },
    )
}

/// Returns the renames that put the attribute at `name` in the place of `srcset`.
pub(super) fn promote_set(tag: &StartTag, name: Span) -> Promotion {
    promote(tag, name, &["srcset"])
}

/// Gives the attribute at `name` the first name of `places`, and takes all `places` from the others. Each of several
/// with one name is renamed: once the first is gone, the second would count.
fn promote(tag: &StartTag, name: Span, places: &[&str]) -> Promotion {
    let rename = |span: Span, to: String| Rename {
        start: span.start,
        end: span.end,
        to,
    };
    let old = tag
        .attributes
        .iter()
        .filter(|attribute| places.contains(&&*attribute.name));
    let mut renames: Vec<_> = old
        .map(|attribute| {
            rename(
                attribute.name_span,
                format!("data-offprint-{}", attribute.name),
            )
        })
        .collect();
    renames.extend(
        places
            .first()
            .map(|place| rename(name, (*place).to_owned())),
    );
    renames.sort_by_key(|rename| rename.start);
    Promotion {
        instead_of: None,
        renames,
        background: false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_told_from_other_values() {
        for address in [
            "a.png",
            "A.JPG?x",
            "/a",
            "a/b",
            "//h.test/a",
            "https://h.test/640?wx_fmt=png",
            "../my image.png",
            "my image.png",
            "data:image/png,x",
        ] {
            assert!(is_address(address), "{address}");
        }
        for other in [
            "",
            "true",
            "1",
            "0.5",
            "a.b",
            "lazy load",
            "and/or so",
            "{\"a\":\"/b.png\"}",
            "[\"/a.png\"]",
            "/{width}/a.png",
            "<img src=/a.png>",
        ] {
            assert!(!is_address(other), "{other}");
        }
    }
}
