//! Runs a command with several profiles, and merges what it prints.

use std::panic;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::time::Duration;

use clap::ArgMatches;
use gatelet_hyper::TokioClock;
use gatelet_transport::Clock as _;
use tokio::task::{JoinSet, LocalSet};

use crate::cli::args::Args;
use crate::cli::call::{call, token_api};
use crate::cli::fleet_command;
use crate::cli::usage::repeat;
use crate::cli::watchdog::Watchdog;
use crate::client::factory::ClientFactory;
use crate::error::error::CliError;
use crate::error::exit::Exit;
use crate::options::profiles::Chosen;
use crate::output::log::{Log, LogThread};
use crate::output::merge::{Merge, Order, Place};
use crate::output::output::{Format, Output, Presentation};
use crate::output::profile_lines::ProfileLines;
use crate::output::progress_line::ProgressLine;
use crate::output::stdout::Stdout;
use crate::settings::config_file::ConfigFile;
use crate::settings::config_path::config_path;
use crate::settings::profile_choice::ProfileChoice;
use crate::settings::settings::Settings;
use crate::signal::{self, Signal};

/// How often it is shown how many profiles are complete.
const TICK: Duration = Duration::from_secs(1);

/// Runs a command with the chosen profiles.
///
/// # Errors
/// The command is not for several profiles, or it failed with one of them, or found something.
pub(crate) async fn run(
    matches: &ArgMatches,
    args: &Args,
    chosen: Chosen<'_>,
    log: &Log,
    log_thread: LogThread,
) -> Result<(), CliError> {
    let vendors = fleet_command::vendors(&args.command, matches)?;
    for vendor in &vendors {
        Settings::ensure_no_source(*vendor, chosen.option())?;
    }
    let patterns = match chosen {
        Chosen::All => None,
        Chosen::Matching(patterns) => Some(patterns),
    };
    let choice = ProfileChoice::of(configuration()?, patterns, &vendors)?;
    if args.global.verbose > 0 && !choice.skipped.is_empty() {
        let names = choice.skipped.join(", ");
        log.print(format!(
            "skipped profiles without settings of the vendor: {names}"
        ));
    }
    let fleet = Fleet::new(matches, args, choice.names, log)?;
    let _watchdog = Watchdog::start(log.progress().clone()).map_err(CliError::start)?;
    // Before the watchdog ends, because its end waits until all lines are printed.
    let _log_thread = log_thread;
    let caught = signal::caught().map_err(CliError::start)?;
    let tasks = LocalSet::new();
    tasks.run_until(fleet.run(caught)).await
}

fn configuration() -> Result<ConfigFile, CliError> {
    let file = match config_path() {
        Some(path) => ConfigFile::read(&path)?,
        None => None,
    };
    file.ok_or_else(CliError::no_profiles)
}

/// A command that runs with several profiles.
struct Fleet<'a> {
    matches: &'a ArgMatches,
    log: &'a Log,
    profiles: Vec<Arc<str>>,
    concurrency: usize,
    presentation: Presentation,
    merge: Merge<Stdout>,
    lines: ProfileLines,
    /// The errors so far, by the places of their profiles.
    errors: Vec<(usize, CliError)>,
    complete: usize,
    has_found: bool,
}

impl<'a> Fleet<'a> {
    fn new(
        matches: &'a ArgMatches,
        args: &Args,
        profiles: Vec<Arc<str>>,
        log: &'a Log,
    ) -> Result<Self, CliError> {
        // The profiles may have different ones.
        let options = args.global.output.clone();
        let options = options.with_settings(&Settings::of_environment())?;
        let has_log = args.global.verbose > 0 || args.global.log_json;
        let presentation = options.presentation(has_log);
        let order = match presentation.format {
            Format::Ndjson => Order::AsTheyCome,
            _ => Order::OfProfiles,
        };
        let holds_first = matches!(presentation.format, Format::Table | Format::Wide);
        // On a terminal, only rows of a table end where a line does.
        let may_show = holds_first || !presentation.style.is_terminal;
        let progress_line = ProgressLine::of_profiles(presentation.has_profile_line && may_show);
        Ok(Self {
            matches,
            log,
            profiles,
            concurrency: args.global.profiles.concurrency(),
            merge: Merge::new(Stdout::open()?, order, holds_first, progress_line),
            presentation,
            lines: ProfileLines::default(),
            errors: Vec::new(),
            complete: 0,
            has_found: false,
        })
    }

