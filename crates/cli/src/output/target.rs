//! Where a command goes.

use crate::terminal;

/// The options of a command that choose where it goes, which every command that a line suggests must have, too.
#[derive(Clone, Debug)]
pub(crate) struct Target {
    options: Vec<String>,
}

impl Target {
    /// Takes the options, such as `--profile=prod`.
    pub(crate) fn new(options: Vec<String>) -> Self {
        Self { options }
    }

    /// Returns a line for a shell that runs a command with the same target. The arguments may come from a server.
    pub(crate) fn command_line(&self, command: &str, arguments: &[&str]) -> String {
        terminal::command_line(command, &self.options, arguments)
    }
}
