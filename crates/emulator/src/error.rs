//! What can go wrong beneath the answers: the store, its key, the machine's randomness.

use std::fmt;
use std::io;
use std::path::{Path, PathBuf};

/// Why an emulator could not be opened, or could not do what a caller in this process asked for.
///
/// A request that a client sends never sees this type: it gets a status and the vendor's error body.
#[derive(Debug)]
#[non_exhaustive]
pub enum Error {
    /// Another process (or another emulator in this one) has the file open; `holder` is its process id where known.
    InUse {
        /// The store's file.
        path: PathBuf,
        /// The process that holds it.
        holder: Option<u32>,
    },
    /// The file was written in a format that this version does not know.
    Format {
        /// The store's file.
        path: PathBuf,
        /// The format's number in the file.
        found: u64,
        /// The format that this version supports.
        supported: u64,
    },
    /// The key beside the store is missing, damaged, or belongs to another store.
    Key {
        /// The key's file.
        path: PathBuf,
    },
    /// The operating system refused something about a file.
    Io {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// No space is left for what should be written; nothing of it was kept.
    Full,
    /// The store failed or is damaged.
    Storage(Box<dyn std::error::Error + Send + Sync>),
    /// The machine has no randomness to give.
    Random,
    /// What the caller gave is not of the form that is needed; says which.
    Invalid(&'static str),
    /// The setup token or ActiveGate token that was presented is wrong, revoked or expired.
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

/// Whether there was no space left.
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
                "{} has format {found}, and this version knows {supported} only: a later one wrote it",
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
            Self::Random => f.write_str("the machine gave no random bytes"),
            Self::Invalid(what) => f.write_str(what),
            Self::TokenRejected => f.write_str("the token is wrong, revoked or expired"),
        }
    }
}

impl std::error::Error for Error {
    /// What lies beneath the cause that the message states.
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
