//! Checks that a public API names only types of crates that users may be expected to know.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use serde_json::Value;

use crate::error::Error;

/// The standard library, the common crates for data and HTTP, and our own.
const ALLOWED: &[&str] = &[
    "alloc",
    "core",
    "std",
    // From an operator on a primitive type, which belongs to no crate.
    "str",
    "bytes",
    "futures_core",
    "http",
    "serde",
    "serde_core",
    "time",
    "uuid",
    "asa_client",
    "dt_client",
    "gatelet_models",
    "gatelet_client",
    "gatelet_hyper",
    "gatelet_transport",
];

/// Further crates for the adapters of the transport's feature `tower`.
const ADAPTER_CRATES: (&str, &[&str]) = ("gatelet-transport", &["http_body", "tower_service"]);

fn is_allowed(package: &str, name: &str) -> bool {
    let (adapter, names) = ADAPTER_CRATES;
    ALLOWED.contains(&name) || package == adapter && names.contains(&name)
}

/// Returns one finding for each foreign crate in a listing, with the first item that names it.
pub(super) fn in_listing(package: &str, listing: &str) -> impl Iterator<Item = String> {
    let mut seen = BTreeSet::new();
    listing.lines().flat_map(move |line| {
        let crates = crates(line).filter(|name| !is_allowed(package, name));
        let new: Vec<String> = crates
            .filter(|name| seen.insert((*name).to_owned()))
            .map(|name| finding(name, line))
            .collect();
        new
    })
}

fn finding(name: &str, item: &str) -> String {
    format!("names a type of `{name}`, which users should not have to know: {item}")
}

/// Returns the crates of the paths in a line. Paths are absolute, so each begins with a crate unless it begins with a type.
fn crates(line: &str) -> impl Iterator<Item = &str> {
    let is_word = |c: char| c.is_alphanumeric() || c == '_';
    line.match_indices("::").filter_map(move |(at, _)| {
        let before = line.get(..at)?;
        let start = before.rfind(|c| !is_word(c)).map_or(0, |at| at + 1);
        let word = before.get(start..)?;
        let is_first = !before.get(..start)?.ends_with(':');
        (is_first && word.starts_with(|c: char| c.is_lowercase() || c == '_')).then_some(word)
    })
}

/// Returns one finding for each foreign item that is re-exported under our name, which a listing does not show.
pub(super) fn in_reexports(package: &str, json: &Path) -> Result<Vec<String>, Error> {
    let text = fs::read_to_string(json).map_err(|error| format!("{}: {error}", json.display()))?;
    let json: Value = serde_json::from_str(&text).map_err(|error| format!("rustdoc: {error}"))?;
    let items = json["index"].as_object().into_iter().flatten();
    let reexports = items.filter_map(|(_, item)| item["inner"].get("use"));
    let findings = reexports.filter_map(|reexport| {
        let origin = &json["paths"][reexport["id"].to_string()];
        let name = origin["path"][0].as_str()?;
        let source = reexport["source"].as_str()?;
        (!is_allowed(package, name)).then(|| finding(name, &format!("pub use {source}")))
    });
    Ok(findings.collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_type_of_a_foreign_crate_is_found_once() {
        let listing = "pub fn asa_client::Client::get(&self) -> hyper::body::Incoming\n\
                       pub fn asa_client::Client::put(&self, hyper::body::Incoming)\n\
                       impl tokio::io::Read for asa_client::Client\n";
        let found: Vec<String> = in_listing("asa-client", listing).collect();
        assert_eq!(found.len(), 2);
        assert!(found[0].contains("`hyper`") && found[0].contains("Client::get"));
        assert!(found[1].contains("`tokio`"));
    }

    #[test]
    fn a_primitive_type_is_not_a_crate() {
        let listing = "pub fn &str::eq(&self, &gatelet_models::asa::GatewayId) -> bool\n";
        assert_eq!(in_listing("gatelet-models", listing).count(), 0);
    }

    #[test]
    fn only_the_transport_adapts_services() {
        let listing = "impl<S: tower_service::Service<u8>> gatelet_transport::Transport for S\n";
        assert_eq!(in_listing("gatelet-transport", listing).count(), 0);
        assert_eq!(in_listing("asa-client", listing).count(), 1);
    }

    #[test]
    fn generics_and_associated_types_are_not_crates() {
        let listing = "pub fn asa_client::f<T: core::convert::Into<u8>>(T::Error, Self::Item) -> <T as core::ops::Add>::Output\n";
        assert_eq!(in_listing("asa-client", listing).count(), 0);
    }

    #[test]
    fn a_re_export_of_a_foreign_item_is_found() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("a.json");
        let json = r#"{
            "index": {
                "1": {"inner": {"use": {"source": "hyper::Request", "id": 7}}},
                "2": {"inner": {"use": {"source": "crate::Client", "id": 8}}},
                "3": {"inner": {"struct": {}}}
            },
            "paths": {
                "7": {"path": ["hyper", "Request"]},
                "8": {"path": ["asa_client", "Client"]}
            }
        }"#;
        fs::write(&file, json).unwrap();
        let found = in_reexports("asa-client", &file).unwrap();
        assert_eq!(found.len(), 1);
        assert!(found[0].contains("pub use hyper::Request"));
    }
}
