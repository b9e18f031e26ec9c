//! Writes the results of a client's methods: their types, and how a response is decoded.

use proc_macro2::TokenStream;
use quote::quote;

use super::client_query::list_paging;
use super::field_type::{ident, model};
use super::ir::{Api, Method, Operation, Presence, Schema};
use super::markdown::Markdown;
use super::names;

/// Returns the type of an operation's result, and the function that decodes it.
pub(crate) fn result(api: &Api, operation: &Operation) -> (TokenStream, TokenStream) {
    let function = ident(&names::snake(&operation.id));
    match &operation.response {
        _ if is_delete(operation) => (quote!(Deleted), quote!(|response| Ok(response.into()))),
        // The response of a check is its result.
        None if operation.is_safe() => (quote!(()), quote!(ApiResponse::no_content)),
        None => (quote!(()), quote!(|_| Ok(()))),
        Some(response) => {
            let schema = api.schema(&response.name);
            let response = model(response);
            let identity = schema.and_then(|it| identity(operation, it));
            match operation.by_hand.decode {
                Some(_) => (quote!(#response), quote!(decode::#function)),
                None => (
                    quote!(#response),
                    identity.unwrap_or_else(|| quote!(ApiResponse::json)),
                ),
            }
        }
    }
}

/// Returns whether a method of `ApiResponse` decodes the response.
pub(crate) fn decodes_by_name(operation: &Operation) -> bool {
    match operation.response {
        Some(_) => {
            let has_function = operation.by_hand.decode.is_some() || operation.identity.is_some();
            list_paging(operation).is_none() && !has_function
        }
        None => operation.is_safe(),
    }
}

/// Returns the function that decodes a response and compares its id with the one that was asked for.
fn identity(operation: &Operation, schema: &Schema) -> Option<TokenStream> {
    let (member, _) = operation.identity.as_ref()?;
    let field = schema.fields().iter().find(|it| it.name == *member)?;
    let (name, id) = (ident(&field.rust), model(field.kind.named()?));
    let value = match schema.presence(field) {
        Presence::Required => quote!(Some(it.#name.as_str())),
        _ => quote!(it.#name.as_ref().map(#id::as_str)),
    };
    let schema = ident(&schema.name);
    Some(quote!(|response| response.json_with_id(#member, |it: &models::#schema| #value)))
}

/// Returns what a caller should know of the comparison.
pub(crate) fn identity_sentence(operation: &Operation) -> Option<Markdown> {
    let (member, _) = operation.identity.as_ref()?;
    let sentence = Markdown::own("A response with another").and(Markdown::code(member));
    Some(sentence.and(Markdown::own(
        "than the one that was asked for is an error.",
    )))
}

/// Returns whether it is a DELETE whose response says nothing.
pub(crate) fn is_delete(operation: &Operation) -> bool {
    operation.method == Method::Delete && operation.response.is_none()
}
