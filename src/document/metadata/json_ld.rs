//! Who wrote this article, and when was it published? What its JSON-LD says (schema.org `Article`). Pure.

use serde_json::Value;

use super::fact;

/// The most JSON that is read: more are lists of products or a whole application's state, no facts of an article.
const JSON_BYTES_MAX: usize = 1 << 20;

/// What JSON-LD says of an article.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct JsonLd {
    pub(super) author: Option<String>,
    pub(super) published: Option<String>,
}

/// Reads the first object that has a date of publication: it stands alone, in a list, in `@graph` or as `mainEntity`.
pub(super) fn read(json: &str) -> Option<JsonLd> {
    if json.len() > JSON_BYTES_MAX {
        return None;
    }
    let json: Value = serde_json::from_str(json).ok()?;
    let article = candidates(&json)
        .into_iter()
        .find(|value| value.get("datePublished").is_some())?;
    let published = article
        .get("datePublished")
        .and_then(Value::as_str)
        .and_then(fact);
    Some(JsonLd {
        author: article.get("author").and_then(name),
        published,
    })
}

fn candidates(json: &Value) -> Vec<&Value> {
    let top = items(json);
    let nested = top.iter().flat_map(|value| {
        ["@graph", "mainEntity"]
            .into_iter()
            .filter_map(|key| value.get(key))
    });
    top.iter().copied().chain(nested.flat_map(items)).collect()
}

/// An array's items, or the one value.
fn items(value: &Value) -> Vec<&Value> {
    value
        .as_array()
        .map_or_else(|| vec![value], |items| items.iter().collect())
}

/// The names of an author: text, an object with a name, or a list of these.
fn name(author: &Value) -> Option<String> {
    let names = items(author)
        .into_iter()
        .filter_map(|one| one.as_str().or_else(|| one.get("name")?.as_str()));
    fact(&names.map(str::trim).collect::<Vec<_>>().join(", "))
}
