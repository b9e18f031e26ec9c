//! Checks of operations that stand in for others: of a further description, called by the same method of the client with the same models.

use super::client::path;
use super::client_query::own_query;
use super::diagnostics::{Diagnostics, Position};
use super::field_type::qualified_type;
use super::graph::Graph;
use super::ir::{Api, Field, Kind, Operation, Parameter, Reference, Schema, Shape};
use super::schema::check_duplicates;

/// Checks which operation each one stands in for.
pub(crate) fn check(api: &Api, diagnostics: &mut Diagnostics) {
    let alternatives = api.operations.iter();
    let alternatives = alternatives.filter_map(|it| it.alternative_to.clone());
    check_duplicates(
        alternatives,
        "operations that stand in for one",
        diagnostics,
    );
    for operation in &api.operations {
        let is_further = operation.at.file > 0;
        match (&operation.alternative_to, is_further) {
            (Some((_, at)), false) => {
                let what = "`x-alternative-to` in the first description of a vendor";
                diagnostics.add(*at, what, "remove it, or move the operation");
            }
            (None, true) => {
                let what = "an operation of a further description without `x-alternative-to`";
                let fix = "name the operation that it stands in for, or extend the generator";
                diagnostics.add(operation.at, what, fix);
            }
            (Some((id, at)), true) => match api.original(operation) {
                Some(original) => check_parts(original, operation, diagnostics),
                None => {
                    let what = format!(
                        "`x-alternative-to` names `{id}`, which is not an operation of the first description"
                    );
                    diagnostics.add(*at, what, "correct the name");
                }
            },
            (None, false) => {}
        }
    }
}

/// Checks what belongs to the operation that another one stands in for.
fn check_parts(original: &Operation, operation: &Operation, diagnostics: &mut Diagnostics) {
    let by_hand = &operation.by_hand;
    let parts = [
        &by_hand.method,
        &by_hand.check,
        &by_hand.decode,
        &by_hand.command,
    ];
    let own = parts.iter().any(|part| part.is_some());
    let id = &original.id;
    for (keyword, is_there) in [
        ("x-by-hand", own),
        ("x-identity", operation.identity.is_some()),
        ("x-rust-name", operation.rust_name.is_some()),
    ] {
        if is_there {
            let what = format!("`{keyword}` of an operation that stands in for `{id}`");
            diagnostics.add(
                operation.at,
                what,
                format!("remove it; that of `{id}` applies"),
            );
        }
    }
    if original.by_hand.method.is_some() {
        let what = format!("`{id}`, whose method is written by hand, has an alternative");
        diagnostics.add(operation.at, what, "remove one of the two");
    }
}

/// Checks that operations which stand in for others fit the methods of those. Schemas know by now whether only requests contain them.
pub(crate) fn check_fit(api: &Api, graph: &Graph<'_>, diagnostics: &mut Diagnostics) {
    for operation in &api.operations {
        let Some(original) = api.original(operation) else {
            continue;
        };
        let body = body_difference(operation, original, graph);
        for (at, what) in differences(operation, original).chain(body) {
            let what = format!(
                "`{}` cannot stand in for `{}`: {what}",
                operation.id, original.id
            );
            diagnostics.add(at, what, "make both the same");
        }
    }
}

/// Returns in what an operation differs from the one that it stands in for, except their bodies.
fn differences(
    operation: &Operation,
    original: &Operation,
) -> impl Iterator<Item = (Position, String)> {
    let at = operation.at;
    let compared = [
        (operation.tag == original.tag, "it has another tag"),
        (operation.method == original.method, "it has another method"),
        (
            operation.idempotent == original.idempotent,
            "it has another `x-idempotent`",
        ),
        (
            operation.is_safe() == original.is_safe(),
            "it has another `x-safe`",
        ),
        (
            operation.authenticated == original.authenticated,
            "it has another `security`",
        ),
        (
            is_same_path(operation, original),
            "its path has other parameters",
        ),
        (
            is_same_query(operation, original),
            "its query has other parameters",
        ),
        (is_same_paging(operation, original), "it pages differently"),
        (
            is_same_schema(operation.response.as_ref(), original.response.as_ref()),
            "it has another response",
        ),
    ];
    let different = compared.into_iter().filter(|(is_same, _)| !is_same);
    different.map(move |(_, what)| (at, what.to_owned()))
}

/// Returns in what the body of an operation cannot be taken from that of the operation that it stands in for.
fn body_difference(
    operation: &Operation,
    original: &Operation,
    graph: &Graph<'_>,
) -> Option<(Position, String)> {
    let (body, other) = match (&operation.request, &original.request) {
        (Some(body), Some(other)) => (graph.get(body)?, graph.get(other)?),
        (None, None) => return None,
        _ => return Some((operation.at, "only one of them has a body".to_owned())),
    };
    if body.name == other.name {
        return None;
    }
    let misfit = find_misfit(body, other)?;
    let what = format!(
        "the body of the other has no such property `{}`",
        misfit.name
    );
    Some((misfit.at, what))
}

fn is_same_path(one: &Operation, other: &Operation) -> bool {
    let parameters = |it| path(it).map(|it| (type_name(&it.kind), it.is_account));
    parameters(one).eq(parameters(other))
}

fn is_same_query(one: &Operation, other: &Operation) -> bool {
    let name = |it: &Parameter| (it.name.clone(), type_name(&it.kind));
    let names = |it| {
        let mut names: Vec<_> = own_query(it).map(name).collect();
        names.sort();
        names
    };
    names(one) == names(other)
}

fn is_same_paging(one: &Operation, other: &Operation) -> bool {
    match (&one.paging, &other.paging) {
        (Some(one), Some(other)) => {
            one.style == other.style
                && one.next_member() == other.next_member()
                && one.total_count == other.total_count
                && one.backwards.is_some() == other.backwards.is_some()
        }
        (one, other) => one.is_none() && other.is_none(),
    }
}

fn is_same_schema(one: Option<&Reference>, other: Option<&Reference>) -> bool {
    let name = |it: Option<&Reference>| it.map(|it| it.name.clone());
    name(one) == name(other)
}

/// Returns a property of a body that cannot be taken from the same property of another one.
fn find_misfit<'a>(body: &'a Schema, other: &Schema) -> Option<&'a Field> {
    let is_object = |it: &Schema| matches!(it.shape, Shape::Object(_)) && !it.keeps_unknown;
    let are_objects = is_object(body) && is_object(other);
    let mut fields = body.fields().iter();
    fields.find(|field| {
        let mut others = other.fields().iter();
        !are_objects
            || !others.any(|it| {
                it.name == field.name
                    && it.rust == field.rust
                    && type_name(&it.kind) == type_name(&field.kind)
                    && other.presence(it) == body.presence(field)
            })
    })
}

fn type_name(kind: &Kind) -> String {
    qualified_type(kind).to_string()
}
