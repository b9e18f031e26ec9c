//! The state: one redb file, or the same in memory.

pub(crate) mod encoded;
#[cfg(test)]
pub(crate) mod fake_disk;
pub(crate) mod key;
mod private_file;
pub(crate) mod spare_space;
pub(crate) mod store;
pub(crate) mod table;
