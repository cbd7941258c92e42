//! Why can the network not be used at all? What options hold that no client can be made of.

/// Why the network can't be used at all.
#[derive(Debug, thiserror::Error)]
pub enum FetchError {
    /// A text given as trusted roots holds a certificate that can't be read.
    #[error("a certificate given with --ca-cert can't be read")]
    CaCert(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// A text given as trusted roots holds no certificate.
    #[error("a file given with --ca-cert holds no certificate (PEM is expected)")]
    NoCaCert,
    /// A proxy address that can't be used. It may hold a password, so it isn't repeated.
    #[error("the proxy address is not one of http, https, socks4(a) or socks5(h)")]
    Proxy,
    /// A user name for a SOCKS 4 proxy.
    #[error(
        "a SOCKS 4 proxy can't be told a user name; use socks5 if it speaks that, or leave the name out"
    )]
    ProxyUser,
    /// The user agent is no header field value.
    #[error("the user agent {0:?} can't be sent")]
    UserAgent(String),
    /// Nobody could be trusted.
    #[error("TLS can't be set up")]
    Tls(#[source] rustls::Error),
    /// The client could not be made.
    #[error("the network client could not be made")]
    Client(#[source] reqwest::Error),
}
