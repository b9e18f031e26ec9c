//! `cargo xtask no-std`: the models link and run without std.
//!
//! `xtask/no-std` is a static library with its own panic handler and allocator, so it only builds where nothing below it
//! brings std's. A small program of the same crate then decodes and encodes one of each model.

use std::process::Command;

use pico_args::Arguments;

use crate::error::{Error, finish};
use crate::workspace::Workspace;

const MANIFEST: &str = "xtask/no-std/Cargo.toml";
const SAMPLES: &str = "xtask/no-std/src/samples.rs";
const GENERATED: &str = "crates/models/src/generated";

pub(crate) fn run(workspace: &Workspace, arguments: Arguments) -> Result<(), Error> {
    finish("no-std", arguments)?;
    let models = models(workspace)?;
    if models.is_empty() {
        return Err(Error::Check(format!(
            "no-std: there are no models in {GENERATED}; run `cargo xtask codegen`"
        )));
    }
    Error::from_findings(
        "no-std",
        &without_sample(&models, &workspace.read(SAMPLES)?),
    )?;

    let target = workspace.target()?.join("no-std");
    let mut build = workspace.cargo();
    build
        .args([
            "build",
            "--quiet",
            "--locked",
            "--manifest-path",
            MANIFEST,
            "--target-dir",
        ])
        .arg(&target);
    succeed(build, "the models do not build without std")?;
    succeed(
        Command::new(target.join("debug/no-std")),
        "a model does not round-trip",
    )?;
    println!(
        "no-std: {} models decoded and encoded without std",
        models.len()
    );
    Ok(())
}

fn succeed(mut command: Command, complaint: &str) -> Result<(), Error> {
    let status = command
        .status()
        .map_err(|error| format!("no-std: {command:?}: {error}"))?;
    if status.success() {
        Ok(())
    } else {
        Err(Error::Check(format!(
            "no-std: {complaint} ({status}), see above"
        )))
    }
}

/// Returns every generated model, as the samples name it: `asa::Gateway`.
fn models(workspace: &Workspace) -> Result<Vec<String>, Error> {
    let mut models = Vec::new();
    for file in workspace.files()? {
        let Ok(inside) = file.strip_prefix(GENERATED) else {
            continue;
        };
        if let Some(vendor) = inside.components().next() {
            let vendor = vendor.as_os_str().to_string_lossy();
            models.extend(structs(&workspace.read(&file)?).map(|name| format!("{vendor}::{name}")));
        }
    }
    models.sort();
    Ok(models)
}

/// Returns the public structs with named fields in a generated file; ids are covered by the structs that hold them.
fn structs(source: &str) -> impl Iterator<Item = &str> {
    source
        .lines()
        .filter_map(|line| line.strip_prefix("pub struct ")?.strip_suffix(" {"))
}

fn without_sample(models: &[String], samples: &str) -> Vec<String> {
    let missing = models
        .iter()
        .filter(|model| !samples.contains(&format!("<{model}>(")));
    missing
        .map(|model| format!("{model} has no sample; add one to {SAMPLES}"))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn models_are_found_in_generated_code() {
        let source = "/// A.\npub struct Gateway {\n    pub id: GatewayId,\n}\nstruct Visitor {\n}\npub struct GatewayList {\n";
        assert_eq!(
            structs(source).collect::<Vec<_>>(),
            ["Gateway", "GatewayList"]
        );
    }

    #[test]
    fn a_model_without_a_sample_is_found() {
        let models = ["asa::Gateway", "asa::GatewayList"].map(str::to_owned);
        let found = without_sample(&models, "round_trip::<asa::GatewayList>(r\"{}\");");
        assert_eq!(
            found,
            [format!("asa::Gateway has no sample; add one to {SAMPLES}")]
        );
    }
}
