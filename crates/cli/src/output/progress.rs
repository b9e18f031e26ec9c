//! What is known of the change that a command makes.

use std::mem;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::signal::Signal;

/// What is known of the change that a command makes, for the line that a signal ends it with.
#[derive(Clone, Debug, Default)]
pub(crate) struct Progress(Arc<Mutex<Known>>);

/// What is known.
#[derive(Debug, Default)]
struct Known {
    text: Option<String>,
    /// Whether the text stays.
    is_final: bool,
}

impl Progress {
    /// Replaces what is known.
    pub(crate) fn set(&self, known: impl Into<String>) {
        let mut now = self.lock();
        if !now.is_final {
            now.text = Some(known.into());
        }
    }

    /// Adds to what is known.
    pub(crate) fn add(&self, known: &str) {
        let mut now = self.lock();
        if now.is_final {
            return;
        }
        now.text = Some(match now.text.take() {
            Some(before) => format!("{before}; {known}"),
            None => known.to_owned(),
        });
    }

    /// Sets what is known to the end, whatever the steps of the command say, as in a dry run.
    pub(crate) fn set_finally(&self, known: impl Into<String>) {
        *self.lock() = Known {
            text: Some(known.into()),
            is_final: true,
        };
    }

    /// Returns the line of a command that a signal has ended.
    pub(crate) fn line(&self, signal: Signal) -> String {
        line(signal, self.lock().text.as_deref())
    }

    /// Returns the line of a process that a signal is about to end, while another thread still runs the command. That thread stops
    /// where it sets what is known next, so that the line stays true.
    pub(crate) fn freeze(&self, signal: Signal) -> String {
        let known = self.lock();
        let line = line(signal, known.text.as_deref());
        mem::forget(known);
        line
    }

    fn lock(&self) -> MutexGuard<'_, Known> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn line(signal: Signal, known: Option<&str>) -> String {
    match known {
        Some(known) => format!("{signal}; {known}"),
        None => signal.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc;
    use std::thread;

    use super::*;

    #[test]
    fn what_is_known_follows_the_signal() {
        let progress = Progress::default();
        assert_eq!(progress.line(Signal::Interrupt), "interrupted");
        progress.add("the key exists");
        progress.add("its pair is in a file");
        let line = "interrupted; the key exists; its pair is in a file";
        assert_eq!(progress.line(Signal::Interrupt), line);
    }

    #[test]
    fn what_is_known_of_a_dry_run_stays() {
        let progress = Progress::default();
        progress.set_finally("nothing was changed");
        progress.set("outcome unknown");
        progress.add("the key exists");
        let line = "interrupted; nothing was changed";
        assert_eq!(progress.line(Signal::Interrupt), line);
    }

    #[test]
    fn a_command_does_not_go_on_once_its_last_line_is_chosen() {
        let progress = Progress::default();
        progress.set("nothing was changed");
        progress.freeze(Signal::Interrupt);
        let (begun, begins) = mpsc::channel();
        let command = thread::spawn(move || {
            begun.send(()).unwrap();
            progress.set("a key exists");
        });
        begins.recv().unwrap();
        for _ in 0..1000 {
            thread::yield_now();
        }
        assert!(!command.is_finished());
    }
}
