//! Which addresses may be dialled for a name? The resolver hooks of the two clients.

use std::fmt;
use std::future::Future;
use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;

use reqwest::dns::{Addrs, Name, Resolve, Resolving};

use tracing::debug;

use super::guard::{self, Refusal};
use super::options::Override;
use super::shortage;
use crate::link::Link;

/// A name without an address.
#[derive(Debug, thiserror::Error)]
#[error("{name} does not resolve")]
pub(super) struct NoSuchName {
    name: String,
    #[source]
    source: Option<io::Error>,
}

/// Why a name may not be dialled.
#[derive(Debug, thiserror::Error)]
pub(super) enum Undialled {
    #[error(transparent)]
    Name(#[from] NoSuchName),
    #[error(transparent)]
    Refused(#[from] Refusal),
}

/// Whom names are asked of.
#[derive(Clone)]
pub(super) struct Names(Arc<dyn Fn(String) -> Asking + Send + Sync>);

/// A question to a name server.
type Asking = Pin<Box<dyn Future<Output = Result<Vec<SocketAddr>, NoSuchName>> + Send>>;

impl Names {
    /// Returns the system's resolver.
    pub(super) fn of_system() -> Self {
        Self(Arc::new(|name| {
            Box::pin(async move { lookup(&name).await })
        }))
    }
}

impl fmt::Debug for Names {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Names")
    }
}

impl NoSuchName {
    /// Returns whether it may resolve the next time: the name servers could not be asked. The system says so in words alone
    /// (`EAI_AGAIN`, by glibc, musl and the BSDs).
    pub(super) fn is_passing(&self) -> bool {
        let words = self.source.as_ref().map(ToString::to_string);
        words
            .is_some_and(|words| words.contains("Temporary failure") || words.contains("Try again"))
    }
}

/// Resolves the names of hosts: overrides first, then the system, whose answers pass the guard.
#[derive(Debug, Clone)]
pub(super) struct HostResolver {
    pub(super) overrides: Vec<Override>,
    pub(super) allow_private: bool,
    pub(super) names: Names,
}

impl HostResolver {
    /// Judges what can be judged before dialling. Names are judged when they are resolved; a proxy resolves them itself.
    pub(super) fn admit(&self, link: &Link, through_proxy: bool) -> Result<(), Refusal> {
        let sent_elsewhere = !through_proxy && self.stands_in(link.host());
        if self.allow_private || sent_elsewhere {
            return Ok(());
        }
        guard::judge(link)
    }

    /// Resolves a name and judges what it resolves to. These very addresses are dialled, whatever the name says later.
    pub(super) async fn dial(&self, name: &str) -> Result<Vec<SocketAddr>, Undialled> {
        let overridden = self.overridden(name);
        if !overridden.is_empty() {
            return Ok(overridden);
        }
        let addresses = (self.names.0)(name.to_owned()).await?;
        debug!(name, ?addresses, "resolved");
        if self.allow_private {
            return Ok(addresses);
        }
        Ok(guard::admit(name, addresses).inspect_err(|refusal| debug!(%refusal, "refused"))?)
    }

    /// Returns whether the user sends a host elsewhere. Literal addresses are never resolved.
    fn stands_in(&self, host: &str) -> bool {
        guard::literal(host).is_none() && !self.overridden(host).is_empty()
    }

