//! Files and folders that only their owner can read.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use tempfile::NamedTempFile;

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

/// Creates a file for its owner only, where the system has permissions.
///
/// # Errors
/// Something has its name already, or it cannot be created.
pub(crate) fn create(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.read(true).write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

/// Syncs the folder of a file, so that its name survives a power failure, unless the file system cannot sync a folder.
///
/// # Errors
/// It cannot be opened, or syncing it fails.
pub(crate) fn sync_folder(path: &Path) -> io::Result<()> {
    if !cfg!(unix) {
        return Ok(());
    }
    match File::open(folder(path))?.sync_all() {
        // EINVAL and ENOTSUP, as of network file systems.
        Err(error)
            if matches!(
                error.kind(),
                io::ErrorKind::InvalidInput | io::ErrorKind::Unsupported
            ) =>
        {
            Ok(())
        }
        synced => synced,
    }
}

/// Returns the folder of a file.
fn folder(path: &Path) -> &Path {
    let folder = path.parent().filter(|it| !it.as_os_str().is_empty());
    folder.unwrap_or(Path::new("."))
}

/// Creates or replaces a file as a whole, so that no reader sees a part of it. A new one is for its owner only, and one that is there keeps its
/// permissions. A symbolic link stays, and the file that it leads to is replaced.
///
/// # Errors
/// The file or its folder cannot be written, or something else than a regular file is there; then nothing has changed. If only the folder
/// cannot be synced, the file is replaced, and may be the old one again after a power failure.
pub(crate) fn replace(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let path = target(path)?;
    let folder = folder(&path);
    create_folder(folder)?;
    let mut beside = NamedTempFile::new_in(folder)?;
    beside.write_all(bytes)?;
    if let Ok(old) = fs::metadata(&path) {
        beside.as_file().set_permissions(old.permissions())?;
    }
    beside.as_file().sync_all()?;
    beside.persist(&path)?;
    sync_folder(&path)
}

/// Returns the file that [`replace`] would replace: the path, or where it leads as a symbolic link.
///
/// # Errors
/// Something else than a file that may be written is there.
pub(crate) fn target(path: &Path) -> io::Result<PathBuf> {
    let path = resolve(path)?;
    let Ok(metadata) = fs::metadata(&path) else {
        return Ok(path);
    };
    match metadata.permissions().readonly() {
        true => Err(refused("it is readonly")),
        false => fs::canonicalize(path),
    }
}

/// Returns where a file is or will be: the path, or where it leads as a symbolic link, which a rename would replace by a file otherwise.
///
/// # Errors
/// Something else than a regular file is there.
pub(crate) fn resolve(path: &Path) -> io::Result<PathBuf> {
    let Ok(named) = fs::symlink_metadata(path) else {
        return Ok(path.to_owned());
    };
    let target = match (named.is_symlink(), fs::metadata(path)) {
        (_, Ok(target)) => target,
        (true, Err(_)) => return Err(refused("it is a symbolic link that leads nowhere")),
        (false, Err(error)) => return Err(error),
    };
    match (target.is_file(), named.is_symlink()) {
        (false, _) => Err(refused("it is not a regular file")),
        (true, true) => fs::canonicalize(path),
        (true, false) => Ok(path.to_owned()),
    }
}

fn refused(problem: &str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidInput, problem)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_replaced_as_a_whole_and_keeps_its_permissions() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("new").join("file");
        replace(&path, b"1").unwrap();
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            let mode = || fs::metadata(&path).unwrap().permissions().mode() & 0o777;
            assert_eq!(mode(), 0o600);
            fs::set_permissions(&path, fs::Permissions::from_mode(0o640)).unwrap();
            replace(&path, b"2").unwrap();
            assert_eq!(mode(), 0o640);
            let link = folder.path().join("link");
            std::os::unix::fs::symlink(&path, &link).unwrap();
            replace(&link, b"3").unwrap();
            assert!(link.is_symlink());
            assert_eq!(fs::read(&path).unwrap(), b"3");
        }
        replace(&path, b"4").unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"4");
        assert_eq!(fs::read_dir(path.parent().unwrap()).unwrap().count(), 1);
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn a_folder_that_cannot_be_synced_is_no_error() {
        let folder = Path::new("/proc");
        let error = File::open(folder).unwrap().sync_all().unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::InvalidInput);
        sync_folder(&folder.join("file")).unwrap();
        sync_folder(&folder.join("absent/file")).unwrap_err();
    }

    #[test]
    fn what_is_not_a_writable_file_stays() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("file");
        fs::create_dir(&path).unwrap();
        replace(&path, b"1").unwrap_err();
        assert!(path.is_dir());
        let readonly = folder.path().join("readonly");
        fs::write(&readonly, "0").unwrap();
        let mut permissions = fs::metadata(&readonly).unwrap().permissions();
        permissions.set_readonly(true);
        fs::set_permissions(&readonly, permissions).unwrap();
        replace(&readonly, b"1").unwrap_err();
        assert_eq!(fs::read(&readonly).unwrap(), b"0");
        #[cfg(unix)]
        {
            let link = folder.path().join("link");
            std::os::unix::fs::symlink("nowhere", &link).unwrap();
            replace(&link, b"1").unwrap_err();
            assert!(link.is_symlink());
        }
    }
}
