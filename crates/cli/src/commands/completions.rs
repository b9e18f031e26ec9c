//! `gatelet completions`.

use std::io::Write as _;

use clap::ValueEnum;
use clap_complete::env::Shells;

use crate::error::error::CliError;
use crate::output::output::Output;
use crate::output::stdout::Stdout;

/// The variable by which the script of a shell asks for completions.
pub(crate) const VARIABLE: &str = "GATELET_COMPLETE";

/// Where the scripts go.
pub(crate) const PLACES: &str = "\
Where the script goes:
  bash: `source <(gatelet completions bash)` in ~/.bashrc
  zsh: `source <(gatelet completions zsh)` in ~/.zshrc
  fish: written to ~/.config/fish/completions/gatelet.fish
  powershell: `gatelet completions powershell | Out-String | Invoke-Expression` in $PROFILE
  elvish: `eval (gatelet completions elvish | slurp)` in ~/.config/elvish/rc.elv";

/// Prints the script that completes command lines in a shell.
#[derive(Debug, clap::Args)]
pub(crate) struct Completions {
    /// Shell that runs the script
    #[arg(value_enum)]
    shell: Shell,
}

/// A shell.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Shell {
    Bash,
    Elvish,
    Fish,
    Powershell,
    Zsh,
}

impl Completions {
    /// Prints the script, which runs this program for each completion.
    pub(crate) fn run(self, output: &mut Output<Stdout>) -> Result<(), CliError> {
        let name = self.shell.to_possible_value();
        let name = name.as_ref().map_or("", |it| it.get_name());
        let shells = Shells::builtins();
        let mut script = Vec::new();
        if let Some(shell) = shells.completer(name) {
            shell.write_registration(VARIABLE, "gatelet", "gatelet", "gatelet", &mut script)?;
        }
        let sink = output.sink();
        sink.write_all(&script)?;
        Ok(sink.flush()?)
    }
}
