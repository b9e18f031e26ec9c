//! What the description cannot say about `gatelet asa service-user key`.

use std::path::{Path, PathBuf};

use asa_client::{CheckedKey, Client, NewKey, PreparedRotation};
use clap::Command;
use gatelet_models::asa::{ServiceTokenRequest, ServiceUserKeyId, ServiceUserKeyWithSecret};

use crate::commands::{report, secret_output};
use crate::error::error::CliError;
use crate::error::exit::Exit;
use crate::output::columns::lenient_time;
use crate::output::output::Output;
use crate::output::pair_file::{PairFile, read_back};
use crate::output::record::{Column, Record};
use crate::output::stdout::Stdout;
use crate::terminal::eprint_line;

/// The help of a name.
const NAME: &str = "Name of the service user, as shown by `service-user list`";

/// Sets the texts and aliases of the commands.
pub(crate) fn with_texts(command: Command) -> Command {
    command
        .about("Keys, which programs log in with")
        .mut_subcommand("list", |list| {
            list.mut_arg("id", |id| id.value_name("NAME").help(NAME))
        })
}

/// Creates a key.
#[derive(Debug, clap::Args)]
pub(crate) struct Rotate {
    /// Name of the service user [default: the one that this command logs in as]
    name: Option<String>,
    /// File for id and secret of the new key, as JSON, for its owner only [default: stdout]
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    /// Delete the key that this command logs in with, once the new one has logged in
    #[arg(long)]
    delete_old: bool,
}

impl Rotate {
    /// Stores the new key first, then logs in with what was stored, and deletes the old key last.
    pub(crate) async fn run(
        self,
        client: &Client,
        output: &mut Output<Stdout>,
    ) -> Result<(), CliError> {
        let file = match &self.out {
            Some(path) => Some(PairFile::create(path).map_err(|error| refused(path, &error))?),
            None => {
                secret_output::ensure_writable(output)?;
                None
            }
        };
        let rotation = client.rotate_key();
        let rotation = match self.name {
            Some(name) => rotation.of_user(name),
            None => rotation,
        };
        let prepared = rotation.prepare().await?;
        let old = prepared.own_key().map(|key| key.id.clone());
        if self.delete_old && old.is_none() {
            return Err(CliError::usage(
                "the key that this command logs in with is not one of that service user: omit --delete-old; nothing was changed",
            ));
        }
        let user_name = prepared.user_name().to_owned();
        let new = rotate(prepared).await?;
        let id = new.key().id.clone();
        eprint_line(&format!(
            "created key {id} of service user {user_name}; its other keys have an end now"
        ));
        let stored = match (file, &self.out) {
            (Some(file), Some(path)) => store(client, &user_name, &new, file, path).await?,
            _ => print(client, &user_name, &new, output).await?,
        };
        let checked = check(new, &stored).await?;
        match old.filter(|_| self.delete_old) {
            Some(old) => delete_old(&checked, &old).await,
            None => Ok(()),
        }
    }
}

fn refused(path: &Path, error: &std::io::Error) -> CliError {
    let path = path.display();
    CliError::usage(format_args!(
        "could not create {path}.new: {error}; nothing was changed"
    ))
}

async fn rotate(prepared: PreparedRotation) -> Result<NewKey, CliError> {
    prepared.rotate().await.map_err(|error| {
        let failure = CliError::from_client_error(error.error(), "the address");
        match error.may_have_rotated() {
            false => failure,
            true => failure.with_advice(
                "a new key may exist, and the present key will end: list the keys, delete the unknown one, and rotate again",
            ),
        }
    })
}

