//! JSON text whose keys keep the order in which they were put.

use std::fmt::{self, Write as _};

/// A JSON value.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Json {
    Boolean(bool),
    /// Wide enough for every integer of 64 bits.
    Integer(i128),
    Text(String),
    List(Vec<Json>),
    Object(Vec<(String, Json)>),
}

impl Json {
    /// An object with these members.
    pub(crate) fn object<K: Into<String>>(members: impl IntoIterator<Item = (K, Self)>) -> Self {
        Self::Object(
            members
                .into_iter()
                .map(|(key, value)| (key.into(), value))
                .collect(),
        )
    }

    fn write(&self, f: &mut fmt::Formatter<'_>, depth: usize) -> fmt::Result {
        match self {
            Self::Boolean(value) => write!(f, "{value}"),
            Self::Integer(value) => write!(f, "{value}"),
            Self::Text(text) => write_text(f, text),
            Self::List(items) => lines(f, ['[', ']'], depth, items, |f, item| {
                item.write(f, depth + 1)
            }),
            Self::Object(members) => lines(f, ['{', '}'], depth, members, |f, (key, value)| {
                write_text(f, key)?;
                f.write_str(": ")?;
                value.write(f, depth + 1)
            }),
        }
    }
}

impl From<&str> for Json {
    fn from(text: &str) -> Self {
        Self::Text(text.into())
    }
}

impl From<String> for Json {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

/// Indented by two spaces, one value a line.
impl fmt::Display for Json {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.write(f, 0)
    }
}

fn lines<T>(
    f: &mut fmt::Formatter<'_>,
    [open, close]: [char; 2],
    depth: usize,
    items: &[T],
    write: impl Fn(&mut fmt::Formatter<'_>, &T) -> fmt::Result,
) -> fmt::Result {
    f.write_char(open)?;
    for (index, item) in items.iter().enumerate() {
        let comma = if index == 0 { "" } else { "," };
        write!(f, "{comma}\n{:1$}", "", (depth + 1) * 2)?;
        write(f, item)?;
    }
    if !items.is_empty() {
        write!(f, "\n{:1$}", "", depth * 2)?;
    }
    f.write_char(close)
}

fn write_text(f: &mut fmt::Formatter<'_>, text: &str) -> fmt::Result {
    f.write_char('"')?;
    for c in text.chars() {
        match c {
            '"' | '\\' => write!(f, "\\{c}")?,
            '\n' => f.write_str("\\n")?,
            c if c.is_control() => write!(f, "\\u{:04x}", u32::from(c))?,
            c => f.write_char(c)?,
        }
    }
    f.write_char('"')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_value_is_written_as_json() {
        let value = Json::object([
            ("text", Json::from("a \"b\" \\ \n \u{1} é")),
            ("list", Json::List(vec![Json::Integer(u64::MAX.into())])),
            ("empty", Json::List(Vec::new())),
            ("flag", Json::Boolean(true)),
        ]);
        let text = value.to_string();
        assert_eq!(
            text,
            r#"{
  "text": "a \"b\" \\ \n \u0001 é",
  "list": [
    18446744073709551615
  ],
  "empty": [],
  "flag": true
}"#
        );
        let read: serde_json::Value = serde_json::from_str(&text).unwrap();
        assert_eq!(read["text"], "a \"b\" \\ \n \u{1} é");
        assert_eq!(read["list"][0], u64::MAX);
    }
}
