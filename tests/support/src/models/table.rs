//! The table of all models, and ways to modify a sample.

use std::fmt::{self, Debug, Formatter};
use std::sync::LazyLock;

use gatelet_models::samples::{Property, Sample, Visitor};
use gatelet_models::{Timestamp, asa, dt};
use serde_core::{Serialize, de::DeserializeOwned};
use serde_json::Value;

/// What an absent field, a null and other special values mean for a field.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Presence {
    /// Always present and never null.
    Required,
    /// Always present; null means empty.
    RequiredList,
    /// Absent and null are the same.
    Optional,
    /// Absent stays absent, null stays null.
    Kept,
    /// Always present and never null; negative means unknown.
    Count,
    /// Absent, null and negative are the same.
    OptionalCount,
    /// Absent and null are the same; an invalid value is kept.
    Lenient,
    /// It is both: null stays null, and an invalid value is kept.
    KeptLenient,
    /// Has a default; never null.
    Defaulted,
    /// In an update: absent keeps the value, null clears it.
    Patched,
}

impl Presence {
    /// Returns whether an invalid value is kept.
    pub fn is_lenient(self) -> bool {
        matches!(self, Lenient | KeptLenient)
    }
}

impl Debug for Model {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str(self.name)
    }
}

use Presence::{
    Count, Defaulted, Kept, KeptLenient, Lenient, Optional, OptionalCount, Patched, Required,
    RequiredList,
};

/// A model with a sample of every field. Every secret is `hunter2`.
#[derive(Clone, Copy)]
pub struct Model {
    /// The name, such as `asa::Gateway`.
    pub name: &'static str,
    /// JSON with every field: the first example of the description.
    pub sample: &'static str,
    /// All examples of the description.
    pub examples: &'static [&'static str],
    /// Its fields in the order of the description.
    pub fields: &'static [(&'static str, Presence)],
    /// The properties of the description.
    pub properties: &'static [Property],
    /// Decodes a text and encodes the value, which must decode back equal and encode the same again.
    pub rewrite: &'static (dyn Fn(&str) -> Result<String, Refusal> + Send + Sync),
    /// Like `rewrite`, but decodes the bytes of a response as the clients do.
    pub receive: &'static (dyn Fn(&[u8]) -> Result<String, gatelet_transport::Error> + Send + Sync),
    /// Whether it keeps unknown members.
    pub keeps_unknown: bool,
    /// Decodes a text and returns both `Debug` forms.
    pub show: fn(&str) -> String,
}

/// The reason why a text was refused.
#[derive(Debug)]
pub struct Refusal {
    /// The path of the value, such as `list[0].name`; `.` for the whole text.
    pub path: String,
    /// The message of the model or the parser.
    pub message: String,
}

