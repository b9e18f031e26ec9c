//! Space that is held back while a disk has some, so that what frees space can be done when it has none.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::PathBuf;

/// How much is held, in bytes. Deleting one object writes a hundredth of it.
const SIZE: usize = 1 << 20;

/// Held-back space.
pub(crate) trait SpareSpace: Send + Sync {
    /// Holds the space, which may be held already.
    fn reserve(&self) -> io::Result<()>;

    /// Gives the space free; false when it was not held.
    fn free(&self) -> bool;
}

/// A file that has nothing in it but its size.
pub(crate) struct SpareFile(pub(crate) PathBuf);

impl SpareSpace for SpareFile {
    fn reserve(&self) -> io::Result<()> {
        let path = &self.0;
        if fs::metadata(path).is_ok_and(|file| file.len() == SIZE as u64) {
            return Ok(());
        }
        let written = File::create(path).and_then(|mut file| {
            file.write_all(&[0; SIZE])?;
            file.sync_all()
        });
        if written.is_err() {
            self.free();
        }
        written
    }

    fn free(&self) -> bool {
        fs::remove_file(&self.0).is_ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reserve_is_held_until_it_is_released() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("reserve");
        let reserve = SpareFile(path.clone());
        assert!(!reserve.free());
        fs::write(&path, "half").unwrap();
        for _ in 0..2 {
            reserve.reserve().unwrap();
            assert_eq!(fs::read(&path).unwrap().len(), SIZE);
        }
        assert!(reserve.free());
        assert!(!path.exists());
    }
}
