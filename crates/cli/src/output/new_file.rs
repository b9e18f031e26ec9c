//! A file that this process has created.

use std::fs::{self, File, Metadata, TryLockError};
use std::io::{self, Seek as _, Write as _};
use std::path::{Path, PathBuf};

use zeroize::Zeroizing;

use crate::output::short_content;
use crate::private_file;

/// A file that this process has created and locked, for its owner only. It is removed when it is dropped, unless it is kept.
#[derive(Debug)]
pub(crate) struct NewFile {
    path: PathBuf,
    file: File,
    is_kept: bool,
}

/// Why a file was not created.
#[derive(Debug)]
pub(crate) enum CreateError {
    Io(io::Error),
    /// Another process has it.
    InUse,
    /// It exists with this content, and no process has it. `None` is one that is longer than a file with a secret.
    Left(Option<Zeroizing<Vec<u8>>>),
    /// Something else has its name.
    NotAFile,
}

impl From<io::Error> for CreateError {
    fn from(error: io::Error) -> Self {
        Self::Io(error)
    }
}

impl NewFile {
    /// Creates a file. An empty one that a process has left is replaced.
    ///
    /// # Errors
    /// The file exists, or cannot be created or locked, or its folder cannot be synced.
    pub(crate) fn create(path: &Path) -> Result<Self, CreateError> {
        let file = match private_file::create(path) {
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => remove_empty(path)
                .and_then(|()| Ok(private_file::create(path)?))
                .map_err(raced)?,
            opened => opened?,
        };
        // A file system without locks still creates a file only once.
        if let Err(TryLockError::WouldBlock) = file.try_lock() {
            return Err(CreateError::InUse);
        }
        // Between creation and lock, another process may have taken it for a file that was left.
        if !is_at(&file, path)? {
            return Err(CreateError::InUse);
        }
        let new = Self {
            path: path.to_owned(),
            file,
            is_kept: false,
        };
        private_file::sync_folder(path)?;
        Ok(new)
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// Returns whether a path leads to this file and to no other.
    ///
    /// # Errors
    /// That cannot be seen, as in a folder that may not be searched.
    pub(crate) fn is_at(&self, path: &Path) -> io::Result<bool> {
        is_at(&self.file, path)
    }

    /// Returns how many names the file has in all folders; `None` if the system does not say it.
    ///
    /// # Errors
    /// The system fails.
    pub(crate) fn name_count(&self) -> io::Result<Option<u64>> {
        name_count(&self.file)
    }

    /// Replaces the content, and syncs the file and its folder.
    ///
    /// # Errors
    /// Nothing or a part of the content may be written.
    pub(crate) fn write(&mut self, content: &[u8]) -> io::Result<()> {
        self.file.rewind()?;
        self.file.write_all(content)?;
        self.file.set_len(content.len() as u64)?;
        self.file.sync_all()?;
        private_file::sync_folder(&self.path)
    }

    /// Fills the file with so many spaces, so that a full disk is found before there is a content. A file of spaces counts as empty.
    ///
    /// # Errors
    /// There is no room.
    pub(crate) fn reserve(&mut self, bytes: usize) -> io::Result<()> {
        self.write(&vec![b' '; bytes])
    }

    /// Reads the content.
    ///
    /// # Errors
    /// It cannot be read.
    pub(crate) fn read(&mut self) -> io::Result<Zeroizing<Vec<u8>>> {
        self.file.rewind()?;
        short_content::read(&mut self.file)
    }

    /// Keeps the file when this is dropped.
    pub(crate) fn keep(&mut self) {
        self.is_kept = true;
    }

    /// Empties and removes the file when this is dropped, as if it had not been kept.
    pub(crate) fn discard(&mut self) {
        self.is_kept = false;
    }
}

/// Empties the file, and removes it unless another one has its name.
impl Drop for NewFile {
    fn drop(&mut self) {
        if !self.is_kept {
            // Where it cannot be removed, it contains nothing.
            let _ = self.file.set_len(0);
            if self.is_at(&self.path).is_ok_and(|is_there| is_there) {
                let _ = fs::remove_file(&self.path);
            }
        }
        // Closing it would not unlock it while a process that was just forked has a copy of the descriptor.
        let _ = self.file.unlock();
    }
}

/// Returns the error of a file that existed, and that another process has removed or created anew meanwhile.
fn raced(error: CreateError) -> CreateError {
    match error {
        CreateError::Io(error)
            if matches!(
                error.kind(),
                io::ErrorKind::NotFound | io::ErrorKind::AlreadyExists
            ) =>
        {
            CreateError::InUse
        }
        error => error,
    }
}

/// Removes a file that no process has and that contains nothing.
fn remove_empty(path: &Path) -> Result<(), CreateError> {
    if !fs::symlink_metadata(path)?.is_file() {
        return Err(CreateError::NotAFile);
    }
    let mut file = File::open(path)?;
    match file.try_lock() {
        Ok(()) => {}
        Err(TryLockError::WouldBlock) => return Err(CreateError::InUse),
        Err(TryLockError::Error(error)) => return Err(error.into()),
    }
    let removed = remove_if_empty(&mut file, path);
    let _ = file.unlock();
    removed
}

/// Removes a locked file that contains nothing.
fn remove_if_empty(file: &mut File, path: &Path) -> Result<(), CreateError> {
    let content = match short_content::read(file) {
        Ok(content) => Some(content),
        Err(error) if error.kind() == io::ErrorKind::FileTooLarge => None,
        Err(error) => return Err(error.into()),
    };
    if !is_at(file, path)? {
        return Err(CreateError::InUse);
    }
    match content {
        Some(content) if content.trim_ascii().is_empty() => Ok(fs::remove_file(path)?),
        content => Err(CreateError::Left(content)),
    }
}

#[cfg(unix)]
fn is_at(file: &File, path: &Path) -> io::Result<bool> {
    use std::os::unix::fs::MetadataExt as _;
    let own = file.metadata()?;
    let named = found(fs::symlink_metadata(path))?;
    Ok(named.is_some_and(|named| (own.dev(), own.ino()) == (named.dev(), named.ino())))
}

#[cfg(not(unix))]
fn is_at(_: &File, path: &Path) -> io::Result<bool> {
    Ok(found(fs::symlink_metadata(path))?.is_some())
}

#[cfg(unix)]
fn name_count(file: &File) -> io::Result<Option<u64>> {
    use std::os::unix::fs::MetadataExt as _;
    Ok(Some(file.metadata()?.nlink()))
}

#[cfg(not(unix))]
fn name_count(_: &File) -> io::Result<Option<u64>> {
    Ok(None)
}

/// Returns what is at a path; `None` if there certainly is nothing.
fn found(metadata: io::Result<Metadata>) -> io::Result<Option<Metadata>> {
    match metadata {
        Ok(metadata) => Ok(Some(metadata)),
        Err(error) => match error.kind() {
            io::ErrorKind::NotFound | io::ErrorKind::NotADirectory => Ok(None),
            _ => Err(error),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_that_is_not_kept_leaves_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("new");
        let mut file = NewFile::create(&path).unwrap();
        file.write(b"content").unwrap();
        drop(file);
        assert!(!path.exists());
        let absent = folder.path().join("absent/new");
        assert!(matches!(NewFile::create(&absent), Err(CreateError::Io(_))));
    }

    #[test]
    fn a_file_is_created_by_one_of_two_at_a_time() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("new");
        let first = NewFile::create(&path).unwrap();
        let second = NewFile::create(&path);
        assert!(matches!(second, Err(CreateError::InUse)), "{second:?}");
        assert!(first.is_at(&path).unwrap());
        drop(first);
        NewFile::create(&path).unwrap();
    }

    #[test]
    fn only_an_empty_file_that_was_left_is_replaced() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("new");
        fs::write(&path, "  ").unwrap();
        let mut file = NewFile::create(&path).unwrap();
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            let mode = fs::metadata(&path).unwrap().permissions().mode();
            assert_eq!(mode & 0o777, 0o600);
        }
        file.write(b"kept").unwrap();
        file.keep();
        drop(file);
        let error = NewFile::create(&path).unwrap_err();
        let CreateError::Left(Some(content)) = error else {
            panic!("{error:?}");
        };
        assert_eq!(*content, b"kept");
        assert_eq!(fs::read(&path).unwrap(), b"kept");
    }

    #[test]
    fn a_content_after_many_spaces_is_found() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("new");
        for spaces in [short_content::MAX_LENGTH, 1 << 20] {
            let content = " ".repeat(spaces) + "kept";
            fs::write(&path, &content).unwrap();
            let error = NewFile::create(&path).unwrap_err();
            assert!(matches!(error, CreateError::Left(None)), "{error:?}");
            assert_eq!(fs::read_to_string(&path).unwrap(), content);
        }
        fs::write(&path, " ".repeat(short_content::MAX_LENGTH)).unwrap();
        NewFile::create(&path).unwrap();
    }

    #[cfg(unix)]
    #[test]
    fn a_file_that_was_replaced_is_neither_at_its_path_nor_removed() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("new");
        let file = NewFile::create(&path).unwrap();
        assert_eq!(file.name_count().unwrap(), Some(1));
        fs::remove_file(&path).unwrap();
        assert!(!file.is_at(&path).unwrap());
        assert_eq!(file.name_count().unwrap(), Some(0));
        fs::write(&path, "another").unwrap();
        assert!(!file.is_at(&path).unwrap());
        drop(file);
        assert_eq!(fs::read(&path).unwrap(), b"another");
    }

    #[cfg(unix)]
    #[test]
    fn where_a_file_is_stays_unknown_if_its_path_cannot_be_followed() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("new");
        let file = NewFile::create(&path).unwrap();
        let circle = folder.path().join("circle");
        std::os::unix::fs::symlink("circle", &circle).unwrap();
        file.is_at(&circle.join("new")).unwrap_err();
        assert!(!file.is_at(&path.join("new")).unwrap());
        assert!(!file.is_at(&folder.path().join("absent")).unwrap());
    }
}
