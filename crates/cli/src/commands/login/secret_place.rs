//! Where the secret of a new profile is, or will be.

use std::path::{Path, PathBuf};

use gatelet_models::Secret;
use toml_edit::{Array, Value};

use crate::commands::prompt;
use crate::error::error::CliError;
use crate::settings::key::{Key, SecretKey};
use crate::settings::secret_source::read_stdin;

/// The options that say where the secret is.
#[derive(Debug, clap::Args)]
#[group(id = "secret_place", multiple = false)]
pub(crate) struct SecretOptions {
    /// File that contains the secret; `-` reads it from stdin and stores it in a new file
    #[arg(long, visible_alias = "token-file", value_name = "FILE")]
    secret_file: Option<PathBuf>,
    /// Variable of the environment that contains the secret
    #[arg(long, visible_alias = "token-variable", value_name = "NAME")]
    secret_variable: Option<String>,
    /// Command that prints the secret, with its arguments: the last option of the line
    #[arg(
        long,
        visible_alias = "token-command",
        value_name = "COMMAND",
        num_args = 1..,
        allow_hyphen_values = true
    )]
    secret_command: Option<Vec<String>>,
}

/// Where the secret is, or will be.
#[derive(Debug)]
pub(crate) enum SecretPlace {
    /// Where it is already, as the profile says it.
    Named(Box<(Key, Value)>),
    /// A file that is still to be written.
    New(Secret),
}

/// The places that a person may choose.
const PLACES: &str = "\
Where is the secret?
  new       type it; it is stored in a new file that only you can read
  file      in a file
  command   what a command prints, such as that of a password manager
  variable  in a variable of the environment
";

impl SecretPlace {
    /// Returns what the options say; `None` if they say nothing. `noun` is what the secret is.
    ///
    /// # Errors
    /// The secret cannot be read from stdin, or a path is not UTF-8.
    pub(crate) async fn of(
        options: SecretOptions,
        key: &SecretKey,
        noun: &str,
        can_ask: bool,
    ) -> Result<Option<Self>, CliError> {
        let SecretOptions {
            secret_file,
            secret_variable,
            secret_command,
        } = options;
        Ok(match (secret_file, secret_variable, secret_command) {
            (Some(file), ..) if file.as_os_str() == "-" => {
                // What is typed is not shown.
                let secret = match can_ask {
                    true => prompt::secret(noun).await?,
                    false => read_stdin().await?,
                };
                Some(Self::New(secret))
            }
            (Some(file), ..) => Some(Self::file(key, &file)?),
            (_, Some(variable), _) => Some(Self::Named(Box::new((key.variable, variable.into())))),
            (_, _, Some(command)) => Some(Self::command(key, &command)),
            (None, None, None) => None,
        })
    }

    /// Asks where the secret is, or for the secret.
    ///
    /// # Errors
    /// The terminal cannot be read or written, or its input has ended.
    pub(crate) async fn ask(key: &SecretKey, noun: &str) -> Result<Self, CliError> {
        prompt::show(PLACES)?;
        let words = ["new", "file", "command", "variable"];
        let place = prompt::answer("Place", Some("new"), |text| {
            let place = words.iter().find(|word| **word == text);
            place
                .copied()
                .ok_or_else(|| format!("one of {}", words.join(", ")))
        });
        match place.await? {
            "file" => {
                let file = prompt::answer("Path of the file", None, |text| match text {
                    "" => Err("a path".to_owned()),
                    _ => Ok(PathBuf::from(text)),
                });
                Self::file(key, &file.await?)
            }
            "command" => {
                let words = prompt::answer("Program and arguments", None, |text| {
                    match text.contains(['"', '\'', '\\']) {
                        true => Err(
                            "quotes are not read here: write a script, or use `gatelet config set`"
                                .to_owned(),
                        ),
                        false => Ok(text
                            .split_whitespace()
                            .map(str::to_owned)
                            .collect::<Vec<_>>()),
                    }
                });
                Ok(Self::command(key, &words.await?))
            }
            "variable" => {
                let name = prompt::answer("Name of the variable", None, |text| Ok(text.to_owned()));
                Ok(Self::Named(Box::new((key.variable, name.await?.into()))))
            }
            _ => Ok(Self::New(prompt::secret(noun).await?)),
        }
    }

    /// A path of the command line is one of the working directory, and one of a profile is not.
    fn file(key: &SecretKey, file: &Path) -> Result<Self, CliError> {
        let file = match file.starts_with("~") {
            true => Ok(file.to_owned()),
            false => std::path::absolute(file),
        };
        let file = file.map_err(|error| CliError::usage(format_args!("invalid path: {error}")))?;
        let text = file
            .to_str()
            .ok_or_else(|| CliError::usage("the path of the secret is not valid UTF-8"))?;
        Ok(Self::Named(Box::new((key.file, text.into()))))
    }

    fn command(key: &SecretKey, words: &[String]) -> Self {
        Self::Named(Box::new((
            key.command,
            Value::Array(Array::from_iter(words)),
        )))
    }
}
