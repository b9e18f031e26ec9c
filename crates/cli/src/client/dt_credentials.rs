//! The credentials of the Dynatrace client.

use std::fmt::Display;
use std::time::Duration;

use dt_client::{ClientBuilder, OAuthClient};
use gatelet_models::Secret;
use gatelet_transport::{ApiToken, Bearer, Credential, FileToken};

use crate::error::error::CliError;
use crate::error::exit::Exit;
use crate::error::setting_names::SettingNames;
use crate::options::token_api::{TokenApiChoice, TokenApiName};
use crate::options::token_scheme::TokenScheme;
use crate::redaction::KnownSecrets;
use crate::settings::key;
use crate::settings::origin::Origin;
use crate::settings::secret_source::{SecretSource, ensure_private};
use crate::settings::settings::Settings;

/// The variable of a platform token, which is sent as `Bearer` whatever it begins with.
const PLATFORM_TOKEN: &str = "DT_PLATFORM_TOKEN";

/// Sets the credentials of a client, and the names of their settings.
///
/// # Errors
/// None are set, or both a token and an OAuth client, or a part of them is missing, invalid or cannot be read within the time.
pub(crate) async fn authorize(
    builder: ClientBuilder,
    names: SettingNames,
    settings: &Settings,
    api: TokenApiChoice,
    limit: Duration,
    known: &KnownSecrets,
) -> Result<(ClientBuilder, SettingNames), CliError> {
    let token = settings.secret(&key::DT_TOKEN)?;
    let client_id = settings.text(&key::DT_OAUTH_CLIENT_ID)?;
    let client_secret = settings.secret(&key::DT_OAUTH_CLIENT_SECRET)?;
    match (token, client_id, client_secret) {
        (Some(token), Some(id), _) => Err(both(token.origin(), &id.origin)),
        (Some(token), _, Some(secret)) => Err(both(token.origin(), secret.origin())),
        (Some(source), None, None) => {
            let names = names
                .with("token", source.origin())
                .with("token_file", source.origin());
            let token = source.read(limit, known).await?;
            Credential::validate("token", token.expose())
                .map_err(|error| CliError::from_client_error(&error, &names))?;
            let scheme = scheme(settings, &source, token.expose(), api)?;
            Ok((with_token(builder, &source, token.expose(), scheme)?, names))
        }
        (None, Some(id), Some(source)) => {
            let names = names
                .with("client_id", &id.origin)
                .with("client_secret", source.origin());
            let secret = source.read(limit, known).await?;
            let (client, names) = oauth_client(settings, names, id.value, secret)?;
            Ok((builder.credentials(client), names))
        }
        (None, Some(_), None) => Err(missing(
            settings.secret_remedy(&key::DT_OAUTH_CLIENT_SECRET),
        )),
        (None, None, Some(_)) => Err(missing(settings.remedy(&key::DT_OAUTH_CLIENT_ID))),
        (None, None, None) => Err(missing(settings.secret_remedy(&key::DT_TOKEN))),
    }
}

fn with_token(
    builder: ClientBuilder,
    source: &SecretSource,
    token: &str,
    scheme: TokenScheme,
) -> Result<ClientBuilder, CliError> {
    Ok(match (scheme, source.regular_file()) {
        (TokenScheme::Bearer, Some(path)) => {
            builder.credentials(FileToken::bearer(path).checked_by(ensure_private))
        }
        (TokenScheme::Bearer, None) => builder.credentials(Bearer::new(token)?),
        (TokenScheme::ApiToken, Some(path)) => {
            builder.credentials(FileToken::api_token(path).checked_by(ensure_private))
        }
        (TokenScheme::ApiToken, None) => builder.credentials(ApiToken::new(token)?),
    })
}

/// Returns the scheme that a setting names, or that of the token. The platform's API of tokens accepts one only; a command that does not call
/// it sends a classic token as one.
fn scheme(
    settings: &Settings,
    source: &SecretSource,
    token: &str,
    api: TokenApiChoice,
) -> Result<TokenScheme, CliError> {
    let is_for_platform = api.named == Some(TokenApiName::Platform)
        && (api.is_used || !TokenScheme::is_classic(token));
    let is_platform = matches!(source.origin(), Origin::Variable(name) if name == PLATFORM_TOKEN)
        || is_for_platform;
    match settings.text(&key::DT_TOKEN_SCHEME)? {
        Some(setting) => TokenScheme::parse(&setting),
        None if is_platform => Ok(TokenScheme::Bearer),
        None => Ok(TokenScheme::of(token)),
    }
}

fn oauth_client(
    settings: &Settings,
    names: SettingNames,
    id: String,
    secret: Secret,
) -> Result<(OAuthClient, SettingNames), CliError> {
    let scopes = settings.required(&key::DT_OAUTH_SCOPES)?;
    let names = names
        .with("scopes", &scopes.origin)
        .with("resource", &settings.origin(&key::DT_OAUTH_RESOURCE)?)
        .with("token_url", &settings.origin(&key::DT_OAUTH_TOKEN_URL)?);
    let mut client = OAuthClient::new(id, secret, scopes.value.split_whitespace());
    if let Some(resource) = settings.text(&key::DT_OAUTH_RESOURCE)? {
        client = client.resource(resource.value);
    }
    if let Some(url) = settings.text(&key::DT_OAUTH_TOKEN_URL)? {
        client = client.token_url(url.value);
    }
    Ok((client, names))
}

fn both(token: &Origin, client: &Origin) -> CliError {
    CliError::usage(format_args!(
        "both an API token and an OAuth client are set; unset {token}, or {client} and what belongs to it"
    ))
}

fn missing(remedy: impl Display) -> CliError {
    CliError::new(Exit::NotConfigured, remedy)
}
