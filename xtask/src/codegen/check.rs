//! What no single part of a description can see: dangling and circular references, parts that are never used,
//! names that clash, and which module a schema belongs to.

use std::collections::{BTreeMap, BTreeSet};

use super::ir::{
    Api, DefaultValue, Kind, Limits, Method, Operation, Presence, Reference, Schema, Shape,
};
use super::names;
use super::problem::{Position, Problems};
use super::schema::{no_clash, no_twins};

/// The module of schemas that several tags use, or failures.
pub(crate) const SHARED: &str = "shared";

/// Checks the whole and fills in each schema's `module` and `is_request_only`.
pub(crate) fn check(api: &mut Api, problems: &mut Problems) {
    names_clash(api, problems);
    let graph = Graph::of(api);
    references(api, &graph, problems);
    graph.cycles(problems);
    for operation in &api.operations {
        parameters(operation, &graph, problems);
    }
    defaults(api, &graph, problems);
    limits(api, problems);
    if problems.is_empty() {
        place(api, problems);
        for schema in &api.schemas {
            patches(schema, problems);
        }
    }
}

fn names_clash(api: &Api, problems: &mut Problems) {
    let operations = || api.operations.iter();
    no_clash(
        operations().map(|it| (names::pascal(&it.id), it.at)),
        "operations",
        problems,
    );
    no_twins(
        operations().map(|it| (route(it), it.at)),
        "operations",
        problems,
    );
    for operation in operations() {
        let id = &operation.id;
        if !names::is_identifier(id) || !names::is_identifier(&names::pascal(id)) {
            problems.add(
                operation.at,
                format!("`{id}` is no Rust name"),
                "give the operation another `operationId`",
            );
        }
        if operation.request.is_some() && matches!(operation.method, Method::Get | Method::Delete) {
            let what = format!("a request body of a {}", operation.method.keyword());
            let fix = "remove it, servers and proxies drop it";
            problems.add(operation.at, what, fix);
        }
        if operation.response.is_some() && operation.success == 204 {
            let fix = "remove it, or give the status that the vendor sends with it";
            problems.add(operation.at, "a body in an answer 204", fix);
        }
        if !operation.path.starts_with('/') {
            let what = format!("the path `{}` does not begin with a slash", operation.path);
            problems.add(operation.at, what, "add it");
        }
        for segment in operation.path.split('/').skip(1) {
            if !is_plain(segment) && path_parameters(segment).next().is_none() {
                let what = format!("`{segment}` between the slashes of `{}`", operation.path);
                let fix = "write letters, digits and `-._~:@`, or one `{parameter}`";
                problems.add(operation.at, what, fix);
            }
        }
    }
    let modules = api.tags.iter().map(|tag| (names::snake(&tag.name), tag.at));
    no_clash(modules, "tags", problems);
    for tag in &api.tags {
        let module = names::snake(&tag.name);
        if !names::is_identifier(&module) || ["operations", SHARED].contains(&module.as_str()) {
            problems.add(
                tag.at,
                format!("the tag `{}` cannot be the module `{module}`", tag.name),
                "rename it",
            );
        }
    }
}

/// Whether a segment of a path needs no encoding and is no step in the path.
fn is_plain(segment: &str) -> bool {
    let is_unreserved = |c: char| c.is_ascii_alphanumeric() || "-._~:@".contains(c);
    !matches!(segment, "" | "." | "..") && segment.chars().all(is_unreserved)
}

/// What a server tells calls apart by: method and path, whatever the parameters are called.
fn route(operation: &Operation) -> String {
    let segments = operation.path.split('/');
    let segments = segments.map(|it| if it.starts_with('{') { "{}" } else { it });
    let path: Vec<&str> = segments.collect();
    format!("{} {}", operation.method.keyword(), path.join("/"))
}

/// Every reference from outside and inside the schemas.
fn all_references(api: &Api) -> impl Iterator<Item = &Reference> {
    let of_operations = api.operations.iter().flat_map(|operation| {
        let bodies = [&operation.request, &operation.response, &operation.failure];
        bodies
            .into_iter()
            .flatten()
            .chain(parameter_references(operation))
    });
    of_operations.chain(api.schemas.iter().flat_map(schema_references))
}

