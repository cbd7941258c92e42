//! Would a request be let out, and which way? The guard's answer without any request.

use std::net::{IpAddr, SocketAddr};

use super::error::FetchError;
use super::guard::Refusal;
use super::options::{Override, ProxyChoice};
use super::proxy::Proxies;
use super::resolve::{HostResolver, Names, Undialled};
use crate::link::Link;

/// What decides where requests may go.
#[derive(Debug)]
pub struct Gate {
    hosts: HostResolver,
    proxies: Option<Proxies>,
}

/// Which way a request would go.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Way {
    /// To one of these addresses.
    To(Vec<IpAddr>),
    /// Through a proxy, which resolves the name itself.
    Proxy,
    /// Nowhere now: the name does not resolve.
    Unresolved,
}

impl Gate {
    /// Makes a gate.
    ///
    /// # Errors
    /// When the proxy can't be used.
    pub fn new(
        overrides: Vec<Override>,
        allow_private: bool,
        proxy: &ProxyChoice,
    ) -> Result<Self, FetchError> {
        Ok(Self {
            hosts: HostResolver {
                overrides,
                allow_private,
                names: Names::of_system(),
            },
            proxies: Proxies::find(proxy)?,
        })
    }

    /// Says which way a request for `link` would go. The name is resolved as it would be for the request; the host itself
    /// is sent nothing.
    ///
    /// # Errors
    /// When the guard refuses it.
    pub async fn judge(&self, link: &Link) -> Result<Way, Refusal> {
        let through_proxy = self.proxies.as_ref().is_some_and(|it| it.intercepts(link));
        self.hosts.admit(link, through_proxy)?;
        if through_proxy {
            return Ok(Way::Proxy);
        }
        if let Some(address) = super::guard::literal(link.host()) {
            return Ok(Way::To(vec![address]));
        }
        match self.hosts.dial(link.host()).await {
            Ok(addresses) => {
                let mut addresses: Vec<_> = addresses.iter().map(SocketAddr::ip).collect();
                addresses.dedup();
                Ok(Way::To(addresses))
            }
            Err(Undialled::Name(_)) => Ok(Way::Unresolved),
            Err(Undialled::Refused(refusal)) => Err(refusal),
        }
    }
}
