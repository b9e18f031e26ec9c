//! Reads descriptions as a whole: their heads, their components, and the operations below their paths.

use std::collections::{BTreeMap, BTreeSet};

use super::diagnostics::{Diagnostics, Position};
use super::ir::{Api, ByHand, Document, Method, Operation, Parameter, Reference, Schema};
use super::names;
use super::paging::paging;
use super::prose::Prose;
use super::reader::{Reader, boolean, entries, list, reference, schema_reference, text};
use super::schema;
use super::server;
use super::tag;
use super::vendor::Vendor;
use super::yaml::{Entry, Node, Value};

/// Reads the first description of a vendor. The result is incomplete if `diagnostics` has errors.
pub(crate) fn read(
    vendor: Vendor,
    file: &str,
    root: &Node,
    diagnostics: &mut Diagnostics,
) -> Option<Api> {
    let (document, operations, schemas) = parts(vendor.name, file, root, diagnostics)?;
    Some(Api {
        vendor: vendor.name.into(),
        account: vendor.account,
        document,
        further: Vec::new(),
        operations,
        schemas,
    })
}

/// Reads a further description, and adds it to the first one.
pub(crate) fn read_further(
    api: &mut Api,
    name: &'static str,
    file: &str,
    root: &Node,
    diagnostics: &mut Diagnostics,
) {
    let Some((document, operations, schemas)) = parts(name, file, root, diagnostics) else {
        return;
    };
    api.further.push(document);
    api.operations.extend(operations);
    api.schemas.extend(schemas);
}

fn parts(
    name: &'static str,
    file: &str,
    root: &Node,
    diagnostics: &mut Diagnostics,
) -> Option<(Document, Vec<Operation>, Vec<Schema>)> {
    let mut document = Reader::new(root, "a description", diagnostics)?;
    if let Some(node) = document.need("openapi", diagnostics)
        && !text(node, diagnostics)?.starts_with("3.1.")
    {
        diagnostics.add(
            node.at,
            "an unsupported version of OpenAPI",
            "use OpenAPI 3.1",
        );
    }
    let (title, description) = info(&mut document, diagnostics);
    let servers = match document.need("servers", diagnostics) {
        Some(node) => server::servers(node, diagnostics),
        None => Vec::new(),
    };
    let tags = tag::tags(&mut document, diagnostics);
    let security = document.need("security", diagnostics);
    let paths = document.need("paths", diagnostics);
    let components = document.need("components", diagnostics);
    document.finish(diagnostics);
    let mut parts = Components::new(components?, diagnostics)?;
    let schemas = parts
        .schemas
        .map(|node| schema::schemas(node, diagnostics))
        .unwrap_or_default();
    let is_authenticated = security.is_some_and(|node| parts.authenticated(node, diagnostics));
    let mut operations = Vec::new();
    let paths = paths?;
    let entries = entries(paths, diagnostics)?;
    if entries.is_empty() {
        diagnostics.add(paths.at, "an API without operations", "describe one");
    }
    for path in entries {
        parts.path(path, is_authenticated, &mut operations, diagnostics);
    }
    if diagnostics.has_none_in(root.at.file) {
        parts.finish(diagnostics);
    }
    let document = Document {
        name,
        file: file.into(),
        index: root.at.file,
        title,
        description,
        servers,
        tags,
    };
    Some((document, operations, schemas))
}

fn info(document: &mut Reader<'_>, diagnostics: &mut Diagnostics) -> (Prose, Prose) {
    let Some(mut info) = document
        .need("info", diagnostics)
        .and_then(|node| Reader::new(node, "`info`", diagnostics))
    else {
        return <(Prose, Prose)>::default();
    };
    let title = Prose::new(&info.need_text("title", diagnostics));
    let description = info.need_prose("description", diagnostics);
    info.need_text("version", diagnostics);
    let mut part = |name, diagnostics: &mut Diagnostics| {
        let node = info.need(name, diagnostics)?;
        Reader::new(node, "a part of `info`", diagnostics)
    };
    if let Some(mut license) = part("license", diagnostics) {
        license.need_text("name", diagnostics);
        license.need_text("identifier", diagnostics);
        license.finish(diagnostics);
    }
    if let Some(mut contact) = part("contact", diagnostics) {
        contact.need_text("name", diagnostics);
        let node = contact.need("url", diagnostics);
        if let Some((node, url)) = node.and_then(|node| Some((node, text(node, diagnostics)?)))
            && !server::is_base(url)
        {
            let what = format!("the invalid contact URL `{url}`");
            diagnostics.add(node.at, what, "write https://, a host and a path");
        }
        contact.finish(diagnostics);
    }
    info.finish(diagnostics);
    (title, description)
}

