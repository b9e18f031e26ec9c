//! The checks as separate processes, in various folders, time zones and locales.
#![expect(
    clippy::unwrap_used,
    reason = "helpers of tests fail by panicking, as tests do"
)]

use std::path::Path;
use std::process::{Command, Output};

/// Runs a task in a folder, with a time zone and a locale.
fn run(task: &[&str], folder: &Path, zone: &str, locale: &str) -> Output {
    Command::new(env!("CARGO_BIN_EXE_xtask"))
        .args(task)
        .current_dir(folder)
        .env("TZ", zone)
        .env("LC_ALL", locale)
        .env("LANG", locale)
        .output()
        .unwrap()
}

// C10
#[test]
fn every_folder_time_zone_and_locale_gives_the_same_bytes() {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    let elsewhere = tempfile::tempdir().unwrap();
    for task in [&["codegen", "--check"][..], &["tidy"]] {
        let first = run(task, here, "UTC", "C");
        for (folder, zone, locale) in [
            (here, "UTC", "C"),
            (elsewhere.path(), "Pacific/Kiritimati", "tr_TR.UTF-8"),
        ] {
            let again = run(task, folder, zone, locale);
            assert_eq!(again, first, "{task:?} in {zone} and {locale}");
        }
    }
    let fresh = run(&["codegen", "--check"], here, "UTC", "C");
    assert_eq!(
        String::from_utf8(fresh.stdout).unwrap(),
        "codegen: all files are fresh\n"
    );
    assert!(fresh.status.success());
}
