//! A token in a file that another process rotates.

use std::fmt;
use std::fs::{self, File};
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};

use zeroize::Zeroizing;

use crate::call::channel::Channel;
use crate::call::credential::Credential;
use crate::call::credential::problem;
use crate::call::credential_provider::CredentialProvider;
use crate::error::error::Error;
use crate::wire::secret_text::parse_secret_text;

/// The maximum length that is read, in bytes: longer than any token.
const LIMIT: u64 = 16 * 1024;

/// A token that each call reads from a file that another process rotates, for example a mounted Kubernetes secret.
///
/// Neither a restart nor a file watcher is needed. If the server rejects the token, the file is read once more, and the
/// call is repeated if the token has changed. While the file is missing, empty or invalid, as in the middle of a
/// rotation, the last valid token stays in use; the first one is read when the client is built. The path may be a
/// symbolic link that is swapped; anything but a regular file is refused, because reading a pipe may block forever. The
/// file is read on the thread of the call, so it belongs on a local disk or in memory.
///
/// A UTF-8 byte order mark and one line end are not part of the token; see [`parse_secret_text`].
///
/// ```
/// use gatelet_transport::FileToken;
///
/// let token = FileToken::api_token("/var/run/secrets/dynatrace/token");
/// assert!(format!("{token:?}").contains("/var/run/secrets/dynatrace/token"));
/// ```
pub struct FileToken {
    path: PathBuf,
    scheme: &'static str,
    check: Box<Check>,
    /// Counts the started reads.
    reads: AtomicU64,
    /// The last valid credential, and the number of its read.
    good: Mutex<Option<(u64, Credential)>>,
}

/// Checks an open file at a path.
type Check = dyn Fn(&File, &Path) -> io::Result<()> + Send + Sync;

impl FileToken {
    /// Creates a provider that sends the token as `Authorization: Api-Token …`. The file is checked when the client is
    /// built.
    pub fn api_token(path: impl Into<PathBuf>) -> Self {
        Self::new("Api-Token", path.into())
    }

    /// Creates a provider that sends the token as `Authorization: Bearer …`. The file is checked when the client is
    /// built.
    pub fn bearer(path: impl Into<PathBuf>) -> Self {
        Self::new("Bearer", path.into())
    }

    fn new(scheme: &'static str, path: PathBuf) -> Self {
        Self {
            path,
            scheme,
            check: Box::new(|_, _| Ok(())),
            reads: AtomicU64::default(),
            good: Mutex::default(),
        }
    }

    /// Sets a check that the opened file must pass before each read, for example of its permissions. A file that does not pass counts
    /// as invalid.
    ///
    /// ```
    /// use gatelet_transport::FileToken;
    ///
    /// let token = FileToken::bearer("/var/run/secrets/dynatrace/token").checked_by(|file, _| {
    ///     match file.metadata()?.len() {
    ///         0..=4096 => Ok(()),
    ///         _ => Err(std::io::Error::other("it is too large")),
    ///     }
    /// });
    /// # let _ = token;
    /// ```
    #[must_use]
    pub fn checked_by(
        self,
        check: impl Fn(&File, &Path) -> io::Result<()> + Send + Sync + 'static,
    ) -> Self {
        Self {
            check: Box::new(check),
            ..self
        }
    }

    /// Returns the path of the file.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Returns the credential in the file, or the last valid one if the file is currently invalid.
    fn current(&self) -> Result<Credential, String> {
        let number = self.reads.fetch_add(1, Ordering::SeqCst);
        self.keep(number, self.read())
    }

    /// Stores the result of a read, unless a later read has finished first: that one saw the newer file.
    fn keep(&self, number: u64, read: Result<Credential, String>) -> Result<Credential, String> {
        let mut good = self.good.lock().unwrap_or_else(PoisonError::into_inner);
        match (read, &*good) {
            (_, Some((newest, credential))) if *newest > number => Ok(credential.clone()),
            (Ok(credential), _) => {
                *good = Some((number, credential.clone()));
                Ok(credential)
            }
            (Err(_), Some((_, credential))) => Ok(credential.clone()),
            (Err(reason), None) => Err(reason),
        }
    }

    /// Reads the credential, or returns the reason why the file is invalid, which never shows its content.
    fn read(&self) -> Result<Credential, String> {
        let credential = read(&self.path, &self.check, |text| {
            Credential::new(self.scheme, text)
        })?;
        credential.map_err(|error| error.to_string())
    }
}

