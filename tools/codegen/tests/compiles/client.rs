//! The client around the generated files.

use std::fs;
use std::path::Path;

use super::copy;

/// What a client of the house has beside the generated files.
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
        use gatelet_models::house::EmptyKept;\nuse gatelet_transport::{Channel, Error};\n
        #[expect(clippy::too_many_arguments)]
        pub(crate) fn put_bare(_: &Channel, _: &str, _: &str, _: &str, _: &str, _: &str, _: &str, _: &str, _: &mut EmptyKept) -> Result<(), Error> { Ok(()) }\n",
    ),
    (
        "decode.rs",
        "//! Decoding.\n
        use gatelet_models::house::Shown;\nuse gatelet_transport::{ApiResponse, Error};\n
        pub(crate) fn post_decoded(response: &ApiResponse) -> Result<Shown, Error> { response.json() }\n",
    ),
    ("dialect.rs", "//! The dialect.\n"),
];

/// Makes one of the clients in the copy the client of the house.
pub(super) fn replace(root: &Path) {
    let client = root.join("crates/dt-client");
    for folder in ["src", "tests", "examples"] {
        fs::remove_dir_all(client.join(folder)).unwrap();
    }
    let generated = root.join("crates/house-client/src");
    copy(&generated, &client.join("src"));
    fs::remove_dir_all(root.join("crates/house-client")).unwrap();
    for (name, text) in CLIENT {
        fs::write(client.join("src").join(name), text).unwrap();
    }
    let manifest = client.join("Cargo.toml");
    let text = fs::read_to_string(&manifest).unwrap();
    // No others are needed, and they take long to build.
    let (text, _) = text.split_once("[dev-dependencies]").unwrap();
    fs::write(
        &manifest,
        format!("{text}\n[lib]\nname = \"house_client\"\n"),
    )
    .unwrap();
    // The rest of the workspace needs the vendor's client.
    let manifest = root.join("Cargo.toml");
    let text = fs::read_to_string(&manifest).unwrap();
    let is_needed = |line: &&str| {
        let member = line.trim_matches([' ', '"', ',']);
        let is_member = line.starts_with("    \"");
        !is_member
            || [
                "crates/models",
                "crates/transport",
                "crates/hyper",
                "crates/client",
                "crates/dt-client",
                "tests/support",
            ]
            .contains(&member)
    };
    let text: Vec<&str> = text.lines().filter(is_needed).collect();
    fs::write(&manifest, text.join("\n")).unwrap();
}
