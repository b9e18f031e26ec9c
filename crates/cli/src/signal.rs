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
    /// SIGHUP: the terminal was closed.
    #[cfg(unix)]
    Hangup,
}

/// Says what the signal did to the command.
impl fmt::Display for Signal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Interrupt => "interrupted",
            #[cfg(unix)]
            Self::Terminate => "terminated",
            #[cfg(unix)]
            Self::Hangup => "hung up",
        })
    }
}

/// Returns a future that waits for Ctrl-C, SIGTERM, or SIGHUP unless the process was started to ignore it, as by `nohup`.
///
/// # Errors
/// The signals cannot be caught.
#[cfg(unix)]
pub(crate) fn caught() -> io::Result<impl Future<Output = Signal>> {
    use tokio::signal::unix::{SignalKind, signal};
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    let mut hangup = match ignores_hangup() {
        true => None,
        false => Some(signal(SignalKind::hangup())?),
    };
    let hung_up = async move {
        match &mut hangup {
            Some(hangup) => hangup.recv().await,
            None => std::future::pending().await,
        }
    };
    Ok(async move {
        tokio::select! {
            _ = terminate.recv() => Signal::Terminate,
            _ = interrupt.recv() => Signal::Interrupt,
            _ = hung_up => Signal::Hangup,
        }
    })
}

/// Returns whether the process was started to ignore SIGHUP, which a handler would undo.
#[cfg(unix)]
fn ignores_hangup() -> bool {
    use std::io::IsTerminal as _;
    match std::fs::read_to_string("/proc/self/status") {
        Ok(status) => is_hangup_ignored(&status),
        // Only Linux says it. `nohup` leaves no output on a terminal.
        Err(_) => !io::stderr().is_terminal(),
    }
}

/// Returns whether the text of `/proc/self/status` has SIGHUP, the first signal, among those that are ignored.
#[cfg(unix)]
fn is_hangup_ignored(status: &str) -> bool {
    let mut lines = status.lines();
    let ignored = lines.find_map(|line| line.strip_prefix("SigIgn:"));
    let last = ignored.and_then(|mask| mask.trim().chars().last()?.to_digit(16));
    last.is_some_and(|digit| digit % 2 == 1)
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

/// Makes a write beyond the limit of file sizes, as `ulimit -f` sets it, an error that a command handles, in place of the end of the process.
///
/// # Errors
/// The signal cannot be caught.
#[cfg(unix)]
pub(crate) fn survive_file_size_limit() -> io::Result<()> {
    use tokio::signal::unix::{SignalKind, signal};
    // The handler stays when its stream is dropped.
    signal(SignalKind::from_raw(SIGXFSZ)).map(drop)
}

/// The signal of a write beyond the limit of file sizes.
#[cfg(unix)]
const SIGXFSZ: i32 = match cfg!(all(
    target_os = "linux",
    any(target_arch = "mips", target_arch = "mips64")
)) {
    true => 31,
    false => 25,
};

/// Does nothing, because the system has no limit of file sizes.
#[cfg(windows)]
pub(crate) fn survive_file_size_limit() -> io::Result<()> {
    Ok(())
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    #[test]
    fn the_first_bit_of_the_ignored_signals_is_hangup() {
        for (mask, is_ignored) in [
            ("0000000000000000", false),
            ("0000000000000001", true),
            ("0000000000001001", true),
            ("0000000000001000", false),
            ("000000000000000e", false),
            ("000000000000000f", true),
        ] {
            let status = format!("SigBlk:\t0000000000000001\nSigIgn:\t{mask}\nSigCgt:\t0\n");
            assert_eq!(is_hangup_ignored(&status), is_ignored, "{mask}");
        }
        assert!(!is_hangup_ignored(""));
    }
}
