//! Where the methods of a client send their calls: to the operation itself, or to one that stands in for it.

use proc_macro2::{Ident, TokenStream};
use quote::quote;

use super::field_type::{ident, model};
use super::ir::{Api, Document, Operation};
use super::names;

/// Where a method sends its calls.
pub(crate) struct Target {
    pub(crate) choice: Option<TokenStream>,
    pub(crate) channel: TokenStream,
    pub(crate) operation: TokenStream,
}

/// Returns whether operations go to one of several APIs, which the client chooses.
pub(crate) fn has_routes(api: &Api) -> bool {
    !api.further.is_empty()
}

/// Returns the field that calls are made with, and its type.
pub(crate) fn owner(api: &Api) -> (Ident, TokenStream) {
    match has_routes(api) {
        true => (ident("client"), quote!(Client)),
        false => (ident("channel"), quote!(Channel)),
    }
}

/// Returns the channel and the table entry of an operation, after the statement that chooses them if there is a choice.
pub(crate) fn target(api: &Api, operation: &Operation) -> Target {
    let id = operation_id(operation);
    if api.alternative(operation).is_some() {
        return Target {
            choice: Some(quote! {
                let (channel, operation) = self.client.route(models::OperationId::#id);
            }),
            channel: quote!(channel),
            operation: quote!(operation),
        };
    }
    Target {
        choice: None,
        channel: channel(api),
        operation: quote!(models::OperationId::#id.operation()),
    }
}

/// Returns the channel of the client's first API.
pub(crate) fn channel(api: &Api) -> TokenStream {
    match has_routes(api) {
        true => quote!(self.client.channel()),
        false => quote!(&self.channel),
    }
}

/// Returns the body that is sent in place of an operation's own to the one that stands in for it, if it differs.
pub(crate) fn other_body(api: &Api, operation: &Operation) -> Option<TokenStream> {
    let own = operation.request.as_ref()?;
    let other = api.alternative(operation)?.request.as_ref()?;
    (own.name != other.name).then(|| model(other))
}

/// Returns the operation that stands in for another one, and what its description says of itself.
pub(crate) fn alternative<'a>(
    api: &'a Api,
    operation: &Operation,
) -> Option<(&'a Operation, &'a Document)> {
    let alternative = api.alternative(operation)?;
    let mut documents = api.further.iter();
    let document = documents.find(|it| it.index == alternative.at.file)?;
    Some((alternative, document))
}

fn operation_id(operation: &Operation) -> Ident {
    ident(&names::pascal(&operation.id))
}
