//! A file with the id and the secret of a key.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::fmt;
use std::fs::{self, File};
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};

use gatelet_models::asa::ServiceTokenRequest;
use serde::de::IgnoredAny;
use zeroize::Zeroizing;

use crate::output::new_file::{CreateError, NewFile};
use crate::private_file;

/// A file that will receive a key: created beside its final place, which it replaces when the key works.
#[derive(Debug)]
pub(crate) struct PairFile {
    path: PathBuf,
    new: NewFile,
}

/// What is in the final place before the file.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Present {
    /// No file, or one without content.
    Nothing,
    /// The pair of the key with this ID.
    Key(String),
    /// Something else.
    Other,
}

/// A file that has received a key, and is still beside its final place.
#[derive(Debug)]
pub(crate) struct WrittenPair {
    file: PairFile,
    read_back: ServiceTokenRequest,
}

/// Why a pair is not in its final place.
#[derive(Debug)]
pub(crate) enum ReplaceError {
    /// It is nowhere.
    Lost(io::Error),
    /// It is beside its place, where nothing has changed.
    Beside(io::Error),
    /// It was beside its place, and where it is now cannot be seen.
    Unseen(io::Error),
}

/// Why a file was not created beside its place.
#[derive(Debug)]
pub(crate) enum PairFileError {
    Io(io::Error),
    /// A run that was killed has left the only copy of this key there.
    Left {
        beside: PathBuf,
        path: PathBuf,
        key_id: String,
    },
}

impl fmt::Display for PairFileError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Io(error) => error.fmt(f),
            Self::Left {
                beside,
                path,
                key_id,
            } => {
                let (beside, path) = (beside.display(), path.display());
                write!(
                    f,
                    "{beside} contains the key {key_id}, which an earlier run created and has not moved to {path}: move the file there to use that key, whose secret no response shows again"
                )
            }
        }
    }
}

impl From<io::Error> for PairFileError {
    fn from(error: io::Error) -> Self {
        Self::Io(error)
    }
}

/// The capacity for a pair as JSON, larger than any pair.
const MAX_JSON: usize = 4096;

impl PairFile {
    /// Creates the file beside its place, so that an unwritable folder is found before anything else happens.
    ///
    /// # Errors
    /// The place is not one for a file, the file cannot be created, another run has it, or a run has left a key in it.
    pub(crate) fn create(path: &Path) -> Result<Self, PairFileError> {
        if path.as_os_str() == "-" {
            let problem = "to print the key, omit --out";
            return Err(io::Error::new(io::ErrorKind::InvalidInput, problem).into());
        }
        let path = private_file::resolve(path)?;
        let mut name = path.as_os_str().to_owned();
        name.push(OsString::from(".new"));
        let beside = PathBuf::from(name);
        let mut new = match NewFile::create(&beside) {
            Ok(new) => new,
            Err(error) => return Err(not_created(beside, path, error)),
        };
        new.reserve(MAX_JSON).map_err(|error| {
            let problem = format!("could not write {}: {error}", beside.display());
            io::Error::new(error.kind(), problem)
        })?;
        Ok(Self { path, new })
    }

    /// Returns the final place of the file: the one that was named, or where that leads as a symbolic link.
    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// Returns where the file is now.
    pub(crate) fn beside(&self) -> &Path {
        self.new.path()
    }

