//! Decodes bodies, with errors that name the path and never a value.

use std::fmt::Write as _;

use serde::de::DeserializeOwned;

use crate::wire::escape::truncated;

mod fast;
pub(crate) mod members;
pub(crate) mod scalar;
mod surrogates;

/// Why and where a body does not decode; contains nothing of the body but field names.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct DecodeError {
    /// For example `activeGateTokens[17].creationDate`; empty for the document as a whole.
    pub(crate) path: String,
    pub(crate) message: String,
}

/// The maximum length of a path, in bytes. An error keeps less, after redaction.
const PATH_LIMIT: usize = 4 * 1024;

const BOM: char = '\u{feff}';

/// Decodes a whole body. The path is tracked only where the fast path gives up: types are compiled for two readers, not three.
pub(crate) fn decode<T: DeserializeOwned>(body: &[u8]) -> Result<T, DecodeError> {
    let text = body_text(body)?;
    if let Some(value) = fast::read(text) {
        return Ok(value);
    }
    let mut deserializer = serde_json::Deserializer::from_str(text);
    let value = serde_path_to_error::deserialize(&mut deserializer)
        .map_err(|error| diagnose(text, &error.path().to_string(), error.inner()))?;
    match deserializer.end() {
        Ok(()) => Ok(value),
        // The value is valid, the rest is not.
        Err(error) => Err(diagnose(text, "", &error)),
    }
}

/// Decodes a whole body, and reads unpaired surrogates as U+FFFD if it does not decode otherwise.
pub(crate) fn decode_lossy<T: DeserializeOwned>(body: &[u8]) -> Result<T, DecodeError> {
    decode(body).or_else(|problem| {
        let whole = body_text(body).ok().and_then(surrogates::replace_lone);
        let value = whole.and_then(|text| decode(text.as_bytes()).ok());
        value.ok_or(problem)
    })
}

/// Returns the body as UTF-8 text, without an optional byte order mark.
pub(crate) fn body_text(body: &[u8]) -> Result<&str, DecodeError> {
    if body.is_empty() {
        return Err(whole_document("the body is empty".into()));
    }
    let text = std::str::from_utf8(body).map_err(|error| {
        whole_document(format!(
            "not UTF-8 JSON: byte {} is not UTF-8",
            error.valid_up_to()
        ))
    })?;
    let text = text.strip_prefix(BOM).unwrap_or(text);
    // JSON text starts with two ASCII characters, so a zero byte there is UTF-16 or UTF-32.
    if text.starts_with(BOM) || text.bytes().take(2).any(|byte| byte == 0) {
        return Err(whole_document("not UTF-8 JSON".into()));
    }
    Ok(text)
}

fn whole_document(text: String) -> DecodeError {
    DecodeError {
        path: String::new(),
        message: text,
    }
}

/// Describes an error at a path, without values.
fn diagnose(text: &str, path: &str, error: &serde_json::Error) -> DecodeError {
    let message = error.to_string();
    let at = format!(" at line {} column {}", error.line(), error.column());
    let message = message.strip_suffix(&at).unwrap_or(&message);
    let cause = if error.is_data() {
        without_values(message)
    } else if begins_with_bom(text, error) {
        "not UTF-8 JSON".into()
    } else if let Some(page) = html_hint(text.as_bytes()) {
        page.into()
    } else {
        message.into()
    };
    DecodeError {
        path: path_of(path, message),
        message: cause + &at,
    }
}

/// Returns the path including a missing or duplicate field, because the decoder stops beside that field.
fn path_of(path: &str, message: &str) -> String {
    // A trailing `?` is a field whose name could not be read.
    let path = path.strip_suffix('?').unwrap_or(path);
    let mut full = path.strip_suffix('.').unwrap_or(path).to_owned();
    let field = ["missing field `", "duplicate field `"]
        .into_iter()
        .find_map(|start| message.strip_prefix(start)?.strip_suffix('`'));
    // Some decoders include the duplicate field already.
    if let Some(field) = field
        && full.rsplit('.').next() != Some(field)
    {
        if !full.is_empty() {
            full.push('.');
        }
        full.push_str(field);
    }
    // Invisible characters stay: they may separate parts of a secret.
    if full.len() > PATH_LIMIT {
        full.truncate(truncated(&full, PATH_LIMIT).len());
        full.push('…');
    }
    full
}

/// Removes data from the message of a model: serde's messages quote the rejected value.
fn without_values(message: &str) -> String {
    if ["missing field `", "duplicate field `"]
        .iter()
        .any(|start| message.starts_with(start))
    {
        return message.into();
    }
    let quotes_values = ["invalid type: ", "invalid value: ", "invalid length "];
    if !quotes_values.iter().any(|start| message.starts_with(start)) {
        return "the value does not fit".into();
    }
    // Only the found value is data; the expectation is the model's own text.
    let (found, expected) = message.rsplit_once(", expected ").unwrap_or((message, ""));
    let mut safe = found
        .split(['`', '"'])
        .next()
        .unwrap_or_default()
        .trim_end()
        .to_owned();
    if !expected.is_empty() {
        // Writing to a String cannot fail.
        let _ = write!(safe, ", expected {expected}");
    }
    safe
}

fn begins_with_bom(text: &str, error: &serde_json::Error) -> bool {
    let line = text.split('\n').nth(error.line().saturating_sub(1));
    let at = error.column().saturating_sub(1);
    line.and_then(|line| line.get(at..))
        .is_some_and(|rest| rest.starts_with(BOM))
}

