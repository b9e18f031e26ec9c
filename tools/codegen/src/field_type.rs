//! The Rust code for the value of a field: its type, the seed that decodes it, the argument that takes it.

use proc_macro2::{Ident, Span, TokenStream};
use quote::quote;

use super::ir::{DefaultValue, Field, Integer, Kind, Reference, TimestampForm};
use super::names;

/// Returns a Rust identifier.
pub(crate) fn ident(name: &str) -> Ident {
    Ident::new(name, Span::call_site())
}

/// Returns the Rust type of a present value.
pub(crate) fn value_type(kind: &Kind) -> TokenStream {
    match kind {
        Kind::Text => quote!(String),
        Kind::Secret => quote!(Secret),
        Kind::Timestamp(_) => quote!(Timestamp),
        Kind::Boolean => quote!(bool),
        Kind::Integer(Integer::Int32) => quote!(i32),
        Kind::Integer(Integer::Int64) => quote!(i64),
        Kind::Integer(Integer::Count32) => quote!(u32),
        Kind::Integer(Integer::Count64 | Integer::Uint64) => quote!(u64),
        Kind::Named(reference) => {
            let name = ident(&reference.name);
            quote!(#name)
        }
        Kind::List(element) => {
            let element = value_type(element);
            quote!(Vec<#element>)
        }
        Kind::Map => quote!(BTreeMap<String, String>),
        Kind::FreeMap => quote!(BTreeMap<String, JsonValue>),
    }
}

/// Returns the Rust type of a value outside of the models' crate, where `models` is the vendor's module: whatever a schema is
/// called, it hides nothing there.
pub(crate) fn qualified_type(kind: &Kind) -> TokenStream {
    match kind {
        Kind::Secret => quote!(gatelet_models::Secret),
        Kind::Timestamp(_) => quote!(gatelet_models::Timestamp),
        Kind::Named(reference) => model(reference),
        Kind::List(element) => {
            let element = qualified_type(element);
            quote!(Vec<#element>)
        }
        Kind::Map => quote!(std::collections::BTreeMap<String, String>),
        Kind::FreeMap => {
            quote!(std::collections::BTreeMap<String, gatelet_models::JsonValue>)
        }
        Kind::Text | Kind::Boolean | Kind::Integer(_) => value_type(kind),
    }
}

/// Returns a schema's type outside of the models' crate.
pub(crate) fn model(reference: &Reference) -> TokenStream {
    let name = ident(&reference.name);
    quote!(models::#name)
}

/// Returns the seed that decodes a value.
pub(crate) fn seed(kind: &Kind) -> TokenStream {
    match kind {
        Kind::Text => quote!(de::STRING),
        Kind::Timestamp(TimestampForm::UnixMillis) => quote!(crate::time::unix_millis::UnixMillis),
        Kind::Secret | Kind::Timestamp(_) | Kind::Named(_) => quote!(de::of()),
        Kind::Boolean => quote!(de::BOOLEAN),
        Kind::Integer(Integer::Int32) => quote!(de::INT32),
        Kind::Integer(Integer::Int64) => quote!(de::IntegerSeed::between(i64::MIN, i64::MAX)),
        Kind::Integer(Integer::Count32) => quote!(de::COUNT32),
        Kind::Integer(Integer::Count64) => quote!(de::COUNT64),
        Kind::Integer(Integer::Uint64) => quote!(de::UINT64),
        Kind::List(element) => {
            let element = seed(element);
            quote!(de::List(#element))
        }
        Kind::Map => quote!(de::Map(de::STRING)),
        Kind::FreeMap => quote!(de::Map(de::of())),
    }
}

/// A function argument that takes a value.
pub(crate) struct Argument<'a> {
    kind: &'a Kind,
    /// Its type.
    pub(crate) argument: TokenStream,
}

impl<'a> Argument<'a> {
    /// Returns the argument for a value of this kind.
    pub(crate) fn new(kind: &'a Kind) -> Self {
        let value = value_type(kind);
        let argument = match kind {
            kind if kind.is_plain() => value,
            Kind::Map => {
                quote!(impl IntoIterator<Item = (impl Into<String>, impl Into<String>)>)
            }
            Kind::FreeMap => {
                quote!(impl IntoIterator<Item = (impl Into<String>, impl Into<JsonValue>)>)
            }
            _ => quote!(impl Into<#value>),
        };
        Self { kind, argument }
    }

    /// Returns the expression that converts the argument to the value.
    pub(crate) fn value(&self, name: &Ident) -> TokenStream {
        match self.kind {
            kind if kind.is_plain() => quote!(#name),
            Kind::Map | Kind::FreeMap => {
                quote!(#name.into_iter().map(|(key, value)| (key.into(), value.into())).collect())
            }
            _ => quote!(#name.into()),
        }
    }
}

/// Returns the default of a field.
pub(crate) fn default_value(field: &Field) -> TokenStream {
    match (&field.default, &field.kind) {
        (Some(DefaultValue::Text(word)), Kind::Named(reference)) => {
            let (name, variant) = (ident(&reference.name), ident(&names::variant(word)));
            quote!(#name::#variant)
        }
        (Some(DefaultValue::Text(text)), _) => quote!(String::from(#text)),
        (Some(DefaultValue::Boolean(value)), _) => quote!(#value),
        (Some(DefaultValue::Integer(value)), _) => {
            let value = proc_macro2::Literal::i64_unsuffixed(*value);
            quote!(#value)
        }
        (Some(DefaultValue::EmptyObject), kind) => {
            let name = value_type(kind);
            quote!(#name::new())
        }
        (None, _) => quote!(Default::default()),
    }
}
