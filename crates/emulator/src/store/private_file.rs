//! Files that only their owner can read and write.

use std::fs::OpenOptions;

/// Returns options that create a file for its owner alone, whatever the umask, where the system has such permissions.
pub(crate) fn options() -> OpenOptions {
    let mut options = OpenOptions::new();
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options
}
