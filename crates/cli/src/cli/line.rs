//! A command line that is being typed, and the lists that complete it.

use std::env::current_exe;
use std::ffi::OsString;
use std::io::{self, BufRead as _, BufReader};
use std::process::{Command, Stdio};
use std::sync::mpsc::channel;
use std::thread;
use std::time::Duration;

use clap::ArgMatches;
use clap::parser::ValueSource;

use crate::cli::args;
use crate::commands::completions::VARIABLE;
use crate::settings::key::{ASA_KEY_SECRET, DT_OAUTH_CLIENT_SECRET, DT_TOKEN, SecretKey, Vendor};
use crate::settings::secret_source::SecretSource;
use crate::settings::settings::Settings;

/// How long a list may take.
const LIMIT: Duration = Duration::from_secs(2);

/// The most names that are offered.
const MOST: usize = 500;

/// Options of every command that a list has values of its own for, or no use for.
const UNUSED: &[&str] = &[
    "output",
    "columns",
    "sort_by",
    "jq",
    "no_headers",
    "color",
    "dry_run",
    "timeout",
    "verbose",
    "all_profiles",
    "profiles",
    "concurrency",
];

/// The words of a command line that is not complete.
#[derive(Debug)]
pub(crate) struct Line {
    matches: Option<ArgMatches>,
    /// The options of every command that decide where a list comes from.
    options: Vec<OsString>,
}

impl Line {
    /// Parses the words as far as they are known, the first of which is the program.
    pub(crate) fn parse<'a>(words: impl IntoIterator<Item = &'a OsString>) -> Self {
        let command = args::syntax().ignore_errors(true);
        let matches = command.clone().try_get_matches_from(words).ok();
        let options = matches
            .iter()
            .flat_map(|matches| options(&command, matches))
            .collect();
        Self { matches, options }
    }

    /// Returns what a list of the embedded emulator names.
    pub(crate) fn ask_emulator(&self, list: &str) -> Vec<String> {
        names(list, &["--emulator".into()], &[]).unwrap_or_default()
    }

    /// Returns what a list names, which takes the values of these arguments; nothing if it fails.
    pub(crate) fn ask(&self, list: &str, arguments: &[String]) -> Vec<String> {
        let Some(matches) = &self.matches else {
            return Vec::new();
        };
        let mut leaf = matches;
        while let Some((_, inner)) = leaf.subcommand() {
            leaf = inner;
        }
        let values = arguments.iter().map(|name| {
            let mut values = leaf.try_get_raw(name).ok()??;
            values.next().map(ToOwned::to_owned)
        });
        let values: Option<Vec<_>> = values.collect();
        match values {
            Some(values) if self.may_ask(list) => {
                names(list, &self.options, &values).unwrap_or_default()
            }
            _ => Vec::new(),
        }
    }

    /// Returns whether a list needs no credential that a command prints: that may ask for a password, or take its time.
    fn may_ask(&self, list: &str) -> bool {
        let flag = |name| self.matches.as_ref().is_some_and(|it| it.get_flag(name));
        if flag("emulator") {
            return true;
        }
        let profile = self
            .matches
            .as_ref()
            .and_then(|it| it.get_one::<String>("profile"));
        let (vendor, secrets): (_, &[SecretKey]) = match list.starts_with("dt ") {
            true => (Vendor::Dt, &[DT_TOKEN, DT_OAUTH_CLIENT_SECRET]),
            false => (Vendor::Asa, &[ASA_KEY_SECRET]),
        };
        let Ok(settings) = Settings::read(vendor, profile.map(String::as_str)) else {
            return false;
        };
        let mut sources = secrets.iter().map(|secret| settings.secret(secret));
        sources.all(|it| !matches!(it, Err(_) | Ok(Some(SecretSource::Command(_)))))
    }
}

/// Returns the options of every command that were typed, as they are passed on.
fn options(root: &clap::Command, matches: &ArgMatches) -> Vec<OsString> {
    let (mut command, mut leaf) = (Some(root), matches);
    let mut known = Vec::new();
    loop {
        let own = command.into_iter().flat_map(clap::Command::get_arguments);
        known.extend(own.filter(|arg| arg.is_global_set()));
        let Some((name, inner)) = leaf.subcommand() else {
            break;
        };
        command = command.and_then(|it| it.find_subcommand(name));
        leaf = inner;
    }
    let is_used = |arg: &&clap::Arg| {
        let id = arg.get_id().as_str();
        leaf.value_source(id) == Some(ValueSource::CommandLine) && !UNUSED.contains(&id)
    };
    let options = known.into_iter().filter(is_used).filter_map(|arg| {
        let mut option = OsString::from(format!("--{}", arg.get_long()?));
        if arg.get_action().takes_values() {
            option.push("=");
            option.push(leaf.get_raw(arg.get_id().as_str())?.next()?);
        }
        Some(option)
    });
    options.collect()
}

/// Runs this program to list names, and returns those that it has printed in time.
fn names(list: &str, options: &[OsString], arguments: &[OsString]) -> io::Result<Vec<String>> {
    let mut process = Command::new(current_exe()?)
        .args(list.split(' '))
        .args(options)
        .args(["--output=name", "--timeout=2", "--"])
        .args(arguments)
        .env_remove(VARIABLE)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()?;
    let Some(stdout) = process.stdout.take() else {
        return Ok(Vec::new());
    };
    let (send, names) = channel();
    let (done, is_done) = channel::<()>();
    thread::Builder::new().spawn(move || {
        let lines = BufReader::new(stdout).lines().map_while(Result::ok);
        lines.take(MOST).for_each(|line| drop(send.send(line)));
        drop(done);
    })?;
    let _ = is_done.recv_timeout(LIMIT);
    let _ = process.kill();
    let _ = process.wait();
    Ok(names.try_iter().collect())
}
