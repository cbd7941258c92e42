//! What does a reader see of a post? A page of our own: title, author, date, source and text, without script. Pure.
//!
//! What the post holds is put in as it is, HTML and all; [`super::seal`] closes the page as it does any other.

mod date;
mod script;

pub use date::day;

use super::missing::escaped;
use super::relink::Known;
use crate::document::front_matter::{self, FrontMatter};
use crate::link::Link;
use crate::refs::markdown::to_html;
use crate::snapshot::Snapshot;

/// The look of the pages that are our own.
pub(super) const STYLE: &str = include_str!("reader.css");

/// The keys of the front matter that name an article's lead image, the most telling first.
const LEAD_KEYS: &[&str] = &[
    "headimg",
    "cover",
    "coverImage",
    "cover_image",
    "banner",
    "banner_img",
    "featured_image",
    "feature_image",
    "featured",
    "hero",
    "top_img",
    "header-img",
    "image",
    "images",
    "photo",
    "photos",
    "index_img",
    "thumbnail",
    "thumb",
];

/// The maps that may hold these keys instead of the top: those of Hugo, Zola and Jekyll's themes.
const LEAD_PARENTS: &[&str] = &["params", "extra", "header"];

/// Returns the page of `post`, the text of a post's view, not sealed yet.
pub(super) fn page(post: &str, snapshot: &Snapshot, known: &[Known<'_>]) -> String {
    let front_matter = front_matter::read(post);
    let body = to_html(&post[front_matter::body_start(post, front_matter.as_ref())..]);
    let facts = &snapshot.article;
    let setting = script::setting(&body);
    let language = facts.language.as_deref().or(setting.language);
    let language = language
        .map(|tag| format!(" lang=\"{}\"", escaped(tag)))
        .unwrap_or_default();
    let direction = if setting.is_rtl { " dir=\"rtl\"" } else { "" };
    let title = facts
        .title
        .as_deref()
        .map(str::trim)
        .filter(|title| !title.is_empty());
    let heading = title
        .map(|title| format!("<h1>{}</h1>\n", escaped(title)))
        .unwrap_or_default();
    let title = escaped(title.unwrap_or(&snapshot.source.key));
    let byline = byline(snapshot);
    let lead = front_matter.as_ref().and_then(|said| lead(said, known));
    let lead = lead
        .filter(|lead| is_shown_first(lead, &body, known))
        .map(|lead| {
            format!(
                "<figure class=\"lead\"><img src=\"{}\" alt=\"\"></figure>\n",
                escaped(lead)
            )
        })
        .unwrap_or_default();
    format!(
        "<!DOCTYPE html>\n<html{language}{direction}>\n<head>\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>{title}</title>\n\
         <style>\n{STYLE}</style>\n</head>\n<body>\n<article>\n<header>\n{heading}{byline}</header>\n{lead}{body}\n\
         </article>\n</body>\n</html>\n"
    )
}

/// Returns the lead image that the front matter names, by itself or in a list or map, and that was recorded.
fn lead<'a>(front_matter: &'a FrontMatter, known: &[Known<'_>]) -> Option<&'a str> {
    LEAD_KEYS.iter().find_map(|key| {
        let nested = LEAD_PARENTS.iter().map(|parent| vec![*parent, *key]);
        let mut paths = std::iter::once(vec![*key]).chain(nested);
        paths.find_map(|path| {
            let mut values = front_matter.under(&path).map(|entry| entry.value.trim());
            values.find(|value| known.iter().any(|known| is_of(known, value)))
        })
    })
}

/// Author, date, site and source in one line, as far as they are known.
fn byline(snapshot: &Snapshot) -> String {
    let facts = &snapshot.article;
    let said = |fact: &Option<String>| {
        let fact = fact.as_deref().map(str::trim);
        fact.filter(|fact| !fact.is_empty()).map(str::to_owned)
    };
    let plain = |fact: String| format!("<bdi>{}</bdi>", escaped(&fact));
    let mut parts: Vec<String> = [
        said(&facts.author).map(plain),
        said(&facts.published).map(|text| published(&text)),
        said(&facts.site).map(plain),
    ]
    .into_iter()
    .flatten()
    .collect();
    if let Some(url) = &snapshot.source.url {
        parts.push(format!(
            "<a href=\"{}\">{}</a>",
            escaped(url.as_str()),
            escaped(url.host())
        ));
    }
    if parts.is_empty() {
        String::new()
    } else {
        format!("<p class=\"byline\">{}</p>\n", parts.join("\n"))
    }
}

/// The day of a date that can be read, and where it says more than that, its own words besides.
fn published(text: &str) -> String {
    let Some(day) = date::day(text) else {
        return format!("<bdi>{}</bdi>", escaped(text));
    };
    let day = day.to_string();
    let title = if day == text {
        String::new()
    } else {
        format!(" title=\"{}\"", escaped(text))
    };
    format!("<time datetime=\"{day}\"{title}>{day}</time>")
}

/// Returns whether the lead image is recorded and the text does not show it anyway.
fn is_shown_first(lead: &str, body: &str, known: &[Known<'_>]) -> bool {
    let lead = known.iter().find(|known| is_of(known, lead));
    lead.is_some_and(|lead| {
        let texts = [
            lead.place.as_deref().ok(),
            lead.target.map(Link::as_str),
            Some(lead.written),
        ];
        !texts
            .into_iter()
            .flatten()
            .any(|text| body.contains(&escaped(text)) || body.contains(text))
    })
}

/// Returns whether `value`, of the post's view, is the recorded image: where it was kept, its place stands there.
fn is_of(known: &Known<'_>, value: &str) -> bool {
    known.place.as_deref() == Ok(value) || known.written == value
}
