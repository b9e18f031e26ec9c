//! `cargo xtask soak paging` runs this: `paging SCHEDULES SEED`, first listings over a socket, then the schedules.

#![allow(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "this is a command for people: it prints"
)]
#![allow(clippy::disallowed_methods, reason = "what is measured is real time")]

mod many;
mod memory;
mod overlap;
mod server;

use std::error::Error;
use std::process::ExitCode;

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
        ["serve", pages, size, millis] => on_one_thread(server::serve(server::List {
            pages: pages.parse()?,
            size: size.parse()?,
            millis: millis.parse()?,
        })),
        [schedules, seed] => {
            let (schedules, seed) = (schedules.parse()?, seed.parse()?);
            // First, while this process has had no other memory that growth could hide in.
            on_one_thread(memory::run())?;
            on_one_thread(overlap::run())?;
            many::run(schedules, seed)
        }
        _ => Err("usage: paging SCHEDULES SEED".into()),
    }
}

fn on_one_thread(work: impl Future<Output = Outcome>) -> Outcome {
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?
        .block_on(work)
}
