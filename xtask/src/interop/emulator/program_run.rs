//! One program run against an emulator.

use std::fs;
use std::path::Path;

use super::super::folder::Folder;
use super::super::package::Registry;
use super::super::process;
use super::program::Program;
use super::results::Results;
use super::server::{Server, TOKENS};
use crate::workspace::Workspace;

/// The folder of the scripts, and of the files that they share.
const SCRIPTS: &str = "xtask/src/interop/programs";

/// A program, and the command line tool that serves the emulator.
pub(crate) struct ProgramRun<'a> {
    pub(crate) program: &'a Program,
    pub(crate) emulator: &'a Path,
}

impl ProgramRun<'_> {
    /// Installs the packages and runs the script. Returns its results, or why there are none.
    pub(crate) fn run(&self, workspace: &Workspace, folder: &Folder) -> Result<Results, String> {
        let programs = self.program.package.install(folder)?;
        // Node looks for packages beside a script and above it.
        let (runtime, home) = match self.program.package.registry {
            Registry::PyPi => ("python", programs.parent()),
            Registry::Npm => ("node", programs.parent().and_then(Path::parent)),
        };
        let home = home.unwrap_or(&programs).join("scripts");
        copy(&workspace.root().join(SCRIPTS), &home)?;
        let server = Server::start(self.emulator, folder)?;
        let call = [runtime, self.program.script].map(str::to_owned);
        let mut command = process::command(&programs, &call, folder, &home);
        command.env("GATELET_DT_URL", &server.url).envs(TOKENS);
        let ended = command.output();
        let ended = ended.map_err(|error| format!("not available: {runtime}: {error}"))?;
        let results = Results::parse(&ended.stdout)?;
        if !ended.status.success() {
            process::print_end(&ended);
            return Err(format!(
                "{} ended with {}",
                self.program.script, ended.status
            ));
        }
        Ok(results)
    }
}

/// Copies the files of a folder into a new one.
fn copy(from: &Path, to: &Path) -> Result<(), String> {
    fs::create_dir(to).map_err(|error| format!("{}: {error}", to.display()))?;
    let with_path = |error: std::io::Error| format!("{}: {error}", from.display());
    for entry in fs::read_dir(from).map_err(with_path)? {
        let entry = entry.map_err(with_path)?;
        fs::copy(entry.path(), to.join(entry.file_name())).map_err(with_path)?;
    }
    Ok(())
}
