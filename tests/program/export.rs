//! Do posts come back to their generator with images of its own site, and can that be taken back?

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use offprint::digest::Digest;
use serde_json::json;

use crate::origin::Reply;
use crate::ran::events;
use crate::test::{Test, image};

const POST: &str = "---\ntitle: 中\ndate: 2026-11-02 08:00:00\ncover: https://a.test/1.png\n---\n![图](https://a.test/1.png \"t\")\n\n<p><img src=\"https://a.test/2.jpg\"></p>\n";

/// Returns where an export puts one of the specimen images.
fn place(name: &str) -> String {
    let digest = Digest::of(&image(name));
    let extension = name.rsplit('.').next().unwrap();
    format!("offprint/{}/{digest}.{extension}", digest.short(2))
}

/// Returns the post as an export writes it.
fn localised() -> String {
    POST.replace("https://a.test/1.png", &format!("/{}", place("plain.png")))
        .replace(
            "https://a.test/2.jpg",
            &format!("/{}", place("baseline.jpg")),
        )
}

/// A blog with one post, archived.
fn with_blog(config: &str, post: &str) -> Test {
    let test = Test::new();
    test.serve_image("a.test/1.png", "plain.png");
    test.serve_image("a.test/2.jpg", "baseline.jpg");
    test.write(&format!("blog/{config}"), "title: x\n");
    test.write(&format!("blog/{post}"), POST);
    test.add(&[&format!("blog/{post}")]).expect_code(0, &[]);
    test
}

/// Returns every file below a folder, and its bytes.
fn tree(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut files = BTreeMap::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(at) = folders.pop() {
        for entry in fs::read_dir(at).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else {
                let name = path.strip_prefix(folder).unwrap().to_str().unwrap();
                files.insert(name.to_owned(), fs::read(&path).unwrap());
            }
        }
    }
    files
}

#[track_caller]
fn check_site(generator: &str, post: &str, images: &str) {
    let test = with_blog("_config.yml", "source/_posts/一篇.md");
    let arguments = ["export", "posts", "--for", generator, "-o", "site"];
    let said = format!("written   {post} (2 images)\n1 post written, 2 images written in S s\n");
    test.run(&arguments).expect(0, &format!("{post}\n"), &said);
    let site = tree(&test.path("site"));
    let expected = BTreeMap::from([
        (post.to_owned(), localised().into_bytes()),
        (
            format!("{images}{}", place("plain.png")),
            image("plain.png"),
        ),
        (
            format!("{images}{}", place("baseline.jpg")),
            image("baseline.jpg"),
        ),
    ]);
    let record = format!(".offprint/posts/{post}.json");
    assert!(site.contains_key(&record), "{:?}", site.keys());
    let without: BTreeMap<_, _> = site
        .clone()
        .into_iter()
        .filter(|it| it.0 != record)
        .collect();
    assert_eq!(without, expected);

    let said = format!("unchanged {post} (2 images)\n1 post unchanged in S s\n");
    test.run(&arguments).expect(0, "", &said);
    assert_eq!(tree(&test.path("site")), site);
}

#[test]
fn posts_are_written_for_each_generator() {
    check_site("hexo", "source/_posts/一篇.md", "source/");
    check_site("jekyll", "_posts/2026-11-02-一篇.md", "");
    check_site("hugo", "content/posts/一篇.md", "static/");
}

#[test]
fn a_prefix_leads_to_the_images() {
    let test = with_blog("_config.yml", "source/_posts/a.md");
    let arguments = ["export", "posts", "--for", "hexo", "-o", "site"];
    let prefix = "https://blog.test/x/pictures";
    let ran = test.run(&[&arguments[..], &["--prefix", prefix]].concat());
    ran.expect_code(0, &[]);
    let site = tree(&test.path("site"));
    let post = String::from_utf8(site["source/_posts/a.md"].clone()).unwrap();
    let below = place("plain.png").replace("offprint/", "");
    assert!(
        post.contains(&format!("cover: {prefix}/{below}\n")),
        "{post}"
    );
    assert!(site.contains_key(&format!("source/pictures/{below}")));
    let ran = test.run(&[&arguments[..], &["--prefix", "pictures/"]].concat());
    ran.expect_code(2, &["a prefix begins with /"]);
}

