//! What a new profile contains, by options or as a person answers.

use gatelet_transport::BaseUrl;
use toml_edit::{Array, Value};

use crate::commands::login::login_options::LoginOptions;
use crate::commands::login::secret_place::SecretPlace;
use crate::commands::prompt;
use crate::error::error::CliError;
use crate::error::parameter_names;
use crate::settings::key::{self, Key, SecretKey, Vendor};

/// The URL of the API where none is set.
const ASA_ENDPOINT: &str = "https://app.scaleft.com";

/// The scopes of an OAuth client that all commands need.
const SCOPES: &str = "fleet-management:activegate.tokens:read fleet-management:activegate.tokens:create \
     fleet-management:activegate.tokens:write fleet-management:activegates:read";

/// What a new profile contains of a vendor.
#[derive(Debug)]
pub(crate) struct Answers {
    pub(crate) values: Vec<(Key, Value)>,
    pub(crate) secret_key: SecretKey,
    pub(crate) secret: SecretPlace,
}

/// Takes the answers from options, and asks for the others if there is someone to ask.
struct Questions {
    can_ask: bool,
    values: Vec<(Key, Value)>,
    /// The options that are missing, where nobody can be asked.
    missing: Vec<&'static str>,
}

impl Answers {
    /// Returns what the options say, and asks for the rest if there is someone to ask.
    ///
    /// # Errors
    /// An option is missing and nobody can be asked, or is not of the vendor.
    pub(crate) async fn of(
        options: LoginOptions,
        vendor: Vendor,
        can_ask: bool,
    ) -> Result<Self, CliError> {
        options.ensure_of(vendor)?;
        let mut questions = Questions {
            can_ask,
            values: Vec::new(),
            missing: Vec::new(),
        };
        let LoginOptions {
            url,
            team,
            key_id,
            oauth_client_id,
            oauth_scopes,
            secret,
            ..
        } = options;
        let (secret_key, noun) = match vendor {
            Vendor::Asa => {
                let text = "Name of the team";
                questions.text(key::ASA_TEAM, "--team", team, text).await?;
                questions.asa_url(url).await?;
                let text = "ID of the service user's API key";
                questions
                    .text(key::ASA_KEY_ID, "--key-id", key_id, text)
                    .await?;
                (key::ASA_KEY_SECRET, "Secret of the API key")
            }
            Vendor::Dt => {
                let text = "URL of the environment, such as https://abc12345.live.dynatrace.com";
                questions.text(key::DT_URL, "--url", url, text).await?;
                questions.oauth(oauth_client_id, oauth_scopes).await?
            }
        };
        let secret = SecretPlace::of(secret, &secret_key, noun, can_ask).await?;
        let secret = match secret {
            Some(secret) => Some(secret),
            None if can_ask => Some(SecretPlace::ask(&secret_key, noun).await?),
            None => None,
        };
        let Some(secret) = secret else {
            questions
                .missing
                .push("--secret-file, --secret-variable or --secret-command");
            return Err(missing(&questions.missing));
        };
        if !questions.missing.is_empty() {
            return Err(missing(&questions.missing));
        }
        Ok(Self {
            values: questions.values,
            secret_key,
            secret,
        })
    }
}

impl Questions {
    /// Adds the URL of the API, unless it is that of most teams.
    async fn asa_url(&mut self, given: Option<String>) -> Result<(), CliError> {
        let url = match (given, self.can_ask) {
            (None, true) => {
                let question = "URL of the API";
                let valid = |text: &str| valid(&key::ASA_URL, text);
                Some(prompt::answer(question, Some(ASA_ENDPOINT), valid).await?)
            }
            (given, _) => given,
        };
        let other = url.filter(|url| url != ASA_ENDPOINT);
        self.values
            .extend(other.map(|url| (key::ASA_URL, url.into())));
        Ok(())
    }

    /// Adds a value that must be there.
    async fn text(
        &mut self,
        key: Key,
        option: &'static str,
        given: Option<String>,
        question: &str,
    ) -> Result<(), CliError> {
        let value = match (given, self.can_ask) {
            (Some(value), _) => value,
            (None, true) => prompt::answer(question, None, |text| valid(&key, text)).await?,
            (None, false) => {
                self.missing.push(option);
                return Ok(());
            }
        };
        self.values.push((key, value.into()));
        Ok(())
    }

    /// Adds an OAuth client if there is one, and returns where the secret is set, and what it is.
    async fn oauth(
        &mut self,
        id: Option<String>,
        scopes: Option<String>,
    ) -> Result<(SecretKey, &'static str), CliError> {
        let id = match (id, self.can_ask) {
            (None, true) => {
                let question = "ID of an OAuth client, or nothing for a token";
                Some(prompt::answer(question, None, |text| Ok(text.to_owned())).await?)
            }
            (id, _) => id,
        };
        let Some(id) = id.filter(|id| !id.is_empty()) else {
            return Ok((key::DT_TOKEN, "API token or platform token"));
        };
        self.values.push((key::DT_OAUTH_CLIENT_ID, id.into()));
        let scopes = match (scopes, self.can_ask) {
            (Some(scopes), _) => scopes,
            (None, true) => {
                prompt::answer("Scopes", Some(SCOPES), |text| Ok(text.to_owned())).await?
            }
            (None, false) => SCOPES.to_owned(),
        };
        let scopes = Value::Array(Array::from_iter(scopes.split_whitespace()));
        self.values.push((key::DT_OAUTH_SCOPES, scopes));
        Ok((key::DT_OAUTH_CLIENT_SECRET, "Secret of the OAuth client"))
    }
}

/// Checks an answer, so that it can be corrected at once.
fn valid(key: &Key, text: &str) -> Result<String, String> {
    if text.is_empty() {
        return Err("an answer is needed".to_owned());
    }
    if [key::DT_URL, key::ASA_URL].contains(key) {
        BaseUrl::parse_allowing_http(text).map_err(|error| parameter_names::reason(&error))?;
    }
    Ok(text.to_owned())
}

fn missing(options: &[&str]) -> CliError {
    let options = options.join(" and ");
    CliError::usage(format_args!(
        "nobody can be asked here: add {options}; nothing was written"
    ))
}
