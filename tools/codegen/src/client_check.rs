//! Checks for the generated clients: names, lists, and handwritten parts.

use super::client;
use super::client_query;
use super::diagnostics::{Diagnostics, Position};
use super::graph::Graph;
use super::ir::{Api, Integer, Kind, Method, Operation, Paging, Presence, Schema, Shape};
use super::names;
use super::schema::check_rust_names;

/// The methods of every client, which the method of a tag would hide.
const METHODS: [&str; 4] = ["base_url", "builder", "channel", "clone"];

/// The methods of a client that chooses between several APIs.
const CHOICE_METHODS: [&str; 2] = ["api", "route"];

/// Checks a description for its client.
pub(crate) fn check(api: &Api, graph: &Graph<'_>, diagnostics: &mut Diagnostics) {
    check_tags(api, diagnostics);
    check_types(api, diagnostics);
    for operation in api.own_operations() {
        check_by_hand(operation, diagnostics);
        check_identity(operation, graph, diagnostics);
    }
    for operation in &api.operations {
        check_accounts(api, operation, diagnostics);
        if let Some(paging) = &operation.paging {
            check_page_parameters(operation, paging, diagnostics);
            check_page(operation, paging, graph, diagnostics);
        }
    }
}

fn check_tags(api: &Api, diagnostics: &mut Diagnostics) {
    for tag in &api.document.tags {
        let method = names::snake(&tag.name);
        let mut taken = METHODS.to_vec();
        if !api.further.is_empty() {
            taken.extend(CHOICE_METHODS);
        }
        if taken.contains(&method.as_str()) || api.account == Some(&method) {
            let what = format!("the tag `{}` hides `Client::{method}`", tag.name);
            diagnostics.add(tag.at, what, "rename it");
        }
    }
}

/// Checks the names of types for tags and queries: they must not clash with the client's own types or with schemas.
fn check_types(api: &Api, diagnostics: &mut Diagnostics) {
    let tags = api.document.tags.iter();
    let mut types: Vec<(String, Position)> =
        tags.map(|it| (names::pascal(&it.name), it.at)).collect();
    let queries = api.own_operations();
    let queries = queries.filter(|it| client_query::has_query_type(it));
    types.extend(queries.map(|it| (client_query::query_name(it).to_string(), it.at)));
    for (name, at) in &types {
        let is_schema = api.schema(name).is_some();
        if is_schema || names::is_taken_in_client(name) {
            let owner = match is_schema {
                true => "is also a schema",
                false => "the client already has",
            };
            let what = format!("the client's type `{name}`, which {owner}");
            let fix = "rename the tag, such as to its plural, or the operation";
            diagnostics.add(*at, what, fix);
        }
    }
    let fix = "rename the tag or the operation";
    check_rust_names(types.into_iter(), "types of the client", fix, diagnostics);
}

fn check_by_hand(operation: &Operation, diagnostics: &mut Diagnostics) {
    let by_hand = &operation.by_hand;
    let mut report = |part: &str, of: &str, fix: &str| {
        let what = format!("`{part}` by hand of {of}");
        diagnostics.add(operation.at, what, fix);
    };
    let parts = [("check", &by_hand.check), ("decode", &by_hand.decode)];
    for (part, _) in parts.iter().filter(|(_, text)| text.is_some()) {
        if client::is_list(operation) {
            report(part, "a list", "remove it, or give `method`");
        }
    }
    if by_hand.decode.is_some() && operation.response.is_none() {
        let fix = "remove it, or describe the body of the response";
        report("decode", "a response without a body", fix);
    }
}

/// Checks that the property with the id in the path is there and has its type.
fn check_identity(operation: &Operation, graph: &Graph<'_>, diagnostics: &mut Diagnostics) {
    let Some((member, at)) = &operation.identity else {
        return;
    };
    let mut report = |what: &str, fix: &str| {
        diagnostics.add(*at, format!("`x-identity` {what}"), fix);
    };
    if operation.method != Method::Get
        || client::is_list(operation)
        || operation.by_hand.decode.is_some()
    {
        let fix = "remove it; only the generated method of a GET without pages compares ids";
        report("of an operation that does not read one object", fix);
        return;
    }
    let asked = client::path_arguments(operation).last();
    let asked = asked.and_then(|it| it.kind.named());
    let asked = asked.filter(|it| {
        let schema = graph.get(it);
        schema.is_some_and(|it| matches!(it.shape, Shape::Id))
    });
    let Some(asked) = asked else {
        report(
            "of an operation whose path does not end with an id",
            "remove it",
        );
        return;
    };
    let response = operation.response.as_ref().and_then(|it| graph.get(it));
    let fields = response.map(Schema::fields).unwrap_or_default();
    let fits = |kind: &Kind| kind.named().is_some_and(|it| it.name == asked.name);
    if !fields.iter().any(|it| it.name == *member && fits(&it.kind)) {
        let what = format!(
            "names `{member}`, which is no `{}` in the response",
            asked.name
        );
        report(&what, "name the property with the id");
    }
}

