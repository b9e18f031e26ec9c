//! A program that depends on one client contains the models of that vendor alone, and so do the client's own tests.
#![expect(
    clippy::unwrap_used,
    reason = "helpers of tests fail by panicking, as tests do"
)]

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

/// Checks a package that depends on `client` and on the models without their features.
fn check(client: &str, source: &str) -> Output {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("one-vendor");
    let package = folder.join(client);
    fs::create_dir_all(package.join("src")).unwrap();
    fs::write(package.join("src/lib.rs"), source).unwrap();
    fs::copy(root.join("Cargo.lock"), package.join("Cargo.lock")).unwrap();
    let path = |name: &str| root.join("crates").join(name).display().to_string();
    let (client_path, models_path) = (path(client), path("models"));
    let manifest = format!(
        "[package]\nname = \"embedder\"\nedition = \"2024\"\n\n[workspace]\n\n[dependencies]\n\
        {client} = {{ path = {client_path:?}, default-features = false }}\n\
        gatelet-models = {{ path = {models_path:?}, default-features = false }}\n"
    );
    fs::write(package.join("Cargo.toml"), manifest).unwrap();
    let cargo = Command::new(env!("CARGO"))
        .current_dir(&package)
        .args(["check", "--quiet", "--offline", "--target-dir"])
        .arg(folder.join("target"))
        .output();
    cargo.unwrap()
}

#[test]
fn a_client_does_not_enable_the_models_of_the_other_vendor() {
    for (client, own, other) in [("dt-client", "dt", "asa"), ("asa-client", "asa", "dt")] {
        let output = check(client, &format!("pub use gatelet_models::{own};\n"));
        let errors = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(output.status.success(), "{errors}");

        let output = check(client, &format!("pub use gatelet_models::{other};\n"));
        let errors = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(!output.status.success(), "{client} brings `{other}`");
        let expected = format!("unresolved import `gatelet_models::{other}`");
        assert!(errors.contains(&expected), "{errors}");
    }
}

/// Returns the features of the models below a client, for its tests and examples too: a list for each time they are built.
fn features_of_models(client: &str) -> Vec<String> {
    let cargo = Command::new(env!("CARGO"))
        .current_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join(".."))
        .args(["tree", "--offline", "--locked", "--all-features"])
        .args(["--package", client, "--edges", "normal,build,dev"])
        .args(["--prefix", "none", "--no-dedupe", "--format", "{p}\t{f}"])
        .output()
        .unwrap();
    assert!(
        cargo.status.success(),
        "{}",
        String::from_utf8_lossy(&cargo.stderr)
    );
    let tree = String::from_utf8(cargo.stdout).unwrap();
    let models = tree
        .lines()
        .filter(|line| line.starts_with("gatelet-models "));
    let features = models.map(|line| line.split_once('\t').unwrap().1.to_owned());
    features.collect()
}

#[test]
fn the_tests_of_a_client_bring_no_models_of_the_other_vendor() {
    for (client, own, other) in [("dt-client", "dt", "asa"), ("asa-client", "asa", "dt")] {
        let builds = features_of_models(client);
        assert!(!builds.is_empty(), "{client} has no models");
        for features in builds {
            let has = |name| features.split(',').any(|feature| feature == name);
            assert!(has(own) && !has(other), "{client}: {features}");
        }
    }
}
