//! The repository's own commands: `cargo xtask <task>`.
//!
//! Each task has a file of its own. A task takes the workspace and its arguments, prints what it did, and returns `Ok` or an
//! [`Error`], which decides the exit code.

#![allow(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "these are commands for people: they print"
)]

mod bench;
mod ci;
mod cli_docs;
mod codegen;
mod deps;
mod error;
mod fuzz;
mod graph;
mod interop;
mod no_std;
mod pictures;
mod public_api;
mod soak;
mod tidy;
mod workspace;

use std::process::ExitCode;

use pico_args::Arguments;

use error::{Error, finish};
use workspace::Workspace;

/// A task: its name, its arguments and summary in `help`, and its function.
struct Task {
    name: &'static str,
    arguments: &'static str,
    about: &'static str,
    run: fn(&Workspace, Arguments) -> Result<(), Error>,
}

const TASKS: &[Task] = &[
    Task {
        name: "codegen",
        arguments: "[--check]",
        about: "generate models, operation tables, reference pages and JSON Schemas from the descriptions",
        run: codegen::run,
    },
    Task {
        name: "cli-docs",
        arguments: "[--check] [--man DIR]",
        about: "write docs/reference/cli.md from the command line of gatelet, and its manual pages to a folder",
        run: cli_docs::run,
    },
    Task {
        name: "pictures",
        arguments: "",
        about: "draw docs/pictures/*.svg from what gatelet shows in a terminal, with `script` of util-linux",
        run: pictures::run,
    },
    Task {
        name: "deps",
        arguments: "[--update]",
        about: "check the dependencies of each member and the lists in xtask/deps/",
        run: deps::run,
    },
    Task {
        name: "graph",
        arguments: "[--check]",
        about: "draw docs/graph.svg, crates and rooms from the code; refuse cycles and upward imports",
        run: graph::run,
    },
    Task {
        name: "tidy",
        arguments: "[--update]",
        about: "check manifests, sources, imports, links and the list of faults",
        run: tidy::run,
    },
    Task {
        name: "public-api",
        arguments: "[--update]",
        about: "check the public API of each library against docs/public-api/, and which crates' types it names",
        run: public_api::run,
    },
    Task {
        name: "no-std",
        arguments: "",
        about: "link the models without std and run them",
        run: no_std::run,
    },
    Task {
        name: "fuzz",
        arguments: "[--seconds N] [--target NAME]",
        about: "run the fuzz targets, 60 seconds each",
        run: fuzz::run,
    },
    Task {
        name: "soak",
        arguments: "models [--values N] [--seconds N] [--seed N] | paging [--schedules N] [--seed N] | transport [--calls N] [--at-once N] [--cancellations N] [--seed N] | emulator [--operations N] [--tokens N] [--connections N] [--seed N]",
        about: "long runs: generated values of the models, random list requests, both clients over broken sockets, or the emulator under load",
        run: soak::run,
    },
    Task {
        name: "bench",
        arguments: "decode|size",
        about: "measure decoding, or the build of the models, against alternatives",
        run: bench::run,
    },
    Task {
        name: "interop",
        arguments: "descriptions|emulator [--keep]",
        about: "run programs from PyPI and npm: linters, validators and generators on the descriptions, or clients against the emulator",
        run: interop::run,
    },
    Task {
        name: "ci",
        arguments: "",
        about: "run every step of continuous integration in order",
        run: ci::run,
    },
];

fn main() -> ExitCode {
    match dispatch(Arguments::from_env()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("xtask: {error}");
            ExitCode::from(error.exit_code())
        }
    }
}

fn dispatch(mut arguments: Arguments) -> Result<(), Error> {
    let asks_for_help = arguments.contains(["-h", "--help"]);
    match arguments.subcommand()?.as_deref() {
        Some(name) if name != "help" && !asks_for_help => {
            match TASKS.iter().find(|task| task.name == name) {
                Some(task) => (task.run)(&Workspace::here(), arguments),
                None => Err(Error::Usage(format!("unknown task `{name}`\n\n{}", help()))),
            }
        }
        None if !asks_for_help => {
            finish("xtask", arguments)?;
            print!("{}", help());
            Ok(())
        }
        _ => {
            print!("{}", help());
            Ok(())
        }
    }
}

fn help() -> String {
    let mut text = String::from("Usage: cargo xtask <task>\n\n");
    for task in TASKS {
        text.push_str(&format!(
            "  {} {}\n      {}\n",
            task.name, task.arguments, task.about
        ));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn run(arguments: &[&str]) -> Result<(), Error> {
        let arguments = arguments.iter().map(Into::into).collect();
        dispatch(Arguments::from_vec(arguments))
    }

    #[test]
    fn an_unknown_task_is_a_usage_error() {
        let error = run(&["tidier"]).unwrap_err();
        assert_eq!(error.exit_code(), 2);
        assert!(error.to_string().contains("unknown task `tidier`"));
        assert!(error.to_string().contains("Usage: cargo xtask <task>"));
    }

    #[test]
    fn an_unexpected_argument_is_a_usage_error() {
        for task in TASKS {
            assert_eq!(
                run(&[task.name, "--nonsense"]).unwrap_err().exit_code(),
                2,
                "{}",
                task.name
            );
        }
    }

    #[test]
    fn a_wrong_option_is_a_usage_error() {
        for wrong in [
            &["7"][..],
            &["--seconds"],
            &["--seconds", "soon"],
            &["--seconds", "-1"],
            &["--seconds", "7", "--seconds", "8"],
        ] {
            let arguments = [&["fuzz"], wrong].concat();
            assert_eq!(run(&arguments).unwrap_err().exit_code(), 2, "{wrong:?}");
        }
    }

    #[test]
    fn help_names_every_task() {
        for task in TASKS {
            assert!(help().contains(task.name) && help().contains(task.about));
        }
    }
}