impl Model {
    /// Returns the model with this name.
    ///
    /// # Panics
    /// If it is absent.
    #[must_use]
    pub fn named(name: &str) -> &'static Self {
        let model = MODELS.iter().find(|model| model.name == name);
        model.unwrap_or_else(|| panic!("the table has no model {name}"))
    }

    /// Returns the model of a field's value, or of the items of its list, if any.
    ///
    /// # Panics
    /// If the table has no model with its name.
    #[must_use]
    pub fn nested(&self, field: &str) -> Option<&'static Self> {
        let (vendor, _) = self.name.split_once("::")?;
        let property = self.properties.iter().find(|it| it.name == field)?;
        Some(Self::named(&format!("{vendor}::{}", property.model?)))
    }

    /// Returns the model of the object at a JSON pointer; `None` for a map or a value that is not an object.
    pub fn at(&'static self, place: &str) -> Option<&'static Self> {
        let steps = place.split('/').skip(1);
        let mut members = steps.filter(|step| step.parse::<usize>().is_err());
        members.try_fold(self, |model, member| model.nested(member))
    }

    /// Returns whether an empty object is valid and encodes to itself.
    pub fn may_be_empty(&self) -> bool {
        let mut fields = self.fields.iter();
        fields.all(|(_, presence)| !matches!(presence, Required | RequiredList | Count | Defaulted))
    }

    /// Returns the sample as JSON.
    pub fn value(&self) -> Value {
        serde_json::from_str(self.sample).expect(self.name)
    }

    /// Rewrites a text that must be valid.
    pub fn accept(&self, text: &str) -> Value {
        match (self.rewrite)(text) {
            Ok(text) => serde_json::from_str(&text).expect("JSON"),
            Err(failure) => panic!("{} refuses {text}: {failure:?}", self.name),
        }
    }

    /// Returns the refusal of a text that must be invalid.
    pub fn refuse(&self, text: &str) -> Refusal {
        match (self.rewrite)(text) {
            Ok(written) => panic!("{} accepts {text} as {written}", self.name),
            Err(failure) => failure,
        }
    }

    /// Returns the sample with the value at one place replaced by raw text.
    pub fn with(&self, place: &str, raw: &str) -> String {
        let mut value = self.value();
        *value.pointer_mut(place).expect(place) = Value::from("\u{1}here");
        value.to_string().replace("\"\\u0001here\"", raw)
    }

    /// Returns the sample without one of its fields.
    pub fn without(&self, field: &str) -> String {
        let mut value = self.value();
        value
            .as_object_mut()
            .expect("an object")
            .remove(field)
            .expect(field);
        value.to_string()
    }

    /// Returns every value inside the sample with its JSON pointer.
    pub fn places(&self) -> Vec<(String, Value)> {
        let mut places = Vec::new();
        collect_places(&self.value(), "", &mut places);
        places
    }

    /// Returns whether an invalid value at a place is kept.
    pub fn is_lenient(&'static self, place: &str) -> bool {
        let (parent, name) = place.rsplit_once('/').expect("a place of a member");
        let model = self.at(parent);
        let mut fields = model.into_iter().flat_map(|model| model.fields);
        fields.any(|(field, presence)| presence.is_lenient() && *field == name)
    }

    /// Returns whether an object is read at a place in place of a text.
    pub fn reads_object(&'static self, place: &str) -> bool {
        let (parent, name) = place.rsplit_once('/').expect("a place of a member");
        let model = self.at(parent);
        let properties = model.into_iter().flat_map(|model| model.properties);
        properties
            .into_iter()
            .any(|it| it.name == name && it.has("x-or-object"))
    }

    /// Returns whether a value of any kind is read at a place.
    pub fn reads_anything(&'static self, place: &str) -> bool {
        let (map, _) = place.rsplit_once('/').expect("a place of a member");
        let Some((parent, name)) = map.rsplit_once('/') else {
            return false;
        };
        let properties = self.at(parent).into_iter().flat_map(|it| it.properties);
        properties
            .into_iter()
            .any(|it| it.name == name && it.has("any-values"))
    }

    /// Returns the places with a timestamp.
    pub fn times(&self) -> Vec<String> {
        let is_time = |value: &Value| {
            value
                .as_str()
                .is_some_and(|text| Timestamp::parse(text).is_ok())
        };
        self.places()
            .into_iter()
            .filter(|(_, value)| is_time(value))
            .map(|(place, _)| place)
            .collect()
    }
}

fn collect_places(value: &Value, place: &str, places: &mut Vec<(String, Value)>) {
    let children: Vec<(String, &Value)> = match value {
        Value::Object(fields) => fields
            .iter()
            .map(|(name, child)| (name.clone(), child))
            .collect(),
        Value::Array(items) => items
            .iter()
            .enumerate()
            .map(|(at, child)| (at.to_string(), child))
            .collect(),
        _ => return,
    };
    for (step, child) in children {
        let place = format!("{place}/{step}");
        places.push((place.clone(), child.clone()));
        collect_places(child, &place, places);
    }
}

/// Formats a JSON pointer as errors do: `/list/0/name` is `list[0].name`.
pub fn path(place: &str) -> String {
    let mut path = String::new();
    for step in place.split('/').skip(1) {
        match step.parse::<usize>() {
            Ok(at) => path.push_str(&format!("[{at}]")),
            Err(_) if path.is_empty() => path.push_str(step),
            Err(_) => path.push_str(&format!(".{step}")),
        }
    }
    path
}

/// Decodes a model; a refusal contains the path of the invalid value.
pub fn read<T: DeserializeOwned>(text: &str) -> Result<T, Refusal> {
    let mut json = serde_json::Deserializer::from_str(text);
    let value = serde_path_to_error::deserialize(&mut json).map_err(|error| Refusal {
        path: error.path().to_string(),
        message: error.inner().to_string(),
    })?;
    json.end().map_err(|error| Refusal {
        path: ".".into(),
        message: error.to_string(),
    })?;
    Ok(value)
}

/// Returns the name of a member with a number that would not be encoded as it was decoded.
type Inexact<T> = fn(&T) -> Option<&str>;

