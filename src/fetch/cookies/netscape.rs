//! What does a `cookies.txt` say? The format that Netscape began with and that curl, wget, yt-dlp and browser extensions
//! write: a line a cookie, seven fields with tabs between them.
//!
//! `domain`, whether hosts below it get it, `path`, whether over https only, when it expires (0: with the session), `name`,
//! `value`. Lines that begin with `#` are comments, except that `#HttpOnly_` before a domain says that scripts must not
//! see the cookie, which none does here.

use std::fmt;

use super::{Cookie, Jar};
use crate::link::Link;

/// Bytes of a file at most. Browsers keep some thousand cookies of 4 KiB at most; few are so long.
pub const COOKIES_BYTES_MAX: u64 = 16 << 20;
/// Cookies at most.
const COOKIES_MAX: usize = 50_000;
/// Bytes of a line at most: a cookie of 4 KiB, as browsers allow, with room for what servers make of it.
const LINE_BYTES_MAX: usize = 16 << 10;
/// Flaws that are told at most.
const FLAWS_SHOWN: usize = 5;

/// Why cookies can't be read. What stands in the file is not repeated: it is secret.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CookiesError {
    /// The file is in the format of some browser extensions.
    #[error("it is JSON; cookies are read from a cookies.txt (Netscape format, a line a cookie)")]
    Json,
    /// The file is beyond reason.
    #[error("it is longer than {COOKIES_BYTES_MAX} bytes, or has more than {COOKIES_MAX} cookies")]
    TooLarge,
    /// Lines that are no cookies.
    #[error("{}", told(.0))]
    Flaws(Vec<(usize, Flaw)>),
}

/// What is wrong with a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Flaw {
    /// It is too long.
    Length,
    /// It has too few or too many fields.
    Fields,
    /// The domain is none.
    Domain,
    /// A flag is neither `TRUE` nor `FALSE`.
    Flag,
    /// The path does not begin with a slash.
    Path,
    /// The expiry is no number.
    Expiry,
    /// Name or value hold what can't be sent.
    Text,
}

impl fmt::Display for Flaw {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Length => "it is too long for a cookie",
            Self::Fields => "a cookie has seven fields, with tabs between them",
            Self::Domain => "the first field is no domain",
            Self::Flag => "the second and the fourth field are TRUE or FALSE",
            Self::Path => "the third field is a path and begins with /",
            Self::Expiry => "the fifth field is a number of seconds",
            Self::Text => "name or value hold characters that can't be sent",
        })
    }
}

fn told(flaws: &[(usize, Flaw)]) -> String {
    let shown = flaws.iter().take(FLAWS_SHOWN);
    let mut told: Vec<_> = shown
        .map(|(line, flaw)| format!("line {line}: {flaw}"))
        .collect();
    if flaws.len() > FLAWS_SHOWN {
        told.push(format!("and {} lines more", flaws.len() - FLAWS_SHOWN));
    }
    told.join("; ")
}

impl Jar {
    /// Reads a `cookies.txt`. A file with a flaw is refused, with every line that has one: half of somebody's cookies would
    /// give pages that look right and are not.
    ///
    /// # Errors
    /// When it is of another format, too long, or has lines that are no cookies.
    pub fn parse(bytes: &[u8]) -> Result<Self, CookiesError> {
        let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
        if matches!(bytes.trim_ascii_start().first(), Some(b'[' | b'{')) {
            return Err(CookiesError::Json);
        }
        if bytes.len() as u64 > COOKIES_BYTES_MAX {
            return Err(CookiesError::TooLarge);
        }
        let (mut jar, mut flaws, mut cookies) = (Self::default(), Vec::new(), 0);
        for (number, line) in (1..).zip(bytes.split(|byte| *byte == b'\n')) {
            match cookie(line.strip_suffix(b"\r").unwrap_or(line), number) {
                Ok(Some((domain, cookie))) => {
                    jar.put(domain, cookie);
                    cookies += 1;
                }
                Ok(None) => {}
                Err(flaw) => flaws.push((number, flaw)),
            }
            if cookies > COOKIES_MAX {
                return Err(CookiesError::TooLarge);
            }
        }
        if flaws.is_empty() {
            Ok(jar)
        } else {
            Err(CookiesError::Flaws(flaws))
        }
    }
}