    /// Returns where the user sends a name; nothing where the system is to be asked.
    fn overridden(&self, name: &str) -> Vec<SocketAddr> {
        let of = |host: Option<&str>| -> Vec<SocketAddr> {
            let matching = self
                .overrides
                .iter()
                .filter(|rule| rule.host.as_deref() == host);
            // Port 0 is the scheme's own to the connector.
            matching
                .map(|rule| SocketAddr::new(rule.address, rule.port.unwrap_or(0)))
                .collect()
        };
        let named = of(Some(name));
        if named.is_empty() { of(None) } else { named }
    }
}

impl Resolve for HostResolver {
    fn resolve(&self, name: Name) -> Resolving {
        let resolver = self.clone();
        Box::pin(async move {
            match resolver.dial(name.as_str()).await {
                Ok(addresses) => Ok(Box::new(addresses.into_iter()) as Addrs),
                // The causes themselves: what is told of them is found by their types.
                Err(Undialled::Name(error)) => Err(error.into()),
                Err(Undialled::Refused(refusal)) => Err(refusal.into()),
            }
        })
    }
}

/// Resolves the proxy's own name, which is the user's choice.
#[derive(Debug, Clone, Copy)]
pub(super) struct ProxyResolver;

impl Resolve for ProxyResolver {
    fn resolve(&self, name: Name) -> Resolving {
        Box::pin(async move { Ok(Box::new(lookup(name.as_str()).await?.into_iter()) as Addrs) })
    }
}

async fn lookup(name: &str) -> Result<Vec<SocketAddr>, NoSuchName> {
    match tokio::net::lookup_host((name, 0)).await {
        Ok(addresses) => {
            let addresses: Vec<_> = addresses.collect();
            if addresses.is_empty() {
                Err(NoSuchName {
                    name: name.to_owned(),
                    source: None,
                })
            } else {
                Ok(addresses)
            }
        }
        Err(source) => Err(NoSuchName {
            name: name.to_owned(),
            source: Some(shortage::behind(source)),
        }),
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::super::connect;
    use super::super::options::Options;
    use super::*;

    /// Returns a resolver whose answers come one after the other, the last one for ever, and how often it was asked.
    fn changing(answers: &[&[&str]], allow_private: bool) -> (HostResolver, Arc<AtomicUsize>) {
        let address = |text: &&str| SocketAddr::new(text.parse().unwrap(), 0);
        let answers: Vec<Vec<SocketAddr>> = answers
            .iter()
            .map(|answer| answer.iter().map(address).collect())
            .collect();
        let asked = Arc::new(AtomicUsize::new(0));
        let counted = Arc::clone(&asked);
        let names = Names(Arc::new(move |_| {
            let number = counted.fetch_add(1, Ordering::Relaxed);
            let answer = answers[number.min(answers.len() - 1)].clone();
            Box::pin(async move { Ok(answer) })
        }));
        let resolver = HostResolver {
            overrides: Vec::new(),
            allow_private,
            names,
        };
        (resolver, asked)
    }

    #[tokio::test]
    async fn a_name_that_changes_its_mind_is_judged_each_time() {
        let (resolver, _) = changing(&[&["8.8.8.8"], &["127.0.0.1"], &["::1"]], false);
        let dialled = resolver.dial("rebind.test").await.unwrap();
        assert_eq!(dialled, ["8.8.8.8:0".parse().unwrap()]);
        for _ in 0..2 {
            let refused = resolver.dial("rebind.test").await.unwrap_err();
            assert!(matches!(refused, Undialled::Refused(_)), "{refused}");
        }
    }

    #[tokio::test]
    async fn of_several_addresses_only_public_ones_are_dialled() {
        let (resolver, _) = changing(&[&["10.0.0.1", "8.8.8.8", "fe80::1"]], false);
        let dialled = resolver.dial("mixed.test").await.unwrap();
        assert_eq!(dialled, ["8.8.8.8:0".parse().unwrap()]);
    }

    /// What was judged is what is dialled: between the two nobody is asked again.
    #[tokio::test]
    async fn a_name_is_resolved_once_a_connection() {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!(
            "http://rebind.test:{}/",
            listener.local_addr().unwrap().port()
        );
        // Judged good, this first answer is the one that is connected to, whatever the next one is.
        let (resolver, asked) = changing(&[&["127.0.0.1"], &["192.0.2.1"]], true);
        let client = connect::client(&Options::plain(), resolver).unwrap();
        let request = tokio::spawn(async move { client.get(url).send().await });
        listener.accept().await.unwrap();
        assert_eq!(asked.load(Ordering::Relaxed), 1);
        request.abort();
    }

    #[tokio::test]
    async fn who_is_judged_bad_is_not_dialled() {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        listener.set_nonblocking(true).unwrap();
        let url = format!(
            "http://rebind.test:{}/",
            listener.local_addr().unwrap().port()
        );
        let (resolver, asked) = changing(&[&["127.0.0.1"], &["8.8.8.8"]], false);
        let client = connect::client(&Options::plain(), resolver).unwrap();
        assert!(client.get(url).send().await.is_err());
        assert_eq!(asked.load(Ordering::Relaxed), 1);
        assert!(listener.accept().is_err());
    }

    #[test]
    fn a_host_of_its_own_goes_before_every_host() {
        let rule = |host: Option<&str>, address: &str, port| Override {
            host: host.map(str::to_owned),
            address: address.parse().unwrap(),
            port,
        };
        let overrides = vec![
            rule(None, "127.0.0.1", Some(8443)),
            rule(Some("a.test"), "::1", None),
        ];
        let resolver = HostResolver {
            overrides,
            allow_private: false,
            names: Names::of_system(),
        };
        assert_eq!(resolver.overridden("a.test"), ["[::1]:0".parse().unwrap()]);
        assert_eq!(
            resolver.overridden("b.test"),
            ["127.0.0.1:8443".parse().unwrap()]
        );
        assert!(resolver.stands_in("localhost"));
        assert!(!resolver.stands_in("127.0.0.1") && !resolver.stands_in("[::1]"));
    }
}
