//! Completions in shells: of commands, options and words, and of names that only the configuration file or a server knows.
//!
//! A completion runs while someone types. It only reads, prints no error, does not run the command of a credential, which may ask for a
//! password, and ends in time.

use std::ffi::OsString;
use std::process;
use std::sync::Arc;
use std::thread;
use std::time::Duration;

use clap::{Arg, Command};
use clap_complete::engine::{ArgValueCandidates, CompletionCandidate};
use clap_complete::env::CompleteEnv;
use gatelet_models::contains_secret;

use crate::cli::args;
use crate::cli::line::Line;
use crate::commands::completions::VARIABLE;
use crate::env;
use crate::settings::config_file::ConfigFile;
use crate::settings::config_path::config_path;
use crate::settings::key::KEYS;

/// How long a completion may take.
const LIMIT: Duration = Duration::from_secs(3);

/// Nouns below others, and the lists that know the values of their first arguments. A list takes the arguments before.
const OUTER: &[(&str, &[&str])] = &[
    ("asa enrollment-token", &["asa project list"]),
    ("asa resource-group project", &["asa resource-group list"]),
    (
        "asa resource-group enrollment-token",
        &["asa resource-group list", "asa resource-group project list"],
    ),
    ("asa service-user key", &["asa service-user list"]),
    ("dt update-job", &["dt active-gate list"]),
];

/// Commands whose last argument names what does not exist.
const NEW: &[&str] = &["create", "find-lost", "validate"];

/// Completes a line if a shell asks for it; returns whether one did.
pub(crate) fn complete(arguments: &[OsString]) -> bool {
    if env::non_empty(VARIABLE).is_none() {
        return false;
    }
    end_in_time();
    let words = arguments.iter().skip_while(|word| *word != "--").skip(1);
    let line = Arc::new(Line::parse(words));
    let shells = CompleteEnv::with_factory(|| completed(&line)).var(VARIABLE);
    let folder = std::env::current_dir().ok();
    // What is wrong would be printed in the middle of the line that someone types.
    shells
        .try_complete(arguments, folder.as_deref())
        .unwrap_or(true)
}

/// Ends the process if it takes too long, as when the configuration file is a pipe.
#[expect(clippy::exit, reason = "the main thread may be blocked")]
fn end_in_time() {
    // Without the thread, only the time limits of what is read remain.
    let _ = thread::Builder::new().spawn(|| {
        thread::park_timeout(LIMIT);
        process::exit(1);
    });
}

/// Returns the command line with what completes it.
fn completed(line: &Arc<Line>) -> Command {
    let command = args::command(usize::MAX).mut_args(with_profiles);
    below(command, "", line)
}

fn below(command: Command, noun: &str, line: &Arc<Line>) -> Command {
    let lists = lists(&command, noun);
    command.mut_subcommands(|inner| {
        let words = format!("{noun} {}", inner.get_name());
        let words = words.trim_start();
        let inner = with_values(inner, noun, &lists, line);
        below(inner, words, line)
    })
}

/// Returns the lists that know the values of the arguments of a noun's commands, the first argument first.
fn lists(command: &Command, noun: &str) -> Vec<String> {
    let outer = OUTER.iter().find(|(own, _)| *own == noun);
    let outer = outer.into_iter().flat_map(|(_, lists)| lists.iter());
    let mut lists: Vec<_> = outer.map(|list| (*list).to_owned()).collect();
    // A noun without a vendor before it is no noun of an API.
    let own = command
        .find_subcommand("list")
        .filter(|_| noun.contains(' '));
    if own.is_some_and(|own| own.get_positionals().count() == lists.len()) {
        lists.push(format!("{noun} list"));
    }
    lists
}