fn rewrite<T: DeserializeOwned + Serialize + PartialEq + Debug>(
    text: &str,
    inexact: Inexact<T>,
) -> Result<String, Refusal> {
    let value = read::<T>(text)?;
    match inexact(&value) {
        None => Ok(write(&value)),
        Some(member) => Err(Refusal {
            path: member.to_owned(),
            message: "inexact".into(),
        }),
    }
}

fn receive<T: DeserializeOwned + Serialize + PartialEq + Debug>(
    body: &[u8],
    inexact: Inexact<T>,
) -> Result<String, gatelet_transport::Error> {
    let response = gatelet_transport::testing::api_response(body.to_vec());
    let value = response.json::<T>()?;
    match inexact(&value) {
        None => Ok(write(&value)),
        Some(_) => Err(gatelet_transport::Error::invalid_input("body", "inexact")),
    }
}

/// Encodes a value, which must decode back equal and encode the same again.
fn write<T: DeserializeOwned + Serialize + PartialEq + Debug>(value: &T) -> String {
    let written = serde_json::to_string(value).expect("encodes");
    let again: T =
        serde_json::from_str(&written).unwrap_or_else(|error| panic!("{written}: {error}"));
    assert_eq!(again, *value, "{written}");
    assert_eq!(serde_json::to_string(&again).expect("encodes"), written);
    written
}

fn show<T: DeserializeOwned + Debug>(text: &str) -> String {
    let value: T = read(text).expect("a sample");
    format!("{value:?} {value:#?}")
}

/// Every object of both descriptions, in their order.
pub static MODELS: LazyLock<Vec<Model>> = LazyLock::new(|| {
    let mut table = Table(Vec::new());
    asa::samples::visit(&mut table);
    dt::samples::visit(&mut table);
    table.0
});

struct Table(Vec<Model>);

impl Visitor for Table {
    fn visit<T: Debug + DeserializeOwned + PartialEq + Serialize + 'static>(
        &mut self,
        sample: &'static Sample,
        inexact: Inexact<T>,
    ) {
        let fields = sample.properties.iter();
        self.0.push(Model {
            name: String::leak(format!("{}::{}", sample.vendor, sample.name)),
            sample: sample.examples.first().expect("an example"),
            examples: sample.examples,
            fields: Vec::leak(fields.map(|it| (it.name, presence(sample, it))).collect()),
            properties: sample.properties,
            rewrite: Box::leak(Box::new(move |text: &str| rewrite::<T>(text, inexact))),
            receive: Box::leak(Box::new(move |body: &[u8]| receive::<T>(body, inexact))),
            keeps_unknown: sample.keeps_unknown,
            show: show::<T>,
        });
    }
}

/// Derives the presence of a field from the keywords of the description, independently of the generator.
fn presence(sample: &Sample, property: &Property) -> Presence {
    let shows_once =
        !sample.is_request && sample.properties.iter().any(|it| it.has("x-shown-once"));
    match property {
        it if it.has("x-omittable") => Optional,
        it if it.has("default") => Defaulted,
        it if it.has("required") && it.has("array") && it.has("null") => RequiredList,
        it if it.has("required") && it.has("count") && !sample.is_request => Count,
        it if it.has("required") => Required,
        it if it.has("x-lenient") && it.has("null") && sample.keeps_unknown => KeptLenient,
        it if it.has("x-lenient") => Lenient,
        _ if shows_once => Lenient,
        it if it.has("count") && !sample.is_request => OptionalCount,
        it if it.has("null") && sample.is_request => Patched,
        it if it.has("null") && sample.keeps_unknown => Kept,
        _ => Optional,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_sample_decodes_and_encodes_to_itself() {
        for model in MODELS.iter() {
            let written = (model.rewrite)(model.sample).expect(model.name);
            assert_eq!(written, model.sample, "{}", model.name);
        }
    }

    #[test]
    fn each_example_is_accepted() {
        for model in MODELS.iter() {
            for example in model.examples {
                model.accept(example);
            }
        }
    }

    #[test]
    fn each_nested_model_is_in_the_table() {
        for model in MODELS.iter() {
            for property in model.properties.iter().filter(|it| it.model.is_some()) {
                assert!(model.nested(property.name).is_some(), "{}", model.name);
            }
        }
    }

    #[test]
    fn a_json_pointer_is_formatted_as_in_errors() {
        assert_eq!(path("/list/0/name"), "list[0].name");
        assert_eq!(path("/labels/env"), "labels.env");
    }
}
