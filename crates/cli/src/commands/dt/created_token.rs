//! A token that was just created.

use std::io::{self, Write as _};

use dt_client::{ActiveGateTokens, NewToken};
use gatelet_models::Secret;
use gatelet_models::dt::{ActiveGateTokenCreated, ActiveGateTokenId};
use gatelet_transport::{Deleted, Error};

use crate::commands::dt::token_form::NamedForm;
use crate::commands::hand_over::new_secret::{NewSecret, SecretWords};
use crate::commands::remedy::Remedy;
use crate::commands::secret_output::{self, SecretOwner};
use crate::error::error::CliError;
use crate::output::output::Output;
use crate::output::stdout::Stdout;
use crate::output::target::Target;

/// A token that was just created, with what lines say of it.
#[derive(Debug)]
pub(crate) struct CreatedToken {
    created: ActiveGateTokenCreated,
    deletion: TokenDeletion,
    /// The name without what rotations add to it.
    stem: String,
    /// The form of what is handed over; `None` where the output of the command has it.
    form: Option<NamedForm>,
    words: SecretWords,
}

/// How the token is deleted again.
#[derive(Debug)]
enum TokenDeletion {
    OfRotation(Box<NewToken>),
    OfCreate(ActiveGateTokens),
}

impl CreatedToken {
    /// Takes the token of a rotation.
    pub(crate) fn of_rotation(new: NewToken, form: Option<NamedForm>, target: &Target) -> Self {
        let stem = new.planned().stem().to_owned();
        let created = new.created().clone();
        let deletion = TokenDeletion::OfRotation(Box::new(new));
        Self::new(created, deletion, stem, form, target, "rotate again")
    }

    /// Takes the token of a create.
    pub(crate) fn of_create(
        created: ActiveGateTokenCreated,
        name: &str,
        tokens: ActiveGateTokens,
        form: Option<NamedForm>,
        target: &Target,
    ) -> Self {
        let deletion = TokenDeletion::OfCreate(tokens);
        Self::new(
            created,
            deletion,
            name.to_owned(),
            form,
            target,
            "create another",
        )
    }

    fn new(
        created: ActiveGateTokenCreated,
        deletion: TokenDeletion,
        stem: String,
        form: Option<NamedForm>,
        target: &Target,
        again: &'static str,
    ) -> Self {
        let words = SecretWords {
            thing: "token",
            id: created.id.to_string(),
            content: "secret",
            remedy: Remedy::Delete(delete_command(&created.id, target)),
            consequence: None,
            again,
            is_shown_once: true,
        };
        Self {
            created,
            deletion,
            stem,
            form,
            words,
        }
    }
}

impl CreatedToken {
    /// Prints the token, or deletes it again.
    ///
    /// # Errors
    /// The write failed; the line says whether the token still exists.
    pub(crate) async fn print_or_undo(&self, output: &mut Output<Stdout>) -> Result<(), CliError> {
        let owner = SecretOwner {
            name: &format!("ActiveGate token {}", self.created.id),
            remedy: &self.words.remedy,
            consequence: None,
        };
        let write = |output: &mut Output<Stdout>| self.print(output);
        secret_output::write_or_undo(&owner, output, write, || self.delete()).await
    }
}

/// Returns the command that deletes a token.
pub(crate) fn delete_command(id: &ActiveGateTokenId, target: &Target) -> String {
    target.command_line("gatelet dt active-gate-token delete", &[id.as_str()])
}

impl NewSecret for CreatedToken {
    fn words(&self) -> &SecretWords {
        &self.words
    }

    fn content(&self) -> io::Result<Secret> {
        match &self.form {
            Some(form) => form.content(&self.created.token, &self.stem),
            None => Ok(self.created.token.clone()),
        }
    }

    fn print(&self, output: &mut Output<Stdout>) -> io::Result<()> {
        let Some(form) = &self.form else {
            return output.item(self.created.clone());
        };
        let content = form.content(&self.created.token, &self.stem)?;
        output.sink().write_all(content.expose().as_bytes())?;
        output.sink().flush()
    }

    async fn delete(&self) -> Result<Deleted, Error> {
        match &self.deletion {
            TokenDeletion::OfRotation(new) => new.delete().await,
            TokenDeletion::OfCreate(tokens) => {
                let delete = tokens.delete(&self.created.id);
                let secret = self.created.token.expose();
                delete.with_secret(secret).send().await
            }
        }
    }
}
