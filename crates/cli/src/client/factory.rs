//! Creates the clients that commands use, for the vendors or for the embedded emulator.

use asa_client::ServiceUser;
use dt_client::TokenApi;
use gatelet_emulator::{Emulator, well_known};
use gatelet_hyper::TokioClock;
use gatelet_transport::{ApiToken, BaseUrl, Bearer, ErrorKind};

use crate::client::asa_credentials::KeySource;
use crate::client::connection::Connection;
use crate::client::dry_run_transport::DryRunTransport;
use crate::client::dt_credentials;
use crate::client::embedded;
use crate::client::logging_transport::{Detail, LoggingTransport};
use crate::client::secrets_transport::SecretsTransport;
use crate::error::error::CliError;
use crate::error::exit::Exit;
use crate::error::setting_names::SettingNames;
use crate::options::connection::ConnectionOptions;
use crate::options::global::GlobalOptions;
use crate::options::token_api::{TokenApiChoice, TokenApiName};
use crate::options::vendor::VendorName;
use crate::output::dry_run::DryRun;
use crate::output::log::Log;
use crate::settings::key::{self, Vendor};
use crate::settings::origin::{Origin, Setting};
use crate::settings::settings::Settings;

/// The base URL of the embedded emulator; nothing is sent there.
const EMBEDDED: &str = "http://localhost";

/// What is wrong with `--api platform` of a command that does not call the platform's API of tokens.
const NOT_ON_PLATFORM: &str = "--api platform is for commands on ActiveGate tokens, and this command calls none; leave it out";

/// What is wrong if no vendor is set up.
const NOT_SET_UP: &str = "nothing is set up: set GATELET_DT_URL or GATELET_ASA_TEAM and what belongs to it, or a profile with `gatelet config set`, or try --emulator";

/// What is wrong with options that choose one target, of a command that has two.
const TWO_TARGETS: &str = "--profile and --emulator choose one team, and this command is about two, each with a profile of its own; leave them out";

/// A team, and the address at which it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct TeamAddress {
    pub(crate) team: String,
    pub(crate) url: String,
}

/// Creates clients from the global options and the environment.
#[derive(Clone, Debug)]
pub(crate) struct ClientFactory {
    emulator: bool,
    connection: ConnectionOptions,
    detail: Option<Detail>,
    log: Log,
    /// What the command changes, as a verb.
    change: Option<&'static str>,
    dry_run: Option<DryRun>,
    profile: Option<String>,
    /// In place of those that are read.
    settings: Option<Settings>,
    token_api: Option<TokenApiName>,
    uses_token_api: bool,
}

impl ClientFactory {
    pub(crate) fn new(global: &GlobalOptions, log: Log) -> Self {
        Self {
            emulator: global.emulator,
            connection: global.connection.clone(),
            detail: match global.verbose {
                0 => None,
                1 => Some(Detail::Outcomes),
                _ => Some(Detail::Headers),
            },
            log,
            change: None,
            dry_run: global.dry_run.then(DryRun::default),
            profile: global.profile.clone(),
            settings: None,
            token_api: None,
            uses_token_api: true,
        }
    }

    /// Returns a factory of clients of this profile, for a command with more than one. The command itself says what it changes.
    ///
    /// # Errors
    /// An option chooses one target for the whole command.
    pub(crate) fn for_profile(&self, name: &str) -> Result<Self, CliError> {
        if self.emulator || self.profile.is_some() || self.settings.is_some() {
            return Err(CliError::usage(TWO_TARGETS));
        }
        Ok(Self {
            profile: Some(name.to_owned()),
            settings: None,
            change: None,
            ..self.clone()
        })
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
        match (change, &self.dry_run) {
            (Some(_), Some(_)) => self.log.progress().set_finally("nothing was changed"),
            (Some(verb), None) => self.log.set(format!("{verb}: nothing was sent")),
            (None, _) => {}
        }
        Self { change, ..self }
    }

    /// Returns the dry run, if nothing is changed.
    pub(crate) fn dry_run(&self) -> Option<&DryRun> {
        self.dry_run.as_ref()
    }

    /// Returns whether the embedded emulator answers.
    pub(crate) fn is_embedded(&self) -> bool {
        self.emulator
    }

    /// Returns the options of the connection.
    pub(crate) fn connection(&self) -> &ConnectionOptions {
        &self.connection
    }

