//! A new operation takes its description and a handler: in a copy of the workspace the compiler requires nothing else.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Output;

use serde_json::Value;

use super::write;
use crate::workspace::Workspace;

/// Text and the line of a file that it is inserted before.
type Insertion = (&'static str, &'static str);

/// Operations of a new tag, with new schemas and scopes: what is added to one vendor's description and to the workspace.
pub(crate) struct NewOperations {
    description: &'static str,
    additions: [Insertion; 3],
    /// The file of the emulator that implements the handlers.
    handler: &'static str,
    handlers: &'static str,
    /// The end of a handler with the described response, and one with another type.
    responses: [&'static str; 2],
    /// A test of the client's new methods against the emulator.
    client: &'static str,
    call: &'static str,
}

pub(crate) const ASA: NewOperations = NewOperations {
    description: "crates/models/openapi/asa.yaml",
    additions: [
        (
            "\npaths:\n",
            "  - name: Relays
    description: Gateways that only pass on.
",
        ),
        (
            "\ncomponents:\n",
            r##"  /v1/teams/{team_name}/relays/{relay_name}:
    parameters:
      - $ref: "#/components/parameters/TeamName"
      - { name: relay_name, in: path, required: true, description: The name of the relay., schema: { type: string } }
    get:
      operationId: GetRelay
      tags: [Relays]
      summary: Reads one relay
      description: Relays are not in any list.
      x-source: the page that says so
      x-idempotent: true
      x-permissions: [relay_operator]
      responses:
        "200":
          description: The relay.
          content: { application/json: { schema: { $ref: "#/components/schemas/Relay" } } }
        4XX: { $ref: "#/components/responses/Failure" }
        default: { $ref: "#/components/responses/Failure" }
"##,
        ),
        (
            "\n...\n",
            r##"    Relay:
      type: object
      description: A gateway that only passes on.
      x-source: the page that says so
      required: [name]
      properties:
        name: { type: string, description: The name of the relay. }
      examples: [{ name: relay-1 }]
"##,
        ),
    ],
    handler: "crates/emulator/src/api/asa/handler.rs",
    handlers: r#"
    fn get_relay(&self, name: &str) -> Result<Encoded<gatelet_models::asa::Relay>, ErrorResponse> {
        Ok(Encoded::new(&gatelet_models::asa::Relay::new(name))?)
    }
"#,
    responses: [
        "gatelet_models::asa::Relay>, ErrorResponse> {\n        Ok(Encoded::new(&gatelet_models::asa::Relay::new(name))?)",
        "Gateway>, ErrorResponse> {\n        gateway::get(self.0, name)",
    ],
    client: "crates/asa-client/tests/relays.rs",
    call: r#"//! Relays.

use asa_client::{Client, ServiceUser};
use gatelet_emulator::{Emulator, well_known};
use gatelet_transport::testing::ManualClock;

#[tokio::test]
async fn a_relay_is_read() {
    let user = ServiceUser::new(well_known::ASA_KEY_ID, well_known::ASA_KEY_SECRET);
    let client = Client::builder(well_known::ASA_TEAM)
        .credentials(user)
        .build_with(Emulator::memory().unwrap(), ManualClock::auto())
        .unwrap();
    let relay = client.relays().get("eu-1").send().await.unwrap();
    assert_eq!(relay.name, "eu-1");
}
"#,
};

pub(crate) const DT: NewOperations = NewOperations {
    description: "crates/models/openapi/dt.yaml",
    additions: [
        (
            "\npaths:\n",
            "  - name: Relays
    description: ActiveGates that only pass on.
",
        ),
        (
            "\ncomponents:\n",
            r##"  /relays:
    post:
      operationId: createRelay
      tags: [Relays]
      summary: Creates a relay
      description: It begins at once.
      x-source: the page that says so
      x-idempotent: false
      x-permissions: [relays.write]
      requestBody:
        required: true
        content: { application/json: { schema: { $ref: "#/components/schemas/RelayCreate" } } }
      responses:
        "201":
          description: The relay.
          content: { application/json: { schema: { $ref: "#/components/schemas/Relay" } } }
        4XX: { $ref: "#/components/responses/Failure" }
        default: { $ref: "#/components/responses/Failure" }
  /relays/{relayName}:
    parameters:
      - { name: relayName, in: path, required: true, description: The name of the relay., schema: { type: string } }
    get:
      operationId: getRelay
      tags: [Relays]
      summary: Reads one relay
      description: Relays are not in any list.
      x-source: the page that says so
      x-idempotent: true
      x-permissions: [relays.read]
      responses:
        "200":
          description: The relay.
          content: { application/json: { schema: { $ref: "#/components/schemas/Relay" } } }
        4XX: { $ref: "#/components/responses/Failure" }
        default: { $ref: "#/components/responses/Failure" }
"##,
        ),
        (
            "\n...\n",
            r##"    RelayCreate:
      type: object
      description: A new relay.
      x-source: the page that says so
      required: [name]
      properties:
        name: { type: string, description: The name of the relay. }
      examples: [{ name: relay-1 }]
    Relay:
      type: object
      description: An ActiveGate that only passes on.
      x-source: the page that says so
      required: [name]
      properties:
        name: { type: string, description: The name of the relay. }
      examples: [{ name: relay-1 }]
"##,
        ),
    ],
    handler: "crates/emulator/src/api/dt/handler.rs",
    handlers: r#"
    fn create_relay(
        &self,
        body: gatelet_models::dt::RelayCreate,
    ) -> Result<Encoded<gatelet_models::dt::Relay>, ErrorResponse> {
        Ok(Encoded::new(&gatelet_models::dt::Relay::new(body.name))?)
    }

    fn get_relay(&self, name: &str) -> Result<Encoded<gatelet_models::dt::Relay>, ErrorResponse> {
        Ok(Encoded::new(&gatelet_models::dt::Relay::new(name))?)
    }
"#,
    responses: [
        "gatelet_models::dt::Relay>, ErrorResponse> {\n        Ok(Encoded::new(&gatelet_models::dt::Relay::new(name))?)",
        "ActiveGateToken>, ErrorResponse> {\n        token::get(self.call, name)",
    ],
    client: "crates/dt-client/tests/relays.rs",
    call: r#"//! Relays.

use dt_client::models::RelayCreate;
use dt_client::{ApiToken, Client};
use gatelet_emulator::{Emulator, well_known};
use gatelet_transport::testing::ManualClock;

#[tokio::test]
async fn a_relay_is_created_and_read() {
    let client = Client::builder("https://abc.live.dynatrace.com")
        .credentials(ApiToken::new(well_known::DT_TOKEN).unwrap())
        .build_with(Emulator::memory().unwrap(), ManualClock::auto())
        .unwrap();
    let relays = client.relays();
    let created = relays.create(RelayCreate::new("eu-1")).send().await.unwrap();
    assert_eq!(created, relays.get("eu-1").send().await.unwrap());
}
"#,
};

impl NewOperations {
    /// Adds them to the description below `root`.
    pub(crate) fn describe(&self, root: &Path) {
        let path = root.join(self.description);
        let mut text = fs::read_to_string(&path).unwrap();
        for (before, addition) in self.additions {
            assert_eq!(text.matches(before).count(), 1, "{before}");
            let at = text.find(before).unwrap() + 1;
            text.insert_str(at, addition);
        }
        fs::write(&path, text).unwrap();
    }

