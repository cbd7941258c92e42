//! How is a connection made? Straight to the host, or through a proxy: all that the reqwest clients are told.

use std::sync::Arc;

use reqwest::header::HeaderValue;
use rustls::crypto::ring::default_provider;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject as _;
use rustls::{ClientConfig, RootCertStore};
use rustls_platform_verifier::Verifier;

use super::connections::Connections;
use super::error::FetchError;
use super::options::Options;
use super::proxy::Proxies;
use super::resolve::{HostResolver, ProxyResolver};

/// Header fields of an answer at most. Far above what servers send (hyper's own limit, 100, has been met in the wild).
const HEADER_FIELDS_MAX: usize = 256;
/// Bytes of the header fields of an answer at most; they are all kept in the record.
pub(super) const HEADER_BYTES_MAX: usize = 64 << 10;

/// Returns how TLS is spoken, for all clients of a run: the system's own roots are read once.
pub(super) fn tls(options: &Options) -> Result<ClientConfig, FetchError> {
    let provider = Arc::new(default_provider());
    let roots = roots(options)?;
    let verifier = Verifier::new_with_extra_roots(roots, Arc::clone(&provider));
    let verifier = Arc::new(verifier.map_err(FetchError::Tls)?);
    let builder = ClientConfig::builder_with_provider(provider);
    let builder = builder
        .with_safe_default_protocol_versions()
        .map_err(FetchError::Tls)?;
    let mut tls = builder
        .dangerous()
        .with_custom_certificate_verifier(verifier)
        .with_no_client_auth();
    tls.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    Ok(tls)
}

/// Makes the connections to the hosts themselves.
pub(super) fn direct(
    options: &Options,
    tls: ClientConfig,
    resolver: HostResolver,
    idle_max: usize,
) -> Result<Connections, FetchError> {
    let builder = builder(options, tls)?;
    Connections::new(idle_max, options.per_host, move |idle| {
        let builder = builder()
            .pool_max_idle_per_host(idle)
            .dns_resolver(resolver.clone());
        builder.build().map_err(FetchError::Client)
    })
}

/// Makes one client that connects to the hosts themselves, to be looked at.
#[cfg(test)]
pub(super) fn client(
    options: &Options,
    resolver: HostResolver,
) -> Result<Arc<reqwest::Client>, FetchError> {
    let idle_max = super::idle_max(options.jobs);
    let connections = direct(options, tls(options)?, resolver, idle_max)?;
    Ok(connections.client("https://h.test").0)
}

/// Makes the connections to the proxies; which URLs are for them is decided before they are asked.
pub(super) fn proxied(
    options: &Options,
    tls: ClientConfig,
    proxies: &Proxies,
    idle_max: usize,
) -> Result<Connections, FetchError> {
    // reqwest's own error would repeat the address.
    let http = proxies.http.as_ref().map(reqwest::Proxy::http);
    let https = proxies.https.as_ref().map(reqwest::Proxy::https);
    let used: Vec<reqwest::Proxy> = [http, https]
        .into_iter()
        .flatten()
        .collect::<Result<_, _>>()
        .map_err(|_| FetchError::Proxy)?;
    let builder = builder(options, tls)?;
    Connections::new(idle_max, options.per_host, move |idle| {
        let through =
            |builder: reqwest::ClientBuilder, proxy: &reqwest::Proxy| builder.proxy(proxy.clone());
        let builder = builder()
            .pool_max_idle_per_host(idle)
            .dns_resolver(ProxyResolver);
        let builder = used.iter().fold(builder, through);
        builder.build().map_err(FetchError::Client)
    })
}

/// Reads the user agent.
pub(super) fn user_agent(options: &Options) -> Result<HeaderValue, FetchError> {
    let value = HeaderValue::from_bytes(options.user_agent.trim().as_bytes());
    value
        .ok()
        .filter(|value| !value.is_empty())
        .ok_or_else(|| FetchError::UserAgent(options.user_agent.clone()))
}

/// Returns what makes the builders of clients that differ in nothing but what they keep.
fn builder(
    options: &Options,
    tls: ClientConfig,
) -> Result<impl Fn() -> reqwest::ClientBuilder + Send + Sync + 'static, FetchError> {
    let (user_agent, connect) = (user_agent(options)?, options.timeouts.connect);
    Ok(move || {
        reqwest::Client::builder()
            .user_agent(user_agent.clone())
            .referer(false)
            .redirect(reqwest::redirect::Policy::none())
            .retry(reqwest::retry::never())
            .no_proxy()
            .connect_timeout(connect)
            .http1_max_headers(HEADER_FIELDS_MAX)
            .http2_max_header_list_size(u32::try_from(HEADER_BYTES_MAX).unwrap_or(u32::MAX))
            .tls_backend_preconfigured(tls.clone())
    })
}

/// Returns what is trusted beside the system's own roots: Mozilla's, so that a machine without `ca-certificates` works
/// (without any root, the verifier could not even be made), and the user's.
fn roots(options: &Options) -> Result<Vec<CertificateDer<'static>>, FetchError> {
    let mut roots = webpki_root_certs::TLS_SERVER_ROOT_CERTS.to_vec();
    for pem in &options.ca_certs {
        let before = roots.len();
        for der in CertificateDer::pem_slice_iter(pem) {
            let der = der.map_err(|error| FetchError::CaCert(error.into()))?;
            // The verifier itself would not say which it can't read.
            let readable = RootCertStore::empty().add(der.clone());
            readable.map_err(|error| FetchError::CaCert(error.into()))?;
            roots.push(der);
        }
        if roots.len() == before {
            return Err(FetchError::NoCaCert);
        }
    }
    Ok(roots)
}
