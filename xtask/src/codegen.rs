//! `cargo xtask codegen [--check]`: writes or compares what `gatelet-codegen` generates from the descriptions.

#[cfg(test)]
mod new_operation;

use std::path::Path;

use gatelet_codegen::generate;

use pico_args::Arguments;

use crate::cli_docs;
use crate::error::{Error, finish};
use crate::workspace::Workspace;

/// Writes the generated files of `workspace`, and the reference of the command line; with `--check` only compares the former.
pub(crate) fn run(workspace: &Workspace, mut arguments: Arguments) -> Result<(), Error> {
    let check = arguments.contains("--check");
    finish("codegen", arguments)?;
    match check {
        true => compare(workspace.root()),
        false => {
            write(workspace.root())?;
            // The commands are a part of it. A new operation without a handler does not build yet.
            if let Err(error) = cli_docs::update(workspace) {
                println!("codegen: the reference of the command line may be stale: {error}");
            }
            Ok(())
        }
    }
}

fn write(root: &Path) -> Result<(), Error> {
    let changes = generate(root)?.write(root)?;
    for change in &changes {
        println!("{change}");
    }
    if changes.is_empty() {
        println!("codegen: all files are fresh");
    }
    Ok(())
}

fn compare(root: &Path) -> Result<(), Error> {
    let differences = generate(root)?.differences(root)?;
    if differences.is_empty() {
        println!("codegen: all files are fresh");
        return Ok(());
    }
    Err(Error::Check(format!(
        "generated files are stale\n{}\nrun `cargo xtask codegen`",
        differences.join("\n")
    )))
}

#[cfg(test)]
mod tests {
    use gatelet_codegen::{VENDORS, Vendor};

    use super::*;

    #[test]
    fn generated_files_are_fresh() {
        if let Err(error) = compare(Workspace::here().root()) {
            panic!("{error}");
        }
    }

    /// Creates a folder with nothing but the descriptions.
    fn copy_of_the_descriptions() -> tempfile::TempDir {
        let root = tempfile::tempdir().unwrap();
        let to = root.path().join("crates/models/openapi");
        std::fs::create_dir_all(&to).unwrap();
        for name in VENDORS.into_iter().flat_map(Vendor::descriptions) {
            let file = format!("{name}.yaml");
            let from = Workspace::here().root().join("crates/models/openapi");
            std::fs::copy(from.join(&file), to.join(&file)).unwrap();
        }
        root
    }

    #[test]
    fn another_folder_gives_the_same_bytes() {
        let root = copy_of_the_descriptions();
        assert_eq!(
            generate(root.path()).unwrap(),
            generate(Workspace::here().root()).unwrap()
        );
    }

    #[test]
    fn a_failed_check_names_the_command_and_writes_nothing() {
        let root = copy_of_the_descriptions();
        let error = compare(root.path()).unwrap_err().to_string();
        assert!(error.contains("docs/reference/asa.md: missing"), "{error}");
        assert!(error.ends_with("run `cargo xtask codegen`"), "{error}");
        assert!(!root.path().join("docs").exists());
        write(root.path()).unwrap();
        compare(root.path()).unwrap();
    }

    // C10
    #[test]
    fn one_stale_byte_is_an_error_with_exit_code_1_and_a_diff() {
        let root = copy_of_the_descriptions();
        write(root.path()).unwrap();
        let file = "crates/models/schemas/dt.json";
        let path = root.path().join(file);
        let fresh = std::fs::read_to_string(&path).unwrap();
        std::fs::write(&path, fresh.replacen("\"object\"", "\"objects\"", 1)).unwrap();
        let error = compare(root.path()).unwrap_err();
        assert_eq!(error.exit_code(), 1);
        let text = error.to_string();
        for line in [
            &format!("--- {file} (on disk)"),
            &format!("+++ {file} (generated)"),
            "-      \"type\": \"objects\",",
            "+      \"type\": \"object\",",
        ] {
            assert!(text.lines().any(|it| it == line), "{line}: {text}");
        }
    }

    #[test]
    fn errors_of_all_descriptions_are_shown_and_nothing_is_written() {
        let root = copy_of_the_descriptions();
        for vendor in VENDORS {
            let path = root
                .path()
                .join(format!("crates/models/openapi/{}.yaml", vendor.name));
            std::fs::write(path, "openapi: 3.1.0\n...\n").unwrap();
        }
        let error = write(root.path()).unwrap_err().to_string();
        assert!(
            error.contains("crates/models/openapi/asa.yaml:1:1: "),
            "{error}"
        );
        assert!(
            error.contains("crates/models/openapi/dt.yaml:1:1: "),
            "{error}"
        );
        assert!(!root.path().join("docs").exists());
    }

    #[test]
    fn a_new_operation_is_one_edit_and_changes_models_clients_commands_handlers_pages_and_calls() {
        let root = copy_of_the_descriptions();
        write(root.path()).unwrap();
        new_operation::DT.describe(root.path());
        let differences = generate(root.path()).unwrap();
        let differences = differences.differences(root.path()).unwrap();
        let expected = [
            (
                "crates/cli/src/generated/dt.rs",
                "+    Relay(Deferred<RelayCommand>),",
            ),
            (
                "crates/dt-client/src/generated/mod.rs",
                "+pub(crate) mod relays;",
            ),
            ("crates/dt-client/src/generated/relays.rs", ""),
            (
                "crates/emulator/src/api/generated/dt.rs",
                "+    fn get_relay(",
            ),
            ("crates/models/schemas/dt.json", "+    \"Relay\": {"),
            ("crates/models/src/generated/dt/mod.rs", "+mod relays;"),
            (
                "crates/models/src/generated/dt/operations.rs",
                "+            Self::GetRelay => &GET_RELAY,",
            ),
            ("crates/models/src/generated/dt/relays.rs", ""),
            ("docs/reference/dt.md", "+#### getRelay"),
            (
                "tests/wire/src/generated/dt.rs",
                "+        OperationId::GetRelay =>",
            ),
        ];
        for (file, line) in expected {
            let missing = format!("{file}: missing");
            let changed = format!("--- {file} ");
            let difference = differences.iter().find(|it| match line {
                "" => **it == missing,
                _ => it.starts_with(&changed),
            });
            let is_as_expected = difference.is_some_and(|it| it.contains(line));
            assert!(is_as_expected, "{file}: {differences:#?}");
        }
    }
}
