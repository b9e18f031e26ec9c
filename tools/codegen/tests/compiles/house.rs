//! Adds a third vendor to a copy of the workspace: the handwritten code around its generated files.

use std::fs;
use std::path::Path;

/// The handwritten files of the vendor's client.
const CLIENT: &[(&str, &str)] = &[
    (
        "lib.rs",
        "//! All.\n
        mod check;\nmod client;\nmod decode;\nmod dialect;\nmod generated;\n
        pub use client::Client;\npub use gatelet_transport::Error;\npub use generated::*;\n
        /// The bodies.\npub mod models {\n pub use gatelet_models::house::*;\n}\n",
    ),
    (
        "client.rs",
        "//! The client.\n
        use gatelet_transport::Channel;\n
        /// A client.\n#[derive(Debug)]\npub struct Client { channel: Channel }\n
        impl Client {
            pub(crate) fn channel(&self) -> &Channel { &self.channel }\n
            /// Creates one.\n pub fn new(channel: Channel) -> Self { Self { channel } }
        }\n",
    ),
    (
        "check.rs",
        "//! Checks.\n
        use gatelet_models::house::{EmptyKept, Sent};\nuse gatelet_transport::{Channel, Error};\n
        #[expect(clippy::too_many_arguments)]
        pub(crate) fn put_bare(_: &Channel, _: &str, _: &str, _: &str, _: &str, _: &str, _: &str, _: &str, _: &mut EmptyKept) -> Result<(), Error> { Ok(()) }\n
        pub(crate) fn send_asked(_: &Channel, _: &mut Sent) -> Result<(), Error> { Ok(()) }\n
        impl crate::generated::AskQuery { pub(crate) fn check(&self, _: &Channel) -> Result<(), Error> { Ok(()) } }\n
        impl crate::generated::SendAskedQuery { pub(crate) fn check(&self, _: &Channel) -> Result<(), Error> { Ok(()) } }\n",
    ),
    (
        "decode.rs",
        "//! Decoding.\n
        use gatelet_models::house::Shown;\nuse gatelet_transport::{ApiResponse, Error};\n
        pub(crate) fn post_decoded(response: &ApiResponse) -> Result<Shown, Error> { response.json() }\n",
    ),
    ("dialect.rs", "//! The dialect.\n"),
];

/// The lines that other files of the workspace need for the vendor.
const ADDITIONS: &[(&str, &str)] = &[
    ("models/src/generated/mod.rs", "pub(crate) mod house;\n"),
    (
        "models/src/lib.rs",
        "/// All.\npub mod house {\n    pub use crate::generated::house::*;\n}\n",
    ),
    (
        "emulator/src/api.rs",
        "pub(crate) mod house {\n    pub(crate) use crate::api::dt::{error_response, response};\n}\n",
    ),
    (
        "emulator/src/api/generated/mod.rs",
        "pub(crate) mod house;\n",
    ),
    (
        "cli/src/generated/mod.rs",
        "pub(crate) mod house;\n
        #[cfg(test)]
        mod house_tests {
            use clap::{CommandFactory, Parser};\n
            use crate::generated::house::House;
            use crate::options::global::GlobalOptions;\n
            #[derive(Parser)]
            #[command(version, propagate_version = true)]
            struct Args {
                #[command(flatten)]
                _global: GlobalOptions,
                #[command(subcommand)]
                _house: House,
            }\n
            #[test]
            fn the_command_tree_is_consistent() {
                Args::command().debug_assert();
            }
        }\n",
    ),
    (
        "cli/src/client/factory.rs",
        "impl ClientFactory {
            pub(crate) async fn house(&self) -> Result<house_client::Client, CliError> {
                Err(CliError::usage(\"\"))
            }
        }\n",
    ),
    ("cli/src/commands.rs", "pub(crate) mod house;\n"),
    (
        "cli/Cargo.toml",
        "\n[dependencies.house-client]\npath = \"../house-client\"\n",
    ),
];

/// A command that is written by hand.
const COMMAND: &str = "
    #[derive(Debug, clap::Args)]
    pub(crate) struct Send {}

    impl Send {
        pub(crate) async fn run(
            self,
            _: &house_client::Client,
            _: &mut crate::output::output::Output<crate::output::stdout::Stdout>,
        ) -> Result<(), crate::error::error::CliError> {
            Ok(())
        }
    }
";

/// Adds the vendor to the copy below `root`, which already contains the generated files.
pub(super) fn add_vendor(root: &Path) {
    let crates = root.join("crates");
    let client = crates.join("house-client");
    for (name, text) in CLIENT {
        fs::write(client.join("src").join(name), text).unwrap();
    }
    let manifest = fs::read_to_string(crates.join("dt-client/Cargo.toml")).unwrap();
    let (manifest, _) = manifest.split_once("[dev-dependencies]").unwrap();
    let manifest = manifest.replace("\"dt-client\"", "\"house-client\"");
    fs::write(client.join("Cargo.toml"), manifest).unwrap();
    // Nothing runs the handlers and the commands.
    for name in ["emulator", "cli"] {
        let path = crates.join(name).join("Cargo.toml");
        let manifest = fs::read_to_string(&path).unwrap();
        let lints = "[lints.rust]\nunused_qualifications = \"warn\"\ndead_code = \"allow\"\n";
        let manifest = manifest.replace("[lints]\nworkspace = true\n", lints);
        fs::write(&path, manifest).unwrap();
    }
    for (path, text) in ADDITIONS {
        append(&crates.join(path), text);
    }
    let modules = ["help_desk", "help_desk_model", "help_desk_model_api"];
    let modules = modules.map(|it| format!("pub(crate) mod {it} {{{COMMAND}}}\n"));
    let commands = format!("//! By hand.\n{}", modules.concat());
    fs::write(crates.join("cli/src/commands/house.rs"), commands).unwrap();
    let manifest = root.join("Cargo.toml");
    let text = fs::read_to_string(&manifest).unwrap();
    let text = text.replacen(
        "members = [",
        "members = [\n    \"crates/house-client\",",
        1,
    );
    fs::write(&manifest, text).unwrap();
}

fn append(path: &Path, text: &str) {
    let before = fs::read_to_string(path).unwrap();
    fs::write(path, before + text).unwrap();
}
