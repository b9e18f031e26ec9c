//! The commands of one tag.

use std::collections::BTreeSet;

use proc_macro2::Ident;
use quote::format_ident;

use crate::client::{Resource, is_list, method_name};
use crate::field_type::ident;
use crate::ir::{Api, Field, Kind, Operation, Presence, Schema, Shape, Tag};
use crate::names;

/// Returns the tags with commands, by the words of these.
pub(super) fn groups<'a>(api: &'a Api, secrets: &'a BTreeSet<&'a str>) -> Vec<Group<'a>> {
    let groups = api
        .document
        .tags
        .iter()
        .map(|tag| Group::new(api, tag, secrets));
    let mut groups: Vec<_> = groups.filter(Group::has_commands).collect();
    groups.sort_by(|one, other| one.noun.cmp(&other.noun));
    groups
}

/// Iterates over the nouns directly below the given words; without words, over those of the vendor.
pub(super) fn below<'g, 'a>(
    groups: &'g [Group<'a>],
    words: &[String],
) -> impl Iterator<Item = &'g Group<'a>> {
    groups.iter().filter(move |it| it.parent() == words)
}

/// Returns the words before the verbs of a tag's commands, in snake case.
fn noun(tag: &Tag) -> Vec<String> {
    match &tag.noun {
        Some(noun) => noun.words.iter().map(|it| names::snake(it)).collect(),
        None => vec![names::snake(&names::singular(&tag.name))],
    }
}

/// The commands of one tag.
pub(super) struct Group<'a> {
    pub(super) api: &'a Api,
    pub(super) tag: &'a Tag,
    /// The words before the verbs, in snake case.
    pub(super) noun: Vec<String>,
    /// The models with secrets.
    pub(super) secrets: &'a BTreeSet<&'a str>,
    pub(super) resource: Resource<'a>,
    /// The operations with a command; not the token exchange, which a client makes by itself.
    pub(super) operations: Vec<&'a Operation>,
}

impl<'a> Group<'a> {
    fn new(api: &'a Api, tag: &'a Tag, secrets: &'a BTreeSet<&'a str>) -> Self {
        let operations = api.own_operations();
        let operations = operations.filter(|it| it.tag == tag.name && it.authenticated);
        let mut group = Self {
            api,
            tag,
            noun: noun(tag),
            secrets,
            resource: Resource::new(api, tag),
            operations: operations.collect(),
        };
        let mut operations = std::mem::take(&mut group.operations);
        operations.retain(|it| group.is_plain(it) || it.by_hand.command.is_some());
        group.operations = operations;
        group
    }

    fn has_commands(&self) -> bool {
        !self.operations.is_empty() || !self.tag.commands.is_empty()
    }

    /// Returns the module of the commands that are written by hand.
    pub(super) fn module(&self) -> String {
        self.noun.join("_")
    }

    pub(super) fn type_name(&self) -> String {
        names::pascal(&self.module())
    }

    /// Returns the last word of the noun, which is its name among the commands of the words before it.
    pub(super) fn name(&self) -> &str {
        self.noun.last().map_or("", String::as_str)
    }

    /// Returns the words of the noun that this one is below.
    pub(super) fn parent(&self) -> &[String] {
        self.noun.split_last().map_or(&[], |(_, parent)| parent)
    }

    pub(super) fn variant(&self) -> Ident {
        ident(&names::pascal(self.name()))
    }

    /// Returns the other name of the noun: its last word in the plural, if the name of the tag ends with it.
    pub(super) fn alias(&self) -> Option<String> {
        let plural = self.resource.module();
        let singular = names::snake(&names::singular(&self.tag.name));
        let before = singular.strip_suffix(self.name())?;
        let is_whole_word = before.is_empty() || before.ends_with('_');
        let plural = plural.get(before.len()..).filter(|_| is_whole_word)?;
        (plural != self.name()).then(|| plural.to_owned())
    }

    /// Returns all other names of the noun, in snake case.
    pub(super) fn aliases(&self) -> impl Iterator<Item = String> {
        let own = self.tag.aliases.iter().map(|it| names::snake(it));
        self.alias().into_iter().chain(own)
    }

    pub(super) fn command(&self) -> Ident {
        format_ident!("{}Command", self.type_name())
    }

    pub(super) fn method(&self, operation: &Operation) -> String {
        method_name(operation)
    }

    /// Returns the words of a command, as in `gatelet asa gateway-setup-token reveal`.
    pub(super) fn words(&self, operation: &Operation) -> String {
        let words = format!("{} {}", self.noun.join(" "), self.method(operation));
        format!("gatelet {} {}", self.api.vendor, words.replace('_', "-"))
    }

    pub(super) fn is_plain(&self, operation: &Operation) -> bool {
        let by_hand = &operation.by_hand;
        let is_call = by_hand.method.is_none() && by_hand.command.is_none();
        is_call
            && operation.request.is_none()
            && (operation.response.is_none() || self.record(operation).is_some())
    }

    /// Whether it prints a secret that no other command shows.
    pub(super) fn shows_once(&self, operation: &Operation) -> bool {
        let response = operation.response.as_ref();
        let response = response.and_then(|it| self.api.schema(&it.name));
        response.is_some_and(|it| it.shown_once().is_some())
    }
}

impl<'a> Group<'a> {
    /// Returns the model that a command prints, unless a secret in it needs a handwritten decision.
    pub(super) fn record(&self, operation: &Operation) -> Option<&'a Schema> {
        let name = match (is_list(operation), self.rows(operation)) {
            (true, _) => &self.resource.element(operation)?.named()?.name,
            (false, Some(rows)) => &rows.kind.reference()?.name,
            (false, None) => &operation.response.as_ref()?.name,
        };
        let model = self.api.schema(name)?;
        let is_redactable = |field: &Field| match &field.kind {
            Kind::Secret => model.presence(field) == Presence::Optional,
            kind => kind
                .reference()
                .is_none_or(|it| !self.secrets.contains(it.name.as_str())),
        };
        let is_printable = model.shown_once().is_none() && model.fields().iter().all(is_redactable);
        is_printable.then_some(model)
    }
}

impl Group<'_> {
    /// Returns the list in the response of a command that prints one, although it has no pages: beside it are nothing but ids.
    pub(super) fn rows(&self, operation: &Operation) -> Option<&Field> {
        let response = operation.response.as_ref().filter(|_| !is_list(operation));
        let fields = self.api.schema(&response?.name)?.fields().iter();
        let is_id = |field: &&Field| {
            let reference = field.kind.named();
            let schema = reference.and_then(|it| self.api.schema(&it.name));
            schema.is_some_and(|it| matches!(it.shape, Shape::Id))
        };
        let mut others = fields.filter(|field| !is_id(field));
        let list = others.next().filter(|_| others.next().is_none())?;
        match &list.kind {
            Kind::List(element) => element.named().map(|_| list),
            _ => None,
        }
    }
}
