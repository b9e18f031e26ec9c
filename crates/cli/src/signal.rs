//! Signals that ask the process to end. A function catches its signals as soon as it is called, before its future is polled.

use std::fmt;
#[cfg(unix)]
use std::future::poll_fn;
use std::io;
#[cfg(unix)]
use std::os::unix::net::UnixStream;
#[cfg(unix)]
use std::pin::pin;
#[cfg(unix)]
use std::sync::OnceLock;
#[cfg(unix)]
use std::task::Poll;

#[cfg(unix)]
use tokio::signal::unix::{SignalKind, signal};

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

/// The first signal that one of the futures has seen. The runtime of another thread tells them one after the other, so what one has seen, the
/// others see when they are polled next.
#[cfg(unix)]
static SEEN: OnceLock<Signal> = OnceLock::new();

/// Returns a future that waits for SIGTERM, and for Ctrl-C and SIGHUP unless the process was started to ignore them, as a shell script does
/// with Ctrl-C for `command &`, and `nohup` with SIGHUP.
///
/// # Errors
/// The signals cannot be caught.
#[cfg(unix)]
pub(crate) fn caught() -> io::Result<impl Future<Output = Signal>> {
    let mut terminate = signal(SignalKind::terminate())?;
    let interrupted = caught_unless_ignored(SignalKind::interrupt())?;
    let hung_up = caught_unless_ignored(SignalKind::hangup())?;
    Ok(async move {
        let mut signal = pin!(async move {
            tokio::select! {
                _ = terminate.recv() => Signal::Terminate,
                () = interrupted => Signal::Interrupt,
                () = hung_up => Signal::Hangup,
            }
        });
        poll_fn(|context| match SEEN.get() {
            Some(signal) => Poll::Ready(*signal),
            None => signal
                .as_mut()
                .poll(context)
                .map(|signal| *SEEN.get_or_init(|| signal)),
        })
        .await
    })
}

/// Returns a future that waits as that of [`caught`] does, and ends after those that the same task waits for: a command that waits for a
/// signal, too, ends by itself.
///
/// # Errors
/// The signals cannot be caught.
pub(crate) fn caught_last() -> io::Result<impl Future<Output = Signal>> {
    let caught = caught()?;
    Ok(async move {
        let signal = caught.await;
        tokio::task::yield_now().await;
        signal
    })
}

/// Returns a future that waits for a signal, and without end for one that the process was started to ignore, which a handler would undo.
#[cfg(unix)]
fn caught_unless_ignored(kind: SignalKind) -> io::Result<impl Future<Output = ()>> {
    let mut caught = match is_ignored(kind) {
        true => None,
        false => Some(signal(kind)?),
    };
    Ok(async move {
        match &mut caught {
            Some(caught) => _ = caught.recv().await,
            None => std::future::pending().await,
        }
    })
}

/// Returns whether the process was started to ignore a signal.
#[cfg(unix)]
fn is_ignored(kind: SignalKind) -> bool {
    use std::io::IsTerminal as _;
    match std::fs::read_to_string("/proc/self/status") {
        Ok(status) => is_ignored_in(&status, kind.as_raw_value()),
        // Only Linux says it. `nohup` leaves no output on a terminal.
        Err(_) => kind == SignalKind::hangup() && !io::stderr().is_terminal(),
    }
}

/// Returns whether the text of `/proc/self/status` has a signal, whose first is 1, among those that are ignored.
#[cfg(unix)]
fn is_ignored_in(status: &str, signal: i32) -> bool {
    let mut lines = status.lines();
    let ignored = lines.find_map(|line| line.strip_prefix("SigIgn:"));
    let mask = ignored.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok());
    mask.is_some_and(|mask| mask & (1 << (signal - 1)) != 0)
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

/// Makes the ends of child processes known even if this process was started to ignore them: the system would forget their statuses.
///
/// # Errors
/// The signal cannot be caught.
#[cfg(unix)]
pub(crate) fn await_children() -> io::Result<()> {
    // The handler stays when its stream is dropped.
    signal(SignalKind::child()).map(drop)
}

/// Does nothing, because the system has no such signal.
#[cfg(windows)]
pub(crate) fn await_children() -> io::Result<()> {
    Ok(())
}

/// Checks that the process may open as many files as a runtime does for its signals: without them, tokio panics.
///
/// # Errors
/// It may not.
#[cfg(unix)]
pub(crate) fn ensure_descriptors() -> io::Result<()> {
    let pairs: io::Result<Vec<_>> = (0..3).map(|_| UnixStream::pair()).collect();
    pairs.map(drop)
}

/// Does nothing, because catching signals opens no files.
#[cfg(windows)]
pub(crate) fn ensure_descriptors() -> io::Result<()> {
    Ok(())
}

/// Makes a write beyond the limit of file sizes, as `ulimit -f` sets it, an error that a command handles, in place of the end of the process.
///
/// # Errors
/// The signal cannot be caught.
#[cfg(unix)]
pub(crate) fn survive_file_size_limit() -> io::Result<()> {
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
    fn each_bit_of_the_ignored_signals_is_one_signal() {
        let (hangup, interrupt) = (1, 2);
        for (mask, hangup_is_ignored, interrupt_is_ignored) in [
            ("0000000000000000", false, false),
            ("0000000000000001", true, false),
            ("0000000000001002", false, true),
            ("0000000000001000", false, false),
            ("000000000000000e", false, true),
            ("ffffffffffffffff", true, true),
            ("", false, false),
        ] {
            let status = format!("SigBlk:\t0000000000000003\nSigIgn:\t{mask}\nSigCgt:\t0\n");
            assert_eq!(is_ignored_in(&status, hangup), hangup_is_ignored, "{mask}");
            assert_eq!(
                is_ignored_in(&status, interrupt),
                interrupt_is_ignored,
                "{mask}"
            );
        }
        assert!(!is_ignored_in("", hangup));
    }
}
