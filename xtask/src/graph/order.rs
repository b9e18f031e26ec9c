//! The order of a crate's rooms: a room imports only from those below it.

use super::crate_map::CrateMap;

/// The rooms of crates, lowest first; `docs/architecture.md` says what each contains.
const ORDERS: &[(&str, &str)] = &[
    (
        "gatelet-models",
        "de text secret json time field ser operation samples generated asa dt",
    ),
    (
        "gatelet-transport",
        "wire redaction future error url transport telemetry paging call credential testing",
    ),
    (
        "gatelet-hyper",
        "settings error origin task clock io body connect pool shared exchange transport builder",
    ),
    (
        "gatelet-emulator",
        "error json random well_known store state api emulator server",
    ),
    (
        "gatelet",
        "env glob nearest private_file signal terminal error redaction secret settings output options client commands generated cli",
    ),
];

/// Finds imports that run upwards, and rooms that have no place in the order.
pub(crate) fn findings(map: &CrateMap) -> Vec<String> {
    let order = ORDERS.iter().find(|(name, _)| *name == map.name);
    order.map_or_else(Vec::new, |(_, order)| {
        upward(map, &order.split(' ').collect::<Vec<_>>())
    })
}

fn upward(map: &CrateMap, order: &[&str]) -> Vec<String> {
    let height = |room: &str| order.iter().position(|it| *it == room);
    let mut findings = Vec::new();
    for (from, targets) in map.arrows() {
        if height(&from).is_none() {
            findings.push(format!(
                "{}: give the room `{from}` a place in `ORDERS` of xtask/src/graph/order.rs",
                map.name
            ));
        }
        for to in targets.iter().filter(|to| height(to) > height(&from)) {
            let place = map.place(&from, to).unwrap_or_default();
            findings.push(format!(
                "{place}: `{from}` imports `{to}`, which is above it"
            ));
        }
    }
    findings
}

#[cfg(test)]
mod tests {
    use super::super::crate_map::tests::map;
    use super::*;

    #[test]
    fn an_upward_import_is_found_before_it_closes_a_cycle() {
        let map = map(&[
            ("lib.rs", "mod call;\nmod wire;\nmod url;\n"),
            ("call.rs", "use crate::wire::Json;\npub struct Call;\n"),
            ("url.rs", "use crate::call::Call;\n"),
            ("wire.rs", "pub struct Json;\n"),
        ]);
        assert_eq!(upward(&map, &["wire", "call", "url"]), Vec::<String>::new());
        assert_eq!(
            upward(&map, &["wire", "url", "call"]),
            ["crates/me/src/url.rs:1: `url` imports `call`, which is above it"]
        );
    }

    #[test]
    fn a_room_without_a_place_is_found() {
        let map = map(&[("lib.rs", "mod wire;\n"), ("wire.rs", "")]);
        let found = upward(&map, &[]);
        assert_eq!(found.len(), 1, "{found:?}");
        assert!(found[0].contains("the room `wire`"), "{found:?}");
    }
}
