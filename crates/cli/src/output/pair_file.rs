//! A file with the id and the secret of a key.

use std::ffi::OsString;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use gatelet_models::asa::ServiceTokenRequest;
use zeroize::Zeroizing;

/// A file that receives a key: written beside its final place, for its owner only, and renamed when it is on disk.
#[derive(Debug)]
pub(crate) struct PairFile {
    path: PathBuf,
    beside: PathBuf,
    file: File,
    /// Whether the pair is on disk, beside its place or there.
    is_kept: bool,
}

/// The capacity for a pair as JSON, larger than any pair.
const MAX_JSON: usize = 4096;

/// Why a pair is not in its final place, where nothing has changed.
#[derive(Debug)]
pub(crate) enum StoreError {
    /// It is nowhere.
    Lost(io::Error),
    /// It is on disk beside its place.
    Beside(PathBuf, io::Error),
}

impl PairFile {
    /// Creates the file beside its place, so that an unwritable folder is found before anything else happens.
    ///
    /// # Errors
    /// The place is not one for a file, the file cannot be created, or one is left over from another run.
    pub(crate) fn create(path: &Path) -> io::Result<Self> {
        let path = resolve(path)?;
        let mut name = path.as_os_str().to_owned();
        name.push(OsString::from(".new"));
        let beside = PathBuf::from(name);
        let mut options = OpenOptions::new();
        options.write(true).create_new(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let file = options
            .open(&beside)
            .map_err(|error| not_created(&beside, &error))?;
        Ok(Self {
            path,
            beside,
            file,
            is_kept: false,
        })
    }

    /// Returns the place of the file: the one that was named, or where that leads as a symbolic link.
    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// Writes the pair as JSON, syncs the file and renames it. Once it is synced, it stays.
    ///
    /// # Errors
    /// The file is not in its final place.
    pub(crate) fn store(mut self, pair: &ServiceTokenRequest) -> Result<(), StoreError> {
        self.write(pair).map_err(StoreError::Lost)?;
        let Err(error) = fs::rename(&self.beside, &self.path) else {
            self.is_kept = true;
            return Ok(());
        };
        // Another program may have removed it.
        self.is_kept = read(&self.beside).is_ok_and(|kept| kept == *pair);
        Err(match self.is_kept {
            true => StoreError::Beside(self.beside.clone(), error),
            false => StoreError::Lost(error),
        })
    }

    fn write(&mut self, pair: &ServiceTokenRequest) -> io::Result<()> {
        self.file.write_all(&to_json(pair)?)?;
        self.file.sync_all()
    }
}

/// Removes the file unless it contains the pair.
impl Drop for PairFile {
    fn drop(&mut self) {
        if !self.is_kept {
            let _ = fs::remove_file(&self.beside);
        }
    }
}

/// Returns the error of a file that could not be created. One that is there may contain a key that nothing else contains.
fn not_created(path: &Path, error: &io::Error) -> io::Error {
    let path = path.display();
    let text = match error.kind() {
        io::ErrorKind::AlreadyExists => format!(
            "{path} exists: another run may be writing it, or one that was killed left it, perhaps with the only copy of a new key; move it away if its key is in `service-user key list`, and remove it otherwise"
        ),
        _ => format!("could not create {path}: {error}"),
    };
    io::Error::new(error.kind(), text)
}

/// Returns where a file is or will be. A symbolic link leads to the file, which a rename would replace by a file otherwise.
fn resolve(path: &Path) -> io::Result<PathBuf> {
    let refused = |problem: &str| Err(io::Error::new(io::ErrorKind::InvalidInput, problem));
    if path.as_os_str() == "-" {
        return refused("to print the key, omit --out");
    }
    let Ok(named) = fs::symlink_metadata(path) else {
        return Ok(path.to_owned());
    };
    let target = match (named.is_symlink(), fs::metadata(path)) {
        (_, Ok(target)) => target,
        (true, Err(_)) => return refused("it is a symbolic link that leads nowhere"),
        (false, Err(error)) => return Err(error),
    };
    match (target.is_file(), named.is_symlink()) {
        (false, _) => refused("it is not a regular file"),
        (true, true) => fs::canonicalize(path),
        (true, false) => Ok(path.to_owned()),
    }
}

/// Syncs the folder of a stored pair and reads the pair back.
///
/// # Errors
/// The pair is in its final place, and may be lost by a power failure.
pub(crate) fn read_back(path: &Path) -> io::Result<ServiceTokenRequest> {
    sync_folder(path)?;
    read(path)
}

fn read(path: &Path) -> io::Result<ServiceTokenRequest> {
    let json = Zeroizing::new(fs::read(path)?);
    Ok(serde_json::from_slice(&json)?)
}

/// Returns a pair as a line of JSON, which is overwritten when it is dropped.
pub(crate) fn to_json(pair: &ServiceTokenRequest) -> io::Result<Zeroizing<Vec<u8>>> {
    // No growth of the buffer leaves a copy behind.
    let mut json = Zeroizing::new(Vec::with_capacity(MAX_JSON));
    serde_json::to_writer(&mut *json, pair)?;
    json.push(b'\n');
    Ok(json)
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
    fn a_pair_stays_beside_a_place_that_cannot_be_replaced() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("key.json");
        let file = PairFile::create(&path).unwrap();
        fs::create_dir(&path).unwrap();
        let pair = ServiceTokenRequest::new("id", "hunter2");
        let StoreError::Beside(beside, _) = file.store(&pair).unwrap_err() else {
            panic!("it is lost");
        };
        assert_eq!(read_back(&beside).unwrap(), pair);
    }

    #[test]
    fn a_pair_whose_file_was_removed_is_lost() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("key.json");
        let file = PairFile::create(&path).unwrap();
        fs::remove_file(folder.path().join("key.json.new")).unwrap();
        let error = file.store(&ServiceTokenRequest::new("id", "hunter2"));
        assert!(matches!(error, Err(StoreError::Lost(_))), "{error:?}");
    }

    #[test]
    fn a_pair_that_a_killed_run_left_is_not_replaced() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("key.json");
        let left = PairFile::create(&path).unwrap();
        let error = PairFile::create(&path).unwrap_err().to_string();
        let expected = format!("{} exists: another run", left.beside.display());
        assert!(error.starts_with(&expected), "{error}");
        assert!(left.beside.exists());
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
