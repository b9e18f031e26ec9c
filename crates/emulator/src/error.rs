//! Errors of the emulator itself: its store, its key, its random bytes.

use std::fmt;
use std::io;
use std::path::{Path, PathBuf};

/// An error of opening an emulator or of calling it in this process.
///
/// Clients never see this type: their requests get a status and the vendor's error body.
#[derive(Debug)]
#[non_exhaustive]
pub enum Error {
    /// Another process, or another emulator in this process, has the file open.
    InUse {
        /// The store's file.
        path: PathBuf,
        /// The id of that process, if known.
        holder: Option<u32>,
    },
    /// A later version wrote the file, in a format that this version does not support.
    Format {
        /// The store's file.
        path: PathBuf,
        /// The number of the file's format.
        found: u64,
        /// The format that this version supports.
        supported: u64,
    },
    /// The key file beside the store is missing, damaged, or belongs to another store.
    Key {
        /// The key's file.
        path: PathBuf,
    },
    /// An I/O operation on a file failed.
    Io {
        /// The file.
        path: PathBuf,
        /// The error of the operating system.
        source: io::Error,
    },
    /// No space is left on the disk; nothing was written.
    Full,
    /// The store failed or is damaged.
    Storage(Box<dyn std::error::Error + Send + Sync>),
    /// The operating system provided no random bytes.
    Random,
    /// An argument is invalid; says why.
    Invalid(&'static str),
    /// The presented setup token or ActiveGate token is wrong, revoked or expired.
    TokenRejected,
}

impl Error {
    pub(crate) fn io(path: &Path, source: io::Error) -> Self {
        Self::Io {
            path: path.to_owned(),
            source,
        }
    }

    pub(crate) fn storage(error: impl Into<redb::Error>) -> Self {
        match error.into() {
            redb::Error::Io(error) if is_full(&error) => Self::Full,
            other => Self::Storage(Box::new(other)),
        }
    }
}

/// Whether the error means that no space is left.
pub(crate) fn is_full(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded | io::ErrorKind::FileTooLarge
    )
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::InUse {
                path,
                holder: Some(holder),
            } => {
                write!(f, "{} is in use by process {holder}", path.display())
            }
            Self::InUse { path, holder: None } => {
                write!(f, "{} is in use by another process", path.display())
            }
            Self::Format {
                path,
                found,
                supported,
            } => write!(
                f,
                "{} has format {found}, written by a later version; this version supports format {supported}",
                path.display()
            ),
            Self::Key { path } => {
                write!(
                    f,
                    "{} is missing or is not the key of this store",
                    path.display()
                )
            }
            Self::Io { path, source } => write!(f, "cannot use {}: {source}", path.display()),
            Self::Full => f.write_str("no space is left for the store"),
            Self::Storage(source) => write!(f, "the store failed: {source}"),
            Self::Random => f.write_str("the operating system provided no random bytes"),
            Self::Invalid(what) => f.write_str(what),
            Self::TokenRejected => f.write_str("the token is wrong, revoked or expired"),
        }
    }
}

impl std::error::Error for Error {
    /// Returns the source of the cause, because the message already contains the cause.
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Io { source, .. } => source.source(),
            Self::Storage(source) => source.source(),
            _ => None,
        }
    }
}

macro_rules! from_redb {
    ($($error:ident),*) => {$(
        impl From<redb::$error> for Error {
            fn from(error: redb::$error) -> Self {
                Self::storage(error)
            }
        }
    )*};
}

from_redb!(
    CommitError,
    DatabaseError,
    StorageError,
    TableError,
    TransactionError
);
