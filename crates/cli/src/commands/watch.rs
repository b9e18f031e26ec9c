//! Watches a list, and prints what changes.

use std::io::Write;
use std::time::Duration;

use gatelet_client::{Change, MemberChange};
use gatelet_models::Timestamp;
use gatelet_transport::{Clock, Error};
use serde::{Serialize, Serializer, ser::SerializeMap as _};
use serde_json::Value;

use crate::error::error::{CliError, cause};
use crate::options::time_span;
use crate::output::output::Output;
use crate::output::record::{Column, Record};

/// The option of commands that watch a list.
#[derive(Clone, Copy, Debug, clap::Args)]
pub(crate) struct Interval {
    /// How long to wait between two readings: 10s, 5m; at least 1s
    #[arg(long, value_name = "TIME", default_value = "30s", value_parser = interval)]
    interval: Duration,
}

fn interval(text: &str) -> Result<Duration, &'static str> {
    match time_span::parse(text)? {
        short if short < Duration::from_secs(1) => Err("must be at least 1s"),
        interval => Ok(interval),
    }
}

/// What is watched.
pub(crate) struct Watched<T> {
    /// What the things are called, such as `gateways`.
    pub(crate) things: &'static str,
    /// Returns what other commands take to name a thing.
    pub(crate) id: fn(&T) -> Option<String>,
    /// Returns what people call it.
    pub(crate) name: fn(&T) -> Option<String>,
    /// Adds to a reading what is known from the one before.
    pub(crate) complete: fn(&[T], Vec<T>) -> Vec<T>,
    /// Compares two readings.
    pub(crate) changes: fn(&[T], &[T]) -> Vec<Change<T>>,
}

impl<T: Serialize> Watched<T> {
    /// Reads the list again and again, and prints what has changed since the last reading that succeeded. One that fails is warned of.
    ///
    /// # Errors
    /// The first reading fails, or the output cannot be written. It never ends otherwise.
    pub(crate) async fn watch(
        &self,
        interval: Interval,
        clock: &impl Clock,
        output: &mut Output<impl Write>,
        read: impl AsyncFn() -> Result<Vec<T>, Error>,
    ) -> Result<(), CliError> {
        let Interval { interval } = interval;
        if output.is_sorted() {
            return Err(CliError::usage(
                "--sort-by is for lists that end, and this one does not; leave it out",
            ));
        }
        output.make_endless();
        let mut before = read().await?;
        let (log, things, seconds) = (output.log().clone(), self.things, interval.as_secs());
        let count = before.len();
        log.print(format!(
            "watching {count} {things} every {seconds} s; Ctrl-C ends it"
        ));
        let mut list = output.list()?;
        loop {
            clock.sleep(interval).await;
            match read().await {
                Ok(now) => {
                    let now = (self.complete)(&before, now);
                    let time = Timestamp::from(clock.now());
                    let changes = (self.changes)(&before, &now).into_iter();
                    let rows: Vec<_> = changes.map(|it| self.row(&it, time)).collect();
                    list.page(rows.into_iter())?;
                    before = now;
                }
                Err(error) => log.print(format!(
                    "warning: could not read the {things}: {}; trying again in {seconds} s",
                    cause(&error)
                )),
            }
        }
    }

    fn row(&self, change: &Change<T>, time: Timestamp) -> WatchRow {
        let thing = change.thing();
        let (word, members) = match change {
            Change::Added(_) => ("ADDED", &[][..]),
            Change::Removed(_) => ("REMOVED", &[][..]),
            Change::Changed { members, .. } => ("CHANGED", members.as_slice()),
            _ => ("UNKNOWN", &[][..]),
        };
        WatchRow {
            time,
            change: word,
            id: (self.id)(thing),
            name: (self.name)(thing),
            members: members.to_vec(),
            thing: serde_json::to_value(thing).unwrap_or_default(),
        }
    }
}

/// A change as it is printed.
#[derive(Debug)]
struct WatchRow {
    /// When it was found.
    time: Timestamp,
    change: &'static str,
    id: Option<String>,
    name: Option<String>,
    members: Vec<MemberChange>,
    /// The thing, as it is now or was last.
    thing: Value,
}

impl WatchRow {
    fn details(&self) -> Option<String> {
        let members = self.members.iter().map(|it| {
            let shown = [&it.before, &it.now].map(|it| it.as_deref().unwrap_or("-"));
            format!("{}: {}", it.name, shown.join(" -> "))
        });
        let details: Vec<_> = members.collect();
        (!details.is_empty()).then(|| details.join("; "))
    }
}

/// A member that differs, with its values as they are in JSON.
struct Member<'a>(&'a MemberChange);

impl Serialize for Member<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Self(change) = self;
        let value = |text: &Option<String>| -> Option<Value> {
            serde_json::from_str(text.as_deref()?).ok()
        };
        let mut members = serializer.serialize_map(None)?;
        members.serialize_entry("name", &change.name)?;
        members.serialize_entry("before", &value(&change.before))?;
        members.serialize_entry("now", &value(&change.now))?;
        members.end()
    }
}

/// Names of our own, since the API has no such object.
impl Serialize for WatchRow {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let changed: Vec<_> = self.members.iter().map(Member).collect();
        let mut members = serializer.serialize_map(None)?;
        members.serialize_entry("time", &self.time)?;
        members.serialize_entry("change", self.change)?;
        members.serialize_entry("id", &self.id)?;
        members.serialize_entry("name", &self.name)?;
        members.serialize_entry("members", &changed)?;
        members.serialize_entry("object", &self.thing)?;
        members.end()
    }
}

