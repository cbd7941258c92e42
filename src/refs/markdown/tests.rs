//! Which references does a post make?

mod front_matter;
mod generators;
mod laws;

use encoding_rs::Encoding;

use super::*;
use crate::document::Kind as DocumentKind;

fn post(bytes: Vec<u8>, charset: &'static Encoding, base: Option<&str>) -> Document {
    let base = base.map(|base| Link::parse(base).unwrap());
    Document {
        bytes,
        kind: DocumentKind::Post,
        syntax: crate::document::Syntax::Html,
        charset,
        address: base.clone(),
        base,
    }
}

/// Checks the texts found, in order; each must be what the document has at its span.
#[track_caller]
fn check(text: &str, expected: &[&str]) {
    let document = post(text.as_bytes().to_vec(), UTF_8, None);
    let found = crate::refs::find(&document);
    let written: Vec<&str> = found
        .iter()
        .map(|reference| reference.written.as_str())
        .collect();
    assert_eq!(written, expected, "{text:?}");
    for reference in &found {
        assert_eq!(
            reference.written.as_bytes(),
            reference.span.slice(&document.bytes),
            "{text:?}"
        );
    }
}

#[track_caller]
fn check_kind(text: &str, kind: Kind) {
    let found = crate::refs::find(&post(text.as_bytes().to_vec(), UTF_8, None));
    assert_eq!(
        found
            .iter()
            .map(|reference| reference.kind)
            .collect::<Vec<_>>(),
        [kind],
        "{text:?}"
    );
}

#[track_caller]
fn check_target(text: &str, expected: &str) {
    let found = crate::refs::find(&post(
        text.as_bytes().to_vec(),
        UTF_8,
        Some("https://h.test/a/b"),
    ));
    let targets = found
        .iter()
        .map(|reference| reference.target.as_ref().map_or("none", Link::as_str));
    assert_eq!(targets.collect::<Vec<_>>(), [expected], "{text:?}");
}

#[test]
fn inline_images() {
    check("![](a.png)", &["a.png"]);
    check(
        "![x](a.png \"b\") and ![*y*]( <c d.png> 'e' )",
        &["a.png", "c d.png"],
    );
    check(
        "![a](b(c(d)).png)![e](f\\).png)",
        &["b(c(d)).png", "f\\).png"],
    );
    check("[![a](b.png)](c.html)", &["b.png"]);
    check(
        "![a ![b](c.png) ![![f](g) <img src=h>](i) d](e.png)",
        &["e.png"],
    );
    check("![a [x](y) `](z)` d](e.png)", &["e.png"]);
    check("![a\\](b](c.png)", &["c.png"]);
    check("![a\nb](\nc.png\n'd')", &["c.png"]);
    check("> ![a\n> b](\n> c.png)", &["c.png"]);
    check("- ![a\n  b](\n  c.png)", &["c.png"]);
    check(
        "| a |\n|---|\n| ![b](c\\|d.png) `![e](f.png)` |",
        &["c\\|d.png"],
    );
    check("x[^1]\n\n[^1]: ![a](b.png)", &["b.png"]);
    check("# ![a](b.png)\n\n**![c](d.png)**", &["b.png", "d.png"]);
    check(
        "![a]() ![b](<>) !\\[c](d.png) \\![e](f.html) ![g] (h.png) ![i](j k.png)",
        &[],
    );
}

#[test]
fn images_by_reference() {
    check(
        "![a][l] ![b][l] ![l] ![l][]\n\n[l]: <c.png> 'd'",
        &["c.png"],
    );
    check("![L\n  M]\n\n[l m]:\n  c.png", &["c.png"]);
    check("> ![l]\n>\n> [l]:\n> c.png", &["c.png"]);
    check("![a\\]b]\n\n[a\\]b]: c.png", &["c.png"]);
    check("![a]\n\n[a]: b.png\n[a]: c.png", &["b.png"]);
    check("[a]\n\n[a]: b.html", &[]);
    check("![a]\n\n```\n[a]: b.png\n```", &[]);
}

