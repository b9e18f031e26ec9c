//! Writes the models: one file for each module of a vendor.

use std::collections::{BTreeMap, BTreeSet};

use proc_macro2::{Ident, Span, TokenStream};
use quote::{format_ident, quote};

use super::ir::{Api, DefaultValue, Field, Integer, Kind, Presence, Schema, Shape, Word};
use super::names;
use super::rust::{self, Item, doc, sentence};

/// The files of the models and the `mod.rs` that names them, by their name.
pub(crate) fn files(api: &Api) -> Result<BTreeMap<String, String>, String> {
    let mut files = BTreeMap::new();
    let mut modules: BTreeMap<&str, Vec<&Schema>> = BTreeMap::new();
    for schema in &api.schemas {
        modules.entry(&schema.module).or_default().push(schema);
    }
    for (module, schemas) in &modules {
        let items: Vec<Item> = std::iter::once(Item::Plain(imports(api, module, schemas)))
            .chain(schemas.iter().flat_map(|schema| items(schema)))
            .collect();
        let text = rust::file(&api.file, &about(api, module), &items)?;
        files.insert(format!("{module}.rs"), text);
    }
    files.insert("mod.rs".into(), root(api, &modules)?);
    Ok(files)
}

fn about(api: &Api, module: &str) -> String {
    let tag = api
        .tags
        .iter()
        .find(|tag| names::snake(&tag.name) == module);
    match tag {
        Some(tag) => format!("{}: {}", tag.name, tag.description),
        None => "Types that several groups of operations share, and the bodies of failures.".into(),
    }
}