/// The components that operations may refer to, and which of them were used.
struct Components<'a> {
    schemas: Option<&'a Node>,
    parameters: BTreeMap<&'a str, &'a Entry>,
    responses: BTreeMap<&'a str, &'a Entry>,
    security_schemes: BTreeMap<&'a str, &'a Entry>,
    used: BTreeSet<Position>,
}

impl<'a> Components<'a> {
    fn new(node: &'a Node, diagnostics: &mut Diagnostics) -> Option<Self> {
        let mut reader = Reader::new(node, "`components`", diagnostics)?;
        let mut part = |name, diagnostics: &mut Diagnostics| -> BTreeMap<_, _> {
            let node = reader.take(name);
            let parts = node.and_then(|node| entries(node, diagnostics));
            let parts = parts.unwrap_or_default().iter();
            parts.map(|part| (part.key.as_str(), part)).collect()
        };
        let parameters = part("parameters", diagnostics);
        let responses = part("responses", diagnostics);
        let security_schemes = part("securitySchemes", diagnostics);
        for scheme in security_schemes.values() {
            security_scheme(scheme, diagnostics);
        }
        let schemas = reader.need("schemas", diagnostics);
        reader.finish(diagnostics);
        Some(Self {
            schemas,
            parameters,
            responses,
            security_schemes,
            used: BTreeSet::new(),
        })
    }

    /// Returns whether a `security` list requires a credential; an empty one does not.
    fn authenticated(&mut self, node: &'a Node, diagnostics: &mut Diagnostics) -> bool {
        let choices = list(node, diagnostics).unwrap_or_default();
        let schemes: Vec<&Entry> = choices
            .iter()
            .filter_map(|choice| entries(choice, diagnostics))
            .flatten()
            .collect();
        for scheme in schemes {
            match self.security_schemes.get(scheme.key.as_str()) {
                Some(found) => {
                    self.used.insert(found.at);
                }
                None => diagnostics.add(
                    scheme.at,
                    format!("the security scheme `{}`, which does not exist", scheme.key),
                    "correct the name, or describe it in `securitySchemes`",
                ),
            }
        }
        !choices.is_empty()
    }

