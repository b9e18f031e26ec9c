//! A new operation is one edit: on a copy of the workspace, the compiler names each place that must decide something.

use std::fs;
use std::path::Path;

use serde_json::Value;

use super::write;
use crate::workspace::Workspace;

const ASA: (&str, &str) = (
    "crates/models/openapi/asa.yaml",
    r##"
  /v1/teams/{team_name}/gateways/{gateway_id}/restart:
    post:
      operationId: RestartGateway
      tags: [Gateways]
      summary: Restarts a gateway
      description: Who is connected has to come again.
      x-source: the page that says so
      x-idempotent: true
      parameters:
        - $ref: "#/components/parameters/TeamName"
        - $ref: "#/components/parameters/GatewayId"
      responses:
        "204":
          description: It restarts.
        4XX: { $ref: "#/components/responses/Failure" }
        default: { $ref: "#/components/responses/Failure" }

components:
"##,
);

pub(crate) const DT: (&str, &str) = (
    "crates/models/openapi/dt.yaml",
    r##"
  /activeGateTokens/lookup:
    post:
      operationId: lookupToken
      tags: [ActiveGate tokens]
      summary: Finds the metadata of an ActiveGate token
      description: The response never holds the secret.
      x-source: the page that says so
      x-idempotent: true
      responses:
        "200":
          description: The token's metadata.
          content: { application/json: { schema: { $ref: "#/components/schemas/ActiveGateToken" } } }
        4XX: { $ref: "#/components/responses/Failure" }
        default: { $ref: "#/components/responses/Failure" }

components:
"##,
);

/// Adds an operation at the end of the paths of a description below `root`.
pub(crate) fn describe(root: &Path, (file, operation): (&str, &str)) {
    let path = root.join(file);
    let before = fs::read_to_string(&path).unwrap();
    assert_eq!(before.matches("\ncomponents:\n").count(), 1, "{file}");
    fs::write(&path, before.replace("\ncomponents:\n", operation)).unwrap();
}

/// Returns the errors of one `cargo check` of the libraries that serve operations: code and file of each.
fn errors(root: &Path, target: &Path) -> Vec<(String, String)> {
    let output = Workspace::at(root)
        .cargo()
        .args(["check", "--offline", "--locked", "--keep-going", "--lib"])
        .args(["--package=gatelet-emulator", "--package=asa-client"])
        .args(["--package=dt-client", "--no-default-features"])
        .args(["--message-format=json", "--target-dir"])
        .arg(target)
        .output()
        .unwrap();
    assert!(!output.status.success());
    let lines = String::from_utf8(output.stdout).unwrap();
    let messages = lines.lines().map(|it| serde_json::from_str(it).unwrap());
    let mut errors: Vec<(String, String)> = messages
        .filter_map(|line: Value| {
            let message = &line["message"];
            // The last error of a crate only counts the others, and has no place.
            let place = message["spans"]
                .as_array()?
                .iter()
                .find(|it| it["is_primary"] == true)?;
            let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
            (message["level"] == "error")
                .then(|| (text(&message["code"]["code"]), text(&place["file_name"])))
        })
        .collect();
    errors.sort();
    assert!(
        !errors.is_empty(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    errors
}

/// Copies what cargo and the generator read, and none of what tools may have left beside it.
pub(crate) fn copy(from: &Workspace, to: &Path) {
    for file in from.files().unwrap() {
        let kind = file.extension().and_then(|kind| kind.to_str());
        if !matches!(kind, Some("rs" | "toml" | "lock" | "yaml" | "json")) {
            continue;
        }
        let target = to.join(&file);
        fs::create_dir_all(target.parent().unwrap()).unwrap();
        fs::copy(from.root().join(&file), target).unwrap();
    }
}

#[test]
fn the_compiler_names_each_place_that_must_decide_about_a_new_operation() {
    let workspace = Workspace::here();
    // Below the target folder, so that only the first run builds what is not ours.
    let folder = workspace.target().unwrap().join("new-operation");
    let root = folder.join("workspace");
    if root.exists() {
        fs::remove_dir_all(&root).unwrap();
    }
    copy(&workspace, &root);
    describe(&root, ASA);
    describe(&root, DT);
    write(&root).unwrap();
    let not_exhaustive = |file: &str| ("E0004".to_owned(), file.to_owned());
    assert_eq!(
        errors(&root, &folder.join("target")),
        [
            "crates/emulator/src/api/asa/auth.rs",
            "crates/emulator/src/api/asa/handler.rs",
            "crates/emulator/src/api/dt/handler.rs",
        ]
        .map(not_exhaustive)
    );
}
