//! A secret that the caller names.

use std::sync::Arc;

use zeroize::Zeroizing;

/// A secret named by [`Call::with_secret`](crate::Call::with_secret); clones share it.
pub(crate) type NamedSecret = Arc<Zeroizing<String>>;
