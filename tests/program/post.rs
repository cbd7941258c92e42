//! Is a post archived with its images, and can everything be had back?

use std::fs;
use std::path::Path;

use serde_json::{Value, json};

use crate::origin::Reply;
use crate::ran::{Ran, events, steady};
use crate::test::Test;

const POST: &str = "paper.offprint.test/posts/offprint.md";
const TITLE: &str = "单行本：把一篇文章连同它的图片留下来";
const FOLDER: &str = "articles/_files/66/offprint-665e64f4ae0a6ea4319a";
const IMAGES: [&str; 4] = ["1.jpg", "2.png", "3.webp", "4.jpg"];

fn specimen(path: &str) -> Vec<u8> {
    let site = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/specimens/site");
    fs::read(site.join(path)).unwrap()
}

fn address(name: &str) -> String {
    format!("img.offprint.test/2026/11/2026110108000000{name}")
}

/// Writes the specimen post and serves its four images.
fn with_post() -> Test {
    let test = Test::new();
    test.write("offprint.md", specimen(POST));
    for name in IMAGES {
        let reply = Reply::ok("image/x", specimen(&address(name)));
        test.serve(&address(name), reply.with("etag", "\"1\""));
    }
    test
}

fn blob_of(bytes: &[u8], extension: &str) -> String {
    let name = offprint::digest::Digest::of(bytes).to_string();
    format!("blobs/sha256/{}/{name}.{extension}", &name[..2])
}

fn blob(name: &str) -> String {
    blob_of(&specimen(&address(name)), name.split_once('.').unwrap().1)
}

#[test]
fn a_post_is_archived_with_its_images() {
    let test = with_post();
    let stderr = format!(
        "captured  {TITLE} (images: 4 kept)\n\
         1 article captured; 4 requests, 63.6 KiB fetched, 66.2 KiB stored, in S s\n"
    );
    let opened = format!("./archive/{FOLDER}/index.html\n");
    test.add(&["offprint.md"]).expect(0, &opened, &stderr);
    assert_eq!(test.assert_sound(), 1);

    let mut wanted: Vec<String> = IMAGES.iter().map(|name| blob(name)).collect();
    wanted.push(blob_of(&specimen(POST), "bin"));
    wanted.sort();
    assert_eq!(test.blobs(), wanted);
    let mut names: Vec<_> = fs::read_dir(test.path("archive").join(FOLDER))
        .unwrap()
        .map(|entry| entry.unwrap().file_name())
        .collect();
    names.sort();
    assert_eq!(names, ["index.html", "post.md", "snapshots", "view.json"]);
    assert_eq!(
        test.archived("offprint.json"),
        b"{\"format\":1,\"requires\":[]}\n"
    );
}

#[test]
fn each_image_is_fetched_once_without_a_referer() {
    let test = with_post();
    test.add(&["offprint.md"]).expect_code(0, &[]);
    let mut requested = test.requested();
    requested.sort();
    assert_eq!(requested, IMAGES.map(address));
    for request in test.origin.log() {
        assert_eq!(
            (request.method.as_str(), request.version.as_str()),
            ("GET", "HTTP/2.0")
        );
        let names: Vec<&str> = request
            .headers
            .iter()
            .map(|field| field.0.as_str())
            .collect();
        assert_eq!(names, ["user-agent", "accept", "accept-encoding"]);
        let agent = concat!(
            "offprint/",
            env!("CARGO_PKG_VERSION"),
            " (article archiver)"
        );
        assert_eq!(request.header("user-agent"), Some(agent));
    }
}

#[test]
fn what_only_a_link_leads_to_is_archived_and_not_missed() {
    let test = Test::new();
    test.write(
        "post.md",
        "{% img https://a.test/1.png %} [full](https://a.test/2.png) [page](https://a.test/gone.png)",
    );
    test.serve_image("a.test/1.png", "plain.png");
    test.serve_image("a.test/2.png", "animated.png");
    test.add(&["post.md"])
        .expect_code(0, &["captured  post.md (images: 2 kept)\n"]);
    assert_eq!(test.requested().len(), 3);
    assert_eq!(test.assert_sound(), 1);
}

#[test]
fn the_post_stays_a_post_but_for_its_addresses() {
    let test = with_post();
    test.add(&["offprint.md"]).expect_code(0, &[]);
    let mut expected = String::from_utf8(specimen(POST)).unwrap();
    for name in IMAGES {
        let local = format!("../../../../{}", blob(name));
        expected = expected.replace(&format!("https://{}", address(name)), &local);
    }
    assert_eq!(test.view("post.md"), expected);
    let page = test.view("index.html");
    for name in IMAGES {
        assert!(
            page.contains(&format!("src=\"../../../../{}\"", blob(name))),
            "{page}"
        );
    }
    assert!(
        !page.contains("<script") && !page.contains("src=\"http"),
        "{page}"
    );
}

