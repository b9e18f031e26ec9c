//! The graph of references between schemas.

use std::collections::{BTreeMap, BTreeSet};

use super::diagnostics::Diagnostics;
use super::ir::{Api, Reference, Schema};

/// The schemas of a description by name, as nodes of a graph whose edges are references.
pub(crate) struct Graph<'a>(BTreeMap<&'a str, &'a Schema>);

impl<'a> Graph<'a> {
    /// Creates the graph of a description.
    pub(crate) fn new(api: &'a Api) -> Self {
        let schemas = api.schemas.iter();
        Self(
            schemas
                .map(|schema| (schema.name.as_str(), schema))
                .collect(),
        )
    }

    /// Returns the schema that a reference names.
    pub(crate) fn get(&self, reference: &Reference) -> Option<&'a Schema> {
        self.0.get(reference.name.as_str()).copied()
    }

    /// Returns the references of a schema.
    pub(crate) fn next(&self, reference: &Reference) -> impl Iterator<Item = &'a Reference> {
        self.get(reference).into_iter().flat_map(Schema::references)
    }

    /// Reports each reference that closes a cycle. Uses an explicit stack, because the description decides the depth.
    pub(crate) fn report_cycles(&self, diagnostics: &mut Diagnostics) {
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
                        format!("`$ref` to `{}` closes a cycle", reference.name),
                        "break the cycle: the depth of a model must be finite",
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

/// Marks every schema that can be reached from the starts with the mark of its start, or with a combination of several.
///
/// A combined mark must not change further, so that each schema is visited at most twice, whatever the number of starts.
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
            file: 0,
            at: Position::default(),
        };
        (0..length).map(link).collect()
    }

    #[test]
    fn marks_reach_all_references_and_are_combined() {
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
    fn a_schema_is_visited_at_most_twice_whatever_the_number_of_starts() {
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