#[test]
fn links_to_images() {
    check("[![a](b.png)](c.png \"d\")", &["b.png", "c.png"]);
    check("[a *b* `](x)` c](<d e.JPG>) [f](g.html)", &["d e.JPG"]);
    check("> [a\n> b](\n> c.png?x=1#y)", &["c.png?x=1#y"]);
    check(
        "[![a][t]][f] [g][f] [f]\n\n[t]: t.jpg\n[f]: f.jpg",
        &["t.jpg", "f.jpg"],
    );
    check("![a [b](c.png)](d.png)", &["d.png"]);
    check(
        "`[a](b.png)` \\[c](d.png) <https://h.test/e.png> https://h.test/f.png",
        &[],
    );
    check("[a](https://wiki.test/File:b.jpg) [c](mailto:d@e.png)", &[]);
    check_kind("[a](b.png)", Kind::MarkdownLinkImage);
    check_kind("[a]\n\n[a]: b.png", Kind::MarkdownLinkImage);
    check_kind("[a] ![a]\n\n[a]: b.png", Kind::MarkdownDefinition);
    check_kind("![a] [a]\n\n[a]: b.png", Kind::MarkdownDefinition);
    check_target("[a](b.png?x&amp;y)", "https://h.test/a/b.png?x&y");
}

#[test]
fn never_in_code() {
    check("`![a](b.png)` ``<img src=c>``", &[]);
    check(
        "~~~~\n![a](b.png)\n~~~\n<img src=c>\n~~~~\n![d](e.png)",
        &["e.png"],
    );
    check(
        "    ![a](b.png)\n    <img src=c>\n\n![d](e.png)",
        &["e.png"],
    );
    check("<!-- ![a](b.png) <img src=c>\n\n![d](e.png) --> ", &[]);
    check("x <!-- ![a](b.png) <img src=c> --> ![d](e.png)", &["e.png"]);
    check(
        "{% raw %}\n![a](b.png)\n\n<img src=c>\n{% endraw %}\n![d](e.png)",
        &["c", "e.png"],
    );
    check(
        "{% codeblock x lang:js %}\n```\n![a](b.png) <img src=c>\n{% endcodeblock %}\n![d](e.png)",
        &["e.png"],
    );
    check("`{% raw %}` ![a](b.png) {% endraw %}", &["b.png"]);
    check("{% raw %} ![a](b.png)", &["b.png"]);
    check("x <script>\"<img src=a>\"</script> ![b](c.png)", &["c.png"]);
}

#[test]
fn html_among_markdown() {
    check(
        "\n---\ntitle: x\n---\n\n<div> \n<p>\n<img src=\"a.png\">\n\n![b](c.png)\n\n<img src='d.png'></div>",
        &["a.png", "c.png", "d.png"],
    );
    check(
        "text <img alt=\"![a](b.png)\" src=c.png> ![d](e.png)",
        &["c.png", "e.png"],
    );
    check(
        "> text <img\n> src=\"a.png\">\n>\n> <p>\n> <img\n>   src=b.png>",
        &["a.png", "b.png"],
    );
    check(
        "<p>\r\n<img src=a.png>\r\n</p>\r\n\r\n![b](c.png)\r\n",
        &["a.png", "c.png"],
    );
    check("<textarea>\n\n<img src=a.png>\n\n</textarea>", &[]);
    check(
        "- <img src=a.png>\n\n  <img src=b.png>",
        &["a.png", "b.png"],
    );
}

#[test]
fn kinds_and_targets() {
    check_kind("![a](b.png)", Kind::MarkdownImage);
    check_kind("![a]\n\n[a]: b.png", Kind::MarkdownDefinition);
    check_kind("---\ncover: b.png\n---\n", Kind::FrontMatter);
    check_kind("<img src=b.png>", Kind::ImgSrc);
    check_target(
        "![a](b\\_c.png?x&amp;y&eacute;)",
        "https://h.test/a/b_c.png?x&y%C3%A9",
    );
    check_target("![a](<//i.test/b c.png>)", "https://i.test/b%20c.png");
    check_target("![a]\n\n[a]: /b&#46;png", "https://h.test/b.png");
    check_target("---\ncover: \"/\\x62.png\"\n---\n", "https://h.test/b.png");
    check_target("![a](b\\c.png)", "https://h.test/a/b%5Cc.png");
    check_target("![a](data:image/png,x)", "none");
    check_target("![a]({{site}}/b.png)", "none");
    check_target("<img src='{{ site.url }}/b.png'>", "none");
}
