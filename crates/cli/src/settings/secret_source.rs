//! Where a secret is, and how it is read.

use std::ffi::OsStr;
use std::fmt::Display;
use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use gatelet_hyper::TokioClock;
use gatelet_models::Secret;
use gatelet_transport::Clock as _;
use tokio::io::AsyncReadExt as _;
use tokio::process::Command;
use zeroize::Zeroizing;

use crate::env;
use crate::error::error::CliError;
use crate::error::exit::Exit;
use crate::redaction::KnownSecrets;
use crate::secret;
use crate::settings::origin::{Origin, Setting};
#[cfg(unix)]
use crate::settings::variable::ALLOW_READABLE_SECRETS;

/// The maximum size of a secret with what surrounds it, in bytes.
const MAX_SIZE: u64 = 64 * 1024;

/// The folders in which a container runtime makes the files, with the permissions that it chooses.
const RUNTIME_FOLDERS: [&str; 2] = ["/run/secrets", "/var/run/secrets"];

/// Where a secret is.
#[derive(Debug)]
pub(crate) enum SecretSource {
    /// What is known already, such as the value of a variable.
    Value(Setting<Secret>),
    /// A variable that a profile names.
    Variable(Setting<String>),
    /// A file; `-` is stdin.
    File(Setting<PathBuf>),
    /// What a program prints.
    Command(Setting<Vec<String>>),
}

impl SecretSource {
    /// Returns where the secret comes from.
    pub(crate) fn origin(&self) -> &Origin {
        match self {
            Self::Value(Setting { origin, .. })
            | Self::Variable(Setting { origin, .. })
            | Self::File(Setting { origin, .. })
            | Self::Command(Setting { origin, .. }) => origin,
        }
    }

    /// Returns the path if it is a regular file, which can be read again after another process has replaced it. A pipe can be read only
    /// once.
    pub(crate) fn regular_file(&self) -> Option<&Path> {
        match self {
            Self::File(file) if file.value.is_file() => Some(&file.value),
            _ => None,
        }
    }

    /// Reads the secret, for at most this time, and adds it to those that are known.
    ///
    /// # Errors
    /// The file or the output of the command is no valid secret, others may read the file, or the time is over.
    pub(crate) async fn read(
        &self,
        limit: Duration,
        known: &KnownSecrets,
    ) -> Result<Secret, CliError> {
        let secret = self.read_text(limit).await?;
        known.add(&secret);
        Ok(secret)
    }

    /// Reads the text that contains the secret, for at most this time.
    ///
    /// # Errors
    /// Those of [`read`](Self::read).
    pub(crate) async fn read_text(&self, limit: Duration) -> Result<Secret, CliError> {
        let read = async {
            match self {
                Self::Value(setting) => Ok(setting.value.clone()),
                Self::Variable(name) => read_variable(&name.value),
                Self::File(file) => read_file(&file.value).await,
                Self::Command(command) => run(&command.value).await,
            }
        };
        let origin = self.origin();
        let clock = TokioClock::new();
        let read = tokio::select! {
            read = read => Some(read),
            () = clock.sleep(limit) => None,
        };
        match read {
            Some(Ok(secret)) => Ok(secret),
            Some(Err(error)) => Err(CliError::new(
                match error.kind() {
                    io::ErrorKind::NotFound => Exit::NotConfigured,
                    _ => Exit::Usage,
                },
                format_args!("could not read the secret that {origin} names: {error}"),
            )),
            None => Err(CliError::new(
                Exit::Timeout,
                format_args!("could not read the secret that {origin} names: timed out"),
            )),
        }
    }
}

