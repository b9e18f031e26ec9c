//! `cargo xtask bench <what>`: figures beside those of others, all of one run.
//!
//! They depend on the machine and on its load, so nothing else runs them: they are for people, and for the README.

mod decode;
mod size;

use pico_args::Arguments;

use crate::error::{Error, finish};
use crate::workspace::Workspace;

pub(crate) fn run(workspace: &Workspace, mut arguments: Arguments) -> Result<(), Error> {
    let what = arguments.subcommand()?;
    finish("bench", arguments)?;
    match what.as_deref() {
        Some("decode") => decode::run(workspace),
        Some("size") => size::run(workspace),
        _ => Err(Error::Usage("`bench` needs `decode` or `size`".into())),
    }
}
