//! Errors on stderr: a line for people, or an object for programs.

use std::ffi::OsString;

use gatelet_transport::{Applied, Error};
use serde::{Serialize, Serializer, ser::SerializeMap as _};

use crate::error::exit::Exit;
use crate::terminal::{escape_for_display, escape_in_json};

/// The option that makes the log JSON.
pub(crate) const LOG_JSON: &str = "--log-json";

/// How errors are written to stderr.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum ErrorFormat {
    /// One line.
    #[default]
    Line,
    /// One JSON object on one line.
    Json,
}

impl ErrorFormat {
    /// Reads the format from arguments, of which others may be wrong: that of the results, if it is JSON, or that of the log.
    pub(crate) fn of(arguments: &[OsString]) -> Self {
        let mut arguments = arguments.iter().skip(1).filter_map(|it| it.to_str());
        let mut format = Self::Line;
        let mut is_log_json = false;
        while let Some(argument) = arguments.next().filter(|it| *it != "--") {
            is_log_json |= argument == LOG_JSON;
            let value = match argument.strip_prefix("--output") {
                Some("") => arguments.next(),
                Some(value) => value.strip_prefix('='),
                None => match short_output(argument) {
                    Some("") => arguments.next(),
                    value => value,
                },
            };
            match value {
                Some("json" | "ndjson") => format = Self::Json,
                Some(_) => format = Self::Line,
                None => {}
            }
        }
        match is_log_json {
            true => Self::Json,
            false => format,
        }
    }
}

/// Returns the value of `-o` in a group of short options, empty if it is the next argument.
fn short_output(argument: &str) -> Option<&str> {
    let group = argument.strip_prefix('-')?.trim_start_matches('v');
    let value = group.strip_prefix('o')?;
    Some(value.strip_prefix('=').unwrap_or(value))
}

/// What is known of a failed call.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct CallFailure {
    kind: &'static str,
    operation: Option<&'static str>,
    status: Option<u16>,
    code: Option<String>,
    request_id: Option<String>,
    applied: &'static str,
}

impl From<&Error> for CallFailure {
    fn from(error: &Error) -> Self {
        Self {
            kind: error.kind().name(),
            operation: error.operation(),
            status: error.status().map(|status| status.as_u16()),
            code: error.code().map(truncate),
            request_id: error.request_id().map(truncate),
            applied: match error.applied() {
                Applied::No => "no",
                Applied::Yes => "yes",
                Applied::Unknown => "unknown",
            },
        }
    }
}

/// The maximum length of a server's text in a line, in characters.
const MAX_CHARS: usize = 300;

/// Truncates a server's text.
pub(crate) fn truncate(text: &str) -> String {
    let mut short: String = text.chars().take(MAX_CHARS).collect();
    if short.len() < text.len() {
        short.push('…');
    }
    short
}

/// An error as a JSON object.
#[derive(Debug)]
pub(crate) struct ErrorObject<'a> {
    pub(crate) exit: Exit,
    pub(crate) line: &'a str,
    pub(crate) call: Option<&'a CallFailure>,
    pub(crate) page_token: Option<&'a str>,
    pub(crate) profile: Option<&'a str>,
    pub(crate) parts: Vec<Self>,
}

impl Serialize for ErrorObject<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut members = serializer.serialize_map(None)?;
        members.serialize_entry("message", &escape_for_display(self.line))?;
        members.serialize_entry("exitCode", &self.exit.code())?;
        if let Some(profile) = self.profile {
            members.serialize_entry("profile", profile)?;
        }
        if let Some(call) = self.call {
            members.serialize_entry("kind", call.kind)?;
            members.serialize_entry("applied", call.applied)?;
            let texts = [
                ("operation", call.operation),
                ("code", call.code.as_deref()),
            ];
            for (name, text) in texts {
                if let Some(text) = text {
                    members.serialize_entry(name, text)?;
                }
            }
            if let Some(status) = call.status {
                members.serialize_entry("status", &status)?;
            }
            if let Some(request_id) = &call.request_id {
                members.serialize_entry("requestId", request_id)?;
            }
        }
        if let Some(page_token) = self.page_token {
            members.serialize_entry("pageToken", page_token)?;
        }
        if !self.parts.is_empty() {
            members.serialize_entry("errors", &self.parts)?;
        }
        members.end()
    }
}

impl ErrorObject<'_> {
    /// Returns the object that has the error as its only member, on one line.
    pub(crate) fn to_line(&self) -> String {
        let object = std::collections::BTreeMap::from([("error", self)]);
        let json = serde_json::to_string(&object);
        escape_in_json(&json.unwrap_or_default())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn format(line: &str) -> ErrorFormat {
        let arguments: Vec<_> = line.split(' ').map(OsString::from).collect();
        ErrorFormat::of(&arguments)
    }

    #[test]
    fn the_format_is_read_from_arguments_that_may_be_wrong() {
        for json in [
            "gatelet -o json dt token lst",
            "gatelet dt --wrong -ojson",
            "gatelet dt -vvo ndjson",
            "gatelet dt --output json",
            "gatelet dt --output=ndjson -o=json",
            "gatelet -o table -o json",
        ] {
            assert_eq!(format(json), ErrorFormat::Json, "{json}");
        }
        for line in [
            "gatelet dt token list",
            "gatelet -o yaml dt",
            "gatelet -o",
            "gatelet dt -- -o json",
            "gatelet --name json",
            "gatelet -o json -o table",
        ] {
            assert_eq!(format(line), ErrorFormat::Line, "{line}");
        }
    }

    #[test]
    fn an_object_is_one_line_of_visible_characters() {
        let call = CallFailure {
            kind: "Api",
            operation: Some("dt listTokens"),
            status: Some(403),
            code: Some("a\u{202e}".into()),
            request_id: None,
            applied: "no",
        };
        let object = ErrorObject {
            exit: Exit::Forbidden,
            line: "no\nway",
            call: Some(&call),
            page_token: Some("k4"),
            profile: None,
            parts: Vec::new(),
        };
        assert_eq!(
            object.to_line(),
            r#"{"error":{"message":"no\\nway","exitCode":4,"kind":"Api","applied":"no","operation":"dt listTokens","code":"a\u202e","status":403,"pageToken":"k4"}}"#
        );
    }
}