/// Returns where a secret is whose value or file the environment names.
///
/// # Errors
/// Both are set, or the value is not a valid secret.
pub(crate) fn environment_secret(
    value: Option<(&'static str, &OsStr)>,
    file: Option<(&'static str, &OsStr)>,
) -> Result<Option<SecretSource>, CliError> {
    let variable = |name: &str| Origin::Variable(name.to_owned());
    match (value, file) {
        (Some((name, _)), Some((file, _))) => Err(not_both(&name, &file)),
        (Some((name, value)), None) => {
            let value = secret::parse(value.as_encoded_bytes())
                .map_err(|problem| CliError::usage(format_args!("invalid {name}: {problem}")))?;
            Ok(Some(SecretSource::Value(Setting {
                value,
                origin: variable(name),
            })))
        }
        (None, Some((name, path))) => Ok(Some(SecretSource::File(Setting {
            value: PathBuf::from(path),
            origin: variable(name),
        }))),
        (None, None) => Ok(None),
    }
}

/// Returns the error of two settings of which only one may be set.
pub(crate) fn not_both(one: &impl Display, other: &impl Display) -> CliError {
    CliError::usage(format_args!("set {one} or {other}, not both"))
}

/// Reads a file on a thread of its own, because opening a pipe waits for its writer.
async fn read_file(path: &Path) -> io::Result<Secret> {
    let path = path.to_owned();
    let read = move || match path.as_os_str() == "-" {
        true => read_secret(&mut io::stdin().lock()),
        false => {
            let mut file = File::open(&path)?;
            ensure_private(&file, &path)?;
            read_secret(&mut file)
        }
    };
    let read = tokio::task::spawn_blocking(read);
    read.await.map_err(io::Error::other)?
}

/// Reads a secret from stdin.
///
/// # Errors
/// It cannot be read, or is no valid secret.
pub(crate) async fn read_stdin() -> Result<Secret, CliError> {
    let read = read_file(Path::new("-")).await;
    read.map_err(|error| {
        CliError::usage(format_args!(
            "could not read the secret from stdin: {error}; nothing was written"
        ))
    })
}

/// Reads a variable of the environment.
fn read_variable(name: &str) -> io::Result<Secret> {
    let value = env::non_empty(name).ok_or_else(|| {
        io::Error::new(
            io::ErrorKind::NotFound,
            format!("the variable {name} is not set"),
        )
    })?;
    parse(value.as_encoded_bytes())
}

/// Reads a secret to its end.
fn read_secret(source: &mut impl Read) -> io::Result<Secret> {
    let mut bytes = Zeroizing::new(Vec::new());
    source.take(MAX_SIZE + 1).read_to_end(&mut bytes)?;
    parse(&bytes)
}

/// Parses a secret, without a leading byte order mark and one trailing newline, which editors add.
fn parse(bytes: &[u8]) -> io::Result<Secret> {
    let invalid = |reason: String| io::Error::new(io::ErrorKind::InvalidData, reason);
    if bytes.len() as u64 > MAX_SIZE {
        return Err(invalid("it is larger than 64 KiB".into()));
    }
    secret::parse(bytes).map_err(invalid)
}

/// Checks that only the owner may read a file.
///
/// # Errors
/// Others may.
#[cfg(unix)]
pub(crate) fn ensure_private(file: &File, path: &Path) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt as _;
    let metadata = file.metadata()?;
    let is_readable = metadata.is_file() && metadata.permissions().mode() & 0o077 != 0;
    if !is_readable || env::is_true(ALLOW_READABLE_SECRETS.name) || is_of_runtime(path) {
        return Ok(());
    }
    Err(io::Error::new(
        io::ErrorKind::PermissionDenied,
        format!(
            "others may read {0}; `chmod 600 {0}` ends that, and {1}=1 allows it",
            path.display(),
            ALLOW_READABLE_SECRETS.name
        ),
    ))
}

#[cfg(not(unix))]
pub(crate) fn ensure_private(_: &File, _: &Path) -> io::Result<()> {
    Ok(())
}

/// Returns whether a container runtime makes the file.
#[cfg(unix)]
fn is_of_runtime(path: &Path) -> bool {
    RUNTIME_FOLDERS
        .iter()
        .any(|folder| path.starts_with(folder))
        && !path.components().any(|part| part.as_os_str() == "..")
}

/// Runs a program, without a shell, and reads what it prints.
async fn run(command: &[String]) -> io::Result<Secret> {
    let (program, arguments) = command
        .split_first()
        .ok_or_else(|| io::Error::other("it names no program"))?;
    let path = std::env::var_os("PATH").unwrap_or_default();
    let program = find_program(program, &path)?;
    let mut child = Command::new(program)
        .args(arguments)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .kill_on_drop(true)
        .spawn()?;
    let mut bytes = Zeroizing::new(Vec::new());
    if let Some(stdout) = child.stdout.take() {
        stdout.take(MAX_SIZE + 1).read_to_end(&mut bytes).await?;
    }
    let status = child.wait().await?;
    match status.success() {
        true => parse(&bytes),
        false => Err(io::Error::other(format!("the command failed: {status}"))),
    }
}

/// Finds a program by its absolute path, or by its name in the absolute folders of `PATH`, so that none of the working directory is run.
///
/// # Errors
/// There is none.
pub(crate) fn find_program(program: &str, path: &OsStr) -> io::Result<PathBuf> {
    let named = Path::new(program);
    if named.is_absolute() {
        return Ok(named.to_owned());
    }
    if named.components().count() != 1 || named.file_name().is_none() {
        return Err(io::Error::new(
            io::ErrorKind::InvalidInput,
            "the program must be an absolute path, or the name of a program in PATH",
        ));
    }
    std::env::split_paths(path)
        .filter(|folder| folder.is_absolute())
        .map(|folder| folder.join(named))
        .find(|file| file.is_file())
        .ok_or_else(|| {
            io::Error::new(
                io::ErrorKind::NotFound,
                format!("no program {program} in the absolute folders of PATH"),
            )
        })
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use super::*;

    fn read_from(content: &[u8]) -> io::Result<String> {
        read_secret(&mut &*content).map(|secret| secret.expose().to_owned())
    }

    #[test]
    fn one_trailing_newline_is_dropped_and_more_are_refused() {
        assert_eq!(read_from(b"abc").unwrap(), "abc");
        assert_eq!(read_from(b"abc\n").unwrap(), "abc");
        assert_eq!(read_from(b"abc\r\n").unwrap(), "abc");
        for content in [&b"abc\n\n"[..], b"abc\r\n\r\n", b"abc\r", b"\n\n"] {
            let error = read_from(content).unwrap_err().to_string();
            assert!(error.contains("more than one newline"), "{error}");
        }
        assert_eq!(read_from(b" abc \n").unwrap(), " abc ");
    }

    // U53
    #[test]
    fn a_byte_order_mark_is_dropped_and_another_encoding_is_named() {
        assert_eq!(read_from(b"\xef\xbb\xbfabc\r\n").unwrap(), "abc");
        for (content, encoding) in [
            (&b"\xff\xfea\0b\0\r\0\n\0"[..], "UTF-16LE"),
            (b"a\0b\0c\0", "UTF-16LE"),
            (b"\xfe\xff\0a\0b", "UTF-16BE"),
            (b"\0a\0b\0c", "UTF-16BE"),
            (b"ab\xe9", "UTF-8"),
            (b"ab\0c", "NUL"),
        ] {
            let error = read_from(content).unwrap_err().to_string();
            assert!(error.contains(encoding), "{error}");
        }
    }

    #[test]
    fn an_empty_a_large_and_a_binary_file_are_refused() {
        assert!(read_from(b"\n").is_err());
        assert!(read_from(&[b'a'; 65 * 1024]).is_err());
        assert!(read_from(&[0xff, 0xfe]).is_err());
    }

    // U30
    #[cfg(unix)]
    #[test]
    fn a_file_that_others_may_read_is_refused_unless_a_container_runtime_makes_it() {
        use std::os::unix::fs::PermissionsExt as _;
        let mut file = tempfile::NamedTempFile::new().unwrap();
        file.write_all(b"abc").unwrap();
        for (mode, is_private) in [(0o600, true), (0o400, true), (0o640, false), (0o604, false)] {
            let permissions = std::fs::Permissions::from_mode(mode);
            std::fs::set_permissions(file.path(), permissions).unwrap();
            let checked = ensure_private(file.as_file(), file.path());
            assert_eq!(checked.is_ok(), is_private, "{mode:o}");
            let made = Path::new("/run/secrets/token");
            ensure_private(file.as_file(), made).unwrap();
            assert!(!is_of_runtime(Path::new("/run/secrets/../x")));
        }
    }

    #[test]
    fn a_program_is_found_by_its_absolute_path_or_in_an_absolute_folder() {
        let folder = tempfile::tempdir().unwrap();
        let program = folder.path().join("secret-tool");
        std::fs::write(&program, "").unwrap();
        let path = std::env::join_paths([Path::new("."), folder.path()]).unwrap();
        assert_eq!(find_program("secret-tool", &path).unwrap(), program);
        let absolute = program.to_str().unwrap();
        assert_eq!(find_program(absolute, OsStr::new("")).unwrap(), program);
        for (name, path) in [
            ("./secret-tool", folder.path().as_os_str()),
            ("bin/secret-tool", folder.path().as_os_str()),
            ("..", folder.path().as_os_str()),
            ("", folder.path().as_os_str()),
            ("Cargo.toml", OsStr::new(".")),
            ("Cargo.toml", OsStr::new("")),
        ] {
            find_program(name, path).unwrap_err();
        }
    }
}
