//! Which articles does a JSON Feed name? Version 1.1 and before; of a broken one, the entries that are whole. Pure.

mod whole;

use serde::Deserialize;
use serde_json::Value;

use crate::link::Link;
use crate::refs::feed::is_image;

use super::carried::{Carried, Carrier, Content, Enclosure, Form};
use super::{Entry, Listing, address, identity, time, title};

#[derive(Deserialize)]
struct Feed {
    #[serde(default)]
    items: Vec<Value>,
    #[serde(default)]
    language: Value,
}

/// Returns the entries of a feed whose addresses are relative to `base`.
pub(super) fn read(text: &str, base: Option<&Link>) -> Listing {
    let (feed, flaw) = match serde_json::from_str(text) {
        Ok(feed) => (feed, None),
        Err(error) => {
            let what = if error.is_eof() {
                "it breaks off before its end"
            } else {
                "it is no JSON Feed"
            };
            let (line, column) = (error.line(), error.column());
            let feed = Feed {
                items: whole::items(text),
                language: Value::Null,
            };
            let flaw = format!("{what} (line {line}, column {column})");
            (feed, Some(flaw))
        }
    };
    let language = feed.language.as_str();
    let items = feed.items.iter().filter(|item| item.is_object());
    Listing {
        entries: items.map(|item| entry(item, base, language)).collect(),
        flaw,
        ..Listing::default()
    }
}

fn entry(item: &Value, base: Option<&Link>, language: Option<&str>) -> Entry {
    let id = said(item, "id");
    let mut addresses = [said(item, "url"), said(item, "external_url")].into_iter();
    let url = addresses.find_map(|text| address(&text, base));
    // An ID should be the address of the entry (JSON Feed 1.1, "id").
    let url = url.or_else(|| Link::parse(id.trim()).ok());
    Entry {
        carried: carried(item, url.as_ref().or(base), language),
        url,
        id: identity(&id),
        title: title(&said(item, "title")),
        published: time::read(&said(item, "date_published")),
        modified: time::read(&said(item, "date_modified")),
        ..Entry::default()
    }
}

fn said(item: &Value, name: &str) -> String {
    match &item[name] {
        Value::String(text) => text.clone(),
        // Version 1 lets an ID be a number.
        Value::Number(number) => number.to_string(),
        _ => String::new(),
    }
}

fn carried(item: &Value, base: Option<&Link>, language: Option<&str>) -> Carried {
    let own = item["language"].as_str();
    // Version 1 has one author, 1.1 a list of them.
    let authors = [&item["author"], &item["authors"][0]];
    let mut authors = authors.iter().filter_map(|author| author["name"].as_str());
    let mut carried = Carried {
        author: authors.next().and_then(title),
        language: own.or(language).map(str::to_owned),
        ..Carried::default()
    };
    for (name, carrier, form) in [
        ("content_html", Carrier::ContentHtml, Form::Html),
        ("content_text", Carrier::ContentText, Form::Text),
    ] {
        carried.text(Content {
            carrier,
            form,
            text: said(item, name),
            base: None,
        });
    }
    let attachments = item["attachments"].as_array();
    let attached = attachments.into_iter().flatten().map(|attachment| {
        let (url, media) = (said(attachment, "url"), said(attachment, "mime_type"));
        let is_image = is_image("", &media, &url);
        (url, media, is_image)
    });
    let pictures = ["image", "banner_image"].map(|name| (said(item, name), String::new(), true));
    for (url, media, is_image) in pictures.into_iter().chain(attached) {
        if let Some(url) = address(&url, base) {
            carried.enclose(Enclosure {
                url,
                media: Some(media).filter(|media| !media.is_empty()),
                is_image,
            });
        }
    }
    carried
}
