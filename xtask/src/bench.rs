//! `cargo xtask bench decode|size`: measures this project and its alternatives in one run.
//!
//! The results depend on the machine and its load, so continuous integration does not run them. The README quotes some.

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
