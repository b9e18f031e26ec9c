//! Writes the calls that the tests over sockets make: every operation through the method of its client.

use proc_macro2::{Literal, TokenStream};
use quote::quote;

use super::client::{is_list, method_name, path_arguments};
use super::client_result::is_delete;
use super::field_type::ident;
use super::ir::{Api, Operation};
use super::markdown::Markdown;
use super::names;
use super::rust::{self, Item, doc_of};

/// Returns the file of a vendor's calls.
pub(crate) fn file(api: &Api) -> Result<String, String> {
    let items = [imports(api), function(api)].map(Item::Plain);
    let about = Markdown::own("Calls of").and(api.document.title.sentence());
    rust::file(&api.document.file, &about, &items)
}

fn imports(api: &Api) -> TokenStream {
    let (vendor, client) = (ident(&api.vendor), ident(&format!("{}_client", api.vendor)));
    let any = |test: fn(&Operation) -> bool| {
        let mut operations = api.operations.iter().filter(|it| it.authenticated);
        operations.any(test)
    };
    let used = rust::used(&[
        (any(|it| it.request.is_some()), quote!(body)),
        (any(is_delete), quote!(deleted)),
        (any(is_list), quote!(page)),
        (any(|it| !is_list(it) && !is_delete(it)), quote!(value)),
    ]);
    quote! {
        use gatelet_models::#vendor::OperationId;
        use #client::{Client, Error};
        use crate::call::{#(#used),*};
        use crate::target::Target;
    }
}

fn function(api: &Api) -> TokenStream {
    let docs = doc_of(&Markdown::own(
        "Calls an operation on an object, with the first example of its body, and returns the value as text.",
    ));
    let arms = api.operations.iter().map(|it| arm(api, it));
    quote! {
        #docs
        pub(crate) async fn call(
            client: &Client,
            id: OperationId,
            target: &Target,
        ) -> Result<String, Error> {
            match id { #(#arms)* }
        }
    }
}

fn arm(api: &Api, operation: &Operation) -> TokenStream {
    let id = ident(&names::pascal(&operation.id));
    if !operation.authenticated {
        return quote!(OperationId::#id => panic!("a client makes this call by itself"),);
    }
    // One method calls an operation and the one that stands in for it.
    let operation = api.original(operation).unwrap_or(operation);
    let (accessor, method) = (
        ident(&names::snake(&operation.tag)),
        ident(&method_name(operation)),
    );
    let path = path_arguments(operation)
        .enumerate()
        .map(|(index, parameter)| {
            let index = Literal::usize_unsuffixed(index);
            match parameter.kind.reference() {
                Some(_) => quote!(&target.id(#index)),
                None => quote!(target.text(#index)),
            }
        });
    let body = operation.request.as_ref().map(|_| quote!(body()));
    let arguments = path.chain(body);
    let request = quote!(client.#accessor().#method(#(#arguments),*));
    let result = if is_list(operation) {
        quote!(page(#request, id.operation()))
    } else if is_delete(operation) {
        quote!(deleted(#request.send()))
    } else {
        quote!(value(#request.send()))
    };
    quote!(OperationId::#id => #result.await,)
}
