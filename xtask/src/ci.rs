//! `cargo xtask ci`.

use crate::failure::{Failure, no_arguments};
use crate::workspace::Workspace;

pub(crate) fn run(_workspace: &Workspace, arguments: &[String]) -> Result<(), Failure> {
    no_arguments("ci", arguments)?;
    Err(Failure::Check("not built yet".into()))
}
