//! Checks of a whole description: dangling and cyclic references, unused parts, name clashes, and the module of each schema.

use std::collections::{BTreeMap, BTreeSet};

use super::alternative;
use super::cli;
use super::client;
use super::client_check;
use super::client_query;
use super::diagnostics::{Diagnostics, Position};
use super::example;
use super::graph::{Graph, propagate};
use super::ir::{
    Api, DefaultValue, Field, Kind, Limits, Method, Operation, Paging, PagingStyle, Presence,
    Reference, Schema, Shape, TimestampForm,
};
use super::names;
use super::schema::{check_duplicates, check_rust_names};

/// The module of schemas that several tags or failures use.
pub(crate) const SHARED: &str = "shared";

/// Checks a description, and sets `module` and `is_request_only` of each schema.
pub(crate) fn check(api: &mut Api, diagnostics: &mut Diagnostics) {
    check_names(api, diagnostics);
    let graph = Graph::new(api);
    check_references(api, &graph, diagnostics);
    graph.report_cycles(diagnostics);
    for operation in &api.operations {
        check_parameters(operation, &graph, diagnostics);
        check_parameter_names(operation, diagnostics);
        check_paging(operation, &graph, diagnostics);
    }
    alternative::check(api, diagnostics);
    check_methods(api, diagnostics);
    check_defaults(api, &graph, diagnostics);
    check_limits(api, diagnostics);
    // Errors in the names above would cause more errors here.
    if diagnostics.is_empty() {
        client_check::check(api, &graph, diagnostics);
    }
    if diagnostics.is_empty() {
        cli::check::check(api, diagnostics);
    }
    if diagnostics.is_empty() {
        assign_modules(api, diagnostics);
        let graph = Graph::new(api);
        for schema in &api.schemas {
            check_patches(schema, diagnostics);
            check_shown_once(api, schema, diagnostics);
            check_lenient(schema, diagnostics);
            check_omittable(schema, diagnostics);
            check_unknown_members(schema, &graph, diagnostics);
        }
        check_replacements(api, &graph, diagnostics);
        alternative::check_fit(api, &graph, diagnostics);
    }
    if diagnostics.is_empty() {
        let graph = Graph::new(api);
        for schema in &api.schemas {
            example::check(schema, &graph, diagnostics);
        }
    }
}

/// Checks that the names of operations, schemas and tags are valid and differ.
fn check_names(api: &Api, diagnostics: &mut Diagnostics) {
    let operations = || api.operations.iter();
    check_rust_names(
        operations().map(|it| (names::pascal(&it.id), it.at)),
        "operations",
        "give one another `operationId`",
        diagnostics,
    );
    for document in api.documents() {
        let own = operations().filter(|it| it.at.file == document.index);
        check_duplicates(own.map(|it| (route(it), it.at)), "operations", diagnostics);
    }
    let schemas = api.schemas.iter().map(|it| (it.name.clone(), it.at));
    check_duplicates(schemas, "schemas", diagnostics);
    for operation in operations() {
        check_operation(operation, diagnostics);
        check_path(operation, diagnostics);
    }
    check_tags(api, diagnostics);
}

/// Checks the id, the bodies and `x-safe` of an operation.
fn check_operation(operation: &Operation, diagnostics: &mut Diagnostics) {
    let id = &operation.id;
    let names = [id.clone(), names::pascal(id), names::snake(id)];
    if !names.iter().all(|it| names::is_identifier(it)) {
        diagnostics.add(
            operation.at,
            format!("`{id}` is not a valid Rust name"),
            "give the operation another `operationId`",
        );
    }
    if operation.request.is_some() && matches!(operation.method, Method::Get | Method::Delete) {
        let what = format!("a request body for a {}", operation.method.keyword());
        let fix = "remove it; servers and proxies drop it";
        diagnostics.add(operation.at, what, fix);
    }
    if let Some((safe, at)) = operation.safe {
        check_safe(operation, safe, at, diagnostics);
    }
    if operation.response.is_some() && operation.success == 204 {
        let fix = "remove it, or give the status that the vendor sends with it";
        diagnostics.add(operation.at, "a body in a 204 response", fix);
    }
}

/// Checks that a path begins with a slash and consists of segments that need no encoding, and of parameters.
fn check_path(operation: &Operation, diagnostics: &mut Diagnostics) {
    if !operation.path.starts_with('/') {
        let what = format!("the path `{}` does not begin with a slash", operation.path);
        diagnostics.add(operation.at, what, "add it");
    }
    let is_wrong = |it: &&str| !is_plain(it) && !path_parameters(it).any(is_plain);
    // Only the first is reported, because each message contains the whole path.
    if let Some(segment) = operation.path.split('/').skip(1).find(is_wrong) {
        let what = format!("the invalid segment `{segment}` of `{}`", operation.path);
        let fix = "write letters, digits and `-._~:@`, or one `{parameter}`";
        diagnostics.add(operation.at, what, fix);
    }
}

