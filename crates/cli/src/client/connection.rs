//! How the vendors' servers are reached: what options, variables and the profile say together.

use std::fs;
use std::time::Duration;

use gatelet_hyper::{HyperTransport, HyperTransportBuilder, Proxies};
use gatelet_transport::{BaseUrl, CallTimeouts, RetryPolicy};

use crate::client::proxy_password;
use crate::error::error::{CliError, root_message};
use crate::error::setting_names::SettingNames;
use crate::options::connection::ConnectionOptions;
use crate::output::log::Log;
use crate::redaction::KnownSecrets;
use crate::settings::form;
use crate::settings::key::{
    HTTP_ALLOW_HTTP, HTTP_CA_FILE, HTTP_PIN_SHA256, HTTP_PROXY, HTTP_PROXY_FROM_ENVIRONMENT,
    HTTP_RETRIES, HTTP_TIMEOUT, Key,
};
use crate::settings::origin::{Origin, Setting};
use crate::settings::settings::Settings;

/// The timeout of a call.
pub(crate) const DEFAULT_TIMEOUT: Duration = Duration::from_secs(90);

/// How servers are reached. An option comes before a variable, and that before a key of the profile.
#[derive(Debug)]
pub(crate) struct Connection<'a> {
    options: &'a ConnectionOptions,
    /// None of the embedded emulator.
    settings: Option<&'a Settings>,
}

impl<'a> Connection<'a> {
    pub(crate) fn new(options: &'a ConnectionOptions, settings: &'a Settings) -> Self {
        Self {
            options,
            settings: Some(settings),
        }
    }

    /// Returns that of the embedded emulator, which reads no settings.
    pub(crate) fn embedded(options: &'a ConnectionOptions) -> Self {
        Self {
            options,
            settings: None,
        }
    }

    /// Returns how long a call may take, and the reading of a secret.
    ///
    /// # Errors
    /// The setting is invalid.
    pub(crate) fn limit(&self) -> Result<Duration, CliError> {
        let set = || self.parsed(&HTTP_TIMEOUT, form::seconds);
        let limit = self
            .options
            .timeout
            .map_or_else(set, |limit| Ok(Some(limit)));
        Ok(limit?.unwrap_or(DEFAULT_TIMEOUT))
    }

    /// Returns the time limits of a call.
    ///
    /// # Errors
    /// The setting is invalid.
    pub(crate) fn timeouts(&self) -> Result<CallTimeouts, CliError> {
        Ok(CallTimeouts::default().total(self.limit()?))
    }

    /// Returns how often a call is tried.
    ///
    /// # Errors
    /// The setting is invalid.
    pub(crate) fn retry(&self) -> Result<RetryPolicy, CliError> {
        let set = || self.parsed(&HTTP_RETRIES, form::count);
        let retries = self.options.retries.map_or_else(set, |it| Ok(Some(it)))?;
        let policy = RetryPolicy::default();
        Ok(match retries {
            Some(retries) => policy.max_attempts(retries.saturating_add(1)),
            None => policy,
        })
    }

    /// Returns the largest response, in bytes.
    pub(crate) fn max_response(&self) -> u64 {
        self.options.max_response
    }

    /// Parses the address of a server, and warns if it exposes the credential.
    ///
    /// # Errors
    /// It is invalid, or exposes the credential, and nothing allows that.
    pub(crate) fn address(
        &self,
        url: &Setting<String>,
        names: &SettingNames,
        log: &Log,
    ) -> Result<BaseUrl, CliError> {
        let any = BaseUrl::parse_allowing_http(&url.value);
        let refused = match (BaseUrl::parse(&url.value), any) {
            (Ok(address), _) => return Ok(address),
            (Err(error), Err(_)) => return Err(CliError::from_client_error(&error, names)),
            (Err(error), Ok(address)) => match self.allows_http()? {
                Some(allowed) => {
                    let (origin, host) = (&url.origin, address.host());
                    log.print(format!(
                        "warning: {allowed} allows {origin} to send the credential to {host} without encryption"
                    ));
                    return Ok(address);
                }
                None => CliError::from_client_error(&error, names),
            },
        };
        Err(refused.with_advice("--allow-http allows it, for an emulator on another machine"))
    }

    /// Returns what allows `http` to other machines, if anything does.
    fn allows_http(&self) -> Result<Option<Origin>, CliError> {
        let flag = self.flag(self.options.allow_http, "--allow-http", &HTTP_ALLOW_HTTP)?;
        Ok(flag.filter(|it| it.value).map(|it| it.origin))
    }

    /// Creates the transport, and warns of certificates that are skipped.
    ///
    /// # Errors
    /// A setting is invalid, or the file of the authorities cannot be read.
    pub(crate) fn transport(&self, log: &Log) -> Result<HyperTransport, CliError> {
        Ok(self.builder(log)?.build())
    }

    /// Returns the builder of the transport, and warns of certificates that are skipped.
    ///
    /// # Errors
    /// Those of [`transport`](Self::transport).
    pub(crate) fn builder(&self, log: &Log) -> Result<HyperTransportBuilder, CliError> {
        let builder = HyperTransport::builder();
        let builder = self.with_pins(self.with_authorities(builder, log)?)?;
        Ok(match self.proxies(log.secrets())? {
            Some(proxies) => builder.proxies(proxies),
            None => builder,
        })
    }

