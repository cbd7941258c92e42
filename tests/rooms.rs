//! The walls between the rooms of `docs/architecture.md`, held by the build: who may import whom, where each outside crate
//! lives, and which room may touch files, clocks, environment, network and terminal. Tests inside `src/` are not judged.

#![expect(clippy::unwrap_used, reason = "a test may panic")]

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use proc_macro2::{TokenStream, TokenTree};
use quote::ToTokens;

/// A room: a top-level module of the crate, or a part of one that has rules of its own.
struct Room {
    name: &'static str,
    /// The rooms it may import, besides itself.
    imports: &'static [&'static [&'static str]],
    /// What of the world it may touch.
    touches: &'static [&'static str],
}

/// Core in the order in which its parts may know each other; then the shell, which knows core only; then the verbs; then
/// the edge. A room that is not listed here fails the test.
#[rustfmt::skip]
const ROOMS: &[Room] = &[
    // core: bytes in, values out
    Room { name: "digest",    imports: &[], touches: &[] },
    Room { name: "merkle",    imports: &[&["digest"]], touches: &[] },
    Room { name: "checkpoint", imports: &[&["digest", "ssh"]], touches: &[] },
    Room { name: "ssh",       imports: &[], touches: &[] },
    Room { name: "portable",  imports: &[], touches: &[] },
    Room { name: "link",      imports: &[], touches: &[] },
    Room { name: "media",     imports: &[], touches: &[] },
    Room { name: "source",    imports: &[&["link"]], touches: &[] },
    Room { name: "document",  imports: &[&["link", "media"]], touches: &[] },
    Room { name: "nature",    imports: &[&["media", "document"]], touches: &[] },
    Room { name: "refs",      imports: &[&["link", "document"]], touches: &[] },
    Room { name: "listing",   imports: &[&["link", "document", "nature", "refs"]], touches: &[] },
    Room { name: "placeholder", imports: &[&["digest", "link"]], touches: &[] },
    Room { name: "exchange",  imports: &[&["digest", "link"]], touches: &[] },
    Room { name: "memento",   imports: &[&["link", "exchange"]], touches: &[] },
    Room { name: "robots",    imports: &[&["link"]], touches: &[] },
    Room { name: "snapshot",  imports: &[&["digest", "link", "media", "document", "refs", "exchange"]], touches: &[] },
    Room { name: "proof",     imports: &[&["digest", "merkle", "checkpoint", "snapshot"]], touches: &[] },
    Room { name: "generator", imports: &[&["portable"]], touches: &[] },
    Room { name: "schedule",  imports: &[&["digest"]], touches: &[] },
    Room { name: "render",    imports: &[&["digest", "link", "media", "document", "refs", "exchange", "snapshot", "generator"]], touches: &[] },
    Room { name: "change",    imports: &[&["link", "document", "refs", "snapshot"]], touches: &[] },
    Room { name: "causes",    imports: &[], touches: &[] },
    Room { name: "finding",   imports: &[&["digest"]], touches: &[] },
    Room { name: "event",     imports: &[&["digest", "snapshot", "change"]], touches: &[] },
    // shell: one part of the world each; they do not know each other
    Room { name: "inputs",    imports: &[CORE], touches: &["files"] },
    Room { name: "outputs",   imports: &[CORE], touches: &["files"] },
    Room { name: "fetch",     imports: &[CORE], touches: &["network", "clock", "environment", "runtime"] },
    Room { name: "proven",    imports: &[&["digest"]], touches: &["files", "process"] },
    Room { name: "archive",   imports: &[CORE], touches: &["files", "clock", "process", "threads"] },
    Room { name: "keygen",    imports: &[CORE], touches: &["process"] },
    Room { name: "threads",   imports: &[], touches: &["threads"] },
    // verbs: the order of things; a run of captures ends with the front pages, and `verify` looks at them; `extract`
    // and `inspect` look at an input; `show` tells of
    // one article what `list` tells of each
    Room { name: "catalogue", imports: &[CORE, SHELL], touches: &[] },
    Room { name: "views",     imports: &[CORE, SHELL], touches: &[] },
    Room { name: "capture",   imports: &[CORE, SHELL, &["catalogue", "views"]], touches: &["runtime"] },
    Room { name: "mirror",    imports: &[CORE, SHELL, &["capture"]], touches: &["runtime"] },
    Room { name: "look",      imports: &[CORE, SHELL], touches: &[] },
    Room { name: "extract",   imports: &[CORE, SHELL, &["look"]], touches: &[] },
    Room { name: "inspect",   imports: &[CORE, SHELL, &["look"]], touches: &[] },
    Room { name: "may_fetch", imports: &[CORE, SHELL], touches: &[] },
    Room { name: "list",      imports: &[CORE, SHELL], touches: &[] },
    Room { name: "show",      imports: &[&["digest", "snapshot", "archive", "list"]], touches: &[] },
    Room { name: "diff",      imports: &[CORE, SHELL], touches: &[] },
    Room { name: "rot",       imports: &[CORE, SHELL], touches: &[] },
    Room { name: "restore",   imports: &[CORE, SHELL], touches: &[] },
    Room { name: "export",    imports: &[CORE, SHELL], touches: &[] },
    Room { name: "remove",    imports: &[CORE, SHELL, &["catalogue", "list"]], touches: &[] },
    Room { name: "prune",     imports: &[CORE, SHELL, &["catalogue"]], touches: &[] },
    Room { name: "copy",      imports: &[CORE, SHELL, &["catalogue", "views"]], touches: &["threads"] },
    Room { name: "sign",      imports: &[CORE, SHELL], touches: &[] },
    Room { name: "prove",     imports: &[CORE, SHELL, &["diff"]], touches: &[] },
    Room { name: "verify",    imports: &[CORE, SHELL, &["catalogue"]], touches: &["threads"] },
    Room { name: "repair",    imports: &[CORE, SHELL, &["views", "catalogue", "verify"]], touches: &[] },
    // edge: a person or a scheduler
    Room { name: "cli",       imports: &[CORE, SHELL, VERBS], touches: &["files", "clock", "environment", "terminal", "process", "runtime", "threads", "manager"] },
    Room { name: "lib",       imports: &[], touches: &[] },
    Room { name: "main",      imports: &[&["cli"]], touches: &["process"] },
];