impl Record for WatchRow {
    const COLUMNS: &'static [Column<Self>] = &[
        Column::named_by(
            |row| row.id.clone(),
            Column::time("TIME", |row| Some(row.time)),
        ),
        Column::state("CHANGE", |row| Some(row.change.to_owned())),
        Column::text("ID", |row| row.id.clone()),
        Column::text("NAME", |row| row.name.clone()),
        Column::text("DETAILS", Self::details),
    ];
}

#[cfg(test)]
mod tests {
    use std::cell::{Cell, RefCell};
    use std::io;

    use gatelet_client::changes;
    use gatelet_transport::testing::ManualClock;
    use serde_json::json;

    use super::*;
    use crate::output::log::Log;
    use crate::output::output::{Format, Presentation};
    use crate::output::target::Target;

    /// Keeps so many lines, and then behaves as if nobody read any more.
    struct Sink<'a>(&'a RefCell<String>, usize);

    impl Write for Sink<'_> {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            let mut text = self.0.borrow_mut();
            if text.lines().count() >= self.1 && text.ends_with('\n') {
                return Err(io::ErrorKind::BrokenPipe.into());
            }
            text.push_str(&String::from_utf8_lossy(bytes));
            Ok(bytes.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    fn id(thing: &Value) -> Option<String> {
        thing["id"].as_str().map(str::to_owned)
    }

    fn watched() -> Watched<Value> {
        Watched {
            things: "things",
            id,
            name: |it| it["name"].as_str().map(str::to_owned),
            complete: |_, now| now,
            changes: |before, now| changes(before, now, id, &[]),
        }
    }

    fn every(seconds: u64) -> Interval {
        Interval {
            interval: Duration::from_secs(seconds),
        }
    }

    /// Watches lists, of which `None` cannot be read, until so many lines are written; returns them, and how much time passed.
    async fn watch(readings: &[Option<Value>], lines: usize) -> (String, Duration) {
        let text = RefCell::new(String::new());
        let (log, _thread) = Log::start().unwrap();
        let presentation = Presentation {
            format: Format::Json,
            ..Presentation::default()
        };
        let target = Target::new(Vec::new());
        let mut output = Output::new(presentation, Sink(&text, lines), log, target);
        let clock = ManualClock::auto();
        let start = clock.monotonic();
        let next = Cell::new(0);
        let read = async || {
            let number = next.replace(next.get() + 1);
            match readings.get(number).unwrap() {
                Some(Value::Array(things)) => Ok(things.clone()),
                _ => Err(Error::invalid_input("list", "unavailable")),
            }
        };
        let ended = watched().watch(every(30), &clock, &mut output, read).await;
        assert_eq!(ended.unwrap_err().line(), "");
        drop(output);
        (text.into_inner(), clock.monotonic() - start)
    }

    #[tokio::test]
    async fn each_change_is_one_line_and_a_reading_that_fails_is_tried_again() {
        let a = |status: &str| json!({"id": "a", "name": "eu", "status": status});
        let b = json!({"id": "b"});
        let readings = [
            Some(json!([a("ONLINE")])),
            None,
            Some(json!([a("ONLINE"), b])),
            Some(json!([a("OFFLINE"), b])),
            Some(json!([a("OFFLINE")])),
            Some(json!([])),
        ];
        let (text, time) = watch(&readings, 3).await;
        let lines = text.lines().map(|it| serde_json::from_str(it).unwrap());
        let lines: Vec<Value> = lines.collect();
        let shown = lines.iter().map(|it| json!([it["change"], it["id"]]));
        let shown: Vec<_> = shown.collect();
        let expected = [["ADDED", "b"], ["CHANGED", "a"], ["REMOVED", "b"]];
        assert_eq!(shown, expected.map(|it| json!(it)));
        let member = json!({"name": "status", "before": "ONLINE", "now": "OFFLINE"});
        assert_eq!(lines[1]["members"], json!([member]));
        assert_eq!(lines[1]["object"], a("OFFLINE"));
        assert_eq!(time, Duration::from_secs(5 * 30));
    }

    #[tokio::test]
    async fn the_first_reading_must_succeed() {
        let (log, _thread) = Log::start().unwrap();
        let target = Target::new(Vec::new());
        let mut output = Output::new(Presentation::default(), Vec::new(), log, target);
        let read = async || Err(Error::invalid_input("list", "unavailable"));
        let clock = ManualClock::auto();
        let ended = watched().watch(every(1), &clock, &mut output, read).await;
        assert!(ended.unwrap_err().line().contains("unavailable"));
    }

    #[test]
    fn an_interval_is_at_least_a_second() {
        assert_eq!(interval("5m"), Ok(Duration::from_secs(300)));
        assert!(interval("0s").is_err());
        assert!(interval("30").is_err());
    }

    #[test]
    fn a_member_that_differs_is_shown_with_both_values() {
        let before = json!({"id": "a", "group": "eu"});
        let now = json!({"id": "a", "online": true});
        let watched = watched();
        let found = (watched.changes)(&[before], &[now]);
        let row = watched.row(&found[0], Timestamp::UNSET);
        let expected = "group: \"eu\" -> -; online: - -> true";
        assert_eq!(row.details().as_deref(), Some(expected));
    }
}
