//! Decoding of responses that a description cannot specify.

use std::collections::BTreeMap;
use std::fmt;

use gatelet_models::Secret;
use gatelet_models::dt::{ActiveGateTokenCreated, OperationId};
use gatelet_transport::{ApiResponse, Error};
use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;
use zeroize::Zeroizing;

/// Decodes a new token although other members may be unreadable, and withholds those that may contain a secret. The id is documented as
/// the beginning of the secret, so another one, which may be that of another token, is replaced. Only an unusable secret is an error.
pub(crate) fn create_token(response: &ApiResponse) -> Result<ActiveGateTokenCreated, Error> {
    let mut created = with_secret(response).map_err(|error| match id_in(response) {
        // The token exists, and only its id leads to it.
        Some(id) => error.with_resource(id),
        None => error,
    })?;
    let own = id_of(created.token.expose());
    if !own.is_empty() && created.id.as_str() != own {
        response.warn_unreadable("id");
        created.id = own.into();
    }
    if created.unreadable_members().next().is_some() {
        let mut secrets = response.secrets();
        secrets.add(created.token.expose());
        created.withhold_unreadable(|text| secrets.contains_secret(text));
    }
    for (member, _) in created.unreadable_members() {
        response.warn_unreadable(member);
    }
    Ok(created)
}

/// Decodes a new token with a usable secret.
fn with_secret(response: &ApiResponse) -> Result<ActiveGateTokenCreated, Error> {
    let created: ActiveGateTokenCreated = match response.json_lossy() {
        Ok(created) => created,
        Err(error) => {
            let created = repaired(response).ok_or(error)?;
            response.warn_unreadable("id");
            created
        }
    };
    if created.token.expose().contains(char::REPLACEMENT_CHARACTER) {
        return Err(response.decode_error("token", "contains an invalid character"));
    }
    if created.token.expose().is_empty() {
        return Err(response.decode_error("token", "the secret is empty"));
    }
    Ok(created)
}

/// Returns the id in a response whose secret is unusable, unless it cannot be the id of a token or contains a secret.
fn id_in(response: &ApiResponse) -> Option<String> {
    let mut members: BTreeMap<String, Box<RawValue>> = response.json_lossy().ok()?;
    let id: String = serde_json::from_str(members.remove("id")?.get()).ok()?;
    let is_sent = OperationId::GetToken.operation().expand(&[&id]).is_ok();
    (is_sent && !response.secrets().contains_secret(&id)).then_some(id)
}

/// Decodes a new token whose id is missing or unreadable, which is then that of its secret, or of which a member occurs twice.
///
/// Of several secrets, it is the one that belongs to the id, or else the first that has the form of a token, or else the last. Of several
/// expiration dates, none is known to be right, so that they are unreadable.
fn repaired(response: &ApiResponse) -> Option<ActiveGateTokenCreated> {
    let Members(members) = response.json_lossy().ok()?;
    let all = |name| {
        let named = members.iter().filter(move |(it, _)| it == name);
        named.map(|(_, text)| text.as_str())
    };
    let id = id_in(response).unwrap_or_default();
    let secrets: Vec<Found<'_>> = all("token").filter_map(Found::read).collect();
    let first = |is_right: &dyn Fn(&str) -> bool| secrets.iter().find(|it| is_right(it.id()));
    let secret = first(&|own| !own.is_empty() && own == id);
    let secret = secret.or_else(|| first(&|own| !own.is_empty()));
    let secret = secret.or(secrets.last())?;
    let id = match secret.id() {
        "" => id,
        own => own.to_owned(),
    };
    let dates: Vec<&str> = all("expirationDate").collect();
    let date = match dates[..] {
        [] => "null".to_owned(),
        [date] => date.to_owned(),
        _ => format!("[{}]", dates.join(",")),
    };
    let id = serde_json::to_string(&id).ok()?;
    let parts = [
        r#"{"id":"#,
        &id,
        r#","token":"#,
        secret.text,
        r#","expirationDate":"#,
        &date,
        "}",
    ];
    let document = Zeroizing::new(parts.concat());
    serde_json::from_str(&document).ok()
}

/// A secret of a response, with its text there.
struct Found<'a> {
    text: &'a str,
    secret: Secret,
}

impl<'a> Found<'a> {
    /// Reads a secret; `None` if it is no text or an empty one.
    fn read(text: &'a str) -> Option<Self> {
        let secret: Secret = serde_json::from_str(text).ok()?;
        (!secret.expose().is_empty()).then_some(Self { text, secret })
    }

    fn id(&self) -> &str {
        id_of(self.secret.expose())
    }
}

/// The members of an object in their order, also those that occur twice. Each text is zeroed when dropped, because one is the secret and
/// another may repeat it.
struct Members(Vec<(String, Zeroizing<String>)>);

impl<'de> Deserialize<'de> for Members {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(MembersVisitor)
    }
}

struct MembersVisitor;

impl<'de> Visitor<'de> for MembersVisitor {
    type Value = Members;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Members, A::Error> {
        let mut members = Vec::new();
        while let Some((name, text)) = map.next_entry::<String, Box<RawValue>>()? {
            members.push((name, Zeroizing::new(String::from(Box::<str>::from(text)))));
        }
        Ok(Members(members))
    }
}

/// Returns the id of a token, its prefix and public part; empty if the token does not have three parts.
fn id_of(token: &str) -> &str {
    let mut parts = token.split('.');
    let is_whole = parts.by_ref().take(3).filter(|it| !it.is_empty()).count() == 3;
    match token.rsplit_once('.') {
        Some((id, _)) if is_whole && parts.next().is_none() => id,
        _ => "",
    }
}
