//! Files and folders that only their owner can read.

use std::ffi::OsString;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

/// Creates a file that does not exist yet.
///
/// # Errors
/// It exists or cannot be created.
pub(crate) fn create(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

/// Creates a folder and those above it, where the system has permissions for the owner alone.
///
/// # Errors
/// One cannot be created.
pub(crate) fn create_folder(path: &Path) -> io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.recursive(true).create(path)
}

/// Replaces a file as a whole, so that no reader sees a part of it. A symbolic link stays, and the file that it leads to is replaced.
///
/// # Errors
/// The folder or the file cannot be written; then the old file is as it was.
pub(crate) fn replace(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let path = fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
    if let Some(folder) = path.parent().filter(|it| !it.as_os_str().is_empty()) {
        create_folder(folder)?;
    }
    let mut beside: OsString = path.clone().into();
    beside.push(format!(".{}.new", std::process::id()));
    let beside = PathBuf::from(beside);
    let mut file = create(&beside)?;
    let written = file
        .write_all(bytes)
        .and_then(|()| file.sync_all())
        .and_then(|()| fs::rename(&beside, &path));
    if written.is_err() {
        let _ = fs::remove_file(&beside);
    }
    written
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_replaced_as_a_whole_and_through_a_link() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("new").join("file");
        replace(&path, b"1").unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"1");
        #[cfg(unix)]
        {
            use std::os::unix::fs::{PermissionsExt as _, symlink};
            let link = folder.path().join("link");
            symlink(&path, &link).unwrap();
            replace(&link, b"2").unwrap();
            assert!(link.is_symlink());
            let mode = fs::metadata(&path).unwrap().permissions().mode();
            assert_eq!(mode & 0o777, 0o600);
        }
        replace(&path, b"3").unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"3");
        let parent = path.parent().unwrap();
        assert_eq!(fs::read_dir(parent).unwrap().count(), 1);
    }

    #[test]
    fn a_file_that_cannot_be_replaced_is_as_it_was() {
        let folder = tempfile::tempdir().unwrap();
        replace(folder.path(), b"1").unwrap_err();
        assert!(folder.path().is_dir());
        let siblings = fs::read_dir(folder.path().parent().unwrap()).unwrap();
        let own = folder.path().file_name().unwrap().to_str().unwrap();
        let left = siblings
            .filter_map(Result::ok)
            .filter(|it| it.file_name().to_string_lossy().starts_with(own));
        assert_eq!(left.count(), 1);
    }
}
