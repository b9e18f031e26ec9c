//! The secret of an OAuth client, and its exchange for a bearer token.

use std::collections::BTreeMap;
use std::time::Duration;

use bytes::Bytes;
use gatelet_models::Secret;
use gatelet_models::dt::oauth::{CONTENT_TYPE, GRANT_TYPE, error, parameter};
use gatelet_transport::{
    ApiResponse, BaseUrl, Call, Channel, Credential, Error, Identity, IssuedCredential,
    TokenExchange,
};
use http::{HeaderValue, Method};
use serde_json::value::RawValue;
use zeroize::Zeroizing;

use crate::oauth::dialect::OAuth;
use crate::oauth::token_service::TokenService;

const OPERATION: &str = "dt issueOAuthToken";

/// The secret of an OAuth client, and what it is exchanged for.
pub(crate) struct ClientSecret {
    pub(crate) client_id: String,
    pub(crate) client_secret: Secret,
    pub(crate) scopes: Vec<String>,
    pub(crate) resource: Option<String>,
    pub(crate) token_url: Option<String>,
}

impl TokenExchange for ClientSecret {
    fn validate(&self, channel: &Channel) -> Result<(), Error> {
        Credential::validate("client_id", &self.client_id)?;
        Credential::validate("client_secret", self.client_secret.expose())?;
        check_scopes(&self.scopes)?;
        self.token_service(channel.base_url()).map(drop)
    }

    async fn exchange(&self, channel: &Channel) -> Result<IssuedCredential, Error> {
        let TokenService {
            base,
            path,
            resource,
        } = self.token_service(channel.base_url())?;
        // The exchange has no side effect beyond an extra token, so it is safe to repeat.
        let call = Call::new(OPERATION, Method::POST, path)
            .with_authenticated(false)
            .with_idempotent(true)
            .with_safe(true)
            .with_any_success(true)
            .with_secret(self.client_secret.expose())
            .with_content_type(HeaderValue::from_static(CONTENT_TYPE))
            .with_body(self.form(&resource));
        let response = channel.anonymous(base, OAuth).call(call).await;
        self.issued(&response.map_err(with_advice)?)
    }

    fn identity(&self) -> Option<Identity> {
        Some(Identity::new(&self.client_id))
    }
}

impl ClientSecret {
    fn token_service(&self, address: &BaseUrl) -> Result<TokenService, Error> {
        TokenService::of(address, self.token_url.as_deref(), self.resource.as_deref())
    }

    /// Encodes the request in a buffer that never moves and is zeroed when dropped.
    fn form(&self, resource: &str) -> Bytes {
        let scope = self.scopes.join(" ");
        let pairs = [
            (parameter::GRANT_TYPE, GRANT_TYPE),
            (parameter::CLIENT_ID, &self.client_id),
            (parameter::CLIENT_SECRET, self.client_secret.expose()),
            (parameter::SCOPE, &scope),
            (parameter::RESOURCE, resource),
        ];
        let mut body = Zeroizing::new(String::with_capacity(longest(&pairs)));
        form_urlencoded::Serializer::new(&mut *body).extend_pairs(pairs);
        Bytes::from_owner(body)
    }

    /// Reads the token and its lifetime. A lifetime of zero means unknown, because the server decides.
    fn issued(&self, response: &ApiResponse) -> Result<IssuedCredential, Error> {
        let members: BTreeMap<String, &RawValue> = serde_json::from_slice(response.body())
            .map_err(|_| response.decode_error("", "is not a JSON object"))?;
        let text = |name| {
            let member = members.get(name)?;
            serde_json::from_str::<Secret>(member.get()).ok()
        };
        let missing = || response.decode_error(parameter::ACCESS_TOKEN, "is missing or no text");
        let token = text(parameter::ACCESS_TOKEN).ok_or_else(missing)?;
        let scheme = text(parameter::TOKEN_TYPE);
        if scheme.is_some_and(|scheme| !scheme.expose().eq_ignore_ascii_case("bearer")) {
            return Err(response.decode_error(parameter::TOKEN_TYPE, "is not Bearer"));
        }
        let unfit = || response.decode_error(parameter::ACCESS_TOKEN, "does not fit into a header");
        let credential = Credential::new("Bearer", token.expose())
            .map_err(|_| unfit())?
            .with_source(self.client_secret.expose());
        let lifetime = members.get(parameter::EXPIRES_IN).copied();
        let seconds = lifetime.and_then(|it| it.get().trim_matches('"').parse().ok());
        let lifetime = seconds.map_or(Duration::ZERO, Duration::from_secs);
        Ok(IssuedCredential::new(credential, lifetime))
    }
}

/// Returns the length of a form whose bytes are all encoded, which takes three bytes each.
fn longest(pairs: &[(&str, &str)]) -> usize {
    pairs.iter().fold(0, |length: usize, (name, value)| {
        let value = value.len().saturating_mul(3);
        let pair = name.len().saturating_add(value);
        // The separators.
        length.saturating_add(pair).saturating_add(2)
    })
}

fn check_scopes(scopes: &[String]) -> Result<(), Error> {
    if scopes.is_empty() {
        return Err(Error::invalid_input(
            "scopes",
            "are empty; name at least one",
        ));
    }
    for scope in scopes {
        Credential::validate("scopes", scope)?;
    }
    Ok(())
}

/// Adds to a refusal of the exchange what to do.
fn with_advice(refusal: Error) -> Error {
    let advice = match refusal.code() {
        Some(error::INVALID_CLIENT) => "the id or the secret of the OAuth client is wrong",
        Some(error::INVALID_SCOPE) => {
            "the OAuth client is not registered with each of the scopes; they cannot be changed, so request others or create a new client"
        }
        None if refusal.message().is_none() => return refusal,
        _ => "check the id, secret, scopes and resource of the OAuth client",
    };
    match refusal.status().map(|status| status.as_u16()) {
        Some(200..=299 | 400 | 401 | 403) => refusal.with_detail(advice),
        _ => refusal,
    }
}

#[cfg(test)]
mod tests {
    use super::longest;

    #[test]
    fn no_form_is_longer_than_its_buffer() {
        for value in ["", "plain-text.1_2", "%%%", "a b+c&d=e", "é\u{1f511}"] {
            let pairs = [("client_secret", value), ("scope", value)];
            let form = form_urlencoded::Serializer::new(String::new())
                .extend_pairs(pairs)
                .finish();
            assert!(form.len() <= longest(&pairs), "{form}");
        }
    }
}
