//! A line on stderr that shows how far a long list is, or a command with several profiles.

use std::io::{self, Write as _};
use std::time::Duration;

use gatelet_hyper::TokioClock;
use gatelet_transport::Clock;

/// How long a list takes before its progress is shown.
const DELAY: Duration = Duration::from_secs(1);

/// Returns to the beginning of the line and clears it.
const CLEAR: &str = "\r\u{1b}[K";

/// A line that shows how far a list is, once it has taken a second; it is gone at the end.
#[derive(Debug)]
pub(crate) struct ProgressLine<C = TokioClock> {
    clock: C,
    start: Duration,
    is_enabled: bool,
    is_shown: bool,
    limit: Option<u64>,
    count: u64,
    /// What is counted.
    noun: &'static str,
}

impl ProgressLine {
    pub(crate) fn new(is_enabled: bool, limit: Option<u64>) -> Self {
        Self::with_clock(TokioClock::new(), is_enabled, limit)
    }

    /// Creates the line of a command that runs with several profiles.
    pub(crate) fn of_profiles(is_enabled: bool) -> Self {
        Self {
            noun: "profiles",
            ..Self::new(is_enabled, None)
        }
    }

    /// Shows the items so far, of those that the list has in all.
    pub(crate) fn show(&mut self, total: Option<u64>) {
        if let Some(text) = self.text(total) {
            print(&text);
        }
    }
}

/// Removes the line.
impl<C> Drop for ProgressLine<C> {
    fn drop(&mut self) {
        self.hide();
    }
}

impl<C> ProgressLine<C> {
    /// Removes the line until it is shown again.
    pub(crate) fn hide(&mut self) {
        if std::mem::take(&mut self.is_shown) {
            print(CLEAR);
        }
    }
}

impl<C: Clock> ProgressLine<C> {
    fn with_clock(clock: C, is_enabled: bool, limit: Option<u64>) -> Self {
        Self {
            start: clock.monotonic(),
            clock,
            is_enabled,
            is_shown: false,
            limit,
            count: 0,
            noun: "items",
        }
    }

    /// Adds items that were received.
    pub(crate) fn count(&mut self, items: usize) {
        let items = u64::try_from(items).unwrap_or(u64::MAX);
        self.count = self.count.saturating_add(items);
    }

    /// Returns what is written for the items so far, if it is time.
    fn text(&mut self, total: Option<u64>) -> Option<String> {
        let elapsed = self.clock.monotonic().saturating_sub(self.start);
        if !self.is_enabled || elapsed < DELAY {
            return None;
        }
        self.is_shown = true;
        let count = self.count;
        let end = match (total, self.limit) {
            (Some(total), Some(limit)) => Some(total.min(limit)),
            (total, limit) => total.or(limit),
        };
        let of = end
            .filter(|end| *end >= count)
            .map(|end| format!(" of {end}"));
        let (of, noun) = (of.unwrap_or_default(), self.noun);
        Some(format!("{CLEAR}{count}{of} {noun}"))
    }
}

fn print(text: &str) {
    let mut stderr = io::stderr();
    let _ = stderr.write_all(text.as_bytes());
    let _ = stderr.flush();
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::Mutex;
    use std::time::SystemTime;

    use super::*;

    #[derive(Clone, Default)]
    struct Hand(Arc<Mutex<Duration>>);

    impl Clock for Hand {
        fn now(&self) -> SystemTime {
            SystemTime::UNIX_EPOCH
        }
        fn monotonic(&self) -> Duration {
            *self.0.lock().unwrap()
        }
        async fn sleep(&self, _: Duration) {}
    }

    #[test]
    fn progress_is_shown_after_a_second() {
        let hand = Hand::default();
        let mut line = ProgressLine::with_clock(hand.clone(), true, Some(5000));
        line.count(1000);
        assert_eq!(line.text(Some(300_000)), None);
        *hand.0.lock().unwrap() = DELAY;
        line.count(1000);
        let shown = |text: &str| Some(format!("{CLEAR}{text}"));
        assert_eq!(line.text(Some(300_000)), shown("2000 of 5000 items"));
        assert_eq!(line.text(Some(3000)), shown("2000 of 3000 items"));
        assert_eq!(line.text(Some(10)), shown("2000 items"));
        line.limit = None;
        assert_eq!(line.text(None), shown("2000 items"));
        line.is_enabled = false;
        assert_eq!(line.text(None), None);
        // Nothing was printed that is to be removed.
        line.is_shown = false;
    }
}
