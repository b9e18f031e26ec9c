//! Programs of packages as processes.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use super::folder::Folder;

/// The most lines of a program's output that are shown.
const SHOWN_LINES: usize = 30;

/// Returns a command that looks for programs in a folder first, with telemetry turned off.
pub(crate) fn command(
    programs: &Path,
    call: &[String],
    folder: &Folder,
    working_folder: &Path,
) -> Command {
    let before = std::env::var_os("PATH").unwrap_or_default();
    let folders = std::iter::once(programs.to_owned());
    let path = std::env::join_paths(folders.chain(std::env::split_paths(&before)));
    let own = programs.join(&call[0]);
    let program = if own.exists() {
        own
    } else {
        PathBuf::from(&call[0])
    };
    let mut command = folder.command(program);
    command
        .args(&call[1..])
        .current_dir(working_folder)
        .env("PATH", path.unwrap_or(before))
        .env("CARGO_TARGET_DIR", folder.path().join("target"))
        .env("NO_COLOR", "1")
        .env("REDOCLY_TELEMETRY", "off")
        .env("REDOCLY_SUPPRESS_UPDATE_NOTICE", "true");
    command
}

/// Returns what a program wrote to stdout and to stderr.
pub(crate) fn output_texts(ended: &Output) -> (String, String) {
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    (text(&ended.stdout), text(&ended.stderr))
}

/// Prints the last lines of a program's output.
pub(crate) fn print_end(ended: &Output) {
    let (stdout, stderr) = output_texts(ended);
    let lines: Vec<&str> = stdout.lines().chain(stderr.lines()).collect();
    for line in &lines[lines.len().saturating_sub(SHOWN_LINES)..] {
        eprintln!("    {line}");
    }
}