#[test]
fn the_snapshot_says_what_came_of_every_reference() {
    let test = with_post();
    test.add(&["offprint.md"]).expect_code(0, &[]);
    let file = test.snapshots().remove(0);
    let json: Value = serde_json::from_slice(&test.archived(file.path.as_str())).unwrap();
    assert_eq!(json["format"], 1);
    let source = json!({"given": "offprint.md", "key": "file:offprint.md", "url": null});
    assert_eq!(json["source"], source);
    let references = json["documents"][0]["references"].as_array().unwrap();
    let kinds: Vec<_> = references
        .iter()
        .map(|it| it["kind"].as_str().unwrap())
        .collect();
    assert_eq!(kinds[..2], ["front-matter"; 2]);
    assert_eq!(kinds[2..], ["img-src"; 4]);
    let post = specimen(POST);
    for reference in references {
        let offset = |name: &str| usize::try_from(reference[name].as_u64().unwrap()).unwrap();
        let written = &post[offset("start")..offset("end")];
        assert_eq!(reference["written"].as_str().unwrap().as_bytes(), written);
        assert_eq!(reference["outcome"], "kept");
    }
    let exchanges = json["exchanges"].as_array().unwrap();
    assert_eq!(exchanges.len(), 4, "{exchanges:#?}");
    for exchange in exchanges {
        assert_eq!(exchange["protocol"], "HTTP/2");
        assert_eq!(exchange["response"]["status"], 200);
        assert_eq!(exchange["peer"], test.origin.addr.to_string());
    }
}

#[test]
fn the_original_comes_back_byte_for_byte() {
    let test = with_post();
    test.add(&["offprint.md"]).expect_code(0, &[]);
    let original = String::from_utf8(specimen(POST)).unwrap();
    let view = format!("archive/{FOLDER}/index.html");
    for article in ["665e", "file:offprint.md", &view] {
        let ran = test.run(&["restore", article]);
        assert_eq!(
            (ran.code, &ran.stdout, ran.stderr.as_str()),
            (Some(0), &original, "")
        );
    }
    test.run(&["restore", "665e", "-o", "back.md"])
        .expect(0, "", "restored 2.6 KiB to back.md\n");
    assert_eq!(fs::read(test.path("back.md")).unwrap(), specimen(POST));
    // What is there is not replaced.
    let again = test.run(&["restore", "665e", "-o", "back.md"]);
    again.expect(
        2,
        "",
        "error: can't write back.md\n  └─ File exists (os error 17)\n",
    );
}

#[test]
fn a_second_run_adds_nothing() {
    let test = with_post();
    test.add(&["offprint.md"]).expect_code(0, &[]);
    let (before, log) = (test.snapshots(), test.archived("log/000000000000.jsonl"));
    let stderr = format!(
        "unchanged {TITLE} (images: 4 reused)\n\
         0 articles captured, 1 unchanged; 4 requests, 0 B fetched, 0 B stored, in S s\n"
    );
    let opened = format!("./archive/{FOLDER}/index.html\n");
    test.add(&["offprint.md"]).expect(0, &opened, &stderr);
    assert_eq!(test.snapshots()[0].path, before[0].path);
    assert_eq!(test.archived("log/000000000000.jsonl"), log);
    assert_eq!(test.assert_sound(), 1);
}

#[test]
fn json_says_what_json_md_says() {
    let test = with_post();
    let ran = Ran::of(test.adding(&["--json", "offprint.md"]).output().unwrap());
    let article = format!(
        r#"{{"event":"article","id":"665e64f4ae0a6ea4319a","images":{{"carried":0,"kept":4,"missing":0,"reused":0,"trackers":0}},"input":"offprint.md","missing":[],"outcome":"captured","snapshot":"{FOLDER}/snapshots/TIME-DIGEST.json","source":null,"title":"{TITLE}","view":"{FOLDER}/index.html"}}"#
    );
    let objects = ran.objects();
    assert_eq!(steady(&objects[1].to_string()), article);
    assert_eq!(
        objects[0],
        json!({"event": "start", "schema": 1, "command": "add"})
    );
    let mut summary = objects[2].clone();
    assert!(
        summary["seconds"]
            .as_f64()
            .is_some_and(|seconds| seconds > 0.0)
    );
    summary["seconds"] = Value::Null;
    assert_eq!(
        summary,
        json!({
            "event": "summary", "interrupted": false, "requests": 4, "retries": 0, "seconds": null,
            "articles": {"captured": 1, "unchanged": 0, "failed": 0},
            "images": {"kept": 4, "reused": 0, "carried": 0, "missing": 0, "trackers": 0},
            "missing": [],
            "bytes_fetched": 65_140, "bytes_stored": 67_840,
        })
    );
    assert_eq!(objects.len(), 3);
    // Words go to stderr all the same.
    assert!(ran.stderr.starts_with("captured  "), "{ran:?}");
    let unchanged = test.add_json(&["offprint.md"]);
    assert_eq!(events(&unchanged, "article")[0]["outcome"], "unchanged");
    assert_eq!(
        events(&unchanged, "article")[0]["snapshot"],
        objects[1]["snapshot"]
    );
}

