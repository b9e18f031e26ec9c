//! The base URL of an endpoint.

use std::fmt;

use http::Uri;
use http::uri::{Authority, PathAndQuery, Scheme};

use crate::error::error::Error;
use crate::error::kind::ErrorKind;
use crate::error::transport::TooLarge;
use crate::url::host;

/// The maximum length of path and query, in bytes: 64 KiB, minus two that [`Uri`] reserves.
const URL_LIMIT: usize = 64 * 1024 - 2;

/// Scheme, host, port and path prefix of an endpoint, validated and normalized.
///
/// ```
/// # fn main() -> Result<(), gatelet_transport::Error> {
/// let base = gatelet_transport::BaseUrl::parse("https://ABC.live.dynatrace.com:443/api/")?;
/// assert_eq!(base.as_str(), "https://abc.live.dynatrace.com/api");
/// # Ok(())
/// # }
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct BaseUrl {
    scheme: Scheme,
    authority: Authority,
    text: Box<str>,
    path_at: usize,
}

impl BaseUrl {
    /// Parses an `https` URL; `http` is accepted on loopback only.
    ///
    /// # Errors
    ///
    /// `InvalidInput` for another scheme, for user information, a query or a fragment, and for an invalid URL. The
    /// error never contains the text, which may include a password.
    pub fn parse(text: &str) -> Result<Self, Error> {
        let base = Self::parse_allowing_http(text)?;
        if base.scheme == Scheme::HTTP && !host::is_loopback(base.authority.host()) {
            return Err(refused(
                "uses http to another machine, which exposes the credentials to the network; use https",
            ));
        }
        Ok(base)
    }

    /// Parses a URL like [`parse`](Self::parse), but accepts `http` for any host, which sends credentials unencrypted.
    ///
    /// # Errors
    ///
    /// As [`parse`](Self::parse).
    pub fn parse_allowing_http(text: &str) -> Result<Self, Error> {
        split(text).map_err(refused)
    }

    /// Returns the normalized URL, without a trailing slash.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }

    pub(crate) fn scheme(&self) -> &Scheme {
        &self.scheme
    }

    /// Returns the host; IPv6 addresses are in brackets.
    #[must_use]
    pub fn host(&self) -> &str {
        self.authority.host()
    }

    /// Returns the port, including the scheme's default.
    #[must_use]
    pub fn port(&self) -> u16 {
        let default = if self.scheme == Scheme::HTTP { 80 } else { 443 };
        self.authority.port_u16().unwrap_or(default)
    }

    /// Returns scheme, host and, unless it is the default, port.
    #[must_use]
    pub fn origin(&self) -> &str {
        self.text.get(..self.path_at).unwrap_or_default()
    }

    /// Returns the path prefix: empty, or with a leading and without a trailing slash.
    #[must_use]
    pub fn path(&self) -> &str {
        self.text.get(self.path_at..).unwrap_or_default()
    }

    /// Returns the same origin with another path prefix.
    ///
    /// # Errors
    ///
    /// `InvalidInput` if the path is invalid.
    pub fn with_path(&self, path: &str) -> Result<Self, Error> {
        Self::parse_allowing_http(&format!("{}/{path}", self.origin()))
    }

    /// Removes a path suffix, or a prefix of that suffix, if the path ends with it: users copy it from documented URLs,
    /// and every request adds it again.
    ///
    /// ```
    /// # fn main() -> Result<(), gatelet_transport::Error> {
    /// let base = gatelet_transport::BaseUrl::parse("https://h/e/abc/api/")?;
    /// assert_eq!(base.without_path_suffix("/api/v2")?.as_str(), "https://h/e/abc");
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// As [`with_path`](Self::with_path).
    pub fn without_path_suffix(&self, end: &str) -> Result<Self, Error> {
        let path = self.path();
        let ends = end.match_indices('/').filter_map(|(at, _)| end.get(..at));
        let rest = ends
            .chain([end])
            .filter_map(|part| path.strip_suffix(part))
            .min_by_key(|rest| rest.len());
        self.with_path(rest.unwrap_or(path))
    }

    /// Returns the URI of a request below this URL.
    pub(crate) fn uri(&self, path: &str, query: Option<&str>) -> Result<Uri, Error> {
        if !path.starts_with('/') || path.contains(['?', '#']) {
            return Err(Error::invalid_input(
                "path",
                "must be a path that starts with `/`, without query or fragment",
            ));
        }
        // The path contains the caller's ids; a query may be a server's cursor.
        if self.path().len() + path.len() > URL_LIMIT {
            return Err(Error::invalid_input(
                "path",
                "makes the URL longer than 64 KiB",
            ));
        }
        // A fragment would be dropped silently.
        if query.is_some_and(|query| query.contains('#')) {
            return Err(Error::invalid_input("query", "contains a `#`"));
        }
        let mut text = String::with_capacity(
            self.path().len() + path.len() + query.map_or(0, |query| query.len() + 1),
        );
        text.push_str(self.path());
        text.push_str(path);
        if let Some(query) = query {
            text.push('?');
            text.push_str(query);
        }
        if text.len() > URL_LIMIT {
            return Err(Error::new(ErrorKind::TooLarge {
                what: TooLarge::Url,
                limit: URL_LIMIT as u64,
            }));
        }
        let unusable =
            |_| Error::invalid_input("path", "contains a character that is not valid in a URL");
        // Shares the buffer of the text.
        let path_and_query =
            PathAndQuery::from_maybe_shared(bytes::Bytes::from(text)).map_err(unusable)?;
        Uri::builder()
            .scheme(self.scheme.clone())
            .authority(self.authority.clone())
            .path_and_query(path_and_query)
            .build()
            .map_err(|_| Error::invalid_input("path", "does not form a valid URL"))
    }
}

