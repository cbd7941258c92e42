//! What does the configuration say of hosts? Credentials, header fields and what they are told of an article.

use std::fmt;
use std::fs::File;
use std::io::Read as _;
use std::num::NonZeroU16;
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context as _, anyhow, bail};
use serde::Deserialize;
use serde::de::{self, Deserializer, Visitor};

use crate::cli::args::duration;
use crate::exchange::Referrer;
use crate::fetch::{Header, Hosts};

/// The longest password file; what is longer holds something else.
const PASSWORD_BYTES_MAX: u64 = 4096;

/// What is said of some hosts.
#[derive(Debug, Clone, Deserialize)]
#[serde(try_from = "Written")]
pub(super) struct Table {
    /// Which hosts.
    pub(super) hosts: Vec<Hosts>,
    /// What they are told of an article.
    pub(super) referrer: Option<Referrer>,
    /// Requests in flight to one of them.
    pub(super) per_host: Option<NonZeroU16>,
    /// Time between the starts of two requests to one of them at least.
    pub(super) delay: Option<Pause>,
    /// Header fields for them alone.
    headers: Vec<Secret>,
    /// Name and password for them.
    credentials: Option<(String, Password)>,
}

/// The table as it is written.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct Written {
    hosts: Vec<Hosts>,
    #[serde(default)]
    referrer: Option<Referrer>,
    #[serde(default)]
    per_host: Option<NonZeroU16>,
    #[serde(default)]
    delay: Option<Pause>,
    #[serde(default)]
    headers: Vec<Secret>,
    #[serde(default)]
    user: Option<String>,
    #[serde(default)]
    password: Option<Secret>,
    #[serde(default)]
    password_file: Option<PathBuf>,
    #[serde(default)]
    password_env: Option<String>,
}

/// Where a password is.
#[derive(Debug, Clone)]
enum Password {
    /// In the configuration itself.
    Here(Secret),
    /// In a file, relative to the configuration's folder.
    File(PathBuf),
    /// In a variable of the environment.
    Variable(String),
}

/// A duration as the command line takes it, such as `500ms`.
#[derive(Debug, Clone, Copy)]
pub(super) struct Pause(pub(super) Duration);

impl<'de> Deserialize<'de> for Pause {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        duration(&text).map(Self).map_err(de::Error::custom)
    }
}

/// A text that is never shown.
#[derive(Clone)]
pub(super) struct Secret(pub(super) String);

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(…)")
    }
}

impl<'de> Deserialize<'de> for Secret {
    /// Reads a text; an error about anything else does not repeat it, as serde's own would.
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Text;
        impl Visitor<'_> for Text {
            type Value = Secret;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a text in quotes")
            }

            fn visit_str<E: de::Error>(self, text: &str) -> Result<Secret, E> {
                Ok(Secret(text.to_owned()))
            }

            fn visit_bool<E: de::Error>(self, _: bool) -> Result<Secret, E> {
                Err(E::custom("expected a text in quotes"))
            }

            fn visit_i64<E: de::Error>(self, _: i64) -> Result<Secret, E> {
                Err(E::custom("expected a text in quotes"))
            }

            fn visit_f64<E: de::Error>(self, _: f64) -> Result<Secret, E> {
                Err(E::custom("expected a text in quotes"))
            }
        }
        deserializer.deserialize_any(Text)
    }
}

impl TryFrom<Written> for Table {
    type Error = String;

    fn try_from(written: Written) -> Result<Self, String> {
        if written.hosts.is_empty() {
            return Err("`hosts` names none".to_owned());
        }
        let passwords = [
            written.password.map(Password::Here),
            written.password_file.map(Password::File),
            written.password_env.map(Password::Variable),
        ];
        let mut passwords = passwords.into_iter().flatten();
        let credentials = match (written.user, passwords.next(), passwords.next()) {
            (_, Some(_), Some(_)) => {
                return Err(
                    "`password`, `password-file` and `password-env` are three ways to say one thing"
                        .to_owned(),
                );
            }
            (Some(user), Some(_), _) if user.contains(':') => {
                return Err("a `user` with a colon can't be told from its password".to_owned());
            }
            (Some(user), Some(password), None) => Some((user, password)),
            (Some(_), None, _) => {
                return Err(
                    "a `user` needs a `password`, a `password-file` or a `password-env`".to_owned(),
                );
            }
            (None, Some(_), None) => return Err("a password needs a `user`".to_owned()),
            (None, None, _) => None,
        };
        for Secret(field) in &written.headers {
            let header = Header::for_hosts(written.hosts[0].clone(), field);
            header.map_err(|error| format!("a field of `headers` can't be sent: {error}"))?;
        }
        Ok(Self {
            hosts: written.hosts,
            referrer: written.referrer,
            per_host: written.per_host,
            delay: written.delay,
            headers: written.headers,
            credentials,
        })
    }
}

impl Table {
    /// Returns whether the configuration itself holds a secret.
    pub(super) fn holds_secret(&self) -> bool {
        let is_here = matches!(self.credentials, Some((_, Password::Here(_))));
        is_here || !self.headers.is_empty()
    }

    /// Returns the header fields for these hosts, credentials among them. `folder` is where the configuration lies.
    pub(super) fn headers(&self, folder: &Path) -> anyhow::Result<Vec<Header>> {
        let mut headers = Vec::new();
        let credentials = match &self.credentials {
            Some((user, password)) => Some((user, password.read(folder)?)),
            None => None,
        };
        for hosts in &self.hosts {
            if let Some((user, password)) = &credentials {
                headers.push(Header::basic(hosts.clone(), user, password));
            }
            for Secret(field) in &self.headers {
                headers.push(Header::for_hosts(hosts.clone(), field)?);
            }
        }
        Ok(headers)
    }
}

impl Password {
    fn read(&self, folder: &Path) -> anyhow::Result<String> {
        match self {
            Self::Here(Secret(password)) => Ok(password.clone()),
            Self::Variable(name) => std::env::var(name).map_err(|_| {
                anyhow!(
                    "the configuration takes a password from {name}, which is not set to a text"
                )
            }),
            Self::File(path) => {
                let path = folder.join(path);
                let shown = path.display();
                let mut text = String::new();
                let file = File::open(&path);
                let read = file.and_then(|file| {
                    super::warn_if_open(&file, &path);
                    file.take(PASSWORD_BYTES_MAX + 1).read_to_string(&mut text)
                });
                read.with_context(|| format!("can't read the password in {shown}"))?;
                let line = text.trim_end_matches(['\r', '\n']);
                if line.is_empty()
                    || line.contains(['\r', '\n'])
                    || text.len() as u64 > PASSWORD_BYTES_MAX
                {
                    bail!("{shown} holds no password: one line is expected, and nothing else");
                }
                Ok(line.to_owned())
            }
        }
    }
}