    /// Writes the handlers; with `wrong_type`, one returns another type than the description says.
    fn handle(&self, root: &Path, wrong_type: bool) {
        let text = fs::read_to_string(Workspace::here().root().join(self.handler)).unwrap();
        let before = text.strip_suffix("}\n").unwrap();
        let mut handlers = self.handlers.to_owned();
        if wrong_type {
            let [described, other] = self.responses;
            handlers = handlers.replace(described, other);
        }
        fs::write(root.join(self.handler), format!("{before}{handlers}}}\n")).unwrap();
    }
}

/// A copy of the workspace, built in the target folder of the original.
struct Copy {
    root: PathBuf,
    target: PathBuf,
}

impl Copy {
    fn cargo(&self, arguments: &[&str]) -> Output {
        let mut cargo = Workspace::at(&self.root).cargo();
        let cargo = cargo.args(arguments).arg("--offline");
        cargo
            .arg("--target-dir")
            .arg(&self.target)
            .output()
            .unwrap()
    }

    /// Returns the errors and warnings of one `cargo check` of all targets and features: code and file of each, once.
    fn findings(&self, packages: &str) -> Vec<(String, String)> {
        let output = self.cargo(&[
            "check",
            packages,
            "--all-targets",
            "--all-features",
            "--keep-going",
            "--message-format=json",
        ]);
        let lines = String::from_utf8(output.stdout).unwrap();
        let messages = lines.lines().map(|it| serde_json::from_str(it).unwrap());
        let mut findings: Vec<(String, String)> = messages
            .filter_map(|line: Value| {
                let message = &line["message"];
                // The last error of a crate only counts the others and has no span.
                let place = message["spans"]
                    .as_array()?
                    .iter()
                    .find(|it| it["is_primary"] == true)?;
                let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
                (message["level"] == "error" || message["level"] == "warning")
                    .then(|| (text(&message["code"]["code"]), text(&place["file_name"])))
            })
            .collect();
        findings.sort();
        // A library is checked twice: by itself, and for its unit tests.
        findings.dedup();
        let stderr = String::from_utf8_lossy(&output.stderr);
        let has_failed = !output.status.success();
        assert!(!has_failed || !findings.is_empty(), "{stderr}");
        findings
    }
}

/// Copies the kinds of files that cargo and the generator read.
fn copy(from: &Workspace, to: &Path) {
    for file in from.files().unwrap() {
        let kind = file.extension().and_then(|kind| kind.to_str());
        if !matches!(kind, Some("rs" | "toml" | "lock" | "yaml" | "json" | "md")) {
            continue;
        }
        let target = to.join(&file);
        fs::create_dir_all(target.parent().unwrap()).unwrap();
        fs::copy(from.root().join(&file), target).unwrap();
    }
}

/// Changes the version of the members: in a shared target folder, cargo distinguishes members of two workspaces only by version.
fn rename_version(root: &Path) {
    let path = root.join("Cargo.toml");
    let text = fs::read_to_string(&path).unwrap();
    let line = text
        .lines()
        .find(|it| it.starts_with("version = \""))
        .unwrap();
    let renamed = format!("{}+copy\"", line.trim_end_matches('"'));
    fs::write(path, text.replacen(line, &renamed, 1)).unwrap();
}

#[test]
fn a_new_operation_needs_its_description_and_a_handler_and_nothing_else() {
    let workspace = Workspace::here();
    let target = workspace.target().unwrap();
    let root = target.join("new-operation");
    if root.exists() {
        fs::remove_dir_all(&root).unwrap();
    }
    copy(&workspace, &root);
    rename_version(&root);
    // The copy shares the target folder, so that only members are rebuilt.
    let copy = Copy { root, target };
    let vendors = [ASA, DT];
    for vendor in &vendors {
        vendor.describe(&copy.root);
    }
    write(&copy.root).unwrap();
    let expected = |code: &str| {
        vendors
            .each_ref()
            .map(|vendor| (code.to_owned(), vendor.handler.to_owned()))
    };
    // E0046: the handler is missing. E0053: it returns another type than the description says.
    assert_eq!(copy.findings("--workspace"), expected("E0046"));
    for vendor in &vendors {
        vendor.handle(&copy.root, true);
    }
    let emulator = "--package=gatelet-emulator";
    assert_eq!(copy.findings(emulator), expected("E0053"));

    for vendor in &vendors {
        vendor.handle(&copy.root, false);
        fs::write(copy.root.join(vendor.client), vendor.call).unwrap();
    }
    assert_eq!(copy.findings("--workspace"), []);
    let output = copy.cargo(&[
        "test",
        "--test=relays",
        "--package=asa-client",
        "--package=dt-client",
    ]);
    let stderr = String::from_utf8_lossy(&output.stderr);
    let stdout = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{stderr}{stdout}");
    assert_eq!(stdout.matches("1 passed").count(), 2, "{stdout}");
}
