//! A file with a secret that was just created.

use std::ffi::OsString;
use std::fmt;
use std::fs::{self, File};
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};

use gatelet_models::Secret;
use zeroize::Zeroizing;

use crate::output::new_file::{CreateError, NewFile};
use crate::private_file;

/// What a file contains.
#[derive(Debug)]
pub(crate) struct SecretForm {
    /// What has the secret, such as `key`.
    pub(crate) thing: &'static str,
    /// Returns the ID of the thing whose secret is in a content.
    pub(crate) id_in: fn(&[u8]) -> Option<String>,
}

/// A file that will receive a secret: created beside its final place, which it replaces when the secret may be used.
#[derive(Debug)]
pub(crate) struct SecretFile {
    path: PathBuf,
    new: NewFile,
}

/// A file that has received a secret, and is still beside its final place.
#[derive(Debug)]
pub(crate) struct WrittenSecret {
    file: SecretFile,
    read_back: Secret,
}

/// Why a secret is not in its final place.
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
pub(crate) enum SecretFileError {
    Io(io::Error),
    /// A run that was killed has left the only copy of this secret there.
    Left {
        beside: PathBuf,
        path: PathBuf,
        thing: &'static str,
        id: String,
    },
}

impl fmt::Display for SecretFileError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Io(error) => error.fmt(f),
            Self::Left {
                beside,
                path,
                thing,
                id,
            } => {
                let (beside, path) = (beside.display(), path.display());
                write!(
                    f,
                    "{beside} contains the {thing} {id}, which an earlier run created and has not moved to {path}: move the file there to use that {thing}, whose secret no response shows again"
                )
            }
        }
    }
}

impl From<io::Error> for SecretFileError {
    fn from(error: io::Error) -> Self {
        Self::Io(error)
    }
}

/// The room that a file reserves, in bytes; larger than any content.
pub(crate) const CAPACITY: usize = 4096;