    /// Returns the log.
    pub(crate) fn log(&self) -> &Log {
        &self.log
    }

    /// Reads the settings of a vendor.
    ///
    /// # Errors
    /// Those of [`Settings::read`].
    pub(crate) fn settings(&self, vendor: Vendor) -> Result<Settings, CliError> {
        match &self.settings {
            Some(settings) => Ok(settings.clone()),
            None => Settings::read(vendor, self.profile.as_deref()),
        }
    }

    /// Uses these settings in place of those that are read.
    pub(crate) fn with_settings(self, settings: Settings) -> Self {
        Self {
            settings: Some(settings),
            ..self
        }
    }

    /// Returns the profile that the command line names.
    pub(crate) fn profile(&self) -> Option<&str> {
        self.profile.as_deref()
    }

    /// Returns whether there is an address or a credential of a vendor.
    ///
    /// # Errors
    /// Those of [`Settings::read`].
    fn is_set_up(&self, vendor: Vendor) -> Result<bool, CliError> {
        Ok(self.emulator || self.settings(vendor)?.has_any(vendor))
    }

    /// Returns the vendor that was named, or those that are set up.
    ///
    /// # Errors
    /// None is set up, or those of [`Settings::read`].
    pub(crate) fn chosen_vendors(
        &self,
        named: Option<VendorName>,
    ) -> Result<Vec<Vendor>, CliError> {
        if let Some(name) = named {
            return Ok(vec![name.into()]);
        }
        let mut vendors = Vec::new();
        for vendor in [Vendor::Asa, Vendor::Dt] {
            if self.is_set_up(vendor)? {
                vendors.push(vendor);
            }
        }
        match vendors.is_empty() {
            false => Ok(vendors),
            true => Err(CliError::new(Exit::NotConfigured, NOT_SET_UP)),
        }
    }

    /// Returns whether requests are logged to stderr.
    pub(crate) fn is_verbose(&self) -> bool {
        self.detail.is_some()
    }

    /// Checks that a change is allowed. `verb` says what is changed.
    ///
    /// # Errors
    /// The profile is for reading only, or the settings are invalid.
    pub(crate) fn ensure_writable(&self, vendor: Vendor, verb: &str) -> Result<(), CliError> {
        if self.emulator {
            return Ok(());
        }
        self.settings(vendor)?.ensure_writable(verb)
    }

    /// Returns the ASA team and its address, without its credential.
    ///
    /// # Errors
    /// A setting is missing or invalid.
    pub(crate) fn asa_team(&self) -> Result<TeamAddress, CliError> {
        let settings = self.settings(Vendor::Asa)?;
        let team = settings.required(&key::ASA_TEAM)?.value;
        let url = settings.text(&key::ASA_URL)?.map(asa_url);
        let (text, names) = match &url {
            Some(url) => (
                url.value.as_str(),
                SettingNames::default().with("base_url", &url.origin),
            ),
            None => (
                asa_client::Client::DEFAULT_ENDPOINT,
                SettingNames::default(),
            ),
        };
        let url = BaseUrl::parse_allowing_http(text)
            .map_err(|error| CliError::from_client_error(&error, &names))?;
        Ok(TeamAddress {
            team,
            url: url.to_string(),
        })
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
        let settings = self.settings(Vendor::Asa)?;
        let team = settings.required(&key::ASA_TEAM)?;
        let url = settings.text(&key::ASA_URL)?;
        let key = KeySource::of(&settings)?;
        let mut names = key.named(SettingNames::default().with("team_name", &team.origin));
        let connection = Connection::new(&self.connection, &settings);
        let mut builder = asa_client::Client::builder(team.value);
        if let Some(url) = url.map(asa_url) {
            names = names.with("base_url", &url.origin);
            builder = builder.endpoint(connection.address(&url, &names, &self.log)?);
        }
        let transport = connection.transport(&self.log)?;
        let user = key.read(connection.limit()?, self.log.secrets()).await?;
        let builder = builder
            .credentials(user)
            .timeouts(connection.timeouts()?)
            .retry(connection.retry()?)
            .body_limit(connection.max_response());
        builder
            .build_with(self.observed(transport), TokioClock::new())
            .map_err(|error| CliError::from_client_error(&error, &names))
    }