/// Checks that the tags are valid as modules, and differ.
fn check_tags(api: &Api, diagnostics: &mut Diagnostics) {
    let modules = api
        .document
        .tags
        .iter()
        .map(|tag| (names::snake(&tag.name), tag.at));
    check_rust_names(modules, "tags", "rename one", diagnostics);
    for tag in &api.document.tags {
        let module = names::snake(&tag.name);
        if !names::is_identifier(&module)
            || ["operations", "samples", SHARED].contains(&module.as_str())
        {
            diagnostics.add(
                tag.at,
                format!(
                    "the tag `{}` is not valid as the module `{module}`",
                    tag.name
                ),
                "rename it",
            );
        }
    }
}

/// Checks that `x-safe` is true, and of a POST that may be repeated.
fn check_safe(operation: &Operation, safe: bool, at: Position, diagnostics: &mut Diagnostics) {
    let keyword = operation.method.keyword();
    if !safe || operation.method != Method::Post {
        let what = format!("`x-safe: {safe}` of a {keyword}");
        let fix = "remove it; only a POST may change something or not";
        diagnostics.add(at, what, fix);
    } else if !operation.idempotent {
        let fix = "let `x-idempotent` be true";
        diagnostics.add(at, "`x-safe` of what must not be repeated", fix);
    }
}

/// Checks the names of client methods, which must differ within a tag.
fn check_methods(api: &Api, diagnostics: &mut Diagnostics) {
    let fix = "give one another `x-rust-name`";
    for tag in &api.document.tags {
        let operations = api.own_operations();
        let operations = operations.filter(|it| it.tag == tag.name && it.by_hand.method.is_none());
        let mut methods = Vec::new();
        for operation in operations {
            let method = client::method_name(operation);
            if !names::is_identifier(&method) || method == "new" || method.starts_with('{') {
                let what = format!("`{method}` cannot be the name of a method");
                let fix = "give the operation an `x-rust-name`";
                diagnostics.add(operation.at, what, fix);
            }
            methods.push((method, operation.at));
        }
        let what = format!("methods of the tag `{}`", tag.name);
        check_rust_names(methods.into_iter(), &what, fix, diagnostics);
    }
}

/// Returns whether a path segment needs no encoding and is not `.` or `..`.
fn is_plain(segment: &str) -> bool {
    let is_unreserved = |c: char| c.is_ascii_alphanumeric() || "-._~:@".contains(c);
    !matches!(segment, "" | "." | "..") && segment.chars().all(is_unreserved)
}

/// Returns what identifies an operation on a server: method and path, without the names of parameters.
fn route(operation: &Operation) -> String {
    format!("{} {}", operation.method.keyword(), route_path(operation))
}

/// Whether two segments are the same, or both are parameters.
pub(crate) fn is_same_segment(one: &str, other: &str) -> bool {
    one == other || one.starts_with('{') && other.starts_with('{')
}

fn route_path(operation: &Operation) -> String {
    let segments = operation.path.split('/');
    let segments = segments.map(|it| if it.starts_with('{') { "{}" } else { it });
    let path: Vec<&str> = segments.collect();
    path.join("/")
}

/// Returns all references, of operations and of schemas.
fn all_references(api: &Api) -> impl Iterator<Item = &Reference> {
    let of_operations = api.operations.iter().flat_map(|operation| {
        let bodies = [&operation.request, &operation.response, &operation.failure];
        bodies
            .into_iter()
            .flatten()
            .chain(parameter_references(operation))
    });
    of_operations.chain(api.schemas.iter().flat_map(Schema::references))
}

fn parameter_references(operation: &Operation) -> impl Iterator<Item = &Reference> {
    let parameters = operation.parameters.iter();
    parameters.filter_map(|parameter| parameter.kind.reference())
}