fn check_accounts(api: &Api, operation: &Operation, diagnostics: &mut Diagnostics) {
    let accounts = operation.parameters.iter().filter(|it| it.is_account);
    if api.account.is_none() {
        for account in accounts {
            let fix = format!(
                "remove it, so that `{}` is an argument, or give the client an account and name it in `VENDORS`",
                account.name
            );
            let what = "`x-account` of a vendor whose client has no account";
            diagnostics.add(account.at, what, fix);
        }
        return;
    }
    for second in accounts.skip(1) {
        let what = format!("`{}` is a second account in the path", second.name);
        diagnostics.add(second.at, what, "keep one `x-account`");
    }
}

/// Checks the parameters that choose a page.
fn check_page_parameters(operation: &Operation, paging: &Paging, diagnostics: &mut Diagnostics) {
    let is_integer: fn(&Kind) -> bool = |kind| matches!(kind, Kind::Integer(_));
    let is_text: fn(&Kind) -> bool = |kind| matches!(kind, Kind::Text);
    let is_boolean: fn(&Kind) -> bool = |kind| matches!(kind, Kind::Boolean);
    let backwards = paging.backwards.iter();
    let needed = [
        (&paging.page_size, is_integer, "an integer"),
        (&paging.page_token, is_text, "a string"),
    ];
    let needed = needed
        .into_iter()
        .chain(backwards.map(|name| (name, is_boolean, "a boolean")));
    for (name, fits, kind) in needed {
        let mut query = operation.query();
        if let Some(parameter) = query.find(|it| it.name == *name && !fits(&it.kind)) {
            let what = format!("`x-paging` names `{name}`, which is not {kind}");
            diagnostics.add(parameter.at, what, format!("make it {kind}"));
        }
    }
}

/// Checks the total count and the page size in a page.
fn check_page(
    operation: &Operation,
    paging: &Paging,
    graph: &Graph<'_>,
    diagnostics: &mut Diagnostics,
) {
    let schema = operation.response.as_ref().and_then(|it| graph.get(it));
    let Some(schema) = schema.filter(|_| client::is_list(operation)) else {
        return;
    };
    let lists = schema.fields().iter();
    let lists = lists.filter(|it| matches!(it.kind, Kind::List(_)));
    for second in lists.skip(1) {
        let what = format!("`{}` is a second list in a page", second.name);
        let fix = "remove it, or extend `x-paging` to name the list of the items";
        diagnostics.add(second.at, what, fix);
    }
    // Its list would be lenient.
    if let Some(secret) = schema.shown_once() {
        let what = format!("`{}` of a page is shown once", secret.name);
        let fix = "remove `x-shown-once`, a list can be read again";
        diagnostics.add(secret.at, what, fix);
    }
    let wide = [Integer::Count32, Integer::Count64, Integer::Uint64];
    if let Some(total) = &paging.total_count
        && let Some(at) = find_misfit(schema, total, &wide)
    {
        let what = format!("the total count `{total}`, which cannot be unknown");
        diagnostics.add(at, what, "remove its default");
    }
    if let Some(at) = find_misfit(schema, &paging.page_size, &wide[..1]) {
        let what = format!("`{}` of a page is not a small count", paging.page_size);
        let fix = "describe it with `format: int32` and `minimum: 0`, without a default";
        diagnostics.add(at, what, fix);
    }
}

/// Returns the position of a member that is not an optional count of one of these ranges.
fn find_misfit(schema: &Schema, name: &str, ranges: &[Integer]) -> Option<Position> {
    let field = schema.fields().iter().find(|it| it.name == name)?;
    let is_in_range = matches!(field.kind, Kind::Integer(range) if ranges.contains(&range));
    let presence = schema.presence(field);
    let is_optional = matches!(presence, Presence::Count | Presence::OptionalCount);
    (!is_in_range || !is_optional).then_some(field.at)
}
