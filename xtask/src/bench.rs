//! `cargo xtask bench <what>`: figures beside those of others, all of one run.
//!
//! They depend on the machine and on its load, so nothing else runs them: they are for people, and for the README.

mod decode;
mod size;

use crate::error::Error;
use crate::workspace::Workspace;

pub(crate) fn run(workspace: &Workspace, arguments: &[String]) -> Result<(), Error> {
    match arguments {
        [what] if what == "decode" => decode::run(workspace),
        [what] if what == "size" => size::run(workspace),
        _ => Err(Error::Usage(
            "`bench` takes one of `decode` and `size`".into(),
        )),
    }
}