/// Reads one line; `None` where it holds no cookie.
fn cookie(line: &[u8], place: usize) -> Result<Option<(String, Cookie)>, Flaw> {
    let line = line.strip_prefix(b"#HttpOnly_").unwrap_or(line);
    if line.starts_with(b"#") || line.trim_ascii().is_empty() {
        return Ok(None);
    }
    if line.len() > LINE_BYTES_MAX {
        return Err(Flaw::Length);
    }
    let mut fields: Vec<&[u8]> = line.split(|byte| *byte == b'\t').collect();
    if fields.len() == 6 {
        // Some writers leave the last tab out where the value is empty.
        fields.push(b"");
    }
    let &[domain, subdomains, path, secure, expires, name, value] = fields.as_slice() else {
        return Err(Flaw::Fields);
    };
    let path = std::str::from_utf8(path)
        .ok()
        .filter(|it| it.starts_with('/'));
    let (name, value) = (name.trim_ascii(), value.trim_ascii());
    if !is_sendable(name, b";=")
        || !is_sendable(value, b";")
        || (name.is_empty() && value.is_empty())
    {
        return Err(Flaw::Text);
    }
    let cookie = Cookie {
        name: name.to_vec(),
        value: value.to_vec(),
        subdomains: flag(subdomains)?,
        path: path.ok_or(Flaw::Path)?.to_owned(),
        secure: flag(secure)?,
        expires: expiry(expires)?,
        place,
    };
    Ok(Some((host(domain)?, cookie)))
}

/// Returns the domain as URLs write it. The dot before it is from RFC 2109 and says nothing: the second field does.
fn host(field: &[u8]) -> Result<String, Flaw> {
    let text = std::str::from_utf8(field).map_err(|_| Flaw::Domain)?.trim();
    let text = text.strip_prefix('.').unwrap_or(text);
    let is_bracketed = text.starts_with('[') && text.ends_with(']');
    let is_plain = !text.contains(['/', '\\', '?', '#', '@', '%', ' ']);
    if text.is_empty() || !is_plain || (text.contains(':') && !is_bracketed) {
        return Err(Flaw::Domain);
    }
    let link = Link::parse(&format!("https://{text}/")).map_err(|_| Flaw::Domain)?;
    Ok(link.host().to_owned())
}

fn flag(field: &[u8]) -> Result<bool, Flaw> {
    match field.trim_ascii() {
        it if it.eq_ignore_ascii_case(b"TRUE") => Ok(true),
        it if it.eq_ignore_ascii_case(b"FALSE") => Ok(false),
        _ => Err(Flaw::Flag),
    }
}

/// Reads seconds since 1970, of which some extensions write fractions. A number beyond reason is far in the future.
fn expiry(field: &[u8]) -> Result<Option<i64>, Flaw> {
    let text = std::str::from_utf8(field).map_err(|_| Flaw::Expiry)?.trim();
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    let digits = whole.strip_prefix('-').unwrap_or(whole);
    let is_number = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    match (digits, whole) {
        ("", "") => Ok(None),
        ("", _) => Err(Flaw::Expiry),
        _ if !is_number(digits) || !is_number(fraction) => Err(Flaw::Expiry),
        _ => match whole.parse() {
            Ok(0) => Ok(None),
            Ok(seconds) => Ok(Some(seconds)),
            Err(_) if whole.starts_with('-') => Ok(Some(i64::MIN)),
            Err(_) => Ok(Some(i64::MAX)),
        },
    }
}

/// Returns whether bytes can stand in a `Cookie` field and mean there what they mean here.
fn is_sendable(bytes: &[u8], except: &[u8]) -> bool {
    let fits = |byte: &u8| *byte >= b' ' && *byte != 0x7f && !except.contains(byte);
    bytes.iter().all(fits)
}
