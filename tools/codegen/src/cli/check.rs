//! Checks of what commands are generated from.

use super::about::about;
use super::alias;
use super::arguments::{options, positionals};
use super::group::{Group, groups};
use super::record::Records;
use super::secrets::with_secrets;
use crate::client::method_name;
use crate::diagnostics::{Diagnostics, Position};
use crate::ir::{Api, Operation};
use crate::names;
use crate::prose::Prose;
use crate::schema::check_rust_names;

/// Checks the whole.
pub(crate) fn check(api: &Api, diagnostics: &mut Diagnostics) {
    let secrets = with_secrets(api);
    let groups = groups(api, &secrets);
    check_tags(&groups, diagnostics);
    for group in &groups {
        check_commands(group, diagnostics);
    }
    for operation in &api.operations {
        check_arguments(operation, diagnostics);
    }
    check_columns(api, &Records::new(api, &groups), diagnostics);
}

fn check_tags(groups: &[Group<'_>], diagnostics: &mut Diagnostics) {
    for group in groups {
        let (name, at) = (&group.tag.name, group.tag.at);
        let mut commands = group.operations.iter();
        let is_by_hand = !group.tag.commands.is_empty() || commands.any(|it| !group.is_plain(it));
        let module = group.module();
        let is_name = names::is_identifier(&group.type_name())
            && (!is_by_hand || names::is_identifier(&module));
        if !is_name || module == "help" {
            let what = format!("the tag `{name}` is not valid as the command `{module}`");
            diagnostics.add(at, what, "rename it");
        }
    }
    let names = groups.iter().flat_map(|group| {
        let names = group.alias().into_iter().chain([group.module()]);
        names.map(|it| (it, group.tag.at))
    });
    check_rust_names(names, "commands", "rename one of the tags", diagnostics);
}

/// The commands of one tag.
fn check_commands(group: &Group<'_>, diagnostics: &mut Diagnostics) {
    let fix = "give the operation an `x-rust-name`";
    for operation in &group.operations {
        check_name(&method_name(operation), operation.at, fix, diagnostics);
        check_summary(&operation.summary, operation.at, diagnostics);
    }
    for command in &group.tag.commands {
        check_name(&command.name, command.at, "rename it", diagnostics);
        check_summary(&command.summary, command.at, diagnostics);
    }
    let operations = group.operations.iter();
    let operations = operations.map(|it| (method_name(it), it.at));
    let own = group.tag.commands.iter();
    let own = own.map(|it| (it.name.clone(), it.at));
    let names = operations.chain(own).flat_map(|(name, at)| {
        let alias = alias(&name).map(str::to_owned);
        let names = [name].into_iter().chain(alias);
        names.map(move |it| (it, at))
    });
    let what = format!("commands of the tag `{}`", group.tag.name);
    check_rust_names(names, &what, fix, diagnostics);
}

fn check_name(name: &str, at: Position, fix: &str, diagnostics: &mut Diagnostics) {
    if !names::is_identifier(name) || names::snake(name) != name || name == "help" {
        let what = format!("`{name}` cannot be the name of a command");
        diagnostics.add(at, what, fix);
    }
}

fn check_summary(summary: &Prose, at: Position, diagnostics: &mut Diagnostics) {
    let summary = summary.plain();
    if about(summary).is_none() {
        let what = format!("the summary `{summary}` does not begin with what the operation does");
        let fix = "begin with a verb in the third person, such as `Lists`";
        diagnostics.add(at, what, fix);
    }
}

fn check_arguments(operation: &Operation, diagnostics: &mut Diagnostics) {
    let arguments = positionals(operation).chain(options(operation));
    let names = arguments.map(|(name, parameter)| (name.to_string(), parameter.at));
    check_rust_names(names, "arguments of a command", "remove one", diagnostics);
}

/// A command by hand may print any model, but not by the generated columns.
fn check_columns(api: &Api, records: &Records<'_>, diagnostics: &mut Diagnostics) {
    for schema in api.schemas.iter().filter(|it| it.has_own_columns) {
        if !records.contain(&schema.name) {
            let what = format!(
                "`x-own-columns` on `{}`, which no generated command prints",
                schema.name
            );
            let fix = "remove it; a handwritten command defines its own columns";
            diagnostics.add(schema.at, what, fix);
        }
    }
}
