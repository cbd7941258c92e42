//! May a connection go to this address? Only to global unicast, by the IANA special-purpose registries.
//!
//! Literal addresses are judged before anything is sent (the URL parser has already made decimal, octal and hexadecimal
//! forms one), names when they have been resolved, at the moment of dialling: what was judged is what is dialled.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use crate::link::Link;

/// Why the guard refuses.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// The host is a literal address that is not public.
    #[error("{0} is not a public address")]
    Literal(IpAddr),
    /// The host is a name of this machine (RFC 6761 §6.3).
    #[error("{0} names this machine")]
    Localhost(String),
    /// The name resolves, but to no public address.
    #[error("{name} resolves to {address}, which is not a public address")]
    Resolved {
        /// The host name.
        name: String,
        /// The first of its addresses.
        address: IpAddr,
    },
}

/// Judges what can be judged without asking the network: literal addresses and the names of this machine.
///
/// # Errors
/// When the host is a literal address that is not public, or `localhost`.
pub fn judge(link: &Link) -> Result<(), Refusal> {
    let host = link.host();
    match literal(host) {
        Some(address) if is_public(address) => Ok(()),
        Some(address) => Err(Refusal::Literal(address)),
        None if is_localhost(host) => Err(Refusal::Localhost(host.to_owned())),
        None => Ok(()),
    }
}

/// Returns the public ones among a name's addresses.
///
/// # Errors
/// When there are addresses and none is public.
pub(super) fn admit(name: &str, addresses: Vec<SocketAddr>) -> Result<Vec<SocketAddr>, Refusal> {
    let Some(first) = addresses.first().map(SocketAddr::ip) else {
        return Ok(addresses);
    };
    let public: Vec<_> = addresses
        .into_iter()
        .filter(|address| is_public(address.ip()))
        .collect();
    if public.is_empty() {
        return Err(Refusal::Resolved {
            name: name.to_owned(),
            address: first,
        });
    }
    Ok(public)
}

/// Returns the address that a URL's host spells out, if it is one.
pub(super) fn literal(host: &str) -> Option<IpAddr> {
    let bare = host
        .strip_prefix('[')
        .and_then(|rest| rest.strip_suffix(']'))
        .unwrap_or(host);
    bare.parse().ok()
}

/// Names of this machine in the hosts files of common systems. They resolve to loopback there, and where a proxy resolves
/// them, they are names of the proxy's machine.
const NAMES_OF_THIS_MACHINE: [&str; 6] = [
    "localhost",
    "localhost.localdomain",
    "localhost6",
    "localhost6.localdomain6",
    "ip6-localhost",
    "ip6-loopback",
];

fn is_localhost(host: &str) -> bool {
    let name = host.strip_suffix('.').unwrap_or(host);
    NAMES_OF_THIS_MACHINE.contains(&name) || name.ends_with(".localhost")
}

/// Returns whether an address is global unicast: reachable by anyone, and no part of a special-purpose block.
#[must_use]
pub fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => is_public_v4(address),
        IpAddr::V6(address) => is_public_v6(address),
    }
}

/// The IPv4 blocks that are not global unicast (IANA IPv4 special-purpose registry; RFC 5771; RFC 1112 §4).
const SPECIAL_V4: [(Ipv4Addr, u32); 17] = [
    (Ipv4Addr::UNSPECIFIED, 8),            // this network
    (Ipv4Addr::new(10, 0, 0, 0), 8),       // private use
    (Ipv4Addr::new(100, 64, 0, 0), 10),    // shared by carriers
    (Ipv4Addr::new(127, 0, 0, 0), 8),      // loopback
    (Ipv4Addr::new(169, 254, 0, 0), 16),   // link-local, and clouds' metadata services
    (Ipv4Addr::new(168, 63, 129, 16), 32), // Azure's metadata and name service: in no registry, and in no network but its own
    (Ipv4Addr::new(172, 16, 0, 0), 12),    // private use
    (Ipv4Addr::new(192, 0, 0, 0), 24),     // protocol assignments
    (Ipv4Addr::new(192, 0, 2, 0), 24),     // documentation
    (Ipv4Addr::new(192, 88, 99, 0), 24),   // 6to4 relays, gone
    (Ipv4Addr::new(192, 168, 0, 0), 16),   // private use
    (Ipv4Addr::new(198, 18, 0, 0), 15),    // benchmarks
    (Ipv4Addr::new(198, 51, 100, 0), 24),  // documentation
    (Ipv4Addr::new(203, 0, 113, 0), 24),   // documentation
    (Ipv4Addr::new(224, 0, 0, 0), 4),      // multicast
    (Ipv4Addr::new(240, 0, 0, 0), 4),      // reserved
    (Ipv4Addr::BROADCAST, 32),
];