fn parameter_references(operation: &Operation) -> impl Iterator<Item = &Reference> {
    let parameters = operation.parameters.iter();
    parameters.filter_map(|parameter| parameter.kind.reference())
}

fn schema_references(schema: &Schema) -> impl Iterator<Item = &Reference> {
    let fields = schema.fields().iter();
    fields.filter_map(|field| field.kind.reference())
}

fn references(api: &Api, graph: &Graph<'_>, problems: &mut Problems) {
    for reference in all_references(api) {
        if graph.get(reference).is_none() {
            problems.add(
                reference.at,
                format!(
                    "`$ref` to `#/components/schemas/{}`, which is not there",
                    reference.name
                ),
                "correct the name, or describe it",
            );
        }
    }
    for operation in &api.operations {
        if !api.tags.iter().any(|tag| tag.name == operation.tag) {
            problems.add(
                operation.at,
                format!("the tag `{}` is not in `tags`", operation.tag),
                "add it there with a description",
            );
        }
    }
}

/// The schemas by name, and what leads from one to the next.
struct Graph<'a>(BTreeMap<&'a str, &'a Schema>);

impl<'a> Graph<'a> {
    fn of(api: &'a Api) -> Self {
        let schemas = api.schemas.iter();
        Self(
            schemas
                .map(|schema| (schema.name.as_str(), schema))
                .collect(),
        )
    }

    fn get(&self, reference: &Reference) -> Option<&'a Schema> {
        self.0.get(reference.name.as_str()).copied()
    }

    /// The schemas that can be reached from the given ones, these included.
    fn reachable(&self, from: impl IntoIterator<Item = &'a Reference>) -> BTreeSet<&'a str> {
        let mut found = BTreeSet::new();
        let mut next: Vec<&Reference> = from.into_iter().collect();
        while let Some(reference) = next.pop() {
            if found.insert(reference.name.as_str())
                && let Some(schema) = self.get(reference)
            {
                next.extend(schema_references(schema));
            }
        }
        found
    }

    /// Reports each reference that closes a circle. Walks down with a stack of its own: the depth is the description's.
    fn cycles(&self, problems: &mut Problems) {
        let mut done = BTreeSet::new();
        for root in self.0.values() {
            let mut on_the_way = BTreeSet::from([root.name.as_str()]);
            let mut way = vec![(*root, schema_references(root))];
            while let Some((schema, references)) = way.last_mut() {
                let Some(reference) = references.next() else {
                    done.insert(schema.name.as_str());
                    on_the_way.remove(schema.name.as_str());
                    way.pop();
                    continue;
                };
                if on_the_way.contains(reference.name.as_str()) {
                    problems.add(
                        reference.at,
                        format!("`$ref` to `{}` closes a circle", reference.name),
                        "break the circle, models are finite",
                    );
                } else if !done.contains(reference.name.as_str())
                    && let Some(next) = self.get(reference)
                {
                    on_the_way.insert(&next.name);
                    way.push((next, schema_references(next)));
                }
            }
        }
    }
}

/// The names in `{braces}` of a path.
pub(crate) fn path_parameters(path: &str) -> impl Iterator<Item = &str> {
    path.split('/')
        .filter_map(|segment| segment.strip_prefix('{')?.strip_suffix('}'))
}

