//! Normalizes host names and addresses.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// Returns a host in its normal form: lower case, without a trailing dot, addresses in their usual notation.
///
/// Only ASCII is accepted: browsers map other names by rules that are not worth their size here, and a wrong mapping
/// would be another host.
pub(crate) fn normalize(host: &str) -> Result<String, &'static str> {
    if let Some(address) = host.strip_prefix('[') {
        let address = address
            .strip_suffix(']')
            .ok_or("has an IPv6 address without its closing bracket")?;
        let address: Ipv6Addr = address.parse().map_err(|_| "has an invalid IPv6 address")?;
        return Ok(format!("[{address}]"));
    }
    let host = host.strip_suffix('.').unwrap_or(host);
    if host.is_empty() {
        return Err("has no host");
    }
    if !host.is_ascii() {
        return Err("has a host name that is not ASCII; write it in its `xn--` form");
    }
    let host = host.to_ascii_lowercase();
    if host.rsplit('.').next().is_some_and(is_number) {
        return ipv4(&host)
            .map(|address| address.to_string())
            .ok_or("has an invalid IPv4 address");
    }
    host.split('.').try_for_each(check_label)?;
    if host.len() > 253 {
        return Err("has a host name longer than 253 characters");
    }
    Ok(host)
}

/// Returns whether connections to a host stay on this machine.
pub(crate) fn is_loopback(host: &str) -> bool {
    let address = host.trim_start_matches('[').trim_end_matches(']');
    match address.parse::<IpAddr>() {
        Ok(address) => address.is_loopback(),
        Err(_) => host == "localhost",
    }
}

fn check_label(label: &str) -> Result<(), &'static str> {
    let is_allowed = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
    match label {
        "" => Err("has an empty label in its host name"),
        label if !label.bytes().all(is_allowed) => {
            Err("has a character that is not valid in a host name")
        }
        label if label.len() > 63 => Err("has a host name label longer than 63 characters"),
        _ => Ok(()),
    }
}

fn is_number(label: &str) -> bool {
    number(label).is_some()
        || (!label.is_empty() && label.bytes().all(|byte| byte.is_ascii_digit()))
}

/// Parses a part of an IPv4 address: decimal, octal after `0`, or hexadecimal after `0x`.
fn number(part: &str) -> Option<u64> {
    let (digits, radix) = match part.strip_prefix("0x") {
        Some("") => return Some(0),
        Some(digits) => (digits, 16),
        None if part.len() > 1 && part.starts_with('0') => (part, 8),
        None => (part, 10),
    };
    // The standard parser would accept a sign.
    (!digits.starts_with('+'))
        .then(|| u64::from_str_radix(digits, radix).ok())
        .flatten()
}

/// Parses an IPv4 address of one to four parts, the last of which fills the remaining bytes, as in `127.1`.
fn ipv4(text: &str) -> Option<Ipv4Addr> {
    let mut parts: Vec<&str> = text.split('.').collect();
    let last = number(parts.pop()?)?;
    let leading = u32::try_from(parts.len())
        .ok()
        .filter(|count| *count <= 3)?;
    let mut address: u64 = 0;
    for part in parts {
        address = address << 8 | number(part).filter(|part| *part <= 255)?;
    }
    let free_bits = 32 - 8 * leading;
    (last >> free_bits == 0)
        .then(|| u32::try_from(address << free_bits | last).ok())
        .flatten()
        .map(Ipv4Addr::from)
}

#[cfg(test)]
mod tests {
    use super::{is_loopback, normalize};

    #[test]
    fn each_host_has_one_normal_form() {
        for (written, meant) in [
            ("ABC.Example", "abc.example"),
            ("example.com.", "example.com"),
            ("127.1", "127.0.0.1"),
            ("0x7f.1", "127.0.0.1"),
            ("017700000001", "127.0.0.1"),
            ("2130706433", "127.0.0.1"),
            ("10.0.0.255", "10.0.0.255"),
            ("[::0001]", "[::1]"),
            ("xn--bcher-kva.example", "xn--bcher-kva.example"),
        ] {
            assert_eq!(normalize(written).as_deref(), Ok(meant), "{written}");
        }
    }

    #[test]
    fn an_invalid_host_is_refused() {
        let long = "a".repeat(64);
        for host in [
            "",
            ".",
            "a..b",
            "[::1",
            "[x]",
            "1.2.3.4.5",
            "256.0.0.1",
            "99999999999",
            "a%41",
            "a b",
            "a@b",
            &long,
        ] {
            assert!(normalize(host).is_err(), "{host}");
        }
    }

    #[test]
    fn a_non_ascii_host_is_refused_with_the_form_to_write() {
        for host in [
            "bücher.example",
            "München",
            "他们为什么不说中文",
            "example。com",
            "ex\u{ad}ample.com",
        ] {
            let reason = normalize(host).unwrap_err();
            assert!(
                reason.contains("write it in its `xn--` form"),
                "{host}: {reason}"
            );
        }
    }

    #[test]
    fn loopback_is_recognized_by_address_or_name() {
        assert!(is_loopback("127.0.0.1") && is_loopback("[::1]") && is_loopback("localhost"));
        assert!(!is_loopback("localhost.example") && !is_loopback("10.0.0.1"));
    }
}
