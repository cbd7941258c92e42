//! Does a post stay a post, and does it get a page?

use super::*;

const POST: &str = "\n---\ntitle: '题'\nheadimg: 'https://h.test/a.png'\nthumbnail: https://h.test/missing.png\n---\n\n\
    正文 ![b](https://h.test/b.png) ![m](missing.png)\n\n<img src=\"c.png\" onerror=\"x()\"><script>1</script>\n\n`![no](no.png)` [l](l.html)\n";

#[test]
fn a_post_stays_a_post_and_gets_a_page() {
    let document = document(POST.as_bytes(), Kind::Post, "text/markdown; charset=utf-8");
    let view = render(&capture(&document), POST.as_bytes(), &blob);
    let names: Vec<&str> = view.files.iter().map(|file| file.name).collect();
    assert_eq!(names, ["index.html", "post.md"]);
    let place = place("blobs", b"blob", "png");
    let post = String::from_utf8(view.files[1].bytes.clone()).unwrap();
    let expected = POST
        .replace("https://h.test/a.png", &place)
        .replace("https://h.test/b.png", &place)
        .replace("c.png", &place);
    assert_eq!(post, expected);
    let page = String::from_utf8(view.files[0].bytes.clone()).unwrap();
    assert_eq!(view.files[0].done, None);
    assert_eq!(closed::leaks(page.as_bytes()), []);
    assert!(
        page.starts_with("<!DOCTYPE html>\n<html lang=\"zh-CN\">\n<head><meta charset=\"UTF-8\">"),
        "{page}"
    );
    for part in [
        "<h1>题 &lt;b&gt;</h1>",
        "正文",
        "data-offprint-onerror",
        "the%20server%20refused%20it",
        "![no](no.png)",
        "https://h.test/a/l.html",
    ] {
        assert!(page.contains(part), "{part}\n{page}");
    }
    assert!(
        !page.contains("<script") && !page.contains("headimg:"),
        "{page}"
    );
}

#[test]
fn tags_embeds_and_links_of_a_post_lead_to_the_copies() {
    let text = "{% img left https://h.test/a.png 300 '\"b\" \"c\"' %}\n\n![[d e.png|200]] [f](g.png) [h](missing.png)\n";
    let document = document(text.as_bytes(), Kind::Post, "text/markdown");
    let view = render(&capture(&document), text.as_bytes(), &blob);
    let place = place("blobs", b"blob", "png");
    let post = String::from_utf8(view.files[1].bytes.clone()).unwrap();
    assert_eq!(
        post,
        format!(
            "{{% img left {place} 300 '\"b\" \"c\"' %}}\n\n![[{place}|200]] [f]({place}) [h](missing.png)\n"
        )
    );
    let page = String::from_utf8(view.files[0].bytes.clone()).unwrap();
    for part in [
        format!("<img src=\"{place}\" alt=\"c\" title=\"b\" width=\"300\">"),
        format!("<img src=\"{place}\" alt=\"\" width=\"200\">"),
        format!("<a href=\"{place}\">f</a>"),
        "<a href=\"https://h.test/a/missing.png\">h</a>".to_owned(),
    ] {
        assert!(page.contains(&part), "{part}\n{page}");
    }
    assert_eq!(closed::leaks(page.as_bytes()), []);
}

#[test]
fn a_lead_image_is_shown_once() {
    let lead = |post: &str| {
        let document = document(post.as_bytes(), Kind::Post, "text/markdown; charset=utf-8");
        let view = render(&capture(&document), post.as_bytes(), &blob);
        String::from_utf8(view.files[0].bytes.clone())
            .unwrap()
            .contains("class=\"lead\"")
    };
    assert!(lead("---\nheadimg: https://h.test/a.png\n---\nText\n"));
    assert!(lead("---\ncover: https://h.test/missing.png\n---\nText\n"));
    assert!(lead(
        "+++\n[params.cover]\nimage = 'https://h.test/a.png'\n+++\nText\n"
    ));
    assert!(lead("{\"images\": [\"https://h.test/a.png\"]}\nText\n"));
    assert!(!lead(
        "---\nheadimg: https://h.test/a.png\n---\n![](https://h.test/a.png)\n"
    ));
    assert!(!lead("---\ntitle: x\n---\nText\n"));
}
