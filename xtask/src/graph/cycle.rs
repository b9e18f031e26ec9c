//! Cycles in a graph.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

/// Arrows from a node to the nodes that it depends on.
pub(crate) type Arrows = BTreeMap<String, BTreeSet<String>>;

/// Returns the shortest cycle through each node that lies on one; each cycle once, beginning with its alphabetically first name.
pub(crate) fn cycles(arrows: &Arrows) -> Vec<Vec<String>> {
    let found: BTreeSet<Vec<String>> = arrows
        .keys()
        .filter_map(|start| shortest_cycle(arrows, start))
        .collect();
    found.into_iter().collect()
}

fn shortest_cycle(arrows: &Arrows, start: &str) -> Option<Vec<String>> {
    let mut waiting = VecDeque::from([vec![start.to_owned()]]);
    let mut seen = BTreeSet::new();
    while let Some(path) = waiting.pop_front() {
        for next in arrows.get(path.last()?).into_iter().flatten() {
            if next == start {
                return Some(from_smallest(path));
            }
            if seen.insert(next.clone()) {
                let mut longer = path.clone();
                longer.push(next.clone());
                waiting.push_back(longer);
            }
        }
    }
    None
}

fn from_smallest(mut cycle: Vec<String>) -> Vec<String> {
    let names = cycle.iter().enumerate();
    let first = names
        .min_by_key(|(_, name)| *name)
        .map_or(0, |(index, _)| index);
    cycle.rotate_left(first);
    cycle
}

/// Returns each arrow of each cycle, with the place of one import.
pub(crate) fn cycle_findings(
    arrows: &Arrows,
    place: impl Fn(&str, &str) -> Option<String>,
) -> Vec<String> {
    let mut findings = Vec::new();
    for cycle in cycles(arrows) {
        let next = cycle.iter().cycle().skip(1);
        for (from, to) in cycle.iter().zip(next) {
            if let Some(place) = place(from, to) {
                findings.push(format!(
                    "{place}: `{from}` imports `{to}`, part of the cycle {}",
                    join_cycle(&cycle)
                ));
            }
        }
    }
    findings
}

/// Writes a cycle as a path back to its beginning.
pub(crate) fn join_cycle(cycle: &[String]) -> String {
    let first = cycle.first().into_iter();
    let names: Vec<String> = cycle
        .iter()
        .chain(first)
        .map(|it| format!("`{it}`"))
        .collect();
    names.join(" → ")
}

#[cfg(test)]
pub(crate) fn arrows(of: &[(&str, &[&str])]) -> Arrows {
    of.iter()
        .map(|(from, to)| {
            let to = to.iter().map(ToString::to_string).collect();
            ((*from).to_owned(), to)
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_graph_in_layers_has_no_cycle() {
        let layered = arrows(&[("a", &["b", "c"]), ("b", &["c"]), ("c", &[])]);
        assert_eq!(cycles(&layered), Vec::<Vec<String>>::new());
    }

    #[test]
    fn each_cycle_is_found_once() {
        let planted = arrows(&[
            ("a", &["b"]),
            ("b", &["c"]),
            ("c", &["b", "d"]),
            ("d", &["e"]),
            ("e", &["f"]),
            ("f", &["d"]),
        ]);
        assert_eq!(cycles(&planted), [vec!["b", "c"], vec!["d", "e", "f"]]);
    }
}
