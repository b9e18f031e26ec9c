//! Writes the samples of a vendor's models: the examples of each object schema, and the keywords of its properties.

use std::ops::RangeInclusive;

use proc_macro2::{Ident, Literal, TokenStream};
use quote::quote;

use super::example;
use super::field_type::ident;
use super::graph::Graph;
use super::ir::{Api, Field, Kind, Limits, Presence, Schema, Shape, TimestampForm};
use super::markdown::Markdown;
use super::names;
use super::rust::{self, Item, doc};

/// Returns the text of `samples.rs`.
pub(crate) fn file(api: &Api) -> Result<String, String> {
    let graph = Graph::new(api);
    let objects = || {
        let schemas = api.schemas.iter();
        schemas.filter(|it| matches!(it.shape, Shape::Object(_)))
    };
    let imports = objects().next().map(|_| quote!(Property, Sample,));
    let visits = objects().map(|schema| visit(api, schema));
    let docs = doc("Visits every model, in the order of the description.");
    let visit = quote! {
        #docs
        pub fn visit(visitor: &mut impl Visitor) {
            #(#visits)*
        }
    };
    let items = [quote!(use crate::samples::{#imports Visitor};), visit].into_iter();
    let items = items.chain(objects().map(|schema| sample(api, schema, &graph)));
    rust::file(
        &api.files(),
        &Markdown::own("The samples of").and(api.document.title.sentence()),
        &items.map(Item::Plain).collect::<Vec<_>>(),
    )
}

fn visit(api: &Api, schema: &Schema) -> TokenStream {
    let (model, sample) = (ident(&schema.name), static_name(schema));
    let inexact = match inexact(api, schema) {
        Some(inexact) => quote!(|it| #inexact),
        None => quote!(|_| None),
    };
    quote!(visitor.visit::<super::#model>(&#sample, #inexact);)
}

fn static_name(schema: &Schema) -> Ident {
    ident(&names::screaming(&schema.name))
}

fn sample(api: &Api, schema: &Schema, graph: &Graph<'_>) -> TokenStream {
    let (sample, vendor, name) = (static_name(schema), &api.vendor, &schema.name);
    let examples = example::json(schema, graph);
    let examples = examples.iter().map(|it| raw(&it.compact()));
    let properties = schema.fields().iter().map(|it| property(it, api));
    let (keeps_unknown, is_request) = (schema.keeps_unknown, schema.is_request_only);
    quote! {
        static #sample: Sample = Sample {
            vendor: #vendor,
            name: #name,
            examples: &[#(#examples),*],
            properties: &[#(#properties),*],
            keeps_unknown: #keeps_unknown,
            is_request: #is_request,
        };
    }
}

/// Returns a text as a literal, raw if possible, so that JSON stays readable.
fn raw(text: &str) -> Literal {
    let raw = format!("r#\"{text}\"#").parse();
    let raw = raw.ok().filter(|_| !text.contains("\"#"));
    raw.unwrap_or_else(|| Literal::string(text))
}

fn property(field: &Field, api: &Api) -> TokenStream {
    let name = &field.name;
    let keywords = [
        ("required", field.is_required),
        ("null", field.is_nullable),
        ("default", field.default.is_some()),
        ("x-omittable", field.is_omittable),
        ("x-shown-once", field.is_shown_once),
        ("x-lenient", field.is_lenient),
        ("x-secret", is_secret(&field.kind)),
        ("x-or-object", field.is_or_object),
        ("date-time", is_date_time(&field.kind)),
        ("array", matches!(field.kind, Kind::List(_))),
        ("any-values", matches!(field.kind, Kind::FreeMap)),
        (
            "count",
            matches!(field.kind, Kind::Integer(it) if it.is_unsigned()),
        ),
    ];
    let keywords = keywords.iter().filter(|(_, is_there)| *is_there);
    let keywords = keywords.map(|(keyword, _)| keyword);
    let inner = field.kind.reference().and_then(|it| api.schema(&it.name));
    let inner = inner.filter(|it| matches!(it.shape, Shape::Object(_)));
    let model = match inner {
        Some(inner) => {
            let name = &inner.name;
            quote!(Some(#name))
        }
        None => quote!(None),
    };
    let range = range(&field.kind, &field.limits).map(|range| {
        let (least, most) = range.into_inner();
        let (least, most) = (
            Literal::i128_unsuffixed(least),
            Literal::i128_unsuffixed(most),
        );
        quote!(.with_range(#least, #most))
    });
    quote!(Property::new(#name, &[#(#keywords),*], #model) #range)
}

/// Returns whether it is a secret or a list of secrets.
fn is_secret(kind: &Kind) -> bool {
    match kind {
        Kind::Secret => true,
        Kind::List(element) => is_secret(element),
        _ => false,
    }
}

/// Whether it is a point in time as a text.
fn is_date_time(kind: &Kind) -> bool {
    matches!(kind, Kind::Timestamp(form) if *form != TimestampForm::UnixMillis)
}

/// Returns the range of an integer, or of the integers in a list.
fn range(kind: &Kind, limits: &Limits) -> Option<RangeInclusive<i128>> {
    match kind {
        Kind::Integer(integer) => Some(integer.within(limits)),
        Kind::Timestamp(TimestampForm::UnixMillis) => Some(TimestampForm::UNIX_MILLIS),
        Kind::List(element) => range(element, limits),
        _ => None,
    }
}

/// Returns the expression for the name of a member of `it`, or of an object inside it, with a number that would not be written as it
/// was read; `None` if neither keeps unknown members.
fn inexact(api: &Api, schema: &Schema) -> Option<TokenStream> {
    if schema.keeps_unknown {
        return Some(quote!(it.inexact_member()));
    }
    let fields = schema.fields().iter().filter_map(|field| {
        let inner = api.schema(&field.kind.reference()?.name)?;
        let name = ident(&field.rust);
        let is_list = matches!(field.kind, Kind::List(_));
        let each = if is_list {
            quote!(it.iter().find_map(|it| it.inexact_member()))
        } else {
            quote!(it.inexact_member())
        };
        let inexact = match schema.presence(field) {
            Presence::Patch => quote!(it.#name.as_option().and_then(|it| #each)),
            Presence::Optional => quote!(it.#name.as_ref().and_then(|it| #each)),
            Presence::Lenient => quote!(it.#name.value().ok().flatten().and_then(|it| #each)),
            _ if is_list => quote!(it.#name.iter().find_map(|it| it.inexact_member())),
            _ => quote!(it.#name.inexact_member()),
        };
        inner.keeps_unknown.then_some(inexact)
    });
    fields.reduce(|one, other| quote!(#one.or_else(|| #other)))
}
