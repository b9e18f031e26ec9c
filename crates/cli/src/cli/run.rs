//! Runs a command in a runtime until it ends or is asked to stop.

use std::time::Duration;

use crate::cli::args::{Args, Command};
use crate::cli::call::{call, mutation_verb, token_api};
#[cfg(feature = "docs")]
use crate::cli::docs;
use crate::cli::fleet;
use crate::cli::usage::CommandLine;
use crate::cli::watchdog::Watchdog;
use crate::client::factory::ClientFactory;
use crate::error::error::CliError;
use crate::options::deferred::Deferred;
use crate::options::output::OutputOptions;
use crate::output::log::{Log, LogThread};
use crate::output::output::{Format, Output};
use crate::output::stdout::Stdout;
use crate::settings::key::Vendor;
use crate::settings::settings::Settings;
use crate::signal;

/// What is wrong with `--dry-run` of a command that changes nothing at a server.
const NO_DRY_RUN: &str = "--dry-run is for commands that change something at a server, and this one does not; leave it out";

/// Runs one command to its end.
///
/// # Errors
/// The error of the command.
pub(crate) fn run(line: CommandLine) -> Result<(), CliError> {
    signal::ensure_descriptors().map_err(CliError::start)?;
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(CliError::start)?;
    let result = runtime.block_on(dispatch(line));
    // Do not wait for what still runs, such as a name resolution that never ends.
    runtime.shutdown_timeout(Duration::ZERO);
    result
}

async fn dispatch(line: CommandLine) -> Result<(), CliError> {
    signal::survive_file_size_limit().map_err(CliError::start)?;
    signal::await_children().map_err(CliError::start)?;
    let (log, log_thread) = Log::start().map_err(CliError::start)?;
    let secrets = log.secrets().clone();
    let result = run_command(line, log, log_thread).await;
    result.map_err(|error| {
        let redactor = secrets.redactor();
        error.redacted(&|line| redactor.redact(line).into_owned())
    })
}

async fn run_command(line: CommandLine, log: Log, log_thread: LogThread) -> Result<(), CliError> {
    let CommandLine { args, matches } = line;
    if args.global.dry_run && mutation_verb(&args.command).is_none() {
        return Err(CliError::usage(NO_DRY_RUN));
    }
    if let Some(chosen) = args.global.chosen()? {
        return fleet::run(&matches, &args, chosen, &log, log_thread).await;
    }
    let clients = ClientFactory::new(&args.global, log.clone());
    let target = args.global.target(token_api(&args.command));
    let has_log = clients.is_verbose() || args.global.log_json;
    let mut options = output_options(&args)?;
    if matches!(&args.command, Command::Version(version) if version.json) {
        options.output = Some(Format::Json);
    }
    let presentation = options.presentation(has_log);
    let output = Output::new(presentation, Stdout::open()?, log.clone(), target);
    let mut output = output.with_dry_run(clients.dry_run().cloned());
    match args.command {
        command @ (Command::Asa(_) | Command::Dt { .. } | Command::Doctor(_)) => {
            let run = Box::pin(call(command, clients, &mut output));
            until_stopped(&log, log_thread, run).await
        }
        Command::Login(login) => {
            let run = Box::pin(login.run(clients, &mut output));
            until_stopped(&log, log_thread, run).await
        }
        Command::Exporter(exporter) if exporter.writes_file() => {
            let run = Box::pin(exporter.write_file(&clients, &mut output));
            until_stopped(&log, log_thread, run).await
        }
        Command::Exporter(exporter) => {
            let watchdog = Watchdog::start(log.progress().clone()).map_err(CliError::start)?;
            let on_stop = || watchdog.disarm();
            let result = Box::pin(exporter.serve(&clients, &mut output, on_stop)).await;
            drop(log_thread);
            result
        }
        Command::Config(Deferred(config)) => {
            config.run(args.global.profile.as_deref(), &mut output)
        }
        Command::Completions(completions) => completions.run(&mut output),
        #[cfg(feature = "docs")]
        Command::Docs { folder } => docs::run(&folder),
        Command::Version(version) => version.run(&mut output),
        Command::Emulator(Deferred(emulator)) => {
            let watchdog = Watchdog::start(log.progress().clone()).map_err(CliError::start)?;
            let on_stop = || watchdog.disarm();
            let result = emulator.run(&clients, &mut output, on_stop).await;
            drop(log_thread);
            result
        }
    }
}

/// Returns the options of the output, filled with what the settings of the vendor say. What is wrong with others of these is said by the
/// command that needs them.
fn output_options(args: &Args) -> Result<OutputOptions, CliError> {
    let options = args.global.output.clone();
    let vendor = match &args.command {
        Command::Asa(_) => Vendor::Asa,
        Command::Dt { .. } => Vendor::Dt,
        _ => return Ok(options),
    };
    let is_local = args.global.emulator;
    match Settings::read(vendor, args.global.profile.as_deref()) {
        Ok(settings) if !is_local => options.with_settings(&settings),
        _ => Ok(options),
    }
}

/// Runs a command until it ends or a signal asks the process to, and its lines are printed.
async fn until_stopped(
    log: &Log,
    log_thread: LogThread,
    command: impl Future<Output = Result<(), CliError>>,
) -> Result<(), CliError> {
    let _watchdog = Watchdog::start(log.progress().clone()).map_err(CliError::start)?;
    // Before the watchdog ends, because its end waits until all lines are printed.
    let _log_thread = log_thread;
    let caught = signal::caught_last().map_err(CliError::start)?;
    tokio::select! {
        biased;
        result = command => result,
        signal = caught => Err(CliError::new(signal.into(), log.progress().line(signal))),
    }
}
