//! Standard output, of which it is known whether what is written there is kept.

use std::fs::File;
use std::io::{self, BufWriter, Read as _, Write};

/// A buffered standard output that reports every error.
///
/// The standard library's own handle takes a descriptor that is not open for writing for success.
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

    /// Checks that there is a standard output. One that is thrown away on purpose is open for writing only.
    ///
    /// # Errors
    /// Standard output is closed.
    pub(crate) fn ensure_open(&mut self) -> io::Result<()> {
        let file = self.sink.get_mut();
        // A closed stdout has been replaced with the null device, for reading and writing, before `main` began.
        if !self.is_checked && is_null_device(file)? && file.read(&mut [0]).is_ok() {
            return Err(io::Error::other(
                "it is closed, or the null device and open for reading too",
            ));
        }
        self.is_checked = true;
        Ok(())
    }

    /// Writes from now on even where standard output is closed, for what need not be read.
    pub(crate) fn allow_closed(&mut self) -> &mut Self {
        self.is_checked = true;
        self
    }

    /// Checks, before something is made that is shown only once, that it would not be lost.
    ///
    /// # Errors
    /// Standard output is closed, not open for writing, or thrown away.
    pub(crate) fn ensure_not_null_device(&mut self) -> io::Result<()> {
        let file = self.sink.get_mut();
        // Writing nothing fails on a descriptor that is not open for writing.
        let _ = file.write(b"")?;
        match is_null_device(file)? {
            true => Err(io::Error::other("it is closed or thrown away")),
            false => Ok(()),
        }
    }

    /// Hands everything over, as far as the disk if stdout is a file.
    ///
    /// # Errors
    /// The rest cannot be written.
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