/// Reads a secret from a regular file and passes it to `take`; its buffer is then zeroed. A UTF-8 byte order mark
/// and one line end are not part of the secret, as in [`parse_secret_text`].
///
/// ```
/// use std::path::Path;
///
/// let length = gatelet_transport::read_secret_file("key_file", Path::new("no/such/file"), str::len);
/// assert!(length.unwrap_err().to_string().contains("no/such/file"));
/// ```
///
/// # Errors
///
/// `InvalidInput` for this parameter if the file cannot be read, is not a regular file, or contains no text that
/// [`Credential::validate`] accepts. The error names the path and never shows the content.
pub fn read_secret_file<T>(
    parameter: &'static str,
    path: &Path,
    take: impl FnOnce(&str) -> T,
) -> Result<T, Error> {
    read(path, &|_, _| Ok(()), take).map_err(|reason| Error::invalid_input(parameter, reason))
}

/// Does the same, but returns the reason alone.
fn read<T>(path: &Path, check: &Check, take: impl FnOnce(&str) -> T) -> Result<T, String> {
    let shown = path.display();
    let unreadable = |error: io::Error| format!("cannot read the file {shown}: {error}");
    // Checked before it is opened, because opening a pipe may block forever.
    if !fs::metadata(path).map_err(unreadable)?.is_file() {
        return Err(format!("{shown} is not a regular file"));
    }
    // The buffer never moves, so no copy of the secret is left behind.
    let mut bytes = Zeroizing::new(vec![0; LIMIT as usize]);
    let file = File::open(path).map_err(unreadable)?;
    check(&file, path).map_err(unreadable)?;
    let length = fill(&file, &mut bytes).map_err(unreadable)?;
    let bytes = bytes.get(..length).unwrap_or_default();
    let no_secret =
        |problem: &str| format!("the file {shown} does not contain a secret: {problem}");
    let text = parse_secret_text(bytes).map_err(|error| no_secret(&error.to_string()))?;
    match problem(text) {
        None => Ok(take(text)),
        Some(problem) => Err(no_secret(&format!("it {problem}"))),
    }
}

/// Reads the start of a file and returns its length.
fn fill(mut file: &File, buffer: &mut [u8]) -> io::Result<usize> {
    let mut length = 0;
    while let Some(rest) = buffer.get_mut(length..).filter(|rest| !rest.is_empty()) {
        match file.read(rest) {
            Ok(0) => break,
            Ok(more) => length = length.saturating_add(more),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(length)
}

impl CredentialProvider for FileToken {
    async fn credential(&self, _: &Channel) -> Result<Credential, Error> {
        self.current().map_err(Error::exchange_failed)
    }

    fn validate(&self, _: &Channel) -> Result<(), Error> {
        self.current()
            .map(drop)
            .map_err(|reason| Error::invalid_input("token_file", reason))
    }

    fn is_ready(&self, _: &Channel) -> bool {
        true
    }

    fn scheme(&self) -> Option<&'static str> {
        Some(self.scheme)
    }

    fn invalidate(&self, refused: &Credential) -> bool {
        self.current()
            .is_ok_and(|credential| credential.value() != refused.value())
    }
}

impl fmt::Debug for FileToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FileToken")
            .field("path", &self.path)
            .field("scheme", &self.scheme)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::FileToken;
    use crate::call::credential::Credential;

    #[test]
    fn a_late_read_does_not_restore_an_older_token() {
        let token = FileToken::bearer("token");
        let read = |text: &str| Credential::new("Bearer", text).map_err(|error| error.to_string());
        let gives = |number, result: Result<Credential, String>| {
            let kept = token.keep(number, result).unwrap();
            kept.value().to_str().unwrap().to_owned()
        };
        assert_eq!(gives(0, read("one")), "Bearer one");
        assert_eq!(gives(2, read("two")), "Bearer two");
        assert_eq!(gives(1, read("one")), "Bearer two");
        let missing = || Err("the file is away".to_owned());
        assert_eq!(gives(1, missing()), "Bearer two");
        assert_eq!(gives(3, missing()), "Bearer two");
        assert_eq!(gives(4, read("three")), "Bearer three");
        assert!(FileToken::bearer("token").keep(0, missing()).is_err());
    }
}