    /// Reads what is in the final place now.
    ///
    /// # Errors
    /// It cannot be read.
    pub(crate) fn present(&self) -> io::Result<Present> {
        let file = match File::open(&self.path) {
            Ok(file) => file,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Present::Nothing),
            Err(error) => return Err(error),
        };
        let mut content = Zeroizing::new(Vec::with_capacity(MAX_JSON));
        file.take(MAX_JSON as u64).read_to_end(&mut content)?;
        let text = content.strip_prefix("\u{feff}".as_bytes());
        let text = text.unwrap_or(&content).trim_ascii();
        if text.is_empty() {
            return Ok(Present::Nothing);
        }
        // Other members would be lost.
        let members: BTreeMap<String, IgnoredAny> =
            serde_json::from_slice(text).unwrap_or_default();
        Ok(match serde_json::from_slice(text) {
            Ok(ServiceTokenRequest { key_id, .. }) if members.len() == 2 => {
                Present::Key(key_id.to_string())
            }
            _ => Present::Other,
        })
    }

    /// Writes the pair as JSON, syncs it and reads it back. From then on, the file stays.
    ///
    /// # Errors
    /// The pair is not in the file, which is removed.
    pub(crate) fn write(mut self, pair: &ServiceTokenRequest) -> io::Result<WrittenPair> {
        self.new.write(&to_json(pair)?)?;
        let read_back = self.ensure(pair)?;
        self.new.keep();
        Ok(WrittenPair {
            file: self,
            read_back,
        })
    }

    /// Reads the pair. If another program has written into the file, writes it again.
    fn ensure(&mut self, pair: &ServiceTokenRequest) -> io::Result<ServiceTokenRequest> {
        if self.is_gone()? {
            return Err(gone(self.beside()));
        }
        if !self.read().is_ok_and(|read| read == *pair) {
            self.new.write(&to_json(pair)?)?;
        }
        let read = self.read()?;
        match read == *pair {
            true => Ok(read),
            false => Err(io::Error::other("another program writes into it")),
        }
    }

    /// Returns whether the file is neither beside its place nor there.
    fn is_gone(&self) -> io::Result<bool> {
        Ok(!self.new.is_at(self.beside())? && !self.is_moved()?)
    }

    /// Returns whether another program has moved the file to its final place. Only Unix tells the file there from one that was there before.
    fn is_moved(&self) -> io::Result<bool> {
        match cfg!(unix) {
            true => self.new.is_at(&self.path),
            false => Ok(false),
        }
    }

    fn read(&mut self) -> io::Result<ServiceTokenRequest> {
        Ok(serde_json::from_slice(&self.new.read()?)?)
    }
}

impl WrittenPair {
    /// Returns the pair that was read out of the file.
    pub(crate) fn read_back(&self) -> &ServiceTokenRequest {
        &self.read_back
    }

    /// Returns the final place of the file.
    pub(crate) fn path(&self) -> &Path {
        self.file.path()
    }

    /// Returns where the file is now.
    pub(crate) fn beside(&self) -> &Path {
        self.file.beside()
    }

    /// Returns whether another program has moved the file to its final place.
    pub(crate) fn is_moved(&self) -> bool {
        self.file.is_moved().is_ok_and(|is_moved| is_moved)
    }

    /// Moves the file to its final place, unless another program has done that.
    ///
    /// # Errors
    /// The file is not there. Another one that has taken its name is not moved.
    pub(crate) fn replace(mut self) -> Result<(), ReplaceError> {
        let pair = self.read_back;
        self.file.is_gone().map_err(ReplaceError::Unseen)?;
        self.file.ensure(&pair).map_err(ReplaceError::Lost)?;
        let PairFile { path, new } = &self.file;
        match fs::rename(new.path(), path) {
            // What cannot be seen after a rename is where the rename has put it.
            Ok(()) if new.is_at(path).is_ok_and(|is_there| !is_there) => {
                return Err(ReplaceError::Lost(gone(path)));
            }
            Ok(()) => {}
            Err(error) => match (self.file.is_moved(), new.is_at(new.path())) {
                (Ok(true), _) => {}
                (_, Ok(true)) => return Err(ReplaceError::Beside(error)),
                (Ok(false), Ok(false)) => return Err(ReplaceError::Lost(error)),
                (Err(_), _) | (_, Err(_)) => return Err(ReplaceError::Unseen(error)),
            },
        }
        // After a power failure, the pair is in the one place or the other.
        let _ = private_file::sync_folder(path);
        Ok(())
    }
}

fn gone(path: &Path) -> io::Error {
    io::Error::other(format!(
        "another program has removed or replaced {}",
        path.display()
    ))
}

/// Returns the error of a file that could not be created beside its place.
fn not_created(beside: PathBuf, path: PathBuf, error: CreateError) -> PairFileError {
    let shown = beside.display();
    let problem = match error {
        CreateError::Io(error) => format!("could not create {shown}: {error}"),
        CreateError::InUse => format!("another run is using {shown}: wait until it ends"),
        CreateError::NotAFile => format!("{shown} exists and is not a regular file"),
        CreateError::Left(content) => match serde_json::from_slice::<ServiceTokenRequest>(&content)
        {
            Ok(ServiceTokenRequest { key_id, .. }) => {
                return PairFileError::Left {
                    beside,
                    path,
                    key_id: key_id.to_string(),
                };
            }
            Err(_) => format!(
                "{shown} exists and contains no key, or a part of one that an earlier run could not write: move it away"
            ),
        },
    };
    io::Error::other(problem).into()
}

