//! Where new tokens go, as the options say.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::path::{Path, PathBuf};

use crate::commands::dt::token_form::{FormOptions, NamedForm, TOKEN};
use crate::commands::hand_over::destination::Destination;
use crate::error::error::CliError;
use crate::output::present_file::PresentFile;
use crate::private_file;

/// The options that say where new tokens go.
#[derive(Debug, clap::Args)]
pub(crate) struct PlaceOptions {
    /// File for the new token, for its owner only [default: stdout]
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    /// Folder for the new tokens, with a file for each, named as the token without what a rotation adds to its name
    #[arg(long, value_name = "FOLDER", conflicts_with = "out")]
    out_dir: Option<PathBuf>,
    /// Shell command that gets the new token on its stdin, and has stored it if it exits with 0
    #[arg(long, value_name = "COMMAND", conflicts_with_all = ["out", "out_dir"])]
    out_command: Option<OsString>,
    #[command(flatten)]
    form: FormOptions,
}

/// Where new tokens go.
#[derive(Debug)]
pub(crate) struct TokenPlace {
    place: Place,
    form: Option<NamedForm>,
}

#[derive(Debug)]
enum Place {
    Stdout,
    File(PathBuf),
    Folder(PathBuf),
    Command(OsString),
}

impl PlaceOptions {
    /// Checks the options.
    ///
    /// # Errors
    /// The name does not fit the form.
    pub(crate) fn place(self) -> Result<TokenPlace, CliError> {
        let place = match (self.out, self.out_dir, self.out_command) {
            (Some(file), ..) => Place::File(file),
            (None, Some(folder), _) => Place::Folder(folder),
            (None, None, Some(command)) => Place::Command(command),
            (None, None, None) => Place::Stdout,
        };
        let form = self.form.form(matches!(place, Place::Stdout))?;
        let names_secrets = form.as_ref().is_some_and(NamedForm::names_secret);
        if matches!(place, Place::Folder(_)) && names_secrets {
            return Err(CliError::usage(
                "invalid --out-name: several Secrets would have the same name; nothing was changed",
            ));
        }
        Ok(TokenPlace { place, form })
    }
}

impl TokenPlace {
    /// Returns the form of what is handed over; `None` where the output of the command has it.
    pub(crate) fn form(&self) -> Option<&NamedForm> {
        self.form.as_ref()
    }

    pub(crate) fn is_stdout(&self) -> bool {
        matches!(self.place, Place::Stdout)
    }

    /// Returns whether it takes one token only.
    pub(crate) fn is_for_one(&self) -> bool {
        !matches!(self.place, Place::Folder(_))
    }

    /// Returns whether what is in it can be read.
    pub(crate) fn is_file(&self) -> bool {
        matches!(self.place, Place::File(_) | Place::Folder(_))
    }

    /// Returns the option that names files.
    pub(crate) fn option(&self) -> &'static str {
        match self.place {
            Place::Folder(_) => "--out-dir",
            _ => "--out",
        }
    }

    /// Returns the file of a token; `None` if it does not go to one.
    pub(crate) fn file(&self, stem: &str) -> Option<PathBuf> {
        match &self.place {
            Place::File(file) => Some(file.clone()),
            Place::Folder(folder) => {
                let form = self.form()?;
                Some(folder.join(file_name(stem, form.extension())))
            }
            Place::Stdout | Place::Command(_) => None,
        }
    }

    /// Refuses tokens that would have the same file.
    ///
    /// # Errors
    /// Names two of them.
    pub(crate) fn ensure_different<'a>(
        &self,
        stems: impl Iterator<Item = (&'a str, &'a str)>,
    ) -> Result<(), CliError> {
        let mut files: BTreeMap<String, &str> = BTreeMap::new();
        for (id, stem) in stems {
            let Some(file) = self.file(stem) else {
                return Ok(());
            };
            // Some file systems take names for the same that differ in case.
            let name = file.display().to_string();
            if let Some(other) = files.insert(name.to_lowercase(), id) {
                return Err(CliError::usage(format_args!(
                    "invalid --out-dir: the tokens {other} and {id} would have the same file {name}: replace one of them alone, with --out; nothing was changed"
                )));
            }
        }
        Ok(())
    }

    /// Returns whether the file of a token has the token with an ID.
    pub(crate) fn has(&self, stem: &str, id: &str) -> bool {
        let file = self.file(stem);
        let file = file.and_then(|file| private_file::resolve(&file).ok());
        let present = file.and_then(|file| PresentFile::read(&file).ok());
        let found = present.and_then(|present| (TOKEN.id_in)(present.content()?));
        found.as_deref() == Some(id)
    }

    /// Opens the destination of a token; `None` is stdout.
    ///
    /// # Errors
    /// It is not one for a token.
    pub(crate) async fn open(
        &self,
        stem: &str,
        list_command: &str,
    ) -> Result<Option<Destination<'static>>, CliError> {
        match (&self.place, self.file(stem)) {
            (Place::Command(command), _) => Destination::command(command.clone()).await.map(Some),
            (_, Some(file)) => {
                Destination::file(&file, &TOKEN, self.option(), list_command).map(Some)
            }
            (_, None) => Ok(None),
        }
    }
}

/// Returns the name of the file of a token.
fn file_name(stem: &str, extension: &str) -> String {
    let signs = stem.chars().map(|sign| match sign {
        '-' | '_' | '.' => sign,
        sign if sign.is_alphanumeric() => sign,
        _ => '_',
    });
    let name: String = signs.collect();
    let name = match name.strip_prefix('.') {
        Some(rest) => format!("_{rest}"),
        None => name,
    };
    Path::new(&format!("{name}.{extension}"))
        .display()
        .to_string()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::commands::dt::token_form::TokenForm;

    fn folder() -> TokenPlace {
        TokenPlace {
            place: Place::Folder("d".into()),
            form: Some(NamedForm {
                form: TokenForm::Secret,
                name: None,
            }),
        }
    }

    #[test]
    fn the_file_of_a_token_is_in_the_folder_whatever_its_name() {
        for (stem, file) in [
            ("edge-7", "d/edge-7.token"),
            ("../edge", "d/_._edge.token"),
            ("..", "d/_..token"),
            ("a/b\\c", "d/a_b_c.token"),
            ("team A\n", "d/team_A_.token"),
            ("", "d/.token"),
        ] {
            assert_eq!(folder().file(stem), Some(file.into()), "{stem}");
        }
    }

    #[test]
    fn tokens_that_would_have_the_same_file_are_refused() {
        let same = [("t1", "a b"), ("t2", "A_b")];
        let error = folder().ensure_different(same.into_iter()).unwrap_err();
        assert!(error.line().contains("t1 and t2"), "{}", error.line());
        let others = [("t1", "a"), ("t2", "b")];
        folder().ensure_different(others.into_iter()).unwrap();
    }
}
