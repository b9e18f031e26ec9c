//! What a command says of its steps.

use std::io;
use std::sync::Arc;
use std::sync::mpsc::{self, Receiver, Sender};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use crate::output::log_entry::LogEntry;
use crate::output::profile_lines::ProfileLines;
use crate::output::progress::Progress;
use crate::redaction::KnownSecrets;

/// What a command says of its steps. Its lines are printed to stderr on a thread of their own, so that a stderr that nobody reads holds up
/// no step.
#[derive(Clone, Debug)]
pub(crate) struct Log {
    progress: Progress,
    secrets: KnownSecrets,
    messages: Sender<Message>,
    /// The profile that the lines are about, if the command runs with several, and where its lines are gathered.
    profile: Option<(Arc<str>, ProfileLines)>,
}

/// The thread that prints the lines of a log.
#[derive(Debug)]
pub(crate) struct LogThread {
    messages: Sender<Message>,
    printing: Option<JoinHandle<()>>,
}

/// What the thread is told.
#[derive(Debug)]
enum Message {
    Entry(LogEntry),
    /// Drop this once all lines before it are printed.
    Flush(Sender<()>),
    End,
}

impl Log {
    /// Starts the thread.
    ///
    /// # Errors
    /// It cannot be started.
    pub(crate) fn start() -> io::Result<(Self, LogThread)> {
        let (messages, received) = mpsc::channel();
        let printing = thread::Builder::new()
            .name("log".to_owned())
            .spawn(move || print(&received))?;
        let log = Self {
            progress: Progress::default(),
            secrets: KnownSecrets::default(),
            messages: messages.clone(),
            profile: None,
        };
        let thread = LogThread {
            messages,
            printing: Some(printing),
        };
        Ok((log, thread))
    }

    /// Returns the log of one of several profiles. It has its own progress, and its lines are gathered; entries of requests are printed at once.
    pub(crate) fn of_profile(&self, name: &Arc<str>, lines: &ProfileLines) -> Self {
        Self {
            progress: Progress::default(),
            profile: Some((Arc::clone(name), lines.clone())),
            ..self.clone()
        }
    }

    /// Prints a line to stderr, without secrets that a server may have put into it.
    pub(crate) fn print(&self, line: impl Into<String>) {
        let line = self.secrets.redactor().redact(&line.into()).into_owned();
        match &self.profile {
            Some((name, lines)) => lines.add(name, line),
            None => self.print_entry(LogEntry::line(line)),
        }
    }

    /// Prints an entry to stderr.
    pub(crate) fn print_entry(&self, entry: LogEntry) {
        let entry = match &self.profile {
            Some((name, _)) => entry.of_profile(name),
            None => entry,
        };
        let _ = self.messages.send(Message::Entry(entry));
    }

    /// Waits until all lines are printed, before something else is written to the terminal.
    pub(crate) fn flush(&self) {
        let (done, is_done) = mpsc::channel();
        let _ = self.messages.send(Message::Flush(done));
        let _ = is_done.recv();
    }

    /// Waits until all lines are printed, for at most this time.
    pub(crate) fn flush_for(&self, limit: Duration) {
        let (done, is_done) = mpsc::channel();
        let _ = self.messages.send(Message::Flush(done));
        let _ = is_done.recv_timeout(limit);
    }

    /// Returns what is known of what the command has done.
    pub(crate) fn progress(&self) -> &Progress {
        &self.progress
    }

    /// Returns the credentials that nothing shows that the command prints.
    pub(crate) fn secrets(&self) -> &KnownSecrets {
        &self.secrets
    }

    /// Replaces what is known, for the line that a signal ends the command with.
    pub(crate) fn set(&self, known: impl Into<String>) {
        self.progress.set(known);
    }

    /// Adds to what is known.
    pub(crate) fn add(&self, known: &str) {
        self.progress.add(known);
    }
}

fn print(messages: &Receiver<Message>) {
    for message in messages {
        match message {
            Message::Entry(entry) => entry.print(),
            Message::Flush(done) => drop(done),
            Message::End => return,
        }
    }
}

/// Waits until all lines are printed.
impl Drop for LogThread {
    fn drop(&mut self) {
        let _ = self.messages.send(Message::End);
        if let Some(printing) = self.printing.take() {
            let _ = printing.join();
        }
    }
}
