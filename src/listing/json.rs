//! Which articles does a JSON Feed name? Version 1.1 and before. Pure.

use serde::Deserialize;
use serde_json::Value;

use crate::link::Link;

use super::{Entry, Listing, address, identity, time, title};

#[derive(Deserialize)]
struct Feed {
    #[serde(default)]
    items: Vec<Value>,
}

/// Returns the entries of a feed whose addresses are relative to `base`.
pub(super) fn read(text: &str, base: Option<&Link>) -> Listing {
    let feed: Feed = match serde_json::from_str(text) {
        Ok(feed) => feed,
        Err(error) => {
            let what = if error.is_eof() {
                "it breaks off before its end"
            } else {
                "it is no JSON Feed"
            };
            let (line, column) = (error.line(), error.column());
            return Listing {
                flaw: Some(format!("{what} (line {line}, column {column})")),
                ..Listing::default()
            };
        }
    };
    let items = feed.items.iter().filter(|item| item.is_object());
    Listing {
        entries: items.map(|item| entry(item, base)).collect(),
        ..Listing::default()
    }
}

fn entry(item: &Value, base: Option<&Link>) -> Entry {
    let said = |name: &str| match &item[name] {
        Value::String(text) => text.clone(),
        // Version 1 lets an ID be a number.
        Value::Number(number) => number.to_string(),
        _ => String::new(),
    };
    let id = said("id");
    let mut addresses = [said("url"), said("external_url")].into_iter();
    let url = addresses.find_map(|text| address(&text, base));
    Entry {
        // An ID should be the address of the entry (JSON Feed 1.1, "id").
        url: url.or_else(|| Link::parse(id.trim()).ok()),
        id: identity(&id),
        title: title(&said("title")),
        published: time::read(&said("date_published")),
        modified: time::read(&said("date_modified")),
    }
}
