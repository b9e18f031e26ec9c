//! The access log: one line for each request, which no client can forge or break.

use std::net::SocketAddr;

use gatelet_models::{Timestamp, contains_secret};
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
    /// Returns time, peer, method, path and status, separated by spaces. Queries, headers and bodies are not logged, nor what may be a secret in
    /// the path.
    pub(crate) fn render(&self) -> String {
        let Self {
            time, peer, method, ..
        } = self;
        let path = escape_for_display(&withhold_secrets(self.path));
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

/// Replaces what may be a secret in a path, which a client may have sent in place of an id.
///
/// The key of a service user is standard base64, which may contain slashes, so words beside a part of it may be parts of it too, and so may
/// words that are as long together as such a key.
fn withhold_secrets(path: &str) -> String {
    /// A key has 88 characters.
    const LONGEST_WORDS: usize = 64;
    let is_word = |segment: &str| {
        let mut bytes = segment.bytes();
        // A client may encode some of the others.
        let is_base64 =
            |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'=' | b'%');
        !segment.is_empty() && bytes.all(is_base64)
    };
    let segments: Vec<&str> = path.split('/').collect();
    let runs = segments.chunk_by(|a, b| is_word(a) && is_word(b));
    let shown = runs.map(|run| {
        let words = run.join("/");
        match words.len() > LONGEST_WORDS || run.iter().any(|segment| may_be_secret(segment)) {
            true => "[withheld]".to_owned(),
            false => words,
        }
    });
    shown.collect::<Vec<_>>().join("/")
}

/// Returns whether a segment has the form of a secret, or is too long for an id: the secrets without a form of their own are longer.
fn may_be_secret(segment: &str) -> bool {
    /// A UUID has 36 bytes.
    const LONGEST_ID: usize = 40;
    segment.len() > LONGEST_ID || contains_secret(segment)
}

#[cfg(test)]
mod tests {
    use base64::Engine as _;
    use base64::engine::general_purpose::STANDARD;

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

    // E6
    #[test]
    fn a_secret_sent_as_an_id_is_not_logged() {
        let value = r#"{"s":"0123456789abcdefghijklmnopqrstuvwxyzABCDEF","u":"/v1/teams/t"}"#;
        let value = STANDARD.encode(value);
        let key = "mOQ3/zkdyTVgOYR9rYqGUhkX8yIZ+Vr/JHVVWmzr1mKXtOLBbUEPCHzY2HHt5C8w1e6lHCbmTOYSqSUnbYb0SQ==";
        let encoded = |text: &str| text.bytes().map(|byte| format!("%{byte:02x}")).collect();
        // As a client encodes a path.
        let quoted = |text: &str| text.replace('+', "%2B").replace('=', "%3D");
        let short = key.replace("mOQ3/zkdyTV", "mOQ3/zkdyTVgOYR9rYqGUhk/X8y/");
        let secrets: [String; 11] = [
            quoted(key),
            quoted(&short),
            "dt0g02.PUBLIC.SECRET".into(),
            encoded("dt0g02.PUBLIC.SECRET"),
            "sft-gw.eyJhdCI6IiJ9".into(),
            "sft-gw.6116bb2a-7289-4528-92ee-8e92443c3b61.SECRET".into(),
            "eyJh.eyJi.SECRET".into(),
            encoded(&value),
            value,
            encoded(key),
            key.into(),
        ];
        for secret in secrets {
            for (before, after) in [("/v1/teams/a-b/server_tokens", ""), ("/v1/teams", "/token")] {
                let line = line(&format!("{before}/{secret}{after}"));
                let runs = secret.as_bytes().windows(8);
                let parts: Vec<_> = runs.filter(|run| find(line.as_bytes(), run)).collect();
                assert!(parts.is_empty(), "{line}");
                assert!(line.contains("[withheld]"), "{line}");
            }
        }
    }

    #[test]
    fn ids_and_words_of_a_path_are_logged() {
        for path in [
            "/",
            "/t/dt0g02.PUBLIC",
            "/v1/teams/t/gateways/a2dfd474-2db4-4bb2-8364-d5f76ade396e",
            "/platform/fleet-management/v1/activegate/tokens",
        ] {
            assert!(
                line(path).contains(&format!(" {path} 200")),
                "{}",
                line(path)
            );
        }
        let with_suffix = line("/api/v2/tokens/dt0g02.PUBLIC.SECRET/token");
        assert!(
            with_suffix.contains(" /api/v2/tokens/[withheld]/token 200"),
            "{with_suffix}"
        );
    }

    fn find(text: &[u8], part: &[u8]) -> bool {
        text.windows(part.len()).any(|window| window == part)
    }
}
