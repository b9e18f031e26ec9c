//! The models with secrets.

use std::collections::{BTreeMap, BTreeSet};

use crate::ir::{Api, Kind, Schema};

/// Returns the models with a secret, also in a part of them.
pub(super) fn with_secrets(api: &Api) -> BTreeSet<&str> {
    let mut users: BTreeMap<&str, Vec<&Schema>> = BTreeMap::new();
    for schema in &api.schemas {
        for reference in schema.references() {
            users.entry(&reference.name).or_default().push(schema);
        }
    }
    let has_own = |schema: &&Schema| schema.fields().iter().any(|it| is_secret(&it.kind));
    let mut queue: Vec<&Schema> = api.schemas.iter().filter(has_own).collect();
    let mut found = BTreeSet::new();
    while let Some(schema) = queue.pop() {
        if found.insert(schema.name.as_str()) {
            queue.extend(users.get(schema.name.as_str()).into_iter().flatten());
        }
    }
    found
}

fn is_secret(kind: &Kind) -> bool {
    match kind {
        Kind::Secret => true,
        Kind::List(element) => is_secret(element),
        _ => false,
    }
}
