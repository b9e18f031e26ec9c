//! The credentials of the Dynatrace client, from the environment.

use dt_client::{ClientBuilder, OAuthClient};
use gatelet_models::Secret;
use gatelet_transport::{ApiToken, Bearer, Credential, FileToken};

use crate::client::setting;
use crate::error::error::CliError;
use crate::error::exit::Exit;
use crate::options::token_api::TokenApiName;
use crate::options::token_scheme::TokenScheme;
use crate::secret;

const TOKEN: &str = "GATELET_DT_TOKEN";
const CLIENT_ID: &str = "GATELET_DT_OAUTH_CLIENT_ID";
const CLIENT_SECRET: &str = "GATELET_DT_OAUTH_CLIENT_SECRET";
const SCOPES: &str = "GATELET_DT_OAUTH_SCOPES";
const RESOURCE: &str = "GATELET_DT_OAUTH_RESOURCE";
const TOKEN_URL: &str = "GATELET_DT_OAUTH_TOKEN_URL";

/// Sets the credentials of a client that the environment names.
///
/// # Errors
/// None are set, or both a token and an OAuth client, or a part of them is missing or invalid.
pub(crate) fn authorize(
    builder: ClientBuilder,
    api: Option<TokenApiName>,
) -> Result<ClientBuilder, CliError> {
    let client_id = setting::optional(CLIENT_ID)?;
    let client_secret = secret::optional(CLIENT_SECRET)?;
    match (secret::optional(TOKEN)?, client_id, client_secret) {
        (Some(_), Some(_), _) | (Some(_), _, Some(_)) => Err(CliError::usage(format_args!(
            "both an API token and an OAuth client are set; unset {TOKEN} or {CLIENT_ID} and {CLIENT_SECRET}, and their files"
        ))),
        (Some(token), None, None) => {
            let (file, token) = (secret::regular_file(TOKEN), token.expose());
            Credential::validate("token", token)?;
            Ok(match (scheme(token, api)?, file) {
                (TokenScheme::Bearer, Some(path)) => builder.credentials(FileToken::bearer(path)),
                (TokenScheme::Bearer, None) => builder.credentials(Bearer::new(token)?),
                (TokenScheme::ApiToken, Some(path)) => {
                    builder.credentials(FileToken::api_token(path))
                }
                (TokenScheme::ApiToken, None) => builder.credentials(ApiToken::new(token)?),
            })
        }
        (None, Some(id), Some(secret)) => Ok(builder.credentials(oauth_client(id, secret)?)),
        (None, Some(_), None) => Err(missing(format_args!(
            "set {CLIENT_SECRET} or {CLIENT_SECRET}_FILE"
        ))),
        (None, None, Some(_)) => Err(missing(format_args!("set {CLIENT_ID}"))),
        (None, None, None) => Err(missing(format_args!(
            "set {TOKEN} or {TOKEN}_FILE, or {CLIENT_ID} for an OAuth client, or try --emulator"
        ))),
    }
}

/// Returns the scheme that the environment names, or that of the token. The platform accepts one only.
fn scheme(token: &str, api: Option<TokenApiName>) -> Result<TokenScheme, CliError> {
    match (setting::optional(TokenScheme::VARIABLE)?, api) {
        (Some(name), _) => name.parse(),
        (None, Some(TokenApiName::Platform)) => Ok(TokenScheme::Bearer),
        (None, _) => Ok(TokenScheme::of(token)),
    }
}

fn oauth_client(id: String, secret: Secret) -> Result<OAuthClient, CliError> {
    let scopes = setting::optional(SCOPES)?;
    let scopes = scopes.ok_or_else(|| {
        CliError::usage(format_args!(
            "{SCOPES} is not set; set it to the scopes to request, separated by spaces"
        ))
    })?;
    let mut client = OAuthClient::new(id, secret, scopes.split_whitespace());
    if let Some(resource) = setting::optional(RESOURCE)? {
        client = client.resource(resource);
    }
    if let Some(url) = setting::optional(TOKEN_URL)? {
        client = client.token_url(url);
    }
    Ok(client)
}

fn missing(remedy: std::fmt::Arguments<'_>) -> CliError {
    CliError::new(Exit::Credential, format_args!("no credential: {remedy}"))
}
