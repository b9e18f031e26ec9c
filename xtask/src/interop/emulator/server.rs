//! An emulator of its own for each program.

use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, Stdio};

use super::super::folder::Folder;

/// What a program gets in its environment beside the URL: the emulator's development tokens. They open nothing but an emulator.
pub(crate) const TOKENS: [(&str, &str); 2] = [
    (
        "GATELET_DT_TOKEN",
        "dt0c01.GATELETEMULATORREADWRITE.\
         THISDEVELOPMENTTOKENOPENSNOTHINGBUTANEMULATORONYOUROWNMACHINE234",
    ),
    (
        "GATELET_DT_READ_ONLY_TOKEN",
        "dt0c01.GATELETEMULATORREADONLY2.\
         THISDEVELOPMENTTOKENREADSNOTHINGBUTANEMULATORONYOUROWNMACHINE234",
    ),
];

/// A running emulator, in memory, with the vendors' examples. It ends when this is dropped.
pub(crate) struct Server {
    child: Child,
    pub(crate) url: String,
}

impl Server {
    /// Starts the emulator, and waits until it listens.
    pub(crate) fn start(emulator: &Path, folder: &Folder) -> Result<Self, String> {
        let mut command = folder.command(emulator);
        command.args(["emulator", "serve"]).stdin(Stdio::null());
        // What it writes to stderr is less than a pipe holds.
        command.stdout(Stdio::piped()).stderr(Stdio::piped());
        let failed = |why: String| format!("the emulator did not start: {}", why.trim());
        let child = command.spawn().map_err(|error| failed(error.to_string()))?;
        let mut server = Self {
            child,
            url: String::new(),
        };
        if let Some(stdout) = server.child.stdout.take() {
            let read = BufReader::new(stdout).read_line(&mut server.url);
            read.map_err(|error| failed(error.to_string()))?;
        }
        server.url = server.url.trim().to_owned();
        if server.url.is_empty() {
            let stderr = server.child.stderr.take();
            let text = stderr.map(std::io::read_to_string).transpose();
            return Err(failed(text.ok().flatten().unwrap_or_default()));
        }
        Ok(server)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
