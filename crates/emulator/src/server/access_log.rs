//! The access log: one line for each request, which no client can forge or break.

use std::net::SocketAddr;

use gatelet_models::Timestamp;
use http::{Method, StatusCode};

/// A request that got a response, or whose connection a fault closed.
pub(crate) struct AccessLogLine<'a> {
    pub(crate) time: Timestamp,
    pub(crate) peer: SocketAddr,
    pub(crate) method: &'a Method,
    pub(crate) path: &'a str,
    pub(crate) status: Option<StatusCode>,
}

impl AccessLogLine<'_> {
    /// Returns time, peer, method, path and status, separated by spaces. Queries, headers and bodies are not logged.
    pub(crate) fn render(&self) -> String {
        let Self {
            time, peer, method, ..
        } = self;
        let path = escape_for_display(&strip_secrets(self.path));
        let status = self
            .status
            .map_or("closed".to_owned(), |status| status.as_u16().to_string());
        let time = time.milliseconds();
        format!("{time} {peer} {method} {path} {status}")
    }
}

/// Escapes everything but visible ASCII.
fn escape_for_display(text: &str) -> String {
    let spelled = text.chars().map(|c| match c {
        '!'..='~' => c.to_string(),
        _ => c.escape_unicode().to_string(),
    });
    spelled.collect()
}

/// Cuts the secret part off each path segment that has the form of a vendor's secret: a client may send one as an id.
fn strip_secrets(path: &str) -> String {
    let segments = path.split('/').map(|segment| {
        let mut dots = segment.match_indices('.');
        match dots.nth(1) {
            Some((dot, _)) => format!("{}...", segment.get(..dot).unwrap_or_default()),
            None => segment.to_owned(),
        }
    });
    segments.collect::<Vec<_>>().join("/")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(path: &str) -> String {
        let access = AccessLogLine {
            time: Timestamp::from_unix_millis(0),
            peer: ([127, 0, 0, 1], 5000).into(),
            method: &Method::GET,
            path,
            status: Some(StatusCode::OK),
        };
        access.render()
    }

    // E39
    #[test]
    fn a_request_is_one_line_of_visible_ascii_whatever_its_path() {
        assert_eq!(
            line("/api/v2/activeGateTokens"),
            "1970-01-01T00:00:00.000Z 127.0.0.1:5000 GET /api/v2/activeGateTokens 200"
        );
        for (path, shown) in [
            ("/a\r\nGET /b 200", "/a\\u{d}\\u{a}GET\\u{20}/b\\u{20}200"),
            ("/\u{1b}[31m\0", "/\\u{1b}[31m\\u{0}"),
            ("/\u{85}\u{2028}\u{202e}", "/\\u{85}\\u{2028}\\u{202e}"),
            ("/%0D%0A%1b", "/%0D%0A%1b"),
        ] {
            assert_eq!(line(path), line("/").replace(" / ", &format!(" {shown} ")));
        }
    }

    #[test]
    fn a_secret_sent_as_an_id_is_not_logged() {
        assert!(line("/t/dt0g02.PUBLIC").contains("/t/dt0g02.PUBLIC 200"));
        for path in [
            "/t/dt0g02.PUBLIC.SECRET",
            "/t/dt0g02.PUBLIC.SECRET/token",
            "/t/sft-gw.id.SECRET",
            "/t/eyJh.eyJi.SECRET",
        ] {
            assert!(!line(path).contains("SECRET"), "{}", line(path));
        }
    }
}
