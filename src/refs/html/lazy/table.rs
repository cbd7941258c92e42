//! Which attributes do lazy loaders read? The names, and the hosts with ways of their own, as data. Home of toml. Pure.

use std::sync::LazyLock;

use serde::Deserialize;

/// The names of attributes that lazy loaders read: what `lazy.toml` beside this file holds, and the section `[lazy]` of a
/// configuration file. It acts when references are found; what it led to is recorded.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct LazyTable {
    /// Attributes of `<img>` that hold one address, those first that win.
    pub sources: Vec<String>,
    /// The same, where the value's path ends as that of an image.
    pub sources_if_image: Vec<String>,
    /// The same, where the tag has nothing else to show.
    pub sources_if_nothing_shown: Vec<String>,
    /// The file names of what stands in a `src` meanwhile, and shows nothing.
    pub stand_ins: Vec<String>,
    /// Attributes of `<img>` and `<source>` that hold a set.
    pub sets: Vec<String>,
    /// Attributes of any element that become its background.
    pub backgrounds: Vec<String>,
    /// Hosts with ways of their own.
    #[serde(rename = "host")]
    pub hosts: Vec<HostRule>,
}

/// What is different on some hosts.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HostRule {
    /// The hosts of the page or of the image, each with all below it.
    pub hosts: Vec<String>,
    /// Attributes of `<img>` that count there, before all others.
    #[serde(default)]
    pub sources: Vec<String>,
    /// Sets that count there, before all others.
    #[serde(default)]
    pub sets: Vec<String>,
    /// Backgrounds that count there, before all others.
    #[serde(default)]
    pub backgrounds: Vec<String>,
    /// Attributes that do not count there.
    #[serde(default)]
    pub ignored: Vec<String>,
}

static BUILT_IN: LazyLock<LazyTable> = LazyLock::new(|| {
    toml::from_str(include_str!("lazy.toml")).expect("a test reads the table that is built in")
});

impl LazyTable {
    /// Returns the table that every Offprint has.
    #[must_use]
    pub fn built_in() -> &'static Self {
        &BUILT_IN
    }

    /// Returns the built-in table with the names and hosts of this one before its own.
    #[must_use]
    pub fn before_built_in(mut self) -> Self {
        fn joined<T: Clone>(mut first: Vec<T>, then: &[T]) -> Vec<T> {
            first.extend_from_slice(then);
            first
        }
        // A page's names are read in lowercase.
        self.lists_mut()
            .flatten()
            .for_each(|name| name.make_ascii_lowercase());
        let built_in = Self::built_in();
        Self {
            sources: joined(self.sources, &built_in.sources),
            sources_if_image: joined(self.sources_if_image, &built_in.sources_if_image),
            sources_if_nothing_shown: joined(
                self.sources_if_nothing_shown,
                &built_in.sources_if_nothing_shown,
            ),
            stand_ins: joined(self.stand_ins, &built_in.stand_ins),
            sets: joined(self.sets, &built_in.sets),
            backgrounds: joined(self.backgrounds, &built_in.backgrounds),
            hosts: joined(self.hosts, &built_in.hosts),
        }
    }
}

impl LazyTable {
    /// Returns every list of names.
    fn lists_mut(&mut self) -> impl Iterator<Item = &mut Vec<String>> {
        let of_hosts = self.hosts.iter_mut().flat_map(|rule| {
            [
                &mut rule.sources,
                &mut rule.sets,
                &mut rule.backgrounds,
                &mut rule.ignored,
            ]
        });
        [
            &mut self.sources,
            &mut self.sources_if_image,
            &mut self.sources_if_nothing_shown,
            &mut self.sets,
            &mut self.backgrounds,
        ]
        .into_iter()
        .chain(of_hosts)
    }
}

impl HostRule {
    /// Returns whether the rule is for this host.
    pub(super) fn is_for(&self, host: &str) -> bool {
        self.hosts.iter().any(|known| {
            let rest = host
                .len()
                .checked_sub(known.len())
                .map(|length| host.split_at_checked(length));
            rest.flatten().is_some_and(|(before, end)| {
                end.eq_ignore_ascii_case(known) && (before.is_empty() || before.ends_with('.'))
            })
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_that_is_built_in_is_read_and_names_nothing_twice() {
        let table = LazyTable::built_in();
        let mut names: Vec<&String> = [
            &table.sources,
            &table.sources_if_image,
            &table.sources_if_nothing_shown,
            &table.sets,
            &table.backgrounds,
        ]
        .into_iter()
        .flatten()
        .collect();
        assert!(names.iter().all(|name| **name == name.to_ascii_lowercase()));
        let all = names.len();
        names.sort();
        names.dedup();
        assert_eq!(names.len(), all, "a name stands twice");
        let mut hosts: Vec<&String> = table.hosts.iter().flat_map(|rule| &rule.hosts).collect();
        let all = hosts.len();
        hosts.sort();
        hosts.dedup();
        assert_eq!(hosts.len(), all, "a host stands twice");
        for rule in &table.hosts {
            for list in [&rule.sources, &rule.sets, &rule.backgrounds, &rule.ignored] {
                let mut names = list.clone();
                names.sort();
                names.dedup();
                assert_eq!(names.len(), list.len(), "{:?} has a name twice", rule.hosts);
            }
        }
    }

    #[test]
    fn a_host_counts_with_all_below_it() {
        let rule = HostRule {
            hosts: vec!["zhihu.com".to_owned()],
            ..HostRule::default()
        };
        for host in ["zhihu.com", "zhuanlan.zhihu.com", "ZHIHU.com"] {
            assert!(rule.is_for(host), "{host}");
        }
        for host in ["notzhihu.com", "zhihu.com.test", "com", "", "知乎zhihu.com"] {
            assert!(!rule.is_for(host), "{host}");
        }
    }

    #[test]
    fn what_a_user_adds_stands_first() {
        let added: LazyTable =
            toml::from_str("sources = ['data-mine']\n[[host]]\nhosts = ['h.test']\nsets = ['s']")
                .unwrap();
        let table = added.before_built_in();
        assert_eq!(table.sources[0], "data-mine");
        assert_eq!(table.sources[1], "data-src");
        assert_eq!(table.hosts[0].hosts, ["h.test"]);
        assert_eq!(table.sets, LazyTable::built_in().sets);
    }
}