#[test]
fn a_blog_is_edited_in_place_and_back() {
    let test = with_blog("_config.yml", "source/_posts/a.md");
    test.write("blog/source/_posts/plain.md", "no image\n");
    test.add(&["blog/source/_posts/plain.md"])
        .expect_code(0, &[]);
    let before = tree(&test.path("blog"));
    let arguments = [
        "export",
        "posts",
        "--for",
        "hexo",
        "--in-place",
        "-o",
        "blog",
    ];
    test.run(&arguments)
        .expect_code(0, &["1 post written, 1 post unchanged, 2 images written"]);
    let after = tree(&test.path("blog"));
    assert_eq!(after["source/_posts/a.md"], localised().as_bytes());
    assert_eq!(
        after[&format!("source/{}", place("baseline.jpg"))],
        image("baseline.jpg")
    );
    assert_eq!(after.len(), before.len() + 2 + 1);

    test.run(&arguments)
        .expect_code(0, &["2 posts unchanged in"]);
    assert_eq!(tree(&test.path("blog")), after);

    let undo = ["export", "posts", "--in-place", "--undo", "-o", "blog"];
    let said = "restored  source/_posts/a.md (2 images)\n1 post restored in S s\n";
    test.run(&undo).expect(0, "", said);
    assert_eq!(tree(&test.path("blog")), before);
    test.run(&undo).expect(1, "", "no post in S s\n");
}

#[test]
fn a_run_that_was_killed_before_the_post_is_completed_or_taken_back() {
    let test = with_blog("_config.yml", "source/_posts/a.md");
    let before = tree(&test.path("blog"));
    let arguments = [
        "export",
        "posts",
        "--for",
        "hexo",
        "--in-place",
        "-o",
        "blog",
    ];
    test.run(&arguments).expect_code(0, &[]);
    let after = tree(&test.path("blog"));
    // Images and record come first: killed there, the post is still what it was.
    test.write("blog/source/_posts/a.md", POST);
    test.run(&arguments).expect_code(0, &["1 post written in"]);
    assert_eq!(tree(&test.path("blog")), after);
    test.write("blog/source/_posts/a.md", POST);
    let undo = ["export", "posts", "--in-place", "--undo", "-o", "blog"];
    test.run(&undo).expect_code(0, &["1 post restored"]);
    assert_eq!(tree(&test.path("blog")), before);
}

#[test]
fn a_post_that_was_led_to_its_own_images_is_archived_as_it_was() {
    let test = with_blog("_config.yml", "source/_posts/a.md");
    let arguments = [
        "export",
        "posts",
        "--for",
        "hexo",
        "--in-place",
        "-o",
        "blog",
    ];
    test.run(&arguments).expect_code(0, &[]);
    test.add(&["blog/source/_posts/a.md"])
        .expect_code(0, &["unchanged"]);

    let edited = localised().replace("![图]", "# 新\n\n![图]");
    test.write("blog/source/_posts/a.md", &edited);
    let stale = "it has changed since it was archived: run offprint add first";
    test.run(&arguments).expect_code(1, &[stale]);
    test.add(&["blog/source/_posts/a.md"])
        .expect_code(0, &["captured", "2 reused"]);
    test.run(&arguments).expect_code(0, &["1 post unchanged"]);
    let post = fs::read_to_string(test.path("blog/source/_posts/a.md")).unwrap();
    assert_eq!(post, edited);

    let undo = ["export", "posts", "--in-place", "--undo", "-o", "blog"];
    test.run(&undo).expect_code(0, &["1 post restored"]);
    let post = fs::read_to_string(test.path("blog/source/_posts/a.md")).unwrap();
    assert_eq!(post, POST.replace("![图]", "# 新\n\n![图]"));
}

