//! Spare disk space, freed so that objects can be deleted when the disk is full.

use std::fs;
use std::io::{self, Write};
use std::path::PathBuf;

use crate::store::private_file;

/// The size of the spare space, in bytes. Deleting an object writes about a hundredth of it.
const SIZE: usize = 1 << 20;

/// Disk space that can be reserved and freed.
pub(crate) trait SpareSpace: Send + Sync {
    /// Reserves the space, unless it is reserved already.
    fn reserve(&self) -> io::Result<()>;

    /// Frees the space. Returns false if it was not reserved.
    fn free(&self) -> bool;
}

/// A file of zeros.
pub(crate) struct SpareFile(pub(crate) PathBuf);

impl SpareSpace for SpareFile {
    fn reserve(&self) -> io::Result<()> {
        let path = &self.0;
        if fs::metadata(path).is_ok_and(|file| file.len() == SIZE as u64) {
            return Ok(());
        }
        let mut options = private_file::options();
        let file = options.write(true).create(true).truncate(true).open(path);
        let written = file.and_then(|mut file| {
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
    fn spare_space_is_reserved_until_it_is_freed() {
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
