//! Service users and their roles.

use gatelet_models::asa::{
    CurrentUser, ServiceUser, ServiceUserCreate, ServiceUserList, ServiceUserUpdate, UserStatus,
    UserType,
};
use redb::{ReadTransaction, TableDefinition, WriteTransaction};

use crate::api::asa::bearer::Bearer;
use crate::api::asa::credential::EarlierRow;
use crate::api::asa::error_response::ErrorResponse;
use crate::api::asa::role::Role;
use crate::api::asa::table::SERVICE_USERS;
use crate::api::asa::team::team;
use crate::api::asa::validation::check_user_name;
use crate::api::asa::{credential, id, page, service_user_key};
use crate::api::response::LinkedPage;
use crate::api::server_call::ServerCall;
use crate::error::Error;
use crate::store::encoded::Encoded;
use crate::store::key::Key;
use crate::store::store::Store;
use crate::well_known::asa::{
    ASA_KEY_ID, ASA_KEY_SECRET, ASA_REPORTING_KEY_ID, ASA_REPORTING_KEY_SECRET, ASA_REPORTING_USER,
    ASA_TEAM, ASA_USER,
};

/// (lower-case team, name) → role. A service user that the API created has none.
type Roles = TableDefinition<'static, (&'static str, &'static str), &'static str>;

const ROLES: Roles = TableDefinition::new("asa.roles");

/// Fields that ASA sends as `null` when they have no value.
const NULLS: &[&str] = &[
    "deleted_at",
    "details",
    "oauth_client_application_id",
    "role_grants",
];

const STATUSES: &[&str] = &["ACTIVE", "DISABLED", "DELETED"];

/// Creates the tables with the well-known service users and those of earlier versions.
pub(crate) fn create_tables(transaction: &WriteTransaction, key: &Key) -> Result<(), Error> {
    transaction.open_table(ROLES)?;
    let earlier = credential::create_table(transaction)?;
    add_well_known(transaction, key)?;
    for row in earlier {
        let EarlierRow {
            team,
            key_id,
            role,
            digest,
        } = row;
        if credential::find_owner(transaction, &team, &key_id)?.is_none() {
            add(transaction, &team, &key_id, &role)?;
            service_user_key::insert(transaction, &team, &key_id, &key_id, &digest)?;
        }
    }
    Ok(())
}

/// The well-known service users: name, key and role.
const WELL_KNOWN: &[(&str, &str, &str, Role)] = &[
    (ASA_USER, ASA_KEY_ID, ASA_KEY_SECRET, Role::AccessAdmin),
    (
        ASA_REPORTING_USER,
        ASA_REPORTING_KEY_ID,
        ASA_REPORTING_KEY_SECRET,
        Role::ReportingUser,
    ),
];

fn add_well_known(transaction: &WriteTransaction, key: &Key) -> Result<(), Error> {
    for (name, key_id, secret, role) in WELL_KNOWN {
        add(transaction, ASA_TEAM, name, role.as_str())?;
        let digest = credential::digest(key, secret);
        service_user_key::insert(transaction, ASA_TEAM, name, key_id, &digest)?;
    }
    Ok(())
}

/// Restores the well-known keys that were deleted or have an end. Writes nothing if there are none.
pub(crate) fn restore_well_known(store: &Store) -> Result<(), Error> {
    let is_whole = store.read(|transaction| {
        for (name, key_id, ..) in WELL_KNOWN {
            if !service_user_key::is_endless(transaction, ASA_TEAM, name, key_id)? {
                return Ok::<_, Error>(false);
            }
        }
        Ok(true)
    })?;
    match is_whole {
        true => Ok(()),
        false => store.write(|transaction| add_well_known(transaction, store.key())),
    }
}

/// Adds a service user with a key, or sets the secret of a key and the role of its service user.
pub(crate) fn add_with_key(
    transaction: &WriteTransaction,
    key: &Key,
    team: &str,
    key_id: &str,
    secret: &str,
    role: Role,
) -> Result<(), Error> {
    let team = team.to_lowercase();
    let owner = credential::find_owner(transaction, &team, key_id)?;
    let name = owner.unwrap_or_else(|| key_id.to_owned());
    add(transaction, &team, &name, role.as_str())?;
    let digest = credential::digest(key, secret);
    service_user_key::insert(transaction, &team, &name, key_id, &digest)
}

/// Adds a service user unless it exists, and sets its role.
fn add(transaction: &WriteTransaction, team: &str, name: &str, role: &str) -> Result<(), Error> {
    let mut user = ServiceUser::new(id::new()?, name, UserStatus::Active);
    user.user_type = Some(UserType::Service);
    user.team_name = Some(team.to_owned());
    let json = Encoded::with_nulls(&user, NULLS)?;
    SERVICE_USERS.insert(transaction, team, name, &json)?;
    transaction.open_table(ROLES)?.insert((team, name), role)?;
    Ok(())
}

