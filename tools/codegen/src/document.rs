//! Reads a description as a whole: its head, its components, and the operations below its paths.

use std::collections::{BTreeMap, BTreeSet};

use super::ir::{Api, Method, Operation, Paging, PagingStyle, Parameter, Reference, Tag};
use super::problem::{Position, Problems};
use super::prose::Prose;
use super::reader::{Reader, boolean, entries, list, reference, text};
use super::schema;
use super::server;
use super::yaml::{Entry, Node, Value};

/// Reads the description of one vendor. What is wrong is in `problems`; then the result is incomplete.
pub(crate) fn read(vendor: &str, file: &str, root: &Node, problems: &mut Problems) -> Option<Api> {
    let mut document = Reader::of(root, "a description", problems)?;
    if let Some(node) = document.need("openapi", problems)
        && !text(node, problems)?.starts_with("3.1.")
    {
        problems.add(node.at, "another version of OpenAPI", "write it for 3.1");
    }
    let (title, description) = info(&mut document, problems);
    let servers = match document.need("servers", problems) {
        Some(node) => server::servers(node, problems),
        None => Vec::new(),
    };
    let tags = tags(&mut document, problems);
    let security = document.need("security", problems);
    let paths = document.need("paths", problems);
    let components = document.need("components", problems);
    document.finish(problems);
    let mut parts = Components::of(components?, problems)?;
    let schemas = parts
        .schemas
        .map(|node| schema::schemas(node, problems))
        .unwrap_or_default();
    let is_authenticated = security.is_some_and(|node| parts.authenticated(node, problems));
    let mut operations = Vec::new();
    let paths = paths?;
    let entries = entries(paths, problems)?;
    if entries.is_empty() {
        problems.add(paths.at, "an API without operations", "describe one");
    }
    for path in entries {
        parts.path(path, is_authenticated, &mut operations, problems);
    }
    if problems.is_empty() {
        parts.finish(problems);
    }
    Some(Api {
        vendor: vendor.into(),
        file: file.into(),
        title,
        description,
        servers,
        tags,
        operations,
        schemas,
    })
}

fn info(document: &mut Reader<'_>, problems: &mut Problems) -> (Prose, Prose) {
    let Some(mut info) = document
        .need("info", problems)
        .and_then(|node| Reader::of(node, "`info`", problems))
    else {
        return <(Prose, Prose)>::default();
    };
    let title = Prose::new(&info.need_text("title", problems));
    let description = info.need_prose("description", problems);
    info.need_text("version", problems);
    let mut part = |name, problems: &mut Problems| {
        let node = info.need(name, problems)?;
        Reader::of(node, "a part of `info`", problems)
    };
    if let Some(mut license) = part("license", problems) {
        license.need_text("name", problems);
        license.need_text("identifier", problems);
        license.finish(problems);
    }
    if let Some(mut contact) = part("contact", problems) {
        contact.need_text("name", problems);
        let node = contact.need("url", problems);
        if let Some((node, url)) = node.and_then(|node| Some((node, text(node, problems)?)))
            && !server::is_base(url)
        {
            let what = format!("the address `{url}` of the contact");
            problems.add(node.at, what, "write https://, a host and a path");
        }
        contact.finish(problems);
    }
    info.finish(problems);
    (title, description)
}

fn tags(document: &mut Reader<'_>, problems: &mut Problems) -> Vec<Tag> {
    let nodes = document
        .need("tags", problems)
        .and_then(|node| list(node, problems))
        .unwrap_or_default();
    nodes
        .iter()
        .filter_map(|node| {
            let mut reader = Reader::of(node, "a tag", problems)?;
            let tag = Tag {
                name: reader.need_text("name", problems),
                description: reader.need_prose("description", problems),
                at: node.at,
            };
            reader.finish(problems);
            Some(tag)
        })
        .collect()
}

/// The parts that operations refer to, and which of them were referred to.
struct Components<'a> {
    schemas: Option<&'a Node>,
    parameters: BTreeMap<&'a str, &'a Entry>,
    responses: BTreeMap<&'a str, &'a Entry>,
    security_schemes: BTreeMap<&'a str, &'a Entry>,
    used: BTreeSet<Position>,
}

