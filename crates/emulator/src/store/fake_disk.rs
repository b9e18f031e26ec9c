//! An in-memory disk for tests: it can be full, tracks what is synced, and can fail or block a sync.

use std::collections::BTreeSet;
use std::io;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::mpsc::Receiver;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use redb::{Database, StorageBackend};

use crate::error::Error;
use crate::store::spare_space::SpareSpace;

/// The allocation unit of files, in bytes.
const BLOCK: u64 = 4096;
/// The size of the spare space, in blocks.
const SPARE_BLOCKS: usize = 256;

/// A disk with one file, which outlives the databases opened on it.
#[derive(Debug, Default)]
pub(crate) struct FakeDisk {
    content: Mutex<Content>,
    /// The capacity in blocks. Files are sparse: only written blocks take space.
    pub(crate) blocks: AtomicUsize,
    pub(crate) fails_to_sync: AtomicBool,
    /// The next sync waits for the sender to be dropped.
    gate: Mutex<Option<Receiver<()>>>,
    pub(crate) syncs_started: AtomicUsize,
    /// The number of syncs that succeeded.
    pub(crate) syncs_finished: AtomicUsize,
}

#[derive(Debug, Default)]
struct Content {
    bytes: Vec<u8>,
    written: BTreeSet<u64>,
    has_spare_space: bool,
    is_synced: bool,
}

impl FakeDisk {
    pub(crate) fn with_blocks(blocks: usize) -> Arc<Self> {
        let disk = Self::default();
        disk.blocks.store(blocks, Ordering::Relaxed);
        Arc::new(disk)
    }

    pub(crate) fn open(self: &Arc<Self>) -> Result<Database, Error> {
        let file = File(Arc::clone(self));
        Ok(Database::builder().create_with_backend(file)?)
    }

    /// Takes all the space that is left, as another file would.
    pub(crate) fn fill_up(&self) {
        let content = self.content();
        let reserve = if content.has_spare_space {
            SPARE_BLOCKS
        } else {
            0
        };
        let taken = content.written.len() + reserve;
        self.blocks.store(taken, Ordering::Relaxed);
    }

    /// Blocks the next sync until the returned sender is dropped.
    #[cfg(feature = "serve")]
    pub(crate) fn block_next_sync(&self) -> std::sync::mpsc::Sender<()> {
        let (open, gate) = std::sync::mpsc::channel();
        *self.gate.lock().unwrap() = Some(gate);
        open
    }

    /// Whether every written byte is on disk.
    pub(crate) fn is_synced(&self) -> bool {
        self.content().is_synced
    }

    fn content(&self) -> MutexGuard<'_, Content> {
        self.content.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn has_space_for(&self, content: &Content, more: usize) -> bool {
        let reserve = if content.has_spare_space {
            SPARE_BLOCKS
        } else {
            0
        };
        content.written.len() + reserve + more <= self.blocks.load(Ordering::Relaxed)
    }
}

impl SpareSpace for Arc<FakeDisk> {
    fn reserve(&self) -> io::Result<()> {
        let mut content = self.content();
        if content.has_spare_space || self.has_space_for(&content, SPARE_BLOCKS) {
            content.has_spare_space = true;
            return Ok(());
        }
        Err(io::ErrorKind::StorageFull.into())
    }

    fn free(&self) -> bool {
        std::mem::take(&mut self.content().has_spare_space)
    }
}

#[derive(Debug)]
struct File(Arc<FakeDisk>);

impl StorageBackend for File {
    fn len(&self) -> io::Result<u64> {
        Ok(self.0.content().bytes.len() as u64)
    }

    fn read(&self, offset: u64, out: &mut [u8]) -> io::Result<()> {
        let start = usize::try_from(offset).unwrap();
        out.copy_from_slice(&self.0.content().bytes[start..start + out.len()]);
        Ok(())
    }

    fn set_len(&self, len: u64) -> io::Result<()> {
        let mut content = self.0.content();
        let len_in_bytes = usize::try_from(len).unwrap();
        // A file that is cut off loses nothing that was written: redb cuts off free pages after a commit.
        content.is_synced &= len_in_bytes <= content.bytes.len();
        content.written.retain(|block| block * BLOCK < len);
        content.bytes.resize(len_in_bytes, 0);
        Ok(())
    }

    fn sync_data(&self) -> io::Result<()> {
        self.0.syncs_started.fetch_add(1, Ordering::Relaxed);
        let gate = self.0.gate.lock().unwrap().take();
        if let Some(gate) = gate {
            let _ = gate.recv();
        }
        if self.0.fails_to_sync.load(Ordering::Relaxed) {
            return Err(io::Error::other("the disk does not respond"));
        }
        self.0.content().is_synced = true;
        self.0.syncs_finished.fetch_add(1, Ordering::Relaxed);
        Ok(())
    }

    fn write(&self, offset: u64, data: &[u8]) -> io::Result<()> {
        let mut content = self.0.content();
        let end = offset + data.len() as u64;
        let blocks = offset / BLOCK..end.div_ceil(BLOCK);
        let new: Vec<u64> = blocks
            .filter(|block| !content.written.contains(block))
            .collect();
        if !self.0.has_space_for(&content, new.len()) {
            return Err(io::ErrorKind::StorageFull.into());
        }
        content.written.extend(new);
        content.is_synced = false;
        let start = usize::try_from(offset).unwrap();
        content.bytes[start..start + data.len()].copy_from_slice(data);
        Ok(())
    }
}
