//! Classifies `Content-Type` fields.

use http::{HeaderMap, header};

use crate::wire::field::{members, split, split_at};

/// The declared type of a body.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum ContentType {
    /// JSON in UTF-8, also of a type with `+json`, or no field.
    Json,
    /// JSON for errors: RFC 9457 and types whose name has `problem` or `error`.
    ProblemJson,
    /// JSON in another encoding.
    ForeignCharset,
    /// HTML.
    Html(Box<str>),
    /// Any other type: the whole raw field, which [`display_text`] shortens.
    Other(Box<str>),
}

impl ContentType {
    pub(crate) fn of(headers: &HeaderMap) -> Self {
        let lines = || headers.get_all(header::CONTENT_TYPE).iter();
        if lines().any(|line| line.to_str().is_err()) {
            return Self::Other("a type that is not ASCII".into());
        }
        let mut types = members(headers, &header::CONTENT_TYPE).map(Self::named);
        match types.next() {
            // Several values must agree, because it is unclear which one applies.
            Some(first)
                if !matches!(first, Self::Other(_)) && types.all(|other| other == first) =>
            {
                first
            }
            None if lines().next().is_none() => Self::Json,
            _ => {
                let all: Vec<&str> = lines().filter_map(|line| line.to_str().ok()).collect();
                Self::Other(all.join(", ").into())
            }
        }
    }

    fn named(text: &str) -> Self {
        let (essence, parameters) = text.split_once(';').unwrap_or((text, ""));
        let essence = essence.trim();
        match essence.to_ascii_lowercase().as_str() {
            "application/json" if !is_utf8(parameters) => Self::ForeignCharset,
            "application/json" => Self::Json,
            html @ ("text/html" | "application/xhtml+xml") => Self::Html(html.into()),
            other if !other.ends_with("+json") || other.contains(' ') => {
                Self::Other(essence.into())
            }
            other if other.contains("problem") || other.contains("error") => Self::ProblemJson,
            // That of a proxy or of a later version of an API.
            _ if !is_utf8(parameters) => Self::ForeignCharset,
            _ => Self::Json,
        }
    }
}

/// Returns the displayed part of a field: the type without its parameters, or every member if they disagree. Redact
/// secrets first, because the part between two separators may be too short to be found.
pub(crate) fn display_text(field: &str) -> String {
    let members = || split(field).filter(|member| !member.is_empty());
    let mut types = members().map(ContentType::named);
    let first = types.next();
    if types.any(|other| Some(&other) != first.as_ref()) {
        return members().collect::<Vec<_>>().join(", ");
    }
    let first = members().next().unwrap_or_default();
    first.split(';').next().unwrap_or_default().trim().into()
}

/// Returns whether the parameters name no encoding other than UTF-8 or ASCII. A parameter without a name is ignored.
fn is_utf8(parameters: &str) -> bool {
    split_at(parameters, ';')
        .filter_map(|parameter| parameter.split_once('='))
        .filter(|(name, _)| name.trim().eq_ignore_ascii_case("charset"))
        .all(|(_, charset)| {
            let charset = charset.trim().trim_matches(['"', '\'']).trim();
            ["utf-8", "utf8", "us-ascii", ""]
                .iter()
                .any(|known| charset.eq_ignore_ascii_case(known))
        })
}

#[cfg(test)]
mod tests {
    use http::{HeaderMap, HeaderValue, header};

    use super::{ContentType, display_text};

    fn of(value: &[u8]) -> ContentType {
        let mut headers = HeaderMap::new();
        headers.insert(
            header::CONTENT_TYPE,
            HeaderValue::from_bytes(value).unwrap(),
        );
        ContentType::of(&headers)
    }

    #[test]
    fn each_type_is_classified() {
        assert_eq!(ContentType::of(&HeaderMap::new()), ContentType::Json);
        for json in [
            "application/json",
            "Application/JSON; charset=UTF-8",
            "application/json;charset=\"utf-8\"; v=1",
            "application/json; charset = 'utf-8' ;",
            "application/json; charset=",
            "application/json; profile=\"a;charset=utf-16\"; charset=utf8",
            "application/json; profile=\"a, text/html\"",
        ] {
            assert_eq!(of(json.as_bytes()), ContentType::Json, "{json}");
        }
        assert_eq!(
            of(b"application/json; charset=utf-16"),
            ContentType::ForeignCharset
        );
        assert_eq!(of(b"application/problem+json"), ContentType::ProblemJson);
        assert_eq!(of(b"application/vnd.error+json"), ContentType::ProblemJson);
        for json in ["application/vnd.api+json", "application/hal+JSON"] {
            assert_eq!(of(json.as_bytes()), ContentType::Json, "{json}");
        }
        assert_eq!(
            of(b"application/hal+json; charset=utf-16"),
            ContentType::ForeignCharset
        );
        assert_eq!(
            of(b"text/html; charset=utf-8"),
            ContentType::Html("text/html".into())
        );
        assert_eq!(
            of(b"application/json, text/html"),
            ContentType::Other("application/json, text/html".into())
        );
        assert_eq!(of(b"application/json,"), ContentType::Json);
        assert_eq!(
            of(b"text/plain; a=b"),
            ContentType::Other("text/plain; a=b".into())
        );
        assert_eq!(of(b""), ContentType::Other("".into()));
        assert_eq!(
            of(b"application/\xfcson"),
            ContentType::Other("a type that is not ASCII".into())
        );
    }

    #[test]
    fn a_type_is_shown_without_its_parameters() {
        for (field, expected) in [
            ("", ""),
            (" ,", ""),
            ("Text/Plain ; charset=utf-8; a=\"b,c\",", "Text/Plain"),
            ("text/plain; a=b, text/plain", "text/plain"),
            ("text/plain; a=b, text/css", "text/plain; a=b, text/css"),
            (
                "application/json, application/json; charset=utf-16",
                "application/json, application/json; charset=utf-16",
            ),
        ] {
            assert_eq!(display_text(field), expected);
            assert_eq!(display_text(expected), expected);
        }
    }

    // U11
    #[test]
    fn several_content_types_must_agree() {
        let of = |lines: &[&[u8]]| {
            let value = |line: &&[u8]| HeaderValue::from_bytes(line).unwrap();
            let lines = lines.iter().map(|line| (header::CONTENT_TYPE, value(line)));
            ContentType::of(&lines.collect())
        };
        let (json, html): (&[u8], &[u8]) = (b"application/json", b"text/html");
        for same in [[json, json], [json, b"Application/JSON; charset=utf-8"]] {
            assert_eq!(of(&same), ContentType::Json);
        }
        assert_eq!(of(&[html, html]), ContentType::Html("text/html".into()));
        assert_eq!(
            of(&[json, html]),
            ContentType::Other("application/json, text/html".into())
        );
        for different in [
            [html, json],
            [json, b"application/problem+json"],
            [json, b"application/json; charset=utf-16"],
            [json, b"\xff"],
            [b"text/plain", b"text/css"],
        ] {
            assert!(matches!(of(&different), ContentType::Other(_)));
        }
    }
}