#[rustfmt::skip]
const CORE: &[&str] = &[
    "digest", "merkle", "checkpoint", "ssh", "portable", "link", "media", "source", "document", "nature", "refs", "listing", "placeholder", "exchange", "memento", "robots", "snapshot", "proof", "generator", "schedule",
    "render", "change", "causes", "finding", "event",
];
const SHELL: &[&str] = &[
    "inputs", "outputs", "fetch", "keygen", "proven", "archive", "threads",
];
#[rustfmt::skip]
const VERBS: &[&str] = &["catalogue", "views", "capture", "mirror", "look", "extract", "inspect", "may_fetch", "list", "show", "diff", "rot", "restore", "export", "remove", "prune", "sign", "prove", "copy", "verify", "repair"];

/// Where each outside crate lives: the modules that may name it. Those of [`ANYWHERE`] are the language of the project.
#[rustfmt::skip]
const HOMES: &[(&str, &[&str])] = &[
    ("sha2", &["digest"]),
    ("data_encoding", &["digest", "ssh"]),
    ("ring", &["ssh"]),
    ("url", &["link"]),
    ("lol_html", &["document::markup"]),
    ("htmlize", &["document::located"]),
    ("scraper", &["document::dom"]),
    ("html5ever", &["document::dom"]),
    ("granit_parser", &["document::front_matter"]),
    ("toml", &["refs::html::lazy", "placeholder", "cli::config"]),
    ("toml_edit", &["cli::mirror::sources"]),
    ("base64", &["render::inline", "fetch::headers"]),
    ("toml_parser", &["document::front_matter"]),
    ("chardetng", &["document::charset"]),
    ("encoding_rs", &["document", "refs", "listing", "render"]),
    ("cssparser", &["refs::css"]),
    ("pulldown_cmark", &["refs::markdown"]),
    ("memchr", &["media", "document", "nature", "refs", "listing", "robots", "render"]),
    ("unicode_normalization", &["inputs"]),
    ("tempfile", &["outputs"]),
    ("reqwest", &["fetch"]),
    ("rustls", &["fetch"]),
    ("rustls_platform_verifier", &["fetch::connect"]),
    ("webpki_root_certs", &["fetch"]),
    ("hyper_util", &["fetch::proxy"]),
    ("psl", &["fetch::cookies"]),
    ("bytes", &["fetch"]),
    ("flate2", &["fetch::coding", "media"]),
    ("brotli_decompressor", &["fetch::coding"]),
    ("rustix", &["archive::disk", "fetch::shortage", "cli::files"]),
    ("futures_util", &["fetch", "capture", "mirror", "repair"]),
    ("tokio", &["fetch", "capture", "mirror", "cli"]),
    ("tokio_util", &["capture", "repair", "cli"]),
    ("croner", &["schedule::pattern"]),
    ("clap", &["cli::args", "cli"]),
    ("clap_complete", &["cli::completions", "cli::args::shell"]),
    ("clap_mangen", &["cli::man"]),
    ("tracing", &["fetch", "archive", "capture", "cli"]),
    ("tracing_subscriber", &["cli::log"]),
    ("indicatif", &["cli::progress"]),
    ("anyhow", &["cli"]),
];

