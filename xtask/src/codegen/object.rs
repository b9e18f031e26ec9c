//! Writes the struct of an object: its fields, constructors, and how it is read and written.

use proc_macro2::{Ident, TokenStream};
use quote::{format_ident, quote};

use super::ir::{Api, Field, Kind, Presence, Schema};
use super::markdown::Markdown;
use super::models::{schema_doc, source};
use super::names;
use super::rust::{Item, doc, doc_of};
use super::value::{Argument, default_value, ident, seed, value_type};

/// A schema that becomes a struct.
pub(crate) struct Object<'a> {
    pub(crate) api: &'a Api,
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
        self.schema.presence(field)
    }

    /// Whether no field has to be given.
    fn can_be_default(&self) -> bool {
        let mut fields = self.fields.iter();
        fields.all(|field| !self.is_argument(field))
    }

    /// Whether `new` takes it.
    fn is_argument(&self, field: &Field) -> bool {
        let presence = self.presence(field);
        matches!(presence, Presence::Required | Presence::Count)
            || field.is_omittable && field.default.is_none()
    }

    /// Whether the default of each field is that of its type.
    fn derives_default(&self) -> bool {
        let mut fields = self.fields.iter();
        self.can_be_default() && fields.all(|field| field.default.is_none())
    }

    fn definition(&self) -> TokenStream {
        let (docs, name) = (schema_doc(self.schema), self.name());
        let default = self.derives_default().then(|| quote!(Default,));
        let fields = self.fields.iter().map(|field| {
            let (docs, name) = (self.field_doc(field), ident(&field.rust));
            let value = self.field_type(field);
            quote!(#docs pub #name: #value,)
        });
        let unknown = self.schema.keeps_unknown.then(|| {
            let docs = doc("The members that this version does not know. They are written back.");
            quote!(#docs pub unknown_members: UnknownMembers,)
        });
        quote! {
            #docs
            #[derive(Clone, Debug, #default PartialEq, Eq)]
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

    fn constructors(&self) -> TokenStream {
        let name = self.name();
        let new = self.new_function();
        let setters = self.fields.iter().map(|field| self.setter(field));
        let inexact = self.schema.keeps_unknown.then(|| self.inexact_member());
        let unreadable = self.schema.shown_once().map(|_| self.unreadable_members());
        quote! {
            impl #name {
                #new
                #(#setters)*
                #inexact
                #unreadable
            }
        }
    }

    fn new_function(&self) -> TokenStream {
        let required = |field: &&Field| self.is_argument(field);
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
                _ if self.is_argument(field) => {
                    let value = Argument::of(&field.kind).value(&name);
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
        let secret = self.schema.shown_once().map(|it| ident(&it.rust));
        let lenient = self.fields.iter().filter_map(|field| {
            let (name, slot) = (ident(&field.rust), slot(field));
            (self.presence(field) == Presence::Lenient)
                .then(|| quote!(let #name = #slot.or_default().cleaned_of(&#secret);))
        });
        let first = secret.iter().map(|it| {
            let slot = format_ident!("{it}_slot");
            quote!(let #it = #slot.required()?;)
        });
        let first = first.chain(lenient);
        let values = self.fields.iter().map(|field| {
            let (name, slot) = (ident(&field.rust), slot(field));
            match self.presence(field) {
                Presence::Required if field.is_shown_once => quote!(#name),
                Presence::Required | Presence::Count => quote!(#name: #slot.required()?),
                Presence::Defaulted => {
                    let default = default_value(field);
                    quote!(#name: #slot.or(#default))
                }
                Presence::OptionalCount => quote!(#name: #slot.count()),
                Presence::Lenient => quote!(#name),
                Presence::Optional | Presence::Patch => quote!(#name: #slot.or_default()),
            }
        });
        let unknown = self.unknown();
        let Unknown {
            variant,
            other,
            collector,
            read,
            value,
        } = &unknown;
        quote! {
            impl<'de> de::Object<'de> for #name {
                const NAME: &'static str = #text;

                fn read<A: MapAccess<'de>>(mut map: A) -> Result<Self, A::Error> {
                    enum Field { #(#keys,)* #variant }
                    let field = |name: &str| match name {
                        #(#wire => Field::#keys,)*
                        _ => #other,
                    };
                    #(let mut #slots = de::Slot::new(#wire);)*
                    #collector
                    while let Some(field) = map.next_key_seed(de::Key(field))? {
                        match field {
                            #(Field::#keys => #slots.fill(&mut map, #seeds)?,)*
                            #read
                        }
                    }
                    #(#first)*
                    Ok(Self { #value #(#values),* })
                }
            }
        }
    }

    /// What becomes of a member that no field is for.
    fn unknown(&self) -> Unknown {
        if !self.schema.keeps_unknown {
            return Unknown {
                variant: quote!(Unknown),
                other: quote!(Field::Unknown),
                collector: None,
                read: quote!(Field::Unknown => de::skip(&mut map)?,),
                value: None,
            };
        }
        let is_optional =
            |field: &&Field| self.presence(field) == Presence::Optional && field.is_nullable;
        let nulls = self.fields.iter().filter(is_optional).map(|field| {
            let (name, slot) = (&field.name, slot(field));
            quote!((#name, #slot.is_null()))
        });
        Unknown {
            variant: quote!(Unknown(Box<str>)),
            other: quote!(Field::Unknown(name.into())),
            collector: Some(quote!(let mut unknown = de::Collector::new();)),
            read: quote!(Field::Unknown(name) => unknown.read(name, &mut map)?,),
            value: Some(quote!(unknown_members: unknown.finish([#(#nulls),*]),)),
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

    fn unreadable_members(&self) -> TokenStream {
        let docs = doc(
            "Lists the members that are there and cannot be read, by their names, with what stands there.",
        );
        let is_lenient = |field: &&Field| self.presence(field) == Presence::Lenient;
        let members = self.fields.iter().filter(is_lenient).map(|field| {
            let (name, wire) = (ident(&field.rust), &field.name);
            quote!((#wire, self.#name.unreadable()))
        });
        quote! {
            #docs
            pub fn unreadable_members(&self) -> impl Iterator<Item = (&'static str, &Unreadable)> {
                [#(#members),*].into_iter().filter_map(|(name, member)| Some((name, member?)))
            }
        }
    }

    fn seed(&self, field: &Field) -> TokenStream {
        let value = seed(&field.kind);
        match (self.presence(field), &field.kind) {
            (Presence::Optional, _) => quote!(de::Nullable(#value)),
            (Presence::Count, _) => quote!(de::Count(#value)),
            (Presence::OptionalCount, _) => quote!(de::Nullable(de::Count(#value))),
            (Presence::Lenient, _) => quote!(de::Lenient(#value)),
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
                Presence::Count if is_count => {
                    quote!(fields.put(#wire, &ser::Counted(self.#field_name.map(|it| ser::Within(#limits, it))))?;)
                }
                Presence::Count => quote!(fields.put(#wire, &ser::Counted(self.#field_name))?;),
                Presence::Lenient if is_count => {
                    quote!(fields.put_lenient(#wire, &self.#field_name, |it| ser::Within(#limits, *it))?;)
                }
                Presence::Lenient if is_millis => {
                    quote!(fields.put_lenient(#wire, &self.#field_name, |it| it.milliseconds())?;)
                }
                Presence::Lenient => {
                    quote!(fields.put_lenient(#wire, &self.#field_name, |it| it)?;)
                }
                Presence::Optional | Presence::OptionalCount => {
                    let value = match &field.kind {
                        _ if is_count => {
                            quote!(self.#field_name.map(|it| ser::Within(#limits, it)))
                        }
                        _ if is_millis => quote!(self.#field_name.map(Timestamp::milliseconds)),
                        _ => quote!(self.#field_name.as_ref()),
                    };
                    if self.schema.keeps_unknown && field.is_nullable {
                        quote!(fields.put_some_or_null(#wire, #value, &self.unknown_members)?;)
                    } else {
                        quote!(fields.put_some(#wire, #value)?;)
                    }
                }
                Presence::Required | Presence::Defaulted if is_count => {
                    quote!(fields.put(#wire, &ser::Within(#limits, self.#field_name))?;)
                }
                Presence::Patch => quote!(fields.put_patch(#wire, &self.#field_name)?;),
                _ if is_millis => quote!(fields.put(#wire, &self.#field_name.milliseconds())?;),
                _ => quote!(fields.put(#wire, &self.#field_name)?;),
            }
        });
        let keeps_unknown = self.schema.keeps_unknown;
        let unknown = keeps_unknown.then(|| quote!(fields.put_unknown(&self.unknown_members)?;));
        let is_update = keeps_unknown && self.schema.is_request_only;
        let exact = is_update.then(|| quote!(ser::exact(self.inexact_member())?;));
        quote! {
            impl Serialize for #name {
                fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                    #exact
                    let mut fields = ser::fields(serializer)?;
                    #(#fields)*
                    #unknown
                    fields.end()
                }
            }
        }
    }
}

/// The parts of the reading code for members that no field is for.
struct Unknown {
    /// Of the enum of fields.
    variant: TokenStream,
    /// The value of that variant, for a name.
    other: TokenStream,
    collector: Option<TokenStream>,
    /// The arm that reads the value.
    read: TokenStream,
    /// The field of the struct.
    value: Option<TokenStream>,
}

/// The local variable that holds a field until its object ends.
fn slot(field: &Field) -> Ident {
    format_ident!("{}_slot", field.rust)
}