impl<'a> Components<'a> {
    fn of(node: &'a Node, problems: &mut Problems) -> Option<Self> {
        let mut reader = Reader::of(node, "`components`", problems)?;
        let mut part = |name, problems: &mut Problems| -> BTreeMap<_, _> {
            let node = reader.take(name);
            let parts = node.and_then(|node| entries(node, problems));
            let parts = parts.unwrap_or_default().iter();
            parts.map(|part| (part.key.as_str(), part)).collect()
        };
        let parameters = part("parameters", problems);
        let responses = part("responses", problems);
        let security_schemes = part("securitySchemes", problems);
        for scheme in security_schemes.values() {
            security_scheme(scheme, problems);
        }
        let schemas = reader.need("schemas", problems);
        reader.finish(problems);
        Some(Self {
            schemas,
            parameters,
            responses,
            security_schemes,
            used: BTreeSet::new(),
        })
    }

    /// Whether a `security` list asks for a credential: an empty one does not.
    fn authenticated(&mut self, node: &'a Node, problems: &mut Problems) -> bool {
        let choices = list(node, problems).unwrap_or_default();
        let schemes: Vec<&Entry> = choices
            .iter()
            .filter_map(|choice| entries(choice, problems))
            .flatten()
            .collect();
        for scheme in schemes {
            match self.security_schemes.get(scheme.key.as_str()) {
                Some(found) => {
                    self.used.insert(found.at);
                }
                None => problems.add(
                    scheme.at,
                    format!("the security scheme `{}`, which is not there", scheme.key),
                    "correct the name, or describe it in `securitySchemes`",
                ),
            }
        }
        !choices.is_empty()
    }

