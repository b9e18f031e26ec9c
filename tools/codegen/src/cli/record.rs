//! Writes the table columns of the models that plain commands print.

use std::collections::{BTreeMap, BTreeSet};

use proc_macro2::TokenStream;
use quote::quote;

use super::Group;
use crate::client::is_list;
use crate::field_type::ident;
use crate::ir::{Api, Field, Kind, Operation, Presence, Schema, Shape};
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

impl<'a> Group<'a> {
    /// Returns the model that a command prints, unless a secret in it needs a handwritten decision.
    pub(super) fn record(&self, operation: &Operation) -> Option<&'a Schema> {
        let name = match (is_list(operation), self.rows(operation)) {
            (true, _) => &self.resource.element(operation)?.named()?.name,
            (false, Some(rows)) => &rows.kind.reference()?.name,
            (false, None) => &operation.response.as_ref()?.name,
        };
        let model = self.api.schema(name)?;
        let is_redactable = |field: &Field| match &field.kind {
            Kind::Secret => model.presence(field) == Presence::Optional,
            kind => kind
                .reference()
                .is_none_or(|it| !self.secrets.contains(it.name.as_str())),
        };
        let is_printable = model.shown_once().is_none() && model.fields().iter().all(is_redactable);
        is_printable.then_some(model)
    }
}

impl Group<'_> {
    /// Returns the list in the response of a command that prints one, although it has no pages: beside it are nothing but ids.
    pub(super) fn rows(&self, operation: &Operation) -> Option<&Field> {
        let response = operation.response.as_ref().filter(|_| !is_list(operation));
        let fields = self.api.schema(&response?.name)?.fields().iter();
        let is_id = |field: &&Field| {
            let reference = field.kind.named();
            let schema = reference.and_then(|it| self.api.schema(&it.name));
            schema.is_some_and(|it| matches!(it.shape, Shape::Id))
        };
        let mut others = fields.filter(|field| !is_id(field));
        let list = others.next().filter(|_| others.next().is_none())?;
        match &list.kind {
            Kind::List(element) => element.named().map(|_| list),
            _ => None,
        }
    }
}

/// Returns the models with a secret, also in a part of them.
pub(super) fn with_secrets(api: &Api) -> BTreeSet<&str> {
    let mut users: BTreeMap<&str, Vec<&Schema>> = BTreeMap::new();
    for schema in &api.schemas {
        for reference in schema.references() {
            users.entry(&reference.name).or_default().push(schema);
        }
    }
    let has_own = |schema: &&Schema| schema.fields().iter().any(|it| is_secret(&it.kind));
    let mut queue: Vec<&Schema> = api.schemas.iter().filter(has_own).collect();
    let mut found = BTreeSet::new();
    while let Some(schema) = queue.pop() {
        if found.insert(schema.name.as_str()) {
            queue.extend(users.get(schema.name.as_str()).into_iter().flatten());
        }
    }
    found
}

fn is_secret(kind: &Kind) -> bool {
    match kind {
        Kind::Secret => true,
        Kind::List(element) => is_secret(element),
        _ => false,
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
            fn redact(&mut self) {
                #(self.#secrets = None;)*
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
            vec![quote!(Column { header: #header, value: |it| columns::text(Some(it)) })]
        }
    }
}

fn header(name: &str) -> String {
    names::screaming(name).replace('_', " ")
}

/// Returns the column of a field; `None` if it does not fit into a cell.
fn column(api: &Api, model: &Schema, field: &Field) -> Option<TokenStream> {
    let function = match &field.kind {
        Kind::Text | Kind::Boolean | Kind::Integer(_) => "text",
        Kind::Timestamp(_) => "time",
        Kind::Map => "labels",
        Kind::Named(reference) => match api.schema(&reference.name)?.shape {
            Shape::Id | Shape::Enum(_) => "text",
            Shape::Object(_) => return None,
        },
        Kind::Secret | Kind::List(_) => return None,
    };
    let (function, name) = (ident(function), ident(&field.rust));
    let value = match model.presence(field) {
        Presence::Required | Presence::Defaulted => quote!(Some(&it.#name)),
        Presence::Optional | Presence::Count | Presence::OptionalCount => quote!(it.#name.as_ref()),
        Presence::Lenient | Presence::Patch => return None,
    };
    let header = header(&field.name);
    Some(quote!(Column { header: #header, value: |it| columns::#function(#value) }))
}
