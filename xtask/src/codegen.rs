//! `cargo xtask codegen [--check]`.

use crate::failure::Failure;
use crate::workspace::Workspace;

/// Writes the generated files of `workspace`; with `--check` only compares them.
pub(crate) fn run(_workspace: &Workspace, arguments: &[String]) -> Result<(), Failure> {
    match arguments {
        [] => Err(Failure::Check("not built yet".into())),
        [flag] if flag == "--check" => Err(Failure::Check("not built yet".into())),
        _ => Err(Failure::Usage("`codegen` takes only `--check`".into())),
    }
}
