//! Whose is a key, when, and for what? Files of `allowed_signers`, as ssh-keygen(1) describes them. Pure.

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;

use super::key::PublicKey;

/// The longest file of signers that is read: thousands of them.
pub const SIGNERS_BYTES_MAX: u64 = 1024 * 1024;

/// Who may sign.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Signers(Vec<Signer>);

/// One line.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Signer {
    /// Patterns of names, as written.
    principals: String,
    /// Patterns of purposes; any where there are none.
    namespaces: Option<String>,
    after: Option<Timestamp>,
    before: Option<Timestamp>,
    key: PublicKey,
}

/// A line that says nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("line {line} {what}")]
pub struct SignersError {
    /// Which, counted from 1.
    pub line: usize,
    /// What is wrong with it, as the end of a sentence.
    pub what: &'static str,
}

/// What a file says of a key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Standing {
    /// Its signatures count, as those of whom this names.
    Good(String),
    /// It is not there.
    Stranger,
    /// It is there, but not for this purpose, at another time, or as somebody else's.
    Refused(&'static str),
}

impl Signers {
    /// Reads a file of signers. `zone` is what its times are in that do not say so.
    ///
    /// # Errors
    /// When a line says what is not known: whose signatures would count must not be guessed.
    pub fn parse(text: &str, zone: &TimeZone) -> Result<Self, SignersError> {
        let mut signers = Vec::new();
        for (line, written) in (1..).zip(text.lines()) {
            let written = written.trim();
            if written.is_empty() || written.starts_with('#') {
                continue;
            }
            let signer = Signer::parse(written, zone);
            signers.push(signer.map_err(|what| SignersError { line, what })?);
        }
        Ok(Self(signers))
    }

    /// Says what a signature of `key` is worth that was made at `time` for `namespace`, where it says whose it is, by `name`.
    #[must_use]
    pub fn standing(
        &self,
        key: &PublicKey,
        namespace: &str,
        time: Timestamp,
        name: Option<&str>,
    ) -> Standing {
        let mut standing = Standing::Stranger;
        for signer in self.0.iter().filter(|signer| signer.key == *key) {
            let is_his = |name| matches(&signer.principals, name);
            let is_for = |list: &str| matches(list, namespace);
            let refused = if !name.is_none_or(is_his) {
                "the signers know its key as somebody else's than it says"
            } else if !signer.namespaces.as_deref().is_none_or(is_for) {
                "the signers know its key, but not for the namespace offprint"
            } else if signer.after.is_some_and(|after| time < after) {
                "it says that it was made before its key was valid"
            } else if signer.before.is_some_and(|before| time > before) {
                "it says that it was made when its key was not valid any more"
            } else {
                return Standing::Good(name.unwrap_or(&signer.principals).to_owned());
            };
            standing = Standing::Refused(refused);
        }
        standing
    }
}

impl Signer {
    fn parse(line: &str, zone: &TimeZone) -> Result<Self, &'static str> {
        const NO_LINE: &str = "is none of principals, options and a public key";
        let (principals, rest) = word(line).ok_or(NO_LINE)?;
        let principals = principals.trim_matches('"').to_owned();
        let mut signer = Self {
            principals,
            namespaces: None,
            after: None,
            before: None,
            key: PublicKey::new(&[]),
        };
        let (first, after_first) = word(rest).ok_or(NO_LINE)?;
        // A key begins with the name of its kind; what does not, are options.
        let key = if let Some(key) = key(first, after_first) {
            key
        } else {
            let (kind, rest) = word(after_first).ok_or(NO_LINE)?;
            let key = key(kind, rest).ok_or(NO_LINE)?;
            signer.options(first, zone)?;
            key
        };
        if signer.principals.is_empty() {
            return Err(NO_LINE);
        }
        Ok(Self { key, ..signer })
    }

    fn options(&mut self, options: &str, zone: &TimeZone) -> Result<(), &'static str> {
        for option in divided(options) {
            let (name, value) = option.split_once('=').unwrap_or((option, ""));
            let value = value.trim_matches('"');
            match name.to_ascii_lowercase().as_str() {
                "namespaces" => self.namespaces = Some(value.to_owned()),
                "valid-after" => self.after = Some(moment(value, zone)?),
                "valid-before" => self.before = Some(moment(value, zone)?),
                "cert-authority" => {
                    return Err(
                        "names an authority of certificates, which Offprint does not judge; name the keys themselves",
                    );
                }
                _ => return Err("has an option that is not known"),
            }
        }
        Ok(())
    }
}