fn refused(problem: &'static str) -> Error {
    Error::invalid_input("base_url", problem)
}

fn split(text: &str) -> Result<BaseUrl, &'static str> {
    if text.chars().any(|c| c.is_control() || c.is_whitespace()) {
        return Err("contains whitespace or a control character");
    }
    if text.contains(['?', '#']) {
        return Err("must not have a query or a fragment");
    }
    // Parsed as browsers do, so that the host is the one that people see.
    let text = text.replace('\\', "/");
    let (scheme, rest) = text
        .split_once("://")
        .ok_or("has no scheme; start it with https://")?;
    let (scheme, default_port) = match scheme.to_ascii_lowercase().as_str() {
        "https" => (Scheme::HTTPS, 443),
        "http" => (Scheme::HTTP, 80),
        _ => return Err("must use https"),
    };
    let (authority, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
    if authority.contains('@') {
        return Err("must not contain a user name or password; pass them as credentials");
    }
    let (host, port) = split_port(authority)?;
    let mut authority = host::normalize(host)?;
    if let Some(port) = port.filter(|port| *port != default_port) {
        authority = format!("{authority}:{port}");
    }
    let origin = format!("{scheme}://{authority}");
    let path_at = origin.len();
    Ok(BaseUrl {
        scheme,
        authority: authority.parse().map_err(|_| "has an invalid host")?,
        text: (origin + &normal_path(path)?).into(),
        path_at,
    })
}

fn split_port(authority: &str) -> Result<(&str, Option<u16>), &'static str> {
    let Some((host, port)) = authority
        .rsplit_once(':')
        .filter(|(_, port)| !port.ends_with(']'))
    else {
        return Ok((authority, None));
    };
    if port.is_empty() {
        return Ok((host, None));
    }
    match port.parse() {
        Ok(number) if number > 0 && port.bytes().all(|byte| byte.is_ascii_digit()) => {
            Ok((host, Some(number)))
        }
        _ => Err("has an invalid port"),
    }
}

/// Returns the path without empty segments and without a trailing slash.
fn normal_path(path: &str) -> Result<String, &'static str> {
    let mut normal = String::with_capacity(path.len());
    for segment in path.split('/').filter(|segment| !segment.is_empty()) {
        if matches!(
            segment.to_ascii_lowercase().replace("%2e", ".").as_str(),
            "." | ".."
        ) {
            return Err("has a path with a `.` or `..` segment");
        }
        if !segment
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"-._~!$&'()*+,;=:@%".contains(&byte))
        {
            return Err("has a path with a character that must be percent-encoded");
        }
        normal.push('/');
        normal.push_str(segment);
    }
    Ok(normal)
}

/// As [`BaseUrl::parse`]. Functions that accept any conversion also accept a `BaseUrl`.
impl TryFrom<&str> for BaseUrl {
    type Error = Error;

    fn try_from(text: &str) -> Result<Self, Error> {
        Self::parse(text)
    }
}

/// As [`BaseUrl::parse`].
impl TryFrom<String> for BaseUrl {
    type Error = Error;

    fn try_from(text: String) -> Result<Self, Error> {
        Self::parse(&text)
    }
}

/// As [`BaseUrl::parse`].
impl TryFrom<&String> for BaseUrl {
    type Error = Error;

    fn try_from(text: &String) -> Result<Self, Error> {
        Self::parse(text)
    }
}

impl fmt::Display for BaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl fmt::Debug for BaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

#[cfg(test)]
mod tests {
    use super::BaseUrl;
    use crate::error::error::Error;
    use crate::error::kind::ErrorKind;

    fn refusal(text: &str) -> Error {
        let error = BaseUrl::parse(text).unwrap_err();
        assert_eq!(
            error.kind(),
            &ErrorKind::InvalidInput {
                parameter: "base_url"
            },
            "{text}"
        );
        error
    }

    // T7
    #[test]
    fn plain_http_leaves_the_machine_only_on_request() {
        refusal("http://example.com");
        refusal("http://localhost.example.com");
        BaseUrl::parse("http://localhost:8080").unwrap();
        BaseUrl::parse("http://127.0.0.1:8080").unwrap();
        BaseUrl::parse("http://[::1]").unwrap();
        BaseUrl::parse_allowing_http("http://example.com").unwrap();
    }

