//! Which crawler does a group speak to? Pure.

use super::pattern::Pattern;

/// Returns the name that a crawler with this `User-Agent` goes by (RFC 9309 §2.2.1, "product token"): what stands before the
/// first slash or space; in the disguise of browsers, `Mozilla/5.0 (compatible; NAME/1.0; …)`, NAME.
#[must_use]
pub fn product(user_agent: &str) -> &str {
    let first = name(user_agent.trim_start());
    let in_comment = || {
        let (_, comment) = user_agent.split_once('(')?;
        let comment = comment.split(')').next().unwrap_or_default();
        let mut parts = comment.split(';').map(str::trim);
        parts.find_map(|part| {
            let (name, _version) = part.split_once('/')?;
            let is_name = !name.is_empty() && !name.contains([' ', ':', '+', ',']);
            is_name.then_some(name)
        })
    };
    if first.eq_ignore_ascii_case("mozilla") {
        in_comment().unwrap_or(first)
    } else {
        first
    }
}

fn name(text: &str) -> &str {
    let end = text.find(|character: char| character == '/' || character.is_whitespace());
    &text[..end.unwrap_or(text.len())]
}

/// Returns whether the value of a user-agent line names everybody.
pub(super) fn names_everybody(value: &[u8]) -> bool {
    name(&String::from_utf8_lossy(value)) == "*"
}

/// Returns whether the value of a user-agent line names a crawler, whatever the case. A version is no part of the name, and
/// a `*` within it stands for anything.
pub(super) fn names(value: &[u8], product: &str) -> bool {
    let value = String::from_utf8_lossy(value);
    let (named, product) = (name(&value).to_lowercase(), product.to_lowercase());
    if named.is_empty() || named == "*" {
        return false;
    }
    Pattern::whole(named.as_bytes()).matches(product.as_bytes())
}
