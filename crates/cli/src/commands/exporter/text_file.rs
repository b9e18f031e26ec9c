//! A file that other users may read.

use std::fs::File;
use std::io::{self, Write as _};
use std::path::Path;

use crate::private_file;

/// Creates or replaces a file as a whole, so that no reader sees a part of it. Everyone may read it, whatever the umask: the node exporter
/// often runs as a user of its own. A symbolic link stays, and the file that it leads to is replaced.
///
/// # Errors
/// The file or its folder cannot be written, or something else than a regular file is there; then nothing has changed. If only the folder
/// cannot be synced, the file is replaced.
pub(crate) fn replace(path: &Path, content: &str) -> io::Result<()> {
    let path = private_file::target(path)?;
    let folder = path.parent().filter(|it| !it.as_os_str().is_empty());
    // The collector reads files whose names end in `.prom`, which this one does not.
    let mut builder = tempfile::Builder::new();
    builder.prefix(".gatelet-").suffix(".tmp");
    let mut beside = builder.tempfile_in(folder.unwrap_or(Path::new(".")))?;
    beside.write_all(content.as_bytes())?;
    make_readable(beside.as_file())?;
    beside.as_file().sync_all()?;
    beside.persist(&path)?;
    private_file::sync_folder(&path)
}

#[cfg(unix)]
fn make_readable(file: &File) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt as _;
    file.set_permissions(std::fs::Permissions::from_mode(0o644))
}

/// Does nothing, because the file has the permissions of its folder.
#[cfg(not(unix))]
fn make_readable(_: &File) -> io::Result<()> {
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    #[test]
    fn a_file_is_replaced_as_a_whole_and_readable_by_everyone() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("gatelet.prom");
        for content in ["1\n", "2\n"] {
            replace(&path, content).unwrap();
            assert_eq!(fs::read_to_string(&path).unwrap(), content);
            #[cfg(unix)]
            {
                use std::os::unix::fs::PermissionsExt as _;
                let mode = fs::metadata(&path).unwrap().permissions().mode();
                assert_eq!(mode & 0o777, 0o644);
                fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
            }
        }
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
        replace(folder.path(), "3\n").unwrap_err();
        replace(&folder.path().join("absent/file"), "3\n").unwrap_err();
    }
}