    /// Returns the node itself, or the component that it refers to.
    fn resolve(
        &mut self,
        node: &'a Node,
        section: &'static str,
        diagnostics: &mut Diagnostics,
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
        let name = reference(&entry.value, section, diagnostics)?;
        let parts = match section {
            "parameters" => &self.parameters,
            _ => &self.responses,
        };
        let Some(found) = parts.get(name) else {
            diagnostics.add(
                entry.value.at,
                format!("`$ref` to `#/components/{section}/{name}`, which does not exist"),
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
        diagnostics: &mut Diagnostics,
    ) {
        let Some(mut reader) = Reader::new(&path.value, "a path", diagnostics) else {
            return;
        };
        let shared = self.parameters(reader.take("parameters"), diagnostics);
        if !Method::ALL.iter().any(|it| reader.has(it.keyword())) {
            let what = format!("the path `{}` has no operations", path.key);
            diagnostics.add(path.at, what, "remove it, or describe one");
        }
        let methods = Method::ALL.iter().filter(|it| reader.has(it.keyword()));
        let shares_path = methods.count() > 1;
        for method in Method::ALL {
            let Some(node) = reader.take(method.keyword()) else {
                continue;
            };
            if let Some(mut operation) = self.operation(node, is_authenticated, diagnostics) {
                operation.method = method;
                operation.path.clone_from(&path.key);
                operation.shares_path = shares_path;
                operation.parameters.splice(0..0, shared.iter().cloned());
                operations.push(operation);
            }
        }
        reader.finish(diagnostics);
    }

    fn operation(
        &mut self,
        node: &'a Node,
        is_authenticated: bool,
        diagnostics: &mut Diagnostics,
    ) -> Option<Operation> {
        let mut reader = Reader::new(node, "an operation", diagnostics)?;
        let tag = only_tag(&mut reader, node.at, diagnostics)?;
        let parameters = reader.take("parameters");
        let request = reader.take("requestBody");
        let responses = reader.need("responses", diagnostics)?;
        let (success, response, failure) = self.responses(responses, diagnostics);
        let operation = Operation {
            id: reader.need_text("operationId", diagnostics),
            tag: tag.to_owned(),
            summary: Prose::new(&reader.need_text("summary", diagnostics)),
            description: reader.need_prose("description", diagnostics),
            method: Method::Get,
            path: String::new(),
            shares_path: false,
            parameters: self.parameters(parameters, diagnostics),
            request: request.and_then(|node| request_body(node, diagnostics)),
            response,
            failure,
            success,
            idempotent: reader
                .need("x-idempotent", diagnostics)
                .and_then(|node| boolean(node, diagnostics))
                .unwrap_or_default(),
            deprecated: reader.prose("x-deprecated", diagnostics),
            safe: reader.read("x-safe", safe, diagnostics),
            authenticated: match reader.take("security") {
                Some(node) => self.authenticated(node, diagnostics),
                None => is_authenticated,
            },
            paging: reader.read("x-paging", paging, diagnostics),
            permissions: permissions(&mut reader, diagnostics),
            source: reader.need_prose("x-source", diagnostics),
            rust_name: reader.read("x-rust-name", method_name, diagnostics),
            secret_by: reader.read("x-secret-by", secret_by, diagnostics),
            by_hand: reader
                .read("x-by-hand", by_hand, diagnostics)
                .unwrap_or_default(),
            identity: reader.read("x-identity", name, diagnostics),
            alternative_to: reader.read("x-alternative-to", name, diagnostics),
            at: node.at,
        };
        reader.finish(diagnostics);
        Some(operation)
    }

    fn parameters(
        &mut self,
        node: Option<&'a Node>,
        diagnostics: &mut Diagnostics,
    ) -> Vec<Parameter> {
        let nodes = node
            .and_then(|node| list(node, diagnostics))
            .unwrap_or_default();
        nodes
            .iter()
            .filter_map(|node| {
                parameter(self.resolve(node, "parameters", diagnostics)?, diagnostics)
            })
            .collect()
    }

    /// Reads the success status, its body, and the body of failures.
    fn responses(
        &mut self,
        node: &'a Node,
        diagnostics: &mut Diagnostics,
    ) -> (u16, Option<Reference>, Option<Reference>) {
        let mut success = None;
        let (mut refusal, mut failure) = (None, None);
        for entry in entries(node, diagnostics).unwrap_or_default() {
            let body = self
                .resolve(&entry.value, "responses", diagnostics)
                .and_then(|node| response(node, diagnostics));
            match (entry.key.as_str(), status(&entry.key)) {
                ("default", _) => failure = Some(body),
                ("4XX", _) => refusal = Some((entry.at, body)),
                (_, Some(status @ 200..=299)) if success.is_none() => {
                    success = Some((status, body));
                }
                (_, Some(200..=299)) => diagnostics.add(
                    entry.at,
                    "a second success status",
                    "keep the one that the vendor sends",
                ),
                _ => diagnostics.add(
                    entry.at,
                    format!("a response for `{}`", entry.key),
                    "describe one success status, `4XX` and `default`",
                ),
            }
        }
        if success.is_none() {
            diagnostics.add(
                node.at,
                "an operation without success status",
                "add the response that the vendor sends, such as \"200\"",
            );
        }
        let failure = failures(node, refusal, failure, diagnostics);
        let (status, body) = success.unwrap_or_default();
        (status, body, failure)
    }

    fn finish(self, diagnostics: &mut Diagnostics) {
        let parts = self.parameters.values().chain(self.responses.values());
        for part in parts.chain(self.security_schemes.values()) {
            if !self.used.contains(&part.at) {
                diagnostics.add(
                    part.at,
                    format!("`{}` is never used", part.key),
                    "remove it",
                );
            }
        }
    }
}

/// Returns the body of failures, which both of their responses must have.
fn failures(
    responses: &Node,
    refusal: Option<(Position, Option<Reference>)>,
    failure: Option<Option<Reference>>,
    diagnostics: &mut Diagnostics,
) -> Option<Reference> {
    for (status, is_there) in [("4XX", refusal.is_some()), ("default", failure.is_some())] {
        if !is_there {
            let what = format!("an operation without a response for `{status}`");
            let fix = "describe `4XX` and `default` with the same body: other tools require the first, and clients decode failures with the second";
            diagnostics.add(responses.at, what, fix);
        }
    }
    let name = |body: &Option<Reference>| body.as_ref().map(|it| it.name.clone());
    if let (Some((at, refusal)), Some(failure)) = (&refusal, &failure)
        && name(refusal) != name(failure)
    {
        let fix = "give both the same body; failures have one type";
        diagnostics.add(*at, "`4XX` and `default` with different bodies", fix);
    }
    failure.flatten()
}

/// Parses a status of three digits.
fn status(key: &str) -> Option<u16> {
    let is_plain = key.len() == 3 && key.bytes().all(|it| it.is_ascii_digit());
    key.parse().ok().filter(|_| is_plain)
}

fn security_scheme(scheme: &Entry, diagnostics: &mut Diagnostics) {
    let Some(mut reader) = Reader::new(&scheme.value, "a security scheme", diagnostics) else {
        return;
    };
    reader.need_prose("description", diagnostics);
    match reader.need_text("type", diagnostics).as_str() {
        "" => {}
        "http" => {
            if reader.need_text("scheme", diagnostics) == "bearer" {
                reader.text("bearerFormat", diagnostics);
            }
        }
        "apiKey" => {
            reader.need_text("name", diagnostics);
            let place = reader.need_text("in", diagnostics);
            if !["", "header"].contains(&place.as_str()) {
                let fix = "put it in a header; URLs are logged";
                diagnostics.add(reader.at, format!("a credential in `{place}`"), fix);
            }
        }
        other => {
            let what = format!("a security scheme of type `{other}`");
            let fix = "use `http` with a `scheme`, or `apiKey` with a `name` in a header";
            diagnostics.add(reader.at, what, fix);
        }
    }
    reader.finish(diagnostics);
}

fn parameter(node: &Node, diagnostics: &mut Diagnostics) -> Option<Parameter> {
    let mut reader = Reader::new(node, "a parameter", diagnostics)?;
    let name = reader.need_text("name", diagnostics);
    let place = reader.need_text("in", diagnostics);
    let in_path = place == "path";
    if !in_path && place != "query" {
        diagnostics.add(
            node.at,
            format!("a parameter in `{place}`"),
            "use `path` or `query`",
        );
    }
    if reader.boolean("required", diagnostics).unwrap_or(false) != in_path {
        diagnostics.add(
            node.at,
            format!("an invalid `required` of the parameter `{name}`"),
            "require parameters of the path and no others",
        );
    }
    let description = reader.need_prose("description", diagnostics);
    let account = reader.take("x-account");
    let is_account = account.and_then(|node| boolean(node, diagnostics));
    if let (Some(node), Some(true), false) = (account, is_account, in_path) {
        let fix = "remove it; an account is part of the path";
        diagnostics.add(node.at, "`x-account` of a query parameter", fix);
    }
    let rust_name = reader.read("x-rust-name", method_name, diagnostics);
    let reserved = reader.texts("x-reserved", diagnostics);
    if let Some((_, at)) = reserved.first().filter(|_| !in_path) {
        let fix = "remove it, only a value in the path can be a path of its own";
        diagnostics.add(*at, "`x-reserved` of a query parameter", fix);
    }
    let schema = reader.need("schema", diagnostics)?;
    reader.finish(diagnostics);
    let mut schema = Reader::new(schema, "the type of a parameter", diagnostics)?;
    let (kind, limits, _) = schema::kind(&mut schema, diagnostics)?;
    schema.finish(diagnostics);
    Some(Parameter {
        name,
        rust_name,
        in_path,
        is_account: is_account.unwrap_or_default(),
        reserved: reserved.into_iter().map(|(it, _)| it.to_owned()).collect(),
        description,
        kind,
        limits,
        at: node.at,
    })
}

/// Reads the name of a client method.
fn method_name(node: &Node, diagnostics: &mut Diagnostics) -> Option<String> {
    let name = text(node, diagnostics)?;
    if names::snake(name) != name || !names::is_identifier(name) || name == "new" {
        let what = format!("`{name}` cannot be the name of a method");
        let fix = "write a verb in snake case that is not a keyword";
        diagnostics.add(node.at, what, fix);
        return None;
    }
    Some(name.into())
}

/// Reads the name of a client method, and where it is.
fn secret_by(node: &Node, diagnostics: &mut Diagnostics) -> Option<(String, Position)> {
    Some((method_name(node, diagnostics)?, node.at))
}

/// Returns the only tag of an operation.
fn only_tag<'a>(
    reader: &mut Reader<'a>,
    at: Position,
    diagnostics: &mut Diagnostics,
) -> Option<&'a str> {
    let tags = reader.texts("tags", diagnostics);
    if let [(tag, _)] = tags[..] {
        return Some(tag);
    }
    let what = "an operation without exactly one tag";
    diagnostics.add(at, what, "give it one");
    None
}

