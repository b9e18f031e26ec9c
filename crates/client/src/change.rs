//! What has changed between two lists.

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::{Map, Value};

/// How a thing differs between two lists of the same things.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Change<T> {
    /// Only the later list has it.
    Added(T),
    /// Only the earlier list has it.
    Removed(T),
    /// Both have it, with different members.
    Changed {
        /// The thing as the later list has it.
        now: T,
        /// The members that differ, at least one, in the order of their names.
        members: Vec<MemberChange>,
    },
}

/// A member that differs.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct MemberChange {
    /// The name in JSON.
    pub name: String,
    /// The earlier value as JSON; `None` if it was absent.
    pub before: Option<String>,
    /// The later value as JSON; `None` if it is absent.
    pub now: Option<String>,
}

impl<T> Change<T> {
    /// Returns the thing, as the later list has it if it does.
    #[must_use]
    pub fn thing(&self) -> &T {
        match self {
            Self::Added(thing) | Self::Removed(thing) | Self::Changed { now: thing, .. } => thing,
        }
    }
}

/// Compares two lists of the same things, which `key` tells apart, by their members in JSON, except those that are `ignored` by name. The
/// changes are in the order of the keys. Things without a key are left out, and of several with one key the last counts.
///
/// ```
/// use gatelet_client::{Change, changes};
/// use gatelet_models::dt::ActiveGate;
///
/// let gate = |id: &str, group: &str| ActiveGate::new().with_id(id).with_group(group);
/// let before = [gate("1", "eu"), gate("2", "eu")];
/// let now = [gate("1", "us"), gate("3", "eu")];
/// let found = changes(&before, &now, |gate| gate.id.clone(), &[]);
/// let [Change::Changed { members, .. }, Change::Removed(_), Change::Added(_)] = &found[..] else { panic!() };
/// assert_eq!((members[0].name.as_str(), members[0].now.as_deref()), ("group", Some("\"us\"")));
/// ```
pub fn changes<T: Clone + Serialize, K: Ord>(
    before: &[T],
    now: &[T],
    key: impl Fn(&T) -> Option<K>,
    ignored: &[&str],
) -> Vec<Change<T>> {
    let by_key = |list: &[T]| -> BTreeMap<K, T> {
        let keyed = list.iter().filter_map(|it| Some((key(it)?, it.clone())));
        keyed.collect()
    };
    let mut earlier = by_key(before);
    let mut found = BTreeMap::new();
    for (key, now) in by_key(now) {
        let change = match earlier.remove(&key) {
            None => Change::Added(now),
            Some(before) => match member_changes(&before, &now, ignored) {
                members if members.is_empty() => continue,
                members => Change::Changed { now, members },
            },
        };
        found.insert(key, change);
    }
    for (key, before) in earlier {
        found.insert(key, Change::Removed(before));
    }
    found.into_values().collect()
}

fn member_changes<T: Serialize>(before: &T, now: &T, ignored: &[&str]) -> Vec<MemberChange> {
    let (mut before, now) = (members(before), members(now));
    let mut all: BTreeMap<String, (Option<Value>, Option<Value>)> = BTreeMap::new();
    for (name, value) in now {
        let earlier = before.remove(&name);
        all.insert(name, (earlier, Some(value)));
    }
    for (name, value) in before {
        all.insert(name, (Some(value), None));
    }
    let changed = all
        .into_iter()
        .filter(|(name, (before, now))| before != now && !ignored.contains(&name.as_str()));
    let changed = changed.map(|(name, (before, now))| MemberChange {
        name,
        before: before.map(|it| it.to_string()),
        now: now.map(|it| it.to_string()),
    });
    changed.collect()
}

/// Returns the members of a thing; none if it is no object, or cannot be written.
fn members<T: Serialize>(thing: &T) -> Map<String, Value> {
    match serde_json::to_value(thing) {
        Ok(Value::Object(members)) => members,
        Ok(_) | Err(_) => Map::new(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn found(before: &[Value], now: &[Value]) -> Vec<Change<Value>> {
        changes(before, now, |it| it["id"].as_i64(), &["seen"])
    }

    #[test]
    fn equal_lists_in_another_order_have_no_change() {
        let (one, two) = (json!({"id": 1, "a": [1]}), json!({"id": 2}));
        assert_eq!(found(&[one.clone(), two.clone()], &[two, one]), []);
    }

    #[test]
    fn what_is_added_removed_and_changed_is_found_in_the_order_of_the_keys() {
        let before = [
            json!({"id": 3}),
            json!({"id": 1, "a": 1, "b": 2, "seen": 1}),
        ];
        let now = [
            json!({"id": 1, "a": 2, "c": null, "seen": 2}),
            json!({"id": 2}),
        ];
        let member = |name: &str, before: Option<&str>, now: Option<&str>| MemberChange {
            name: name.to_owned(),
            before: before.map(str::to_owned),
            now: now.map(str::to_owned),
        };
        let members = vec![
            member("a", Some("1"), Some("2")),
            member("b", Some("2"), None),
            member("c", None, Some("null")),
        ];
        let changed = Change::Changed {
            now: now[0].clone(),
            members,
        };
        let added = Change::Added(now[1].clone());
        let removed = Change::Removed(before[0].clone());
        assert_eq!(found(&before, &now), [changed, added, removed]);
    }

    #[test]
    fn a_thing_that_differs_in_what_is_ignored_has_no_change() {
        assert_eq!(
            found(&[json!({"id": 1, "seen": 1})], &[json!({"id": 1})]),
            []
        );
    }

    #[test]
    fn what_has_no_key_is_left_out_and_what_comes_twice_counts_once() {
        let nameless = json!({"a": 1});
        let (old, new) = (json!({"id": 1, "a": 1}), json!({"id": 1, "a": 2}));
        let before = std::slice::from_ref(&new);
        assert_eq!(found(before, &[nameless, old, new.clone()]), []);
    }
}