#[test]
fn what_a_person_edited_is_not_lost() {
    let test = with_blog("_config.yml", "source/_posts/a.md");
    let arguments = ["export", "posts", "--for", "hexo", "-o", "site"];
    test.run(&arguments).expect_code(0, &[]);
    test.write("site/source/_posts/a.md", "mine\n");
    let why = "it was edited after it was exported: move it away first";
    test.run(&arguments)
        .expect_code(1, &["skipped   source/_posts/a.md", why]);
    fs::remove_dir_all(test.path("site/.offprint")).unwrap();
    let why = "something else stands there: move it away first";
    test.run(&arguments).expect_code(1, &[why]);
    assert_eq!(
        fs::read(test.path("site/source/_posts/a.md")).unwrap(),
        b"mine\n"
    );

    let in_place = [
        "export",
        "posts",
        "--for",
        "hexo",
        "--in-place",
        "-o",
        "blog",
    ];
    test.run(&in_place).expect_code(0, &[]);
    let edited = localised() + "more\n";
    test.write("blog/source/_posts/a.md", &edited);
    let undo = ["export", "posts", "--in-place", "--undo", "-o", "blog"];
    let why = "it was edited since: the edits stay";
    test.run(&undo)
        .expect_code(0, &["restored  source/_posts/a.md", why]);
    let post = fs::read_to_string(test.path("blog/source/_posts/a.md")).unwrap();
    assert_eq!(post, POST.to_owned() + "more\n");
}

#[test]
fn images_have_one_place_at_a_time() {
    let test = with_blog("_config.yml", "source/_posts/a.md");
    let arguments = [
        "export",
        "posts",
        "--for",
        "hexo",
        "--in-place",
        "-o",
        "blog",
    ];
    test.run(&arguments).expect_code(0, &[]);
    let other = test.run(&[&arguments[..], &["--prefix", "/other/"]].concat());
    other.expect_code(1, &["its images are at /offprint/ already"]);
    assert!(!test.path("blog/source/other").exists());
    let post = fs::read_to_string(test.path("blog/source/_posts/a.md")).unwrap();
    assert_eq!(post, localised());
}

#[test]
fn what_the_archive_has_lost_stays_as_it_was_written() {
    let test = with_blog("_config.yml", "source/_posts/a.md");
    let digest = Digest::of(&image("plain.png"));
    let blob = format!("archive/blobs/sha256/{}/{digest}.png", digest.short(2));
    fs::write(test.path(&blob), b"spoilt").unwrap();
    let arguments = ["export", "posts", "--for", "hexo", "-o", "site"];
    let left = "left as it is https://a.test/1.png (it was kept but its bytes are lost)";
    test.run(&arguments)
        .expect_code(1, &["1 post written", left]);
    let expected = POST.replace(
        "https://a.test/2.jpg",
        &format!("/{}", place("baseline.jpg")),
    );
    let post = fs::read_to_string(test.path("site/source/_posts/a.md")).unwrap();
    assert_eq!(post, expected);
    assert!(!test.path("site/source").join(place("plain.png")).exists());
}

#[test]
fn a_missing_image_is_told() {
    let test = Test::new();
    test.write("a.md", "![](https://a.test/gone.png) ![](beside.png)\n");
    test.serve("a.test/gone.png", Reply::not_found());
    test.add(&["a.md"]).expect_code(1, &[]);
    let ran = test.run(&["export", "posts", "--for", "hugo", "-o", "site"]);
    ran.expect_code(
        1,
        &["https://a.test/gone.png", "beside.png", "2 addresses left"],
    );
}

#[test]
fn front_matter_that_the_generator_takes_for_text_is_told() {
    let test = Test::new();
    test.write("a.md", "+++\ntitle = 'x'\n+++\ntext\n");
    test.write("b.md", "\"title\": \"x\"\n;;;\ntext\n");
    test.add(&["a.md", "b.md"]).expect_code(0, &[]);
    for (generator, number) in [("hexo", 1), ("jekyll", 2), ("hugo", 1)] {
        let ran = test.run(&["export", "posts", "--for", generator, "-o", generator]);
        ran.expect_code(0, &["2 posts written"]);
        let told = ran.stderr.matches("does not read").count();
        assert_eq!(told, number, "{ran:#?}");
    }
}

