//! An API as read from its description.

use std::fmt;
use std::ops::RangeInclusive;

use super::diagnostics::Position;
use super::markdown::Markdown;
use super::prose::Prose;
use super::yaml::Node;

/// One vendor's API.
#[derive(Debug)]
pub(crate) struct Api {
    /// The name of the module: `asa` or `dt`.
    pub(crate) vendor: String,
    /// The method of the client that returns its account.
    pub(crate) account: Option<&'static str>,
    /// The first description.
    pub(crate) document: Document,
    /// The further descriptions.
    pub(crate) further: Vec<Document>,
    /// The operations of all descriptions.
    pub(crate) operations: Vec<Operation>,
    /// The schemas of all descriptions.
    pub(crate) schemas: Vec<Schema>,
}

/// What a description says of itself.
#[derive(Debug)]
pub(crate) struct Document {
    /// The name of its reference page.
    pub(crate) name: &'static str,
    /// Its path below the workspace.
    pub(crate) file: String,
    /// Its index among the descriptions of its vendor.
    pub(crate) index: usize,
    pub(crate) title: Prose,
    pub(crate) description: Prose,
    pub(crate) servers: Vec<Server>,
    pub(crate) tags: Vec<Tag>,
}

impl Api {
    /// Returns the schema with this name.
    pub(crate) fn schema(&self, name: &str) -> Option<&Schema> {
        self.schemas.iter().find(|schema| schema.name == name)
    }

    /// Iterates over what its descriptions say of themselves, the first one first.
    pub(crate) fn documents(&self) -> impl Iterator<Item = &Document> {
        std::iter::once(&self.document).chain(&self.further)
    }

    /// Returns the paths of its descriptions, for the headers of generated files.
    pub(crate) fn files(&self) -> String {
        let files: Vec<&str> = self.documents().map(|it| it.file.as_str()).collect();
        files.join(" and ")
    }

    /// Iterates over the operations with a method and a command of their own: those of the first description.
    pub(crate) fn own_operations(&self) -> impl Iterator<Item = &Operation> {
        self.operations.iter().filter(|it| it.at.file == 0)
    }

    /// Returns the operation that another one stands in for.
    pub(crate) fn original(&self, alternative: &Operation) -> Option<&Operation> {
        let (id, _) = alternative.alternative_to.as_ref()?;
        self.own_operations().find(|it| it.id == *id)
    }

    /// Returns the operation that stands in for another one.
    pub(crate) fn alternative(&self, original: &Operation) -> Option<&Operation> {
        let mut operations = self.operations.iter();
        operations.find(|it| {
            let id = it.alternative_to.as_ref().map(|(id, _)| id);
            id == Some(&original.id)
        })
    }
}

/// A base URL.
#[derive(Clone, Debug)]
pub struct Server {
    /// With the names of its variables in braces.
    pub url: String,
    pub(crate) description: Prose,
    /// Its variables.
    pub variables: Vec<Variable>,
}

impl Server {
    /// Returns the URL with the default of each variable.
    #[must_use]
    pub fn filled(&self) -> String {
        let variables = self.variables.iter();
        variables.fold(self.url.clone(), |url, variable| {
            url.replace(&format!("{{{}}}", variable.name), &variable.default)
        })
    }
}

/// A variable part of a base URL.
#[derive(Clone, Debug)]
pub struct Variable {
    /// The name, without braces.
    pub name: String,
    /// The default value.
    pub default: String,
    pub(crate) description: Prose,
}

/// A family of operations.
#[derive(Debug)]
pub(crate) struct Tag {
    pub(crate) name: String,
    pub(crate) description: Prose,
    /// The words before the verbs of its commands, if they are not those of its name.
    pub(crate) noun: Option<Noun>,
    /// Other names of the noun's last word.
    pub(crate) aliases: Vec<String>,
    /// The commands beside those of the operations.
    pub(crate) commands: Vec<OwnCommand>,
    pub(crate) at: Position,
}

/// The words before the verbs of a tag's commands: `service-user key`. All but the last are the noun of another tag.
#[derive(Debug)]
pub(crate) struct Noun {
    pub(crate) words: Vec<String>,
    pub(crate) at: Position,
}

/// A command that is not that of one operation. It is written by hand.
#[derive(Debug)]
pub(crate) struct OwnCommand {
    pub(crate) name: String,
    pub(crate) summary: Prose,
    /// Whether it may change something.
    pub(crate) changes: bool,
    pub(crate) at: Position,
}

