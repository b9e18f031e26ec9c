//! The names of a command's arguments.

use proc_macro2::Ident;
use quote::format_ident;

use crate::client::{argument_name, path_arguments};
use crate::client_query::{own_query, rust_name};
use crate::field_type::ident;
use crate::ir::{Operation, Parameter};

/// What every command has beside the parameters of its operation: its own variables, the options of every command and of lists.
const RESERVED: [&str; 40] = [
    "all_profiles",
    "allow_http",
    "api",
    "ca_file",
    "client",
    "color",
    "columns",
    "concurrency",
    "confirmation",
    "deleted",
    "dry_run",
    "emulator",
    "help",
    "jq",
    "limit",
    "list",
    "log_json",
    "max_response",
    "name_glob",
    "no_headers",
    "operations",
    "output",
    "page_size",
    "page_token",
    "paging",
    "pin_sha256",
    "profile",
    "profiles",
    "proxy",
    "proxy_from_environment",
    "query",
    "request",
    "retries",
    "selector",
    "sort_by",
    "timeout",
    "verbose",
    "version",
    "wanted_labels",
    "yes",
];

/// Iterates over the parameters of the path, with the name of the argument of each.
pub(super) fn positionals(operation: &Operation) -> impl Iterator<Item = (Ident, &Parameter)> {
    path_arguments(operation).map(|parameter| {
        let name = argument_name(operation, parameter);
        let is_reserved = RESERVED.iter().any(|it| name == it);
        match is_reserved {
            true => (format_ident!("parameter_{name}"), parameter),
            false => (name, parameter),
        }
    })
}

/// Iterates over the query parameters, with the name of the option of each.
pub(super) fn options(operation: &Operation) -> impl Iterator<Item = (Ident, &Parameter)> {
    own_query(operation).map(|parameter| {
        let name = ident(&rust_name(parameter));
        let is_reserved = RESERVED.iter().any(|it| name == it);
        match is_reserved || positionals(operation).any(|(it, _)| it == name) {
            true => (format_ident!("query_{name}"), parameter),
            false => (name, parameter),
        }
    })
}

#[cfg(test)]
mod tests {
    use std::{fs, path::Path};

    use syn::{Fields, Item};

    use super::RESERVED;

    /// Returns the names of the fields that are options in the files of the command line.
    fn options() -> Vec<String> {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../crates/cli/src/options");
        let mut options = Vec::new();
        for file in fs::read_dir(folder).expect("a folder") {
            let file = file.expect("a file").path();
            let text = fs::read_to_string(&file).expect("a text");
            for item in syn::parse_file(&text).expect("Rust").items {
                let Item::Struct(item) = item else { continue };
                let Fields::Named(fields) = item.fields else {
                    continue;
                };
                let fields = fields.named.into_iter().filter(|field| {
                    let mut attributes = field.attrs.iter();
                    attributes.any(|it| {
                        let has_long = |list: &syn::MetaList| {
                            let mut tokens = list.tokens.clone().into_iter();
                            tokens.any(|token| token.to_string() == "long")
                        };
                        it.path().is_ident("arg") && it.meta.require_list().is_ok_and(has_long)
                    })
                });
                options.extend(fields.filter_map(|it| Some(it.ident?.to_string())));
            }
        }
        options
    }

    #[test]
    fn no_parameter_hides_an_option_of_every_command_or_list() {
        let options = options();
        assert!(options.len() > 10, "{options:?}");
        for option in options {
            assert!(RESERVED.contains(&&*option), "{option}");
        }
    }
}
