//! What the description cannot say about `gatelet asa service-user key`.

use std::ffi::OsString;
use std::path::PathBuf;

use asa_client::Client;
use clap::Command;
use gatelet_models::asa::{ServiceUserKeyId, ServiceUserKeyWithSecret, operations};

use crate::commands::asa::key_pair::PAIR;
use crate::commands::asa::key_rotation;
use crate::commands::confirmation::Confirmation;
use crate::commands::deletions::Deletions;
use crate::commands::hand_over::destination::Destination;
use crate::commands::secret_output;
use crate::error::error::CliError;
use crate::options::built_command::BuiltCommand as _;
use crate::options::operation_help::new_key_help;
use crate::output::output::Output;
use crate::output::record::{Column, Record};
use crate::output::stdout::{Stdout, is_pipe};
use crate::output::target::Target;

/// The help of a name.
const NAME: &str = "Name of the service user, as shown by `service-user list`";

/// Sets the texts and aliases of the commands.
pub(crate) fn with_texts(command: Command) -> Command {
    command
        .about("Keys, which programs log in with")
        .with_subcommand("list", |list| {
            list.with_argument("id", |id| id.value_name("NAME").help(NAME))
        })
        .with_subcommand("rotate", |rotate| {
            rotate.after_help(new_key_help(&operations::ROTATE_SERVICE_USER_KEY))
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
    /// Shell command that gets id and secret of the new key on its stdin, as JSON, and has stored them if it exits with 0
    #[arg(long, value_name = "COMMAND", conflicts_with = "out")]
    out_command: Option<OsString>,
    /// Delete the key that this command logs in with, once the new one has logged in; not if stdout is a pipe that gets the new key
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
        let (log, target) = (output.log().clone(), output.target().clone());
        if let Some(dry_run) = output.dry_run() {
            for step in self.steps() {
                dry_run.then(step);
            }
        }
        let destination = match (&self.out, self.out_command) {
            (Some(path), _) => {
                let list_command = list_command(self.name.as_deref(), &target);
                Destination::file(path, &PAIR, "--out", &list_command)?
            }
            (None, Some(command)) => Destination::command(command).await?,
            (None, None) => {
                secret_output::ensure_writable(output)?;
                if self.delete_old && is_pipe() {
                    return Err(CliError::usage(
                        "invalid --delete-old: stdout is a pipe, whose reader could lose the new key after the old one is deleted: use --out or --out-command, or a file as stdout; nothing was changed",
                    ));
                }
                Destination::Stdout(output)
            }
        };
        let rotation = client.rotate_key();
        let rotation = match self.name {
            Some(name) => rotation.of_user(name),
            None => rotation,
        };
        key_rotation::run(rotation, destination, self.delete_old, &target, &log).await
    }

    /// Returns the steps after the key is created.
    fn steps(&self) -> Vec<String> {
        let store = match (&self.out, &self.out_command) {
            (Some(path), _) => format!("write the new key to {}", path.display()),
            (None, Some(_)) => "hand the new key to the command of --out-command".to_owned(),
            (None, None) => "print the new key".to_owned(),
        };
        let delete = self
            .delete_old
            .then(|| "delete the key that this command logs in with".to_owned());
        let check = "log in with the new key".to_owned();
        [store, check].into_iter().chain(delete).collect()
    }
}

/// Returns the command that lists the keys of a service user, by default of the one that it logs in as.
fn list_command(name: Option<&str>, target: &Target) -> String {
    if let Some(name) = name {
        return key_rotation::list_command(target, name);
    }
    let own = target.command_line("gatelet asa service-user whoami", &[]);
    let list = target.command_line("gatelet asa service-user key list", &[]);
    format!("{list} \"$({own} -o name)\"")
}

/// Deletes a key.
#[derive(Debug, clap::Args)]
pub(crate) struct Delete {
    #[arg(value_name = "NAME", help = NAME)]
    user_name: String,
    /// ID of the key, as shown by `list`
    #[arg(required = true)]
    id: Vec<ServiceUserKeyId>,
    /// Delete it even if this command logs in with it
    #[arg(long)]
    force: bool,
    #[command(flatten)]
    confirmation: Confirmation,
}

impl Delete {
    /// Deletes the keys that are not in use.
    pub(crate) async fn run(
        self,
        client: &Client,
        output: &mut Output<Stdout>,
    ) -> Result<(), CliError> {
        let Self {
            user_name,
            id,
            force,
            confirmation,
        } = self;
        let keys = client.service_user_keys();
        let deletions = Deletions::new("service user key", "service user keys", id);
        let delete = async |id: &ServiceUserKeyId| match force {
            true => keys.delete_in_use(&user_name, id).await,
            false => keys.delete(&user_name, id).send().await,
        };
        deletions.run(confirmation, output, delete).await
    }
}

impl Record for ServiceUserKeyWithSecret {
    const COLUMNS: &'static [Column<Self>] = &[
        Column::text("ID", |key| Some(key.id.to_string())),
        Column::secret("SECRET", |key| Some(key.secret.expose().to_owned())),
        Column::lenient_end("ENDS", |key| &key.expires_at),
    ];
}
