//! Which addresses may be dialled for a name? The resolver hooks of the two clients.

use std::io;
use std::net::SocketAddr;

use reqwest::dns::{Addrs, Name, Resolve, Resolving};

use tracing::debug;

use super::guard;
use super::options::Override;

/// A name without an address.
#[derive(Debug, thiserror::Error)]
#[error("{name} does not resolve")]
pub(super) struct NoSuchName {
    name: String,
    #[source]
    source: Option<io::Error>,
}

/// Resolves the names of hosts: overrides first, then the system, whose answers pass the guard.
#[derive(Debug, Clone)]
pub(super) struct HostResolver {
    pub(super) overrides: Vec<Override>,
    pub(super) allow_private: bool,
}

impl HostResolver {
    /// Returns whether the user sends a host elsewhere. Literal addresses are never resolved.
    pub(super) fn stands_in(&self, host: &str) -> bool {
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
        let overridden = self.overridden(name.as_str());
        let allow_private = self.allow_private;
        Box::pin(async move {
            if !overridden.is_empty() {
                return Ok(Box::new(overridden.into_iter()) as Addrs);
            }
            let mut addresses = lookup(name.as_str()).await?;
            debug!(name = name.as_str(), ?addresses, "resolved");
            if !allow_private {
                addresses = guard::admit(name.as_str(), addresses)
                    .inspect_err(|refusal| debug!(%refusal, "refused"))?;
            }
            Ok(Box::new(addresses.into_iter()) as Addrs)
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
            source: Some(source),
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

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