    /// The part itself, or the one that it refers to.
    fn resolve(
        &mut self,
        node: &'a Node,
        section: &'static str,
        problems: &mut Problems,
    ) -> Option<&'a Node> {
        let Value::Object(entries) = &node.value else {
            return Some(node);
        };
        let [entry] = &entries[..] else {
            return Some(node);
        };
        if entry.key != "$ref" {
            return Some(node);
        }
        let name = reference(&entry.value, section, problems)?;
        let parts = match section {
            "parameters" => &self.parameters,
            _ => &self.responses,
        };
        let Some(found) = parts.get(name) else {
            problems.add(
                entry.value.at,
                format!("`$ref` to `#/components/{section}/{name}`, which is not there"),
                "correct the name, or describe it",
            );
            return None;
        };
        self.used.insert(found.at);
        Some(&found.value)
    }

    fn path(
        &mut self,
        path: &'a Entry,
        is_authenticated: bool,
        operations: &mut Vec<Operation>,
        problems: &mut Problems,
    ) {
        let Some(mut reader) = Reader::of(&path.value, "a path", problems) else {
            return;
        };
        let shared = self.parameters(reader.take("parameters"), problems);
        if !Method::ALL.iter().any(|it| reader.has(it.keyword())) {
            let what = format!("the path `{}` has no operations", path.key);
            problems.add(path.at, what, "remove it, or describe one");
        }
        for method in Method::ALL {
            let Some(node) = reader.take(method.keyword()) else {
                continue;
            };
            if let Some(mut operation) = self.operation(node, is_authenticated, problems) {
                operation.method = method;
                operation.path.clone_from(&path.key);
                operation.parameters.splice(0..0, shared.iter().cloned());
                operations.push(operation);
            }
        }
        reader.finish(problems);
    }

    fn operation(
        &mut self,
        node: &'a Node,
        is_authenticated: bool,
        problems: &mut Problems,
    ) -> Option<Operation> {
        let mut reader = Reader::of(node, "an operation", problems)?;
        let tags = reader.texts("tags", problems);
        let [(tag, _)] = tags[..] else {
            problems.add(node.at, "an operation that has not one tag", "give it one");
            return None;
        };
        let parameters = reader.take("parameters");
        let request = reader.take("requestBody");
        let responses = reader.need("responses", problems)?;
        let (success, response, failure) = self.responses(responses, problems);
        let operation = Operation {
            id: reader.need_text("operationId", problems),
            tag: tag.to_owned(),
            summary: Prose::new(&reader.need_text("summary", problems)),
            description: reader.need_prose("description", problems),
            method: Method::Get,
            path: String::new(),
            parameters: self.parameters(parameters, problems),
            request: request.and_then(|node| request_body(node, problems)),
            response,
            failure,
            success,
            idempotent: match reader.need("x-idempotent", problems) {
                Some(node) => boolean(node, problems).unwrap_or_default(),
                None => false,
            },
            authenticated: match reader.take("security") {
                Some(node) => self.authenticated(node, problems),
                None => is_authenticated,
            },
            paging: reader
                .take("x-paging")
                .and_then(|node| paging(node, problems)),
            permissions: reader
                .texts("x-permissions", problems)
                .into_iter()
                .map(|(permission, _)| permission.to_owned())
                .collect(),
            source: reader.need_prose("x-source", problems),
            at: node.at,
        };
        reader.finish(problems);
        Some(operation)
    }

    fn parameters(&mut self, node: Option<&'a Node>, problems: &mut Problems) -> Vec<Parameter> {
        let nodes = node
            .and_then(|node| list(node, problems))
            .unwrap_or_default();
        nodes
            .iter()
            .filter_map(|node| parameter(self.resolve(node, "parameters", problems)?, problems))
            .collect()
    }

    /// The success status, its body and the body of failures.
    fn responses(
        &mut self,
        node: &'a Node,
        problems: &mut Problems,
    ) -> (u16, Option<Reference>, Option<Reference>) {
        let mut success = None;
        let (mut refusal, mut failure) = (None, None);
        for entry in entries(node, problems).unwrap_or_default() {
            let body = self
                .resolve(&entry.value, "responses", problems)
                .and_then(|node| response(node, problems));
            match (entry.key.as_str(), status(&entry.key)) {
                ("default", _) => failure = Some(body),
                ("4XX", _) => refusal = Some((entry.at, body)),
                (_, Some(status @ 200..=299)) if success.is_none() => {
                    success = Some((status, body));
                }
                (_, Some(200..=299)) => problems.add(
                    entry.at,
                    "a second success status",
                    "keep the one that the vendor sends",
                ),
                _ => problems.add(
                    entry.at,
                    format!("a response for `{}`", entry.key),
                    "describe one success status, `4XX` and `default`",
                ),
            }
        }
        if success.is_none() {
            problems.add(
                node.at,
                "an operation without success status",
                "add the response that the vendor sends, such as \"200\"",
            );
        }
        let failure = failures(node, refusal, failure, problems);
        let (status, body) = success.unwrap_or_default();
        (status, body, failure)
    }

    fn finish(self, problems: &mut Problems) {
        let parts = self.parameters.values().chain(self.responses.values());
        for part in parts.chain(self.security_schemes.values()) {
            if !self.used.contains(&part.at) {
                problems.add(
                    part.at,
                    format!("`{}` is never used", part.key),
                    "remove it",
                );
            }
        }
    }
}

/// The body of failures, which both responses for them must have.
fn failures(
    responses: &Node,
    refusal: Option<(Position, Option<Reference>)>,
    failure: Option<Option<Reference>>,
    problems: &mut Problems,
) -> Option<Reference> {
    for (status, is_there) in [("4XX", refusal.is_some()), ("default", failure.is_some())] {
        if !is_there {
            let what = format!("an operation without a response for `{status}`");
            let fix = "state both, with the same body: other tools ask for the one, failures are read by the other";
            problems.add(responses.at, what, fix);
        }
    }
    let name = |body: &Option<Reference>| body.as_ref().map(|it| it.name.clone());
    if let (Some((at, refusal)), Some(failure)) = (&refusal, &failure)
        && name(refusal) != name(failure)
    {
        let fix = "give both the same, failures have one type";
        problems.add(*at, "`4XX` with another body than `default`", fix);
    }
    failure.flatten()
}

/// A status of three digits.
fn status(key: &str) -> Option<u16> {
    let is_plain = key.len() == 3 && key.bytes().all(|it| it.is_ascii_digit());
    key.parse().ok().filter(|_| is_plain)
}

