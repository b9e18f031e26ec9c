//! Values that a parameter of a path cannot have, because they are paths of their own: `groups` in `/gates/{id}` beside `/gates/groups`.

use std::collections::BTreeSet;

use super::check::is_same_segment;
use super::client::path;
use super::ir::{Api, Operation, Parameter};

/// Returns the parameters of a path that have such values, with these: those of the description and the paths beside it.
pub(crate) fn reserved<'a>(
    api: &'a Api,
    operation: &'a Operation,
) -> Vec<(&'a Parameter, BTreeSet<&'a str>)> {
    let all = path(operation).map(|parameter| {
        let described = parameter.reserved.iter().map(String::as_str);
        let beside = api.operations.iter();
        let beside = beside.filter(|other| other.at.file == operation.at.file);
        let beside = beside
            .filter_map(|other| beside_parameter(&operation.path, &parameter.name, &other.path));
        (parameter, described.chain(beside).collect())
    });
    all.filter(|(_, values): &(_, BTreeSet<&str>)| !values.is_empty())
        .collect()
}

/// Returns the segment of another path in the place of a parameter, if that path is the same up to there.
fn beside_parameter<'a>(path: &str, parameter: &str, other: &'a str) -> Option<&'a str> {
    let mut others = other.split('/');
    for segment in path.split('/') {
        let other = others.next()?;
        let name = segment
            .strip_prefix('{')
            .and_then(|it| it.strip_suffix('}'));
        if name == Some(parameter) {
            return Some(other).filter(|it| !it.starts_with('{'));
        }
        if !is_same_segment(segment, other) {
            return None;
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::beside_parameter;

    #[test]
    fn a_segment_beside_a_parameter_is_reserved() {
        let beside = |path, other| beside_parameter(path, "id", other);
        assert_eq!(beside("/gates/{id}", "/gates/groups"), Some("groups"));
        assert_eq!(beside("/gates/{id}/jobs", "/gates/groups"), Some("groups"));
        assert_eq!(beside("/gates/{id}", "/gates/jobs/all"), Some("jobs"));
        assert_eq!(beside("/{a}/jobs/{id}", "/{b}/jobs/all"), Some("all"));
    }

    #[test]
    fn no_other_segment_is_reserved() {
        let beside = |path, other| beside_parameter(path, "id", other);
        assert_eq!(beside("/gates/{id}", "/gates/{gate}/jobs"), None);
        assert_eq!(beside("/gates/{id}", "/doors/groups"), None);
        assert_eq!(beside("/gates/{id}", "/gates"), None);
        assert_eq!(beside("/gates/{other}/a", "/gates/{other}/b"), None);
    }
}
