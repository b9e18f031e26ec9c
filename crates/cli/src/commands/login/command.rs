//! Writes a profile step by step.

use std::io;

use crate::client::factory::ClientFactory;
use crate::commands::config::view;
use crate::commands::login::answers::Answers;
use crate::commands::login::login_options::LoginOptions;
use crate::commands::login::new_profile::NewProfile;
use crate::commands::login::trial;
use crate::commands::prompt;
use crate::error::error::CliError;
use crate::options::vendor::VendorName;
use crate::output::list::write_items;
use crate::output::output::Output;
use crate::output::stdout::Stdout;
use crate::settings::config_file::ConfigFile;
use crate::settings::config_path::required_config_path;
use crate::settings::key::Vendor;
use crate::settings::settings::{Settings, profile_in_environment};

/// The text after the help of the command.
pub(crate) const HELP: &str = "\
What no option says is asked for at a terminal. A secret that is typed or read from stdin is stored in a new file beside the configuration
file, which only its owner can read; no file of a secret is ever overwritten, nor deleted. Before anything is written, the credential is
tried: asa logs in, and dt reads one ActiveGate token. The options of the connection are for that only; `gatelet config set` sets those of
a profile.";

/// Writes a profile.
#[derive(Debug, clap::Args)]
pub(crate) struct Login {
    #[command(flatten)]
    options: LoginOptions,
}

impl Login {
    /// Asks for what is missing, tries the credential, and writes the profile.
    ///
    /// # Errors
    /// An answer is missing or invalid, or the credential was refused, and nothing was written; or the write failed.
    pub(crate) async fn run(
        self,
        clients: ClientFactory,
        output: &mut Output<Stdout>,
    ) -> Result<(), CliError> {
        output.progress().set("nothing was written");
        if clients.is_embedded() {
            return Err(CliError::usage(
                "the emulator needs no profile; leave out --emulator",
            ));
        }
        let can_ask = prompt::can_ask();
        let Self { options } = self;
        let vendor = vendor(options.vendor, can_ask).await?;
        let path = required_config_path()?;
        let file = read(&path)?;
        let name = profile_name(clients.profile(), &file, can_ask).await?;
        let replaces = file.has_any(&name, vendor);
        let readonly = options.readonly;
        if replaces && !options.yes {
            let question = format!(
                "The profile {name} has settings of {}. Replace them?",
                vendor.table()
            );
            ensure_yes(&question, can_ask, "add --yes or name another profile").await?;
        }
        let answers = Answers::of(options, vendor, can_ask).await?;
        let profile = NewProfile::new(&file, name, vendor, readonly, answers)?;
        let settings = profile.settings(file)?;
        let tried = clients.with_settings(settings);
        match trial::run(vendor, &tried).await {
            Ok(line) => output.log().print(line),
            Err(error) if can_ask => {
                output.log().print(error.line());
                output.log().flush();
                ensure_yes("Write the profile nevertheless?", true, "").await?;
            }
            Err(error) => return Err(error.with_advice("nothing was written")),
        }
        let lines = profile.write(&path, replaces, output.progress())?;
        let written = read(&path)?;
        write_items(view::rows(&written, profile.name()), output)?;
        for line in lines {
            output.log().print(line);
        }
        warn_of_environment(vendor, profile.name(), output);
        Ok(())
    }
}

/// Returns the vendor that the command line names, or the answer.
async fn vendor(named: Option<VendorName>, can_ask: bool) -> Result<Vendor, CliError> {
    match (named, can_ask) {
        (Some(name), _) => Ok(name.into()),
        (None, true) => {
            let question = "What do you log in to: asa (Okta) or dt (Dynatrace)";
            let vendor = prompt::answer(question, None, |text| match text {
                "asa" => Ok(Vendor::Asa),
                "dt" => Ok(Vendor::Dt),
                _ => Err("asa or dt".to_owned()),
            });
            vendor.await
        }
        (None, false) => Err(CliError::usage(
            "nobody can be asked here: add asa or dt; nothing was written",
        )),
    }
}

fn read(path: &std::path::Path) -> Result<ConfigFile, CliError> {
    match ConfigFile::read(path)? {
        Some(file) => Ok(file),
        None => ConfigFile::parse(path, ""),
    }
}

/// Returns the name of the profile: the one that the command line or the variable names, or the answer.
async fn profile_name(
    named: Option<&str>,
    file: &ConfigFile,
    can_ask: bool,
) -> Result<String, CliError> {
    let named = match named {
        Some(name) => Some(name.to_owned()),
        None => profile_in_environment()?,
    };
    match (named, can_ask) {
        (Some(name), _) => Ok(name),
        (None, true) => {
            let default = file.default_profile().unwrap_or("default");
            let name = prompt::answer("Name of the profile", Some(default), |text| {
                Ok(text.to_owned())
            });
            name.await
        }
        (None, false) => Err(CliError::usage(
            "nobody can be asked here: add --profile; nothing was written",
        )),
    }
}

/// Asks a question.
///
/// # Errors
/// The answer is no, or nobody can be asked; `advice` is what to do then.
async fn ensure_yes(question: &str, can_ask: bool, advice: &str) -> Result<(), CliError> {
    if !can_ask {
        return Err(CliError::usage(format_args!(
            "{question} Nobody can be asked here: {advice}; nothing was written"
        )));
    }
    let failed = |error: io::Error| CliError::usage(format_args!("could not ask: {error}"));
    match prompt::is_yes(question).await.map_err(failed)? {
        true => Ok(()),
        false => Err(CliError::usage("nothing was written")),
    }
}

/// Says that the profile cannot be named while the environment has an address or a credential of the vendor.
fn warn_of_environment(vendor: Vendor, name: &str, output: &Output<Stdout>) {
    if let Some(variable) = Settings::source_variable(vendor) {
        output.log().print(format!(
            "warning: {variable} is set and comes before profiles; unset it to use {name}"
        ));
    }
}