#[test]
fn pages_are_no_posts() {
    let test = Test::new();
    test.write("a.html", "<title>x</title>text");
    test.add(&["a.html"]).expect_code(0, &[]);
    let arguments = ["export", "posts", "--for", "hexo", "-o", "site"];
    test.run(&arguments)
        .expect(1, "", "no post, 1 page passed over in S s\n");
    let id = test.snapshots()[0].path.to_string();
    let folder = id.split("/snapshots/").next().unwrap();
    let named = [&arguments[..], &[folder]].concat();
    test.run(&named)
        .expect_code(1, &["it is a page, not a post"]);
}

#[test]
fn two_posts_of_one_name_have_two_files() {
    let test = Test::new();
    test.write("x/Post.md", "one\n");
    test.write("y/post.md", "two\n");
    test.add(&["x/Post.md", "y/post.md"]).expect_code(0, &[]);
    let arguments = ["export", "posts", "--for", "hugo", "-o", "site"];
    for _ in 0..2 {
        test.run(&arguments).expect_code(0, &[]);
        let site = tree(&test.path("site"));
        let posts: Vec<&Vec<u8>> = site
            .iter()
            .filter(|(name, _)| name.starts_with("content/"))
            .map(|(_, bytes)| bytes)
            .collect();
        assert_eq!(posts.len(), 2);
        assert!(posts.contains(&&b"one\n".to_vec()) && posts.contains(&&b"two\n".to_vec()));
    }
}

#[test]
fn no_key_leads_out_of_the_folder() {
    let test = Test::new();
    test.write("site/_config.yml", "");
    for (number, key) in [
        "file:../../evil.md",
        "file:/etc/evil.md",
        "evil",
        "file:source/../../e.md",
    ]
    .iter()
    .enumerate()
    {
        let name = format!("{number}.md");
        test.write(&name, format!("{number}\n"));
        test.add(&["--as", key, &name]).expect_code(0, &[]);
    }
    let before = tree(test.dir.path());
    let in_place = [
        "export",
        "posts",
        "--for",
        "hexo",
        "--in-place",
        "-o",
        "site",
    ];
    test.run(&in_place)
        .expect_code(1, &["no post, 4 posts of other sites"]);
    assert_eq!(tree(test.dir.path()), before);
    test.run(&["export", "posts", "--for", "hexo", "-o", "site"])
        .expect_code(0, &[]);
    let new: Vec<String> = tree(test.dir.path())
        .into_keys()
        .filter(|name| !before.contains_key(name))
        .collect();
    assert_eq!(new.len(), 8, "{new:?}");
    assert!(new.iter().all(|name| name.starts_with("site/")), "{new:?}");
}

#[test]
fn json_tells_each_post_and_the_whole() {
    let test = with_blog("_config.yml", "source/_posts/a.md");
    let arguments = ["export", "posts", "--for", "hexo", "-o", "site", "--json"];
    let objects = test.run(&arguments).objects();
    assert_eq!(
        objects[0],
        json!({"event": "start", "schema": 1, "command": "export posts"})
    );
    let posts = events(&objects, "post");
    assert_eq!(posts.len(), 1);
    let path = "source/_posts/a.md";
    assert_eq!(
        (
            &posts[0]["path"],
            &posts[0]["outcome"],
            &posts[0]["images"],
            &posts[0]["left"]
        ),
        (&json!(path), &json!("written"), &json!(2), &json!([]))
    );
    let summary = objects.last().unwrap();
    assert_eq!(summary["event"], "summary");
    assert_eq!(
        summary["posts"],
        json!({"written": 1, "unchanged": 0, "restored": 0, "skipped": 0})
    );
    assert_eq!(
        (&summary["images_written"], &summary["interrupted"]),
        (&json!(2), &json!(false))
    );

    let ran = test.run(&[
        "export", "posts", "--for", "hexo", "-o", "ca.pem/x", "--json",
    ]);
    ran.expect_code(2, &["can't create the folder"]);
    assert_eq!(ran.objects().last().unwrap()["event"], "summary");
}