fn check_references(api: &Api, graph: &Graph<'_>, diagnostics: &mut Diagnostics) {
    for reference in all_references(api) {
        let found = graph.get(reference);
        if found.is_none_or(|it| it.at.file != reference.file) {
            let file = match reference.file == reference.at.file {
                true => "",
                false => diagnostics.file_name(reference.file),
            };
            let what = format!(
                "`$ref` to `{file}#/components/schemas/{}`, which does not exist",
                reference.name
            );
            diagnostics.add(reference.at, what, "correct the name, or describe it");
        }
    }
    let tags = api.documents().flat_map(|document| {
        let tags = document.tags.iter();
        tags.map(|tag| (document.index, tag.name.as_str()))
    });
    let tags: BTreeSet<(usize, &str)> = tags.collect();
    for operation in &api.operations {
        if !tags.contains(&(operation.at.file, operation.tag.as_str())) {
            diagnostics.add(
                operation.at,
                format!("the tag `{}` is not in `tags`", operation.tag),
                "add it there with a description",
            );
        }
    }
}

/// Returns the names in `{braces}` of a path.
pub(crate) fn path_parameters(path: &str) -> impl Iterator<Item = &str> {
    path.split('/')
        .filter_map(|segment| segment.strip_prefix('{')?.strip_suffix('}'))
}

fn check_parameters(operation: &Operation, graph: &Graph<'_>, diagnostics: &mut Diagnostics) {
    let described = operation
        .parameters
        .iter()
        .filter(|parameter| parameter.in_path);
    let described: Vec<&str> = described.map(|parameter| parameter.name.as_str()).collect();
    let written: Vec<&str> = path_parameters(&operation.path).collect();
    if described != written {
        diagnostics.add(
            operation.at,
            format!(
                "`{}` does not contain the described parameters",
                operation.path
            ),
            "describe each `{parameter}` of the path, in its order",
        );
    }
    let names = operation.parameters.iter();
    check_duplicates(
        names.map(|it| (it.name.clone(), it.at)),
        "parameters",
        diagnostics,
    );
    for parameter in &operation.parameters {
        let named = parameter.kind.reference().and_then(|it| graph.get(it));
        let is_word = named.is_none_or(|it| !matches!(it.shape, Shape::Object(_)));
        let is_served = match (&parameter.kind, parameter.in_path) {
            (Kind::Text, _) | (Kind::Integer(_) | Kind::Boolean, false) => true,
            (Kind::Named(_), true) => named.is_none_or(|it| matches!(it.shape, Shape::Id)),
            (Kind::Named(_), false) => is_word,
            (Kind::List(element), false) => {
                matches!(**element, Kind::Text) || matches!(**element, Kind::Named(_)) && is_word
            }
            _ => false,
        };
        if !is_served {
            diagnostics.add(
                parameter.at,
                format!("the parameter `{}` has an unsupported type", parameter.name),
                "use a string or an id in the path; a string, an id, an enum, a list of those, an integer or a boolean in the query",
            );
        }
    }
}

/// Checks the names of parameters in a client.
fn check_parameter_names(operation: &Operation, diagnostics: &mut Diagnostics) {
    for in_path in [true, false] {
        // Two parameters with the same name are reported already.
        let mut seen = BTreeSet::new();
        let parameters = operation.parameters.iter();
        let parameters = parameters.filter(|it| it.in_path == in_path && seen.insert(&it.name));
        let names = parameters.map(|it| (client_query::rust_name(it), it.at));
        check_rust_names(names, "parameters", "remove one", diagnostics);
    }
}

fn check_paging(operation: &Operation, graph: &Graph<'_>, diagnostics: &mut Diagnostics) {
    let Some(paging) = &operation.paging else {
        return;
    };
    let Paging {
        page_size,
        page_token,
        at,
        ..
    } = paging;
    let backwards = paging.backwards.iter();
    for name in [page_size, page_token].into_iter().chain(backwards) {
        if !operation.query().any(|parameter| parameter.name == *name) {
            diagnostics.add(
                *at,
                format!("`x-paging` names `{name}`, which is not a query parameter"),
                "describe the parameter",
            );
        }
    }
    let response = operation.response.as_ref();
    let fields = response.and_then(|it| graph.get(it)).map(Schema::fields);
    let fields = fields.unwrap_or_default();
    if !fields.iter().any(|it| matches!(it.kind, Kind::List(_))) {
        let fix = "describe the list in the schema of the response, or remove `x-paging`";
        diagnostics.add(*at, "`x-paging` on a response without a list", fix);
    }
    let is_count = |kind: &Kind| matches!(kind, Kind::Integer(range) if range.is_unsigned());
    if let Some(total) = &paging.total_count
        && !fields
            .iter()
            .any(|it| it.name == *total && is_count(&it.kind))
    {
        let what = format!("`x-paging` names `{total}`, which is not a count in the response");
        diagnostics.add(
            *at,
            what,
            "describe it in the schema of the response, with `minimum: 0`",
        );
    }
    let next = paging.next_member();
    let is_cursor = |it: &Field| {
        it.name == *next && matches!(it.kind, Kind::Text) && !it.is_required && it.default.is_none()
    };
    if paging.style == PagingStyle::Cursor && !fields.iter().any(is_cursor) {
        let what = format!("cursor paging of a response without an optional string `{next}`");
        let fix = "describe it in the schema of the response as optional: the last page does not contain it";
        diagnostics.add(*at, what, fix);
    }
}

