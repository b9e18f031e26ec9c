//! What is logged at once: lines for people, or an object for programs.

use gatelet_hyper::TokioClock;
use gatelet_models::Timestamp;
use gatelet_transport::Clock as _;
use serde::{Serialize, Serializer, ser::SerializeMap as _};
use serde_json::Value;

use crate::terminal::{self, eprint_json, eprint_line, escape_in_json};

/// What is logged at once.
#[derive(Clone, Debug)]
pub(crate) struct LogEntry {
    level: &'static str,
    lines: Vec<String>,
    members: Vec<(&'static str, Value)>,
}

impl LogEntry {
    /// Creates an entry that only `-v` shows.
    pub(crate) fn debug(line: String) -> Self {
        Self {
            level: "debug",
            lines: vec![line],
            members: Vec::new(),
        }
    }

    /// Creates an entry of a line; that of a warning says so.
    pub(crate) fn line(line: String) -> Self {
        let warning = line.strip_prefix("warning: ").map(str::to_owned);
        Self {
            level: match warning {
                Some(_) => "warning",
                None => "info",
            },
            lines: vec![line],
            members: Vec::new(),
        }
    }

    /// Adds a line for people.
    pub(crate) fn with_line(mut self, line: String) -> Self {
        self.lines.push(line);
        self
    }

    /// Adds a member for programs.
    pub(crate) fn with(mut self, name: &'static str, value: impl Into<Value>) -> Self {
        self.members.push((name, value.into()));
        self
    }

    /// Names the profile in each line, and in a member.
    pub(crate) fn of_profile(mut self, name: &str) -> Self {
        for line in &mut self.lines {
            *line = format!("profile {name}: {line}");
        }
        self.with("profile", name)
    }

    /// Prints the entry to stderr.
    pub(crate) fn print(&self) {
        if terminal::has_json_lines() {
            let now = Timestamp::from(TokioClock::new().now());
            return eprint_json(&self.to_json(&now.to_string()));
        }
        for line in &self.lines {
            eprint_line(line);
        }
    }

    /// Returns the object for programs.
    pub(crate) fn to_json(&self, time: &str) -> String {
        let object = Object { entry: self, time };
        let json = serde_json::to_string(&object).unwrap_or_default();
        escape_in_json(&json)
    }

    /// Returns the lines for people.
    #[cfg(test)]
    pub(crate) fn lines(&self) -> &[String] {
        &self.lines
    }
}

/// Prints a line to stderr that no log holds back.
pub(crate) fn print_line(line: &str) {
    LogEntry::line(line.to_owned()).print();
}

struct Object<'a> {
    entry: &'a LogEntry,
    time: &'a str,
}

impl Serialize for Object<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut members = serializer.serialize_map(None)?;
        members.serialize_entry("time", self.time)?;
        members.serialize_entry("level", self.entry.level)?;
        if let Some(line) = self.entry.lines.first() {
            let message = line.strip_prefix("warning: ").unwrap_or(line);
            members.serialize_entry("message", message)?;
        }
        for (name, value) in &self.entry.members {
            members.serialize_entry(name, value)?;
        }
        members.end()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_object_has_time_level_message_and_members() {
        let time = "2027-01-01T00:00:00Z";
        let entry = LogEntry::line("warning: a\u{202e}".to_owned()).with("count", 1);
        assert_eq!(
            entry.to_json(time),
            r#"{"time":"2027-01-01T00:00:00Z","level":"warning","message":"a\u202e","count":1}"#
        );
        let note = LogEntry::line("created".to_owned());
        assert!(note.to_json(time).contains(r#""level":"info""#));
    }
}