fn safe(node: &Node, diagnostics: &mut Diagnostics) -> Option<(bool, Position)> {
    Some((boolean(node, diagnostics)?, node.at))
}

fn permissions(reader: &mut Reader<'_>, diagnostics: &mut Diagnostics) -> Vec<String> {
    let permissions = reader.texts("x-permissions", diagnostics).into_iter();
    permissions
        .map(|(permission, _)| permission.to_owned())
        .collect()
}

fn name(node: &Node, diagnostics: &mut Diagnostics) -> Option<(String, Position)> {
    Some((text(node, diagnostics)?.to_owned(), node.at))
}

fn by_hand(node: &Node, diagnostics: &mut Diagnostics) -> Option<ByHand> {
    let mut reader = Reader::new(node, "`x-by-hand`", diagnostics)?;
    let by_hand = ByHand {
        method: reader.prose("method", diagnostics),
        check: reader.prose("check", diagnostics),
        decode: reader.prose("decode", diagnostics),
        command: reader.prose("command", diagnostics),
    };
    reader.finish(diagnostics);
    let has_part = by_hand.check.is_some() || by_hand.decode.is_some();
    let has_method = by_hand.method.is_some();
    let has_any = has_method || has_part || by_hand.command.is_some();
    if (has_method && has_part) || !has_any {
        let fix = "give `method`, or `check` and `decode` or one of them; `command` may be added or stand alone";
        diagnostics.add(node.at, "an invalid combination in `x-by-hand`", fix);
    }
    Some(by_hand)
}

