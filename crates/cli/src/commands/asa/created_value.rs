//! A token that was just created, whose value goes to a file.

use std::io::{self, Write as _};

use gatelet_models::Secret;
use gatelet_transport::{Deleted, Error};

use crate::commands::hand_over::new_secret::{NewSecret, SecretWords};
use crate::commands::remedy::Remedy;
use crate::output::output::Output;
use crate::output::secret_file::SecretForm;
use crate::output::stdout::Stdout;

/// The form of a file with a value, which does not tell its token.
pub(crate) const VALUE: SecretForm = SecretForm {
    thing: "token",
    id_in: |_| None,
};

/// A token that was just created, with its value and what deletes it again.
pub(crate) struct CreatedValue<D> {
    /// The value, or why it is not known.
    value: Result<Secret, String>,
    delete: D,
    words: SecretWords,
}

impl<D> CreatedValue<D> {
    /// Takes a token; `delete_command` and `delete` delete it again.
    pub(crate) fn new(
        id: impl ToString,
        value: Result<Secret, String>,
        delete_command: String,
        delete: D,
    ) -> Self {
        let words = SecretWords {
            thing: "token",
            id: id.to_string(),
            content: "value",
            remedy: Remedy::Delete(delete_command),
            consequence: None,
            again: "create another",
            is_shown_once: false,
        };
        // Nothing must not replace a value that a file has.
        let value = value.and_then(|value| match value.expose().trim().is_empty() {
            true => Err("the response has an empty one".to_owned()),
            false => Ok(value),
        });
        Self {
            value,
            delete,
            words,
        }
    }
}

impl<D, F> NewSecret for CreatedValue<D>
where
    D: Fn() -> F,
    F: Future<Output = Result<Deleted, Error>>,
{
    fn words(&self) -> &SecretWords {
        &self.words
    }

    fn content(&self) -> io::Result<Secret> {
        match &self.value {
            Ok(value) => Ok(Secret::new(format!("{}\n", value.expose()))),
            Err(problem) => Err(io::Error::other(format!(
                "could not read its value: {problem}"
            ))),
        }
    }

    fn print(&self, output: &mut Output<Stdout>) -> io::Result<()> {
        let content = self.content()?;
        output.sink().write_all(content.expose().as_bytes())?;
        output.sink().flush()
    }

    async fn delete(&self) -> Result<Deleted, Error> {
        (self.delete)().await
    }
}
