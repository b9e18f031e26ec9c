//! Recorded traffic as JSON text.

mod body;
mod interaction;
mod recorded_failure;
mod scrubber;

use std::error::Error;
use std::fmt;
use std::str::FromStr;

use serde_json::{Value, json};

pub(super) use self::interaction::Interaction;
pub(super) use self::recorded_failure::RecordedFailure;
pub(super) use self::scrubber::Scrubber;

/// The version of the format, in the field `cassette`.
const VERSION: u32 = 1;

/// Recorded traffic without its secrets, created by [`Recording`](super::Recording) and played by
/// [`Replay`](super::Replay).
///
/// `Display` and `FromStr` convert it to JSON for a file beside the tests; equal traffic gives equal text. JSON bodies
/// are stored as JSON, so the order of their fields, white space and the spelling of numbers and characters are lost;
/// other text is stored as text, and the rest in hexadecimal.
///
/// ```
/// use gatelet_transport::testing::Cassette;
///
/// let text = r#"{
///   "cassette": 1,
///   "exchanges": [
///     {
///       "request": "GET https://api.example.com/v1/names",
///       "request_headers": ["accept: application/json", "authorization: [scrubbed]"],
///       "response": 200,
///       "response_body": ["eu-1"],
///       "response_headers": ["content-type: application/json"]
///     },
///     {
///       "request": "DELETE https://api.example.com/v1/names/eu-1",
///       "response": {"error": "interrupted", "sent": "whole"}
///     }
///   ]
/// }"#;
/// let cassette: Cassette = text.parse()?;
/// assert_eq!(cassette.to_string().parse::<Cassette>()?, cassette);
/// # Ok::<(), gatelet_transport::testing::ParseCassetteError>(())
/// ```
#[derive(Clone, PartialEq)]
pub struct Cassette {
    pub(super) interactions: Vec<Interaction>,
}

impl fmt::Display for Cassette {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let interactions: Vec<Value> = self.interactions.iter().map(Interaction::to_json).collect();
        let cassette = json!({ "cassette": VERSION, "exchanges": interactions });
        writeln!(f, "{cassette:#}")
    }
}

impl FromStr for Cassette {
    type Err = ParseCassetteError;

    fn from_str(text: &str) -> Result<Self, ParseCassetteError> {
        let cassette: Value = serde_json::from_str(text)
            .map_err(|error| ParseCassetteError(format!("it is not JSON: {error}")))?;
        if cassette.get("cassette") != Some(&VERSION.into()) {
            let problem = format!("its `cassette` is not {VERSION}");
            return Err(ParseCassetteError(problem));
        }
        let interactions = cassette.get("exchanges").and_then(Value::as_array);
        let interactions =
            interactions.ok_or_else(|| ParseCassetteError("it has no exchanges".into()))?;
        let parse = |(index, interaction)| {
            Interaction::from_json(interaction)
                .map_err(|problem| ParseCassetteError(format!("exchange {index}: {problem}")))
        };
        Ok(Self {
            interactions: interactions
                .iter()
                .enumerate()
                .map(parse)
                .collect::<Result<_, _>>()?,
        })
    }
}

impl fmt::Debug for Cassette {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let requests = self.interactions.iter().map(Interaction::name);
        f.debug_list().entries(requests).finish()
    }
}

/// The error of parsing a cassette.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ParseCassetteError(String);

impl fmt::Display for ParseCassetteError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "could not read the cassette: {}", self.0)
    }
}

impl Error for ParseCassetteError {}

#[cfg(test)]
mod tests {
    use super::Cassette;

    fn refusal(text: &str) -> String {
        text.parse::<Cassette>().unwrap_err().to_string()
    }

    #[test]
    fn an_invalid_cassette_is_refused_with_a_reason() {
        assert!(refusal("{").contains("not JSON"));
        assert!(refusal(r#"{"cassette": 2, "exchanges": []}"#).contains("`cassette` is not 1"));
        assert!(refusal(r#"{"cassette": 1}"#).contains("no exchanges"));
        for (interaction, problem) in [
            (r#"{}"#, "no `request`"),
            (r#"{"request": "GET"}"#, "no method and URI"),
            (r#"{"request": "GET /"}"#, "no `response`"),
            (r#"{"request": "GET /", "response": 42}"#, "not a status"),
            (
                r#"{"request": "GET /", "response": {"error": "tired"}}"#,
                "not a kind of error",
            ),
            (
                r#"{"request": "GET /", "response": 200, "response_headers": ["x"]}"#,
                "not a header field",
            ),
            (
                r#"{"request": "GET /", "response": 200, "response_hex": "0"}"#,
                "not hexadecimal",
            ),
        ] {
            let text = refusal(&format!(
                r#"{{"cassette": 1, "exchanges": [{interaction}]}}"#
            ));
            assert!(
                text.contains("exchange 0: ") && text.contains(problem),
                "{text}"
            );
        }
    }
}
