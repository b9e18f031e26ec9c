//! Signals that ask the process to end. A function catches its signals as soon as it is called, before its future is polled.

use std::fmt;
use std::io;

/// A signal that asks the process to end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Signal {
    /// Ctrl-C.
    Interrupt,
    /// SIGTERM, which Windows does not have.
    #[cfg(unix)]
    Terminate,
}

/// Says what the signal did to the command.
impl fmt::Display for Signal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Interrupt => "interrupted",
            #[cfg(unix)]
            Self::Terminate => "terminated",
        })
    }
}

/// Returns a future that waits for Ctrl-C or SIGTERM.
///
/// # Errors
/// The signals cannot be caught.
#[cfg(unix)]
pub(crate) fn caught() -> io::Result<impl Future<Output = Signal>> {
    use tokio::signal::unix::{SignalKind, signal};
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    Ok(async move {
        tokio::select! {
            _ = terminate.recv() => Signal::Terminate,
            _ = interrupt.recv() => Signal::Interrupt,
        }
    })
}

/// Returns a future that waits for Ctrl-C.
///
/// # Errors
/// The signal cannot be caught.
#[cfg(windows)]
pub(crate) fn caught() -> io::Result<impl Future<Output = Signal>> {
    let mut interrupt = tokio::signal::windows::ctrl_c()?;
    Ok(async move {
        interrupt.recv().await;
        Signal::Interrupt
    })
}