/// Returns a pair as a line of JSON, which is overwritten when it is dropped.
pub(crate) fn to_json(pair: &ServiceTokenRequest) -> io::Result<Zeroizing<Vec<u8>>> {
    // No growth of the buffer leaves a copy behind.
    let mut json = Zeroizing::new(Vec::with_capacity(MAX_JSON));
    serde_json::to_writer(&mut *json, pair)?;
    json.push(b'\n');
    Ok(json)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pair() -> ServiceTokenRequest {
        ServiceTokenRequest::new("id", "hunter2")
    }

    #[test]
    fn a_pair_is_beside_its_place_until_it_replaces_the_file_there() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("key.json");
        fs::write(&path, "before").unwrap();
        let written = PairFile::create(&path).unwrap().write(&pair()).unwrap();
        assert_eq!(*written.read_back(), pair());
        assert_eq!(fs::read(&path).unwrap(), b"before");
        let json = "{\"key_id\":\"id\",\"key_secret\":\"hunter2\"}\n";
        assert_eq!(fs::read_to_string(written.beside()).unwrap(), json);
        written.replace().unwrap();
        assert_eq!(fs::read_to_string(&path).unwrap(), json);
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            let mode = fs::metadata(&path).unwrap().permissions().mode();
            assert_eq!(mode & 0o777, 0o600);
        }
    }

    #[test]
    fn a_pair_that_another_program_overwrites_is_written_again() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("key.json");
        let written = PairFile::create(&path).unwrap().write(&pair()).unwrap();
        let other = ServiceTokenRequest::new("other", "secret");
        fs::write(written.beside(), &*to_json(&other).unwrap()).unwrap();
        written.replace().unwrap();
        assert_eq!(fs::read(&path).unwrap(), *to_json(&pair()).unwrap());
    }

    #[test]
    fn a_pair_that_does_not_replace_the_file_stays_and_the_next_run_names_its_key() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("key.json");
        drop(PairFile::create(&path).unwrap().write(&pair()).unwrap());
        let error = PairFile::create(&path).unwrap_err().to_string();
        assert!(
            error.contains("key.json.new contains the key id,"),
            "{error}"
        );
        assert!(!error.contains("hunter2"), "{error}");
        fs::write(folder.path().join("key.json.new"), "{\"key_id\":").unwrap();
        let error = PairFile::create(&path).unwrap_err().to_string();
        assert!(error.ends_with(": move it away"), "{error}");
    }

    #[test]
    fn a_pair_stays_beside_a_place_that_cannot_be_replaced() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("key.json");
        let written = PairFile::create(&path).unwrap().write(&pair()).unwrap();
        let beside = written.beside().to_owned();
        fs::create_dir(&path).unwrap();
        let error = written.replace();
        assert!(matches!(error, Err(ReplaceError::Beside(_))), "{error:?}");
        assert!(fs::read_to_string(beside).unwrap().contains("hunter2"));
    }

    #[cfg(unix)]
    #[test]
    fn a_pair_is_not_in_a_file_that_was_removed_or_replaced() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("key.json");
        let beside = folder.path().join("key.json.new");
        let file = PairFile::create(&path).unwrap();
        fs::remove_file(&beside).unwrap();
        assert!(file.write(&pair()).is_err());

        let written = PairFile::create(&path).unwrap().write(&pair()).unwrap();
        fs::remove_file(&beside).unwrap();
        fs::write(&beside, "of another run").unwrap();
        let error = written.replace();
        assert!(matches!(error, Err(ReplaceError::Lost(_))), "{error:?}");
        assert!(!path.exists());
        assert_eq!(fs::read(&beside).unwrap(), b"of another run");
    }

    #[test]
    fn a_folder_and_a_file_in_an_absent_one_are_no_places() {
        let folder = tempfile::tempdir().unwrap();
        assert!(PairFile::create(folder.path()).is_err());
        assert!(PairFile::create(&folder.path().join("absent/key.json")).is_err());
    }
}
