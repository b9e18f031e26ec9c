//! Generates each description in this folder and compares the files byte for byte.
//!
//! `UPDATE_SNAPSHOTS=1 cargo test -p gatelet-codegen --test snapshots` rewrites them. Read the difference before you commit it.

#![expect(
    clippy::unwrap_used,
    reason = "helpers of tests fail by panicking, as tests do"
)]

use std::path::Path;
use std::{env, fs};

use gatelet_codegen::{Vendor, generate_vendor};

/// A vendor of nothing but doors.
const HOUSE: Vendor = Vendor {
    name: "house",
    further: &[],
    account: Some("team"),
};

/// The same with a second description.
const GARDEN: Vendor = Vendor {
    further: &["house-garden"],
    ..HOUSE
};

/// Compares the files generated from a description with those beside it.
#[track_caller]
fn compare(case: &str) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/snapshots");
    let file = format!("{case}.yaml");
    let mut descriptions = vec![(file.as_str(), fs::read(folder.join(&file)).unwrap())];
    let further = format!("{case}.further.yaml");
    let vendor = match fs::read(folder.join(&further)) {
        Ok(bytes) => {
            descriptions.push((&further, bytes));
            GARDEN
        }
        Err(_) => HOUSE,
    };
    let descriptions = descriptions.iter().map(|(file, bytes)| (*file, &**bytes));
    let output = generate_vendor(vendor, &descriptions.collect::<Vec<_>>());
    let output = output.unwrap_or_else(|mistakes| panic!("{mistakes}"));
    let expected = folder.join(case);
    if env::var_os("UPDATE_SNAPSHOTS").is_some() {
        output.write(&expected).unwrap();
    }
    let differences = output.differences(&expected).unwrap();
    assert!(differences.is_empty(), "\n{}", differences.join("\n"));
}

macro_rules! snapshots {
    ($($case:ident)*) => {
        $(#[test]
        fn $case() {
            compare(stringify!($case));
        })*

        #[test]
        fn every_description_is_compared() {
            let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/snapshots");
            let names = fs::read_dir(folder).unwrap().map(|it| it.unwrap().path());
            let cases = names.filter(|it| it.extension().is_some_and(|it| it == "yaml"));
            let mut found: Vec<String> = cases
                .map(|it| it.file_stem().unwrap().to_str().unwrap().to_owned())
                .filter(|it| !it.ends_with(".further"))
                .collect();
            found.sort();
            assert_eq!(found, [$(stringify!($case)),*]);
        }
    };
}

snapshots! {
    alternatives
    ids_and_enums
    objects
    operations
    paging
    secrets
    updates
}
