//! Writes the struct of an object: its fields, constructors, and its implementations.

use proc_macro2::{Ident, TokenStream};
use quote::quote;

use super::field_type::{ident, value_type};
use super::ir::{Api, Field, Operation, Presence, Schema};
use super::markdown::Markdown;
use super::rust::{Item, doc, doc_of};
use super::source::{schema_doc, source};

mod constructors;
mod debugging;
mod reading;
mod writing;

/// A schema that becomes a struct.
pub(crate) struct StructGenerator<'a> {
    pub(crate) api: &'a Api,
    pub(crate) schema: &'a Schema,
    pub(crate) fields: &'a [Field],
}

impl StructGenerator<'_> {
    /// Returns the struct and its implementations.
    pub(crate) fn items(&self) -> Vec<Item> {
        let mut items = vec![self.definition(), self.constructors()];
        if self.can_be_default() && !self.derives_default() {
            items.push(self.default());
        }
        if self.holds_text() {
            items.push(self.debug());
        }
        items.extend([self.read(), self.deserialize(), self.serialize()]);
        items.extend(self.conversion());
        items.into_iter().map(Item::Plain).collect()
    }

    /// Returns the conversion from the body of the operation that the one with this body stands in for.
    fn conversion(&self) -> Option<TokenStream> {
        let is_body = |it: &&Operation| {
            let body = it.request.as_ref();
            it.alternative_to.is_some() && body.is_some_and(|it| it.name == self.schema.name)
        };
        let operation = self.api.operations.iter().find(is_body)?;
        let original = self.api.original(operation)?.request.as_ref()?;
        let original = self.api.schema(&original.name)?;
        if original.name == self.schema.name {
            return None;
        }
        let (name, from) = (self.name(), ident(&original.name));
        let module = ident(&original.module);
        let path = match original.module == self.schema.module {
            true => quote!(#from),
            false => quote!(super::#module::#from),
        };
        let fields = self.fields.iter().map(|field| {
            let name = ident(&field.rust);
            quote!(#name: body.#name)
        });
        let docs = doc("Takes the properties that both bodies have.");
        Some(quote! {
            #docs
            impl From<#path> for #name {
                fn from(body: #path) -> Self {
                    Self { #(#fields),* }
                }
            }
        })
    }

    fn name(&self) -> Ident {
        ident(&self.schema.name)
    }

    fn presence(&self, field: &Field) -> Presence {
        self.schema.presence(field)
    }

    /// Returns whether no field must be given.
    fn can_be_default(&self) -> bool {
        let mut fields = self.fields.iter();
        fields.all(|field| !self.is_argument(field))
    }

    /// Returns whether `new` takes a field.
    fn is_argument(&self, field: &Field) -> bool {
        let presence = self.presence(field);
        matches!(presence, Presence::Required | Presence::Count)
            || field.is_omittable && field.default.is_none()
    }

    /// Returns whether the default of each field is that of its type.
    fn derives_default(&self) -> bool {
        let mut fields = self.fields.iter();
        self.can_be_default() && fields.all(|field| field.default.is_none())
    }

    /// Returns whether one of its fields is free text.
    fn holds_text(&self) -> bool {
        self.fields.iter().any(|field| field.kind.holds_text())
    }

    fn definition(&self) -> TokenStream {
        let (docs, name) = (schema_doc(self.schema), self.name());
        let debug = (!self.holds_text()).then(|| quote!(Debug,));
        let default = self.derives_default().then(|| quote!(Default,));
        let fields = self.fields.iter().map(|field| {
            let (docs, name) = (self.field_doc(field), ident(&field.rust));
            let value = self.field_type(field);
            quote!(#docs pub #name: #value,)
        });
        let unknown = self.schema.keeps_unknown.then(|| {
            let docs = doc("Members that this version does not know; they are written back.");
            quote!(#docs pub unknown_members: UnknownMembers,)
        });
        quote! {
            #docs
            #[derive(Clone, #debug #default PartialEq, Eq)]
            #[non_exhaustive]
            pub struct #name { #(#fields)* #unknown }
        }
    }

    fn field_doc(&self, field: &Field) -> TokenStream {
        let mut text = field.description.sentence();
        if let Some(limits) = field.limits.sentence() {
            text = text.and(limits);
        }
        if let Some(default) = &field.default {
            let value = Markdown::code(&default.to_string()).joined(Markdown::own("."));
            text = text.and(Markdown::own("Default:")).and(value);
        }
        if self.presence(field) == Presence::Lenient {
            text = text.and(Markdown::own(
                "An unreadable value is kept and not treated as absent.",
            ));
        }
        if let Some(own) = &field.source {
            text = text.paragraph(source(own));
        }
        doc_of(&text)
    }

    fn field_type(&self, field: &Field) -> TokenStream {
        let value = value_type(&field.kind);
        match self.presence(field) {
            Presence::Required | Presence::Defaulted => value,
            Presence::Optional | Presence::Count | Presence::OptionalCount => {
                quote!(Option<#value>)
            }
            Presence::Lenient => quote!(Lenient<#value>),
            Presence::Patch => quote!(Patch<#value>),
        }
    }
}
