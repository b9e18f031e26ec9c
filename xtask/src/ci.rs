//! `cargo xtask ci`: the one list of steps that the repository promises to pass.
//!
//! `.ci/run` installs what the steps need beyond the toolchain and then comes here, so that a developer and continuous
//! integration run the same commands in the same order.

use std::process::Command;
use std::time::{Duration, Instant};

use pico_args::Arguments;

use crate::error::{Error, finish};
use crate::workspace::Workspace;

/// A step: its name, and the arguments of the cargo that runs it.
struct Step {
    name: &'static str,
    cargo: &'static [&'static str],
    /// Environment of this step alone.
    environment: &'static [(&'static str, &'static str)],
}

const STEPS: &[Step] = &[
    // The README's command comes first: it must succeed on a clean clone.
    Step {
        name: "tests",
        cargo: &["test", "--workspace", "--all-features"],
        environment: &[],
    },
    Step {
        name: "format",
        cargo: &["fmt", "--all", "--check"],
        environment: &[],
    },
    Step {
        name: "format of tests/fuzz",
        cargo: &["fmt", "--manifest-path", "tests/fuzz/Cargo.toml", "--check"],
        environment: &[],
    },
    Step {
        name: "format of tests/bench",
        cargo: &[
            "fmt",
            "--manifest-path",
            "tests/bench/Cargo.toml",
            "--check",
        ],
        environment: &[],
    },
    Step {
        name: "clippy",
        cargo: &[
            "clippy",
            "--workspace",
            "--all-targets",
            "--all-features",
            "--",
            "-D",
            "warnings",
        ],
        environment: &[],
    },
    Step {
        name: "docs",
        cargo: &["doc", "--workspace", "--all-features", "--no-deps"],
        environment: &[("RUSTDOCFLAGS", "-D warnings")],
    },
    Step {
        name: "codegen",
        cargo: &["xtask", "codegen", "--check"],
        environment: &[],
    },
    Step {
        name: "reference of the command line",
        cargo: &["xtask", "cli-docs", "--check"],
        environment: &[],
    },
    Step {
        name: "deps",
        cargo: &["xtask", "deps"],
        environment: &[],
    },
    Step {
        name: "graph",
        cargo: &["xtask", "graph", "--check"],
        environment: &[],
    },
    Step {
        name: "tidy",
        cargo: &["xtask", "tidy"],
        environment: &[],
    },
    Step {
        name: "public API",
        cargo: &["xtask", "public-api"],
        environment: &[],
    },
    Step {
        name: "no-std",
        cargo: &["xtask", "no-std"],
        environment: &[],
    },
    // The tests above ran with AWS-LC, as all features do; these run with what comes by default, and without either.
    Step {
        name: "TLS with ring",
        cargo: &[
            "test",
            "--package=gatelet-hyper",
            "--features=ring,gzip,webpki-roots",
        ],
        environment: &[],
    },
    Step {
        name: "the transport without features",
        cargo: &[
            "test",
            "--package=gatelet-transport",
            "--no-default-features",
        ],
        environment: &[],
    },
    Step {
        name: "HTTP without TLS",
        cargo: &["test", "--package=gatelet-hyper"],
        environment: &[],
    },
    // In the steps above the features of all packages are united, so that each client's tests find both vendors' emulator.
    Step {
        name: "asa-client without the other vendor",
        cargo: &["check", "--package=asa-client", "--all-targets"],
        environment: &[],
    },
    Step {
        name: "dt-client without the other vendor",
        cargo: &["check", "--package=dt-client", "--all-targets"],
        environment: &[],
    },
    Step {
        name: "the emulator's tests without other packages",
        cargo: &["check", "--package=gatelet-emulator", "--all-targets"],
        environment: &[],
    },
    Step {
        name: "clients without a transport",
        cargo: &[
            "check",
            "--package=asa-client",
            "--package=dt-client",
            "--no-default-features",
            "--all-targets",
        ],
        environment: &[],
    },
    Step {
        name: "docs of clients without a transport",
        cargo: &[
            "doc",
            "--package=asa-client",
            "--package=dt-client",
            "--no-default-features",
            "--no-deps",
        ],
        environment: &[("RUSTDOCFLAGS", "-D warnings")],
    },
    Step {
        name: "clients without an async runtime",
        cargo: &[
            "test",
            "--locked",
            "--manifest-path=examples/blocking/Cargo.toml",
        ],
        environment: &[],
    },
    Step {
        name: "a transport over another HTTP library",
        cargo: &[
            "test",
            "--locked",
            "--manifest-path=examples/reqwest/Cargo.toml",
        ],
        environment: &[],
    },
    // Short runs: they show that the targets build and find nothing at once. Developers run them longer.
    Step {
        name: "fuzz",
        cargo: &["xtask", "fuzz", "--seconds", "5"],
        environment: &[],
    },
    Step {
        name: "soak of the models",
        cargo: &["xtask", "soak", "models", "--values", "100000"],
        environment: &[],
    },
    Step {
        name: "soak of paging",
        cargo: &["xtask", "soak", "paging", "--schedules", "100000"],
        environment: &[],
    },
    // This step builds the libraries alone, so it also denies code that could panic. Each exception is an `allow` with its
    // reason. Integer overflow panics only in debug builds, as in the tests; other arithmetic may panic in release builds too.
    Step {
        name: "each feature alone",
        cargo: &[
            "hack",
            "clippy",
            "--each-feature",
            // It contains what the two cryptography providers share, and does not compile without one of them.
            "--exclude-features=_tls",
            "--no-dev-deps",
            "--package=gatelet-models",
            "--package=gatelet-transport",
            "--package=gatelet-hyper",
            "--package=gatelet-client",
            "--package=asa-client",
            "--package=dt-client",
            "--package=gatelet-emulator",
            "--",
            "-Dwarnings",
            "-Dclippy::arithmetic_side_effects",
            "-Dclippy::get_unwrap",
            "-Dclippy::indexing_slicing",
            "-Dclippy::panic",
            "-Dclippy::string_slice",
            "-Dclippy::unreachable",
        ],
        environment: &[],
    },
    Step {
        name: "licenses, bans and sources",
        cargo: &[
            "deny",
            "--all-features",
            "check",
            "licenses",
            "bans",
            "sources",
        ],
        environment: &[],
    },
];

