//! Results on stdout.

pub(crate) mod columns;
pub(crate) mod list;
pub(crate) mod new_file;
pub(crate) mod output;
pub(crate) mod pair_file;
pub(crate) mod progress;
pub(crate) mod record;
pub(crate) mod stdout;
pub(crate) mod table;