fn root(api: &Api, modules: &BTreeMap<&str, Vec<&Schema>>) -> Result<String, String> {
    let declared = modules.keys().copied().map(ident);
    let exported = modules.iter().map(|(module, schemas)| {
        let module = ident(module);
        let mut names: Vec<&str> = schemas.iter().map(|schema| schema.name.as_str()).collect();
        names.sort_unstable();
        let names = names.into_iter().map(ident);
        quote!(pub use #module::{#(#names),*};)
    });
    let items = [
        Item::Plain(quote!(#(mod #declared;)* pub mod operations;)),
        Item::Plain(quote!(#(#exported)* pub use operations::OperationId;)),
    ];
    rust::file(&api.file, &sentence(&api.title), &items)
}

/// What a file needs from elsewhere.
fn imports(api: &Api, module: &str, schemas: &[&Schema]) -> TokenStream {
    let mut kinds: Vec<&Kind> = Vec::new();
    let (mut has_patch, mut has_id, mut has_enum) = (false, false, false);
    for schema in schemas {
        match schema.shape {
            Shape::Id => has_id = true,
            Shape::Enum(_) => has_enum = true,
            Shape::Object(_) => {}
        }
        for field in schema.fields() {
            has_patch |= field.presence(schema.is_request_only) == Presence::Patch;
            kinds.push(&field.kind);
            if let Kind::List(element) = &field.kind {
                kinds.push(element);
            }
        }
    }
    let any = |test: fn(&Kind) -> bool| kinds.iter().any(|kind| test(kind));
    let has_map = any(|kind| matches!(kind, Kind::Map));
    let pick = |names: &[(bool, TokenStream)]| -> Vec<TokenStream> {
        let picked = names.iter().filter(|(is_used, _)| *is_used);
        picked.map(|(_, name)| name.clone()).collect()
    };
    let from_alloc = pick(&[
        (has_map, quote!(collections::BTreeMap)),
        (
            has_map || any(|kind| matches!(kind, Kind::Text)),
            quote!(string::String),
        ),
        (any(|kind| matches!(kind, Kind::List(_))), quote!(vec::Vec)),
    ]);
    let has_object = schemas
        .iter()
        .any(|it| matches!(it.shape, Shape::Object(_)));
    let from_crate = pick(&[
        (has_patch, quote!(Patch)),
        (any(|kind| matches!(kind, Kind::Secret)), quote!(Secret)),
        (
            any(|kind| matches!(kind, Kind::Timestamp { .. })),
            quote!(Timestamp),
        ),
        (has_object, quote!(de)),
        (has_id, quote!(id::id)),
        (has_enum, quote!(open_enum::open_enum)),
        (has_object, quote!(ser)),
    ]);
    let elsewhere: BTreeSet<(&str, &str)> = kinds
        .iter()
        .filter_map(|kind| api.schema(&kind.reference()?.name))
        .filter(|schema| schema.module != module)
        .map(|schema| (schema.module.as_str(), schema.name.as_str()))
        .collect();
    let elsewhere = elsewhere.into_iter().map(|(module, name)| {
        let (module, name) = (ident(module), ident(name));
        quote!(use super::#module::#name;)
    });
    let from_alloc = (!from_alloc.is_empty()).then(|| quote!(use alloc::{#(#from_alloc),*};));
    let from_serde = has_object.then(|| {
        quote!(
            use serde_core::{Deserialize, Deserializer, Serialize, Serializer, de::MapAccess};
        )
    });
    quote!(#from_alloc #from_serde use crate::{#(#from_crate),*}; #(#elsewhere)*)
}

fn items(schema: &Schema) -> Vec<Item> {
    match &schema.shape {
        Shape::Id => vec![id(schema)],
        Shape::Enum(words) => vec![open_enum(schema, words)],
        Shape::Object(fields) => Object { schema, fields }.items(),
    }
}

fn schema_doc(schema: &Schema) -> TokenStream {
    doc(&format!(
        "{}\n\nSource: {}",
        sentence(&schema.description),
        source(&schema.source)
    ))
}

/// A source as Markdown: URLs become links.
fn source(source: &str) -> String {
    if source.starts_with("https://") && !source.contains(' ') {
        format!("<{source}>")
    } else {
        sentence(source)
    }
}

fn id(schema: &Schema) -> Item {
    let (docs, name) = (schema_doc(schema), ident(&schema.name));
    Item::Within("id", quote!(#docs pub struct #name;))
}

fn open_enum(schema: &Schema, words: &[Word]) -> Item {
    let (docs, name) = (schema_doc(schema), ident(&schema.name));
    let variants = words.iter().map(|word| {
        let docs = doc(&sentence(&word.description));
        let (variant, word) = (ident(&names::pascal(&word.word)), &word.word);
        quote!(#docs #variant = #word,)
    });
    Item::Within("open_enum", quote!(#docs pub enum #name { #(#variants)* }))
}

/// A schema that becomes a struct.
struct Object<'a> {
    schema: &'a Schema,
    fields: &'a [Field],
}

impl Object<'_> {
    fn items(&self) -> Vec<Item> {
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
        let mut text = sentence(&field.description);
        if let Some(limits) = field.limits.sentence() {
            text.push_str(&format!(" Limits: {limits}."));
        }
        match &field.default {
            Some(DefaultValue::Boolean(value)) => text.push_str(&format!(" Default: `{value}`.")),
            Some(DefaultValue::Integer(value)) => text.push_str(&format!(" Default: `{value}`.")),
            Some(DefaultValue::Text(value)) => text.push_str(&format!(" Default: `{value}`.")),
            Some(DefaultValue::EmptyObject) => text.push_str(" Default: nothing set."),
            None => {}
        }
        if let Some(own) = &field.source {
            text.push_str(&format!("\n\nSource: {}", source(own)));
        }
        doc(&text)
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
        let seed = seed(&field.kind);
        match self.presence(field) {
            Presence::Required | Presence::EmptyList | Presence::Defaulted if field.is_nullable => {
                match &field.kind {
                    Kind::List(element) => {
                        let element = self::seed(element);
                        quote!(de::ListOrNull(#element))
                    }
                    _ => seed,
                }
            }
            Presence::Required | Presence::EmptyList | Presence::Defaulted => seed,
            Presence::Optional => quote!(de::Nullable(#seed)),
            Presence::Patch => quote!(de::Patched(#seed)),
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
            match self.presence(field) {
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

/// The value of an absent field, where one is given.
fn default_value(field: &Field) -> TokenStream {
    match (&field.default, &field.kind) {
        (Some(DefaultValue::Text(word)), Kind::Named(reference)) => {
            let (name, variant) = (ident(&reference.name), ident(&names::pascal(word)));
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

/// The local variable that holds a field until its object ends.
fn slot(field: &Field) -> Ident {
    format_ident!("{}_slot", field.rust)
}

pub(crate) fn ident(name: &str) -> Ident {
    Ident::new(name, Span::call_site())
}

/// The Rust type of a value that is there.
fn value_type(kind: &Kind) -> TokenStream {
    match kind {
        Kind::Text => quote!(String),
        Kind::Secret => quote!(Secret),
        Kind::Timestamp { .. } => quote!(Timestamp),
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
    }
}

/// The seed that reads a value.
fn seed(kind: &Kind) -> TokenStream {
    match kind {
        Kind::Text => quote!(de::TEXT),
        Kind::Secret | Kind::Timestamp { .. } | Kind::Named(_) => quote!(de::of()),
        Kind::Boolean => quote!(de::FLAG),
        Kind::Integer(Integer::Int32) => quote!(de::INT32),
        Kind::Integer(Integer::Int64) => quote!(de::INT64),
        Kind::Integer(Integer::Count32) => quote!(de::COUNT32),
        Kind::Integer(Integer::Count64) => quote!(de::COUNT64),
        Kind::Integer(Integer::Uint64) => quote!(de::UINT64),
        Kind::List(element) => {
            let element = seed(element);
            quote!(de::List(#element))
        }
        Kind::Map => quote!(de::Map(de::TEXT)),
    }
}

/// How a function takes a value.
struct Argument<'a> {
    kind: &'a Kind,
    argument: TokenStream,
}

impl<'a> Argument<'a> {
    fn of(kind: &'a Kind) -> Self {
        let value = value_type(kind);
        let argument = match kind {
            kind if kind.is_plain() => value,
            Kind::Map => {
                quote!(impl IntoIterator<Item = (impl Into<String>, impl Into<String>)>)
            }
            _ => quote!(impl Into<#value>),
        };
        Self { kind, argument }
    }

    /// The value out of the argument.
    fn value(&self, name: &Ident) -> TokenStream {
        match self.kind {
            kind if kind.is_plain() => quote!(#name),
            Kind::Map => {
                quote!(#name.into_iter().map(|(key, value)| (key.into(), value.into())).collect())
            }
            _ => quote!(#name.into()),
        }
    }
}
