//! Whom does a client trust in a test? A certificate authority made at run time, and one certificate by it.

use std::io;
use std::sync::Arc;

use rcgen::{BasicConstraints, CertificateParams, DnType, IsCa, Issuer, KeyPair, KeyUsagePurpose};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer};

/// An authority, and what it issued for an origin.
#[derive(Debug)]
pub(crate) struct Authority {
    /// The certificate to trust, in PEM.
    pub(crate) ca_pem: String,
    certificate: CertificateDer<'static>,
    key: PrivatePkcs8KeyDer<'static>,
}

impl Authority {
    /// Makes an authority and a certificate for `hosts`, `localhost` and `127.0.0.1`.
    pub(crate) fn make(hosts: &[String]) -> io::Result<Self> {
        let mut ca = CertificateParams::default();
        ca.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        ca.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
        ca.distinguished_name
            .push(DnType::CommonName, "Offprint test authority");
        let ca_key = KeyPair::generate().map_err(io::Error::other)?;
        let ca_certificate = ca.self_signed(&ca_key).map_err(io::Error::other)?;

        let mut names = hosts.to_vec();
        names.extend(["localhost".to_owned(), "127.0.0.1".to_owned()]);
        let leaf = CertificateParams::new(names).map_err(io::Error::other)?;
        let key = KeyPair::generate().map_err(io::Error::other)?;
        let issuer = Issuer::from_params(&ca, &ca_key);
        let certificate = leaf.signed_by(&key, &issuer).map_err(io::Error::other)?;
        Ok(Self {
            ca_pem: ca_certificate.pem(),
            certificate: certificate.der().clone(),
            key: PrivatePkcs8KeyDer::from(key.serialize_der()),
        })
    }

    /// Returns what accepts connections with the certificate.
    pub(crate) fn acceptor(self, http1_only: bool) -> io::Result<TlsAcceptor> {
        let mut config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_safe_default_protocol_versions()
            .map_err(io::Error::other)?
            .with_no_client_auth()
            .with_single_cert(vec![self.certificate], PrivateKeyDer::Pkcs8(self.key))
            .map_err(io::Error::other)?;
        config.alpn_protocols = vec![b"http/1.1".to_vec()];
        if !http1_only {
            config.alpn_protocols.insert(0, b"h2".to_vec());
        }
        Ok(TlsAcceptor::from(Arc::new(config)))
    }
}