/// Returns a hint if the body is an HTML page of a proxy or login, whatever its content type.
pub(crate) fn html_hint(body: &[u8]) -> Option<&'static str> {
    let body = body.strip_prefix("\u{feff}".as_bytes()).unwrap_or(body);
    body.trim_ascii_start()
        .starts_with(b"<")
        .then_some("an HTML page, is a proxy or login in the way?")
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::{DecodeError, decode};

    type Counts = BTreeMap<String, Vec<u32>>;

    fn problem(body: impl AsRef<[u8]>) -> DecodeError {
        decode::<Counts>(body.as_ref()).unwrap_err()
    }

    // M8
    #[test]
    fn invalid_utf8_is_reported_by_its_offset() {
        let bodies: [&[u8]; 4] = [
            b"{\"a\xff\":[]}",
            b"{\"a\xc0\x80\":[]}",
            b"{\"a\xe2\x82\":[]}",
            b"{\"a\xed\xa0\x80\":[]}",
        ];
        for body in bodies {
            assert_eq!(problem(body).message, "not UTF-8 JSON: byte 3 is not UTF-8");
        }
    }

    // M9
    #[test]
    fn lone_surrogates_are_refused_and_pairs_accepted() {
        for body in [
            r#"{"\ud834":[]}"#,
            r#"{"\udd1e":[]}"#,
            r#"{"\udd1e\ud834":[]}"#,
        ] {
            problem(body);
        }
        let read: Counts = decode(br#"{"\ud834\udd1e":[]}"#).unwrap();
        assert!(read.contains_key("\u{1d11e}"));
    }

    // M10
    #[test]
    fn one_byte_order_mark_is_accepted() {
        assert!(decode::<Counts>("\u{feff}{}".as_bytes()).is_ok());
    }

    // M11
    #[test]
    fn other_encodings_and_stray_byte_order_marks_are_refused() {
        let utf16 = |order: fn(u16) -> [u8; 2]| -> Vec<u8> {
            "{\"a\":[1]}".encode_utf16().flat_map(order).collect()
        };
        let little = utf16(u16::to_le_bytes);
        let big = utf16(u16::to_be_bytes);
        let bodies = [
            "\u{feff}\u{feff}{}".into(),
            "{\u{feff}}".into(),
            "{\"a\":\u{feff}[]}".into(),
            "{\n\"a\":[]\u{feff}}".into(),
            [b"\xff\xfe".as_slice(), &little].concat(),
            [b"\xfe\xff".as_slice(), &big].concat(),
            little,
            big,
        ];
        for body in bodies {
            assert!(
                problem(&body).message.starts_with("not UTF-8 JSON"),
                "{body:?}: {:?}",
                problem(&body)
            );
        }
        let read: Counts = decode("{\"a\u{feff}\":[]}".as_bytes()).unwrap();
        assert!(read.contains_key("a\u{feff}"));
    }

    // M12
    #[test]
    fn invalid_json_is_refused() {
        for body in [
            r#"{"a":[NaN]}"#,
            r#"{"a":[Infinity]}"#,
            "{} // no",
            "{'a':[]}",
            r#"{"a":[1,]}"#,
            r#"{"a":[1],}"#,
            "{}{}",
        ] {
            problem(body);
        }
    }

    #[test]
    fn the_path_is_named_and_the_value_is_not() {
        for body in [
            r#"{"a":[1],"b":[2,"hunter2"]}"#,
            r#"{"a":[1],"b":[2,"hunter2`\", expected hunter2"]}"#,
            r#"{"a":[1],"b":[2,-7777777]}"#,
            r#"{"a":[1],"b":[2,7777777.5]}"#,
        ] {
            let problem = problem(body);
            assert_eq!(problem.path, "b[1]", "{problem:?}");
            assert!(
                problem.message.contains("expected u32 at line 1 column"),
                "{problem:?}"
            );
            assert!(
                !problem.message.contains("hunter2") && !problem.message.contains("777"),
                "{problem:?}"
            );
        }
    }

    #[test]
    fn a_missing_or_duplicate_field_is_part_of_the_path() {
        assert_eq!(super::path_of(".", "missing field `id`"), "id");
        assert_eq!(
            super::path_of("list[3]", "duplicate field `id`"),
            "list[3].id"
        );
        assert_eq!(
            super::path_of("list[3].id", "duplicate field `id`"),
            "list[3].id"
        );
    }

    #[test]
    fn a_truncated_field_name_is_reported_by_its_parent() {
        assert_eq!(problem(r#"{"a"#).path, "");
        assert_eq!(super::path_of("list[3].?", "EOF while parsing"), "list[3]");
    }

    #[test]
    fn messages_of_foreign_models_are_not_trusted() {
        assert_eq!(
            super::without_values("unknown variant `hunter2`, expected one of `a`"),
            "the value does not fit"
        );
        assert_eq!(
            super::without_values("hunter2 is bad"),
            "the value does not fit"
        );
    }

    // T31
    #[test]
    fn an_empty_body_does_not_decode() {
        assert_eq!(problem("").message, "the body is empty");
        // Not even for a model without required fields.
        assert!(decode::<()>(b"").is_err());
    }

    #[test]
    fn a_page_instead_of_json_gets_a_hint() {
        assert!(
            problem("<!DOCTYPE html><p>hunter2")
                .message
                .starts_with("an HTML page, is a proxy")
        );
    }
}
