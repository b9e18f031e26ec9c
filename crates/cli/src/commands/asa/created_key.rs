//! A key that a rotation has created.

use asa_client::{NewKey, PreparedRotation};
use gatelet_models::asa::ServiceUserKeyId;

use crate::commands::deletion::Deletion;
use crate::error::error::CliError;
use crate::error::exit::Exit;
use crate::output::log::Log;
use crate::output::target::Target;

/// A key that a rotation has created, and what lines say of it.
#[derive(Debug)]
pub(crate) struct CreatedKey {
    pub(crate) new: NewKey,
    user_name: String,
    /// Whether its service user had other keys.
    has_others: bool,
    target: Target,
}

impl CreatedKey {
    pub(crate) fn new(new: NewKey, before: &PreparedRotation, target: Target) -> Self {
        Self {
            new,
            user_name: before.user_name().to_owned(),
            has_others: !before.keys().is_empty(),
            target,
        }
    }

    pub(crate) fn id(&self) -> &ServiceUserKeyId {
        &self.new.key().id
    }

    /// Returns the line that says that it was created.
    pub(crate) fn line(&self) -> String {
        let Self { user_name, .. } = self;
        let id = self.id();
        match self.has_others {
            true => format!(
                "created key {id} of service user {user_name}; its other keys have an end now"
            ),
            false => format!("created key {id} of service user {user_name}"),
        }
    }

    /// Returns the line that says that it has an end itself; `None` if it has none.
    pub(crate) fn end_line(&self) -> Option<String> {
        let id = self.id();
        match self.new.key().expires_at.value() {
            Ok(end) => {
                let end = end.filter(|end| !end.is_unset())?;
                Some(format!("warning: the new key {id} ends at {end}"))
            }
            Err(unreadable) => Some(format!(
                "warning: when the new key {id} ends is unknown: {unreadable:?} is not a date"
            )),
        }
    }

    /// Returns what is true of the other keys since it was created.
    pub(crate) fn consequence(&self) -> &'static str {
        match self.has_others {
            true => "the other keys have an end",
            false => "no other key was listed",
        }
    }

    /// Returns the end of a line of a key that is kept, which says that another one can be used.
    pub(crate) fn old_works(&self) -> &'static str {
        match self.has_others {
            true => "; the old one works until it ends",
            false => "",
        }
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
        let consequence = self.consequence();
        log.set(format!(
            "{problem}; {}; {consequence}",
            Deletion::unknown("it", &remedy)
        ));
        let state = Deletion::from(self.new.delete().await).describe("it", &remedy);
        CliError::new(
            Exit::OutcomeUnknown,
            format_args!("{problem}; {state}; {consequence}: rotate again"),
        )
    }
}
