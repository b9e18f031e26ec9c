//! `cargo xtask bench size`: the cost of a dependency on the models, compared with alternatives.
//!
//! The cost is the CPU time of a clean release build of an empty library with that dependency alone. Unlike elapsed time it
//! hardly depends on the load of the machine.

use std::fs;
use std::path::Path;
use std::process::Stdio;

use crate::error::Error;
use crate::workspace::Workspace;

/// The subjects with the line for `[dependencies]`; `{root}` is replaced by the workspace's root, `{generated}` by the folder of
/// generated packages.
const SUBJECTS: &[(&str, &str)] = &[
    (
        "gatelet-models",
        r#"gatelet-models = { path = "{root}/crates/models" }"#,
    ),
    ("aws-smithy-types", r#"aws-smithy-types = "1""#),
    (
        "k8s-openapi",
        r#"k8s-openapi = { version = "0.29", default-features = false, features = ["latest"] }"#,
    ),
    (
        "progenitor's types of our descriptions",
        r#"typified = { path = "{generated}/typified" }"#,
    ),
];

pub(crate) fn run(workspace: &Workspace) -> Result<(), Error> {
    let generated = workspace.target()?.join("bench-size");
    generate_with_typify(workspace, &generated)?;
    println!("{:36} {:>6} {:>8} {:>6}", "", "crates", "CPU s", "x");
    let mut first = None;
    for (name, dependency) in SUBJECTS {
        let (crates, seconds) = measure(workspace, &generated, dependency)?;
        let first = *first.get_or_insert(seconds);
        println!(
            "{name:36} {crates:>6} {seconds:>8.1} {:>6.2}",
            seconds / first
        );
    }
    Ok(())
}

/// Generates the types of our descriptions with typify, progenitor's generator.
fn generate_with_typify(workspace: &Workspace, generated: &Path) -> Result<(), Error> {
    let generator = workspace.root().join("tests/bench/typify");
    let folder = generated.join("typified").display().to_string();
    let mut arguments = vec!["run", "--quiet", "--locked", "--", &folder];
    arguments.extend([
        "../../../crates/models/schemas/asa.json",
        "../../../crates/models/schemas/dt.json",
    ]);
    cargo(workspace, &generator, &generated.join("typify"), &arguments).map(drop)
}

/// Builds an empty library with one dependency; returns the number of crates below it and the CPU seconds of the build.
fn measure(
    workspace: &Workspace,
    generated: &Path,
    dependency: &str,
) -> Result<(usize, f64), Error> {
    let folder = generated.join("empty");
    let target = folder.join("target");
    let failed = |error: std::io::Error| format!("bench: {}: {error}", folder.display());
    if folder.exists() {
        fs::remove_dir_all(&folder).map_err(failed)?;
    }
    fs::create_dir_all(folder.join("src")).map_err(failed)?;
    fs::write(folder.join("src/lib.rs"), "").map_err(failed)?;
    let dependency = dependency
        .replace("{root}", &workspace.root().display().to_string())
        .replace("{generated}", &generated.display().to_string());
    fs::write(
        folder.join("Cargo.toml"),
        format!(
            "[package]\nname = \"empty\"\nedition = \"2024\"\n[workspace]\n[dependencies]\n{dependency}\n"
        ),
    )
    .map_err(failed)?;

    // Downloads are not counted.
    cargo(workspace, &folder, &target, &["fetch", "--quiet"])?;
    let before = cpu_seconds_of_children()?;
    cargo(
        workspace,
        &folder,
        &target,
        &["build", "--quiet", "--release", "--offline"],
    )?;
    let seconds = cpu_seconds_of_children()? - before;
    let tree = [
        "tree",
        "--offline",
        "--edges=normal,build",
        "--prefix=none",
        "--no-dedupe",
        "--format={p}",
    ];
    let tree = cargo(workspace, &folder, &target, &tree)?;
    let mut crates: Vec<&str> = tree.lines().collect();
    crates.sort_unstable();
    crates.dedup();
    // Not the empty library itself.
    Ok((crates.len() - 1, seconds))
}

/// Runs a cargo command in a folder, building into `target`, and returns its output.
fn cargo(
    workspace: &Workspace,
    folder: &Path,
    target: &Path,
    arguments: &[&str],
) -> Result<String, Error> {
    let output = workspace
        .cargo()
        .args(arguments)
        .current_dir(folder)
        .env("CARGO_TARGET_DIR", target)
        .env_remove("RUSTFLAGS")
        .stderr(Stdio::inherit())
        .output()
        .map_err(|error| format!("bench: cargo: {error}"))?;
    if !output.status.success() {
        return Err(Error::Check(format!(
            "bench: cargo {}: {}",
            arguments.join(" "),
            output.status
        )));
    }
    String::from_utf8(output.stdout).map_err(|error| format!("bench: cargo: {error}").into())
}

/// Returns the CPU seconds, in user mode and in the kernel, of all child processes that have ended.
fn cpu_seconds_of_children() -> Result<f64, Error> {
    const FILE: &str = "/proc/self/stat";
    let stat = fs::read_to_string(FILE).map_err(|error| format!("bench: {FILE}: {error}"))?;
    // The second field, the program's name in parentheses, may contain spaces. `cutime` and `cstime` are the 14th and 15th after it.
    let (_, fields) = stat.rsplit_once(')').unwrap_or_default();
    let ticks: Vec<f64> = fields
        .split_whitespace()
        .skip(13)
        .take(2)
        .filter_map(|field| field.parse().ok())
        .collect();
    // Linux reports hundredths of a second to programs, whatever the rate of its own clock.
    Ok(ticks.iter().sum::<f64>() / 100.0)
}
