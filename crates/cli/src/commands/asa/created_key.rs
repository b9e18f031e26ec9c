//! A key that a rotation has created.

use asa_client::NewKey;
use gatelet_models::asa::ServiceUserKeyId;

use crate::commands::deletion::Deletion;
use crate::error::error::CliError;
use crate::error::exit::Exit;
use crate::output::log::Log;
use crate::output::target::Target;

/// What is true of every rotation since its key was created.
pub(crate) const CONSEQUENCE: &str = "the other keys have an end";

/// A key that a rotation has created, and what lines say of it.
#[derive(Debug)]
pub(crate) struct CreatedKey {
    pub(crate) new: NewKey,
    user_name: String,
    target: Target,
}

impl CreatedKey {
    pub(crate) fn new(new: NewKey, user_name: String, target: Target) -> Self {
        Self {
            new,
            user_name,
            target,
        }
    }

    pub(crate) fn id(&self) -> &ServiceUserKeyId {
        &self.new.key().id
    }

    /// Returns the line that says that it was created.
    pub(crate) fn line(&self) -> String {
        let Self { user_name, .. } = self;
        format!(
            "created key {} of service user {user_name}; its other keys have an end now",
            self.id()
        )
    }

    /// Returns the command that deletes it.
    pub(crate) fn delete_command(&self) -> String {
        self.delete_command_of(self.id())
    }

    /// Returns the command that deletes a key of its service user.
    pub(crate) fn delete_command_of(&self, id: &ServiceUserKeyId) -> String {
        self.target.command_line(
            "gatelet asa service-user key delete",
            &[&self.user_name, id.as_str()],
        )
    }

    /// Deletes the key again, which is stored nowhere, and returns the error. The problem begins with where it should be stored.
    pub(crate) async fn undo(&self, problem: &str, log: &Log) -> CliError {
        let problem = format!("could not store the new key {} {problem}", self.id());
        let remedy = format!("delete it with `{}`", self.delete_command());
        log.set(format!(
            "{problem}; {}; {CONSEQUENCE}",
            Deletion::unknown("it", &remedy)
        ));
        let state = Deletion::from(self.new.delete().await).describe("it", &remedy);
        CliError::new(
            Exit::OutcomeUnknown,
            format_args!("{problem}; {state}; {CONSEQUENCE}: rotate again"),
        )
    }
}
