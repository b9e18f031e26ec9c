//! Signals that ask the process to end. They are caught from the call on, not only when they are first waited for.

use std::io;

/// Ends when Ctrl-C is pressed.
///
/// # Errors
/// The signal cannot be caught.
#[cfg(unix)]
pub(crate) fn interrupt() -> io::Result<impl Future<Output = ()>> {
    listen(tokio::signal::unix::SignalKind::interrupt())
}

/// Ends when Ctrl-C is pressed or the process is asked to terminate.
///
/// # Errors
/// The signals cannot be caught.
#[cfg(unix)]
pub(crate) fn terminate() -> io::Result<impl Future<Output = ()>> {
    let terminate = listen(tokio::signal::unix::SignalKind::terminate())?;
    Ok(crate::race::first(terminate, interrupt()?))
}

#[cfg(unix)]
fn listen(kind: tokio::signal::unix::SignalKind) -> io::Result<impl Future<Output = ()>> {
    let mut signal = tokio::signal::unix::signal(kind)?;
    Ok(async move {
        signal.recv().await;
    })
}

/// Ends when Ctrl-C is pressed.
///
/// # Errors
/// The signal cannot be caught.
#[cfg(windows)]
pub(crate) fn interrupt() -> io::Result<impl Future<Output = ()>> {
    let mut signal = tokio::signal::windows::ctrl_c()?;
    Ok(async move {
        signal.recv().await;
    })
}

/// Ends when Ctrl-C is pressed.
///
/// # Errors
/// The signal cannot be caught.
#[cfg(windows)]
pub(crate) fn terminate() -> io::Result<impl Future<Output = ()>> {
    interrupt()
}
