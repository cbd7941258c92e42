//! How may the network be used? The network flags become the options of the fetch room.

use std::fs::File;
use std::io::Read as _;
use std::net::{IpAddr, SocketAddr};
use std::path::Path;

use anyhow::{Context, anyhow};

use crate::exchange::Referrer;
use crate::fetch::{
    COOKIES_BYTES_MAX, Header, Hosts, Jar, Options, Override, OwnHeaders, ProxyChoice, Rate,
    Retries, Said, Timeouts,
};

use super::TOOL;
use super::args::Network;
use super::config::Config;

/// Returns the options of the fetch room that the flags and the configuration ask for.
pub(super) fn options(flags: &Network, config: &Config) -> anyhow::Result<Options> {
    let read = |path: &std::path::PathBuf| {
        std::fs::read(path)
            .with_context(|| format!("can't read the certificates in {}", path.display()))
    };
    Ok(Options {
        jobs: flags.jobs.into(),
        per_host: flags.per_host.into(),
        delay: flags.delay.unwrap_or_default(),
        paces: config.paces(),
        timeouts: Timeouts::within(flags.timeout),
        retries: Retries {
            times: flags.retries.into(),
            pause: flags.retry_pause,
            wait_max: flags.max_wait,
        },
        rate: Rate::a_second(flags.min_rate),
        bytes_max: flags.max_bytes,
        ca_certs: flags.ca_cert.iter().map(read).collect::<Result<_, _>>()?,
        resolve: overrides(&flags.resolve)?,
        proxy: proxy(flags.proxy.as_deref()),
        allow_private: flags.allow_private,
        user_agent: user_agent(flags.user_agent.as_deref()),
        headers: OwnHeaders {
            by_flag: flags
                .header
                .iter()
                .map(|text| Header::parse(&text.0).context("a --header can't be sent"))
                .collect::<Result<_, _>>()?,
            in_file: config.headers()?,
        },
        referrers: Said {
            by_flag: flags
                .referrer
                .iter()
                .map(|text| referrer(text))
                .collect::<Result<_, _>>()?,
            in_file: config.referrers(),
        },
        cookies: flags
            .cookies
            .as_deref()
            .map_or_else(|| Ok(Jar::default()), cookies)?,
    })
}

/// Reads a `cookies.txt`.
fn cookies(path: &Path) -> anyhow::Result<Jar> {
    let mut bytes = Vec::new();
    // One byte more than allowed tells that it is too long, whatever it is: a device may never end.
    let read =
        File::open(path).and_then(|file| file.take(COOKIES_BYTES_MAX + 1).read_to_end(&mut bytes));
    read.with_context(|| format!("can't read the cookies in {}", path.display()))?;
    Jar::parse(&bytes).with_context(|| format!("can't take the cookies in {}", path.display()))
}

/// Returns who decides about proxies.
pub(super) fn proxy(flag: Option<&str>) -> ProxyChoice {
    flag.map_or(ProxyChoice::Environment, |url| {
        ProxyChoice::Url(url.to_owned())
    })
}

/// Returns who asks, truthfully where nobody says otherwise.
pub(super) fn user_agent(flag: Option<&str>) -> String {
    flag.map_or_else(
        || format!("{} (article archiver)", TOOL.replace(' ', "/")),
        str::to_owned,
    )
}

/// Reads `HOST=none|origin|page`.
fn referrer(text: &str) -> anyhow::Result<(Hosts, Referrer)> {
    let wrong = || {
        anyhow!(
            "--referrer {text}: not of the form HOST=none|origin|page, such as img.example.com=page"
        )
    };
    let (hosts, word) = text.split_once('=').ok_or_else(wrong)?;
    let referrer = match word.trim() {
        "none" => Referrer::None,
        "origin" => Referrer::Origin,
        "page" => Referrer::Page,
        _ => return Err(wrong()),
    };
    let hosts = Hosts::parse(hosts).with_context(|| format!("--referrer {text}"))?;
    Ok((hosts, referrer))
}

/// Reads where the user sends hosts.
pub(super) fn overrides(flags: &[String]) -> anyhow::Result<Vec<Override>> {
    flags.iter().map(|text| resolve(text)).collect()
}

/// Reads `HOST=ADDR[:PORT]`; an IPv6 address with a port stands in brackets.
fn resolve(text: &str) -> anyhow::Result<Override> {
    let wrong = || {
        anyhow!(
            "--resolve {text}: not of the form HOST=ADDR[:PORT], such as example.com=127.0.0.1:8080"
        )
    };
    let (host, target) = text
        .split_once('=')
        .filter(|(host, _)| !host.is_empty())
        .ok_or_else(wrong)?;
    let host = (host != "*").then(|| host.to_ascii_lowercase());
    let bare = target
        .strip_prefix('[')
        .and_then(|rest| rest.strip_suffix(']'))
        .unwrap_or(target);
    if let Ok(address) = bare.parse::<IpAddr>() {
        return Ok(Override {
            host,
            address,
            port: None,
        });
    }
    let socket: SocketAddr = target.parse().map_err(|_| wrong())?;
    Ok(Override {
        host,
        address: socket.ip(),
        port: Some(socket.port()),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_referrer_is_for_a_host() {
        let (hosts, told) = referrer(".Sinaimg.cn=page").unwrap();
        assert_eq!((&*hosts.to_string(), told), (".sinaimg.cn", Referrer::Page));
        for wrong in ["", "page", "h=always", "*=page", "=page", "h/x=origin"] {
            let error = format!("{:#}", referrer(wrong).unwrap_err());
            assert!(
                error.starts_with(&format!("--referrer {wrong}: ")),
                "{error}"
            );
        }
    }

    #[test]
    fn overrides_name_a_host_or_all() {
        let one = resolve("Example.COM=127.0.0.1:8443").unwrap();
        assert_eq!(
            (one.host.as_deref(), one.port),
            (Some("example.com"), Some(8443))
        );
        let all = resolve("*=[::1]:80").unwrap();
        assert_eq!(
            (all.host, all.address.to_string(), all.port),
            (None, "::1".to_owned(), Some(80))
        );
        assert_eq!(resolve("h=::1").unwrap().port, None);
        for wrong in [
            "",
            "h",
            "=1.2.3.4",
            "h=",
            "h=name",
            "h=1.2.3.4:x",
            "h=1.2.3",
        ] {
            let error = resolve(wrong).unwrap_err().to_string();
            assert!(
                error.starts_with(&format!("--resolve {wrong}: ")),
                "{error}"
            );
        }
    }
}