    /// Creates an ASA client of an emulator.
    ///
    /// # Errors
    /// None in practice: the settings are constants.
    pub(crate) fn embedded_asa(&self, emulator: Emulator) -> Result<asa_client::Client, CliError> {
        let connection = Connection::embedded(&self.connection);
        let builder = asa_client::Client::builder(well_known::ASA_TEAM)
            .endpoint(EMBEDDED)
            .credentials(ServiceUser::new(
                well_known::ASA_KEY_ID,
                well_known::ASA_KEY_SECRET,
            ))
            .timeouts(connection.timeouts()?)
            .retry(connection.retry()?)
            .body_limit(connection.max_response());
        Ok(builder.build_with(self.observed(emulator), TokioClock::new())?)
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
            let connection = Connection::embedded(&self.connection);
            let builder = dt_client::Client::builder(EMBEDDED)
                .timeouts(connection.timeouts()?)
                .retry(connection.retry()?)
                .body_limit(connection.max_response());
            let builder = match self.token_api {
                Some(TokenApiName::Platform) => builder
                    .credentials(Bearer::new(well_known::DT_PLATFORM_TOKEN)?)
                    .api(TokenApi::Platform),
                Some(TokenApiName::Classic) | None => {
                    builder.credentials(ApiToken::new(well_known::DT_TOKEN)?)
                }
            };
            return Ok(builder.build_with(
                self.observed(embedded::open_default().await?),
                TokioClock::new(),
            )?);
        }
        let settings = self.settings(Vendor::Dt)?;
        let url = settings.required(&key::DT_URL)?;
        let origin = &url.origin;
        let api = match (self.token_api, settings.text(&key::DT_API)?) {
            (Some(api), _) => Some(api),
            (None, Some(setting)) => Some(TokenApiName::parse(&setting)?),
            (None, None) => None,
        };
        let names = SettingNames::default().with("base_url", origin);
        let connection = Connection::new(&self.connection, &settings);
        let address = connection.address(&url, &names, &self.log)?;
        let mut builder = dt_client::Client::builder(address);
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
        let transport = connection.transport(&self.log)?;
        let limit = connection.limit()?;
        let known = self.log.secrets();
        let (builder, names) =
            dt_credentials::authorize(builder, names, &settings, api, limit, known).await?;
        let builder = builder
            .timeouts(connection.timeouts()?)
            .retry(connection.retry()?)
            .body_limit(connection.max_response());
        builder
            .build_with(self.observed(transport), TokioClock::new())
            .map_err(|error| match error.kind() {
                ErrorKind::InvalidInput { parameter } if *parameter == "credentials" => {
                    not_for_platform(origin, &names, api.named)
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

    /// Hides the credentials of the transport's requests, logs these if that is on, and sends only reads in a dry run.
    fn observed<T>(&self, transport: T) -> SecretsTransport<DryRunTransport<LoggingTransport<T>>> {
        let detail = self.detail.map(|detail| (self.log.clone(), detail));
        let dry_run = self.dry_run.clone();
        let known = self.log.secrets();
        let transport = DryRunTransport::new(
            LoggingTransport::new(transport, detail),
            dry_run.map(|it| (it, known.clone())),
        );
        SecretsTransport::new(transport, known.clone())
    }
}

/// Returns the URL; the variable of other tools may contain a host alone.
fn asa_url(url: Setting<String>) -> Setting<String> {
    match &url.origin {
        Origin::Variable(name) if name == "OKTAPAM_API_HOST" && !url.value.contains("://") => {
            Setting {
                value: format!("https://{}", url.value),
                origin: url.origin,
            }
        }
        _ => url,
    }
}

/// Says what to do if the platform's API of tokens is chosen, and the token is not sent as one of the platform.
fn not_for_platform(url: &Origin, names: &SettingNames, named: Option<TokenApiName>) -> CliError {
    let token = names.get("token").unwrap_or_default();
    let scheme = key::DT_TOKEN_SCHEME;
    let scheme = match url {
        Origin::Option(_) | Origin::Variable(_) => {
            scheme.variables.first().copied().unwrap_or_default()
        }
        Origin::Profile { .. } => scheme.name,
    };
    let (chosen, or) = match named {
        Some(_) => ("which is chosen by name".to_owned(), "leave it out"),
        None => (
            format!("which {url} chooses"),
            "add --api platform without it",
        ),
    };
    CliError::usage(format_args!(
        "the platform's API of tokens, {chosen}, needs a platform token; if {token} is one, set {scheme} to bearer or {or}; otherwise add \
         --api classic"
    ))
}
