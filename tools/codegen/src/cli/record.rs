//! Writes the table columns of the models that plain commands print.

use std::collections::BTreeMap;

use proc_macro2::TokenStream;
use quote::quote;

use super::group::Group;
use crate::field_type::ident;
use crate::ir::{Api, Field, Kind, Presence, Schema, Shape};
use crate::names;

/// The models that plain commands print, each once.
pub(super) struct Records<'a> {
    api: &'a Api,
    models: BTreeMap<&'a str, &'a Schema>,
}

impl<'a> Records<'a> {
    pub(super) fn new(api: &'a Api, groups: &[Group<'a>]) -> Self {
        let printed = groups.iter().flat_map(|group| {
            let operations = group.operations.iter().filter(|it| group.is_plain(it));
            operations.filter_map(|it| group.record(it))
        });
        let models = printed.map(|it| (it.name.as_str(), it)).collect();
        Self { api, models }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.models.is_empty()
    }

    pub(super) fn contain(&self, name: &str) -> bool {
        self.models.contains_key(name)
    }

    /// Whether a table has a column.
    pub(super) fn have_columns(&self) -> bool {
        let mut models = self.models.values();
        models.any(|it| it.has_own_columns || !listed(self.api, it).is_empty())
    }

    /// Returns the implementation of `Record` of each model.
    pub(super) fn items(&self) -> impl Iterator<Item = TokenStream> {
        self.models.values().map(|it| record(self.api, it))
    }
}

fn record(api: &Api, model: &Schema) -> TokenStream {
    let name = ident(&model.name);
    let columns = columns(api, model);
    let secrets = model.fields().iter();
    let secrets = secrets.filter(|it| matches!(it.kind, Kind::Secret));
    let secrets: Vec<_> = secrets.map(|it| ident(&it.rust)).collect();
    let redact = (!secrets.is_empty()).then(|| {
        quote! {
            fn redact(&mut self) -> Vec<gatelet_models::Secret> {
                let secrets = [#(crate::output::record::redact(&mut self.#secrets)),*];
                secrets.into_iter().flatten().collect()
            }
        }
    });
    quote! {
        impl Record for models::#name {
            const COLUMNS: &'static [Column<Self>] = #columns;
            #redact
        }
    }
}

fn columns(api: &Api, model: &Schema) -> TokenStream {
    if model.has_own_columns {
        let constant = ident(&names::screaming(&model.name));
        return quote!(columns::#constant);
    }
    let columns = listed(api, model);
    quote!(&[#(#columns),*])
}

/// Returns a column for each member that fits into a cell.
fn listed(api: &Api, model: &Schema) -> Vec<TokenStream> {
    match &model.shape {
        Shape::Object(fields) => {
            let columns = fields.iter().filter_map(|it| column(api, model, it));
            columns.collect()
        }
        Shape::Id | Shape::Enum(_) => {
            let header = header(&model.name);
            vec![quote!(Column::text(#header, |it| columns::text(Some(it))))]
        }
    }
}

fn header(name: &str) -> String {
    names::screaming(name).replace('_', " ")
}

/// Returns the column of a field; `None` if it does not fit into a cell.
fn column(api: &Api, model: &Schema, field: &Field) -> Option<TokenStream> {
    let kind = match &field.kind {
        Kind::Text | Kind::Boolean | Kind::Integer(_) | Kind::Map => "text",
        Kind::Timestamp(_) => "time",
        Kind::Named(reference) => match api.schema(&reference.name)?.shape {
            Shape::Id => "text",
            Shape::Enum(_) => "state",
            Shape::Object(_) => return None,
        },
        Kind::Secret | Kind::List(_) | Kind::FreeMap => return None,
    };
    let name = ident(&field.rust);
    let is_always_there = match model.presence(field) {
        Presence::Required | Presence::Defaulted => true,
        Presence::Optional | Presence::Count | Presence::OptionalCount => false,
        Presence::Lenient | Presence::Patch => return None,
    };
    let reference = match is_always_there {
        true => quote!(Some(&it.#name)),
        false => quote!(it.#name.as_ref()),
    };
    let value = match (&field.kind, is_always_there) {
        (Kind::Timestamp(_), true) => quote!(Some(it.#name)),
        (Kind::Timestamp(_), false) => quote!(it.#name),
        (Kind::Map, _) => quote!(columns::labels(#reference)),
        _ => quote!(columns::text(#reference)),
    };
    let (header, kind) = (header(&field.name), ident(kind));
    Some(quote!(Column::#kind(#header, |it| #value)))
}
