//! Creates the clients that commands use, for the vendors or for the embedded emulator.

use std::error::Error as _;
use std::time::Duration;

use asa_client::ServiceUser;
use dt_client::TokenApi;
use gatelet_emulator::{Emulator, well_known};
use gatelet_hyper::{HyperTransport, TokioClock};
use gatelet_transport::{ApiToken, Bearer, CallTimeouts, ErrorKind, TransportError};

use crate::client::dt_credentials;
use crate::client::embedded;
use crate::client::logging_transport::LoggingTransport;
use crate::error::error::CliError;
use crate::error::exit::Exit;
use crate::error::setting_names::SettingNames;
use crate::options::global::{DEFAULT_TIMEOUT, GlobalOptions};
use crate::options::token_api::{TokenApiChoice, TokenApiName};
use crate::output::log::Log;
use crate::settings::key::{self, Vendor};
use crate::settings::origin::{Origin, Setting};
use crate::settings::settings::Settings;

/// The base URL of the embedded emulator; nothing is sent there.
const EMBEDDED: &str = "http://localhost";

/// What is wrong with `--api platform` of a command that does not call the platform's API of tokens.
const NOT_ON_PLATFORM: &str = "--api platform is for commands on ActiveGate tokens, and this command calls none; leave it out";

/// The suffix of the client's own `User-Agent`.
const USER_AGENT: &str = concat!("gatelet-cli/", env!("CARGO_PKG_VERSION"));

/// Creates clients from the global options and the environment.
#[derive(Debug)]
pub(crate) struct ClientFactory {
    emulator: bool,
    proxy_from_environment: bool,
    timeouts: CallTimeouts,
    /// How long the reading of a secret may take.
    limit: Duration,
    max_response: u64,
    verbose: bool,
    log: Log,
    /// What the command changes, as a verb.
    change: Option<&'static str>,
    profile: Option<String>,
    token_api: Option<TokenApiName>,
    uses_token_api: bool,
}

impl ClientFactory {
    pub(crate) fn new(global: &GlobalOptions, log: Log) -> Self {
        let limit = global.timeout.unwrap_or(DEFAULT_TIMEOUT);
        let timeouts = CallTimeouts::default().total(limit);
        Self {
            emulator: global.emulator,
            proxy_from_environment: global.proxy_from_environment,
            timeouts,
            limit,
            max_response: global.max_response,
            verbose: global.verbose > 0,
            log,
            change: None,
            profile: global.profile.clone(),
            token_api: None,
            uses_token_api: true,
        }
    }

    /// Sets the API of Dynatrace's ActiveGate tokens, and whether the command calls it.
    ///
    /// # Errors
    /// The option names an API that the command does not call.
    pub(crate) fn with_token_api(
        self,
        token_api: Option<TokenApiName>,
        uses_token_api: bool,
    ) -> Result<Self, CliError> {
        if token_api == Some(TokenApiName::Platform) && !uses_token_api {
            return Err(CliError::usage(NOT_ON_PLATFORM));
        }
        Ok(Self {
            token_api,
            uses_token_api,
            ..self
        })
    }

    /// Sets what the command changes, as a verb. Until a client is created, nothing of it was sent.
    pub(crate) fn with_change(self, change: Option<&'static str>) -> Self {
        if let Some(verb) = change {
            self.log.set(format!("{verb}: nothing was sent"));
        }
        Self { change, ..self }
    }

    /// Returns whether requests are logged to stderr.
    pub(crate) fn is_verbose(&self) -> bool {
        self.verbose
    }

    /// Checks that a change is allowed. `verb` says what is changed.
    ///
    /// # Errors
    /// The profile is for reading only, or the settings are invalid.
    pub(crate) fn ensure_writable(&self, vendor: Vendor, verb: &str) -> Result<(), CliError> {
        if self.emulator {
            return Ok(());
        }
        Settings::read(vendor, self.profile.as_deref())?.ensure_writable(verb)
    }

    /// Creates the ASA client.
    ///
    /// # Errors
    /// A setting is missing or invalid, or the emulator cannot be opened.
    pub(crate) async fn asa(&self) -> Result<asa_client::Client, CliError> {
        let client = self.build_asa().await?;
        self.begin_change();
        Ok(client)
    }

    async fn build_asa(&self) -> Result<asa_client::Client, CliError> {
        if self.emulator {
            return self.embedded_asa(embedded::open_default().await?);
        }
        let settings = Settings::read(Vendor::Asa, self.profile.as_deref())?;
        let team = settings.required(&key::ASA_TEAM)?;
        let url = settings.text(&key::ASA_URL)?;
        let key_id = settings.required(&key::ASA_KEY_ID)?;
        let secret = settings.secret(&key::ASA_KEY_SECRET)?.ok_or_else(|| {
            CliError::new(
                Exit::NotConfigured,
                settings.secret_remedy(&key::ASA_KEY_SECRET),
            )
        })?;
        let mut names = SettingNames::default()
            .with("team_name", &team.origin)
            .with("key_id", &key_id.origin)
            .with("key_secret", secret.origin());
        let mut builder = asa_client::Client::builder(team.value);
        if let Some(Setting { value, origin }) = url {
            builder = builder.endpoint(asa_url(value, &origin));
            names = names.with("base_url", &origin);
        }
        let secret = secret.read(self.limit).await?;
        let builder = builder
            .credentials(ServiceUser::new(key_id.value, secret))
            .timeouts(self.timeouts)
            .body_limit(self.max_response)
            .user_agent(USER_AGENT);
        builder
            .build_with(self.logged(self.http_transport()?), TokioClock::new())
            .map_err(|error| CliError::from_client_error(&error, &names))
    }

