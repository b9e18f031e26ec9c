//! What is in the place of a file before it is replaced.

use std::fs::{self, File};
use std::io;
use std::path::Path;

use tempfile::TempPath;
use zeroize::Zeroizing;

use crate::output::short_content;

/// What is in the place of a file before it is replaced.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum PresentFile {
    Absent,
    /// A file without content.
    Blank,
    /// The content, without a byte order mark and without spaces around it.
    Content(Zeroizing<Vec<u8>>),
}

impl PresentFile {
    /// Looks at a path.
    ///
    /// # Errors
    /// Something else than a regular file is there, or one that cannot be read or is longer than a file with a secret.
    pub(crate) fn read(path: &Path) -> io::Result<Self> {
        match fs::symlink_metadata(path) {
            // Opening a named pipe would wait for its writer.
            Ok(metadata) if !metadata.is_file() => {
                return Err(io::Error::other("it is not a regular file"));
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Self::Absent),
            Ok(_) | Err(_) => {}
        }
        let content = short_content::read(&mut File::open(path)?)?;
        let text = content.strip_prefix("\u{feff}".as_bytes());
        let text = text.unwrap_or(&content).trim_ascii();
        Ok(match text.is_empty() {
            true => Self::Blank,
            false => Self::Content(Zeroizing::new(text.to_vec())),
        })
    }

    /// Returns the content; `None` if there is none.
    pub(crate) fn content(&self) -> Option<&[u8]> {
        match self {
            Self::Absent | Self::Blank => None,
            Self::Content(content) => Some(content),
        }
    }

    /// Moves a file to a path where this was before, unless another program has put a content there since.
    ///
    /// # Errors
    /// Another program has done that, or the file cannot be moved.
    pub(crate) fn replace(&self, path: &Path, with: &Path) -> io::Result<()> {
        let now = Self::read(path)?;
        if now.content().is_some() && now != *self {
            return Err(io::Error::other("another program has changed it meanwhile"));
        }
        if now == Self::Absent {
            match rename_to_new_name(with, path) {
                // Not every file system can do that.
                Err(error) if error.kind() != io::ErrorKind::AlreadyExists => {}
                renamed => return renamed,
            }
        }
        fs::rename(with, path)
    }
}

/// Renames a file unless something has the new name.
fn rename_to_new_name(from: &Path, to: &Path) -> io::Result<()> {
    let mut from = TempPath::try_from_path(from)?;
    // By default, a file whose renaming fails would be removed.
    from.disable_cleanup(true);
    from.persist_noclobber(to).map_err(|error| error.error)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_judged_as_a_whole() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("file");
        assert_eq!(PresentFile::read(&path).unwrap(), PresentFile::Absent);
        let padded = |start: &str, length: usize| format!("{start:length$}");
        for (text, content) in [
            (" \n".to_owned(), None),
            (padded("\u{feff}", 10), None),
            (padded("\u{feff} a b", 10), Some("a b")),
            (padded("a", short_content::MAX_LENGTH), Some("a")),
        ] {
            fs::write(&path, text).unwrap();
            let present = PresentFile::read(&path).unwrap();
            assert_eq!(present.content(), content.map(str::as_bytes));
        }
        for start in ["", "a"] {
            let text = padded(start, short_content::MAX_LENGTH) + "b";
            fs::write(&path, text).unwrap();
            let error = PresentFile::read(&path).unwrap_err();
            assert_eq!(error.kind(), io::ErrorKind::FileTooLarge);
        }
        PresentFile::read(folder.path()).unwrap_err();
    }

    #[test]
    fn what_another_program_has_written_since_is_not_replaced() {
        let folder = tempfile::tempdir().unwrap();
        let [path, new] = ["file", "new"].map(|name| folder.path().join(name));
        fs::write(&new, "new").unwrap();
        for before in ["", "a"] {
            fs::write(&path, before).unwrap();
            let present = PresentFile::read(&path).unwrap();
            fs::write(&path, "b").unwrap();
            present.replace(&path, &new).unwrap_err();
        }
        PresentFile::Absent.replace(&path, &new).unwrap_err();
        assert_eq!(fs::read(&path).unwrap(), b"b");
        let present = PresentFile::read(&path).unwrap();
        present.replace(&path, &new).unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"new");
        // What was removed since needs no look.
        fs::rename(&path, &new).unwrap();
        present.replace(&path, &new).unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"new");
    }

    #[test]
    fn a_new_name_is_taken_only_once() {
        let folder = tempfile::tempdir().unwrap();
        let [path, new] = ["file", "new"].map(|name| folder.path().join(name));
        fs::write(&new, "new").unwrap();
        fs::write(&path, "other").unwrap();
        let error = rename_to_new_name(&new, &path).unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::AlreadyExists);
        assert_eq!(fs::read(&new).unwrap(), b"new");
        fs::remove_file(&path).unwrap();
        rename_to_new_name(&new, &path).unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"new");
        assert!(!new.exists());
    }
}
