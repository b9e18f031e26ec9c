//! Writes the struct of an object: its fields, constructors, and how it is read and written.

use proc_macro2::{Ident, TokenStream};
use quote::{format_ident, quote};

use super::ir::{Field, Kind, Presence, Schema};
use super::markdown::Markdown;
use super::models::{schema_doc, source};
use super::names;
use super::rust::{Item, doc, doc_of};
use super::value::{Argument, default_value, ident, seed, value_type};

/// A schema that becomes a struct.
pub(crate) struct Object<'a> {
    pub(crate) schema: &'a Schema,
    pub(crate) fields: &'a [Field],
}

impl Object<'_> {
    /// The struct and its implementations.
    pub(crate) fn items(&self) -> Vec<Item> {
        let mut items = vec![self.definition(), self.constructors()];
        if self.can_be_default() && !self.derives_default() {
            items.push(self.default());
        }
        items.extend([self.read(), self.deserialize(), self.serialize()]);
        items.into_iter().map(Item::Plain).collect()
    }

    fn name(&self) -> Ident {
        ident(&self.schema.name)
    }

    fn presence(&self, field: &Field) -> Presence {
        field.presence(self.schema.is_request_only)
    }

    /// Whether no field has to be given.
    fn can_be_default(&self) -> bool {
        let mut fields = self.fields.iter();
        fields.all(|field| self.presence(field) != Presence::Required)
    }

    /// Whether the default of each field is that of its type.
    fn derives_default(&self) -> bool {
        let mut fields = self.fields.iter();
        self.can_be_default() && fields.all(|field| self.presence(field) != Presence::Defaulted)
    }

    fn definition(&self) -> TokenStream {
        let (docs, name) = (schema_doc(self.schema), self.name());
        let default = self.derives_default().then(|| quote!(Default,));
        let fields = self.fields.iter().map(|field| {
            let (docs, name) = (self.field_doc(field), ident(&field.rust));
            let value = self.field_type(field);
            quote!(#docs pub #name: #value,)
        });
        quote! {
            #docs
            #[derive(Clone, Debug, #default PartialEq, Eq)]
            #[non_exhaustive]
            pub struct #name { #(#fields)* }
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
        if let Some(own) = &field.source {
            text = text.paragraph(source(own));
        }
        doc_of(&text)
    }

    fn field_type(&self, field: &Field) -> TokenStream {
        let value = value_type(&field.kind);
        match self.presence(field) {
            Presence::Required | Presence::Defaulted | Presence::EmptyList => value,
            Presence::Optional => quote!(Option<#value>),
            Presence::Patch => quote!(Patch<#value>),
        }
    }

    fn constructors(&self) -> TokenStream {
        let name = self.name();
        let new = self.new_function();
        let setters = self.fields.iter().map(|field| self.setter(field));
        quote! {
            impl #name {
                #new
                #(#setters)*
            }
        }
    }

    fn new_function(&self) -> TokenStream {
        let required = |field: &&Field| self.presence(field) == Presence::Required;
        let arguments = self.fields.iter().filter(required).map(|field| {
            let (name, argument) = (ident(&field.rust), Argument::of(&field.kind));
            let argument = argument.argument;
            quote!(#name: #argument)
        });
        let values = self.fields.iter().map(|field| {
            let name = ident(&field.rust);
            match self.presence(field) {
                Presence::Required if field.kind.is_plain() => quote!(#name),
                Presence::Required => {
                    let value = Argument::of(&field.kind).value(&name);
                    quote!(#name: #value)
                }
                Presence::Defaulted => {
                    let value = default_value(field);
                    quote!(#name: #value)
                }
                Presence::Optional => quote!(#name: None),
                Presence::EmptyList => quote!(#name: Vec::new()),
                Presence::Patch => quote!(#name: Patch::Keep),
            }
        });
        let docs = match self.fields.iter().filter(required).count() {
            0 => doc("With nothing set."),
            _ => doc("With what must be given; the rest is absent or has its default."),
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
        let argument = Argument::of(&field.kind);
        let value = argument.value(&name);
        let argument = argument.argument;
        let value = match self.presence(field) {
            Presence::Required | Presence::Defaulted | Presence::EmptyList => value,
            Presence::Optional => quote!(Some(#value)),
            Presence::Patch => quote!(Patch::Set(#value)),
        };
        let docs = doc(&format!("Sets [`{0}`](Self::{0}).", field.rust));
        let clear = (self.presence(field) == Presence::Patch).then(|| {
            let function = format_ident!("without_{}", field.rust);
            let docs = doc(&format!(
                "Clears [`{0}`](Self::{0}) on the server.",
                field.rust
            ));
            quote! {
                #docs
                #[must_use]
                pub fn #function(mut self) -> Self {
                    self.#name = Patch::Clear;
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

    fn default(&self) -> TokenStream {
        let name = self.name();
        quote! {
            impl Default for #name {
                fn default() -> Self {
                    Self::new()
                }
            }
        }
    }

    fn read(&self) -> TokenStream {
        let (name, text) = (self.name(), &self.schema.name);
        let keys: Vec<Ident> = self
            .fields
            .iter()
            .map(|it| ident(&names::pascal(&it.rust)))
            .collect();
        let slots: Vec<Ident> = self.fields.iter().map(slot).collect();
        let wire: Vec<&str> = self
            .fields
            .iter()
            .map(|field| field.name.as_str())
            .collect();
        let seeds = self.fields.iter().map(|field| self.seed(field));
        let values = self.fields.iter().map(|field| {
            let (name, slot) = (ident(&field.rust), slot(field));
            match self.presence(field) {
                Presence::Required => quote!(#name: #slot.required()?),
                Presence::Defaulted => {
                    let default = default_value(field);
                    quote!(#name: #slot.or(#default))
                }
                _ => quote!(#name: #slot.or_default()),
            }
        });
        quote! {
            impl<'de> de::Object<'de> for #name {
                const NAME: &'static str = #text;

                fn read<A: MapAccess<'de>>(mut map: A) -> Result<Self, A::Error> {
                    enum Field { #(#keys,)* Unknown }
                    let field = |name: &str| match name {
                        #(#wire => Field::#keys,)*
                        _ => Field::Unknown,
                    };
                    #(let mut #slots = de::Slot::new(#wire);)*
                    while let Some(field) = map.next_key_seed(de::Key(field))? {
                        match field {
                            #(Field::#keys => #slots.fill(&mut map, #seeds)?,)*
                            Field::Unknown => de::skip(&mut map)?,
                        }
                    }
                    Ok(Self { #(#values),* })
                }
            }
        }
    }

    fn seed(&self, field: &Field) -> TokenStream {
        let value = seed(&field.kind);
        match (self.presence(field), &field.kind) {
            (Presence::Optional, _) => quote!(de::Nullable(#value)),
            (Presence::Patch, _) => quote!(de::Patched(#value)),
            (_, Kind::List(element)) if field.is_nullable => {
                let element = seed(element);
                quote!(de::ListOrNull(#element))
            }
            _ => value,
        }
    }

    fn deserialize(&self) -> TokenStream {
        let name = self.name();
        quote! {
            impl<'de> Deserialize<'de> for #name {
                fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                    de::object(deserializer)
                }
            }
        }
    }

    fn serialize(&self) -> TokenStream {
        let name = self.name();
        let fields = self.fields.iter().map(|field| {
            let (field_name, wire) = (ident(&field.rust), &field.name);
            let is_millis = matches!(field.kind, Kind::Timestamp { milliseconds: true });
            let is_count = field.kind.is_count();
            let limits = seed(&field.kind);
            match self.presence(field) {
                Presence::Optional if is_count => {
                    quote!(fields.put_some(#wire, self.#field_name.map(|it| ser::Within(#limits, it)))?;)
                }
                Presence::Required | Presence::Defaulted if is_count => {
                    quote!(fields.put(#wire, &ser::Within(#limits, self.#field_name))?;)
                }
                Presence::Optional if is_millis => {
                    quote!(fields.put_some(#wire, self.#field_name.map(Timestamp::milliseconds))?;)
                }
                Presence::Optional => quote!(fields.put_some(#wire, self.#field_name.as_ref())?;),
                Presence::Patch => quote!(fields.put_patch(#wire, &self.#field_name)?;),
                _ if is_millis => quote!(fields.put(#wire, &self.#field_name.milliseconds())?;),
                _ => quote!(fields.put(#wire, &self.#field_name)?;),
            }
        });
        quote! {
            impl Serialize for #name {
                fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                    let mut fields = ser::fields(serializer)?;
                    #(#fields)*
                    fields.end()
                }
            }
        }
    }
}

/// The local variable that holds a field until its object ends.
fn slot(field: &Field) -> Ident {
    format_ident!("{}_slot", field.rust)
}
