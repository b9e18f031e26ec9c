//! One spelling for each host name or address.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// A host as it stands in a URL: lower case, without a trailing dot, addresses in their usual form, names in ASCII.
pub(crate) fn normalize(host: &str) -> Result<String, &'static str> {
    if let Some(address) = host.strip_prefix('[') {
        let address = address
            .strip_suffix(']')
            .ok_or("has an IPv6 address without its bracket")?;
        let address: Ipv6Addr = address.parse().map_err(|_| "has a bad IPv6 address")?;
        return Ok(format!("[{address}]"));
    }
    let host = host.strip_suffix('.').unwrap_or(host).to_lowercase();
    if host.is_empty() {
        return Err("has no host");
    }
    if host.rsplit('.').next().is_some_and(is_number) {
        return ipv4(&host)
            .map(|address| address.to_string())
            .ok_or("has a bad IPv4 address");
    }
    let labels: Result<Vec<_>, _> = host.split('.').map(label).collect();
    let name = labels?.join(".");
    if name.len() > 253 {
        return Err("has a host name of more than 253 characters");
    }
    Ok(name)
}

/// Whether connections to this host stay on this machine.
pub(crate) fn is_loopback(host: &str) -> bool {
    let address = host.trim_start_matches('[').trim_end_matches(']');
    match address.parse::<IpAddr>() {
        Ok(address) => address.is_loopback(),
        Err(_) => host == "localhost",
    }
}

fn label(label: &str) -> Result<String, &'static str> {
    let allowed = |character: char| character.is_alphanumeric() || matches!(character, '-' | '_');
    let ascii = match label {
        "" => return Err("has an empty label in its host name"),
        label if !label.chars().all(allowed) => {
            return Err("has a character that no host name has");
        }
        label if label.is_ascii() => label.to_owned(),
        label => punycode(label).ok_or("has a label that is too long")?,
    };
    if ascii.len() > 63 {
        return Err("has a label of more than 63 characters in its host name");
    }
    Ok(ascii)
}

fn is_number(label: &str) -> bool {
    number(label).is_some()
        || (!label.is_empty() && label.bytes().all(|byte| byte.is_ascii_digit()))
}

/// A part of an IPv4 address: decimal, octal behind a zero, or hexadecimal behind `0x`.
fn number(part: &str) -> Option<u64> {
    let (digits, radix) = match part.strip_prefix("0x") {
        Some("") => return Some(0),
        Some(digits) => (digits, 16),
        None if part.len() > 1 && part.starts_with('0') => (part, 8),
        None => (part, 10),
    };
    // A sign is no digit, though the standard parser takes one.
    (!digits.starts_with('+'))
        .then(|| u64::from_str_radix(digits, radix).ok())
        .flatten()
}

/// An IPv4 address of one to four parts, of which the last fills all bytes that are left, as in `127.1`.
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

/// A label in the ASCII form of RFC 3492; `None` when it is absurdly long.
fn punycode(label: &str) -> Option<String> {
    const BASE: u32 = 36;
    const T_MIN: u32 = 1;
    const T_MAX: u32 = 26;
    let input: Vec<u32> = label.chars().map(u32::from).collect();
    let mut output: String = label.chars().filter(char::is_ascii).collect();
    let basic = u32::try_from(output.len()).ok()?;
    if basic > 0 {
        output.push('-');
    }
    let (mut code_point, mut delta, mut bias, mut handled) = (128u32, 0u32, 72u32, basic);
    while usize::try_from(handled).ok()? < input.len() {
        let next = input.iter().copied().filter(|c| *c >= code_point).min()?;
        delta = (next - code_point)
            .checked_mul(handled + 1)
            .and_then(|step| delta.checked_add(step))?;
        code_point = next;
        for &character in &input {
            if character < code_point {
                delta = delta.checked_add(1)?;
            }
            if character != code_point {
                continue;
            }
            let (mut rest, mut k) = (delta, BASE);
            loop {
                let threshold = k.saturating_sub(bias).clamp(T_MIN, T_MAX);
                if rest < threshold {
                    break;
                }
                output.push(digit(threshold + (rest - threshold) % (BASE - threshold))?);
                rest = (rest - threshold) / (BASE - threshold);
                k += BASE;
            }
            output.push(digit(rest)?);
            bias = adapt(delta, handled + 1, handled == basic);
            delta = 0;
            handled += 1;
        }
        delta = delta.checked_add(1)?;
        code_point += 1;
    }
    Some(format!("xn--{output}"))
}

/// The bias after a delta, RFC 3492 section 6.1.
fn adapt(delta: u32, handled: u32, is_first: bool) -> u32 {
    let mut delta = if is_first { delta / 700 } else { delta / 2 };
    delta += delta / handled;
    let mut k = 0;
    while delta > 455 {
        delta /= 35;
        k += 36;
    }
    k + 36 * delta / (delta + 38)
}

/// `a` to `z`, then `0` to `9`.
fn digit(value: u32) -> Option<char> {
    char::from_digit((value + 10) % 36, 36)
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
            ("bücher.example", "xn--bcher-kva.example"),
            ("München", "xn--mnchen-3ya"),
            ("他们为什么不说中文", "xn--ihqwcrb4cv8a8dqg056pqjye"),
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
    fn loopback_is_recognized_by_address_or_name() {
        assert!(is_loopback("127.0.0.1") && is_loopback("[::1]") && is_loopback("localhost"));
        assert!(!is_loopback("localhost.example") && !is_loopback("10.0.0.1"));
    }
}
