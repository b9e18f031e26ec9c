//! Runs a command in a runtime until it ends or is asked to stop.

use std::time::Duration;

use crate::cli::args::{Args, Command};
#[cfg(feature = "docs")]
use crate::cli::docs;
use crate::cli::watchdog::Watchdog;
use crate::client::factory::ClientFactory;
use crate::error::error::CliError;
use crate::generated::dt::{ActiveGateCommand, Dt};
use crate::options::deferred::Deferred;
use crate::options::output::OutputOptions;
use crate::output::dry_run::DryRun;
use crate::output::log::{Log, LogThread};
use crate::output::output::{Format, Output};
use crate::output::planned_output;
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
pub(crate) fn run(args: Args) -> Result<(), CliError> {
    signal::ensure_descriptors().map_err(CliError::start)?;
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(CliError::start)?;
    let result = runtime.block_on(dispatch(args));
    // Do not wait for what still runs, such as a name resolution that never ends.
    runtime.shutdown_timeout(Duration::ZERO);
    result
}

async fn dispatch(args: Args) -> Result<(), CliError> {
    signal::survive_file_size_limit().map_err(CliError::start)?;
    signal::await_children().map_err(CliError::start)?;
    let (log, log_thread) = Log::start().map_err(CliError::start)?;
    let secrets = log.secrets().clone();
    let result = run_command(args, log, log_thread).await;
    result.map_err(|error| {
        let redactor = secrets.redactor();
        error.redacted(&|line| redactor.redact(line).into_owned())
    })
}

async fn run_command(args: Args, log: Log, log_thread: LogThread) -> Result<(), CliError> {
    let clients = ClientFactory::new(&args.global, log.clone());
    let token_api = match &args.command {
        Command::Dt { api, .. } => *api,
        _ => None,
    };
    let target = args.global.target(token_api);
    let has_log = clients.is_verbose() || args.global.log_json;
    let mut options = output_options(&args)?;
    if matches!(&args.command, Command::Version(version) if version.json) {
        options.output = Some(Format::Json);
    }
    let presentation = options.presentation(has_log);
    let output = Output::new(presentation, Stdout::open()?, log.clone(), target);
    let mut output = output.with_dry_run(clients.dry_run().cloned());
    if clients.dry_run().is_some() && mutation_verb(&args.command).is_none() {
        return Err(CliError::usage(NO_DRY_RUN));
    }
    match args.command {
        Command::Asa(Deferred(asa)) => {
            let verb = asa.mutation_verb();
            ensure_allowed(&clients, Vendor::Asa, verb, &output)?;
            let clients = clients.with_change(verb);
            let run = async |output: &mut _| asa.run(&clients, output).await;
            let run = Box::pin(run_or_plan(clients.dry_run(), &mut output, run));
            until_stopped(&log, log_thread, run).await
        }
        Command::Dt {
            api,
            command: Deferred(command),
        } => {
            let clients = clients.with_token_api(api, uses_token_api(&command))?;
            let verb = command.mutation_verb();
            ensure_allowed(&clients, Vendor::Dt, verb, &output)?;
            let clients = clients.with_change(verb);
            let run = async |output: &mut _| command.run(&clients, output).await;
            let run = Box::pin(run_or_plan(clients.dry_run(), &mut output, run));
            until_stopped(&log, log_thread, run).await
        }
        Command::Doctor(doctor) => {
            let run = Box::pin(doctor.run(&clients, &mut output));
            until_stopped(&log, log_thread, run).await
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

/// Runs a command, or in a dry run prints the request at which it stops.
async fn run_or_plan(
    dry_run: Option<&DryRun>,
    output: &mut Output<Stdout>,
    command: impl AsyncFnOnce(&mut Output<Stdout>) -> Result<(), CliError>,
) -> Result<(), CliError> {
    let Some(dry_run) = dry_run else {
        return command(output).await;
    };
    let planned = dry_run.run(command(output)).await?;
    if planned.is_none() && dry_run.is_shown() {
        output.log().print("dry run: nothing was changed");
        return Ok(());
    }
    Ok(planned_output::print(planned, output)?)
}

/// Returns what a command changes at a server, as a verb.
fn mutation_verb(command: &Command) -> Option<&'static str> {
    match command {
        Command::Asa(Deferred(asa)) => asa.mutation_verb(),
        Command::Dt {
            command: Deferred(command),
            ..
        } => command.mutation_verb(),
        _ => None,
    }
}

/// Returns whether a command calls operations on ActiveGate tokens, which two APIs have.
fn uses_token_api(command: &Dt) -> bool {
    matches!(
        command,
        Dt::ActiveGateToken(_) | Dt::ActiveGate(Deferred(ActiveGateCommand::Attention(_)))
    )
}

/// Checks that a command may change what `verb` says.
fn ensure_allowed(
    clients: &ClientFactory,
    vendor: Vendor,
    verb: Option<&'static str>,
    output: &Output<Stdout>,
) -> Result<(), CliError> {
    let Some(verb) = verb else {
        return Ok(());
    };
    if clients.dry_run().is_none() {
        clients.ensure_writable(vendor, verb)?;
    }
    // An unknown column would be found only after the change.
    if output.has_chosen_columns() {
        return Err(CliError::usage(
            "--columns and --sort-by are for commands that only read; nothing was sent",
        ));
    }
    Ok(())
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
    let caught = signal::caught().map_err(CliError::start)?;
    tokio::select! {
        biased;
        result = command => result,
        signal = caught => Err(CliError::new(signal.into(), log.progress().line(signal))),
    }
}