impl SecretFile {
    /// Creates the file beside its place, so that an unwritable folder is found before anything else happens.
    ///
    /// # Errors
    /// The place is not one for a file, the file cannot be created, another run has it, or a run has left a key in it.
    pub(crate) fn create(path: &Path, form: &SecretForm) -> Result<Self, SecretFileError> {
        let thing = form.thing;
        if path.as_os_str() == "-" {
            let problem = format!("to print the {thing}, omit --out");
            return Err(io::Error::new(io::ErrorKind::InvalidInput, problem).into());
        }
        let path = private_file::resolve(path)?;
        let beside = beside(&path);
        let mut new = match NewFile::create(&beside) {
            Ok(new) => new,
            Err(error) => return Err(not_created(beside, path, error, form)),
        };
        new.reserve(CAPACITY).map_err(|error| {
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

    /// Reads what is in the final place now; `None` if there is no file, or one without content.
    ///
    /// # Errors
    /// It cannot be read.
    pub(crate) fn present(&self) -> io::Result<Option<Zeroizing<Vec<u8>>>> {
        present(&self.path)
    }

    /// Writes the content, syncs it and reads it back. From then on, the file stays.
    ///
    /// # Errors
    /// The content is not in the file, which is removed.
    pub(crate) fn write(mut self, content: &Secret) -> io::Result<WrittenSecret> {
        self.new.write(content.expose().as_bytes())?;
        let read_back = self.ensure(content)?;
        self.new.keep();
        Ok(WrittenSecret {
            file: self,
            read_back,
        })
    }

    /// Reads the content. If another program has written into the file, writes it again.
    fn ensure(&mut self, content: &Secret) -> io::Result<Secret> {
        if self.is_gone()? {
            return Err(gone(self.beside()));
        }
        let bytes = content.expose().as_bytes();
        if !self.new.read().is_ok_and(|read| *read == bytes) {
            self.new.write(bytes)?;
        }
        match std::str::from_utf8(&self.new.read()?) {
            Ok(read) if read == content.expose() => Ok(Secret::new(read.to_owned())),
            _ => Err(io::Error::other("another program writes into it")),
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
}

impl WrittenSecret {
    /// Returns the content that was read out of the file.
    pub(crate) fn read_back(&self) -> &Secret {
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
        self.file.is_gone().map_err(ReplaceError::Unseen)?;
        self.file
            .ensure(&self.read_back)
            .map_err(ReplaceError::Lost)?;
        let SecretFile { path, new } = &self.file;
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
        // After a power failure, the secret is in the one place or the other.
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

/// Returns where a file is before it replaces the one in its final place.
fn beside(path: &Path) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(OsString::from(".new"));
    PathBuf::from(name)
}

/// Reads the content of a file; `None` if there is no file, or one without content.
///
/// # Errors
/// It cannot be read.
pub(crate) fn present(path: &Path) -> io::Result<Option<Zeroizing<Vec<u8>>>> {
    let file = match File::open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(error),
    };
    let mut content = Zeroizing::new(Vec::with_capacity(CAPACITY));
    file.take(CAPACITY as u64).read_to_end(&mut content)?;
    let text = content.strip_prefix("\u{feff}".as_bytes());
    let text = text.unwrap_or(&content).trim_ascii();
    Ok((!text.is_empty()).then(|| Zeroizing::new(text.to_vec())))
}

/// Returns the error of a file that could not be created beside its place.
fn not_created(
    beside: PathBuf,
    path: PathBuf,
    error: CreateError,
    form: &SecretForm,
) -> SecretFileError {
    let (shown, thing) = (beside.display(), form.thing);
    let problem = match error {
        CreateError::Io(error) => format!("could not create {shown}: {error}"),
        CreateError::InUse => format!("another run is using {shown}: wait until it ends"),
        CreateError::NotAFile => format!("{shown} exists and is not a regular file"),
        CreateError::Left(content) => match (form.id_in)(&content) {
            Some(id) => {
                return SecretFileError::Left {
                    beside,
                    path,
                    thing,
                    id,
                };
            }
            None => format!(
                "{shown} exists and contains no {thing}, or a part of one that an earlier run could not write: move it away"
            ),
        },
    };
    io::Error::other(problem).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    const FORM: SecretForm = SecretForm {
        thing: "key",
        id_in: |content| {
            let text = std::str::from_utf8(content).ok()?;
            Some(text.strip_suffix(" hunter2")?.to_owned())
        },
    };
    const CONTENT: &str = "id hunter2";

    fn content() -> Secret {
        Secret::new(CONTENT.to_owned())
    }

    fn create(path: &Path) -> Result<SecretFile, SecretFileError> {
        SecretFile::create(path, &FORM)
    }

    #[test]
    fn a_secret_is_beside_its_place_until_it_replaces_the_file_there() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("key.json");
        fs::write(&path, "before").unwrap();
        let written = create(&path).unwrap().write(&content()).unwrap();
        assert_eq!(*written.read_back(), content());
        assert_eq!(fs::read(&path).unwrap(), b"before");
        assert_eq!(fs::read_to_string(written.beside()).unwrap(), CONTENT);
        written.replace().unwrap();
        assert_eq!(fs::read_to_string(&path).unwrap(), CONTENT);
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            let mode = fs::metadata(&path).unwrap().permissions().mode();
            assert_eq!(mode & 0o777, 0o600);
        }
    }

    #[test]
    fn a_secret_that_another_program_overwrites_is_written_again() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("key.json");
        let written = create(&path).unwrap().write(&content()).unwrap();
        fs::write(written.beside(), "other secret").unwrap();
        written.replace().unwrap();
        assert_eq!(fs::read_to_string(&path).unwrap(), CONTENT);
    }

    #[test]
    fn a_secret_that_does_not_replace_the_file_stays_and_the_next_run_names_its_owner() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("key.json");
        drop(create(&path).unwrap().write(&content()).unwrap());
        let error = create(&path).unwrap_err().to_string();
        assert!(
            error.contains("key.json.new contains the key id,"),
            "{error}"
        );
        assert!(!error.contains("hunter2"), "{error}");
        fs::write(folder.path().join("key.json.new"), "id hunt").unwrap();
        let error = create(&path).unwrap_err().to_string();
        assert!(error.ends_with(": move it away"), "{error}");
    }

    #[test]
    fn a_secret_stays_beside_a_place_that_cannot_be_replaced() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("key.json");
        let written = create(&path).unwrap().write(&content()).unwrap();
        let beside = written.beside().to_owned();
        fs::create_dir(&path).unwrap();
        let error = written.replace();
        assert!(matches!(error, Err(ReplaceError::Beside(_))), "{error:?}");
        assert!(fs::read_to_string(beside).unwrap().contains("hunter2"));
    }

    #[cfg(unix)]
    #[test]
    fn a_secret_is_not_in_a_file_that_was_removed_or_replaced() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("key.json");
        let beside = folder.path().join("key.json.new");
        let file = create(&path).unwrap();
        fs::remove_file(&beside).unwrap();
        assert!(file.write(&content()).is_err());

        let written = create(&path).unwrap().write(&content()).unwrap();
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
        assert!(create(folder.path()).is_err());
        assert!(create(&folder.path().join("absent/key.json")).is_err());
    }
}