    /// Creates an ASA client of an emulator.
    ///
    /// # Errors
    /// None in practice: the settings are constants.
    pub(crate) fn embedded_asa(&self, emulator: Emulator) -> Result<asa_client::Client, CliError> {
        let builder = asa_client::Client::builder(well_known::ASA_TEAM)
            .endpoint(EMBEDDED)
            .credentials(ServiceUser::new(
                well_known::ASA_KEY_ID,
                well_known::ASA_KEY_SECRET,
            ))
            .timeouts(self.timeouts)
            .body_limit(self.max_response);
        Ok(builder.build_with(self.logged(emulator), TokioClock::new())?)
    }

    /// Creates the Dynatrace client.
    ///
    /// # Errors
    /// A setting is missing or invalid, or the emulator cannot be opened.
    pub(crate) async fn dt(&self) -> Result<dt_client::Client, CliError> {
        let client = self.build_dt().await?;
        self.begin_change();
        Ok(client)
    }

    async fn build_dt(&self) -> Result<dt_client::Client, CliError> {
        if self.emulator {
            let builder = dt_client::Client::builder(EMBEDDED)
                .timeouts(self.timeouts)
                .body_limit(self.max_response);
            let builder = match self.token_api {
                Some(TokenApiName::Platform) => builder
                    .credentials(Bearer::new(well_known::DT_PLATFORM_TOKEN)?)
                    .api(TokenApi::Platform),
                Some(TokenApiName::Classic) | None => {
                    builder.credentials(ApiToken::new(well_known::DT_TOKEN)?)
                }
            };
            return Ok(builder.build_with(
                self.logged(embedded::open_default().await?),
                TokioClock::new(),
            )?);
        }
        let settings = Settings::read(Vendor::Dt, self.profile.as_deref())?;
        let Setting { value, origin } = settings.required(&key::DT_URL)?;
        let api = match (self.token_api, settings.text(&key::DT_API)?) {
            (Some(api), _) => Some(api),
            (None, Some(setting)) => Some(TokenApiName::parse(&setting)?),
            (None, None) => None,
        };
        let names = SettingNames::default().with("base_url", &origin);
        let mut builder = dt_client::Client::builder(value);
        match (self.uses_token_api, api) {
            // Whatever the address and the setting choose for tokens, the other commands have one API only.
            (false, _) => builder = builder.api(TokenApi::Classic),
            (true, Some(api)) => builder = builder.api(api.into()),
            (true, None) => {}
        }
        let api = TokenApiChoice {
            named: api,
            is_used: self.uses_token_api,
        };
        let (builder, names) =
            dt_credentials::authorize(builder, names, &settings, api, self.limit).await?;
        let builder = builder
            .timeouts(self.timeouts)
            .body_limit(self.max_response)
            .user_agent(USER_AGENT);
        builder
            .build_with(self.logged(self.http_transport()?), TokioClock::new())
            .map_err(|error| match error.kind() {
                ErrorKind::InvalidInput { parameter } if *parameter == "credentials" => {
                    not_for_platform(&origin, &names)
                }
                _ => CliError::from_client_error(&error, &names),
            })
    }

    /// Says what a command may have changed that knows no more.
    fn begin_change(&self) {
        if let Some(verb) = self.change {
            self.log.set(format!("{verb}: outcome unknown"));
        }
    }

    /// Creates the transport to the vendors' servers.
    fn http_transport(&self) -> Result<HyperTransport, CliError> {
        let builder = HyperTransport::builder();
        if !self.proxy_from_environment {
            return Ok(builder.build());
        }
        match builder.proxy_from_environment() {
            Ok(builder) => Ok(builder.build()),
            // The message names the variable but not its value.
            Err(error) => Err(CliError::usage(root_message(&error))),
        }
    }

    /// Logs the transport's requests if that is on.
    fn logged<T>(&self, transport: T) -> LoggingTransport<T> {
        LoggingTransport::new(transport, self.verbose.then(|| self.log.clone()))
    }
}

/// Returns the URL; the variable of other tools may contain a host alone.
fn asa_url(text: String, origin: &Origin) -> String {
    match origin {
        Origin::Variable(name) if name == "OKTAPAM_API_HOST" && !text.contains("://") => {
            format!("https://{text}")
        }
        _ => text,
    }
}

/// Says what to do if the platform's API of tokens is chosen, and the token is not sent as one of the platform.
fn not_for_platform(url: &Origin, names: &SettingNames) -> CliError {
    let token = names.get("token").unwrap_or_default();
    let scheme = key::DT_TOKEN_SCHEME;
    let scheme = match url {
        Origin::Variable(_) => scheme.variables.first().copied().unwrap_or_default(),
        Origin::Profile { .. } => scheme.name,
    };
    CliError::usage(format_args!(
        "the platform's API of tokens, which --api or {url} chooses, needs a platform token; if {token} is one, set {scheme} to bearer or \
         add --api platform without it; otherwise add --api classic"
    ))
}

/// Returns the message of the error's source, or of the error itself.
fn root_message(error: &TransportError) -> String {
    error
        .source()
        .map_or_else(|| error.to_string(), ToString::to_string)
}