fn is_public_v4(address: Ipv4Addr) -> bool {
    let within = |&(block, bits): &(Ipv4Addr, u32)| {
        (u32::from(address) ^ u32::from(block)) >> (32 - bits) == 0
    };
    !SPECIAL_V4.iter().any(within)
}

/// What is routed globally; everything else (mapped and compatible IPv4, loopback, unique local, link-local,
/// multicast, …) lies outside.
const GLOBAL_V6: (Ipv6Addr, u32) = (Ipv6Addr::new(0x2000, 0, 0, 0, 0, 0, 0, 0), 3);

/// The blocks inside [`GLOBAL_V6`] that are not global unicast (IANA IPv6 special-purpose registry).
const SPECIAL_V6: [(Ipv6Addr, u32); 4] = [
    (Ipv6Addr::new(0x2001, 0, 0, 0, 0, 0, 0, 0), 23), // protocol assignments: Teredo, benchmarks, ORCHID
    (Ipv6Addr::new(0x2001, 0xdb8, 0, 0, 0, 0, 0, 0), 32), // documentation
    (Ipv6Addr::new(0x2002, 0, 0, 0, 0, 0, 0, 0), 16), // 6to4: an IPv4 address in disguise
    (Ipv6Addr::new(0x3fff, 0, 0, 0, 0, 0, 0, 0), 20), // documentation
];

/// NAT64 (RFC 6052): leads to the IPv4 address in its last 32 bits. On networks without IPv4 every old host has one.
const NAT64: (Ipv6Addr, u32) = (Ipv6Addr::new(0x64, 0xff9b, 0, 0, 0, 0, 0, 0), 96);

fn is_public_v6(address: Ipv6Addr) -> bool {
    let within = |&(block, bits): &(Ipv6Addr, u32)| {
        (u128::from(address) ^ u128::from(block)) >> (128 - bits) == 0
    };
    if within(&NAT64) {
        let [.., a, b, c, d] = address.octets();
        return is_public_v4(Ipv4Addr::new(a, b, c, d));
    }
    within(&GLOBAL_V6) && !SPECIAL_V6.iter().any(within) && leads_to_public(address)
}

/// ISATAP (RFC 5214 §6.1): behind these 32 bits of an interface stands the IPv4 address that packets are tunnelled to.
const ISATAP: [[u8; 4]; 2] = [[0, 0, 0x5e, 0xfe], [2, 0, 0x5e, 0xfe]];

