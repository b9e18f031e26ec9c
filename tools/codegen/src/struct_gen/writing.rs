//! Writes the serialization of a struct.

use proc_macro2::{Ident, TokenStream};
use quote::quote;

use super::super::field_type::{ident, seed};
use super::super::ir::{Kind, Presence, TimestampForm};
use super::StructGenerator;

impl StructGenerator<'_> {
    pub(super) fn serialize(&self) -> TokenStream {
        let name = self.name();
        let fields = self.fields.iter().map(|field| {
            let (field_name, wire) = (ident(&field.rust), &field.name);
            let form = timestamp_form(&field.kind);
            let is_count = field.kind.is_count();
            let limits = seed(&field.kind);
            match self.presence(field) {
                Presence::Count if is_count => {
                    quote!(fields.put(#wire, &ser::CountOrUnknown(self.#field_name.map(|it| ser::InRange(#limits, it))))?;)
                }
                Presence::Count => quote!(fields.put(#wire, &ser::CountOrUnknown(self.#field_name))?;),
                Presence::Lenient if is_count => {
                    quote!(fields.put_lenient(#wire, &self.#field_name, |it| ser::InRange(#limits, *it))?;)
                }
                Presence::Lenient => {
                    let value = match &form {
                        Some(form) => quote!(it.#form()),
                        None => quote!(it),
                    };
                    let null = (self.schema.keeps_unknown && field.is_nullable).then(|| {
                        quote! {
                            if self.#field_name.is_absent() {
                                fields.put_some_or_null(#wire, None::<()>, &self.unknown_members)?;
                            }
                        }
                    });
                    quote!(fields.put_lenient(#wire, &self.#field_name, |it| #value)?; #null)
                }
                Presence::Optional | Presence::OptionalCount => {
                    let value = match &form {
                        _ if is_count => {
                            quote!(self.#field_name.map(|it| ser::InRange(#limits, it)))
                        }
                        Some(form) => quote!(self.#field_name.map(Timestamp::#form)),
                        None => quote!(self.#field_name.as_ref()),
                    };
                    if self.schema.keeps_unknown && field.is_nullable {
                        quote!(fields.put_some_or_null(#wire, #value, &self.unknown_members)?;)
                    } else {
                        quote!(fields.put_some(#wire, #value)?;)
                    }
                }
                Presence::Required | Presence::Defaulted if is_count => {
                    quote!(fields.put(#wire, &ser::InRange(#limits, self.#field_name))?;)
                }
                Presence::Patch => quote!(fields.put_patch(#wire, &self.#field_name)?;),
                _ => {
                    let value = form.map(|form| quote!(.#form()));
                    quote!(fields.put(#wire, &self.#field_name #value)?;)
                }
            }
        });
        let keeps_unknown = self.schema.keeps_unknown;
        let unknown = keeps_unknown.then(|| quote!(fields.put_unknown(&self.unknown_members)?;));
        let is_update = keeps_unknown && self.schema.is_request_only;
        let is_empty = self.fields.is_empty() && !keeps_unknown;
        let mutable = (!is_empty).then(|| quote!(mut));
        let exact = is_update.then(|| quote!(ser::require_exact(self.inexact_member())?;));
        quote! {
            impl Serialize for #name {
                fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                    #exact
                    let #mutable fields = ser::fields(serializer)?;
                    #(#fields)*
                    #unknown
                    fields.end()
                }
            }
        }
    }
}

/// Returns the method of a timestamp that converts it to the form in which it is written, if that is not its own.
fn timestamp_form(kind: &Kind) -> Option<Ident> {
    match kind {
        Kind::Timestamp(TimestampForm::TextMillis) => Some(ident("milliseconds")),
        Kind::Timestamp(TimestampForm::UnixMillis) => Some(ident("unix_millis")),
        _ => None,
    }
}
