//! The vendors.

/// A vendor: it has descriptions, a module of models, a client, commands, handlers and reference pages.
#[derive(Clone, Copy, Debug)]
pub struct Vendor {
    /// Its name in paths, modules and crates, and that of its first description.
    pub name: &'static str,
    /// The names of further descriptions, whose operations stand in for some of the first.
    pub further: &'static [&'static str],
    /// The method of its client that returns the account that the client is built for, if it is built for one.
    pub account: Option<&'static str>,
}

impl Vendor {
    /// Iterates over the names of its descriptions, the first one first.
    pub fn descriptions(self) -> impl Iterator<Item = &'static str> {
        std::iter::once(self.name).chain(self.further.iter().copied())
    }
}

/// The vendors.
pub const VENDORS: [Vendor; 2] = [
    Vendor {
        name: "asa",
        further: &[],
        account: Some("team"),
    },
    Vendor {
        name: "dt",
        further: &["dt-platform"],
        account: None,
    },
];
