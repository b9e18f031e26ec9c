//! A file with a secret that was just created.

use std::ffi::OsString;
use std::fmt;
use std::io;
use std::path::{Path, PathBuf};

use gatelet_models::Secret;

use crate::output::new_file::{CreateError, NewFile};
use crate::output::present_file::PresentFile;
use crate::output::short_content;
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
    /// What is in the final place at the start.
    before: PresentFile,
    new: NewFile,
}

/// Where a file is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Location {
    /// Beside its final place.
    Beside,
    /// In its final place, where another program has moved it. Only Unix tells it from a file that was there before.
    Place,
    /// Another program has moved it, or may have done so.
    Elsewhere,
    /// No name leads to it.
    Nowhere,
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
    /// It was beside its place, and whether it is still there is not known.
    Unseen(io::Error),
}

/// Why a file was not created beside its place.
#[derive(Debug)]
pub(crate) enum SecretFileError {
    Io(io::Error),
    /// A run has left a secret there, perhaps its only copy.
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
                    "{beside} contains the {thing} {id}, which an earlier run has left there: move the file to {path} to use that {thing}, whose secret no response shows again"
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
pub(crate) const CAPACITY: usize = short_content::MAX_LENGTH;

impl SecretFile {
    /// Creates the file beside its place, so that an unwritable folder is found before anything else happens, and looks what is in that place.
    ///
    /// # Errors
    /// The place is not one for a file, what is there cannot be read, the file cannot be created, another run has it, or a run has left a key in it.
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
        let before = PresentFile::read(&path).map_err(|error| {
            let shown = path.display();
            let problem = format!(
                "{shown} cannot be replaced: {error}: name another file, or move this one away"
            );
            io::Error::new(error.kind(), problem)
        })?;
        Ok(Self { path, before, new })
    }

    /// Returns the final place of the file: the one that was named, or where that leads as a symbolic link.
    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// Returns where the file is now.
    pub(crate) fn beside(&self) -> &Path {
        self.new.path()
    }

    /// Returns the content of the final place at the start; `None` if there was no file, or one without content.
    pub(crate) fn before(&self) -> Option<&[u8]> {
        self.before.content()
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

    /// Reads the content. If another program has written into the file, writes it again, but not where that program has moved it.
    fn ensure(&mut self, content: &Secret) -> io::Result<Secret> {
        let location = self.location()?;
        match location {
            Location::Beside | Location::Place => {}
            Location::Elsewhere => return Err(moved(self.beside())),
            Location::Nowhere => return Err(gone(self.beside())),
        }
        let bytes = content.expose().as_bytes();
        if location == Location::Beside && !self.new.read().is_ok_and(|read| *read == bytes) {
            self.new.write(bytes)?;
        }
        match std::str::from_utf8(&self.new.read()?) {
            Ok(read) if read == content.expose() => Ok(Secret::new(read.to_owned())),
            _ => Err(io::Error::other("another program writes into it")),
        }
    }

    /// Looks where the file is.
    ///
    /// # Errors
    /// That cannot be seen.
    fn location(&self) -> io::Result<Location> {
        if self.new.is_at(self.beside())? {
            return Ok(Location::Beside);
        }
        if cfg!(unix) && self.new.is_at(&self.path)? {
            return Ok(Location::Place);
        }
        Ok(match self.new.name_count()? {
            Some(0) => Location::Nowhere,
            Some(_) | None => Location::Elsewhere,
        })
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
        matches!(self.file.location(), Ok(Location::Place))
    }

    /// Moves the file to its final place, unless another program has done that.
    ///
    /// # Errors
    /// The file is not there. Another one that has taken its name is not moved, and a content that was not in its final place at the start is
    /// not replaced.
    pub(crate) fn replace(mut self) -> Result<(), ReplaceError> {
        let location = self.file.location().map_err(ReplaceError::Unseen)?;
        if location == Location::Nowhere {
            return Err(self.lost(gone(self.beside())));
        }
        // The secret was there, and is not given up because of a look at it.
        let ensured = self.file.ensure(&self.read_back);
        ensured.map_err(ReplaceError::Unseen)?;
        if location == Location::Beside {
            self.move_to_place()?;
        }
        // After a power failure, the secret is in the one place or the other.
        let _ = private_file::sync_folder(self.path());
        Ok(())
    }

    fn move_to_place(&mut self) -> Result<(), ReplaceError> {
        let SecretFile { path, before, new } = &self.file;
        let error = match before.replace(path, new.path()) {
            // What cannot be seen after a rename is where the rename has put it.
            Ok(()) if new.is_at(path).unwrap_or(true) => return Ok(()),
            Ok(()) => gone(path),
            Err(error) => error,
        };
        match self.file.location() {
            Ok(Location::Place) => Ok(()),
            Ok(Location::Beside) => Err(ReplaceError::Beside(error)),
            Ok(Location::Nowhere) => Err(self.lost(error)),
            Ok(Location::Elsewhere) | Err(_) => Err(ReplaceError::Unseen(error)),
        }
    }

    /// Returns the error of a secret that no name leads to, whose file is emptied in case that the file system does not count names.
    fn lost(&mut self, error: io::Error) -> ReplaceError {
        self.file.new.discard();
        ReplaceError::Lost(error)
    }
}

fn gone(path: &Path) -> io::Error {
    io::Error::other(format!(
        "another program has removed or replaced {}",
        path.display()
    ))
}

fn moved(path: &Path) -> io::Error {
    io::Error::other(format!(
        "another program has moved or removed {}",
        path.display()
    ))
}

/// Returns where a file is before it replaces the one in its final place.
fn beside(path: &Path) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(OsString::from(".new"));
    PathBuf::from(name)
}

