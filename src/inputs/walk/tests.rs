use super::*;

/// Writes these files, and returns what a walk below `start` finds.
#[track_caller]
fn check(files: &[&str], start: &str, expected: &[&str]) {
    let folder = tempfile::tempdir().unwrap();
    for file in files {
        let path = folder.path().join(file);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, "x").unwrap();
    }
    assert_eq!(walk(folder.path(), start), expected);
}

/// Returns what a walk finds: paths below `folder`, and why something is none.
fn walk(folder: &Path, start: &str) -> Vec<String> {
    let below = |path: &Path| path.strip_prefix(folder).unwrap().display().to_string();
    Walk::new(folder.join(start))
        .map(|(path, result)| match result {
            Ok(()) => below(&path),
            Err(InputError::Loop(_)) => format!("{} loops", below(&path)),
            Err(InputError::NothingInFolder(_)) => format!("{} is empty", below(&path)),
            Err(InputError::Read { source, .. }) => {
                format!("{} {:?}", below(&path), source.kind())
            }
            Err(other) => panic!("{other}"),
        })
        .collect()
}

#[test]
fn posts_and_pages_are_found_in_order() {
    check(
        &[
            "b.md",
            "a/z.HTML",
            "a/b.markdown",
            "a.htm",
            "c.txt",
            "d.css",
            "e.xhtml",
            "一.md",
        ],
        "",
        &[
            "a/b.markdown",
            "a/z.HTML",
            "a.htm",
            "b.md",
            "e.xhtml",
            "一.md",
        ],
    );
}

#[test]
fn what_nobody_wrote_is_left_out() {
    check(
        &[
            ".hidden.md",
            ".git/a.md",
            "node_modules/p/README.md",
            "page_files/frame.html",
            "page.html",
            "x.htm",
            "x.files/f.html",
            "other_files/a.md",
            "archive/offprint.json",
            "archive/articles/index.html",
        ],
        "",
        &["other_files/a.md", "page.html", "x.htm"],
    );
    check(
        &["node_modules/p/README.md"],
        "node_modules",
        &["node_modules/p/README.md"],
    );
}

#[test]
fn of_a_blog_its_writing_is_found() {
    check(
        &[
            "_config.yml",
            "README.md",
            "source/_posts/a.md",
            "source/about/index.md",
            "public/a/index.html",
            "themes/t/README.md",
            "scaffolds/post.md",
            "node_modules/p/README.md",
        ],
        "",
        &["source/_posts/a.md", "source/about/index.md"],
    );
    check(
        &[
            "hugo.toml",
            "content/posts/a/index.md",
            "public/index.html",
            "layouts/single.html",
            "archetypes/default.md",
        ],
        "",
        &["content/posts/a/index.md"],
    );
    check(
        &[
            "_config.yml",
            "_posts/a.md",
            "_drafts/b.md",
            "_site/a.html",
            "_layouts/post.html",
            "index.html",
        ],
        "",
        &["_drafts/b.md", "_posts/a.md"],
    );
    check(&["config.yaml", "notes/a.md"], "", &["notes/a.md"]);
    check(
        &["_config.yml", "_posts/a.md", "index.html"],
        "_posts",
        &["_posts/a.md"],
    );
    check(
        &[
            "blogs/one/_config.yml",
            "blogs/one/_posts/a.md",
            "blogs/one/b.md",
        ],
        "",
        &["blogs/one/_posts/a.md"],
    );
}

#[test]
fn nothing_to_archive_is_told() {
    check(&["a/b.txt"], "a", &["a is empty"]);
    check(&["b.txt"], "a", &["a NotFound"]);
}

#[cfg(unix)]
#[test]
fn links_are_followed_and_loops_told() {
    use std::os::unix::fs::symlink;

    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    for name in ["blog/posts", "elsewhere/deep"] {
        fs::create_dir_all(path(name)).unwrap();
    }
    fs::write(path("elsewhere/deep/a.md"), "x").unwrap();
    fs::write(path("blog/posts/b.md"), "x").unwrap();
    for (target, link) in [
        ("..", "blog/posts/up"),
        (".", "blog/posts/here"),
        ("self", "blog/self"),
        ("gone", "blog/dangling"),
        ("../elsewhere", "blog/vault"),
        ("../elsewhere", "blog/vault2"),
        ("posts/b.md", "blog/linked.md"),
        ("posts", "blog/a-link"),
    ] {
        symlink(target, path(link)).unwrap();
    }
    assert_eq!(
        walk(folder.path(), "blog"),
        [
            "blog/a-link/b.md",
            "blog/a-link/here loops",
            "blog/a-link/up loops",
            "blog/dangling NotFound",
            "blog/linked.md",
            "blog/self FilesystemLoop",
            "blog/vault/deep/a.md",
        ]
    );
}

#[cfg(target_os = "linux")]
#[test]
fn names_that_are_no_text_are_found() {
    use std::ffi::OsStr;
    use std::os::unix::ffi::OsStrExt as _;

    let folder = tempfile::tempdir().unwrap();
    let name = OsStr::from_bytes(b"\xce\xc4.md");
    fs::write(folder.path().join(name), "x").unwrap();
    assert_eq!(walk(folder.path(), ""), ["\u{fffd}\u{fffd}.md"]);
}

/// A quarter of a million files take seconds to make, so the number is another one.
#[test]
fn so_many_posts_of_a_folder_are_walked_and_not_one_more() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    fs::create_dir(path("inner")).unwrap();
    for name in ["a.md", "b.png", "c.html", "d.txt", "inner/e.md"] {
        fs::write(path(name), "x").unwrap();
    }
    assert_eq!(Walk::new(PathBuf::new()).names_max, NAMES_MAX);
    let found = |names_max| {
        let walk = Walk {
            names_max,
            ..Walk::new(folder.path().to_owned())
        };
        walk.map(|(found, result)| match result {
            Ok(()) => found.file_name().unwrap().to_owned(),
            Err(InputError::TooMany(of)) => {
                assert_eq!(of, found);
                "too many".into()
            }
            Err(other) => panic!("{other}"),
        })
        .collect::<Vec<_>>()
    };
    // Two articles and a folder; what else lies there does not count.
    assert_eq!(found(3), ["a.md", "c.html", "e.md"]);
    assert_eq!(found(2), ["too many"]);
    // The rest goes on where it is a folder below.
    fs::write(path("inner/f.md"), "x").unwrap();
    fs::write(path("inner/g.md"), "x").unwrap();
    fs::write(path("inner/h.md"), "x").unwrap();
    assert_eq!(found(3), ["a.md", "c.html", "too many"]);
}