const ANYWHERE: &[&str] = &[
    "serde",
    "serde_json",
    "thiserror",
    "jiff",
    "std",
    "core",
    "alloc",
];

/// What a path means for the world. The longest prefix counts.
#[rustfmt::skip]
const WORLD: &[(&str, &str)] = &[
    ("std::fs", "files"),
    ("std::os::unix::fs", "files"),
    ("rustix::fs", "files"),
    ("std::env", "environment"),
    ("std::time::SystemTime", "clock"),
    ("std::time::Instant", "clock"),
    ("jiff::Timestamp::now", "clock"),
    ("Timestamp::now", "clock"),
    ("Instant::now", "clock"),
    ("jiff::Zoned::now", "clock"),
    ("jiff::tz::TimeZone::get", "files"),
    ("TimeZone::get", "files"),
    ("jiff::tz::TimeZone::system", "environment"),
    ("TimeZone::system", "environment"),
    ("jiff::tz::db", "files"),
    ("std::net::TcpStream", "network"),
    ("std::net::TcpListener", "network"),
    ("std::net::UdpSocket", "network"),
    ("std::net::ToSocketAddrs", "network"),
    ("tokio::net", "network"),
    ("reqwest", "network"),
    ("std::os::unix::net", "manager"),
    ("std::os::linux::net", "manager"),
    ("std::process", "process"),
    ("std::thread", "threads"),
    ("tokio", "runtime"),
    ("std::io::stdout", "terminal"),
    ("std::io::stderr", "terminal"),
    ("std::io::stdin", "terminal"),
    ("io::stdout", "terminal"),
    ("io::stderr", "terminal"),
    ("io::stdin", "terminal"),
];

#[test]
fn the_walls_stand() {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut broken = Vec::new();
    for file in files(&source) {
        let module = module_of(&source, &file);
        let text = std::fs::read_to_string(&file).unwrap();
        let question = text.lines().next().unwrap();
        if !question.starts_with("//! ") || !question.contains('?') {
            broken.push(format!("{module}: its first line is no question"));
        }
        let is_core = CORE.contains(&module.split("::").next().unwrap());
        if is_core && !question.ends_with(" Pure.") {
            broken.push(format!(
                "{module}: its first line does not end with `Pure.`"
            ));
        }
        let parsed = syn::parse_file(&text).unwrap();
        let mut paths = Vec::new();
        collect(&parsed.items, &module, &mut paths);
        paths.sort();
        paths.dedup();
        broken.extend(paths.iter().filter_map(|path| judge(&module, path)));
    }
    assert!(broken.is_empty(), "\n{}\n", broken.join("\n"));
}

#[test]
fn the_table_names_only_rooms_and_crates_that_exist() {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let named = HOMES.iter().flat_map(|(_, homes)| *homes).copied();
    for name in ROOMS.iter().map(|room| room.name).chain(named) {
        let path = name.replace("::", "/");
        let is_there = source.join(&path).is_dir() || source.join(format!("{path}.rs")).is_file();
        assert!(is_there, "no room {name}");
    }
    let manifest =
        std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("Cargo.toml")).unwrap();
    let dependencies = manifest
        .split("[dependencies]")
        .nth(1)
        .unwrap()
        .split("\n[")
        .next()
        .unwrap();
    let declared: Vec<String> = dependencies
        .lines()
        .filter_map(|line| line.split_once('='))
        .map(|(name, _)| name.trim().replace('-', "_"))
        .filter(|name| !ANYWHERE.contains(&name.as_str()))
        .collect();
    let homes: BTreeMap<_, _> = HOMES.iter().copied().collect();
    for name in &declared {
        assert!(
            homes.contains_key(name.as_str()),
            "crate {name} has no home in HOMES"
        );
    }
    for name in homes.keys() {
        assert!(
            declared.iter().any(|declared| declared == name),
            "HOMES names {name}, which is no dependency"
        );
    }
}

