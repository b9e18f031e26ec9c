//! Merges ranges in a text.

use std::ops::Range;

/// The range of a fragment in a text.
#[derive(Clone, Debug)]
pub(super) struct Hit {
    pub(super) range: Range<usize>,
    /// Whether the fragment is secret by itself; one of a public prefix is secret only next to one that is.
    pub(super) is_secret: bool,
}

impl Hit {
    pub(super) fn certain(range: Range<usize>) -> Self {
        Self {
            range,
            is_secret: true,
        }
    }
}

/// Merges overlapping hits, of which at least one is secret by itself, into ordered ranges.
pub(super) fn merge(mut hits: Vec<Hit>) -> Vec<Range<usize>> {
    hits.sort_unstable_by_key(|hit| (hit.range.start, hit.range.end));
    let mut groups: Vec<Hit> = Vec::new();
    for hit in hits {
        match groups.last_mut() {
            Some(group) if hit.range.start < group.range.end => {
                group.range.end = group.range.end.max(hit.range.end);
                group.is_secret |= hit.is_secret;
            }
            _ => groups.push(hit),
        }
    }
    let secret = groups.into_iter().filter(|group| group.is_secret);
    let mut parts: Vec<Range<usize>> = Vec::new();
    for Hit { range, .. } in secret {
        match parts.last_mut() {
            // Adjacent ranges are one.
            Some(part) if range.start == part.end => part.end = range.end,
            _ => parts.push(range),
        }
    }
    parts
}

#[cfg(test)]
mod tests {
    use super::{Hit, merge};

    #[test]
    fn public_parts_are_redacted_only_next_to_secret_ones() {
        let hit = |range, is_secret| Hit { range, is_secret };
        assert!(merge(vec![hit(0..8, false), hit(1..9, false)]).is_empty());
        let hits = vec![hit(9..17, true), hit(0..8, false), hit(2..10, false)];
        assert_eq!(merge(hits).first(), Some(&(0..17)));
        let side_by_side = merge(vec![hit(8..16, true), hit(0..8, true)]);
        assert_eq!(side_by_side.first(), Some(&(0..16)));
        assert_eq!(merge(vec![hit(9..16, true), hit(0..8, true)]).len(), 2);
    }
}
