//! `cargo xtask bench decode|size`: measures this project and its alternatives in one run.
//!
//! Times depend on the machine and its load: they are printed, some beside a goal, and fail nothing. Counts of instructions and
//! allocations fail above their limits. It takes minutes, so continuous integration does not run it. The README quotes some.

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