/// Returns whether an address is no tunnel, or one to a public IPv4 address.
fn leads_to_public(address: Ipv6Addr) -> bool {
    let [.., a, b, c, d] = address.octets();
    let is_tunnel = ISATAP
        .iter()
        .any(|mark| address.octets()[8..].starts_with(mark));
    !is_tunnel || is_public_v4(Ipv4Addr::new(a, b, c, d))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(url: &str, allowed: bool) {
        let link = Link::parse(url).unwrap();
        assert_eq!(judge(&link).is_ok(), allowed, "{url} is {link}");
    }

    #[test]
    fn special_ipv4_blocks_are_refused_to_their_last_address() {
        for (inside, outside) in [
            ("0.255.255.255", "1.0.0.0"),
            ("10.255.255.255", "9.255.255.255"),
            ("100.64.0.0", "100.63.255.255"),
            ("100.127.255.255", "100.128.0.0"),
            ("127.255.255.255", "128.0.0.0"),
            ("169.254.169.254", "169.255.0.0"),
            ("168.63.129.16", "168.63.129.17"),
            ("172.31.255.255", "172.32.0.0"),
            ("192.0.0.8", "192.0.1.0"),
            ("192.0.2.1", "192.0.3.1"),
            ("192.88.99.1", "192.88.100.1"),
            ("192.168.255.255", "192.169.0.0"),
            ("198.19.255.255", "198.20.0.0"),
            ("198.51.100.7", "198.51.101.7"),
            ("203.0.113.9", "203.0.114.9"),
            ("239.255.255.255", "223.255.255.255"),
            ("255.255.255.255", "8.8.4.4"),
        ] {
            check(&format!("http://{inside}/"), false);
            check(&format!("http://{outside}/"), true);
        }
    }

    #[test]
    fn other_spellings_are_the_same_address() {
        for host in [
            "2130706433",
            "0x7f.1",
            "0177.0.0.1",
            "127.1",
            "１２７.0.0.1",
            "0",
            "127.0.0.1.",
        ] {
            check(&format!("https://{host}/"), false);
        }
        check("http://0x08080808/", true);
    }

    #[test]
    fn only_routed_ipv6_is_allowed() {
        for host in [
            "::",
            "::1",
            "::ffff:127.0.0.1",
            "::ffff:8.8.8.8",
            "::8.8.8.8",
            "::ffff:0:8.8.8.8",
            "fc00::1",
            "fd00::1",
            "fe80::1",
            "fec0::1",
            "ff02::1",
            "100::1",
            "5f00::1",
            "2001::1",
            "2001:2::1",
            "2001:10::1",
            "2001:db8::1",
            "2002:808:808::1",
            "3fff:fff::1",
            "64:ff9b::10.0.0.1",
            "64:ff9b:1::8.8.8.8",
            "4000::1",
            "2606:4700::5efe:10.0.0.1",
            "2606:4700::200:5efe:127.0.0.1",
            "2001:0:4136:e378:8000:63bf:3fff:fdd2",
            "2002:7f00:1::",
        ] {
            check(&format!("http://[{host}]/"), false);
        }
        for host in [
            "2606:4700::1111",
            "2001:200::1",
            "2a00:1450::1",
            "64:ff9b::8.8.8.8",
            "3ffe::1",
            "2606:4700::5efe:8.8.8.8",
        ] {
            check(&format!("http://[{host}]/"), true);
        }
    }

    #[test]
    fn this_machine_has_names() {
        for host in [
            "localhost",
            "LocalHost",
            "localhost.",
            "db.localhost",
            "ip6-localhost",
            "localhost.localdomain",
        ] {
            check(&format!("http://{host}:8080/"), false);
        }
        for host in ["localhost.example", "notlocalhost", "example.com"] {
            check(&format!("http://{host}/"), true);
        }
    }

    #[test]
    fn a_zone_makes_no_address() {
        for host in ["[fe80::1%25eth0]", "[fe80::1%eth0]", "[::1%251]"] {
            assert!(Link::parse(&format!("http://{host}/")).is_err(), "{host}");
        }
    }

    #[test]
    fn of_a_names_addresses_the_public_ones_are_admitted() {
        let private: SocketAddr = "10.0.0.1:0".parse().unwrap();
        let public: SocketAddr = "8.8.8.8:0".parse().unwrap();
        assert_eq!(admit("h.test", vec![private, public]), Ok(vec![public]));
        let refusal = Refusal::Resolved {
            name: "h.test".to_owned(),
            address: private.ip(),
        };
        assert_eq!(admit("h.test", vec![private]), Err(refusal));
    }
}
