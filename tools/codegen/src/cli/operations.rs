//! The texts that commands have about their operations.

use proc_macro2::TokenStream;
use quote::quote;

use super::group::Group;
use crate::field_type::ident;
use crate::names;

/// Returns the list of the commands of one operation, each with the function that describes it.
pub(super) fn list(groups: &[Group<'_>]) -> TokenStream {
    let entries = groups.iter().flat_map(|group| {
        group.operations.iter().map(|operation| {
            let words = group.words(operation);
            let constant = ident(&names::screaming(&operation.id));
            let help = match group.shows_once(operation) {
                true => ident("secret_help"),
                false => ident("operation_help"),
            };
            quote!((#words, #help, &api::#constant))
        })
    });
    quote! {
        /// The operation of each command that has one, and the function that describes it in the help.
        pub(crate) const OPERATIONS: &[OperationHelp] = &[#(#entries),*];
    }
}
