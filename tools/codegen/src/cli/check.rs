//! Checks of what commands are generated from.

use std::collections::BTreeMap;

use super::about::about;
use super::alias;
use super::arguments::{options, positionals};
use super::group::{Group, below, groups};
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
    check_nouns(api, &groups, diagnostics);
    for group in &groups {
        check_commands(group, &groups, diagnostics);
    }
    check_modules(&groups, diagnostics);
    for operation in &api.operations {
        check_arguments(operation, diagnostics);
        check_secret_by(operation, &groups, diagnostics);
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
    let names = noun_names(below(groups, &[]));
    check_rust_names(names, "commands", "rename one of the tags", diagnostics);
}

/// Returns the last words of nouns, and their other names.
fn noun_names<'g, 'a: 'g>(
    groups: impl Iterator<Item = &'g Group<'a>>,
) -> impl Iterator<Item = (String, Position)> {
    groups.flat_map(|group| {
        let names = group.aliases().chain([group.name().to_owned()]);
        names.map(|it| (it, group.tag.at))
    })
}

/// Each noun is that of commands, and below the noun of others.
fn check_nouns(api: &Api, groups: &[Group<'_>], diagnostics: &mut Diagnostics) {
    for tag in &api.document.tags {
        let Some(noun) = &tag.noun else { continue };
        let Some(group) = groups.iter().find(|it| it.tag.name == tag.name) else {
            let what = format!("`x-noun` on the tag `{}`, which has no command", tag.name);
            diagnostics.add(noun.at, what, "remove it");
            continue;
        };
        let parent = group.parent();
        if !parent.is_empty() && groups.iter().all(|it| it.noun != parent) {
            let words = noun.words.join(" ");
            let parent = parent.join(" ").replace('_', "-");
            let what = format!(
                "`{words}` is below `{parent}`, which is not the noun of a tag with commands"
            );
            let fix = "correct the words before the last, or give a tag these words as its noun";
            diagnostics.add(noun.at, what, fix);
        }
    }
}

/// The words of different nouns differ also when they are joined, as they are in the names of modules and types.
fn check_modules(groups: &[Group<'_>], diagnostics: &mut Diagnostics) {
    // Two nouns with the same words are reported already.
    if diagnostics.is_empty() {
        let modules = groups.iter().map(|it| (it.module(), it.tag.at));
        let fix = "give one of the tags another `x-noun`";
        check_rust_names(modules, "nouns of commands", fix, diagnostics);
    }
}

/// The commands of one tag.
fn check_commands(group: &Group<'_>, groups: &[Group<'_>], diagnostics: &mut Diagnostics) {
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
    let verbs = operations.chain(own).flat_map(|(name, at)| {
        let alias = alias(&name).map(str::to_owned);
        let names = [name].into_iter().chain(alias);
        names.map(move |it| (it, at))
    });
    let verbs: Vec<_> = verbs.collect();
    let what = format!("commands of the tag `{}`", group.tag.name);
    check_rust_names(verbs.iter().cloned(), &what, fix, diagnostics);
    let verbs: BTreeMap<_, _> = verbs.into_iter().collect();
    let nested = noun_names(below(groups, &group.noun));
    let fix = "give the nested tag another `x-noun`";
    check_rust_names(verbs.into_iter().chain(nested), &what, fix, diagnostics);
}

/// The command that returns the secret of an operation's response alone.
fn check_secret_by(operation: &Operation, groups: &[Group<'_>], diagnostics: &mut Diagnostics) {
    let Some((name, at)) = &operation.secret_by else {
        return;
    };
    let tags = groups.iter().map(|group| group.tag);
    let mut commands = tags
        .filter(|tag| tag.name == operation.tag)
        .flat_map(|tag| &tag.commands);
    if !commands.any(|it| it.name == *name) {
        let what = format!("the tag `{}` has no command `{name}`", operation.tag);
        diagnostics.add(*at, what, "add it to the `x-commands` of the tag");
    }
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