fn check_defaults(api: &Api, graph: &Graph<'_>, diagnostics: &mut Diagnostics) {
    for field in api.schemas.iter().flat_map(Schema::fields) {
        let Some(default) = &field.default else {
            continue;
        };
        let named = field.kind.reference().and_then(|it| graph.get(it));
        let fits = match (default, &field.kind, named.map(|it| &it.shape)) {
            (DefaultValue::Boolean(_), Kind::Boolean, _) => true,
            (DefaultValue::Integer(value), Kind::Integer(range), _) => {
                range.within(&field.limits).contains(&(*value).into())
            }
            (DefaultValue::Text(_), Kind::Text, _) => true,
            (DefaultValue::Text(text), Kind::Named(_), Some(Shape::Enum(words))) => {
                words.iter().any(|word| word.word == *text)
            }
            (DefaultValue::EmptyObject, Kind::Named(_), Some(Shape::Object(fields))) => {
                // Objects whose `new` has no arguments.
                let mut fields = fields.iter();
                fields.all(|it| !it.is_required && (!it.is_omittable || it.default.is_some()))
            }
            _ => false,
        };
        if !fits || field.is_nullable {
            diagnostics.add(
                field.at,
                format!("the default of `{}` does not fit its type", field.name),
                "give a value of its type, which must not be nullable",
            );
        }
    }
}

/// Reports limits that no value satisfies.
fn check_limits(api: &Api, diagnostics: &mut Diagnostics) {
    let fields = api.schemas.iter().flat_map(Schema::fields);
    let fields = fields.map(|it| (&it.limits, &it.kind, it.at));
    let parameters = api.operations.iter().flat_map(|it| &it.parameters);
    let parameters = parameters.map(|it| (&it.limits, &it.kind, it.at));
    let mut check = |(limits, kind, at): (&Limits, &Kind, Position)| {
        if !limits.can_be_kept(kind) {
            diagnostics.add(at, "limits that no value satisfies", "");
        }
    };
    fields.for_each(&mut check);
    parameters.for_each(check);
}

/// Sets the module of each schema, and reports unused schemas and tags.
fn assign_modules(api: &mut Api, diagnostics: &mut Diagnostics) {
    let used = api.operations.iter();
    let used: BTreeSet<(usize, &str)> = used.map(|it| (it.at.file, it.tag.as_str())).collect();
    for tag in api.documents().flat_map(|it| &it.tags) {
        if !used.contains(&(tag.at.file, tag.name.as_str())) {
            let what = format!("the tag `{}` is never used", tag.name);
            diagnostics.add(tag.at, what, "remove it");
        }
    }
    let (modules, responses) = collect_uses(api);
    for schema in &mut api.schemas {
        let Some(module) = modules.get(&schema.name) else {
            diagnostics.add(
                schema.at,
                format!("the schema `{}` is never used", schema.name),
                "remove it",
            );
            continue;
        };
        schema.is_request_only = !responses.contains(&schema.name);
        schema.module.clone_from(module);
    }
}

/// Returns the modules of all schemas that operations use, and the names of those in responses.
fn collect_uses(api: &Api) -> (BTreeMap<String, String>, BTreeSet<String>) {
    let graph = Graph::new(api);
    let modules = api.operations.iter().flat_map(|operation| {
        let module = names::snake(&operation.tag);
        let bodies = operation.request.iter().chain(&operation.response);
        let own = bodies.chain(parameter_references(operation));
        let own = own.map(move |it| (it, module.clone()));
        own.chain(operation.failure.iter().map(|it| (it, SHARED.into())))
    });
    let modules = propagate(modules, |it| graph.next(it), |_, _| SHARED.into());
    let responses = api.operations.iter();
    let responses = responses.flat_map(|it| it.response.iter().chain(&it.failure));
    let responses = propagate(
        responses.map(|it| (it, ())),
        |it| graph.next(it),
        |(), ()| (),
    );
    (modules, responses.into_keys().collect())
}