/// Says what is wrong with `path` standing in `module`, if anything is.
fn judge(module: &str, path: &str) -> Option<String> {
    let room_name = module.split("::").next().unwrap();
    let Some(room) = ROOMS.iter().find(|room| room.name == room_name) else {
        return Some(format!(
            "{module}: the room {room_name} is not in the table"
        ));
    };
    let first = path.split("::").next().unwrap();
    if let Some(ours) = path.strip_prefix("crate::") {
        let other = ours.split("::").next().unwrap();
        let is_room = ROOMS.iter().any(|room| room.name == other);
        let allowed = other == room_name
            || !is_room
            || room.imports.iter().any(|rooms| rooms.contains(&other));
        return (!allowed)
            .then(|| format!("{module} names {path}: {room_name} may not know {other}"));
    }
    let touched = WORLD
        .iter()
        .filter(|(prefix, _)| path == *prefix || path.starts_with(&format!("{prefix}::")))
        .max_by_key(|(prefix, _)| prefix.len());
    if let Some((_, world)) = touched
        && !room.touches.contains(world)
    {
        return Some(format!(
            "{module} names {path}: {room_name} may not touch the {world}"
        ));
    }
    let (_, homes) = HOMES.iter().find(|(name, _)| *name == first)?;
    let at_home = homes
        .iter()
        .any(|home| module == *home || module.starts_with(&format!("{home}::")));
    (!at_home).then(|| {
        format!(
            "{module} names {path}: the crate {first} lives in {}",
            homes.join(", ")
        )
    })
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() && !path.ends_with("tests") {
            found.extend(files(&path));
        } else if path.extension().is_some_and(|extension| extension == "rs")
            && !path.ends_with("tests.rs")
        {
            found.push(path);
        }
    }
    found.sort();
    found
}

fn module_of(source: &Path, file: &Path) -> String {
    let below = file.strip_prefix(source).unwrap().with_extension("");
    let mut names: Vec<_> = below.iter().map(|name| name.to_str().unwrap()).collect();
    if names.last() == Some(&"mod") {
        names.pop();
    }
    names.join("::")
}

/// Collects every path of `items` that begins with a crate, `crate` or `super`, imported or written out.
fn collect(items: &[syn::Item], module: &str, paths: &mut Vec<String>) {
    for item in items {
        match item {
            syn::Item::Use(import) => flatten(&import.tree, "", module, paths),
            syn::Item::Mod(inner) if is_test(&inner.attrs) => {}
            syn::Item::Mod(inner) => {
                if let Some((_, items)) = &inner.content {
                    collect(items, &format!("{module}::{}", inner.ident), paths);
                }
            }
            other => scan(other.to_token_stream(), module, paths),
        }
    }
}

fn is_test(attributes: &[syn::Attribute]) -> bool {
    attributes
        .iter()
        .any(|attribute| attribute.to_token_stream().to_string().replace(' ', "") == "#[cfg(test)]")
}

fn flatten(tree: &syn::UseTree, before: &str, module: &str, paths: &mut Vec<String>) {
    let joined = |name: String| {
        if before.is_empty() {
            name
        } else {
            format!("{before}::{name}")
        }
    };
    match tree {
        syn::UseTree::Path(path) => {
            flatten(&path.tree, &joined(path.ident.to_string()), module, paths);
        }
        syn::UseTree::Name(name) => paths.extend(resolve(&joined(name.ident.to_string()), module)),
        syn::UseTree::Rename(name) => {
            paths.extend(resolve(&joined(name.ident.to_string()), module));
        }
        syn::UseTree::Glob(_) => paths.extend(resolve(&joined("*".to_owned()), module)),
        syn::UseTree::Group(group) => {
            let trees = group.items.iter();
            trees.for_each(|tree| flatten(tree, before, module, paths));
        }
    }
}

/// Finds `a::b::c` anywhere in the tokens, macros included.
fn scan(tokens: TokenStream, module: &str, paths: &mut Vec<String>) {
    let mut path = String::new();
    let mut colons = 0;
    for token in tokens {
        match token {
            TokenTree::Ident(name) if colons == 2 && !path.is_empty() => {
                path = format!("{path}::{name}");
                colons = 0;
            }
            TokenTree::Ident(name) => {
                paths.extend(resolve(&path, module));
                path = name.to_string();
                colons = 0;
            }
            TokenTree::Punct(punct) if punct.as_char() == ':' => colons += 1,
            other => {
                paths.extend(resolve(&path, module));
                path.clear();
                colons = 0;
                if let TokenTree::Group(group) = other {
                    scan(group.stream(), module, paths);
                }
            }
        }
    }
    paths.extend(resolve(&path, module));
}

/// Makes a path absolute within the crate; a single name that imports nothing says nothing.
fn resolve(path: &str, module: &str) -> Option<String> {
    let mut names: Vec<&str> = path.split("::").collect();
    if names.len() < 2 {
        return None;
    }
    if names[0] == "self" {
        names[0] = module;
        return Some(format!("crate::{}", names.join("::")));
    }
    if names[0] != "super" {
        return Some(path.to_owned());
    }
    let mut parents: Vec<&str> = module.split("::").collect();
    while names.first() == Some(&"super") {
        parents.pop();
        names.remove(0);
    }
    parents.extend(names);
    Some(format!("crate::{}", parents.join("::")))
}
