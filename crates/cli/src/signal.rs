//! Signals that ask the process to end. A function catches its signals as soon as it is called, before its future is polled.

use std::io;

/// Returns a future that waits for Ctrl-C.
///
/// # Errors
/// The signal cannot be caught.
#[cfg(unix)]
pub(crate) fn interrupt() -> io::Result<impl Future<Output = ()>> {
    listen(tokio::signal::unix::SignalKind::interrupt())
}

/// Returns a future that waits for Ctrl-C or SIGTERM.
///
/// # Errors
/// The signals cannot be caught.
#[cfg(unix)]
pub(crate) fn terminate() -> io::Result<impl Future<Output = ()>> {
    let terminate = listen(tokio::signal::unix::SignalKind::terminate())?;
    let interrupt = interrupt()?;
    Ok(async {
        tokio::select! {
            () = terminate => {}
            () = interrupt => {}
        }
    })
}

#[cfg(unix)]
fn listen(kind: tokio::signal::unix::SignalKind) -> io::Result<impl Future<Output = ()>> {
    let mut signal = tokio::signal::unix::signal(kind)?;
    Ok(async move {
        signal.recv().await;
    })
}

/// Returns a future that waits for Ctrl-C.
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

/// Returns a future that waits for Ctrl-C.
///
/// # Errors
/// The signal cannot be caught.
#[cfg(windows)]
pub(crate) fn terminate() -> io::Result<impl Future<Output = ()>> {
    interrupt()
}
