//! Writes the models: one file for each module of a vendor.

use std::collections::{BTreeMap, BTreeSet};

use proc_macro2::TokenStream;
use quote::quote;

use super::field_type::ident;
use super::ir::{Api, Kind, Presence, Schema, Shape, Word};
use super::markdown::Markdown;
use super::names;
use super::rust::{self, Item, doc_of};
use super::source::schema_doc;
use super::struct_gen::StructGenerator;

/// Returns the files of the models, `mod.rs` included, by name.
pub(crate) fn files(api: &Api) -> Result<BTreeMap<String, String>, String> {
    let mut files = BTreeMap::new();
    let mut modules: BTreeMap<&str, Vec<&Schema>> = BTreeMap::new();
    for schema in &api.schemas {
        modules.entry(&schema.module).or_default().push(schema);
    }
    for (module, schemas) in &modules {
        let items: Vec<Item> = std::iter::once(Item::Plain(imports(api, module, schemas)))
            .chain(schemas.iter().flat_map(|schema| items(api, schema)))
            .collect();
        let text = rust::file(&api.files(), &about(api, module), &items)?;
        files.insert(format!("{module}.rs"), text);
    }
    files.insert("mod.rs".into(), root(api, &modules)?);
    Ok(files)
}

fn about(api: &Api, module: &str) -> Markdown {
    let tag = api
        .document
        .tags
        .iter()
        .find(|tag| names::snake(&tag.name) == module);
    match tag {
        Some(tag) => Markdown::escaped(&tag.name)
            .joined(Markdown::own("."))
            .paragraph(tag.description.sentence()),
        None => {
            Markdown::own("Types shared by several groups of operations, and the bodies of errors.")
        }
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
        Item::Plain(
            quote!(#(mod #declared;)* pub mod operations; #[cfg(feature = "samples")] #[doc(hidden)] pub mod samples;),
        ),
        Item::Plain(quote!(#(#exported)* pub use operations::OperationId;)),
    ];
    rust::file(&api.files(), &api.document.title.sentence(), &items)
}

/// What the schemas of a file use.
struct Used<'a> {
    schemas: &'a [&'a Schema],
    /// The kinds of all fields, and of the elements of lists.
    kinds: Vec<&'a Kind>,
}

impl<'a> Used<'a> {
    fn new(schemas: &'a [&'a Schema]) -> Self {
        let fields = schemas.iter().flat_map(|it| it.fields());
        let kinds = fields.flat_map(|field| [&field.kind, field.kind.innermost()]);
        Self {
            schemas,
            kinds: kinds.collect(),
        }
    }

    fn has_kind(&self, test: fn(&Kind) -> bool) -> bool {
        self.kinds.iter().any(|kind| test(kind))
    }

    fn has_shape(&self, test: fn(&Shape) -> bool) -> bool {
        self.schemas.iter().any(|schema| test(&schema.shape))
    }

    fn has_object(&self) -> bool {
        self.has_shape(|it| matches!(it, Shape::Object(_)))
    }

    fn has_presence(&self, presence: Presence) -> bool {
        let mut schemas = self.schemas.iter();
        schemas.any(|schema| {
            let mut fields = schema.fields().iter();
            fields.any(|field| schema.presence(field) == presence)
        })
    }

    fn keeps_unknown(&self) -> bool {
        self.schemas.iter().any(|it| it.keeps_unknown)
    }

    fn alloc_items(&self) -> Vec<TokenStream> {
        let has_map = self.has_kind(|it| matches!(it, Kind::Map | Kind::FreeMap));
        let has_text = self.has_kind(|it| matches!(it, Kind::Text));
        let has_list = self.has_kind(|it| matches!(it, Kind::List(_)));
        rust::used(&[
            (self.keeps_unknown(), quote!(boxed::Box)),
            (has_map, quote!(collections::BTreeMap)),
            (has_map || has_text, quote!(string::String)),
            (has_list, quote!(vec::Vec)),
        ])
    }

    fn crate_items(&self) -> Vec<TokenStream> {
        let has_object = self.has_object();
        let has_lenient = self.has_presence(Presence::Lenient);
        let has_patch = self.has_presence(Presence::Patch);
        let has_free = self.has_kind(|it| matches!(it, Kind::FreeMap));
        let has_secret = self.has_kind(|it| matches!(it, Kind::Secret));
        let has_text = self.has_kind(Kind::holds_text);
        let has_id = self.has_shape(|it| matches!(it, Shape::Id));
        let has_enum = self.has_shape(|it| matches!(it, Shape::Enum(_)));
        let has_time = self.has_kind(|it| matches!(it, Kind::Timestamp(_)));
        let unknown = quote!(field::unknown_members::UnknownMembers);
        rust::used(&[
            (has_object, quote!(de)),
            (has_lenient, quote!(field::lenient::{Lenient, Unreadable})),
            (has_patch, quote!(field::patch::Patch)),
            (self.keeps_unknown(), unknown),
            (has_free, quote!(json::json_value::JsonValue)),
            (has_secret, quote!(secret::secret::Secret)),
            (has_object, quote!(ser)),
            (has_text, quote!(text::display::TruncatedDebug)),
            (has_id, quote!(text::id::id)),
            (has_enum, quote!(text::open_enum::open_enum)),
            (has_time, quote!(time::timestamp::Timestamp)),
        ])
    }
}

