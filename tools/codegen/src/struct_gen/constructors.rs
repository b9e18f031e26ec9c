//! Writes the methods of a struct: `new`, setters, and accessors of unknown and unreadable members.

use proc_macro2::TokenStream;
use quote::{format_ident, quote};

use super::super::field_type::{Argument, default_value, ident};
use super::super::ir::{Api, Field, Kind, Presence, Schema};
use super::super::rust::doc;
use super::StructGenerator;

impl StructGenerator<'_> {
    pub(super) fn constructors(&self) -> TokenStream {
        let name = self.name();
        let new = self.new_function();
        let setters = self.fields.iter().map(|field| self.setter(field));
        let inexact = self.schema.keeps_unknown.then(|| self.inexact_member());
        let is_update = self.schema.keeps_unknown && self.schema.is_request_only;
        let raw_numbers = is_update.then(|| self.allow_raw_numbers());
        let mut presences = self.fields.iter().map(|field| self.presence(field));
        let is_lenient = presences.any(|it| it == Presence::Lenient);
        let unreadable = is_lenient.then(|| self.unreadable_members());
        quote! {
            impl #name {
                #new
                #(#setters)*
                #inexact
                #raw_numbers
                #unreadable
            }
        }
    }

    fn new_function(&self) -> TokenStream {
        let required = |field: &&Field| self.is_argument(field);
        let arguments = self.fields.iter().filter(required).map(|field| {
            let (name, argument) = (ident(&field.rust), Argument::new(&field.kind));
            let argument = argument.argument;
            quote!(#name: #argument)
        });
        let values = self.fields.iter().map(|field| {
            let name = ident(&field.rust);
            match self.presence(field) {
                Presence::Required if field.kind.is_plain() => quote!(#name),
                Presence::Required => {
                    let value = Argument::new(&field.kind).value(&name);
                    quote!(#name: #value)
                }
                Presence::Defaulted => {
                    let value = default_value(field);
                    quote!(#name: #value)
                }
                _ if self.is_argument(field) => {
                    let value = Argument::new(&field.kind).value(&name);
                    quote!(#name: Some(#value))
                }
                _ if field.is_omittable => {
                    let value = default_value(field);
                    quote!(#name: Some(#value))
                }
                Presence::Optional | Presence::Count | Presence::OptionalCount => {
                    quote!(#name: None)
                }
                Presence::Lenient => quote!(#name: Lenient::Absent),
                Presence::Patch => quote!(#name: Patch::Keep),
            }
        });
        let unknown = self.schema.keeps_unknown;
        let unknown = unknown.then(|| quote!(unknown_members: UnknownMembers::new()));
        let values = values.chain(unknown);
        let docs = match self.fields.iter().filter(required).count() {
            0 => doc("Creates a value with nothing set."),
            _ => {
                doc("Creates a value from what is required; the rest is absent or has its default.")
            }
        };
        quote! {
            #docs
            #[must_use]
            pub fn new(#(#arguments),*) -> Self {
                Self { #(#values),* }
            }
        }
    }

    fn setter(&self, field: &Field) -> TokenStream {
        let name = ident(&field.rust);
        let function = format_ident!("with_{}", field.rust);
        let argument = Argument::new(&field.kind);
        let value = argument.value(&name);
        let argument = argument.argument;
        let value = match self.presence(field) {
            Presence::Required | Presence::Defaulted => value,
            Presence::Optional | Presence::Count | Presence::OptionalCount => {
                quote!(Some(#value))
            }
            Presence::Lenient => quote!(Lenient::Value(#value)),
            Presence::Patch => quote!(Patch::Set(#value)),
        };
        let docs = doc(&format!("Sets [`{0}`](Self::{0}).", field.rust));
        let clear = match self.presence(field) {
            Presence::Patch => Some(("Clears", " on the server", quote!(Patch::Clear))),
            _ if field.is_omittable => Some(("Leaves", " out", quote!(None))),
            _ => None,
        };
        let clear = clear.map(|(verb, rest, value)| {
            let function = format_ident!("without_{}", field.rust);
            let docs = doc(&format!("{verb} [`{0}`](Self::{0}){rest}.", field.rust));
            quote! {
                #docs
                #[must_use]
                pub fn #function(mut self) -> Self {
                    self.#name = #value;
                    self
                }
            }
        });
        quote! {
            #docs
            #[must_use]
            pub fn #function(mut self, #name: #argument) -> Self {
                self.#name = #value;
                self
            }
            #clear
        }
    }

    pub(super) fn default(&self) -> TokenStream {
        let name = self.name();
        quote! {
            impl Default for #name {
                fn default() -> Self {
                    Self::new()
                }
            }
        }
    }

    fn inexact_member(&self) -> TokenStream {
        let docs = doc(
            "Returns the name of an unknown member, of this object or of one in it, with a number that cannot be written with \
             all the digits that it was read with.",
        );
        let inner = self.fields.iter().filter_map(|field| {
            let inner = self.api.schema(&field.kind.reference()?.name)?;
            if !inner.keeps_unknown {
                return None;
            }
            let (name, is_list) = (ident(&field.rust), matches!(field.kind, Kind::List(_)));
            let each = if is_list {
                quote!(it.iter().find_map(|it| it.inexact_member()))
            } else {
                quote!(it.inexact_member())
            };
            Some(match self.presence(field) {
                Presence::Patch => quote!(.or_else(|| self.#name.as_option().and_then(|it| #each))),
                Presence::Optional => quote!(.or_else(|| self.#name.as_ref().and_then(|it| #each))),
                _ => quote!(.or_else(|| Some(&self.#name).and_then(|it| #each))),
            })
        });
        quote! {
            #docs
            #[must_use]
            pub fn inexact_member(&self) -> Option<&str> {
                self.unknown_members.inexact() #(#inner)*
            }
        }
    }

    fn allow_raw_numbers(&self) -> TokenStream {
        let docs = doc(
            "Lets numbers of unknown members, of this object or of one in it, be written with all the digits that they were read \
             with; see [`UnknownMembers::allow_raw_numbers`].",
        );
        let statements = raw_numbers(self.api, self.schema, &quote!(self));
        quote! {
            #docs
            pub fn allow_raw_numbers(&mut self) {
                #statements
            }
        }
    }

    fn unreadable_members(&self) -> TokenStream {
        let docs = doc(
            "Lists the members that are there and cannot be read, by their names, with what stands there.",
        );
        let withhold_docs = doc(
            "Withholds what cannot be read where `holds_secret` says so of its text, for a caller who knows more secrets than the one of \
             this object.",
        );
        let is_lenient = |field: &&Field| self.presence(field) == Presence::Lenient;
        let lenient: Vec<&Field> = self.fields.iter().filter(is_lenient).collect();
        let names = lenient.iter().map(|field| ident(&field.rust));
        let members = lenient.iter().map(|field| {
            let (name, wire) = (ident(&field.rust), &field.name);
            quote!((#wire, self.#name.value().err()))
        });
        quote! {
            #docs
            pub fn unreadable_members(&self) -> impl Iterator<Item = (&'static str, &Unreadable)> {
                [#(#members),*].into_iter().filter_map(|(name, member)| Some((name, member?)))
            }

            #withhold_docs
            pub fn withhold_unreadable(&mut self, holds_secret: impl Fn(&str) -> bool) {
                #(self.#names.withhold_if(&holds_secret);)*
            }
        }
    }
}

/// Returns the statements that let the numbers of an object, and of those in it, be written as raw JSON.
fn raw_numbers(api: &Api, schema: &Schema, object: &TokenStream) -> TokenStream {
    let own = schema
        .keeps_unknown
        .then(|| quote!(#object.unknown_members.allow_raw_numbers();));
    let inner = schema.fields().iter().filter_map(|field| {
        let inner = api.schema(&field.kind.reference()?.name)?;
        let statements = raw_numbers(api, inner, &quote!(it));
        if statements.is_empty() {
            return None;
        }
        let name = ident(&field.rust);
        let (pattern, each) = match matches!(field.kind, Kind::List(_)) {
            true => (quote!(list), quote!(for it in list { #statements })),
            false => (quote!(it), statements),
        };
        Some(match schema.presence(field) {
            Presence::Patch => quote!(if let Patch::Set(#pattern) = &mut #object.#name { #each }),
            Presence::Optional => quote!(if let Some(#pattern) = &mut #object.#name { #each }),
            _ => quote!({ let #pattern = &mut #object.#name; #each }),
        })
    });
    quote!(#own #(#inner)*)
}
