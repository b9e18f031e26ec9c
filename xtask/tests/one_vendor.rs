//! A program that depends on one client contains the models of that vendor alone.
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
