//! Handing a new secret over: to a file, a command or stdout.

pub(crate) mod destination;
pub(crate) mod new_file_options;
pub(crate) mod new_secret;
mod shell;
pub(crate) mod stored_secret;
