//! Writes the emulator's traits: one method for each operation, with the types of its description.

use proc_macro2::{Ident, Literal, TokenStream};
use quote::quote;

use super::client::path;
use super::client_query::rust_name;
use super::field_type::{ident, model, qualified_type};
use super::ir::{Api, Kind, Operation, PagingStyle, Schema};
use super::markdown::Markdown;
use super::names;
use super::rust::{self, Item, doc_of};

/// Returns the text of the emulator's file for a vendor.
pub(crate) fn file(api: &Api) -> Result<String, String> {
    let mut items = vec![imports(api), operations(api), dispatch(api)];
    items.extend(pages(api).map(|page| page.implementation()));
    let items: Vec<Item> = items.into_iter().map(Item::Plain).collect();
    let about = Markdown::own("The handlers of").and(api.document.title.sentence());
    rust::file(&api.files(), &about, &items)
}

fn imports(api: &Api) -> TokenStream {
    let vendor = ident(&api.vendor);
    let any = |test: fn(&Operation) -> bool| api.operations.iter().any(test);
    let linked = any(is_linked).then(|| {
        quote!(
            use crate::api::response::LinkedPage;
        )
    });
    let encoded = any(|it| it.response.is_some()).then(|| quote!(Encoded,));
    let list = pages(api).next().map(|_| quote!(List,));
    let store = (encoded.is_some() || list.is_some())
        .then(|| quote!(use crate::store::encoded::{#encoded #list};));
    quote! {
        use bytes::Bytes;
        use gatelet_models::#vendor as models;
        use http::Response;
        use crate::api::#vendor::error_response::ErrorResponse;
        use crate::api::#vendor::response::success;
        #linked
        use crate::api::server_call::ServerCall;
        #store
    }
}

fn operations(api: &Api) -> TokenStream {
    let text = Markdown::own("The operations of").and(api.document.title.sentence());
    let docs = doc_of(&text.paragraph(Markdown::own(
        "Each method returns the response of its description, so an operation without a handler does not compile.",
    )));
    let methods = api.operations.iter().map(|operation| {
        let docs = doc_of(&operation.summary.sentence());
        let (method, result) = (method(operation), result(operation));
        let path = path_arguments(operation).map(|(_, name)| quote!(#name: &str));
        let body = operation.request.as_ref().map(|body| {
            let body = model(body);
            quote!(body: #body)
        });
        let arguments = path.chain(body);
        quote! {
            #docs
            fn #method(&self #(, #arguments)*) -> Result<#result, ErrorResponse>;
        }
    });
    quote! {
        #docs
        pub(crate) trait Operations { #(#methods)* }
    }
}

fn dispatch(api: &Api) -> TokenStream {
    let docs = doc_of(&Markdown::own(
        "Calls the method of an operation and encodes its result with the status of the description.",
    ));
    let arms = api.operations.iter().map(|operation| {
        let (id, method) = (ident(&names::pascal(&operation.id)), method(operation));
        let path = path_arguments(operation).map(|(index, _)| quote!(call.value(#index)));
        let body = operation.request.as_ref().map(|_| quote!(call.json()?));
        let arguments = path.chain(body);
        quote!(models::OperationId::#id => success(call, operations.#method(#(#arguments),*)?),)
    });
    quote! {
        #docs
        pub(crate) fn dispatch(
            id: models::OperationId,
            operations: &impl Operations,
            call: &ServerCall<'_>,
        ) -> Result<Response<Bytes>, ErrorResponse> {
            let response = match id { #(#arms)* };
            Ok(response)
        }
    }
}

/// A page of a list: its schema, and the member with the items.
struct Page<'a> {
    schema: &'a Schema,
    member: &'a str,
    element: &'a Kind,
}

impl Page<'_> {
    fn implementation(&self) -> TokenStream {
        let (page, member) = (ident(&self.schema.name), self.member);
        let element = qualified_type(self.element);
        quote! {
            impl List for models::#page {
                type Item = #element;
                const MEMBER: &'static str = #member;
            }
        }
    }
}

/// Iterates over the pages of the lists, each once.
fn pages(api: &Api) -> impl Iterator<Item = Page<'_>> {
    let is_page = |schema: &&Schema| {
        let mut paged = api.operations.iter().filter(|it| it.paging.is_some());
        paged.any(|it| {
            it.response
                .as_ref()
                .is_some_and(|it| it.name == schema.name)
        })
    };
    api.schemas.iter().filter(is_page).filter_map(|schema| {
        let mut fields = schema.fields().iter();
        fields.find_map(|field| match &field.kind {
            Kind::List(element) => Some(Page {
                schema,
                member: &field.name,
                element,
            }),
            _ => None,
        })
    })
}

fn method(operation: &Operation) -> Ident {
    ident(&names::snake(&operation.id))
}

fn result(operation: &Operation) -> TokenStream {
    let Some(response) = &operation.response else {
        return quote!(());
    };
    let response = model(response);
    match is_linked(operation) {
        true => quote!(LinkedPage<#response>),
        false => quote!(Encoded<#response>),
    }
}

/// Returns whether the next page is in a `Link` header.
fn is_linked(operation: &Operation) -> bool {
    let paging = operation.paging.as_ref();
    paging.is_some_and(|paging| paging.style == PagingStyle::Link)
}

/// Returns the path parameters without the account, with their index in the path.
fn path_arguments(operation: &Operation) -> impl Iterator<Item = (Literal, Ident)> {
    let parameters = path(operation).enumerate();
    let arguments = parameters.filter(|(_, parameter)| !parameter.is_account);
    arguments.map(|(index, parameter)| {
        let name = match rust_name(parameter).as_str() {
            "body" => ident("parameter_body"),
            name => ident(name),
        };
        (Literal::usize_unsuffixed(index), name)
    })
}
