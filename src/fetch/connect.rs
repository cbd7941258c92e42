//! How is a connection made? The two reqwest clients: straight to the host, and through a proxy.

use reqwest::Certificate;
use reqwest::header::HeaderValue;
use rustls::RootCertStore;
use rustls::crypto::{CryptoProvider, ring};
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject as _;

use super::error::FetchError;
use super::options::Options;
use super::proxy::Proxies;
use super::resolve::{HostResolver, ProxyResolver};

/// Header fields of an answer at most. Far above what servers send (hyper's own limit, 100, has been met in the wild).
const HEADER_FIELDS_MAX: usize = 256;
/// Bytes of the header fields of an answer at most; they are all kept in the record.
pub(super) const HEADER_BYTES_MAX: usize = 64 << 10;

/// Makes the client that connects to the hosts themselves.
pub(super) fn direct(
    options: &Options,
    resolver: HostResolver,
) -> Result<reqwest::Client, FetchError> {
    builder(options)?
        .dns_resolver(resolver)
        .build()
        .map_err(FetchError::Client)
}

/// Makes the client that connects to the proxies; which URLs are for it is decided before it is asked.
pub(super) fn proxied(options: &Options, proxies: &Proxies) -> Result<reqwest::Client, FetchError> {
    let mut builder = builder(options)?.dns_resolver(ProxyResolver);
    // reqwest's own error would repeat the address.
    if let Some(proxy) = &proxies.http {
        builder = builder.proxy(reqwest::Proxy::http(proxy).map_err(|_| FetchError::Proxy)?);
    }
    if let Some(proxy) = &proxies.https {
        builder = builder.proxy(reqwest::Proxy::https(proxy).map_err(|_| FetchError::Proxy)?);
    }
    builder.build().map_err(FetchError::Client)
}

/// Reads the user agent.
pub(super) fn user_agent(options: &Options) -> Result<HeaderValue, FetchError> {
    let value = HeaderValue::from_bytes(options.user_agent.trim().as_bytes());
    value
        .ok()
        .filter(|value| !value.is_empty())
        .ok_or_else(|| FetchError::UserAgent(options.user_agent.clone()))
}

fn builder(options: &Options) -> Result<reqwest::ClientBuilder, FetchError> {
    // reqwest takes the process's provider and panics without one. Where two clients race, the first one's stays.
    if CryptoProvider::get_default().is_none() {
        ring::default_provider().install_default().ok();
    }
    Ok(reqwest::Client::builder()
        .user_agent(user_agent(options)?)
        .referer(false)
        .redirect(reqwest::redirect::Policy::none())
        .retry(reqwest::retry::never())
        .no_proxy()
        .connect_timeout(options.timeouts.connect)
        .pool_max_idle_per_host(options.per_host.max(1))
        .http1_max_headers(HEADER_FIELDS_MAX)
        .http2_max_header_list_size(u32::try_from(HEADER_BYTES_MAX).unwrap_or(u32::MAX))
        .tls_backend_rustls()
        .tls_certs_merge(roots(options)?))
}

/// Returns what is trusted beside the system's own roots: Mozilla's, so that a machine without `ca-certificates` works
/// (without any root of its own, the client could not even be made), and the user's.
fn roots(options: &Options) -> Result<Vec<Certificate>, FetchError> {
    let mozilla = webpki_root_certs::TLS_SERVER_ROOT_CERTS.iter();
    let mut roots = mozilla
        .map(|der| Certificate::from_der(der))
        .collect::<Result<Vec<_>, _>>()
        .map_err(FetchError::Client)?;
    for pem in &options.ca_certs {
        let before = roots.len();
        for der in CertificateDer::pem_slice_iter(pem) {
            roots.push(trusted(
                &der.map_err(|error| FetchError::CaCert(error.into()))?,
            )?);
        }
        if roots.len() == before {
            return Err(FetchError::NoCaCert);
        }
    }
    Ok(roots)
}

/// Takes a certificate that can be trusted; reqwest itself would only say that the client can't be made.
fn trusted(der: &CertificateDer<'_>) -> Result<Certificate, FetchError> {
    let readable = RootCertStore::empty().add(der.clone().into_owned());
    readable.map_err(|error| FetchError::CaCert(error.into()))?;
    Certificate::from_der(der).map_err(FetchError::Client)
}