fn security_scheme(scheme: &Entry, problems: &mut Problems) {
    let Some(mut reader) = Reader::of(&scheme.value, "a security scheme", problems) else {
        return;
    };
    reader.need_prose("description", problems);
    match reader.need_text("type", problems).as_str() {
        "" => {}
        "http" => {
            if reader.need_text("scheme", problems) == "bearer" {
                reader.text("bearerFormat", problems);
            }
        }
        "apiKey" => {
            reader.need_text("name", problems);
            let place = reader.need_text("in", problems);
            if !["", "header"].contains(&place.as_str()) {
                let fix = "put it in a header, addresses are logged";
                problems.add(reader.at, format!("a credential in `{place}`"), fix);
            }
        }
        other => {
            let what = format!("a security scheme of type `{other}`");
            let fix = "use `http` with a `scheme`, or `apiKey` with a `name` in a header";
            problems.add(reader.at, what, fix);
        }
    }
    reader.finish(problems);
}

fn parameter(node: &Node, problems: &mut Problems) -> Option<Parameter> {
    let mut reader = Reader::of(node, "a parameter", problems)?;
    let name = reader.need_text("name", problems);
    let place = reader.need_text("in", problems);
    let in_path = place == "path";
    if !in_path && place != "query" {
        problems.add(
            node.at,
            format!("a parameter in `{place}`"),
            "only path and query are served",
        );
    }
    if reader.boolean("required", problems).unwrap_or(false) != in_path {
        problems.add(
            node.at,
            format!("`required` of the parameter `{name}`"),
            "require parameters of the path and no others",
        );
    }
    let description = reader.need_prose("description", problems);
    let schema = reader.need("schema", problems)?;
    reader.finish(problems);
    let mut schema = Reader::of(schema, "the type of a parameter", problems)?;
    let (kind, limits, _) = schema::kind(&mut schema, problems)?;
    schema.finish(problems);
    Some(Parameter {
        name,
        in_path,
        description,
        kind,
        limits,
        at: node.at,
    })
}

fn paging(node: &Node, problems: &mut Problems) -> Option<Paging> {
    let mut reader = Reader::of(node, "`x-paging`", problems)?;
    let style = match reader.need_text("style", problems).as_str() {
        "link" => PagingStyle::Link,
        "cursor" => PagingStyle::Cursor,
        other => {
            problems.add(
                node.at,
                format!("paging of style `{other}`"),
                "use link or cursor",
            );
            return None;
        }
    };
    let paging = Paging {
        style,
        page_size: reader.need_text("page-size", problems),
        page_token: reader.need_text("page-token", problems),
        at: node.at,
    };
    reader.finish(problems);
    Some(paging)
}

fn request_body(node: &Node, problems: &mut Problems) -> Option<Reference> {
    let mut reader = Reader::of(node, "a request body", problems)?;
    if reader.boolean("required", problems) != Some(true) {
        problems.add(
            node.at,
            "a request body that may be left out",
            "add `required: true`",
        );
    }
    let content = reader.need("content", problems);
    reader.finish(problems);
    content.and_then(|node| body(node, problems))
}

fn response(node: &Node, problems: &mut Problems) -> Option<Reference> {
    let mut reader = Reader::of(node, "a response", problems)?;
    reader.need_prose("description", problems);
    let content = reader.take("content");
    reader.finish(problems);
    content.and_then(|node| body(node, problems))
}

/// The schema of a JSON body.
fn body(content: &Node, problems: &mut Problems) -> Option<Reference> {
    let mut content = Reader::of(content, "`content`", problems)?;
    let json = content.need("application/json", problems);
    content.finish(problems);
    let mut json = Reader::of(json?, "a body", problems)?;
    let schema = json.need("schema", problems);
    json.finish(problems);
    let mut schema = Reader::of(schema?, "the type of a body", problems)?;
    let target = schema.need("$ref", problems);
    schema.finish(problems);
    let target = target?;
    text(target, problems)?;
    Some(Reference {
        name: reference(target, "schemas", problems)?.to_owned(),
        at: target.at,
    })
}