/// Returns the imports of a file.
fn imports(api: &Api, module: &str, schemas: &[&Schema]) -> TokenStream {
    let used = Used::new(schemas);
    let (from_alloc, from_crate) = (used.alloc_items(), used.crate_items());
    let elsewhere = from_other_modules(api, module, &used.kinds);
    let from_alloc = (!from_alloc.is_empty()).then(|| quote!(use alloc::{#(#from_alloc),*};));
    let from_serde = used.has_object().then(|| {
        quote!(
            use serde_core::{Deserialize, Deserializer, Serialize, Serializer, de::MapAccess};
        )
    });
    quote!(#from_alloc #from_serde use crate::{#(#from_crate),*}; #(#elsewhere)*)
}

/// Imports the types of these kinds that are in other modules of the vendor.
fn from_other_modules(api: &Api, module: &str, kinds: &[&Kind]) -> Vec<TokenStream> {
    let elsewhere: BTreeSet<(&str, &str)> = kinds
        .iter()
        .filter_map(|kind| api.schema(&kind.reference()?.name))
        .filter(|schema| schema.module != module)
        .map(|schema| (schema.module.as_str(), schema.name.as_str()))
        .collect();
    let imports = elsewhere.into_iter().map(|(module, name)| {
        let (module, name) = (ident(module), ident(name));
        quote!(use super::#module::#name;)
    });
    imports.collect()
}

fn items(api: &Api, schema: &Schema) -> Vec<Item> {
    match &schema.shape {
        Shape::Id => vec![id(schema)],
        Shape::Enum(words) => vec![open_enum(schema, words)],
        Shape::Object(fields) => StructGenerator {
            api,
            schema,
            fields,
        }
        .items(),
    }
}

fn id(schema: &Schema) -> Item {
    let (docs, name) = (schema_doc(schema), ident(&schema.name));
    Item::MacroCall("id", quote!(#docs pub struct #name;))
}

fn open_enum(schema: &Schema, words: &[Word]) -> Item {
    let (docs, name) = (schema_doc(schema), ident(&schema.name));
    let variants = words.iter().map(|word| {
        let docs = doc_of(&word.description.sentence());
        let (variant, word) = (ident(&names::variant(&word.word)), &word.word);
        quote!(#docs #variant = #word,)
    });
    Item::MacroCall("open_enum", quote!(#docs pub enum #name { #(#variants)* }))
}
