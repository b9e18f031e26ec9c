//! `soak models|paging|transport|emulator …`: the program that `cargo xtask soak` runs.
//!
//! The other commands are for child processes of a soak, so that their memory and descriptors are counted separately.

#![allow(
    clippy::print_stderr,
    reason = "this is a command for people: it prints"
)]

use std::error::Error;
use std::path::Path;
use std::process::ExitCode;

use gatelet_soak::transport::gated_server::{self, Pacing};
use gatelet_soak::transport::load::{self, Stack};
use gatelet_soak::{emulator, models, paging, transport};
use tokio::runtime::{Builder, Runtime};

type Outcome = Result<(), Box<dyn Error>>;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match run(&arguments) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("soak: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run(arguments: &[&str]) -> Outcome {
    match *arguments {
        ["models", values, seconds, seed] => {
            models::run(values.parse()?, seconds.parse()?, seed.parse()?)?;
        }
        ["paging", schedules, seed] => paging::run(schedules.parse()?, seed.parse()?)?,
        ["transport", calls, at_once, cancellations, seed] => {
            let soak = transport::Soak {
                calls: calls.parse()?,
                at_once: at_once.parse()?,
                cancellations: cancellations.parse()?,
                seed: seed.parse()?,
            };
            return on_many_threads(soak.run());
        }
        ["emulator", operations, tokens, connections, seed] => {
            let soak = emulator::Soak {
                operations: operations.parse()?,
                tokens: tokens.parse()?,
                connections: connections.parse()?,
                seed: seed.parse()?,
            };
            return on_many_threads(soak.run());
        }
        ["serve-list", pages, size, millis] => {
            let list = paging::list_server::List {
                pages: pages.parse()?,
                size: size.parse()?,
                millis: millis.parse()?,
            };
            let runtime = Builder::new_current_thread().enable_all().build()?;
            runtime.block_on(paging::list_server::serve(list))?;
        }
        ["serve-unevenly"] => return run_child(gated_server::serve(Pacing::Random)),
        ["serve-together", many] => {
            return run_child(gated_server::serve(Pacing::Together(many.parse()?)));
        }
        ["load", stack, origin, calls] => {
            let stack = Stack::from_name(stack).ok_or("unknown stack")?;
            return run_child(load::make_calls(stack, origin, calls.parse()?));
        }
        ["serve-emulator", path] => {
            return run_child(emulator::long_list::serve_file(Path::new(path)));
        }
        _ => return Err("this is for `cargo xtask soak`".into()),
    }
    Ok(())
}

fn on_many_threads(soak: impl Future<Output = bool>) -> Outcome {
    let runtime = Runtime::new()?;
    let is_right = runtime.block_on(soak);
    // It does not wait for the connections of a server.
    runtime.shutdown_background();
    if is_right {
        Ok(())
    } else {
        Err("failed, see above".into())
    }
}

fn run_child(part: impl Future<Output = ()>) -> Outcome {
    let runtime = Runtime::new()?;
    runtime.block_on(part);
    runtime.shutdown_background();
    Ok(())
}
