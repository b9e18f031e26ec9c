//! The options of commands that create a secret for a file.

use std::path::PathBuf;

use serde::Serialize;

use crate::commands::hand_over::destination::Destination;
use crate::commands::hand_over::new_secret::NewSecret;
use crate::commands::report;
use crate::error::error::CliError;
use crate::output::output::Output;
use crate::output::record::{Column, Record};
use crate::output::secret_file::SecretForm;
use crate::output::stdout::Stdout;

/// The options of commands that create a secret for a file.
#[derive(Debug, clap::Args)]
pub(crate) struct NewFileOptions {
    /// File for the secret, for its owner only; one that exists is not replaced
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    /// Replace the file of --out if it exists
    #[arg(long, requires = "out")]
    overwrite: bool,
}

impl NewFileOptions {
    /// Creates the file beside its place; `None` if there is no file. `list_command` shows what exists of the same kind.
    ///
    /// # Errors
    /// The place is not one for the secret, or has a file.
    pub(crate) fn destination(
        &self,
        form: &SecretForm,
        list_command: &str,
        output: &Output<Stdout>,
    ) -> Result<Option<Destination<'static>>, CliError> {
        let Some(file) = &self.out else {
            return Ok(None);
        };
        if let Some(dry_run) = output.dry_run() {
            dry_run.then(format!(
                "write the new {} to {}",
                form.thing,
                file.display()
            ));
        }
        let destination = Destination::file(file, form, "--out", list_command)?;
        if !self.overwrite {
            destination.ensure_replaceable("--out", |_| {
                Some("exists; to replace it, add --overwrite".to_owned())
            })?;
        }
        Ok(Some(destination))
    }
}

/// Hands a secret over, and prints where it is.
///
/// # Errors
/// It is not in its place; the line says what became of it.
pub(crate) async fn hand_over(
    destination: Destination<'static>,
    new: &impl NewSecret,
    output: &mut Output<Stdout>,
) -> Result<(), CliError> {
    let log = output.log().clone();
    let words = new.words();
    log.print(format!("created {} {}", words.thing, words.id));
    let stored = destination.store(new, &log).await?;
    let file = stored.file();
    stored.finish(new, &log).await?;
    let stored = Stored {
        id: words.id.clone(),
        file,
    };
    report::print_changed(format_args!("{} is stored", words.name()), stored, output)
}

/// What was created, with names of our own, since the API has no such object.
#[derive(Debug, Serialize)]
struct Stored {
    id: String,
    file: Option<PathBuf>,
}

impl Record for Stored {
    const COLUMNS: &'static [Column<Self>] = &[
        Column::text("ID", |stored| Some(stored.id.clone())),
        Column::text("FILE", |stored| {
            stored.file.as_ref().map(|it| it.display().to_string())
        }),
    ];
}