/// Checks fields that an update can clear: their types have neither a form of timestamps nor the limits of a count.
fn check_patches(schema: &Schema, diagnostics: &mut Diagnostics) {
    for field in schema.fields() {
        if schema.presence(field) != Presence::Patch {
            continue;
        }
        if matches!(field.kind, Kind::Timestamp(form) if form != TimestampForm::Text) {
            let fix = "remove `x-timestamp`, or extend the generator";
            diagnostics.add(field.at, "`x-timestamp` in an update", fix);
        }
        if field.kind.is_count() {
            let fix = "remove `minimum`, or extend the generator";
            diagnostics.add(field.at, "a nullable count in an update", fix);
        }
    }
}

/// Checks a property that is shown once: it must be a required secret of the response itself, and the only one. An invalid object around
/// it, or another secret beside it, could make it unreadable.
fn check_shown_once(api: &Api, schema: &Schema, diagnostics: &mut Diagnostics) {
    let mut once = schema.fields().iter().filter(|field| field.is_shown_once);
    let Some(first) = once.next() else {
        return;
    };
    for field in once {
        let what = format!("`{}` is shown once beside `{}`", field.name, first.name);
        let fix = "keep one of the two; otherwise some responses could not be decoded";
        diagnostics.add(field.at, what, fix);
    }
    let is_secret = matches!(first.kind, Kind::Secret) && first.is_required;
    let mut inner = api.schemas.iter().flat_map(Schema::references);
    let is_inner = inner.any(|it| it.name == schema.name);
    if !is_secret || schema.is_request_only || is_inner {
        let fix = "remove `x-shown-once`, or put it on a required secret of a response";
        diagnostics.add(first.at, format!("`x-shown-once` on `{}`", first.name), fix);
    }
}

/// Checks that `x-lenient` is only on optional properties of responses without a default, and not where an unreadable object could
/// hide a secret.
fn check_lenient(schema: &Schema, diagnostics: &mut Diagnostics) {
    for field in schema.fields().iter().filter(|field| field.is_lenient) {
        let is_plain = field.kind.reference().is_none() && !matches!(field.kind, Kind::Secret);
        let has_value = field.is_required || field.default.is_some();
        if schema.is_request_only || has_value || !is_plain {
            let what = format!("`x-lenient` on `{}`", field.name);
            let fix = "remove it, or put it on an optional property of a response that is neither an object nor a secret";
            diagnostics.add(field.at, what, fix);
        }
    }
}

/// Checks that `x-omittable` is only on optional properties of requests.
fn check_omittable(schema: &Schema, diagnostics: &mut Diagnostics) {
    for field in schema.fields().iter().filter(|field| field.is_omittable) {
        if !schema.is_request_only || field.is_required || field.is_nullable {
            let what = format!("`x-omittable` on `{}`", field.name);
            let fix =
                "remove it, or put it on a request property that is neither required nor nullable";
            diagnostics.add(field.at, what, fix);
        }
    }
}

/// Checks a schema that keeps unknown members: so must the objects inside it, and it must not contain a count.
fn check_unknown_members(schema: &Schema, graph: &Graph<'_>, diagnostics: &mut Diagnostics) {
    for field in schema.fields().iter().filter(|_| schema.keeps_unknown) {
        if matches!(
            schema.presence(field),
            Presence::Count | Presence::OptionalCount
        ) {
            let fix = "remove `minimum`, or extend the generator to keep negative counts";
            diagnostics.add(
                field.at,
                "a count in a schema that keeps unknown members",
                fix,
            );
        }
    }
    for reference in schema.references().filter(|_| schema.keeps_unknown) {
        let inner = graph.get(reference);
        if inner.is_some_and(|it| matches!(it.shape, Shape::Object(_)) && !it.keeps_unknown) {
            let what = format!(
                "`{}` keeps unknown members, but `{}` inside it does not",
                schema.name, reference.name
            );
            diagnostics.add(reference.at, what, "add `x-keep-unknown: true` to it");
        }
    }
}

/// Checks the body of a PUT. It replaces the whole object, so it must keep unknown members of what was read.
fn check_replacements(api: &Api, graph: &Graph<'_>, diagnostics: &mut Diagnostics) {
    for put in api.operations.iter().filter(|it| it.method == Method::Put) {
        let reads = api.operations.iter();
        let reads =
            reads.filter(|it| it.method == Method::Get && route_path(it) == route_path(put));
        let bodies = put.request.iter().chain(reads.flat_map(|it| &it.response));
        for body in bodies {
            if graph.get(body).is_some_and(|it| !it.keeps_unknown) {
                let what = format!(
                    "`{}` replaces the whole object, but `{}` drops unknown members",
                    put.id, body.name
                );
                diagnostics.add(body.at, what, "add `x-keep-unknown: true` to the schema");
            }
        }
    }
}
