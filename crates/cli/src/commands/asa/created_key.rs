//! A key that a rotation has created.

use std::io;

use asa_client::{NewKey, PreparedRotation};
use gatelet_models::Secret;
use gatelet_models::asa::{ServiceTokenRequest, ServiceUserKeyId};
use gatelet_transport::{Deleted, Error};

use crate::commands::asa::key_pair::to_json;
use crate::commands::hand_over::new_secret::{NewSecret, SecretWords};
use crate::commands::hand_over::stored_secret::StoredSecret;
use crate::commands::remedy::Remedy;
use crate::output::output::Output;
use crate::output::stdout::Stdout;
use crate::output::target::Target;

/// Why a key is not deleted again whose ID is not new.
const ID_FROM_BEFORE: &str = "a key with this ID existed before the rotation";

/// A key that a rotation has created, and what lines say of it.
#[derive(Debug)]
pub(crate) struct CreatedKey {
    pub(crate) new: NewKey,
    user_name: String,
    /// Whether its service user had other keys.
    has_others: bool,
    target: Target,
    words: SecretWords,
}

impl CreatedKey {
    pub(crate) fn new(new: NewKey, before: &PreparedRotation, target: Target) -> Self {
        let user_name = before.user_name().to_owned();
        let has_others = !before.keys().is_empty();
        let id = &new.key().id;
        let remedy = match new.has_id_from_before() {
            true => Remedy::Keep(ID_FROM_BEFORE),
            false => Remedy::Delete(delete_command(&target, &user_name, id)),
        };
        let words = SecretWords {
            thing: "key",
            id: id.to_string(),
            content: "pair",
            remedy,
            consequence: Some(match has_others {
                true => "the other keys have an end",
                false => "no other key was listed",
            }),
            again: "rotate again",
            is_shown_once: true,
        };
        Self {
            new,
            user_name,
            has_others,
            target,
            words,
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

    /// Returns the line that says that its ID is not new; `None` if it is.
    pub(crate) fn id_line(&self) -> Option<String> {
        let id = self.id();
        self.new
            .has_id_from_before()
            .then(|| format!("warning: the new key {id} has the ID of a key that existed before"))
    }

    /// Returns the pair as it is stored. What was read back and is no pair is another one than the new one.
    pub(crate) fn read_back(&self, stored: &StoredSecret<'_>) -> ServiceTokenRequest {
        match stored {
            StoredSecret::File(written) => serde_json::from_str(written.read_back().expose())
                .unwrap_or_else(|_| ServiceTokenRequest::new("", "")),
            StoredSecret::WithCommand | StoredSecret::Printed(_) => self.new.pair(),
        }
    }

    /// Returns what to do with a key that does not log in.
    pub(crate) fn advice(&self, stored: &StoredSecret<'_>) -> String {
        let (id, remedy) = (self.id(), &self.words.remedy);
        // A key from before with the same ID may have lost its secret to the new one.
        let old_works = match self.has_others && !self.new.has_id_from_before() {
            true => "; the old one works until it ends",
            false => "",
        };
        match stored {
            StoredSecret::File(written) if written.is_moved() => format!(
                "another program has moved the pair of the new key {id} to {}: use the key once it logs in{}{old_works}",
                written.path().display(),
                remedy.or_advice("it")
            ),
            StoredSecret::File(written) => {
                let (place, beside) = (written.path().display(), written.beside().display());
                let and_remove = match remedy {
                    Remedy::Delete(_) => " and remove the file",
                    Remedy::Keep(_) => "",
                };
                format!(
                    "{place} was not changed, and the pair of the new key {id} is in {beside}: move that file to {place} once the key logs in{}{and_remove}{old_works}",
                    remedy.or_advice("the key")
                )
            }
            StoredSecret::WithCommand | StoredSecret::Printed(_) => format!(
                "the new key {id} is kept: use it once it logs in{}{old_works}",
                remedy.or_advice("it")
            ),
        }
    }

    /// Returns the command that deletes a key of its service user.
    pub(crate) fn delete_command_of(&self, id: &ServiceUserKeyId) -> String {
        delete_command(&self.target, &self.user_name, id)
    }
}

fn delete_command(target: &Target, user_name: &str, id: &ServiceUserKeyId) -> String {
    target.command_line(
        "gatelet asa service-user key delete",
        &[user_name, id.as_str()],
    )
}

impl NewSecret for CreatedKey {
    fn words(&self) -> &SecretWords {
        &self.words
    }

    fn content(&self) -> io::Result<Secret> {
        to_json(&self.new.pair())
    }

    fn print(&self, output: &mut Output<Stdout>) -> io::Result<()> {
        output.item(self.new.key().clone())
    }

    async fn delete(&self) -> Result<Deleted, Error> {
        self.new.delete().await
    }
}
