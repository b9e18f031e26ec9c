//! Server enrollment tokens of projects.
//!
//! The value of a token is not stored. It is derived from the emulator's key, the project and the token's id, so every response can
//! contain it.

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use gatelet_models::Secret;
use gatelet_models::asa::{
    EnrollmentToken, EnrollmentTokenCreate, EnrollmentTokenList, Project, ProjectId,
};
use redb::WriteTransaction;
use serde_json::{Map, Value};

use crate::api::asa::error_response::ErrorResponse;
use crate::api::asa::page::{self, Scope};
use crate::api::asa::table::ENROLLMENT_TOKENS;
use crate::api::asa::team::team;
use crate::api::asa::{id, project};
use crate::api::response::LinkedPage;
use crate::api::server_call::ServerCall;
use crate::error::Error;
use crate::store::encoded::Encoded;

/// The tokens of one project.
pub(crate) struct ProjectTokens<'a> {
    call: &'a ServerCall<'a>,
    team: String,
    /// The owner of the rows.
    tenant: String,
}

impl<'a> ProjectTokens<'a> {
    /// Finds the project that ASA's path names.
    pub(crate) fn of_asa(call: &'a ServerCall<'a>, name: &str) -> Result<Self, ErrorResponse> {
        Self::new(call, &project::fetch(call, name)?.decode()?)
    }

    /// Finds the project that the path of Okta Privileged Access names.
    pub(crate) fn of_opa(
        call: &'a ServerCall<'a>,
        resource_group: &str,
        id: &str,
    ) -> Result<Self, ErrorResponse> {
        Self::new(call, &project::get(call, resource_group, id)?.decode()?)
    }

    /// A deleted project has no tokens.
    fn new(call: &'a ServerCall<'a>, project: &Project) -> Result<Self, ErrorResponse> {
        if project.is_deleted() {
            return Err(ErrorResponse::not_found());
        }
        let team = team(call);
        let tenant = tenant(&team, &project.id);
        Ok(Self { call, team, tenant })
    }

    pub(crate) fn list(&self) -> Result<LinkedPage<EnrollmentTokenList>, ErrorResponse> {
        let scope = Scope {
            tenant: &self.tenant,
            member: "id",
        };
        page::list_in(
            self.call,
            &ENROLLMENT_TOKENS,
            scope,
            |_| true,
            |row| self.with_value(row.decode()?),
        )
    }

    pub(crate) fn create(
        &self,
        request: EnrollmentTokenCreate,
        user: &str,
    ) -> Result<Encoded<EnrollmentToken>, ErrorResponse> {
        if !(1..=512).contains(&request.description.chars().count()) {
            let message = "must have 1 to 512 characters";
            return Err(ErrorResponse::invalid("description", message));
        }
        let token = EnrollmentToken::new(id::new()?)
            .with_description(request.description)
            .with_created_by_user(user)
            .with_issued_at(self.call.state.now());
        let store = self.call.state.store();
        store.write(|transaction| insert_row(transaction, &self.tenant, &token))?;
        Ok(self.with_value(token)?)
    }

    pub(crate) fn fetch(&self, id: &str) -> Result<Encoded<EnrollmentToken>, ErrorResponse> {
        let store = self.call.state.store();
        let token =
            store.read(|transaction| ENROLLMENT_TOKENS.get(transaction, &self.tenant, id))?;
        let token = token.ok_or_else(ErrorResponse::not_found)?.decode()?;
        Ok(self.with_value(token)?)
    }

    pub(crate) fn delete(&self, id: &str) -> Result<(), ErrorResponse> {
        self.call.state.store().remove(|transaction| {
            match ENROLLMENT_TOKENS.remove(transaction, &self.tenant, id)? {
                true => Ok(()),
                false => Err(ErrorResponse::not_found()),
            }
        })
    }

    fn with_value(&self, token: EnrollmentToken) -> Result<Encoded<EnrollmentToken>, Error> {
        let value = self.value(token.id.as_str());
        if self.call.state.sends_token_objects() {
            return Encoded::with_members(&token, Map::from_iter([("token".to_owned(), value)]));
        }
        let value = Secret::new(STANDARD.encode(value.to_string()));
        Encoded::new(&token.with_token(value))
    }

    /// Returns an object with a secret and the path of the team's API. The form is our own: Okta publishes none.
    fn value(&self, id: &str) -> Value {
        let key = self.call.state.store().key();
        let secret = key.digest("enrollment token", &[self.tenant.as_bytes(), id.as_bytes()]);
        serde_json::json!({
            "s": URL_SAFE_NO_PAD.encode(secret.bytes()),
            "u": format!("/v1/teams/{}", self.team),
        })
    }
}

/// Adds a token to a project.
pub(crate) fn insert(
    transaction: &WriteTransaction,
    team: &str,
    project: &ProjectId,
    token: &EnrollmentToken,
) -> Result<(), Error> {
    insert_row(transaction, &tenant(team, project), token)
}

fn insert_row(
    transaction: &WriteTransaction,
    tenant: &str,
    token: &EnrollmentToken,
) -> Result<(), Error> {
    let json = Encoded::new(token)?;
    ENROLLMENT_TOKENS.insert(transaction, tenant, token.id.as_str(), &json)?;
    Ok(())
}

/// Returns the owner of the tokens of a project.
fn tenant(team: &str, project: &ProjectId) -> String {
    // The length keeps the two names apart.
    format!("{}:{team}{}", team.len(), project.as_str())
}
