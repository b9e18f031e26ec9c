//! Captures the logs of every crate at every level, from `tracing` and from `log`.

use std::fmt::{Debug, Write as _};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, Once};

use tokio::sync::MutexGuard as Turn;
use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Metadata, Subscriber};

use crate::traffic::Secret;

/// Loggers are global, so the tests that capture logs run one at a time.
static CAPTURED: Mutex<String> = Mutex::new(String::new());
static TURN: tokio::sync::Mutex<()> = tokio::sync::Mutex::const_new(());
static START: Once = Once::new();

fn captured() -> MutexGuard<'static, String> {
    CAPTURED.lock().unwrap()
}

/// Captures logs while it exists.
pub(crate) struct LogCapture {
    _turn: Turn<'static, ()>,
}

impl LogCapture {
    /// Waits for its turn, and starts to capture.
    pub(crate) async fn start() -> Self {
        let logs = Self {
            _turn: TURN.lock().await,
        };
        START.call_once(|| {
            tracing::subscriber::set_global_default(Tracing::default()).unwrap();
            log::set_logger(&Logging).unwrap();
            log::set_max_level(log::LevelFilter::Trace);
        });
        logs.clear();
        logs
    }

    /// Adds a text that was not logged, such as that of an error.
    pub(crate) fn add(&self, text: &str) {
        writeln!(captured(), "{text}").unwrap();
    }

    /// Drops what was captured so far.
    pub(crate) fn clear(&self) {
        captured().clear();
    }

    pub(crate) fn contains(&self, word: &str) -> bool {
        captured().contains(word)
    }

    /// Returns a line that contains a piece of the secret in any notation.
    pub(crate) fn find(&self, secret: &Secret) -> Option<String> {
        let captured = captured();
        let notations = secret.notations();
        let at = notations
            .iter()
            .find_map(|notation| captured.find(notation))?;
        let start = captured[..at].rfind('\n').map_or(0, |end| end + 1);
        captured[start..].lines().next().map(str::to_owned)
    }
}

/// The fields of an event or a span, on one line.
struct Line(String);

impl Line {
    fn new(metadata: &Metadata<'_>) -> Self {
        Self(format!("{} {}", metadata.target(), metadata.name()))
    }

    fn end(self) {
        writeln!(captured(), "{}", self.0).unwrap();
    }
}

impl Visit for Line {
    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        write!(self.0, " {field}={value:?}").unwrap();
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        write!(self.0, " {field}={value}").unwrap();
    }
}

#[derive(Default)]
struct Tracing {
    spans: AtomicU64,
}

impl Subscriber for Tracing {
    fn enabled(&self, _: &Metadata<'_>) -> bool {
        true
    }

    fn new_span(&self, attributes: &Attributes<'_>) -> Id {
        let mut line = Line::new(attributes.metadata());
        attributes.record(&mut line);
        line.end();
        Id::from_u64(self.spans.fetch_add(1, Ordering::Relaxed) + 1)
    }

    fn record(&self, _: &Id, values: &Record<'_>) {
        let mut line = Line("a span".into());
        values.record(&mut line);
        line.end();
    }

    fn event(&self, event: &Event<'_>) {
        let mut line = Line::new(event.metadata());
        event.record(&mut line);
        line.end();
    }

    fn record_follows_from(&self, _: &Id, _: &Id) {}
    fn enter(&self, _: &Id) {}
    fn exit(&self, _: &Id) {}
}

struct Logging;

impl log::Log for Logging {
    fn enabled(&self, _: &log::Metadata<'_>) -> bool {
        true
    }

    fn log(&self, record: &log::Record<'_>) {
        writeln!(captured(), "{} {}", record.target(), record.args()).unwrap();
    }

    fn flush(&self) {}
}
