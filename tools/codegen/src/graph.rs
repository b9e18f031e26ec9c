//! How schemas lead to each other.

use std::collections::{BTreeMap, BTreeSet};

use super::diagnostics::Diagnostics;
use super::ir::{Api, Reference, Schema};

/// The schemas by name, and what leads from one to the next.
pub(crate) struct Graph<'a>(BTreeMap<&'a str, &'a Schema>);

impl<'a> Graph<'a> {
    /// Of a whole description.
    pub(crate) fn of(api: &'a Api) -> Self {
        let schemas = api.schemas.iter();
        Self(
            schemas
                .map(|schema| (schema.name.as_str(), schema))
                .collect(),
        )
    }

    /// Returns the schema that a reference means.
    pub(crate) fn get(&self, reference: &Reference) -> Option<&'a Schema> {
        self.0.get(reference.name.as_str()).copied()
    }

    /// What a schema leads to.
    pub(crate) fn next(&self, reference: &Reference) -> impl Iterator<Item = &'a Reference> {
        self.get(reference).into_iter().flat_map(Schema::references)
    }

    /// Reports each reference that closes a circle. Walks down with a stack of its own: the depth is the description's.
    pub(crate) fn cycles(&self, diagnostics: &mut Diagnostics) {
        let mut done = BTreeSet::new();
        for root in self.0.values() {
            let mut on_the_way = BTreeSet::from([root.name.as_str()]);
            let mut way = vec![(*root, root.references())];
            while let Some((schema, references)) = way.last_mut() {
                let Some(reference) = references.next() else {
                    done.insert(schema.name.as_str());
                    on_the_way.remove(schema.name.as_str());
                    way.pop();
                    continue;
                };
                if on_the_way.contains(reference.name.as_str()) {
                    diagnostics.add(
                        reference.at,
                        format!("`$ref` to `{}` closes a circle", reference.name),
                        "break the circle: how deep a model goes is for the description to say, not for what is read",
                    );
                } else if !done.contains(reference.name.as_str())
                    && let Some(next) = self.get(reference)
                {
                    on_the_way.insert(&next.name);
                    way.push((next, next.references()));
                }
            }
        }
    }
}

/// Marks everything that can be reached from the starts: with the mark of the start, or of what two marks make together.
///
/// That must be a mark which no third one changes: so each name is left at most twice, however many starts lead to it.
pub(crate) fn propagate<'a, M: Clone + PartialEq, N: Iterator<Item = &'a Reference>>(
    starts: impl Iterator<Item = (&'a Reference, M)>,
    next: impl Fn(&'a Reference) -> N,
    together: impl Fn(&M, &M) -> M,
) -> BTreeMap<String, M> {
    let mut marks: BTreeMap<String, M> = BTreeMap::new();
    let mut way: Vec<(&Reference, M)> = starts.collect();
    while let Some((reference, mark)) = way.pop() {
        let mark = match marks.get(&reference.name) {
            Some(old) if *old == mark => continue,
            Some(old) => {
                let both = together(old, &mark);
                if *old == both {
                    continue;
                }
                both
            }
            None => mark,
        };
        way.extend(next(reference).map(|it| (it, mark.clone())));
        marks.insert(reference.name.clone(), mark);
    }
    marks
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use super::super::diagnostics::Position;
    use super::*;

    fn chain(length: usize) -> Vec<Reference> {
        let link = |number: usize| Reference {
            name: format!("{number:04}"),
            at: Position::default(),
        };
        (0..length).map(link).collect()
    }

    #[test]
    fn a_mark_reaches_all_that_follows_and_two_become_one() {
        let chain = chain(5);
        let next = |it: &Reference| chain.iter().find(|other| other.name > it.name).into_iter();
        let starts = [(&chain[1], "b"), (&chain[3], "d")];
        let marks = propagate(starts.into_iter(), next, |_, _| "both");
        let marks: Vec<_> = marks
            .iter()
            .map(|(name, mark)| (&name[..], *mark))
            .collect();
        let expected = [
            ("0001", "b"),
            ("0002", "b"),
            ("0003", "both"),
            ("0004", "both"),
        ];
        assert_eq!(marks, expected);
    }

    #[test]
    fn a_name_is_left_twice_at_most_however_many_starts_lead_to_it() {
        let chain = chain(1000);
        let steps = Cell::new(0);
        let next = |it: &Reference| {
            steps.set(steps.get() + 1);
            chain.get(it.name.parse::<usize>().unwrap() + 1).into_iter()
        };
        let starts = (0..2000).map(|number| (&chain[number % 7], number % 50));
        let marks = propagate(starts, next, |_, _| usize::MAX);
        assert_eq!(marks.len(), 1000);
        assert!((1000..=2000).contains(&steps.get()), "{}", steps.get());
    }
}