/// Stores the key in its file, or deletes it again. Once it has replaced what the file contained, it is never deleted.
async fn store(
    client: &Client,
    user_name: &str,
    new: &NewKey,
    file: PairFile,
    path: &Path,
) -> Result<ServiceTokenRequest, CliError> {
    let error = match file.store(&new.pair()) {
        Ok(()) => {
            eprint_line(&format!("stored the new key in {}", path.display()));
            return read_back(path).map_err(|error| unread(new, path, &error));
        }
        Err(error) => error,
    };
    let (id, path) = (&new.key().id, path.display());
    let undone = client
        .service_user_keys()
        .delete(user_name, id)
        .send()
        .await;
    Err(match undone {
        Ok(_) => CliError::new(
            Exit::Other,
            format_args!(
                "could not store the new key {id} in {path}: {error}; it was deleted again, but the other keys have an end: rotate again"
            ),
        ),
        Err(undo) => CliError::new(
            Exit::OutcomeUnknown,
            format_args!(
                "could not store the new key {id} in {path}: {error}; it still exists, because deleting it failed: {undo}"
            ),
        ),
    })
}

/// Returns the error of a key that is in its file and could not be read from there.
fn unread(new: &NewKey, path: &Path, error: &std::io::Error) -> CliError {
    let (id, path) = (&new.key().id, path.display());
    CliError::new(
        Exit::Other,
        format_args!(
            "could not read the new key {id} back from {path}: {error}; the key is kept, and the old one works until it ends"
        ),
    )
}

/// Prints the key, or deletes it again.
async fn print(
    client: &Client,
    user_name: &str,
    new: &NewKey,
    output: &mut Output<Stdout>,
) -> Result<ServiceTokenRequest, CliError> {
    let keys = client.service_user_keys();
    let id = &new.key().id;
    let undo = || keys.delete(user_name, id).send();
    let printed = secret_output::print_or_undo(new.key().clone(), id.as_str(), output, undo).await;
    printed.map_err(|error| error.with_advice("the other keys have an end: rotate again"))?;
    Ok(new.pair())
}

async fn check(new: NewKey, stored: &ServiceTokenRequest) -> Result<CheckedKey, CliError> {
    let id = new.key().id.clone();
    match new.check(stored).await {
        Ok(checked) => {
            eprint_line(&format!("logged in with the new key {id}"));
            Ok(checked)
        }
        Err(error) => {
            let failure = match error.login_error() {
                Some(login) => CliError::from_client_error(login, "the address"),
                None => CliError::new(Exit::Other, &error),
            };
            Err(failure.with_advice(format_args!(
                "the new key {id} is kept, and the old one works until it ends"
            )))
        }
    }
}

async fn delete_old(checked: &CheckedKey, old: &ServiceUserKeyId) -> Result<(), CliError> {
    let deleted = checked.delete_old(old).await?;
    report::report_deleted(format_args!("service user key {old}"), deleted);
    Ok(())
}

/// Deletes a key.
#[derive(Debug, clap::Args)]
pub(crate) struct Delete {
    #[arg(value_name = "NAME", help = NAME)]
    user_name: String,
    /// ID of the key, as shown by `list`
    id: ServiceUserKeyId,
    /// Delete it even if this command logs in with it
    #[arg(long)]
    force: bool,
}

impl Delete {
    /// Deletes the key unless it is in use.
    pub(crate) async fn run(self, client: &Client, _: &mut Output<Stdout>) -> Result<(), CliError> {
        let Self {
            user_name,
            id,
            force,
        } = self;
        let keys = client.service_user_keys();
        let deleted = match force {
            true => keys.delete_in_use(&user_name, &id).await?,
            false => keys.delete(&user_name, &id).send().await?,
        };
        report::report_deleted(format_args!("service user key {id}"), deleted);
        Ok(())
    }
}

impl Record for ServiceUserKeyWithSecret {
    const COLUMNS: &'static [Column<Self>] = &[
        Column {
            header: "ID",
            value: |key| Some(key.id.to_string()),
        },
        Column {
            header: "SECRET",
            value: |key| Some(key.secret.expose().to_owned()),
        },
        Column {
            header: "ENDS",
            value: |key| lenient_time(&key.expires_at),
        },
    ];
}
