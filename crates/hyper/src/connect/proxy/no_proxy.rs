//! The `NO_PROXY` list: servers that are reached without a proxy.
//!
//! `hyper_util::client::proxy::matcher` (0.1.21) is not used because it fails the table below in 13 places: it has no ports, no
//! `*.` prefix, no brackets around IPv6 addresses and no whitespace as a separator, its `*` matches no IP address, and it does
//! not match a name with a trailing dot. It also ignores an invalid proxy address where we must report it.

use std::net::IpAddr;

use crate::origin::Origin;

/// The entries of a list. An invalid entry matches nothing, as it does in other programs that read the variable.
#[derive(Clone, Debug, Default)]
pub(crate) struct NoProxy(Vec<Entry>);

#[derive(Clone, Debug, PartialEq)]
struct Entry {
    hosts: Hosts,
    /// `None` matches every port.
    port: Option<u16>,
}

#[derive(Clone, Debug, PartialEq)]
enum Hosts {
    All,
    /// An address and the length of the network prefix in bits.
    Network(IpAddr, u32),
    /// A name and its subdomains, in lower case.
    Domain(Box<str>),
}

impl NoProxy {
    /// Parses a list separated by commas or whitespace.
    pub(crate) fn parse(list: &str) -> Self {
        let entries = list.split(|character: char| character == ',' || character.is_whitespace());
        Self(entries.filter_map(Entry::parse).collect())
    }

    pub(crate) fn matches(&self, origin: &Origin) -> bool {
        let address: Option<IpAddr> = origin.host().parse().ok();
        let name = origin.host().strip_suffix('.').unwrap_or(origin.host());
        self.0.iter().any(|entry| {
            let matches_host = match &entry.hosts {
                Hosts::All => true,
                Hosts::Network(network, bits) => {
                    address.is_some_and(|address| is_in_network(*network, address, *bits))
                }
                Hosts::Domain(domain) => address.is_none() && is_in_domain(name, domain),
            };
            matches_host && entry.port.is_none_or(|port| port == origin.port())
        })
    }
}

impl Entry {
    fn parse(entry: &str) -> Option<Self> {
        let (hosts, port) = match entry.rsplit_once(':') {
            // An IPv6 address contains colons, and has a port only after brackets.
            Some((hosts, port)) if !hosts.contains(':') || hosts.ends_with(']') => {
                (hosts, Some(port.parse().ok()?))
            }
            _ => (entry, None),
        };
        let hosts = Hosts::parse(hosts)?;
        Some(Self { hosts, port })
    }
}

impl Hosts {
    fn parse(hosts: &str) -> Option<Self> {
        if hosts == "*" {
            return Some(Self::All);
        }
        let (address, bits) = match hosts.split_once('/') {
            Some((address, bits)) => (address, Some(bits.parse().ok()?)),
            None => (hosts, None),
        };
        let address = address
            .strip_prefix('[')
            .and_then(|inner| inner.strip_suffix(']'))
            .unwrap_or(address);
        if let Ok(address) = address.parse::<IpAddr>() {
            let all = if address.is_ipv4() { 32 } else { 128 };
            let bits = bits.unwrap_or(all);
            return (bits <= all).then_some(Self::Network(address, bits));
        }
        let domain = hosts.strip_prefix('*').unwrap_or(hosts);
        let domain = domain.strip_prefix('.').unwrap_or(domain);
        (!domain.is_empty()).then(|| Self::Domain(domain.to_ascii_lowercase().into()))
    }
}

fn is_in_network(network: IpAddr, address: IpAddr, bits: u32) -> bool {
    match (network, address) {
        (IpAddr::V4(network), IpAddr::V4(address)) => {
            let differing = network.to_bits() ^ address.to_bits();
            differing.checked_shr(32 - bits).unwrap_or(0) == 0
        }
        (IpAddr::V6(network), IpAddr::V6(address)) => {
            let differing = network.to_bits() ^ address.to_bits();
            differing.checked_shr(128 - bits).unwrap_or(0) == 0
        }
        _ => false,
    }
}

/// Returns whether a name is this domain, which is in lower case, or a subdomain of it.
fn is_in_domain(name: &str, domain: &str) -> bool {
    let name = name.to_ascii_lowercase();
    name.strip_suffix(domain)
        .is_some_and(|front| front.is_empty() || front.ends_with('.'))
}

#[cfg(test)]
mod tests {
    use super::NoProxy;
    use crate::origin::Origin;

    fn matches(list: &str, host: &str) -> bool {
        let uri = format!("https://{host}/").parse().unwrap();
        NoProxy::parse(list).matches(&Origin::of(&uri).unwrap())
    }

    #[test]
    fn a_name_matches_with_its_subdomains() {
        for list in [
            "example.com",
            ".example.com",
            "*.Example.COM",
            "a.b, example.com",
        ] {
            assert!(
                matches(list, "example.com") && matches(list, "eu.EXAMPLE.com."),
                "{list}"
            );
            assert!(
                !matches(list, "notexample.com") && !matches(list, "example.com.evil"),
                "{list}"
            );
        }
        assert!(matches("example.com:8443", "eu.example.com:8443"));
        assert!(!matches("example.com:8443", "example.com"));
        assert!(matches("*", "example.com") && matches("*", "10.0.0.1"));
    }

    #[test]
    fn addresses_match_alone_and_by_network() {
        for (list, inside, outside) in [
            ("10.1.2.3", "10.1.2.3", "10.1.2.4"),
            ("10.0.0.0/8", "10.255.0.1", "11.0.0.1"),
            (
                "192.168.1.0/25 172.16.0.0/12",
                "192.168.1.127",
                "192.168.1.128",
            ),
            ("fd00::/8", "[fdff::1]", "[fe80::1]"),
            ("[2001:db8::1]", "[2001:db8::1]", "[2001:db8::2]"),
            ("10.0.0.1:8080", "10.0.0.1:8080", "10.0.0.1"),
            ("10.0.0.1:443", "10.0.0.1", "10.0.0.2"),
            ("[::8]:8080", "[::8]:8080", "[::8]:8081"),
        ] {
            assert!(matches(list, inside), "{list}");
            assert!(!matches(list, outside), "{list}");
        }
        assert!(matches("0.0.0.0/0", "8.8.8.8") && !matches("0.0.0.0/0", "[::8]"));
        assert!(matches("::/0", "[::8]"));
    }

    #[test]
    fn an_invalid_entry_matches_nothing() {
        for list in [
            "",
            " , ",
            "10.0.0.0/33",
            "10.0.0.0/x",
            ".",
            "<local>",
            "example.com:x",
            "10.0.0.1:x",
            "10.0.0.1:99999",
        ] {
            assert!(
                !matches(list, "example.com") && !matches(list, "10.0.0.1"),
                "{list}"
            );
        }
        // The end of an address is not a domain.
        assert!(!matches("0.1", "10.0.0.1"));
    }
}
