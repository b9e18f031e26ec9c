//! The steps of a rotation.

use asa_client::{CheckedKey, KeyRotation, NewKey, PreparedRotation};
use gatelet_models::asa::{ServiceUserKey, ServiceUserKeyId, operations};
use gatelet_transport::{Error, ErrorKind};

use crate::commands::asa::created_key::CreatedKey;
use crate::commands::asa::key_end::{end_warning, unknown_end};
use crate::commands::asa::key_pair::why_kept;
use crate::commands::deletion::Deletion;
use crate::commands::hand_over::destination::Destination;
use crate::commands::hand_over::stored_secret::StoredSecret;
use crate::commands::report;
use crate::error::error::{CliError, cause};
use crate::error::exit::Exit;
use crate::error::setting_names::SettingNames;
use crate::output::log::Log;
use crate::output::target::Target;

/// Takes the steps until the end.
///
/// # Errors
/// The error of a step.
pub(crate) async fn run(
    rotation: KeyRotation,
    destination: Destination<'_>,
    delete_old: bool,
    target: &Target,
    log: &Log,
) -> Result<(), CliError> {
    log.set("nothing was changed");
    let prepared = rotation.prepare().await.map_err(not_prepared)?;
    match prepared.own_key().map(ServiceUserKey::end) {
        Some(Ok(Some(end))) => log.print(end_warning(end)),
        Some(Err(unreadable)) => {
            log.print(unknown_end(&format!("{unreadable:?} is not a date")));
        }
        Some(Ok(None)) | None => {}
    }
    let old = prepared.own_key().map(|key| key.id.clone());
    if delete_old && old.is_none() {
        return Err(CliError::usage(
            "the key that this command logs in with is not one of that service user: omit --delete-old; nothing was changed",
        ));
    }
    destination.ensure_replaceable("--out", |content| why_kept(content, &prepared))?;
    let before = prepared.clone();
    let new = rotate(prepared, target, log).await?;
    log.secrets().add(&new.key().secret);
    let created = CreatedKey::new(new, &before, target.clone());
    log.print(created.line());
    for line in [created.id_line(), created.end_line()]
        .into_iter()
        .flatten()
    {
        log.print(line);
    }
    let stored = destination.store(&created, log).await;
    let old = old.filter(|_| delete_old);
    let result = match stored {
        Ok(stored) => finish(&created, stored, old, log).await,
        Err(error) => Err(error),
    };
    // A change was made, also if the new key was deleted again: the other keys have an end.
    result.map_err(|error| error.with_exit(Exit::OutcomeUnknown))
}

/// Takes the steps after the new key is stored.
async fn finish(
    created: &CreatedKey,
    stored: StoredSecret<'_>,
    old: Option<ServiceUserKeyId>,
    log: &Log,
) -> Result<(), CliError> {
    let checked = check(created, &stored, log).await?;
    stored.finish(created, log).await?;
    match old {
        Some(old) => delete_old_key(&checked, created, &old, log).await,
        None => Ok(()),
    }
}

/// Returns the error of a rotation that nothing was changed by.
fn not_prepared(error: Error) -> CliError {
    let asked_who = error.operation() == Some(operations::GET_CURRENT_USER.name);
    let is_accepted = !matches!(error.kind(), ErrorKind::Credential(_));
    let failure = CliError::from(error);
    match asked_who && is_accepted {
        true => failure.with_advice("give the NAME of the service user"),
        false => failure,
    }
}

async fn rotate(
    prepared: PreparedRotation,
    target: &Target,
    log: &Log,
) -> Result<NewKey, CliError> {
    let list = list_command(target, prepared.user_name());
    let list = format!("`{list}` shows them");
    log.set(format!("{}; {list}", prepared.advice()));
    prepared.rotate().await.map_err(|error| {
        let failure = CliError::from_client_error(error.error(), &SettingNames::default());
        match error.advice() {
            None => failure,
            Some(advice) => failure.with_advice(advice).with_advice(list),
        }
    })
}

/// Returns the command that lists the keys of a service user.
pub(crate) fn list_command(target: &Target, user_name: &str) -> String {
    target.command_line("gatelet asa service-user key list", &[user_name])
}

async fn check(
    created: &CreatedKey,
    stored: &StoredSecret<'_>,
    log: &Log,
) -> Result<CheckedKey, CliError> {
    let id = created.id();
    match created.new.clone().check(&created.read_back(stored)).await {
        Ok(checked) => {
            log.print(format!("logged in with the new key {id}"));
            Ok(checked)
        }
        Err(error) => {
            let problem = match error.login_error() {
                Some(login) => {
                    format!("could not log in with the new key {id}: {}", cause(login))
                }
                None => error.to_string(),
            };
            let advice = created.advice(stored);
            Err(CliError::new(
                Exit::OutcomeUnknown,
                format_args!("{problem}; {advice}"),
            ))
        }
    }
}

async fn delete_old_key(
    checked: &CheckedKey,
    created: &CreatedKey,
    old: &ServiceUserKeyId,
    log: &Log,
) -> Result<(), CliError> {
    let id = created.id();
    if checked.has_id_from_before() {
        return Err(CliError::new(
            Exit::OutcomeUnknown,
            format_args!(
                "could not delete the old key: the server gave the new key {id} an id that existed before the rotation; it is kept"
            ),
        ));
    }
    let name = format!("the old key {old}");
    // The key that a command logs in with is not deleted.
    let remedy = format!(
        "once gatelet logs in with the new pair, delete the old one with `{}`",
        created.delete_command_of(old)
    );
    log.add(&Deletion::unknown(&name, &remedy));
    let error = match checked.delete_old(old).await {
        Ok(deleted) => {
            log.print(report::deletion_line(
                format_args!("service user key {old}"),
                deleted,
            ));
            return Ok(());
        }
        Err(error) => error,
    };
    let deletion = Deletion::from(Err(error));
    if deletion.is_gone() {
        log.print(format!("service user key {old} no longer exists"));
        return Ok(());
    }
    let state = deletion.describe(&name, &remedy);
    Err(CliError::new(
        Exit::OutcomeUnknown,
        format_args!("{state}; the new key {id} is stored and has logged in"),
    ))
}
