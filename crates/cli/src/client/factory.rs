//! Creates the clients that commands use, for the vendors or for the embedded emulator.

use std::error::Error as _;

use asa_client::ServiceUser;
use dt_client::TokenApi;
use gatelet_emulator::{Emulator, well_known};
use gatelet_hyper::{HyperTransport, TokioClock};
use gatelet_transport::{ApiToken, Bearer, CallTimeouts, ErrorKind, TransportError};

use crate::client::dt_credentials;
use crate::client::embedded;
use crate::client::logging_transport::LoggingTransport;
use crate::client::setting;
use crate::error::error::CliError;
use crate::options::global::GlobalOptions;
use crate::options::token_api::TokenApiName;
use crate::secret;

/// The base URL of the embedded emulator; nothing is sent there.
const EMBEDDED: &str = "http://localhost";

/// What to do if the platform's API of tokens is chosen, and the token is not sent as one of the platform.
const PLATFORM_TOKEN: &str = "the platform's API of tokens, which --api or GATELET_DT_URL chooses, needs a platform token; if \
    GATELET_DT_TOKEN is one, set GATELET_DT_TOKEN_SCHEME=bearer or add --api platform without this variable; otherwise add --api classic";

/// The suffix of the client's own `User-Agent`.
const USER_AGENT: &str = concat!("gatelet-cli/", env!("CARGO_PKG_VERSION"));

/// Creates clients from the global options and the environment.
#[derive(Debug)]
pub(crate) struct ClientFactory {
    emulator: bool,
    proxy_from_environment: bool,
    timeouts: CallTimeouts,
    max_response: u64,
    verbose: bool,
    token_api: Option<TokenApiName>,
}

impl ClientFactory {
    pub(crate) fn new(global: &GlobalOptions) -> Self {
        let default = CallTimeouts::default();
        let timeouts = global.timeout.map_or(default, |total| default.total(total));
        Self {
            emulator: global.emulator,
            proxy_from_environment: global.proxy_from_environment,
            timeouts,
            max_response: global.max_response,
            verbose: global.verbose > 0,
            token_api: None,
        }
    }

    /// Sets the API of Dynatrace's ActiveGate tokens.
    pub(crate) fn with_token_api(self, token_api: Option<TokenApiName>) -> Self {
        Self { token_api, ..self }
    }

    /// Returns whether requests are logged to stderr.
    pub(crate) fn is_verbose(&self) -> bool {
        self.verbose
    }

    /// Creates the ASA client.
    ///
    /// # Errors
    /// A setting is missing or invalid, or the emulator cannot be opened.
    pub(crate) async fn asa(&self) -> Result<asa_client::Client, CliError> {
        if self.emulator {
            return self.embedded_asa(embedded::open_default().await?);
        }
        let mut builder = asa_client::Client::builder(setting::required("GATELET_ASA_TEAM")?);
        if let Some(url) = setting::optional("GATELET_ASA_URL")? {
            builder = builder.endpoint(url);
        }
        let key_id = setting::required("GATELET_ASA_KEY_ID")?;
        let user = ServiceUser::new(key_id, secret::required("GATELET_ASA_KEY_SECRET")?);
        let builder = builder
            .credentials(user)
            .timeouts(self.timeouts)
            .body_limit(self.max_response)
            .user_agent(USER_AGENT);
        builder
            .build_with(self.logged(self.http_transport()?), TokioClock::new())
            .map_err(|error| CliError::from_client_error(&error, "GATELET_ASA_URL"))
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
        let api = match self.token_api {
            Some(api) => Some(api),
            None => setting::optional(TokenApiName::VARIABLE)?
                .map(|text| text.parse())
                .transpose()?,
        };
        let mut builder = dt_client::Client::builder(setting::required("GATELET_DT_URL")?);
        if let Some(api) = api {
            builder = builder.api(api.into());
        }
        let builder = dt_credentials::authorize(builder, api)?;
        let builder = builder
            .timeouts(self.timeouts)
            .body_limit(self.max_response)
            .user_agent(USER_AGENT);
        builder
            .build_with(self.logged(self.http_transport()?), TokioClock::new())
            .map_err(|error| match error.kind() {
                ErrorKind::InvalidInput { parameter } if *parameter == "credentials" => {
                    CliError::usage(PLATFORM_TOKEN)
                }
                _ => CliError::from_client_error(&error, "GATELET_DT_URL"),
            })
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
        LoggingTransport::new(transport, self.verbose)
    }
}

/// Returns the message of the error's source, or of the error itself.
fn root_message(error: &TransportError) -> String {
    error
        .source()
        .map_or_else(|| error.to_string(), ToString::to_string)
}
