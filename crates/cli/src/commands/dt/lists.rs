//! The errors of commands that compare lists.

use dt_client::Error;
use gatelet_models::dt::OperationId;

use crate::error::error::CliError;
use crate::error::exit::Exit;

/// Converts the error of a command that compares lists. That the server lacks a list has another exit code than that it does not know the
/// object that the command names.
pub(crate) fn to_cli_error(error: Error) -> CliError {
    match is_missing(&error) {
        true => CliError::from(error).with_exit(Exit::Rejected),
        false => error.into(),
    }
}

/// Returns whether the server lacks a list, as after the removal of a deprecated operation.
pub(crate) fn is_missing(error: &Error) -> bool {
    let mut operations = OperationId::ALL.iter().map(|id| id.operation());
    let failed = operations.find(|operation| error.operation() == Some(operation.name));
    error.is_not_found() && failed.is_some_and(|operation| !operation.path.contains('{'))
}
