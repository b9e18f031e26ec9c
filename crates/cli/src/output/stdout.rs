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

/// The reader of a pipe.
impl Stdout {
    /// Returns whether the reader has left before it has read everything, as far as the system tells. Where it does not tell what was
    /// read, a reader that has left counts as one that has not read everything.
    #[cfg(unix)]
    pub(crate) fn is_abandoned(&self) -> bool {
        use rustix::event::{PollFd, PollFlags, Timespec, poll};
        let file = self.sink.get_ref();
        // An end that was closed is reported without being asked for.
        let mut ends = [PollFd::new(file, PollFlags::empty())];
        let has_left = poll(&mut ends, Some(&Timespec::default())).is_ok_and(|ready| ready > 0);
        has_left && unread(file) != Some(0)
    }

    #[cfg(not(unix))]
    pub(crate) fn is_abandoned(&self) -> bool {
        false
    }
}

/// Returns how many bytes are in a pipe; `None` if the system does not tell.
#[cfg(any(target_os = "linux", target_os = "android"))]
fn unread(file: &File) -> Option<u64> {
    use std::os::unix::fs::FileTypeExt as _;
    let is_pipe = file.metadata().ok()?.file_type().is_fifo();
    // Of a socket, this would be what the other end has sent.
    is_pipe.then(|| rustix::io::ioctl_fionread(file).ok())?
}

/// Other systems count what is in a pipe at its reading end alone.
#[cfg(all(unix, not(any(target_os = "linux", target_os = "android"))))]
fn unread(_: &File) -> Option<u64> {
    None
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

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    fn stdout(end: impl Into<std::os::fd::OwnedFd>) -> Stdout {
        Stdout {
            sink: BufWriter::new(File::from(end.into())),
            is_checked: true,
        }
    }

    #[test]
    fn a_pipe_is_abandoned_once_its_reader_has_left_before_the_end() {
        let (mut reader, writer) = io::pipe().unwrap();
        let mut stdout = stdout(writer);
        stdout.write_all(b"a pair").unwrap();
        stdout.flush().unwrap();
        assert!(!stdout.is_abandoned());
        reader.read_exact(&mut [0; 2]).unwrap();
        drop(reader);
        assert!(stdout.is_abandoned());
    }

    #[test]
    #[cfg(any(target_os = "linux", target_os = "android"))]
    fn a_pipe_whose_reader_has_left_after_the_end_is_not_abandoned() {
        let (mut reader, writer) = io::pipe().unwrap();
        let mut stdout = stdout(writer);
        stdout.write_all(b"a pair").unwrap();
        stdout.flush().unwrap();
        reader.read_exact(&mut [0; 6]).unwrap();
        drop(reader);
        assert!(!stdout.is_abandoned());
    }

    #[test]
    fn what_a_socket_contained_when_its_reader_left_is_unknown() {
        let (near, far) = std::os::unix::net::UnixStream::pair().unwrap();
        let mut stdout = stdout(near);
        stdout.write_all(b"a pair").unwrap();
        stdout.flush().unwrap();
        assert!(!stdout.is_abandoned());
        drop(far);
        assert!(stdout.is_abandoned());
    }

    #[test]
    fn a_file_is_not_abandoned() {
        let mut stdout = stdout(tempfile::tempfile().unwrap());
        stdout.write_all(b"a pair").unwrap();
        stdout.flush().unwrap();
        assert!(!stdout.is_abandoned());
    }
}
