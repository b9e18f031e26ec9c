//! Ends a process that a signal has asked to end, and that does not end.

use std::io;
use std::process;
use std::sync::mpsc::{self, Receiver, RecvTimeoutError, Sender};
use std::thread;
use std::time::Duration;

use crate::error::exit::Exit;
use crate::output::log_entry::print_line;
use crate::output::progress::Progress;
use crate::signal::{self, Signal};

/// How long the thread of a command has to end after a signal, and then its line to be written.
const GRACE: Duration = Duration::from_secs(1);

/// A thread that ends the process after a signal if the command does not, as when it writes to a full pipe that nobody reads, or to
/// a stopped terminal. The command has ended when this is dropped.
#[derive(Debug)]
pub(crate) struct Watchdog {
    command: Sender<()>,
}

impl Watchdog {
    /// Starts to wait for signals.
    ///
    /// # Errors
    /// The signals cannot be caught, or the thread cannot be started.
    pub(crate) fn start(progress: Progress) -> io::Result<Self> {
        // The runtime of the command does not run while its thread is blocked.
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_io()
            .build()?;
        let caught = {
            let _entered = runtime.enter();
            signal::caught()?
        };
        let (command, ended) = mpsc::channel();
        thread::Builder::new()
            .name("watchdog".to_owned())
            .spawn(move || end(runtime.block_on(caught), &progress, &ended))?;
        Ok(Self { command })
    }

    /// Lets the command take its time to end, once it has seen the signal.
    pub(crate) fn disarm(&self) {
        let _ = self.command.send(());
    }
}

/// Ends the process, unless it ends by itself in time.
#[expect(clippy::exit, reason = "the thread of the command is blocked")]
fn end(signal: Signal, progress: &Progress, ended: &Receiver<()>) {
    match ended.recv_timeout(GRACE) {
        Ok(()) => return,
        // The command has its own last line, which may be all that is left to write.
        Err(RecvTimeoutError::Disconnected) => thread::park_timeout(GRACE),
        Err(RecvTimeoutError::Timeout) => print_in_time(progress.freeze(signal)),
    }
    process::exit(Exit::from(signal).code().into());
}

/// Prints a line, unless nobody reads stderr either.
fn print_in_time(line: String) {
    let (print, printed) = mpsc::channel::<()>();
    let printing = thread::Builder::new().spawn(move || {
        print_line(&line);
        drop(print);
    });
    if printing.is_ok() {
        let _ = printed.recv_timeout(GRACE);
    }
}