    fn with_authorities(
        &self,
        builder: HyperTransportBuilder,
        log: &Log,
    ) -> Result<HyperTransportBuilder, CliError> {
        let file = match (&self.options.ca_file, self.settings) {
            (Some(file), _) => Some(Setting {
                value: file.clone(),
                origin: Origin::Option("--ca-file"),
            }),
            (None, Some(settings)) => settings.path(&HTTP_CA_FILE)?,
            (None, None) => None,
        };
        let Some(Setting { value, origin }) = file else {
            return Ok(builder);
        };
        let problem = |problem: &dyn std::fmt::Display| {
            let path = value.display();
            CliError::usage(format_args!(
                "could not use {path}, the file of {origin}: {problem}"
            ))
        };
        let pem = fs::read(&value).map_err(|error| problem(&error))?;
        let builder = builder
            .add_root_certificates_pem(&pem)
            .map_err(|error| problem(&root_message(&error)))?;
        for skipped in builder.skipped_root_certificates() {
            log.print(format!("warning: {origin}: skipped {skipped}"));
        }
        Ok(builder)
    }

    fn with_pins(
        &self,
        mut builder: HyperTransportBuilder,
    ) -> Result<HyperTransportBuilder, CliError> {
        let text = match (self.options.pin_sha256.as_slice(), self.settings) {
            ([], Some(settings)) => settings.text(&HTTP_PIN_SHA256)?,
            (pins, _) => Some(Setting {
                value: pins.join(" "),
                origin: Origin::Option("--pin-sha256"),
            }),
        };
        let Some(Setting { value, origin }) = text else {
            return Ok(builder);
        };
        for pin in value.split([' ', ',']).filter(|pin| !pin.is_empty()) {
            form::fingerprint(pin).map_err(|problem| invalid(&origin, problem))?;
            builder = builder
                .pin_server_certificate(pin)
                .map_err(|error| invalid(&origin, root_message(&error)))?;
        }
        Ok(builder)
    }

    /// Returns the proxies, if there are any; no output shows their passwords.
    ///
    /// # Errors
    /// A setting is invalid.
    pub(crate) fn proxies(&self, known: &KnownSecrets) -> Result<Option<Proxies>, CliError> {
        let proxy = match (&self.options.proxy, self.settings) {
            (Some(url), _) => Some(Setting {
                value: url.clone(),
                origin: Origin::Option("--proxy"),
            }),
            (None, Some(settings)) => settings.text(&HTTP_PROXY)?,
            (None, None) => None,
        };
        let option = "--proxy-from-environment";
        let is_asked = self.options.proxy_from_environment;
        let others = self.flag(is_asked, option, &HTTP_PROXY_FROM_ENVIRONMENT)?;
        let others = others.filter(|it| it.value).map(|it| it.origin);
        match (proxy, others) {
            (Some(proxy), Some(others)) if proxy.origin.rank() == others.rank() => {
                let proxy = proxy.origin;
                Err(CliError::usage(format_args!(
                    "set {proxy} or {others}, not both"
                )))
            }
            (Some(proxy), Some(others)) if others.rank() > proxy.origin.rank() => {
                from_environment(known)
            }
            (Some(Setting { value, origin }), _) => {
                proxy_password::add(&value, known);
                let named = |error| {
                    let message = root_message(&error);
                    invalid(&origin, message.replacen("the proxy for https ", "", 1))
                };
                let proxies = Proxies::default().https(&value).map_err(named)?;
                Ok(Some(proxies.http(&value).map_err(named)?))
            }
            (None, Some(_)) => from_environment(known),
            (None, None) => Ok(None),
        }
    }

    /// Returns a setting that is on or off.
    fn flag(
        &self,
        is_asked: bool,
        option: &'static str,
        key: &Key,
    ) -> Result<Option<Setting<bool>>, CliError> {
        match (is_asked, self.settings) {
            (true, _) => Ok(Some(Setting {
                value: true,
                origin: Origin::Option(option),
            })),
            (false, Some(settings)) => settings.flag(key),
            (false, None) => Ok(None),
        }
    }

    /// Parses a setting that no option sets.
    fn parsed<T>(
        &self,
        key: &Key,
        parse: impl FnOnce(&str) -> Result<T, &'static str>,
    ) -> Result<Option<T>, CliError> {
        let text = match self.settings {
            Some(settings) => settings.text(key)?,
            None => None,
        };
        text.map(|Setting { value, origin }| {
            parse(&value).map_err(|problem| invalid(&origin, problem))
        })
        .transpose()
    }
}

fn from_environment(known: &KnownSecrets) -> Result<Option<Proxies>, CliError> {
    proxy_password::add_from_environment(known);
    // The message names the variable but not its value.
    let proxies = Proxies::from_environment();
    proxies
        .map(Some)
        .map_err(|error| CliError::usage(root_message(&error)))
}

fn invalid(origin: &Origin, problem: impl std::fmt::Display) -> CliError {
    CliError::usage(format_args!("invalid {origin}: {problem}"))
}