/// Returns the role of a service user; `None` for one without a role.
pub(crate) fn role(
    transaction: &ReadTransaction,
    team: &str,
    name: &str,
) -> Result<Option<Role>, Error> {
    let role = transaction.open_table(ROLES)?.get((team, name))?;
    Ok(role.and_then(|role| Role::from_name(role.value())))
}

/// Returns a service user that may log in.
pub(crate) fn find_active(
    transaction: &ReadTransaction,
    team: &str,
    name: &str,
) -> Result<ServiceUser, ErrorResponse> {
    let found = SERVICE_USERS.get(transaction, team, name)?;
    let user = found.ok_or_else(ErrorResponse::unauthenticated)?.decode()?;
    match user.status {
        UserStatus::Active => Ok(user),
        _ => Err(ErrorResponse::unauthenticated()),
    }
}

pub(crate) fn list(call: &ServerCall<'_>) -> Result<LinkedPage<ServiceUserList>, ErrorResponse> {
    let text = |name| call.query(name).unwrap_or_default();
    let (starts_with, contains) = (text("starts_with"), text("contains"));
    let statuses = call.words("status", STATUSES)?;
    let ids = call.texts("id");
    let is_one_of = |texts: &[String], text: &str| {
        texts.is_empty() || texts.iter().any(|candidate| candidate == text)
    };
    page::list_by(
        call,
        &SERVICE_USERS,
        "name",
        |row: &Encoded<ServiceUser>| {
            row.decode().is_ok_and(|user| {
                user.name.starts_with(&starts_with)
                    && user.name.contains(&contains)
                    && is_one_of(&statuses, user.status.as_str())
                    && is_one_of(&ids, user.id.as_str())
            })
        },
    )
}

pub(crate) fn get(
    call: &ServerCall<'_>,
    name: &str,
) -> Result<Encoded<ServiceUser>, ErrorResponse> {
    let team = team(call);
    let store = call.state.store();
    let user = store.read(|transaction| SERVICE_USERS.get(transaction, &team, name))?;
    user.ok_or_else(ErrorResponse::not_found)
}

pub(crate) fn create(
    call: &ServerCall<'_>,
    create: ServiceUserCreate,
) -> Result<Encoded<ServiceUser>, ErrorResponse> {
    check_user_name(&create.name).map_err(|message| ErrorResponse::invalid("name", message))?;
    let team = team(call);
    let mut user = ServiceUser::new(id::new()?, create.name, UserStatus::Active);
    user.user_type = Some(UserType::Service);
    user.team_name = Some(call.value(0).to_owned());
    let json = Encoded::with_nulls(&user, NULLS)?;
    let inserted = call
        .state
        .store()
        .write(|transaction| SERVICE_USERS.insert(transaction, &team, &user.name, &json))?;
    match inserted {
        true => Ok(json),
        false => Err(ErrorResponse::already_exists()),
    }
}

/// Changes the status. All other members are read-only; a caller may send them back.
pub(crate) fn update(
    call: &ServerCall<'_>,
    caller: &Bearer,
    name: &str,
    update: ServiceUserUpdate,
) -> Result<Encoded<ServiceUser>, ErrorResponse> {
    if update.name != name {
        let message = "must be the name in the path";
        return Err(ErrorResponse::invalid("name", message));
    }
    if let UserStatus::Unknown(_) = update.status {
        let message = "must be ACTIVE, DISABLED or DELETED";
        return Err(ErrorResponse::invalid("status", message));
    }
    if caller.user_name == name && update.status != UserStatus::Active {
        let message = "A service user cannot disable or delete itself";
        return Err(ErrorResponse::forbidden(message));
    }
    let (team, now) = (team(call), call.state.now());
    call.state.store().write(|transaction| {
        let stored = SERVICE_USERS.get_for_update(transaction, &team, name)?;
        let mut user = stored.ok_or_else(ErrorResponse::not_found)?.decode()?;
        if user.status == UserStatus::Deleted && update.status != UserStatus::Deleted {
            let message = "a deleted service user stays deleted";
            return Err(ErrorResponse::invalid("status", message));
        }
        if user.status != UserStatus::Deleted && update.status == UserStatus::Deleted {
            user.deleted_at = now.into();
            user.unknown_members.remove("deleted_at");
        }
        user.status = update.status;
        let json = Encoded::with_nulls(&user, NULLS)?;
        SERVICE_USERS.replace(transaction, &team, name, &json)?;
        Ok(json)
    })
}

pub(crate) fn current(
    call: &ServerCall<'_>,
    caller: &Bearer,
) -> Result<Encoded<CurrentUser>, ErrorResponse> {
    let user = get(call, &caller.user_name)?.decode()?;
    let current = CurrentUser::new(user.name)
        .with_id(user.id)
        .with_team_name(call.value(0));
    Ok(Encoded::new(&current)?)
}