#[test]
fn list_and_show_say_what_is_there() {
    let test = with_post();
    test.add(&["offprint.md"]).expect_code(0, &[]);
    let row = format!("665e64f4  DATE  {TITLE} (4 images)\n");
    test.run(&["list"]).expect(0, &row, "");
    let original = blob_of(&specimen(POST), "bin");
    let [one, two, three, four] = IMAGES.map(blob);
    let [at_one, at_two, at_three, at_four] = IMAGES.map(address);
    let shown = format!(
        "{TITLE}
  id         665e64f4ae0a6ea4319a
  key        file:offprint.md
  author     纸上手艺
  published  Sun, 01 Nov 2026 08:00:00 GMT
  open       ./archive/{FOLDER}/index.html
  original   {original}
1 snapshot
  DATE CLOCK UTC  {FOLDER}/snapshots/TIME-DIGEST.json
4 images
  kept     https://{at_one}
           {one} (image/jpeg, 960×600, 19.2 KiB, named 3 times)
  kept     https://{at_two}
           {two} (image/png, 800×500, 1023 B)
  kept     https://{at_three}
           {three} (image/webp, 720×480, 30.0 KiB)
  kept     https://{at_four}
           {four} (image/jpeg, 800×420, 13.3 KiB)
"
    )
    .replace("08:00:00", "CLOCK");
    test.run(&["show", "665e"]).expect(0, &shown, "");

    let listed = test.run(&["list", "--json"]).objects();
    assert_eq!(
        (&listed[0]["event"], &listed[0]["images"]),
        (&json!("article"), &json!(4))
    );
    let shown = test.run(&["show", "--json", "file:offprint.md"]).objects();
    assert_eq!(shown.len(), 1);
    let resource = json!({
        "url": format!("https://{at_one}"), "outcome": "kept", "references": 3, "path": one,
        "media": "image/jpeg", "size": 19724, "width": 960, "height": 600, "why": null, "status": null,
    });
    assert_eq!(shown[0]["resources"][0], resource);
    assert_eq!(shown[0]["history"][0]["committed"], true);
    let unknown =
        "error: no article in the archive is \"nope\"\nhint: `offprint list` shows every article\n";
    test.run(&["show", "nope"]).expect(2, "", unknown);
}

/// What the post `written` is called, and its `post.md` with `PLACE` for each image's place in the archive.
#[track_caller]
fn archived_post(written: &str) -> (String, String) {
    let test = Test::new();
    for name in ["1.png", "2.png"] {
        test.serve_image(&format!("a.test/{name}"), "plain.png");
    }
    test.write("post.md", written);
    test.add(&["post.md"])
        .expect_code(0, &["1 article captured"]);
    assert_eq!(test.assert_sound(), 1);
    let title = test.snapshots()[0].snapshot.article.title.clone();
    let place = format!(
        "../../../../{}",
        blob_of(&crate::test::image("plain.png"), "png")
    );
    let page = test.view("index.html");
    assert!(
        page.contains(&place) && !page.contains("a.test/1.png"),
        "{page}"
    );
    (
        title.unwrap_or_default(),
        test.view("post.md").replace(&place, "PLACE"),
    )
}

#[test]
fn front_matter_of_every_kind_keeps_its_form() {
    for text in [
        "---\ntitle: T\ncover: &c https://a.test/1.png\nx: [\"https://a.test/2.png\", *c]\n---\n\nText\n",
        "+++\ntitle = 'T'\ndate = 2024-05-06\n[params]\nimages = [ \"https://a.test/1.png\" ] # why\n[[x]]\ny = '''https://a.test/2.png'''\n+++\nText\n",
        "{\n\t\"title\": \"T\",\n\t\"cover\": {\"image\": \"https:\\/\\/a.test\\/1.png\"}, \"x\": \"https://a.test/2.png\"\n}\n\nText\n",
        ";;;\n\"title\": \"T\",\n\"headimg\": \"https://a.test/1.png\", \"y\": [\"https://a.test/2.png\"]\n;;;\nText\n",
        "title: T\nthumbnail: 'https://a.test/1.png'\nbanner: >-\n  https://a.test/2.png\n---\nText\n",
    ] {
        let (title, post) = archived_post(text);
        assert_eq!(title, "T");
        let plain = text.replace("\\/", "/");
        let expected = plain.replace("https://a.test/1.png", "PLACE");
        assert_eq!(post, expected.replace("https://a.test/2.png", "PLACE"));
    }
}