/// One operation.
#[derive(Debug)]
pub(crate) struct Operation {
    pub(crate) id: String,
    pub(crate) tag: String,
    pub(crate) summary: Prose,
    pub(crate) description: Prose,
    pub(crate) method: Method,
    pub(crate) path: String,
    /// Whether other operations have the same path.
    pub(crate) shares_path: bool,
    pub(crate) parameters: Vec<Parameter>,
    pub(crate) request: Option<Reference>,
    pub(crate) response: Option<Reference>,
    /// The schema of an error's body.
    pub(crate) failure: Option<Reference>,
    pub(crate) success: u16,
    pub(crate) idempotent: bool,
    /// Where and since when it is deprecated.
    pub(crate) deprecated: Option<Prose>,
    /// Whether a POST only checks, and where that is said.
    pub(crate) safe: Option<(bool, Position)>,
    pub(crate) authenticated: bool,
    pub(crate) paging: Option<Paging>,
    pub(crate) permissions: Vec<String>,
    pub(crate) source: Prose,
    /// The name of the client's method, if it is not derived from method and path.
    pub(crate) rust_name: Option<String>,
    /// The name of the method and the command that return the secret of the response alone; both are written by hand.
    pub(crate) secret_by: Option<(String, Position)>,
    pub(crate) by_hand: ByHand,
    /// The property of the response with the id that ends the path.
    pub(crate) identity: Option<(String, Position)>,
    /// The id of the operation of the first description that it stands in for.
    pub(crate) alternative_to: Option<(String, Position)>,
    pub(crate) at: Position,
}

/// The handwritten parts of an operation in the client and the command line, each with a text for callers.
#[derive(Debug, Default)]
pub(crate) struct ByHand {
    /// The whole method.
    pub(crate) method: Option<Prose>,
    /// A check of the values before anything is sent.
    pub(crate) check: Option<Prose>,
    /// The decoding of the response.
    pub(crate) decode: Option<Prose>,
    /// The arguments and the output of the command line.
    pub(crate) command: Option<Prose>,
}

impl Operation {
    /// Returns method and path: `GET /v1/teams/{team_name}/gateways`.
    pub(crate) fn call(&self) -> String {
        let method = self.method.keyword().to_ascii_uppercase();
        format!("{method} {}", self.path)
    }

    /// Returns whether it changes nothing.
    pub(crate) fn is_safe(&self) -> bool {
        self.method == Method::Get || self.safe.is_some_and(|(safe, _)| safe)
    }

    /// Returns the parameters in the query.
    pub(crate) fn query(&self) -> impl Iterator<Item = &Parameter> {
        self.parameters
            .iter()
            .filter(|parameter| !parameter.in_path)
    }
}

/// The method of an operation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Method {
    Get,
    Post,
    Put,
    Delete,
}

impl Method {
    pub(crate) const ALL: [Self; 4] = [Self::Get, Self::Post, Self::Put, Self::Delete];

    /// Returns the keyword below a path.
    pub(crate) fn keyword(self) -> &'static str {
        match self {
            Self::Get => "get",
            Self::Post => "post",
            Self::Put => "put",
            Self::Delete => "delete",
        }
    }
}

/// How a list continues.
#[derive(Debug)]
pub(crate) struct Paging {
    pub(crate) style: PagingStyle,
    pub(crate) page_size: String,
    pub(crate) page_token: String,
    /// The member of a page with the token of the next one, where it has another name than the parameter.
    pub(crate) next: Option<String>,
    /// The query parameter that reverses the direction.
    pub(crate) backwards: Option<String>,
    /// The member of a page with the number of all items.
    pub(crate) total_count: Option<String>,
    pub(crate) at: Position,
}

impl Paging {
    /// Returns the member of a page with the token of the next one.
    pub(crate) fn next_member(&self) -> &str {
        self.next.as_ref().unwrap_or(&self.page_token)
    }
}

/// Where a page names the next one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum PagingStyle {
    /// In a `Link` header.
    Link,
    /// In a field of the body.
    Cursor,
}

/// A parameter of the path or of the query.
#[derive(Clone, Debug)]
pub(crate) struct Parameter {
    pub(crate) name: String,
    /// As Rust writes it, where that does not follow from the name.
    pub(crate) rust_name: Option<String>,
    pub(crate) in_path: bool,
    /// Whether it is the account of the client, such as a team.
    pub(crate) is_account: bool,
    /// The values that it cannot have, because they are paths of their own.
    pub(crate) reserved: Vec<String>,
    pub(crate) description: Prose,
    pub(crate) kind: Kind,
    pub(crate) limits: Limits,
    pub(crate) at: Position,
}

/// The name of a schema, and the position of its use.
#[derive(Clone, Debug)]
pub(crate) struct Reference {
    pub(crate) name: String,
    /// The index of the description with the schema.
    pub(crate) file: usize,
    pub(crate) at: Position,
}