fn request_body(node: &Node, diagnostics: &mut Diagnostics) -> Option<Reference> {
    let mut reader = Reader::new(node, "a request body", diagnostics)?;
    if reader.boolean("required", diagnostics) != Some(true) {
        diagnostics.add(node.at, "an optional request body", "add `required: true`");
    }
    let content = reader.need("content", diagnostics);
    reader.finish(diagnostics);
    content.and_then(|node| body(node, diagnostics))
}

fn response(node: &Node, diagnostics: &mut Diagnostics) -> Option<Reference> {
    let mut reader = Reader::new(node, "a response", diagnostics)?;
    reader.need_prose("description", diagnostics);
    let content = reader.take("content");
    reader.finish(diagnostics);
    content.and_then(|node| body(node, diagnostics))
}

/// Returns the schema of a JSON body.
fn body(content: &Node, diagnostics: &mut Diagnostics) -> Option<Reference> {
    let mut content = Reader::new(content, "`content`", diagnostics)?;
    let json = content.need("application/json", diagnostics);
    content.finish(diagnostics);
    let mut json = Reader::new(json?, "a body", diagnostics)?;
    let schema = json.need("schema", diagnostics);
    json.finish(diagnostics);
    let mut schema = Reader::new(schema?, "the type of a body", diagnostics)?;
    let target = schema.need("$ref", diagnostics);
    schema.finish(diagnostics);
    schema_reference(target?, diagnostics)
}
