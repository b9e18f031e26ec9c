//! Changes of a command line that is built already.

use clap::{Arg, Command};

/// Changes parts of a built command in their place. Those that clap has, `mut_arg` and `mut_subcommand`, move the part to the end, and a
/// built command does not find its arguments any more then.
pub(crate) trait BuiltCommand: Sized {
    /// Changes an argument, which exists.
    fn with_argument(self, id: &str, change: impl FnOnce(Arg) -> Arg) -> Self;

    /// Changes a command below this one, which exists.
    fn with_subcommand(self, name: &str, change: impl FnOnce(Command) -> Command) -> Self;
}

impl BuiltCommand for Command {
    fn with_argument(self, id: &str, change: impl FnOnce(Arg) -> Arg) -> Self {
        let mut change = Some(change);
        let command = self.mut_args(|arg| match change.take_if(|_| arg.get_id() == id) {
            Some(change) => change(arg),
            None => arg,
        });
        debug_assert!(change.is_none(), "no argument {id}");
        command
    }

    fn with_subcommand(self, name: &str, change: impl FnOnce(Command) -> Command) -> Self {
        let mut change = Some(change);
        let command = self.mut_subcommands(|it| match change.take_if(|_| it.get_name() == name) {
            Some(change) => change(it),
            None => it,
        });
        debug_assert!(change.is_none(), "no command {name}");
        command
    }
}
