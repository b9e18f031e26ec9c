//! URI references, resolved by RFC 3986.

use std::borrow::Cow;

use percent_encoding::percent_decode_str;

/// The maximum length of a displayed host or path, in characters.
const MAX_CHARACTERS: usize = 200;

/// A URI reference without its fragment.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Reference<'a> {
    scheme: Option<&'a str>,
    authority: Option<&'a str>,
    path: &'a str,
    query: Option<&'a str>,
}

impl<'a> Reference<'a> {
    /// Splits a text by RFC 3986, appendix B, which never fails.
    pub(crate) fn split(text: &'a str) -> Self {
        let text = text.split('#').next().unwrap_or_default().trim_end();
        let (text, query) = match text.split_once('?') {
            Some((text, query)) => (text, Some(query)),
            None => (text, None),
        };
        let (scheme, text) = match text.split_once(':') {
            Some((scheme, rest)) if is_scheme(scheme) => (Some(scheme), rest),
            _ => (None, text),
        };
        let (authority, path) = match text.strip_prefix("//") {
            Some(text) => {
                let (authority, path) = text.split_at(text.find('/').unwrap_or(text.len()));
                (Some(authority), path)
            }
            None => (None, text),
        };
        Self {
            scheme,
            authority,
            path,
            query,
        }
    }

    /// Returns the percent-encoded query; `None` if it is empty.
    pub(crate) fn query(&self) -> Option<&'a str> {
        self.query.filter(|query| !query.is_empty())
    }

    /// Returns whether every character is valid in its component.
    pub(crate) fn is_wellformed(&self) -> bool {
        let is_path = |byte: u8| is_path_character(byte);
        let authority = self.authority.unwrap_or_default();
        authority
            .bytes()
            .all(|byte| is_path(byte) || matches!(byte, b'[' | b']'))
            && self.path.bytes().all(|byte| is_path(byte) || byte == b'/')
            && self.query.is_none_or(is_query)
    }

    /// Returns whether the reference, in a document at `base` + `own`, leads to `own` below any base. Both are paths
    /// with a leading slash; `base` may be empty. A server behind a proxy may use another base than its clients.
    pub(crate) fn leads_to(&self, base: &str, own: &str) -> bool {
        let document = format!("{base}{own}");
        let target: Vec<_> = self.segments(&document).into_iter().map(decoded).collect();
        let own: Vec<_> = own.split('/').map(decoded).collect();
        // The first segment is the empty one before the leading slash.
        match (target.split_first(), own.split_first()) {
            (Some((root, target)), Some((_, own))) => root.is_empty() && target.ends_with(own),
            _ => false,
        }
    }

    /// Returns where the reference leads from a document at `origin` + `path`, for display and without its query.
    pub(crate) fn display_target(&self, origin: &str, path: &str) -> String {
        // In an odd reference the path may contain a user name and a password.
        let target = self.segments(path).join("/");
        let target = match target.rsplit_once('@') {
            Some((_, target)) => format!("…{}", display_text(target)),
            None => display_text(&target),
        };
        let Some(authority) = self.authority else {
            return if self.scheme.is_none() {
                format!("{origin}{target}")
            } else {
                target
            };
        };
        let host = authority.rsplit('@').next().unwrap_or_default();
        let host = if is_host(host) {
            display_text(host)
        } else {
            "…".into()
        };
        match self.scheme {
            Some(scheme) => format!("{}://{host}{target}", display_text(scheme)),
            None => format!("//{host}{target}"),
        }
    }

    /// Returns the percent-encoded segments of the path that the reference leads to from a document at `base`.
    fn segments<'b>(&self, base: &'b str) -> Vec<&'b str>
    where
        'a: 'b,
    {
        if self.scheme.is_some() || self.authority.is_some() || self.path.starts_with('/') {
            return without_dots(self.path.split('/'));
        }
        if self.path.is_empty() {
            return base.split('/').collect();
        }
        let folder = base.rsplit_once('/').map_or("", |(folder, _)| folder);
        without_dots(folder.split('/').chain(self.path.split('/')))
    }
}

fn is_scheme(text: &str) -> bool {
    let is_inner = |byte: u8| byte.is_ascii_alphanumeric() || b"+-.".contains(&byte);
    text.starts_with(|first: char| first.is_ascii_alphabetic()) && text.bytes().all(is_inner)
}

/// `pchar` of RFC 3986; the server checks the digits after a `%`.
fn is_path_character(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"-._~!$&'()*+,;=:@%".contains(&byte)
}

/// Returns whether every character is valid in a query.
pub(crate) fn is_query(text: &str) -> bool {
    text.bytes()
        .all(|byte| is_path_character(byte) || matches!(byte, b'/' | b'?'))
}

/// Resolves `.` and `..` segments, also percent-encoded ones, as browsers do.
fn without_dots<'a>(segments: impl Iterator<Item = &'a str>) -> Vec<&'a str> {
    let mut kept = Vec::new();
    let mut ends_in_dots = false;
    for segment in segments {
        let dots = match decoded(segment).as_ref() {
            b"." => 1,
            b".." => 2,
            _ => 0,
        };
        ends_in_dots = dots > 0;
        match dots {
            0 => kept.push(segment),
            1 => {}
            // The empty segment before the leading slash stays.
            _ => kept.truncate(kept.len().saturating_sub(1).max(1)),
        }
    }
    if ends_in_dots {
        kept.push("");
    }
    kept
}

fn decoded(segment: &str) -> Cow<'_, [u8]> {
    percent_decode_str(segment).into()
}

/// Returns whether a text is a host, with or without a port.
fn is_host(text: &str) -> bool {
    let (host, port) = match text.rsplit_once(':') {
        Some((host, port)) if !port.ends_with(']') => (host, port),
        _ => (text, ""),
    };
    let is_name = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte);
    let is_address = |byte: u8| byte.is_ascii_hexdigit() || b":.".contains(&byte);
    let address = host
        .strip_prefix('[')
        .and_then(|host| host.strip_suffix(']'));
    port.bytes().all(|byte| byte.is_ascii_digit())
        && address.map_or_else(
            || host.bytes().all(is_name),
            |address| address.bytes().all(is_address),
        )
}

/// Truncates a text and replaces characters that are not valid in a URI, for display.
fn display_text(text: &str) -> String {
    let is_displayed = |c: &char| c.is_ascii_graphic() && !matches!(c, '"' | '<' | '>' | '`');
    let mut shown: String = text
        .chars()
        .take(MAX_CHARACTERS)
        .map(|c| if is_displayed(&c) { c } else { '\u{fffd}' })
        .collect();
    if text.chars().nth(MAX_CHARACTERS).is_some() {
        shown.push('…');
    }
    shown
}
