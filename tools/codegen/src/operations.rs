//! Writes the table of operations.

use proc_macro2::{Literal, TokenStream};
use quote::quote;

use super::field_type::ident;
use super::ir::{Api, Kind, Method, Operation, Paging, PagingStyle, Parameter, Reference};
use super::markdown::Markdown;
use super::names;
use super::reserved::reserved;
use super::rust::{self, Item, doc_of};

/// Returns the text of `operations.rs`.
pub(crate) fn file(api: &Api) -> Result<String, String> {
    let items: Vec<Item> = [imports(api), ids(api), lookup(api)]
        .into_iter()
        .chain(alternatives(api))
        .chain(api.operations.iter().map(|operation| table(api, operation)))
        .map(Item::Plain)
        .collect();
    rust::file(
        &api.files(),
        &Markdown::own("The operations of").and(api.document.title.sentence()),
        &items,
    )
}

fn imports(api: &Api) -> TokenStream {
    let has_paging = api.operations.iter().any(|it| it.paging.is_some());
    let has_query = api.operations.iter().any(|it| it.query().next().is_some());
    let paging = has_paging.then(|| quote!(paging::Paging,));
    let query = has_query.then(|| quote!(query_parameter::{QueryKind, QueryParameter},));
    quote! { use crate::operation::{method::Method, operation::Operation, #paging #query}; }
}

fn ids(api: &Api) -> TokenStream {
    let text = Markdown::own("An operation of").and(api.document.title.sentence());
    let docs = doc_of(&text.and(Markdown::own(
        "A server matches on it exhaustively, so a new operation is a compile error there.",
    )));
    let variants = api.operations.iter().map(|operation| {
        let docs = doc_of(&operation.summary.sentence());
        let variant = ident(&names::pascal(&operation.id));
        quote!(#docs #variant,)
    });
    quote! {
        #docs
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum OperationId { #(#variants)* }
    }
}

fn lookup(api: &Api) -> TokenStream {
    let variants = api
        .operations
        .iter()
        .map(|it| ident(&names::pascal(&it.id)));
    let arms = api.operations.iter().map(|it| {
        let (variant, table) = (
            ident(&names::pascal(&it.id)),
            ident(&names::screaming(&it.id)),
        );
        quote!(Self::#variant => &#table,)
    });
    quote! {
        impl OperationId {
            /// All operations, in the order of the description.
            pub const ALL: &'static [Self] = &[#(Self::#variants),*];

            /// Returns the table entry of the operation.
            #[must_use]
            pub fn operation(self) -> &'static Operation {
                match self { #(#arms)* }
            }
        }
    }
}

/// Returns the function that leads from an operation to the one that can stand in for it; `None` without a further description.
fn alternatives(api: &Api) -> Option<TokenStream> {
    api.further.first()?;
    let arms = api.own_operations().filter_map(|it| {
        let variant = |it: &Operation| ident(&names::pascal(&it.id));
        let (own, alternative) = (variant(it), variant(api.alternative(it)?));
        Some(quote!(Self::#own => Some(Self::#alternative),))
    });
    Some(quote! {
        impl OperationId {
            /// Returns the operation of the vendor's other API that stands in for this one: it takes and returns the same.
            #[must_use]
            pub fn alternative(self) -> Option<Self> {
                match self { #(#arms)* _ => None }
            }
        }
    })
}

fn table(api: &Api, operation: &Operation) -> TokenStream {
    let text = operation.summary.sentence();
    let text = text.paragraph(Markdown::code(&operation.call()));
    let text = text.paragraph(operation.description.sentence());
    let (docs, name) = (doc_of(&text), ident(&names::screaming(&operation.id)));
    let (vendor, tag) = (&api.vendor, &operation.tag);
    let full_name = format!("{vendor} {}", operation.id);
    let Operation {
        id,
        summary,
        path,
        permissions,
        source,
        ..
    } = operation;
    let (summary, source) = (summary.plain(), source.plain());
    let method = method(operation.method);
    let reserved = reserved(api, operation);
    let reserved = reserved.iter().map(|(parameter, values)| {
        let (name, values) = (&parameter.name, values.iter());
        quote!((#name, &[#(#values),*]))
    });
    let query = operation.query().map(query_parameter);
    let (request, response) = (schema(&operation.request), schema(&operation.response));
    let success = Literal::u16_unsuffixed(operation.success);
    let (idempotent, authenticated) = (operation.idempotent, operation.authenticated);
    let safe = operation.is_safe();
    let deprecated = operation.deprecated.as_ref().map(|text| text.plain());
    let deprecated = option(deprecated.map(|text| quote!(#text)));
    let paging = option(operation.paging.as_ref().map(paging));
    let alternative_to = option(operation.alternative_to.as_ref().map(|(id, _)| quote!(#id)));
    quote! {
        #docs
        pub static #name: Operation = Operation {
            vendor: #vendor,
            id: #id,
            name: #full_name,
            tag: #tag,
            summary: #summary,
            method: #method,
            path: #path,
            reserved: &[#(#reserved),*],
            query: &[#(#query),*],
            request: #request,
            response: #response,
            success: #success,
            idempotent: #idempotent,
            safe: #safe,
            authenticated: #authenticated,
            deprecated: #deprecated,
            paging: #paging,
            permissions: &[#(#permissions),*],
            alternative_to: #alternative_to,
            source: #source,
        };
    }
}

fn method(method: Method) -> TokenStream {
    match method {
        Method::Get => quote!(Method::Get),
        Method::Post => quote!(Method::Post),
        Method::Put => quote!(Method::Put),
        Method::Delete => quote!(Method::Delete),
    }
}

fn query_parameter(parameter: &Parameter) -> TokenStream {
    let Parameter {
        name,
        description,
        limits,
        ..
    } = parameter;
    let description = description.plain();
    let limit = |limit: Option<i64>| {
        option(limit.map(|it| {
            let it = Literal::i64_unsuffixed(it);
            quote!(#it)
        }))
    };
    let kind = match parameter.kind {
        Kind::Integer(_) => {
            let (minimum, maximum) = (limit(limits.minimum), limit(limits.maximum));
            quote!(QueryKind::Integer { minimum: #minimum, maximum: #maximum })
        }
        Kind::Boolean => quote!(QueryKind::Boolean),
        _ => quote!(QueryKind::Text),
    };
    quote!(QueryParameter { name: #name, kind: #kind, description: #description })
}

fn paging(paging: &Paging) -> TokenStream {
    let Paging {
        page_size,
        page_token,
        ..
    } = paging;
    let (style, next) = match paging.style {
        PagingStyle::Link => (quote!(Link), None),
        PagingStyle::Cursor => {
            let next = paging.next_member();
            (quote!(Cursor), Some(quote!(, next: #next)))
        }
    };
    quote!(Paging::#style { page_size: #page_size, page_token: #page_token #next })
}

fn schema(reference: &Option<Reference>) -> TokenStream {
    option(reference.as_ref().map(|reference| {
        let name = &reference.name;
        quote!(#name)
    }))
}

fn option(value: Option<TokenStream>) -> TokenStream {
    match value {
        Some(value) => quote!(Some(#value)),
        None => quote!(None),
    }
}
