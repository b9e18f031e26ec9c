//! Imports must name the module that defines an item, and a file with a folder must only declare modules.

use crate::error::Error;
use crate::graph::crate_map::CrateMap;
use crate::workspace::{Package, Workspace};

/// Finds imports of re-exports in every member, and in published ones also items beside module declarations.
pub(crate) fn findings(workspace: &Workspace, packages: &[Package]) -> Result<Vec<String>, Error> {
    let mut findings = Vec::new();
    for package in packages {
        if let Some(map) = CrateMap::read(workspace, package)? {
            findings.extend(map.imports_of_re_exports());
            if package.published {
                findings.extend(map.items_beside_modules());
            }
        }
    }
    Ok(findings)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_crate_that_uses_its_own_facade_is_found() {
        let folder = tempfile::tempdir().unwrap();
        let source = folder.path().join("crates/me/src");
        std::fs::create_dir_all(source.join("call")).unwrap();
        for (name, text) in [
            (
                "lib.rs",
                "mod call;\nmod wire;\npub use call::channel::Channel;\n",
            ),
            ("call.rs", "pub(crate) mod channel;\nfn helper() {}\n"),
            ("call/channel.rs", "pub struct Channel;\n"),
            ("wire.rs", "use crate::Channel;\n"),
        ] {
            std::fs::write(source.join(name), text).unwrap();
        }
        let mut package = Package {
            name: "me".into(),
            folder: "crates/me".into(),
            ..Package::default()
        };
        let workspace = Workspace::at(folder.path());
        let found = findings(&workspace, &[package.clone()]).unwrap();
        assert_eq!(found.len(), 1, "{found:?}");
        assert!(
            found[0].starts_with("crates/me/src/wire.rs:1: `Channel`"),
            "{found:?}"
        );
        package.published = true;
        let found = findings(&workspace, &[package]).unwrap();
        assert!(
            found[1].starts_with("crates/me/src/call.rs:2: `fn`"),
            "{found:?}"
        );
    }
}
