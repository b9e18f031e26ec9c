//! Writes the deserialization of a struct.

use proc_macro2::{Ident, TokenStream};
use quote::{format_ident, quote};

use super::super::field_type::{default_value, ident, seed};
use super::super::ir::{Field, Kind, Presence};
use super::super::names;
use super::StructGenerator;

impl StructGenerator<'_> {
    pub(super) fn read(&self) -> TokenStream {
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
        let fills = self.fields.iter().map(|field| self.fill(field));
        let first = self.values_before_others();
        let values = self.fields.iter().map(|field| self.value(field));
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
                            #(Field::#keys => #fills,)*
                            #read
                        }
                    }
                    #(#first)*
                    Ok(Self { #value #(#values),* })
                }
            }
        }
    }

    /// Returns the code that decodes a member into its slot.
    fn fill(&self, field: &Field) -> TokenStream {
        let (slot, seed) = (slot(field), self.seed(field));
        match self.presence(field) {
            Presence::Lenient => quote!(#slot.fill_lenient(&mut map, #seed)?),
            _ => quote!(#slot.fill(&mut map, #seed)?),
        }
    }

    /// Returns the statements that take the secrets, and then the lenient values, from which the secrets are removed.
    fn values_before_others(&self) -> Vec<TokenStream> {
        let secrets: Vec<&Field> = self
            .fields
            .iter()
            .filter(|it| self.is_taken_first(it))
            .collect();
        let first = secrets.iter().map(|field| {
            let (name, slot) = (ident(&field.rust), slot(field));
            match self.presence(field) {
                Presence::Required => quote!(let #name = #slot.required()?;),
                _ => quote!(let #name = #slot.or_default();),
            }
        });
        let cleaned = secrets.iter().map(|field| {
            let name = ident(&field.rust);
            match self.presence(field) {
                Presence::Required => quote!(.cleaned_of([&#name])),
                _ => quote!(.cleaned_of(&#name)),
            }
        });
        let cleaned: TokenStream = cleaned.collect();
        let lenient = self.fields.iter().filter_map(|field| {
            let (name, slot) = (ident(&field.rust), slot(field));
            let was_null = (self.schema.keeps_unknown && field.is_nullable).then(|| {
                let was_null = was_null(field);
                quote!(let #was_null = #slot.is_null();)
            });
            (self.presence(field) == Presence::Lenient)
                .then(|| quote!(#was_null let #name = #slot.or_default() #cleaned;))
        });
        first.chain(lenient).collect()
    }

    /// Returns whether a field is a secret that unreadable values of other fields may repeat.
    fn is_taken_first(&self, field: &Field) -> bool {
        let mut presences = self.fields.iter().map(|it| self.presence(it));
        let is_plain = matches!(
            self.presence(field),
            Presence::Required | Presence::Optional
        );
        let is_secret = matches!(field.kind, Kind::Secret) && is_plain;
        is_secret && presences.any(|it| it == Presence::Lenient)
    }

    /// Returns the initializer that takes the value of a field out of its slot.
    fn value(&self, field: &Field) -> TokenStream {
        let (name, slot) = (ident(&field.rust), slot(field));
        match self.presence(field) {
            _ if self.is_taken_first(field) => quote!(#name),
            Presence::Required | Presence::Count => quote!(#name: #slot.required()?),
            Presence::Defaulted => {
                let default = default_value(field);
                quote!(#name: #slot.or(#default))
            }
            Presence::OptionalCount => quote!(#name: #slot.count()),
            Presence::Lenient => quote!(#name),
            Presence::Optional | Presence::Patch => quote!(#name: #slot.or_default()),
        }
    }

    /// Returns the code for unknown members.
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
        let is_optional = |field: &&Field| {
            matches!(self.presence(field), Presence::Optional | Presence::Lenient)
                && field.is_nullable
        };
        let nullable = self.fields.iter().filter(is_optional);
        let (names, are_null): (Vec<_>, Vec<_>) = nullable
            .map(|field| {
                let (slot, was_null) = (slot(field), was_null(field));
                let is_null = match self.presence(field) {
                    Presence::Lenient => quote!(#was_null),
                    _ => quote!(#slot.is_null()),
                };
                (&field.name, is_null)
            })
            .unzip();
        Unknown {
            variant: quote!(Unknown(Box<str>)),
            other: quote!(Field::Unknown(name.into())),
            collector: Some(
                quote!(let mut unknown = crate::field::unknown_members::Collector::new();),
            ),
            read: quote!(Field::Unknown(name) => unknown.read(name, &mut map)?,),
            value: Some(quote!(unknown_members: unknown.finish(&[#(#names),*], [#(#are_null),*]),)),
        }
    }

    fn seed(&self, field: &Field) -> TokenStream {
        let value = match field.is_or_object {
            true => quote!(crate::json::secret_or_object::SecretOrObject),
            false => seed(&field.kind),
        };
        match (self.presence(field), &field.kind) {
            (Presence::Optional, _) => quote!(de::Nullable(#value)),
            (Presence::Count, _) => quote!(de::Count(#value)),
            (Presence::OptionalCount, _) => quote!(de::Nullable(de::Count(#value))),
            (Presence::Patch, _) => quote!(crate::field::patch::Patched(#value)),
            (_, Kind::List(element)) if field.is_nullable => {
                let element = seed(element);
                quote!(de::ListOrNull(#element))
            }
            _ => value,
        }
    }

    pub(super) fn deserialize(&self) -> TokenStream {
        let name = self.name();
        quote! {
            impl<'de> Deserialize<'de> for #name {
                fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                    de::object(deserializer)
                }
            }
        }
    }
}

/// The code for unknown members, by its place in the generated code.
struct Unknown {
    /// The variant in the enum of fields.
    variant: TokenStream,
    /// The value of that variant, for a name.
    other: TokenStream,
    collector: Option<TokenStream>,
    /// The arm that decodes the value.
    read: TokenStream,
    /// The field of the struct.
    value: Option<TokenStream>,
}

/// Returns the local variable that holds a field until the end of the object.
fn slot(field: &Field) -> Ident {
    format_ident!("{}_slot", field.rust)
}

/// Returns the local variable that says whether a lenient field was null, once its slot is empty.
fn was_null(field: &Field) -> Ident {
    format_ident!("{}_was_null", field.rust)
}
