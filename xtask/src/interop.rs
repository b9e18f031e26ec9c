//! `cargo xtask interop descriptions|emulator [--keep]`: other people's programs on the descriptions, and against the emulator.
//!
//! They are installed from PyPI and npm into a temporary folder, in pinned versions. Continuous integration does not run this: it
//! must not depend on registries and other people's programs.

mod descriptions;
mod emulator;
mod folder;
mod package;
mod process;

use pico_args::Arguments;

use crate::error::{Error, finish};
use crate::workspace::Workspace;

use self::folder::Folder;

pub(crate) fn run(workspace: &Workspace, mut arguments: Arguments) -> Result<(), Error> {
    let what = arguments.subcommand()?;
    let keep = arguments.contains("--keep");
    finish("interop", arguments)?;
    let run = match what.as_deref() {
        Some("descriptions") => descriptions::run,
        Some("emulator") => emulator::run,
        _ => {
            let message = "`interop` needs `descriptions` or `emulator`";
            return Err(Error::Usage(message.into()));
        }
    };
    let folder = Folder::new(keep)?;
    println!("interop: working in {}", folder.path().display());
    run(workspace, &folder)
}
