//! The workspace on disk: its root and what is in it.

use std::path::{Path, PathBuf};

/// The folder that holds the workspace's `Cargo.toml`.
#[derive(Clone, Debug)]
pub(crate) struct Workspace {
    root: PathBuf,
}

impl Workspace {
    /// The workspace that this xtask was built from.
    pub(crate) fn here() -> Self {
        let xtask = Path::new(env!("CARGO_MANIFEST_DIR"));
        Self::at(xtask.parent().unwrap_or(xtask))
    }

    /// The workspace in a given folder.
    pub(crate) fn at(root: impl Into<PathBuf>) -> Self {
        Self { root: root.into() }
    }

    /// The folder that everything else is relative to.
    pub(crate) fn root(&self) -> &Path {
        &self.root
    }
}
