//! The steps of a rotation.

use asa_client::{CheckedKey, KeyRotation, NewKey, PreparedRotation};
use gatelet_models::asa::{ServiceTokenRequest, ServiceUserKey, ServiceUserKeyId};
use gatelet_transport::{Error, ErrorKind};

use crate::commands::asa::created_key::CreatedKey;
use crate::commands::asa::key_destination::Destination;
use crate::commands::asa::key_end::warn_of_end;
use crate::commands::report;
use crate::error::error::CliError;
use crate::error::exit::Exit;
use crate::error::setting_names::SettingNames;
use crate::output::progress::Progress;
use crate::terminal::eprint_line;

/// Takes the steps until the end.
///
/// # Errors
/// The error of a step.
pub(crate) async fn run(
    rotation: KeyRotation,
    destination: Destination<'_>,
    delete_old: bool,
    progress: &Progress,
) -> Result<(), CliError> {
    progress.set("nothing was changed");
    let prepared = rotation.prepare().await?;
    if let Some(end) = prepared.own_key().and_then(ServiceUserKey::end) {
        warn_of_end(end);
    }
    let old = prepared.own_key().map(|key| key.id.clone());
    if delete_old && old.is_none() {
        return Err(CliError::usage(
            "the key that this command logs in with is not one of that service user: omit --delete-old; nothing was changed",
        ));
    }
    let user_name = prepared.user_name().to_owned();
    let new = rotate(prepared, progress).await?;
    let created = CreatedKey::new(new, user_name);
    let stored = destination.store(&created, progress).await;
    let old = old.filter(|_| delete_old);
    let result = match stored {
        Ok(stored) => finish(created, &stored, old, progress).await,
        Err(error) => Err(error),
    };
    // A change was made, also if the new key was deleted again: the other keys have an end.
    result.map_err(|error| error.with_exit(Exit::OutcomeUnknown))
}

/// Takes the steps after the new key is stored.
async fn finish(
    created: CreatedKey,
    stored: &ServiceTokenRequest,
    old: Option<ServiceUserKeyId>,
    progress: &Progress,
) -> Result<(), CliError> {
    let checked = check(created.new, stored).await?;
    match old {
        Some(old) => delete_old_key(&checked, &old, progress).await,
        None => Ok(()),
    }
}

async fn rotate(prepared: PreparedRotation, progress: &Progress) -> Result<NewKey, CliError> {
    let list = format!(
        "`gatelet asa service-user key list {}` shows them",
        prepared.user_name()
    );
    progress.set(format!("{}; {list}", prepared.advice()));
    prepared.rotate().await.map_err(|error| {
        let failure = CliError::from_client_error(error.error(), &SettingNames::default());
        match error.advice() {
            None => failure,
            Some(advice) => failure.with_advice(advice).with_advice(list),
        }
    })
}

async fn check(new: NewKey, stored: &ServiceTokenRequest) -> Result<CheckedKey, CliError> {
    let id = new.key().id.clone();
    match new.check(stored).await {
        Ok(checked) => {
            eprint_line(&format!("logged in with the new key {id}"));
            Ok(checked)
        }
        Err(error) => {
            // An invalid key came from the server, so no variable is to blame.
            let is_invalid = |login: &Error| matches!(login.kind(), ErrorKind::InvalidInput { .. });
            let failure = match error.login_error() {
                Some(login) if !is_invalid(login) => {
                    CliError::from_client_error(login, &SettingNames::default())
                }
                _ => CliError::new(Exit::OutcomeUnknown, &error),
            };
            Err(failure.with_advice(format_args!(
                "the new key {id} is kept, and the old one works until it ends"
            )))
        }
    }
}

async fn delete_old_key(
    checked: &CheckedKey,
    old: &ServiceUserKeyId,
    progress: &Progress,
) -> Result<(), CliError> {
    if checked.has_id_from_before() {
        let id = checked.id();
        return Err(CliError::new(
            Exit::OutcomeUnknown,
            format_args!(
                "could not delete the old key: the server gave the new key {id} an id that existed before the rotation; it is kept"
            ),
        ));
    }
    progress.add(&format!("whether the old key {old} was deleted is unknown"));
    let deleted = checked.delete_old(old).await?;
    report::report_deleted(format_args!("service user key {old}"), deleted);
    Ok(())
}
