//! A file with the id and the secret of a key.

use std::ffi::OsString;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use gatelet_models::asa::ServiceTokenRequest;

/// A file that receives a key: written beside its final place, for its owner only, and renamed when it is on disk.
#[derive(Debug)]
pub(crate) struct PairFile {
    path: PathBuf,
    beside: PathBuf,
    file: File,
}

impl PairFile {
    /// Creates the file beside its place, so that an unwritable folder is found before anything else happens.
    ///
    /// # Errors
    /// The file cannot be created, or one is left over from another run.
    pub(crate) fn create(path: &Path) -> io::Result<Self> {
        if path.is_dir() {
            return Err(io::ErrorKind::IsADirectory.into());
        }
        let mut name = path.as_os_str().to_owned();
        name.push(OsString::from(".new"));
        let beside = PathBuf::from(name);
        let mut options = OpenOptions::new();
        options.write(true).create_new(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let file = options.open(&beside)?;
        Ok(Self {
            path: path.to_owned(),
            beside,
            file,
        })
    }

    /// Writes the pair as JSON, syncs the file and renames it.
    ///
    /// # Errors
    /// The file is not in its final place, where nothing has changed.
    pub(crate) fn store(mut self, pair: &ServiceTokenRequest) -> io::Result<()> {
        let mut json = serde_json::to_vec(pair)?;
        json.push(b'\n');
        let written = self.file.write_all(&json);
        json.fill(0);
        written?;
        self.file.sync_all()?;
        fs::rename(&self.beside, &self.path)
    }
}

/// Syncs the folder of a stored pair and reads the pair back.
///
/// # Errors
/// The pair is in its final place, and may be lost by a power failure.
pub(crate) fn read_back(path: &Path) -> io::Result<ServiceTokenRequest> {
    sync_folder(path)?;
    Ok(serde_json::from_slice(&fs::read(path)?)?)
}

/// Removes the file unless it was renamed.
impl Drop for PairFile {
    fn drop(&mut self) {
        let _ = fs::remove_file(&self.beside);
    }
}

/// Syncs the folder of a file, so that its name survives a power failure.
fn sync_folder(path: &Path) -> io::Result<()> {
    let folder = path.parent().filter(|it| !it.as_os_str().is_empty());
    match cfg!(unix) {
        true => File::open(folder.unwrap_or(Path::new(".")))?.sync_all(),
        false => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pair_replaces_the_file_and_is_read_back() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("key.json");
        fs::write(&path, "before").unwrap();
        let file = PairFile::create(&path).unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"before");
        let pair = ServiceTokenRequest::new("id", "hunter2");
        file.store(&pair).unwrap();
        assert_eq!(read_back(&path).unwrap(), pair);
        let content = fs::read_to_string(&path).unwrap();
        assert_eq!(content, "{\"key_id\":\"id\",\"key_secret\":\"hunter2\"}\n");
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            let mode = fs::metadata(&path).unwrap().permissions().mode();
            assert_eq!(mode & 0o777, 0o600);
        }
    }

    #[test]
    fn a_pair_stays_stored_when_it_cannot_be_read_back() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("key.json");
        let file = PairFile::create(&path).unwrap();
        let pair = ServiceTokenRequest::new("id", "hunter2");
        file.store(&pair).unwrap();
        let elsewhere = folder.path().join("elsewhere/key.json");
        assert!(read_back(&elsewhere).is_err());
        assert_eq!(read_back(&path).unwrap(), pair);
    }

    #[test]
    fn a_file_that_is_not_stored_leaves_nothing() {
        let folder = tempfile::tempdir().unwrap();
        drop(PairFile::create(&folder.path().join("key.json")).unwrap());
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
        assert!(PairFile::create(folder.path()).is_err());
        assert!(PairFile::create(&folder.path().join("absent/key.json")).is_err());
    }
}
