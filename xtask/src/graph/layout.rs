//! A layered layout of a graph: each node is above its dependencies and near its neighbors.

use std::collections::{BTreeMap, BTreeSet};

use super::cycle::Arrows;

/// How many times the order within the rows is improved, upwards and downwards.
const SWEEPS: usize = 8;

/// Rows of nodes, the lowest layer first, and the lines between them.
#[derive(Debug, PartialEq)]
pub(crate) struct Layout {
    pub(crate) rows: Vec<Vec<Node>>,
    /// The lines between nodes, each from row to row downwards.
    pub(crate) lines: Vec<Line>,
}

/// A box, or a gap through which a long line passes.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Node {
    Box(String),
    Gap { from: String, to: String },
}

/// A line through the rows, given as row and column.
#[derive(Debug, PartialEq)]
pub(crate) struct Line {
    pub(crate) points: Vec<(usize, usize)>,
    /// Whether it closes a cycle, so that it leads upwards.
    pub(crate) is_upward: bool,
}

/// Lays out a graph, without arrows that are implied by others.
pub(crate) fn layout(arrows: &Arrows) -> Layout {
    let (down, upward) = without_cycles(arrows);
    let down = without_shortcuts(&down);
    let depths: BTreeMap<&String, usize> =
        down.keys().map(|name| (name, depth(&down, name))).collect();
    let height = depths.values().max().map_or(0, |deepest| deepest + 1);
    let mut rows = vec![Vec::new(); height];
    for (name, depth) in &depths {
        rows[*depth].push(Node::Box((*name).clone()));
    }
    let mut chains = Vec::new();
    let lines = down.iter().map(|it| (it, false));
    for ((from, targets), is_upward) in lines.chain(upward.iter().map(|it| (it, true))) {
        for to in targets {
            let (high, low) = if is_upward { (to, from) } else { (from, to) };
            let mut chain = vec![(depths[high], Node::Box(high.clone()))];
            for row in (depths[low] + 1..depths[high]).rev() {
                let gap = Node::Gap {
                    from: from.clone(),
                    to: to.clone(),
                };
                rows[row].push(gap.clone());
                chain.push((row, gap));
            }
            chain.push((depths[low], Node::Box(low.clone())));
            chains.push((chain, is_upward));
        }
    }
    sort(&mut rows, &chains);
    let column = |(row, node): &(usize, Node)| {
        let found = rows[*row].iter().position(|it| it == node);
        (*row, found.unwrap_or_default())
    };
    let lines = chains.iter().map(|(chain, is_upward)| Line {
        points: chain.iter().map(column).collect(),
        is_upward: *is_upward,
    });
    let lines = lines.collect();
    Layout { rows, lines }
}

/// Returns the arrows that lead down, and those that would close a cycle.
fn without_cycles(arrows: &Arrows) -> (Arrows, Arrows) {
    let mut down: Arrows = arrows
        .keys()
        .map(|name| (name.clone(), BTreeSet::new()))
        .collect();
    let mut upward = Arrows::new();
    for (from, targets) in arrows {
        for to in targets.iter().filter(|to| arrows.contains_key(*to)) {
            let closes = reachable(&down, to).contains(from);
            let side = if closes { &mut upward } else { &mut down };
            side.entry(from.clone()).or_default().insert(to.clone());
        }
    }
    (down, upward)
}

/// Returns the graph without arrows that are implied by others.
fn without_shortcuts(arrows: &Arrows) -> Arrows {
    let keep = |targets: &BTreeSet<String>, to: &String| {
        let mut others = targets.iter().filter(|other| *other != to);
        !others.any(|other| reachable(arrows, other).contains(to))
    };
    let kept = arrows.iter().map(|(from, targets)| {
        let targets = targets.iter().filter(|to| keep(targets, to));
        (from.clone(), targets.cloned().collect())
    });
    kept.collect()
}

