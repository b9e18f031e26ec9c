//! Gateway setup tokens.
//!
//! The value of a setup token is not stored. It is derived from the emulator's key, the team and the token's id, so it
//! can be revealed as long as the token exists.

use base64::Engine;
use base64::engine::general_purpose::{STANDARD_NO_PAD, URL_SAFE_NO_PAD};
use gatelet_models::Secret;
use gatelet_models::asa::{
    AgentToken, GatewayAgentPolicyDetails, GatewaySetupToken, GatewaySetupTokenCreate,
    GatewaySetupTokenList, RegistrationType,
};
use redb::{ReadTransaction, WriteTransaction};
use serde_json::Value;

use crate::api::asa::error_response::ErrorResponse;
use crate::api::asa::table::SETUP_TOKENS;
use crate::api::asa::team::team;
use crate::api::asa::validation::{check_description, check_word};
use crate::api::asa::{id, page};
use crate::api::response::LinkedPage;
use crate::api::server_call::ServerCall;
use crate::error::Error;
use crate::json;
use crate::store::encoded::Encoded;
use crate::store::key::Key;

/// The path at which a gateway enrolls with a setup token: an operation that ASA does not have, outside ASA's paths.
pub(crate) const ENROLLMENT_PATH: &str = "/emulator/v1/gateways";

/// Fields that ASA sends as `null` when they have no value.
const NULLS: &[&str] = &["details", "description"];

pub(crate) fn list(
    call: &ServerCall<'_>,
) -> Result<LinkedPage<GatewaySetupTokenList>, ErrorResponse> {
    page::list(call, &SETUP_TOKENS, |_| true)
}

pub(crate) fn fetch(
    call: &ServerCall<'_>,
    id: &str,
) -> Result<Encoded<GatewaySetupToken>, ErrorResponse> {
    let team = team(call);
    let store = call.state.store();
    let token = store.read(|transaction| SETUP_TOKENS.get(transaction, &team, id))?;
    token.ok_or_else(ErrorResponse::not_found)
}

/// Responds with the value and the rest of the token. Clients read only the value; Okta documents the rest for this
/// operation.
pub(crate) fn reveal(
    call: &ServerCall<'_>,
    id: &str,
) -> Result<Encoded<AgentToken>, ErrorResponse> {
    let token = fetch(call, id)?;
    let rest = json::decode_stored(token.as_bytes())?;
    let value = value(call.state.store().key(), &team(call), id);
    let token = AgentToken::new().with_token(value);
    Ok(Encoded::with_members(&token, rest)?)
}

/// Creates a token. Accepts the body that Okta's clients send and the one that Okta documents: labels only, at the top.
pub(crate) fn create(
    call: &ServerCall<'_>,
    request: GatewaySetupTokenCreate,
) -> Result<Encoded<GatewaySetupToken>, ErrorResponse> {
    let documented: GatewayAgentPolicyDetails = call.json()?;
    check(&request)?;
    let id = id::new()?;
    let mut token = GatewaySetupToken::new(id.clone(), request.registration_type);
    let labels = request.details.labels.or(documented.labels);
    token.details = labels.map(|labels| GatewayAgentPolicyDetails::new().with_labels(labels));
    token.description = request.description;
    token.name = request.name;
    token.created_at = call.state.now().into();
    let team = team(call);
    call.state
        .store()
        .write(|transaction| insert(transaction, &team, &token))?;
    Ok(Encoded::with_nulls(&token, NULLS)?)
}

fn check(request: &GatewaySetupTokenCreate) -> Result<(), ErrorResponse> {
    if let RegistrationType::Unknown(_) = request.registration_type {
        return Err(ErrorResponse::invalid(
            "registration_type",
            "must be gateway-agent",
        ));
    }
    if let Some(name) = &request.name {
        check_word(name).map_err(|message| ErrorResponse::invalid("name", message))?;
    }
    check_description(request.description.as_deref())
        .map_err(|message| ErrorResponse::invalid("description", message))
}

pub(crate) fn delete(call: &ServerCall<'_>, id: &str) -> Result<(), ErrorResponse> {
    let team = team(call);
    call.state.store().remove(
        |transaction| match SETUP_TOKENS.remove(transaction, &team, id)? {
            true => Ok(()),
            false => Err(ErrorResponse::not_found()),
        },
    )
}

/// Adds a setup token to a team.
pub(crate) fn insert(
    transaction: &WriteTransaction,
    team: &str,
    token: &GatewaySetupToken,
) -> Result<(), Error> {
    let json = Encoded::with_nulls(token, NULLS)?;
    SETUP_TOKENS.insert(transaction, team, token.id.as_str(), &json)?;
    Ok(())
}

/// Returns the setup token with this value and its team; `None` if the value is wrong or the token is deleted.
pub(crate) fn find_by_value(
    transaction: &ReadTransaction,
    key: &Key,
    presented: &Secret,
) -> Result<Option<(String, GatewaySetupToken)>, Error> {
    let Some((team, id)) = names_in(presented.expose()) else {
        return Ok(None);
    };
    let digest = |value: &Secret| key.digest("compare", &[value.expose().as_bytes()]);
    if !digest(presented).matches(&digest(&value(key, &team, &id))) {
        return Ok(None);
    }
    let token = SETUP_TOKENS.get(transaction, &team, &id)?;
    token.map(|token| Ok((team, token.decode()?))).transpose()
}

/// Returns `sft-gw.<id>.<base64 of JSON>`: `at` is the secret, `as` the enrollment path, `rs` the path of the team's API.
fn value(key: &Key, team: &str, id: &str) -> Secret {
    let secret = key.digest("setup token", &[team.as_bytes(), id.as_bytes()]);
    let content = serde_json::json!({
        "at": URL_SAFE_NO_PAD.encode(secret.bytes()),
        "as": ENROLLMENT_PATH,
        "rs": format!("{TEAMS}{team}"),
    });
    Secret::new(format!(
        "sft-gw.{id}.{}",
        STANDARD_NO_PAD.encode(content.to_string())
    ))
}

const TEAMS: &str = "/v1/teams/";

/// Parses the team and the id out of an unverified value.
fn names_in(value: &str) -> Option<(String, String)> {
    let (id, content) = value.strip_prefix("sft-gw.")?.split_once('.')?;
    let content: Value = serde_json::from_slice(&STANDARD_NO_PAD.decode(content).ok()?).ok()?;
    let team = content.get("rs")?.as_str()?.strip_prefix(TEAMS)?;
    Some((team.to_owned(), id.to_owned()))
}
