//! Parameters in a client: their names, and the types of queries.

use proc_macro2::{Ident, TokenStream};
use quote::{format_ident, quote};

use super::field_type::{ident, qualified_type};
use super::ir::{Integer, Kind, Method, Operation, Paging, Parameter};
use super::markdown::Markdown;
use super::names;
use super::rust::{doc, doc_of};

/// Returns the type of the query parameters of an operation.
pub(crate) fn query_type(operation: &Operation) -> [TokenStream; 3] {
    let name = query_name(operation);
    let docs = doc(&format!("The query parameters of `{}`.", operation.id));
    let fields = own_query(operation).map(|parameter| {
        let (field, kind) = (ident(&rust_name(parameter)), query_value(parameter));
        match parameter.kind {
            Kind::List(_) => quote!(pub(crate) #field: Vec<#kind>,),
            _ => quote!(pub(crate) #field: Option<#kind>,),
        }
    });
    let setters = own_query(operation).map(|parameter| {
        let (field, kind) = (ident(&rust_name(parameter)), query_value(parameter));
        let mut text = parameter.description.sentence();
        let (argument, value) = match parameter.kind {
            Kind::Boolean | Kind::Integer(_) => (quote!(#kind), quote!(value)),
            _ => (quote!(impl Into<#kind>), quote!(value.into())),
        };
        let set = match parameter.kind {
            Kind::List(_) => {
                text = text.and(Markdown::own("Each call adds a value."));
                quote!(self.#field.push(#value);)
            }
            _ => quote!(self.#field = Some(#value);),
        };
        let docs = doc_of(&text);
        quote! {
            #docs
            pub fn #field(mut self, value: #argument) -> Self {
                #set
                self
            }
        }
    });
    let writes = own_query(operation).map(|parameter| {
        let (name, field) = (&parameter.name, ident(&rust_name(parameter)));
        match parameter.kind {
            Kind::Boolean | Kind::Integer(_) => quote!(query.set(#name, self.#field);),
            Kind::Named(_) => {
                let kind = query_value(parameter);
                quote!(query.set(#name, self.#field.as_ref().map(#kind::as_str));)
            }
            Kind::List(_) => {
                quote!(for value in &self.#field { query.set(#name, Some(value.as_str())); })
            }
            _ => quote!(query.set(#name, self.#field.as_deref());),
        }
    });
    [
        quote! {
            #docs
            #[derive(Clone, Debug, Default)]
            #[must_use]
            pub struct #name { #(#fields)* }
        },
        quote!(impl #name { #(#setters)* }),
        quote! {
            impl ListQuery for #name {
                fn write_to(&self, query: &mut Query) { #(#writes)* }
            }
        },
    ]
}

/// Returns the type of one value of a parameter.
pub(crate) fn query_value(parameter: &Parameter) -> TokenStream {
    match &one_value(parameter) {
        // The widest type that a query takes.
        Kind::Integer(Integer::Count64 | Integer::Uint64) => quote!(i64),
        kind @ (Kind::Boolean | Kind::Integer(_) | Kind::Named(_)) => qualified_type(kind),
        _ => quote!(String),
    }
}

/// Returns the kind of one value of a parameter, which is repeated if there are several.
pub(crate) fn one_value(parameter: &Parameter) -> &Kind {
    match &parameter.kind {
        Kind::List(element) => element,
        kind => kind,
    }
}

/// Returns whether an operation has a query type.
pub(crate) fn has_query_type(operation: &Operation) -> bool {
    operation.by_hand.method.is_none() && own_query(operation).next().is_some()
}

pub(crate) fn query_name(operation: &Operation) -> Ident {
    format_ident!("{}Query", names::pascal(&operation.id))
}

/// Returns the query parameters that are not part of paging.
pub(crate) fn own_query(operation: &Operation) -> impl Iterator<Item = &Parameter> {
    let paging = list_paging(operation);
    operation.query().filter(move |parameter| {
        paging.is_none_or(|paging| {
            let name = parameter.name.as_str();
            name != paging.page_size
                && name != paging.page_token
                && Some(name) != paging.backwards.as_deref()
        })
    })
}

/// Returns the Rust name of a parameter: that of the description, or one made of its own name, which may be any text.
pub(crate) fn rust_name(parameter: &Parameter) -> String {
    if let Some(name) = &parameter.rust_name {
        return name.clone();
    }
    let name = names::snake(&parameter.name);
    match names::is_identifier(&name) {
        true => name,
        false => format!("parameter_{name}"),
    }
}

/// Returns the paging of a list request; `None` for a paged operation with a body, which is an ordinary call.
pub(crate) fn list_paging(operation: &Operation) -> Option<&Paging> {
    let has_no_body = operation.method == Method::Get && operation.request.is_none();
    operation.paging.as_ref().filter(|_| has_no_body)
}