/// Adds what completes the values of a command's own arguments.
fn with_values(command: Command, noun: &str, lists: &[String], line: &Arc<Line>) -> Command {
    let name = command.get_name().to_owned();
    let known = match lists.split_last() {
        Some((_, outer)) if NEW.contains(&name.as_str()) => outer,
        _ => lists,
    };
    let names: Vec<_> = command
        .get_positionals()
        .map(|arg| arg.get_id().to_string())
        .collect();
    command.mut_args(|arg| {
        let place = names.iter().position(|name| arg.get_id() == name.as_str());
        let list = place.and_then(|place| Some((place, known.get(place)?)));
        match (list, noun, arg.get_id().as_str()) {
            (Some((place, list)), ..) => {
                let before = names.iter().take(place).cloned().collect();
                arg.add(listed(line, list, before))
            }
            (_, "config", "name") if name == "use" => arg.add(profiles()),
            (_, "config", "name") => arg.add(candidates(|| {
                KEYS.iter().map(|key| key.name.to_owned()).collect()
            })),
            (_, "emulator", "setup_token") => {
                let line = Arc::clone(line);
                arg.add(candidates(move || {
                    line.ask_emulator("asa gateway-setup-token list")
                }))
            }
            _ => with_profiles(with_known_words(arg)),
        }
    })
}

/// Adds the names of profiles to the option that takes one; each command has it.
fn with_profiles(arg: Arg) -> Arg {
    match arg.get_id().as_str() {
        "profile" | "profiles" | "from_profile" | "to_profile" => arg.add(profiles()),
        _ => arg,
    }
}

/// Adds the words that the help of an option lists; others are allowed.
fn with_known_words(arg: Arg) -> Arg {
    let help = arg.get_help().map(ToString::to_string).unwrap_or_default();
    let words = help
        .split_once("[known words: ")
        .and_then(|(_, rest)| rest.split_once(']'));
    let Some((words, _)) = words else {
        return arg;
    };
    let words: Vec<_> = words.split(", ").map(str::to_owned).collect();
    arg.add(candidates(move || words.clone()))
}

fn listed(line: &Arc<Line>, list: &str, before: Vec<String>) -> ArgValueCandidates {
    let (line, list) = (Arc::clone(line), list.to_owned());
    candidates(move || line.ask(&list, &before))
}

fn profiles() -> ArgValueCandidates {
    candidates(|| {
        let file = config_path().and_then(|path| ConfigFile::read(&path).ok().flatten());
        let names = |file: ConfigFile| file.profile_names().map(str::to_owned).collect();
        file.map_or_else(Vec::new, names)
    })
}

/// Offers names. A shell runs what was completed, so those are left out that it would not take for one word.
fn candidates(names: impl Fn() -> Vec<String> + Send + Sync + 'static) -> ArgValueCandidates {
    ArgValueCandidates::new(move || {
        let plain = names().into_iter().filter(|name| is_offered(name));
        plain.map(CompletionCandidate::new).collect::<Vec<_>>()
    })
}

/// Returns whether a name is one word for each shell, and not an option nor a secret.
fn is_offered(name: &str) -> bool {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "_-./:@+".contains(c);
    let is_option = name.starts_with("--");
    !name.is_empty() && name.chars().all(is_plain) && !is_option && !contains_secret(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_noun_below_another_has_a_list_that_takes_its_first_arguments() {
        let root = args::command(80);
        for (noun, outer) in OUTER {
            let words = noun.split(' ');
            let group = words.fold(&root, |it, word| it.find_subcommand(word).unwrap());
            assert_eq!(lists(group, noun).len(), outer.len() + 1, "{noun}");
        }
    }

    #[test]
    fn the_names_of_a_noun_are_completed_by_its_list_without_further_ado() {
        let relay = Command::new("relay").subcommand(Command::new("list"));
        assert_eq!(lists(&relay, "dt relay"), ["dt relay list"]);
        assert!(lists(&relay, "relay").is_empty());
    }

    #[test]
    fn a_name_that_a_shell_would_not_take_for_one_word_is_not_offered() {
        for name in ["dt0g02.AB-1", "-1556499193", "0x3efdd091", "a_b@c/d:e+f"] {
            assert!(is_offered(name), "{name}");
        }
        for name in [
            "",
            "a b",
            "$(reboot)",
            "`id`",
            "a;b",
            "a|b",
            "~root",
            "a*",
            "!x",
            "'a",
            "\"",
            "é",
            "\u{202e}a",
            "a\tb",
            "--yes",
            "dt0c01.ABC.DEF",
            "%PATH%",
            "a=b",
            "#a",
            "{a,b}",
        ] {
            assert!(!is_offered(name), "{name}");
        }
    }
}