    /// Runs the command with each profile, some at the same time, until all have ended or a signal asks the process to end.
    async fn run(mut self, caught: impl Future<Output = Signal>) -> Result<(), CliError> {
        let mut caught = pin!(caught);
        let mut signal = None;
        let mut waiting = self.profiles.clone().into_iter().enumerate();
        let mut running = JoinSet::new();
        let clock = TokioClock::new();
        loop {
            while signal.is_none()
                && running.len() < self.concurrency
                && let Some((number, profile)) = waiting.next()
            {
                running.spawn_local(self.start(Place { profile, number })?);
            }
            let ended = tokio::select! {
                biased;
                // The commands that run see it, too, and end.
                caught = &mut caught, if signal.is_none() => {
                    signal = Some(caught);
                    continue;
                }
                ended = running.join_next() => ended,
                () = clock.sleep(TICK) => {
                    self.merge.progress_line().show(self.total());
                    continue;
                }
            };
            match ended {
                Some(Ok((place, result))) => self.end(&place, result)?,
                Some(Err(error)) => panic::resume_unwind(error.into_panic()),
                None => break,
            }
        }
        self.finish(signal)
    }

    fn total(&self) -> Option<u64> {
        u64::try_from(self.profiles.len()).ok()
    }

    /// Starts the command with a profile.
    fn start(&self, place: Place) -> Result<Task, CliError> {
        let Args { global, command } = repeat(self.matches)?;
        let global = global.of_profile(&place.profile);
        let log = self.log.of_profile(&place.profile, &self.lines);
        let clients = ClientFactory::new(&global, log.clone());
        let target = global.target(token_api(&command));
        let stdout = Stdout::open()?;
        let output = Output::new(self.presentation.clone(), stdout, log.clone(), target);
        let merge = self.merge.clone();
        let mut output = output.merged(place.clone(), merge.clone());
        let caught = signal::caught_last().map_err(CliError::start)?;
        Ok(Box::pin(async move {
            let result = tokio::select! {
                biased;
                result = call(command, clients, &mut output) => result,
                signal = caught => Err(CliError::new(signal.into(), log.progress().line(signal))),
            };
            let written = merge.end(&place).map_err(CliError::from);
            (place, result.and(written))
        }))
    }

    /// Notes how the command ended with a profile.
    ///
    /// # Errors
    /// What concerns all profiles: the list cannot be written, or nobody reads it any more.
    fn end(&mut self, place: &Place, result: Result<(), CliError>) -> Result<(), CliError> {
        match result {
            Ok(()) => self.complete += 1,
            Err(error) if self.merge.has_failed() || error.exit() == Exit::Success => {
                return Err(error);
            }
            Err(error) if error.exit() == Exit::Found => {
                self.has_found = true;
                self.complete += 1;
            }
            Err(error) => {
                let error = error.of_profile(&place.profile);
                self.errors.push((place.number, error));
            }
        }
        let ended = self.complete + self.errors.len();
        let total = self.profiles.len();
        self.log
            .set(format!("{ended} of {total} profiles have ended"));
        let mut line = self.merge.progress_line();
        line.count(1);
        line.show(self.total());
        Ok(())
    }

    /// Ends the list, and says how the command ended.
    fn finish(mut self, signal: Option<Signal>) -> Result<(), CliError> {
        self.merge.finish()?;
        for entry in self.lines.take(&self.profiles) {
            self.log.print_entry(entry);
        }
        self.errors.sort_by_key(|(number, _)| *number);
        let total = self.profiles.len();
        if let Some(signal) = signal {
            let line = format!(
                "{signal}; {} of {total} profiles are complete",
                self.complete
            );
            // What says no more than that is left out.
            let errors = self.errors.into_iter().map(|(_, error)| error);
            let errors = errors.filter(|error| error.line() != signal.to_string());
            return Err(CliError::new(signal.into(), line).with_parts(errors.collect()));
        }
        match (self.errors.len(), self.has_found) {
            (0, false) => Ok(()),
            (0, true) => Err(CliError::silent(Exit::Found)),
            (failed, _) => {
                let noun = if total == 1 { "profile" } else { "profiles" };
                let line = format!("{failed} of {total} {noun} failed");
                let errors = self.errors.into_iter().map(|(_, error)| error);
                Err(CliError::new(Exit::ProfileFailed, line).with_parts(errors.collect()))
            }
        }
    }
}

/// The command with one profile, and the place of that profile.
type Task = Pin<Box<dyn Future<Output = (Place, Result<(), CliError>)>>>;