    // T59
    #[test]
    fn an_invalid_base_url_is_refused_and_never_printed() {
        for text in [
            "https://user:hunter2@example.com",
            "https://example.com/?token=hunter2",
            "https://example.com/#hunter2",
            "example.com/hunter2",
            "ftp://example.com/hunter2",
            "https://example.com:99999/hunter2",
            "https://example.com:0/hunter2",
            "https://example.com:+1/hunter2",
            "https:///hunter2",
            "https://example.com/../hunter2",
            "https://example.com/%2E%2e/hunter2",
            "https://example.com/<hunter2>",
        ] {
            let error = refusal(text);
            assert!(!format!("{error} {error:#?}").contains("hunter2"), "{text}");
        }
    }

    // T60
    #[test]
    fn a_base_url_is_normalized_once() {
        for text in [
            "https://exam\tple.com",
            "https://example.com\n",
            " https://example.com",
            "https://bücher.example:8443/x",
        ] {
            refusal(text);
        }
        for (written, meant) in [
            ("HTTPS://EXAMPLE.com./", "https://example.com"),
            ("https://127.1:443", "https://127.0.0.1"),
            ("https://0x7f.1/api/", "https://127.0.0.1/api"),
            ("https://h//", "https://h"),
            ("https://h//a//b//", "https://h/a/b"),
            (r"https:\\h\a", "https://h/a"),
            (
                "https://XN--bcher-kva.example:8443/x",
                "https://xn--bcher-kva.example:8443/x",
            ),
            ("https://h:9999/e/abc", "https://h:9999/e/abc"),
        ] {
            let base = BaseUrl::parse(written).unwrap();
            assert_eq!(base.as_str(), meant, "{written}");
            let uri = base.uri("/v1/things", Some("a=b")).unwrap();
            assert_eq!(uri.to_string(), format!("{meant}/v1/things?a=b"));
        }
    }

    #[test]
    fn the_parts_add_up() {
        let base = BaseUrl::parse("https://h:9999/e/abc").unwrap();
        assert_eq!((base.host(), base.port()), ("h", 9999));
        assert_eq!((base.origin(), base.path()), ("https://h:9999", "/e/abc"));
        assert_eq!(
            base.with_path("/api/v2/").unwrap().as_str(),
            "https://h:9999/api/v2"
        );
        assert_eq!(base.with_path("").unwrap().as_str(), "https://h:9999");
    }

    // U57
    #[test]
    fn a_path_suffix_is_removed_in_whole_or_in_part() {
        for (path, rest) in [
            ("", ""),
            ("/", ""),
            ("/v1", ""),
            ("/v1/", ""),
            ("/v1/teams", ""),
            ("/v1/teams/t", ""),
            ("/v1/teams/other", "/v1/teams/other"),
            ("/okta/v1", "/okta"),
            ("/okta", "/okta"),
            ("/okta/av1", "/okta/av1"),
            ("/v1/okta", "/v1/okta"),
            ("/v12", "/v12"),
        ] {
            let base = BaseUrl::parse(&format!("https://h{path}")).unwrap();
            let base = base.without_path_suffix("/v1/teams/t").unwrap();
            assert_eq!(base.as_str(), format!("https://h{rest}"), "{path}");
        }
    }

    #[test]
    fn path_and_query_do_not_mix() {
        let base = BaseUrl::parse("https://h/api").unwrap();
        for (path, query) in [
            ("v1", None),
            ("", None),
            ("/v1?a", None),
            ("/v1#a", None),
            ("/v1", Some("a#b")),
            ("/v1", Some("a b")),
            ("/v1", Some("a\r\nb")),
            ("/v 1", None),
        ] {
            let error = base.uri(path, query).unwrap_err();
            assert!(
                matches!(error.kind(), ErrorKind::InvalidInput { .. }),
                "{path} {query:?}"
            );
        }
    }

    // T63
    #[test]
    fn a_path_with_an_id_of_a_megabyte_is_refused() {
        let base = BaseUrl::parse("https://h/prefix").unwrap();
        let path = |length: usize| format!("/{}", "x".repeat(length - "/prefix/".len()));
        assert!(base.uri(&path(65534), None).is_ok());
        for length in [65535, 1 << 20] {
            let error = base.uri(&path(length), None).unwrap_err();
            let parameter = "path";
            assert_eq!(error.kind(), &ErrorKind::InvalidInput { parameter });
            assert!(error.to_string().len() < 200);
        }
    }

    #[test]
    fn a_url_of_more_than_64_kib_is_refused() {
        let base = BaseUrl::parse("https://h").unwrap();
        let uri = base.uri("/v1", Some(&"x".repeat(65534 - "/v1?".len())));
        assert_eq!(uri.unwrap().path_and_query().unwrap().as_str().len(), 65534);
        let error = base.uri("/v1", Some(&"x".repeat(64 * 1024))).unwrap_err();
        assert!(matches!(
            error.kind(),
            ErrorKind::TooLarge { limit: 65534, .. }
        ));
    }
}
