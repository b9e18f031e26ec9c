//! Cycles of a crate's files: a file imports only from files that do not need it.

use super::crate_map::CrateMap;
use super::cycle::{Arrows, cycle_findings};

/// Two files whose types contain each other.
struct RecursiveTypes {
    package: &'static str,
    /// The import that does not count.
    from: &'static str,
    to: &'static str,
}

/// The only imports that may close a cycle.
const RECURSIVE_TYPES: &[RecursiveTypes] = &[
    // A channel contains its provider, which makes token exchanges on that channel.
    RecursiveTypes {
        package: "gatelet-transport",
        from: "call::credential_provider",
        to: "call::channel",
    },
    // An error contains the token at which its list can be resumed, and text that is not a token is an error.
    RecursiveTypes {
        package: "gatelet-transport",
        from: "error::page_token",
        to: "error::error",
    },
];

/// Returns each import of each cycle, and recursive types that are none any more.
pub(super) fn findings(map: &CrateMap) -> Vec<String> {
    let allowed = RECURSIVE_TYPES.iter().filter(|it| it.package == map.name);
    check(map, &allowed.collect::<Vec<_>>())
}

fn check(map: &CrateMap, allowed: &[&RecursiveTypes]) -> Vec<String> {
    let imports = map.imports_of_files();
    let mut arrows = Arrows::new();
    for (from, to) in imports.keys() {
        if !allowed.iter().any(|it| it.from == from && it.to == to) {
            arrows.entry(from.clone()).or_default().insert(to.clone());
        }
    }
    let mut findings = cycle_findings(&arrows, |from, to| {
        imports.get(&(from.to_owned(), to.to_owned())).cloned()
    });
    let has = |from: &str, to: &str| imports.contains_key(&(from.to_owned(), to.to_owned()));
    let unneeded = allowed
        .iter()
        .filter(|it| !(has(it.from, it.to) && has(it.to, it.from)));
    findings.extend(unneeded.map(|it| {
        format!(
            "{}: `{}` and `{}` do not import each other; remove them from `RECURSIVE_TYPES` of xtask/src/graph/files.rs",
            map.name, it.from, it.to
        )
    }));
    findings
}

#[cfg(test)]
mod tests {
    use super::super::crate_map::tests::map;
    use super::*;

    #[test]
    fn a_cycle_of_files_in_one_room_is_found_with_the_line_of_each_import() {
        let map = map(&[
            ("lib.rs", "mod call;\n"),
            (
                "call.rs",
                "mod channel;\nmod attempts;\nmod retry;\npub use channel::Channel;\n",
            ),
            (
                "call/channel.rs",
                "use super::attempts::Attempts;\npub struct Channel;\n",
            ),
            (
                "call/attempts.rs",
                "pub struct Attempts;\nfn f(_: super::retry::Retry) {}\n",
            ),
            (
                "call/retry.rs",
                "\nuse super::Channel;\npub struct Retry;\n",
            ),
        ]);
        let cycle = "part of the cycle `call::attempts` → `call::retry` → `call::channel` → `call::attempts`";
        let file = "crates/me/src/call";
        assert_eq!(
            check(&map, &[]),
            [
                format!("{file}/attempts.rs:2: `call::attempts` imports `call::retry`, {cycle}"),
                format!("{file}/retry.rs:2: `call::retry` imports `call::channel`, {cycle}"),
                format!("{file}/channel.rs:1: `call::channel` imports `call::attempts`, {cycle}"),
            ]
        );
    }

    #[test]
    fn a_cycle_through_the_file_of_a_room_is_found() {
        let map = map(&[
            ("lib.rs", "mod call;\n"),
            ("call.rs", "mod channel;\nconst A: u8 = channel::B;\n"),
            ("call/channel.rs", "pub const B: u8 = super::A;\n"),
        ]);
        assert_eq!(check(&map, &[]).len(), 2);
    }

    #[test]
    fn what_a_room_gathers_and_what_tests_use_closes_no_cycle() {
        let map = map(&[
            ("lib.rs", "mod call;\n"),
            (
                "call.rs",
                "mod channel;\nmod retry;\npub use channel::Channel;\npub use retry::Retry;\n",
            ),
            (
                "call/channel.rs",
                "use super::Retry;\npub struct Channel;\n",
            ),
            (
                "call/retry.rs",
                "pub struct Retry;\n#[cfg(test)]\nmod tests { use super::super::Channel; }\n",
            ),
        ]);
        assert_eq!(check(&map, &[]), Vec::<String>::new());
    }

    #[test]
    fn recursive_types_are_allowed_as_long_as_they_are() {
        let allowed = RecursiveTypes {
            package: "me",
            from: "a",
            to: "b",
        };
        let files = |b| {
            [
                ("lib.rs", "mod a;\nmod b;\n"),
                ("a.rs", "use crate::b::B;\n"),
                ("b.rs", b),
            ]
        };
        let recursive = map(&files("use crate::a::A;\n"));
        assert_eq!(check(&recursive, &[&allowed]), Vec::<String>::new());
        let found = check(&map(&files("")), &[&allowed]);
        assert!(found[0].contains("do not import each other"), "{found:?}");
    }
}
