//! The examples in the help of the commands, made of the examples of the schemas.

use proc_macro2::TokenStream;
use quote::quote;

use super::group::Group;
use crate::client::path_arguments;
use crate::ir::{Api, Field, Operation, Parameter, Schema};
use crate::yaml::{Node, Value};

/// Returns the list of the command lines, one for each command that is generated as a whole.
pub(super) fn list(api: &Api, groups: &[Group<'_>]) -> TokenStream {
    let lines = groups.iter().flat_map(|group| {
        let plain = group.operations.iter().filter(|it| group.is_plain(it));
        plain.map(|operation| line(api, group, operation))
    });
    quote! {
        /// A command line for each command that is generated as a whole.
        pub(crate) const EXAMPLES: &[&str] = &[#(#lines),*];
    }
}

fn line(api: &Api, group: &Group<'_>, operation: &Operation) -> String {
    let ids = path_arguments(operation).map(|parameter| {
        let id = example(api, parameter);
        quoted(&id.unwrap_or_else(|| parameter.name.to_uppercase()))
    });
    let command = group.words(operation);
    ids.fold(command, |line, id| format!("{line} {id}"))
}

/// Returns the value that the examples have for a parameter: that of its type, or else the name of what an operation with it returns.
fn example(api: &Api, parameter: &Parameter) -> Option<String> {
    let Some(reference) = parameter.kind.reference() else {
        let has_it = |it: &&Operation| path_arguments(it).any(|own| own.name == parameter.name);
        let responses = api.operations.iter().filter(has_it).filter_map(|it| {
            let response = it.response.as_ref()?;
            api.schema(&response.name)
        });
        let mut names = responses.filter_map(|it| first(it, |field| field.name == "name"));
        return names.next();
    };
    let is_own = |field: &Field| {
        let named = field.kind.named();
        named.is_some_and(|it| it.name == reference.name)
    };
    api.schemas.iter().find_map(|schema| first(schema, is_own))
}

/// Returns the text that the first example of a schema has for the first such field.
fn first(schema: &Schema, is_wanted: impl Fn(&Field) -> bool) -> Option<String> {
    let field = schema.fields().iter().find(|field| is_wanted(field))?;
    let Node {
        value: Value::Object(entries),
        ..
    } = schema.examples.first()?
    else {
        return None;
    };
    let entry = entries.iter().find(|entry| entry.key == field.name)?;
    match &entry.value.value {
        Value::Text(text) => Some(text.clone()),
        Value::Integer(number) => Some(number.to_string()),
        _ => None,
    }
}

/// Quotes a text that a shell would not take for one word.
fn quoted(text: &str) -> String {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "_-.@/+:%=".contains(c);
    match !text.is_empty() && text.chars().all(is_plain) {
        true => text.to_owned(),
        false => format!("'{}'", text.replace('\'', r"'\''")),
    }
}