fn key(kind: &str, rest: &str) -> Option<PublicKey> {
    let (base64, _) = word(rest)?;
    PublicKey::of_words(kind, base64)
}

/// Takes a word, in which spaces may stand between quotes.
fn word(text: &str) -> Option<(&str, &str)> {
    let text = text.trim_start();
    let mut is_quoted = false;
    let end = text.find(|letter: char| {
        is_quoted ^= letter == '"';
        !is_quoted && letter.is_ascii_whitespace()
    });
    let (word, rest) = text.split_at(end.unwrap_or(text.len()));
    (!word.is_empty()).then_some((word, rest))
}

/// Divides options at the commas outside quotes.
fn divided(options: &str) -> impl Iterator<Item = &str> {
    let mut is_quoted = false;
    options.split(move |letter| {
        is_quoted ^= letter == '"';
        !is_quoted && letter == ','
    })
}

/// Reads `YYYYMMDD`, `YYYYMMDDHHMM` or `YYYYMMDDHHMMSS`; with `Z` at its end, in UTC.
fn moment(text: &str, zone: &TimeZone) -> Result<Timestamp, &'static str> {
    const NO_TIME: &str = "has a time that is none of YYYYMMDD, YYYYMMDDHHMM and YYYYMMDDHHMMSS";
    let (digits, zone) = match text.strip_suffix(['Z', 'z']) {
        Some(digits) => (digits, &TimeZone::UTC),
        None => (text, zone),
    };
    let full = format!("{digits:0<14}");
    let is_written =
        matches!(digits.len(), 8 | 12 | 14) && digits.bytes().all(|byte| byte.is_ascii_digit());
    let written = is_written.then(|| DateTime::strptime("%Y%m%d%H%M%S", &full).ok());
    let moment = written.flatten().and_then(|it| zone.to_timestamp(it).ok());
    moment.ok_or(NO_TIME)
}

/// Says whether `name` is among the patterns (`ssh_config(5)`, PATTERNS): `*` and `?`, and what `!` excludes.
fn matches(patterns: &str, name: &str) -> bool {
    let mut is_among = false;
    for pattern in patterns.split(',').map(str::trim) {
        match pattern.strip_prefix('!') {
            Some(excluded) if is_like(excluded.as_bytes(), name.as_bytes()) => return false,
            Some(_) => {}
            None => is_among |= is_like(pattern.as_bytes(), name.as_bytes()),
        }
    }
    is_among
}

/// In the time of the product of their lengths, whatever stars there are.
fn is_like(pattern: &[u8], name: &[u8]) -> bool {
    let (mut at, mut place) = (0, 0);
    // The last star, and where what it stands for ends.
    let mut star = None;
    while place < name.len() {
        match pattern.get(at) {
            Some(b'*') => {
                star = Some((at, place));
                at += 1;
            }
            Some(letter) if *letter == b'?' || *letter == name[place] => {
                at += 1;
                place += 1;
            }
            _ => {
                let Some((after, end)) = star else {
                    return false;
                };
                star = Some((after, end + 1));
                (at, place) = (after + 1, end + 1);
            }
        }
    }
    pattern[at..].iter().all(|letter| *letter == b'*')
}

#[cfg(test)]
mod tests;
