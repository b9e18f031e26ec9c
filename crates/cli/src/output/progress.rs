//! What is known of the change that a command makes.

use std::mem;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::signal::Signal;

/// What is known of the change that a command makes, for the line that a signal ends it with.
#[derive(Clone, Debug, Default)]
pub(crate) struct Progress(Arc<Mutex<Option<String>>>);

impl Progress {
    /// Replaces what is known.
    pub(crate) fn set(&self, known: impl Into<String>) {
        *self.lock() = Some(known.into());
    }

    /// Adds to what is known.
    pub(crate) fn add(&self, known: &str) {
        let mut text = self.lock();
        *text = Some(match text.take() {
            Some(before) => format!("{before}; {known}"),
            None => known.to_owned(),
        });
    }

    /// Returns the line of a command that a signal has ended.
    pub(crate) fn line(&self, signal: Signal) -> String {
        line(signal, self.lock().as_deref())
    }

    /// Returns the line of a process that a signal is about to end, while another thread still runs the command. That thread stops
    /// where it sets what is known next, so that the line stays true.
    pub(crate) fn freeze(&self, signal: Signal) -> String {
        let known = self.lock();
        let line = line(signal, known.as_deref());
        mem::forget(known);
        line
    }

    fn lock(&self) -> MutexGuard<'_, Option<String>> {
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
