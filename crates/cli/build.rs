//! Tells the program which commit and target it is built from and for.

#[path = "build/commit.rs"]
mod commit;

use std::env;
use std::path::Path;

fn main() {
    let variable = |name: &str| env::var(name).ok().filter(|value| !value.is_empty());
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-changed=build");
    println!("cargo::rerun-if-env-changed=GATELET_COMMIT");
    let folder = variable("CARGO_MANIFEST_DIR").unwrap_or_default();
    let is_release = variable("PROFILE").is_some_and(|it| it == "release");
    let found = match variable("GATELET_COMMIT") {
        Some(commit) => Some(commit),
        // A debug build is not made anew for each commit.
        None if is_release => commit::find(Path::new(&folder), |file| {
            println!("cargo::rerun-if-changed={}", file.display());
        }),
        None => None,
    };
    println!(
        "cargo::rustc-env=GATELET_BUILD_COMMIT={}",
        found.unwrap_or_default()
    );
    let target = variable("TARGET").unwrap_or_default();
    println!("cargo::rustc-env=GATELET_BUILD_TARGET={target}");
}