/// A named type.
#[derive(Debug)]
pub(crate) struct Schema {
    pub(crate) name: String,
    pub(crate) description: Prose,
    pub(crate) source: Prose,
    pub(crate) shape: Shape,
    /// Its module: that of a tag, or `shared`.
    pub(crate) module: String,
    /// Whether only requests contain it.
    pub(crate) is_request_only: bool,
    /// Whether it keeps unknown members, because it is read, changed and put back.
    pub(crate) keeps_unknown: bool,
    /// Whether the command line chooses the columns of its table.
    pub(crate) has_own_columns: bool,
    /// The examples of the description; the first shows every property.
    pub(crate) examples: Vec<Node>,
    pub(crate) at: Position,
}

impl Schema {
    /// Returns the secret that no other response shows, if it has one. Its other fields are then decoded leniently.
    pub(crate) fn shown_once(&self) -> Option<&Field> {
        let mut fields = self.fields().iter();
        fields.find(|field| field.is_shown_once && !self.is_request_only)
    }

    /// Returns what it means if one of its fields is absent.
    pub(crate) fn presence(&self, field: &Field) -> Presence {
        let is_count = matches!(field.kind, Kind::Integer(range) if range.is_unsigned());
        match &field.kind {
            _ if field.is_omittable => Presence::Optional,
            _ if field.default.is_some() => Presence::Defaulted,
            _ if field.is_lenient => Presence::Lenient,
            _ if !field.is_required && self.shown_once().is_some() => Presence::Lenient,
            _ if is_count && !self.is_request_only && field.is_required => Presence::Count,
            _ if is_count && !self.is_request_only => Presence::OptionalCount,
            Kind::List(_) if field.is_required => Presence::Required,
            _ if field.is_required && !field.is_nullable => Presence::Required,
            _ if field.is_nullable && self.is_request_only => Presence::Patch,
            _ => Presence::Optional,
        }
    }

    /// Returns the fields; empty unless it is an object.
    pub(crate) fn fields(&self) -> &[Field] {
        match &self.shape {
            Shape::Object(fields) => fields,
            Shape::Id | Shape::Enum(_) => &[],
        }
    }

    /// Returns the references of its fields.
    pub(crate) fn references(&self) -> impl Iterator<Item = &Reference> {
        let fields = self.fields().iter();
        fields.filter_map(|field| field.kind.reference())
    }
}

/// The kind of a named type.
#[derive(Debug)]
pub(crate) enum Shape {
    Id,
    Enum(Vec<Word>),
    Object(Vec<Field>),
}

/// A known word of an enum.
#[derive(Debug)]
pub(crate) struct Word {
    pub(crate) word: String,
    pub(crate) description: Prose,
    pub(crate) at: Position,
}

/// A field of an object.
#[derive(Debug)]
pub(crate) struct Field {
    /// The vendor's name.
    pub(crate) name: String,
    /// The name in Rust.
    pub(crate) rust: String,
    pub(crate) description: Prose,
    /// Its own source, if it differs from that of the object.
    pub(crate) source: Option<Prose>,
    pub(crate) kind: Kind,
    pub(crate) limits: Limits,
    pub(crate) is_required: bool,
    pub(crate) is_nullable: bool,
    pub(crate) default: Option<DefaultValue>,
    /// Whether new requests contain it, from its default or an argument, although it may be omitted.
    pub(crate) is_omittable: bool,
    /// Whether it is a secret that no other response shows.
    pub(crate) is_shown_once: bool,
    /// Whether an unreadable value is kept as text, so that the rest of the response can be read.
    pub(crate) is_lenient: bool,
    /// Whether it is a secret that may be an object of texts instead.
    pub(crate) is_or_object: bool,
    pub(crate) at: Position,
}

/// What it means if a field is absent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Presence {
    /// It is required.
    Required,
    /// It takes a default.
    Defaulted,
    /// It is `None`.
    Optional,
    /// It is required; a negative value is `None`.
    Count,
    /// It is `None`, like a negative value.
    OptionalCount,
    /// It is `Absent`; an invalid value is kept as it is.
    Lenient,
    /// It keeps the value on the server; null clears it.
    Patch,
}

/// The value of an absent field.
#[derive(Clone, Debug)]
pub(crate) enum DefaultValue {
    Boolean(bool),
    Integer(i64),
    Text(String),
    EmptyObject,
}

/// Formats the value as in JSON, but texts without quotes.
impl fmt::Display for DefaultValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Boolean(value) => write!(f, "{value}"),
            Self::Integer(value) => write!(f, "{value}"),
            Self::Text(text) => f.write_str(text),
            Self::EmptyObject => f.write_str("{}"),
        }
    }
}

/// The type of a value.
#[derive(Clone, Debug)]
pub(crate) enum Kind {
    Text,
    Secret,
    Timestamp(TimestampForm),
    Boolean,
    Integer(Integer),
    Named(Reference),
    List(Box<Kind>),
    /// An object of texts.
    Map,
    /// An object of any values.
    FreeMap,
}

