//! Reads the base URLs of an API and their variables.

use std::collections::BTreeSet;

use super::diagnostics::{Diagnostics, Position};
use super::ir::{Server, Variable};
use super::reader::{Reader, entries, list, text};
use super::schema::check_duplicates;
use super::yaml::{Entry, Node};

/// Reads `servers`.
pub(crate) fn servers(node: &Node, diagnostics: &mut Diagnostics) -> Vec<Server> {
    let nodes = list(node, diagnostics);
    if nodes.is_some_and(<[Node]>::is_empty) {
        let fix = "add the base URL of the API";
        diagnostics.add(node.at, "an API without a server", fix);
    }
    let nodes = nodes.unwrap_or_default().iter();
    let servers: Vec<(Server, Position)> = nodes
        .filter_map(|node| Some((server(node, diagnostics)?, node.at)))
        .collect();
    let urls = servers.iter().map(|(server, at)| (server.url.clone(), *at));
    check_duplicates(urls, "servers", diagnostics);
    servers.into_iter().map(|(server, _)| server).collect()
}

fn server(node: &Node, diagnostics: &mut Diagnostics) -> Option<Server> {
    let mut reader = Reader::new(node, "a server", diagnostics)?;
    let url = reader.need("url", diagnostics);
    let description = reader.need_prose("description", diagnostics);
    let entries = reader
        .read("variables", entries, diagnostics)
        .unwrap_or_default();
    let variables: Vec<Variable> = entries
        .iter()
        .filter_map(|entry| variable(entry, diagnostics))
        .collect();
    reader.finish(diagnostics);
    let node = url?;
    let url = text(node, diagnostics)?;
    let Some(names) = names(url) else {
        let what = format!("unbalanced braces in `{url}`");
        diagnostics.add(node.at, what, "write each variable as `{name}`");
        return None;
    };
    check_duplicates(
        names.iter().map(|name| ((*name).to_owned(), node.at)),
        "variables",
        diagnostics,
    );
    let described: BTreeSet<&str> = entries.iter().map(|entry| entry.key.as_str()).collect();
    for name in names.iter().filter(|name| !described.contains(*name)) {
        let what = format!("the variable `{name}` is not in `variables`");
        diagnostics.add(node.at, what, "describe it there, with a default");
    }
    for entry in entries {
        if !names.contains(&entry.key.as_str()) {
            let what = format!("the variable `{}` is not in `{url}`", entry.key);
            diagnostics.add(entry.at, what, "remove it, or write it there in braces");
        }
    }
    let server = Server {
        url: url.to_owned(),
        description,
        variables,
    };
    let has_default = |name: &&str| server.variables.iter().any(|it| it.name == *name);
    if names.iter().all(has_default) && !is_base(&server.filled()) {
        diagnostics.add(
            node.at,
            format!("the invalid URL `{url}`"),
            "write https://, a host and a path that does not end with a slash, and nothing else",
        );
    }
    Some(server)
}

fn variable(entry: &Entry, diagnostics: &mut Diagnostics) -> Option<Variable> {
    let mut reader = Reader::new(&entry.value, "a server variable", diagnostics)?;
    let description = reader.need_prose("description", diagnostics);
    let default = reader.need("default", diagnostics);
    let has_choices = reader.has("enum");
    let choices = reader.texts("enum", diagnostics);
    reader.finish(diagnostics);
    let node = default?;
    let default = text(node, diagnostics)?;
    check_duplicates(
        choices
            .iter()
            .map(|(choice, at)| ((*choice).to_owned(), *at)),
        "choices",
        diagnostics,
    );
    if has_choices && !choices.iter().any(|(choice, _)| *choice == default) {
        let what = format!("the default `{default}` is not in `enum`");
        diagnostics.add(node.at, what, "add it there, or use a value that is");
    }
    for (value, at) in choices.iter().copied().chain([(default, node.at)]) {
        if !value.chars().all(is_plain) || value.split('.').any(str::is_empty) {
            let what = format!("the value `{value}` of a server variable");
            let fix = "write letters, digits and `-._~`, with text on both sides of each dot";
            diagnostics.add(at, what, fix);
        }
    }
    Some(Variable {
        name: entry.key.clone(),
        default: default.to_owned(),
        description,
    })
}

/// Returns whether a character needs no encoding anywhere in a host or a path segment.
fn is_plain(c: char) -> bool {
    c.is_ascii_alphanumeric() || "-._~".contains(c)
}

/// Returns the names in `{braces}`; `None` if braces are unbalanced or empty.
fn names(url: &str) -> Option<Vec<&str>> {
    let mut names = Vec::new();
    let mut pieces = url.split('{');
    let is_free = |text: &str| !text.contains('}');
    let mut is_sound = pieces.next().is_none_or(is_free);
    for piece in pieces {
        let (name, after) = piece.split_once('}')?;
        is_sound &= !name.is_empty() && name.chars().all(is_plain) && is_free(after);
        names.push(name);
    }
    is_sound.then_some(names)
}

/// Returns whether the paths of operations can be appended to a URL.
pub(crate) fn is_base(url: &str) -> bool {
    let Some(rest) = url.strip_prefix("https://") else {
        return false;
    };
    let mut segments = rest.split('/');
    let authority = segments.next().unwrap_or_default();
    let (host, port) = match authority.split_once(':') {
        Some((host, port)) => (host, Some(port)),
        None => (authority, None),
    };
    let is_host = host.split('.').all(|label| !label.is_empty()) && host.chars().all(is_plain);
    let is_port = port.is_none_or(|port| port.parse::<u16>().is_ok_and(|port| port > 0));
    is_host
        && is_port
        && segments.all(|it| !matches!(it, "" | "." | "..") && it.chars().all(is_plain))
}
