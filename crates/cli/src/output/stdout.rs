//! Standard output, with checks that what is written to it is kept.

use std::fs::File;
use std::io::{self, BufWriter, IsTerminal as _, Read as _, Write};

/// A buffered standard output that reports every error.
///
/// The handle of the standard library treats writing to a descriptor that is not open for writing as success.
#[derive(Debug)]
pub(crate) struct Stdout {
    sink: BufWriter<File>,
    is_checked: bool,
}

impl Stdout {
    /// Opens standard output.
    ///
    /// # Errors
    /// The descriptor cannot be duplicated.
    pub(crate) fn open() -> io::Result<Self> {
        #[cfg(unix)]
        let own = std::os::fd::AsFd::as_fd(&io::stdout()).try_clone_to_owned()?;
        #[cfg(windows)]
        let own = std::os::windows::io::AsHandle::as_handle(&io::stdout()).try_clone_to_owned()?;
        Ok(Self {
            sink: BufWriter::new(File::from(own)),
            is_checked: false,
        })
    }

    /// Checks that standard output is open. A null device opened on purpose is open for writing only.
    ///
    /// # Errors
    /// Standard output is closed.
    pub(crate) fn ensure_open(&mut self) -> io::Result<()> {
        let file = self.sink.get_mut();
        // Before `main`, the runtime replaces a closed stdout with the null device, open for reading and writing.
        if !self.is_checked && is_null_device(file)? && file.read(&mut [0]).is_ok() {
            return Err(io::Error::other(
                "it is closed, or the null device opened for reading",
            ));
        }
        self.is_checked = true;
        Ok(())
    }

    /// Allows writing to a closed standard output, for output that need not be read.
    pub(crate) fn allow_closed(&mut self) -> &mut Self {
        self.is_checked = true;
        self
    }

    /// Checks that output would not be lost, before a secret is created that is shown only once.
    ///
    /// # Errors
    /// Standard output is closed, not open for writing, or the null device.
    pub(crate) fn ensure_not_null_device(&mut self) -> io::Result<()> {
        let file = self.sink.get_mut();
        // Even an empty write fails on a descriptor that is not open for writing.
        let _ = file.write(b"")?;
        match is_null_device(file)? {
            true => Err(io::Error::other("it is closed or discards its input")),
            false => Ok(()),
        }
    }

    /// Flushes the buffer and, if stdout is a file, syncs it to disk.
    ///
    /// # Errors
    /// The write or the sync fails.
    pub(crate) fn flush_and_sync(&mut self) -> io::Result<()> {
        self.sink.flush()?;
        let file = self.sink.get_ref();
        if file.metadata()?.is_file() {
            file.sync_all()
        } else {
            Ok(())
        }
    }
}

impl Write for Stdout {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.ensure_open()?;
        self.sink.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.sink.flush()
    }
}

/// Returns whether stdout is a pipe or something like it, whose reader may be a pager on the same terminal.
pub(crate) fn is_pipe() -> bool {
    let is_file = |stdout: Stdout| {
        let metadata = stdout.sink.get_ref().metadata()?;
        Ok(metadata.is_file() || is_null_device(stdout.sink.get_ref())?)
    };
    let is_file = Stdout::open().and_then(is_file).unwrap_or(false);
    !is_file && !io::stdout().is_terminal()
}

#[cfg(unix)]
fn is_null_device(file: &File) -> io::Result<bool> {
    use std::os::unix::fs::{FileTypeExt as _, MetadataExt as _};
    let metadata = file.metadata()?;
    Ok(metadata.file_type().is_char_device()
        && std::fs::metadata("/dev/null").is_ok_and(|null| null.rdev() == metadata.rdev()))
}

#[cfg(not(unix))]
fn is_null_device(_: &File) -> io::Result<bool> {
    Ok(false)
}
