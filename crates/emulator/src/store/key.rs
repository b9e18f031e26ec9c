//! The emulator's own key, which is never in the store.
//!
//! It hashes secrets, derives the values of setup tokens, and signs bearers and page keys. A copy of the store without
//! the key reveals no secret.

use std::fmt;
use std::fs::{self, File};
use std::io::Write;
use std::path::Path;

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use subtle::ConstantTimeEq;

use crate::error::Error;
use crate::random;
use crate::store::private_file;

/// 64 random bytes: one block of SHA-256.
#[derive(Clone)]
pub(crate) struct Key([u8; 64]);

/// A keyed hash, compared in constant time.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Digest([u8; 32]);

impl Key {
    pub(crate) fn random() -> Result<Self, Error> {
        random::bytes().map(Self)
    }

    /// Creates a key and writes it to a file that only its owner may read.
    pub(crate) fn create(path: &Path) -> Result<Self, Error> {
        let key = Self::random()?;
        key.write(path).map_err(|error| Error::io(path, error))?;
        Ok(key)
    }

    /// Reads the key of an existing store.
    pub(crate) fn load(path: &Path) -> Result<Self, Error> {
        let bytes = fs::read(path).ok().and_then(|bytes| bytes.try_into().ok());
        bytes.map(Self).ok_or_else(|| Error::Key {
            path: path.to_owned(),
        })
    }

    fn write(&self, path: &Path) -> std::io::Result<()> {
        match fs::remove_file(path) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(error),
            _ => {}
        }
        let mut options = private_file::options();
        let mut file = options.write(true).create_new(true).open(path)?;
        file.write_all(&self.0)?;
        file.sync_all()?;
        sync_directory(path)
    }

    /// Returns the keyed hash of these parts for one purpose. Purpose and part boundaries are part of the hash.
    pub(crate) fn digest(&self, purpose: &str, parts: &[&[u8]]) -> Digest {
        let mut mac = Hmac::<Sha256>::new(&self.0.into());
        for part in std::iter::once(&purpose.as_bytes()).chain(parts) {
            mac.update(&(part.len() as u64).to_be_bytes());
            mac.update(part);
        }
        Digest(mac.finalize().into_bytes().into())
    }
}

/// Syncs the directory of `path`, so that a new file's name survives a power failure.
fn sync_directory(path: &Path) -> std::io::Result<()> {
    let folder = path
        .parent()
        .filter(|folder| !folder.as_os_str().is_empty());
    match cfg!(unix) {
        true => File::open(folder.unwrap_or(Path::new(".")))?.sync_all(),
        false => Ok(()),
    }
}

impl Digest {
    /// A digest that no secret has; stands in for an unknown one.
    pub(crate) const NONE: Self = Self([0; 32]);

    pub(crate) fn new(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    pub(crate) fn bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// Compares in constant time.
    pub(crate) fn matches(&self, other: &Self) -> bool {
        self.0.ct_eq(&other.0).into()
    }
}

impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Key([redacted])")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn another_purpose_or_split_gives_another_digest() {
        let key = Key([7; 64]);
        let digest = key.digest("bearer", &[b"ab", b"c"]);
        assert!(digest.matches(&key.digest("bearer", &[b"ab", b"c"])));
        assert!(!digest.matches(&key.digest("cursor", &[b"ab", b"c"])));
        assert!(!digest.matches(&key.digest("bearer", &[b"a", b"bc"])));
        assert!(!digest.matches(&Key([8; 64]).digest("bearer", &[b"ab", b"c"])));
    }

    #[test]
    #[cfg(unix)]
    fn the_key_file_is_for_its_owner_only() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("state.key");
        fs::write(&path, "left over, readable by all").unwrap();
        let key = Key::create(&path).unwrap();
        assert_eq!(
            fs::metadata(&path).unwrap().permissions().mode() & 0o777,
            0o600
        );
        assert_eq!(Key::load(&path).unwrap().0, key.0);
    }

    #[test]
    fn debug_of_a_key_shows_no_byte_of_it() {
        assert_eq!(format!("{:?}", Key([7; 64])), "Key([redacted])");
    }
}
