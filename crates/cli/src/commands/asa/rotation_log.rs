//! What a rotation says of its steps.

use std::io;
use std::sync::mpsc::{self, Sender};
use std::thread::{self, JoinHandle};

use crate::output::progress::Progress;
use crate::terminal::eprint_line;

/// What a rotation says of its steps. Its lines are printed on a thread of their own, so that a stderr that nobody reads holds up no step.
#[derive(Debug)]
pub(crate) struct RotationLog {
    progress: Progress,
    lines: Option<Sender<String>>,
    printing: Option<JoinHandle<()>>,
}

impl RotationLog {
    /// Starts the thread.
    ///
    /// # Errors
    /// It cannot be started.
    pub(crate) fn start(progress: Progress) -> io::Result<Self> {
        let (lines, printed) = mpsc::channel::<String>();
        let print = move || printed.iter().for_each(|line| eprint_line(&line));
        let printing = thread::Builder::new()
            .name("lines".to_owned())
            .spawn(print)?;
        Ok(Self {
            progress,
            lines: Some(lines),
            printing: Some(printing),
        })
    }

    /// Prints a line to stderr.
    pub(crate) fn print(&self, line: impl Into<String>) {
        if let Some(lines) = &self.lines {
            let _ = lines.send(line.into());
        }
    }

    /// Replaces what is known, for the line that a signal ends the rotation with.
    pub(crate) fn set(&self, known: impl Into<String>) {
        self.progress.set(known);
    }

    /// Adds to what is known.
    pub(crate) fn add(&self, known: &str) {
        self.progress.add(known);
    }
}

/// Waits until all lines are printed.
impl Drop for RotationLog {
    fn drop(&mut self) {
        drop(self.lines.take());
        if let Some(printing) = self.printing.take() {
            let _ = printing.join();
        }
    }
}
