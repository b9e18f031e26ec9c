//! Places in a text, put together.

use std::ops::Range;

/// A place where a fragment of a secret stands.
#[derive(Clone, Debug)]
pub(super) struct Hit {
    pub(super) place: Range<usize>,
    /// Whether the fragment is secret by itself; one of the public part of a token is so only beside one that is.
    pub(super) is_secret: bool,
}

impl Hit {
    pub(super) fn certain(place: Range<usize>) -> Self {
        Self {
            place,
            is_secret: true,
        }
    }
}

/// What the hits cover, in order, where at least one of those that overlap is secret by itself.
pub(super) fn merged(mut hits: Vec<Hit>) -> Vec<Range<usize>> {
    hits.sort_unstable_by_key(|hit| (hit.place.start, hit.place.end));
    let mut groups: Vec<Hit> = Vec::new();
    for hit in hits {
        match groups.last_mut() {
            Some(group) if hit.place.start < group.place.end => {
                group.place.end = group.place.end.max(hit.place.end);
                group.is_secret |= hit.is_secret;
            }
            _ => groups.push(hit),
        }
    }
    let secret = groups.into_iter().filter(|group| group.is_secret);
    let mut parts: Vec<Range<usize>> = Vec::new();
    for Hit { place, .. } in secret {
        match parts.last_mut() {
            // One after the other read as one.
            Some(part) if place.start == part.end => part.end = place.end,
            _ => parts.push(place),
        }
    }
    parts
}

#[cfg(test)]
mod tests {
    use super::{Hit, merged};

    #[test]
    fn public_parts_go_only_with_what_they_overlap() {
        let hit = |place, is_secret| Hit { place, is_secret };
        assert!(merged(vec![hit(0..8, false), hit(1..9, false)]).is_empty());
        let hits = vec![hit(9..17, true), hit(0..8, false), hit(2..10, false)];
        assert_eq!(merged(hits).first(), Some(&(0..17)));
        let side_by_side = merged(vec![hit(8..16, true), hit(0..8, true)]);
        assert_eq!(side_by_side.first(), Some(&(0..16)));
        assert_eq!(merged(vec![hit(9..16, true), hit(0..8, true)]).len(), 2);
    }
}
