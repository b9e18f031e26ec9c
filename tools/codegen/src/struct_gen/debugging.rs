//! Writes the `Debug` implementation of a struct.

use proc_macro2::TokenStream;
use quote::quote;

use super::super::field_type::ident;
use super::super::ir::Kind;
use super::StructGenerator;

impl StructGenerator<'_> {
    /// Returns `Debug` for an object with texts: like the derived one, but it shows only the beginning of a long text.
    pub(super) fn debug(&self) -> TokenStream {
        let (name, title) = (self.name(), &self.schema.name);
        let fields = self.fields.iter().map(|field| {
            let (field_name, title) = (ident(&field.rust), &field.rust);
            match field.kind.holds_text() {
                true => quote!(.field(#title, &TruncatedDebug(&self.#field_name))),
                false => quote!(.field(#title, &self.#field_name)),
            }
        });
        let unknown = self.schema.keeps_unknown;
        let unknown = unknown.then(|| quote!(.field("unknown_members", &self.unknown_members)));
        quote! {
            impl core::fmt::Debug for #name {
                fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
                    f.debug_struct(#title) #(#fields)* #unknown .finish()
                }
            }
        }
    }
}

impl Kind {
    /// Returns whether it is free text, or a collection of it. Ids and words truncate themselves.
    pub(crate) fn holds_text(&self) -> bool {
        match self {
            Self::Text | Self::Map | Self::FreeMap => true,
            Self::List(element) => element.holds_text(),
            _ => false,
        }
    }
}