/// Returns whether a file has this content, apart from spaces around it.
fn is_at(path: &Path, content: &[u8]) -> bool {
    let present = PresentFile::read(path);
    present.is_ok_and(|present| present.content() == Some(content.trim_ascii()))
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
        CreateError::Left(None) => {
            format!("{shown} exists and is longer than a file with a {thing}: move it away")
        }
        CreateError::Left(Some(content)) => match (form.id_in)(&content) {
            Some(id) if is_at(&path, &content) => format!(
                "{shown} and {} contain the same {thing} {id}: remove {shown}",
                path.display()
            ),
            Some(id) => {
                return SecretFileError::Left {
                    beside,
                    path,
                    thing,
                    id,
                };
            }
            None => format!(
                "{shown} exists and does not say which {thing} it is: an earlier run may have left a {thing} there, or a part of one; keep it if you need it, and move it away"
            ),
        },
    };
    io::Error::other(problem).into()
}

#[cfg(test)]
mod tests {
    use std::fs;

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
        assert!(
            error.ends_with("keep it if you need it, and move it away"),
            "{error}"
        );
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

    #[cfg(unix)]
    #[test]
    fn a_secret_that_another_program_has_moved_or_made_unreadable_is_not_lost() {
        type Change = fn(&Path, &Path);
        let changes: [Change; 4] = [
            |folder, beside| fs::rename(beside, folder.join("moved")).unwrap(),
            |folder, beside| {
                fs::rename(beside, folder.join("moved")).unwrap();
                std::os::unix::fs::symlink("moved", beside).unwrap();
            },
            |folder, _| fs::rename(folder, folder.with_extension("moved")).unwrap(),
            // Moved to its place, and written into there.
            |folder, beside| {
                let path = folder.join("key.json");
                fs::rename(beside, &path).unwrap();
                fs::write(&path, "of another program").unwrap();
            },
        ];
        for (index, change) in changes.into_iter().enumerate() {
            let parent = tempfile::tempdir().unwrap();
            let folder = parent.path().join("folder");
            fs::create_dir(&folder).unwrap();
            let path = folder.join("key.json");
            let written = create(&path).unwrap().write(&content()).unwrap();
            let beside = written.beside().to_owned();
            change(&folder, &beside);
            let error = written.replace();
            assert!(
                matches!(error, Err(ReplaceError::Unseen(_))),
                "{index}: {error:?}"
            );
            let now = match folder.exists() {
                true => folder,
                false => folder.with_extension("moved"),
            };
            let names = ["key.json", "key.json.new", "moved"];
            let mut contents = names.iter().map(|name| fs::read_to_string(now.join(name)));
            let kept = match index {
                3 => "of another program",
                _ => CONTENT,
            };
            assert!(contents.any(|it| it.is_ok_and(|it| it == kept)), "{index}");
        }
    }

    #[cfg(unix)]
    #[test]
    fn the_file_of_another_run_is_not_moved_in_place_of_one_that_is_there_already() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("key.json");
        let written = create(&path).unwrap().write(&content()).unwrap();
        let beside = written.beside().to_owned();
        fs::rename(&beside, &path).unwrap();
        fs::write(&beside, "of another run").unwrap();
        assert!(written.is_moved());
        written.replace().unwrap();
        assert_eq!(fs::read_to_string(&path).unwrap(), CONTENT);
        assert_eq!(fs::read(&beside).unwrap(), b"of another run");
    }

    #[test]
    fn a_content_that_came_to_the_place_meanwhile_stays_and_the_secret_is_beside_it() {
        for before in [None, Some(" "), Some("before")] {
            let folder = tempfile::tempdir().unwrap();
            let path = folder.path().join("key.json");
            if let Some(before) = before {
                fs::write(&path, before).unwrap();
            }
            let written = create(&path).unwrap().write(&content()).unwrap();
            fs::write(&path, "of another program").unwrap();
            let beside = written.beside().to_owned();
            let error = written.replace();
            assert!(matches!(error, Err(ReplaceError::Beside(_))), "{error:?}");
            assert_eq!(fs::read(&path).unwrap(), b"of another program");
            assert_eq!(fs::read_to_string(beside).unwrap(), CONTENT);
        }
    }

    #[test]
    fn a_long_file_is_no_place_because_its_end_would_be_lost_unread() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("key.json");
        let long = format!("{CONTENT:CAPACITY$}and more");
        fs::write(&path, &long).unwrap();
        let error = create(&path).unwrap_err().to_string();
        assert!(error.contains("it is longer than 4096 bytes"), "{error}");
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
        fs::rename(&path, folder.path().join("key.json.new")).unwrap();
        let error = create(&path).unwrap_err().to_string();
        assert!(error.ends_with(": move it away"), "{error}");
    }

    #[test]
    fn a_secret_that_was_copied_to_its_place_is_said_to_be_in_both() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("key.json");
        let written = create(&path).unwrap().write(&content()).unwrap();
        fs::copy(written.beside(), &path).unwrap();
        drop(written);
        let error = create(&path).unwrap_err().to_string();
        assert!(
            error.contains("contain the same key id: remove "),
            "{error}"
        );
    }

    #[test]
    fn a_folder_and_a_file_in_an_absent_one_are_no_places() {
        let folder = tempfile::tempdir().unwrap();
        assert!(create(folder.path()).is_err());
        assert!(create(&folder.path().join("absent/key.json")).is_err());
    }
}
