//! Which pictures does JSON-LD give an article? Its `image`, whatever form that has (schema.org). Pure.

mod json;

use std::collections::HashMap;

use json::{Text, Value};

/// The longest script that is read: structured data of real pages has some kilobytes.
pub(super) const JSON_BYTES_MAX: usize = 1024 * 1024;

/// How deep articles are looked for in lists, `@graph` and their kin, and pictures in lists.
const DEPTH_MAX: usize = 8;

/// Where an object keeps the articles that it tells of.
const HOLDERS: &[&str] = &["@graph", "mainEntity", "mainEntityOfPage"];

/// How the names of the types end whose `image` shows what the page is about. That of an organisation, a person or a site
/// is a logo or a portrait.
const ARTICLES: &[&str] = &[
    "Article",
    "Blog",
    "Book",
    "Course",
    "CreativeWork",
    "Episode",
    "Event",
    "Guide",
    "HowTo",
    "Movie",
    "Page",
    "Place",
    "Posting",
    "Product",
    "Recipe",
    "Report",
    "Review",
    "Story",
];

/// Returns the addresses of the pictures in `script`, each once. Broken JSON has none.
pub(super) fn pictures(script: &str) -> Vec<Text> {
    let Some(value) = json::parse(script) else {
        return Vec::new();
    };
    let mut objects = Vec::new();
    objects_in(&value, 0, &mut objects);
    let by_id: HashMap<&str, &Value> = objects
        .iter()
        .filter_map(|object| Some((object.member("@id")?.text()?.value.as_str(), *object)))
        .collect();
    let mut found = Vec::new();
    for article in objects.iter().filter(|object| is_article(object)) {
        for image in article.members("image") {
            pictures_in(image, &by_id, 0, &mut found);
        }
    }
    found.sort_by_key(|text| text.span);
    found.dedup_by_key(|text| text.span);
    found
}

/// Gathers the objects that may be articles, or what these refer to.
fn objects_in<'v>(value: &'v Value, depth: usize, objects: &mut Vec<&'v Value>) {
    if depth == DEPTH_MAX {
        return;
    }
    match value {
        Value::List(values) => values
            .iter()
            .for_each(|value| objects_in(value, depth + 1, objects)),
        Value::Object(_) => {
            objects.push(value);
            for held in HOLDERS.iter().flat_map(|name| value.members(name)) {
                objects_in(held, depth + 1, objects);
            }
        }
        Value::Text(_) | Value::Other => {}
    }
}

fn is_article(object: &Value) -> bool {
    let ends_as_one = |kind: &Value| {
        kind.text()
            .is_some_and(|kind| ARTICLES.iter().any(|end| kind.value.ends_with(end)))
    };
    object.members("@type").any(|kind| match kind {
        Value::List(kinds) => kinds.iter().any(ends_as_one),
        kind => ends_as_one(kind),
    })
}

/// Gathers the addresses that the value of an `image` holds: a text, a list, an `ImageObject`, or the name of one.
fn pictures_in(image: &Value, by_id: &HashMap<&str, &Value>, depth: usize, found: &mut Vec<Text>) {
    if depth == DEPTH_MAX {
        return;
    }
    match image {
        Value::Text(text) => found.push(text.clone()),
        Value::List(images) => images
            .iter()
            .for_each(|image| pictures_in(image, by_id, depth + 1, found)),
        Value::Object(_) => {
            let before = found.len();
            for address in ["url", "contentUrl"]
                .into_iter()
                .flat_map(|name| image.members(name))
            {
                found.extend(address.text().cloned());
            }
            let id = image.member("@id").and_then(Value::text);
            if found.len() == before
                && let Some(named) = id.and_then(|id| by_id.get(id.value.as_str()))
                && !std::ptr::eq(*named, image)
            {
                pictures_in(named, by_id, depth + 1, found);
            }
        }
        Value::Other => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(script: &str, expected: &[&str]) {
        let found = pictures(script);
        let written: Vec<_> = found
            .iter()
            .map(|text| &script[text.span.start..text.span.end])
            .collect();
        assert_eq!(written, expected, "{script}");
    }

    #[test]
    fn the_image_of_an_article_in_every_form() {
        check(r#"{"@type":"NewsArticle","image":"a.png"}"#, &["a.png"]);
        check(
            r#"[{"@type":["Article","x"],"image":["a.png",{"@type":"ImageObject","url":"b.png"}]}]"#,
            &["a.png", "b.png"],
        );
        check(
            r#"{"@graph":[{"@type":"WebPage","mainEntity":{"@type":"https://schema.org/BlogPosting","image":{"contentUrl":"a.png"}}}]}"#,
            &["a.png"],
        );
        check(
            r##"{"@graph":[{"@type":"Article","image":{"@id":"#i"}},{"@type":"ImageObject","@id":"#i","url":"a.png"}]}"##,
            &["a.png"],
        );
    }

    #[test]
    fn neither_logos_nor_thumbnails_nor_the_pictures_of_others() {
        check(
            r#"{"@type":"Article","logo":"a.png","thumbnailUrl":"b.png","publisher":{"logo":{"url":"c.png"},"image":"d.png"},"author":{"@type":"Person","image":"e.png"}}"#,
            &[],
        );
        check(r#"{"@type":"Organization","image":"a.png"}"#, &[]);
        check(r#"{"image":"a.png"}"#, &[]);
        check(
            r##"{"@graph":[{"@id":"#i","@type":"Article","image":{"@id":"#i"}}]}"##,
            &[],
        );
    }

    #[test]
    fn what_is_broken_has_none() {
        for script in [
            "",
            r#"{"@type":"Article","image":"a.png""#,
            r#"{"@type":"Article","image":"a.png"} x"#,
            r#"{"@type":"Article",image:"a.png"}"#,
            r#"{"@type":"Article","image":"a\x.png"}"#,
        ] {
            check(script, &[]);
        }
        assert_eq!(pictures(&"[".repeat(1_000_000)).len(), 0);
        assert_eq!(pictures(&r#"{"@graph":"#.repeat(100_000)).len(), 0);
    }
}
