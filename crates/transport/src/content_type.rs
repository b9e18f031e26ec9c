//! What a `Content-Type` field says about a body.

use http::{HeaderMap, header};

/// The longest content type or origin that is shown, in characters.
const SHOWN: usize = 128;

/// What a body claims to be.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum ContentType {
    /// JSON in UTF-8, or nothing was said.
    Json,
    /// JSON for problems (RFC 9457 and the like): fit for errors only.
    ProblemJson,
    /// JSON in another encoding.
    ForeignCharset,
    /// HTML.
    Html(Box<str>),
    /// Anything else.
    Other(Box<str>),
}

impl ContentType {
    pub(crate) fn of(headers: &HeaderMap) -> Self {
        let Some(value) = headers.get(header::CONTENT_TYPE) else {
            return Self::Json;
        };
        let Ok(text) = value.to_str() else {
            return Self::Other("a type that is not ASCII".into());
        };
        let (essence, parameters) = text.split_once(';').unwrap_or((text, ""));
        let essence = essence.trim().to_ascii_lowercase();
        match essence.as_str() {
            "application/json" if !is_utf8(parameters) => Self::ForeignCharset,
            "application/json" => Self::Json,
            "text/html" | "application/xhtml+xml" => Self::Html(shown(&essence)),
            other if other.ends_with("+json") && !other.contains([',', ' ']) => Self::ProblemJson,
            _ => Self::Other(shown(&essence)),
        }
    }
}

/// As much of a server's words as errors show.
pub(crate) fn shown(text: &str) -> Box<str> {
    text.chars().take(SHOWN).collect::<String>().into()
}

/// Whether the parameters name no other encoding than UTF-8, of which ASCII is a part.
fn is_utf8(parameters: &str) -> bool {
    parameters
        .split(';')
        .filter_map(|parameter| parameter.split_once('='))
        .filter(|(name, _)| name.trim().eq_ignore_ascii_case("charset"))
        .all(|(_, charset)| {
            let charset = charset.trim().trim_matches('"');
            ["utf-8", "utf8", "us-ascii"]
                .iter()
                .any(|known| charset.eq_ignore_ascii_case(known))
        })
}

#[cfg(test)]
mod tests {
    use http::{HeaderMap, HeaderValue, header};

    use super::ContentType;

    fn of(value: &[u8]) -> ContentType {
        let mut headers = HeaderMap::new();
        headers.insert(
            header::CONTENT_TYPE,
            HeaderValue::from_bytes(value).unwrap(),
        );
        ContentType::of(&headers)
    }

    #[test]
    fn each_type_is_told() {
        assert_eq!(ContentType::of(&HeaderMap::new()), ContentType::Json);
        for json in [
            "application/json",
            "Application/JSON; charset=UTF-8",
            "application/json;charset=\"utf-8\"; v=1",
        ] {
            assert_eq!(of(json.as_bytes()), ContentType::Json, "{json}");
        }
        assert_eq!(
            of(b"application/json; charset=utf-16"),
            ContentType::ForeignCharset
        );
        assert_eq!(of(b"application/problem+json"), ContentType::ProblemJson);
        assert_eq!(
            of(b"text/html; charset=utf-8"),
            ContentType::Html("text/html".into())
        );
        assert_eq!(
            of(b"application/json, text/html"),
            ContentType::Other("application/json, text/html".into())
        );
        assert_eq!(
            of(b"application/\xfcson"),
            ContentType::Other("a type that is not ASCII".into())
        );
    }
}
