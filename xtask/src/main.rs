//! The repository's own commands: `cargo xtask <verb>`.
//!
//! Every verb has a file of its own. A verb takes the workspace and its arguments, prints what it did, and returns
//! `Ok` or a [`Error`]; nothing else in here decides about exit codes.

#![allow(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "these are commands for people: they print"
)]

mod bench;
mod ci;
mod codegen;
mod deps;
mod error;
mod fuzz;
mod graph;
mod interop;
mod no_std;
mod options;
mod public_api;
mod soak;
mod tidy;
mod workspace;

use std::process::ExitCode;

use error::Error;
use workspace::Workspace;

/// A verb: its name, its arguments as shown by `help`, one line about it, and what it runs.
struct Verb {
    name: &'static str,
    arguments: &'static str,
    about: &'static str,
    run: fn(&Workspace, &[String]) -> Result<(), Error>,
}

const VERBS: &[Verb] = &[
    Verb {
        name: "codegen",
        arguments: "[--check]",
        about: "write the models, operation tables, reference pages and JSON Schemas from the descriptions",
        run: codegen::run,
    },
    Verb {
        name: "deps",
        arguments: "[--update]",
        about: "check who depends on what against xtask/deps/",
        run: deps::run,
    },
    Verb {
        name: "graph",
        arguments: "[--check]",
        about: "draw docs/graph.svg, crates and rooms from the code; refuse circles and upward imports",
        run: graph::run,
    },
    Verb {
        name: "tidy",
        arguments: "[--update]",
        about: "check manifests, sources, links and the list of faults",
        run: tidy::run,
    },
    Verb {
        name: "public-api",
        arguments: "[--update]",
        about: "check the public API of each library against docs/public-api/, and whose types it names",
        run: public_api::run,
    },
    Verb {
        name: "no-std",
        arguments: "",
        about: "link the models without std, and run them",
        run: no_std::run,
    },
    Verb {
        name: "fuzz",
        arguments: "[--seconds N] [--target NAME]",
        about: "run the fuzz targets, 60 seconds each",
        run: fuzz::run,
    },
    Verb {
        name: "soak",
        arguments: "models [--values N] [--seconds N] [--seed N] | paging [--schedules N] [--seed N] | transport [--calls N] [--at-once N] [--cancellations N] [--seed N] | emulator [--operations N] [--tokens N] [--connections N] [--seed N]",
        about: "ten million generated values of the models, or as many random listings, or both clients over sockets that break, or all that the emulator must bear",
        run: soak::run,
    },
    Verb {
        name: "bench",
        arguments: "decode|size",
        about: "measure decoding, or the models' build, side by side with others",
        run: bench::run,
    },
    Verb {
        name: "interop",
        arguments: "descriptions [--keep]",
        about: "what linters, validators and generators from PyPI and npm make of the descriptions",
        run: interop::run,
    },
    Verb {
        name: "ci",
        arguments: "",
        about: "every step of continuous integration, in its order",
        run: ci::run,
    },
];

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match dispatch(&arguments) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("xtask: {error}");
            ExitCode::from(error.exit_code())
        }
    }
}

fn dispatch(arguments: &[String]) -> Result<(), Error> {
    match arguments.split_first() {
        None => {
            print!("{}", help());
            Ok(())
        }
        Some((verb, _)) if matches!(verb.as_str(), "help" | "--help" | "-h") => {
            print!("{}", help());
            Ok(())
        }
        Some((name, rest)) => match VERBS.iter().find(|verb| verb.name == name) {
            Some(verb) => (verb.run)(&Workspace::here(), rest),
            None => Err(Error::Usage(format!(
                "there is no verb `{name}`\n\n{}",
                help()
            ))),
        },
    }
}

fn help() -> String {
    let mut text = String::from("Usage: cargo xtask <verb>\n\n");
    for verb in VERBS {
        text.push_str(&format!(
            "  {} {}\n      {}\n",
            verb.name, verb.arguments, verb.about
        ));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn run(arguments: &[&str]) -> Result<(), Error> {
        dispatch(
            &arguments
                .iter()
                .map(ToString::to_string)
                .collect::<Vec<_>>(),
        )
    }

    #[test]
    fn an_unknown_verb_is_a_mistake_of_the_caller() {
        let error = run(&["tidier"]).unwrap_err();
        assert_eq!(error.exit_code(), 2);
        assert!(error.to_string().contains("no verb `tidier`"));
        assert!(error.to_string().contains("Usage: cargo xtask <verb>"));
    }

    #[test]
    fn an_argument_that_a_verb_does_not_take_is_a_mistake_of_the_caller() {
        for verb in VERBS {
            assert_eq!(
                run(&[verb.name, "--nonsense"]).unwrap_err().exit_code(),
                2,
                "{}",
                verb.name
            );
        }
    }

    #[test]
    fn help_names_every_verb() {
        for verb in VERBS {
            assert!(help().contains(verb.name) && help().contains(verb.about));
        }
    }
}
