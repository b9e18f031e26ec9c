//! The vendors.

/// A vendor: it has a description, a module of models, a client, commands, handlers and a reference page.
#[derive(Clone, Copy, Debug)]
pub struct Vendor {
    /// Its name in paths, modules and crates.
    pub name: &'static str,
    /// The method of its client that returns the account that the client is built for, if it is built for one.
    pub account: Option<&'static str>,
}

/// The vendors.
pub const VENDORS: [Vendor; 2] = [
    Vendor {
        name: "asa",
        account: Some("team"),
    },
    Vendor {
        name: "dt",
        account: None,
    },
];