/// Returns the node and everything that it depends on.
fn reachable<'a>(arrows: &'a Arrows, start: &'a String) -> BTreeSet<&'a String> {
    let mut found = BTreeSet::from([start]);
    let mut waiting = vec![start];
    while let Some(name) = waiting.pop() {
        for next in arrows.get(name).into_iter().flatten() {
            if found.insert(next) {
                waiting.push(next);
            }
        }
    }
    found
}

/// Returns the length of the longest path downwards.
fn depth(arrows: &Arrows, name: &String) -> usize {
    let below = arrows.get(name).into_iter().flatten();
    below.map(|next| depth(arrows, next) + 1).max().unwrap_or(0)
}

/// Moves each node towards the middle of its neighbors in the row below or above.
fn sort(rows: &mut [Vec<Node>], chains: &[(Vec<(usize, Node)>, bool)]) {
    let mut neighbors: BTreeMap<&(usize, Node), Vec<&(usize, Node)>> = BTreeMap::new();
    for (chain, _) in chains {
        for pair in chain.windows(2) {
            let [high, low] = pair else { continue };
            neighbors.entry(high).or_default().push(low);
            neighbors.entry(low).or_default().push(high);
        }
    }
    for sweep in 0..SWEEPS {
        let goes_up = sweep % 2 == 0;
        let pairs = (1..rows.len()).map(|row| (row, row - 1));
        let order: Vec<(usize, usize)> = if goes_up {
            pairs.collect()
        } else {
            pairs.map(|(row, other)| (other, row)).rev().collect()
        };
        for (row, other) in order {
            let position = |index: usize, count: usize| (2 * index + 1) as f64 / (2 * count) as f64;
            let places: BTreeMap<&Node, f64> = rows[other]
                .iter()
                .enumerate()
                .map(|(index, node)| (node, position(index, rows[other].len())))
                .collect();
            let mut sorted: Vec<(f64, Node)> = Vec::new();
            for (index, node) in rows[row].iter().enumerate() {
                let near = neighbors.get(&(row, node.clone()));
                let near = near.into_iter().flatten().filter(|it| it.0 == other);
                let near: Vec<f64> = near.filter_map(|it| places.get(&it.1)).copied().collect();
                let middle = if near.is_empty() {
                    position(index, rows[row].len())
                } else {
                    near.iter().sum::<f64>() / near.len() as f64
                };
                sorted.push((middle, node.clone()));
            }
            sorted.sort_by(|a, b| a.0.total_cmp(&b.0));
            rows[row] = sorted.into_iter().map(|(_, node)| node).collect();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::cycle::arrows;
    use super::*;

    fn rows(layout: &Layout) -> Vec<Vec<String>> {
        let names = |row: &Vec<Node>| {
            let names = row.iter().map(|node| match node {
                Node::Box(name) => name.clone(),
                Node::Gap { from, to } => format!("{from}>{to}"),
            });
            names.collect()
        };
        layout.rows.iter().map(names).collect()
    }

    #[test]
    fn a_node_lies_above_everything_that_it_depends_on() {
        let layout = layout(&arrows(&[
            ("a", &["b", "d"]),
            ("b", &["c"]),
            ("c", &[]),
            ("d", &[]),
        ]));
        let rows = rows(&layout);
        assert_eq!(rows.len(), 3);
        assert_eq!(rows[2], ["a"]);
        assert!(rows[1].contains(&"a>d".to_owned()), "{rows:?}");
        assert_eq!(layout.lines.len(), 3);
    }

    #[test]
    fn an_arrow_implied_by_others_is_left_out() {
        let layout = layout(&arrows(&[("a", &["b", "c"]), ("b", &["c"]), ("c", &[])]));
        assert_eq!(layout.lines.len(), 2);
    }

    #[test]
    fn the_arrow_that_closes_a_cycle_leads_up() {
        let layout = layout(&arrows(&[("a", &["b"]), ("b", &["a"])]));
        assert_eq!(rows(&layout), [["b"], ["a"]]);
        let upward: Vec<bool> = layout.lines.iter().map(|line| line.is_upward).collect();
        assert_eq!(upward, [false, true]);
    }
}