pub(crate) fn run(workspace: &Workspace, arguments: Arguments) -> Result<(), Error> {
    finish("ci", arguments)?;
    let start = now();
    for step in STEPS {
        println!("\n── {}: {step}", step.name);
        let started = now();
        let mut command = step.command(workspace);
        let succeeded = command
            .status()
            .map_err(|error| format!("ci: {}: {error}", step.name))?
            .success();
        println!(
            "── {}: {} after {}",
            step.name,
            if succeeded { "passed" } else { "failed" },
            seconds(started.elapsed())
        );
        if !succeeded {
            return Err(Error::Check(format!(
                "ci: the step `{}` failed: {step}{}",
                step.name,
                step.hint()
            )));
        }
    }
    println!(
        "\nci: all {} steps passed after {}",
        STEPS.len(),
        seconds(start.elapsed())
    );
    Ok(())
}

impl Step {
    fn command(&self, workspace: &Workspace) -> Command {
        let mut command = workspace.cargo();
        command
            .args(self.cargo)
            .envs(self.environment.iter().copied());
        command
    }

    /// Returns a hint for a step whose cargo command is not part of the toolchain.
    fn hint(&self) -> &'static str {
        match self.cargo.first() {
            Some(&("hack" | "deny")) => {
                "\nIf cargo does not know this command, `bash .ci/run` installs it."
            }
            _ => "",
        }
    }
}

impl std::fmt::Display for Step {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        for (name, value) in self.environment {
            write!(f, "{name}='{value}' ")?;
        }
        write!(f, "cargo {}", self.cargo.join(" "))
    }
}

fn seconds(duration: Duration) -> String {
    format!("{:.1} s", duration.as_secs_f64())
}

#[allow(
    clippy::disallowed_methods,
    reason = "the steps of a build take real time"
)]
fn now() -> Instant {
    Instant::now()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_step_is_the_command_of_the_readme() {
        let command = STEPS[0].to_string();
        let readme = Workspace::here().read("README.md").unwrap();
        assert!(
            readme.lines().any(|line| line.trim() == command),
            "the README has no line `{command}`"
        );
    }

    #[test]
    fn every_task_that_checks_is_a_step() {
        // The results of `bench` depend on the machine, those of `interop` on registries and other tools, and `pictures` only draws.
        let others = ["bench", "ci", "interop", "pictures"];
        let checks = |task: &&crate::Task| !others.contains(&task.name);
        for task in crate::TASKS.iter().filter(checks) {
            assert!(
                STEPS
                    .iter()
                    .any(|step| step.cargo.starts_with(&["xtask", task.name])),
                "{}",
                task.name
            );
        }
    }

    /// Returns the step that builds the libraries, and nothing else.
    fn libraries() -> &'static Step {
        let mut steps = STEPS.iter();
        steps
            .find(|step| step.cargo.starts_with(&["hack"]))
            .unwrap()
    }

    #[test]
    fn every_published_library_is_built_with_each_feature_alone() {
        let workspace = Workspace::here();
        let packages = workspace.packages().unwrap();
        for package in packages.iter().filter(|package| package.published) {
            let source = workspace.root().join(&package.folder).join("src/lib.rs");
            let flag = format!("--package={}", package.name);
            assert_eq!(
                libraries().cargo.contains(&flag.as_str()),
                source.exists(),
                "{}",
                package.name
            );
        }
    }

    // S6
    #[test]
    fn a_path_that_could_panic_in_a_library_is_an_error() {
        for lint in [
            "arithmetic_side_effects",
            "indexing_slicing",
            "panic",
            "string_slice",
            "unreachable",
        ] {
            let flag = format!("-Dclippy::{lint}");
            assert!(libraries().cargo.contains(&flag.as_str()), "{lint}");
        }
        // These two are warnings everywhere, and this step denies warnings.
        assert!(libraries().cargo.contains(&"-Dwarnings"));
        let manifest = Workspace::here().read("Cargo.toml").unwrap();
        for lint in ["unwrap_used", "expect_used"] {
            assert!(manifest.contains(&format!("\n{lint} = \"warn\"")), "{lint}");
        }
    }
}