impl Kind {
    /// Returns whether the value is copied and not converted.
    pub(crate) fn is_plain(&self) -> bool {
        matches!(self, Self::Boolean | Self::Integer(_))
    }

    /// Returns whether it is a count: its Rust type holds greater integers than the description allows.
    pub(crate) fn is_count(&self) -> bool {
        matches!(self, Self::Integer(Integer::Count32 | Integer::Count64))
    }

    /// Returns the element type of a (nested) list, or the type itself.
    pub(crate) fn innermost(&self) -> &Self {
        match self {
            Self::List(element) => element.innermost(),
            kind => kind,
        }
    }

    /// Returns the schema that it is.
    pub(crate) fn named(&self) -> Option<&Reference> {
        match self {
            Self::Named(reference) => Some(reference),
            _ => None,
        }
    }

    /// Returns the schema that it names, or that its elements do.
    pub(crate) fn reference(&self) -> Option<&Reference> {
        match self {
            Self::Named(reference) => Some(reference),
            Self::List(element) => element.reference(),
            _ => None,
        }
    }
}

/// The form of a point in time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum TimestampForm {
    /// A date and time.
    Text,
    /// A date and time, written with at least three fraction digits.
    TextMillis,
    /// An integer, the milliseconds since 1970.
    UnixMillis,
}

impl TimestampForm {
    /// The first millisecond of the year 1 and the last of the year 9999.
    pub(crate) const UNIX_MILLIS: RangeInclusive<i128> = -62_135_596_800_000..=253_402_300_799_999;
}

/// The range of an integer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Integer {
    Int32,
    Int64,
    /// int32, not negative.
    Count32,
    /// int64, not negative.
    Count64,
    Uint64,
}

impl Integer {
    /// Returns whether it is never negative.
    pub(crate) fn is_unsigned(self) -> bool {
        matches!(self, Self::Count32 | Self::Count64 | Self::Uint64)
    }

    /// Returns the range of the type within the limits of the description.
    pub(crate) fn within(self, limits: &Limits) -> RangeInclusive<i128> {
        let (least, most): (i128, i128) = match self {
            Self::Int32 => (i32::MIN.into(), i32::MAX.into()),
            Self::Int64 => (i64::MIN.into(), i64::MAX.into()),
            Self::Count32 => (0, i32::MAX.into()),
            Self::Count64 => (0, i64::MAX.into()),
            Self::Uint64 => (0, u64::MAX.into()),
        };
        let least = limits.minimum.map_or(least, |own| least.max(own.into()));
        let most = limits.maximum.map_or(most, |own| most.min(own.into()));
        least..=most
    }
}

/// The limits of a value beyond those of its type.
#[derive(Clone, Debug, Default)]
pub(crate) struct Limits {
    pub(crate) min_length: Option<i64>,
    pub(crate) max_length: Option<i64>,
    pub(crate) pattern: Option<String>,
    pub(crate) minimum: Option<i64>,
    pub(crate) maximum: Option<i64>,
}

impl Limits {
    /// Returns whether some value of this kind is within them.
    pub(crate) fn can_be_kept(&self, kind: &Kind) -> bool {
        let lengths = self.min_length.unwrap_or(0)..=self.max_length.unwrap_or(i64::MAX);
        let has_range = match kind {
            Kind::Integer(range) => !range.within(self).is_empty(),
            _ => true,
        };
        has_range && !lengths.is_empty() && self.min_length.is_none_or(|least| least >= 0)
    }

    /// Returns them in words; `None` if there are none beyond those of the type.
    pub(crate) fn sentence(&self) -> Option<Markdown> {
        let mut parts = Vec::new();
        match (self.min_length, self.max_length) {
            (Some(least), Some(most)) => parts.push(format!("{least} to {most} characters")),
            (Some(least), None) => parts.push(format!("at least {least} characters")),
            (None, Some(most)) => parts.push(format!("at most {most} characters")),
            (None, None) => {}
        }
        match (self.minimum, self.maximum) {
            (Some(least), Some(most)) => parts.push(format!("{least} to {most}")),
            (Some(0), None) => {}
            (Some(least), None) => parts.push(format!("at least {least}")),
            (None, Some(most)) => parts.push(format!("at most {most}")),
            (None, None) => {}
        }
        let mut parts: Vec<Markdown> = parts.iter().map(|it| Markdown::own(it)).collect();
        if let Some(pattern) = &self.pattern {
            parts.push(Markdown::own("matches").and(Markdown::code(pattern)));
        }
        let list = parts.into_iter().reduce(|list, part| {
            let list = list.joined(Markdown::own(","));
            list.and(part)
        });
        let sentence = Markdown::own("Limits:").and(list?);
        Some(sentence.joined(Markdown::own(".")))
    }
}
