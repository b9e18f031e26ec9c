//! The embedded emulator and its state file.

use std::path::Path;
use std::time::Duration;

use gatelet_emulator::Emulator;
use gatelet_hyper::TokioClock;
use gatelet_transport::Clock as _;

use crate::error::error::CliError;
use crate::error::exit::Exit;
use crate::private_file;
use crate::settings::emulator_state::emulator_state;
use crate::settings::variable::EMULATOR_DATA;

/// How long to wait for another process that has the file open.
const IN_USE: Duration = Duration::from_secs(3);

/// Opens the embedded emulator.
///
/// # Errors
/// The directory of its state cannot be created, or those of [`open`].
pub(crate) async fn open_default() -> Result<Emulator, CliError> {
    let path = emulator_state().ok_or_else(|| {
        CliError::usage(format_args!(
            "no home directory for the emulator's state; set {} to a file",
            EMULATOR_DATA.name
        ))
    })?;
    if let Some(directory) = path.parent() {
        private_file::create_folder(directory).map_err(|error| {
            CliError::new(
                Exit::Other,
                format_args!("could not create {}: {error}", directory.display()),
            )
        })?;
    }
    open(&path).await
}

/// Opens an emulator's state file. A new file gets the vendors' examples; the credentials that commands use are valid again if a
/// rotation ended them.
///
/// # Errors
/// The file cannot be used, or another process has it open.
pub(crate) async fn open(path: &Path) -> Result<Emulator, CliError> {
    let clock = TokioClock::new();
    let started = clock.monotonic();
    let emulator = loop {
        match Emulator::open(path) {
            Err(gatelet_emulator::Error::InUse { .. })
                if clock.monotonic().saturating_sub(started) < IN_USE =>
            {
                clock.sleep(Duration::from_millis(20)).await;
            }
            result => break result.map_err(|error| CliError::new(Exit::Other, error))?,
        }
    };
    emulator
        .seed()
        .and_then(|()| emulator.restore_well_known_keys())
        .map_err(|error| CliError::new(Exit::Other, error))?;
    Ok(emulator)
}