fn parameters(operation: &Operation, graph: &Graph<'_>, problems: &mut Problems) {
    let described = operation
        .parameters
        .iter()
        .filter(|parameter| parameter.in_path);
    let described: Vec<&str> = described.map(|parameter| parameter.name.as_str()).collect();
    let written: Vec<&str> = path_parameters(&operation.path).collect();
    if described != written {
        problems.add(
            operation.at,
            format!(
                "`{}` has not the parameters that are described",
                operation.path
            ),
            "describe each `{parameter}` of the path, in its order",
        );
    }
    let names = operation.parameters.iter();
    no_twins(
        names.map(|it| (it.name.clone(), it.at)),
        "parameters",
        problems,
    );
    for parameter in &operation.parameters {
        let named = parameter.kind.reference().and_then(|it| graph.get(it));
        let is_served = match (&parameter.kind, parameter.in_path) {
            (Kind::Text, _) | (Kind::Integer(_) | Kind::Boolean, false) => true,
            (Kind::Named(_), true) => named.is_none_or(|it| matches!(it.shape, Shape::Id)),
            _ => false,
        };
        if !is_served {
            problems.add(
                parameter.at,
                format!(
                    "the parameter `{}` has a type that is not served",
                    parameter.name
                ),
                "use a string or an id in the path; a string, an integer or a boolean in the query",
            );
        }
    }
    let Some(paging) = &operation.paging else {
        return;
    };
    for name in [&paging.page_size, &paging.page_token] {
        if !operation.query().any(|parameter| parameter.name == *name) {
            problems.add(
                operation.at,
                format!("`x-paging` names `{name}`, which is no parameter of the query"),
                "describe the parameter",
            );
        }
    }
}

fn defaults(api: &Api, graph: &Graph<'_>, problems: &mut Problems) {
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
                fields.iter().all(|field| !field.is_required)
            }
            _ => false,
        };
        if !fits || field.is_nullable {
            problems.add(
                field.at,
                format!("the default of `{}` does not fit its type", field.name),
                "give a value of its type, which must not be nullable",
            );
        }
    }
}

/// Reports limits that no value keeps.
fn limits(api: &Api, problems: &mut Problems) {
    let fields = api.schemas.iter().flat_map(Schema::fields);
    let fields = fields.map(|it| (&it.limits, &it.kind, it.at));
    let parameters = api.operations.iter().flat_map(|it| &it.parameters);
    let parameters = parameters.map(|it| (&it.limits, &it.kind, it.at));
    let mut check = |(limits, kind, at): (&Limits, &Kind, Position)| {
        if !limits.can_be_kept(kind) {
            problems.add(at, "limits that no value keeps", "correct them");
        }
    };
    fields.for_each(&mut check);
    parameters.for_each(check);
}

/// Decides each schema's module, and reports schemas and tags that nothing uses.
fn place(api: &mut Api, problems: &mut Problems) {
    let graph = Graph::of(api);
    let mut tags: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    let mut answers: BTreeSet<String> = BTreeSet::new();
    for operation in &api.operations {
        let inputs = operation
            .request
            .iter()
            .chain(parameter_references(operation));
        let module = names::snake(&operation.tag);
        for name in graph.reachable(inputs) {
            tags.entry(name.into()).or_default().insert(module.clone());
        }
        for name in graph.reachable(&operation.response) {
            tags.entry(name.into()).or_default().insert(module.clone());
            answers.insert(name.into());
        }
        for name in graph.reachable(&operation.failure) {
            tags.entry(name.into()).or_default().insert(SHARED.into());
            answers.insert(name.into());
        }
    }
    for tag in &api.tags {
        if !api.operations.iter().any(|it| it.tag == tag.name) {
            let what = format!("the tag `{}` is never used", tag.name);
            problems.add(tag.at, what, "remove it");
        }
    }
    for schema in &mut api.schemas {
        let Some(modules) = tags.get(&schema.name) else {
            problems.add(
                schema.at,
                format!("the schema `{}` is never used", schema.name),
                "remove it",
            );
            continue;
        };
        schema.is_request_only = !answers.contains(&schema.name);
        schema.module = match modules.first() {
            Some(module) if modules.len() == 1 => module.clone(),
            _ => SHARED.into(),
        };
    }
}

/// A field that an update can clear has no room for the second form of a timestamp, nor for the limits of a count.
fn patches(schema: &Schema, problems: &mut Problems) {
    for field in schema.fields() {
        if field.presence(schema.is_request_only) != Presence::Patch {
            continue;
        }
        if matches!(field.kind, Kind::Timestamp { milliseconds: true }) {
            let fix = "leave `x-timestamp` out, or teach the generator";
            problems.add(field.at, "`x-timestamp` in an update", fix);
        }
        if field.kind.is_count() {
            let fix = "leave `minimum` out, or teach the generator";
            problems.add(field.at, "a nullable count in an update", fix);
        }
    }
}
