//! The clients that commands use: against the vendors, or against the embedded emulator.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use asa_client::ServiceUser;
use emulator::{Emulator, well_known};
use etcetera::BaseStrategy as _;
use transport::{ApiToken, Clock as _, HyperTransport, Timeouts, TokioClock};

use crate::args::Global;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::secret;
use crate::verbose::Verbose;

/// The address under which the embedded emulator is asked; nothing is ever sent there.
const EMBEDDED: &str = "http://localhost";

/// What stands behind the clients' own name in the `User-Agent` field.
const USER_AGENT: &str = concat!("gatelet/", env!("CARGO_PKG_VERSION"));

/// How long another command may keep the embedded emulator's file.
const IN_USE: Duration = Duration::from_secs(3);

/// Makes the clients.
#[derive(Debug)]
pub(crate) struct Connect {
    emulator: bool,
    timeouts: Timeouts,
    verbose: bool,
}

impl Connect {
    pub(crate) fn new(global: &Global) -> Self {
        let default = Timeouts::default();
        let timeouts = global.timeout.map_or(default, |total| default.total(total));
        Self {
            emulator: global.emulator,
            timeouts,
            verbose: global.verbose > 0,
        }
    }

    /// The client of Advanced Server Access.
    ///
    /// # Errors
    /// A setting is missing or cannot be used, or the emulator cannot be opened.
    pub(crate) async fn asa(&self) -> Result<asa_client::Client, Failure> {
        if self.emulator {
            return self.asa_within(embedded().await?);
        }
        let mut builder = asa_client::Client::builder(setting("GATELET_ASA_TEAM")?);
        if let Some(url) = text("GATELET_ASA_URL")? {
            builder = builder.endpoint(url);
        }
        let key_id = setting("GATELET_ASA_KEY_ID")?;
        let user = ServiceUser::new(key_id, secret::from_environment("GATELET_ASA_KEY_SECRET")?);
        let builder = builder
            .credentials(user)
            .timeouts(self.timeouts)
            .user_agent(USER_AGENT);
        Ok(builder.build_with(self.verbose(HyperTransport::new()), TokioClock::new())?)
    }

    /// The client of Advanced Server Access within an emulator.
    ///
    /// # Errors
    /// None that a user could mend.
    pub(crate) fn asa_within(&self, emulator: Emulator) -> Result<asa_client::Client, Failure> {
        let builder = asa_client::Client::builder(well_known::ASA_TEAM)
            .endpoint(EMBEDDED)
            .credentials(ServiceUser::new(
                well_known::ASA_KEY_ID,
                well_known::ASA_KEY_SECRET,
            ))
            .timeouts(self.timeouts);
        Ok(builder.build_with(self.verbose(emulator), TokioClock::new())?)
    }

    /// The client of Dynatrace.
    ///
    /// # Errors
    /// A setting is missing or cannot be used, or the emulator cannot be opened.
    pub(crate) async fn dt(&self) -> Result<dt_client::Client, Failure> {
        if self.emulator {
            let builder = dt_client::Client::builder(EMBEDDED)
                .credentials(ApiToken::new(well_known::DT_TOKEN)?)
                .timeouts(self.timeouts);
            return Ok(builder.build_with(self.verbose(embedded().await?), TokioClock::new())?);
        }
        let builder = dt_client::Client::builder(setting("GATELET_DT_URL")?);
        let token = secret::from_environment("GATELET_DT_TOKEN")?;
        let builder = builder
            .credentials(ApiToken::new(token.expose())?)
            .timeouts(self.timeouts)
            .user_agent(USER_AGENT);
        Ok(builder.build_with(self.verbose(HyperTransport::new()), TokioClock::new())?)
    }

    fn verbose<T>(&self, transport: T) -> Verbose<T> {
        Verbose::new(transport, self.verbose)
    }
}

/// The embedded emulator.
///
/// # Errors
/// There is no place for its state, or as [`open`].
pub(crate) async fn embedded() -> Result<Emulator, Failure> {
    let path = data()?;
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder).map_err(|error| {
            Failure::new(
                Exit::Other,
                format_args!("could not make {}: {error}", folder.display()),
            )
        })?;
    }
    open(&path).await
}

/// Opens an emulator's file, and fills it with the vendors' examples when it is new.
///
/// # Errors
/// The file cannot be used, or another process keeps it.
pub(crate) async fn open(path: &Path) -> Result<Emulator, Failure> {
    let clock = TokioClock::new();
    let begun = clock.monotonic();
    let emulator = loop {
        match Emulator::open(path) {
            Err(emulator::Error::InUse { .. })
                if clock.monotonic().saturating_sub(begun) < IN_USE =>
            {
                clock.sleep(Duration::from_millis(20)).await;
            }
            opened => break opened.map_err(|error| Failure::new(Exit::Other, error))?,
        }
    };
    emulator
        .seed()
        .map_err(|error| Failure::new(Exit::Other, error))?;
    Ok(emulator)
}

/// The file with the embedded emulator's state.
fn data() -> Result<PathBuf, Failure> {
    if let Some(path) = secret::set("GATELET_EMULATOR_DATA") {
        return Ok(PathBuf::from(path));
    }
    match etcetera::choose_base_strategy() {
        Ok(folders) => Ok(folders.data_dir().join("gatelet").join("emulator.redb")),
        Err(_) => Err(Failure::usage(
            "no home folder to keep the emulator's state in: set GATELET_EMULATOR_DATA to a file",
        )),
    }
}

/// A setting that must be there.
fn setting(name: &str) -> Result<String, Failure> {
    text(name)?
        .ok_or_else(|| Failure::usage(format_args!("{name} is not set; set it, or try --emulator")))
}

fn text(name: &str) -> Result<Option<String>, Failure> {
    secret::set(name)
        .map(|value| {
            value
                .into_string()
                .map_err(|_| Failure::usage(format_args!("{name} is not UTF-8")))
        })
        .transpose()
}
