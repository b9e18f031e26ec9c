//! The table of all models, and ways to change a sample.

use std::fmt::Debug;

use gatelet_models::{Timestamp, asa, dt};
use serde_core::{Serialize, de::DeserializeOwned};
use serde_json::Value;

/// The forms in which a field may be absent.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Presence {
    /// Always there and never null.
    Required,
    /// Always there; null is empty.
    RequiredList,
    /// Absent and null are the same.
    Optional,
    /// Absent is left out again, null is null again.
    Kept,
    /// Always there and never null; negative means unknown.
    Count,
    /// Absent, null and a negative one are the same.
    OptionalCount,
    /// Absent and null are the same; a value that does not fit is kept.
    Lenient,
    /// Has a default; never null.
    Defaulted,
    /// Absent keeps, null clears.
    Patched,
}

use Presence::{
    Count, Defaulted, Kept, Lenient, Optional, OptionalCount, Patched, Required, RequiredList,
};

/// A model with a sample that has every field. The text `hunter2` stands for every secret.
#[derive(Clone, Copy, Debug)]
pub struct Model {
    /// Such as `asa::Gateway`.
    pub name: &'static str,
    /// JSON with every field.
    pub sample: &'static str,
    /// Its fields in the order of the description.
    pub fields: &'static [(&'static str, Presence)],
    /// Reads, writes, and checks that what was written reads back equal and is written the same again.
    pub rewrite: fn(&str) -> Result<String, Refusal>,
    /// The same from bytes as they come, through the decoding that the clients use.
    pub receive: fn(&[u8]) -> Result<String, gatelet_transport::Error>,
    /// Whether it keeps the members that it does not know.
    pub keeps_unknown: bool,
    /// Both `Debug` forms.
    pub show: fn(&str) -> String,
}

/// The reason why a text was refused.
#[derive(Debug)]
pub struct Refusal {
    /// The place, such as `list[0].name`; `.` for the whole.
    pub path: String,
    /// The message of the model or the parser.
    pub message: String,
}

impl Model {
    /// The model of this name in the table.
    ///
    /// # Panics
    /// When there is none.
    #[must_use]
    pub fn named(name: &str) -> &'static Self {
        let model = MODELS.iter().find(|model| model.name == name);
        model.unwrap_or_else(|| panic!("the table has no model {name}"))
    }

    /// The sample as JSON.
    pub fn value(&self) -> Value {
        serde_json::from_str(self.sample).expect(self.name)
    }

    /// Rewrites a text that must be accepted.
    pub fn accept(&self, text: &str) -> Value {
        match (self.rewrite)(text) {
            Ok(text) => serde_json::from_str(&text).expect("JSON"),
            Err(failure) => panic!("{} refuses {text}: {failure:?}", self.name),
        }
    }

    /// Returns the refusal of a text that must be refused.
    pub fn refuse(&self, text: &str) -> Refusal {
        match (self.rewrite)(text) {
            Ok(written) => panic!("{} takes {text} as {written}", self.name),
            Err(failure) => failure,
        }
    }

    /// The sample with the value at one place replaced by raw text.
    pub fn with(&self, place: &str, raw: &str) -> String {
        let mut value = self.value();
        *value.pointer_mut(place).expect(place) = Value::from("\u{1}here");
        value.to_string().replace("\"\\u0001here\"", raw)
    }

    /// The sample without one of its fields.
    pub fn without(&self, field: &str) -> String {
        let mut value = self.value();
        value
            .as_object_mut()
            .expect("an object")
            .remove(field)
            .expect(field);
        value.to_string()
    }

    /// Every place in the sample below the whole, as a JSON pointer, with its value.
    pub fn places(&self) -> Vec<(String, Value)> {
        let mut places = Vec::new();
        collect(&self.value(), "", &mut places);
        places
    }

    /// Whether what does not fit at a place is kept.
    pub fn is_lenient(&self, place: &str) -> bool {
        self.fields
            .iter()
            .any(|(field, presence)| *presence == Lenient && place.strip_prefix('/') == Some(field))
    }

    /// The places with a timestamp.
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

fn collect(value: &Value, place: &str, places: &mut Vec<(String, Value)>) {
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
        collect(child, &place, places);
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

/// Reads a model; a refusal names the place.
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

/// The name of a member with a number that cannot be written as it was read.
type Inexact<T> = fn(&T) -> Option<&str>;

fn rewrite<T: DeserializeOwned + Serialize + PartialEq + Debug>(
    text: &str,
    inexact: Inexact<T>,
) -> Result<String, Refusal> {
    let value = read::<T>(text)?;
    match inexact(&value) {
        None => Ok(written(&value)),
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
    let reply = gatelet_transport::testing::api_response(body.to_vec());
    let value = reply.json::<T>()?;
    match inexact(&value) {
        None => Ok(written(&value)),
        Some(_) => Err(gatelet_transport::Error::invalid_input("body", "inexact")),
    }
}

/// The value as JSON, which must read back equal and be written the same again.
fn written<T: DeserializeOwned + Serialize + PartialEq + Debug>(value: &T) -> String {
    let written = serde_json::to_string(value).expect("writes");
    let again: T =
        serde_json::from_str(&written).unwrap_or_else(|error| panic!("{written}: {error}"));
    assert_eq!(again, *value, "{written}");
    assert_eq!(serde_json::to_string(&again).expect("writes"), written);
    written
}

fn show<T: DeserializeOwned + Debug>(text: &str) -> String {
    let value: T = read(text).expect("a sample");
    format!("{value:?} {value:#?}")
}

macro_rules! models {
    ($($model:path $([$($keeps:tt)+])? { $($field:literal: $presence:ident = $value:literal,)+ })+) => {
        /// Every object of both descriptions.
        pub const MODELS: &[Model] = &[$(Model {
            name: stringify!($model),
            sample: concat!("{", models!(@ $($field $value)+), "}"),
            fields: &[$(($field, $presence)),+],
            rewrite: |text| rewrite::<$model>(text, models!(inexact $([$($keeps)+])?)),
            receive: |body| receive::<$model>(body, models!(inexact $([$($keeps)+])?)),
            keeps_unknown: models!(keeps $([$($keeps)+])?),
            show: show::<$model>,
        }),+];
    };
    (inexact) => { |_| None };
    (inexact [keeps]) => { |it| it.inexact_member() };
    (inexact [list]) => { |it| it.list.iter().find_map(|it| it.inexact_member()) };
    (keeps $([list])?) => { false };
    (keeps [keeps]) => { true };
    (@ $field:literal $value:literal) => { concat!("\"", $field, "\":", $value) };
    (@ $field:literal $value:literal $($rest:tt)+) => {
        concat!(models!(@ $field $value), ",", models!(@ $($rest)+))
    };
}

models! {
    asa::GatewaySetupToken {
        "id": Required = r#""6116bb2a-7289-4528-92ee-8e92443c3b61""#,
        "registration_type": Required = r#""gateway-agent""#,
        "details": Optional = r#"{"labels":{"env":"dev"}}"#,
        "description": Optional = r#""Example""#,
        "created_at": Optional = r#""2026-11-21T20:48:09Z""#,
        "token": Optional = r#""hunter2""#,
        "name": Optional = r#""edge""#,
    }
    asa::GatewayAgentPolicyDetails {
        "labels": Optional = r#"{"env":"dev","region":"us-west-2"}"#,
    }
    asa::GatewaySetupTokenList {
        "list": RequiredList = r#"[{"id":"a","registration_type":"gateway-agent","created_at":"2026-11-21T20:48:09Z"}]"#,
    }
    asa::GatewaySetupTokenCreate {
        "registration_type": Defaulted = r#""gateway-agent""#,
        "details": Defaulted = r#"{"labels":{"env":"dev"}}"#,
        "description": Optional = r#""Example""#,
        "name": Optional = r#""edge""#,
    }
    asa::AgentToken {
        "token": Optional = r#""hunter2""#,
    }
    asa::Gateway [keeps] {
        "id": Required = r#""a2dfd474-2db4-4bb2-8364-d5f76ade396e""#,
        "name": Required = r#""Production gateway""#,
        "refuse_connections": Required = "true",
        "labels": Kept = r#"{"env":"prod"}"#,
        "description": Kept = r#""Example""#,
        "access_address": Kept = r#""192.168.190.144:7234""#,
        "default_address": Kept = r#""192.168.190.144""#,
        "cloud_provider": Kept = r#""aws""#,
        "last_seen": Kept = r#""2026-11-21T20:48:09.123456Z""#,
        "infrastructure_orchestrator": Kept = r#"{"id":"o","name":"k8s","labels":{"zone":"a"}}"#,
    }
    asa::InfrastructureOrchestrator [keeps] {
        "id": Kept = r#""o""#,
        "name": Kept = r#""k8s""#,
        "labels": Kept = r#"{"zone":"a"}"#,
    }
    asa::GatewayList [list] {
        "list": RequiredList = r#"[{"id":"a","name":"b","refuse_connections":false,"last_seen":"2026-11-21T20:48:09Z"}]"#,
    }
    asa::GatewayUpdate [keeps] {
        "name": Required = r#""Production gateway""#,
        "refuse_connections": Optional = "false",
        "labels": Patched = r#"{"env":"prod"}"#,
        "description": Patched = r#""Example""#,
        "access_address": Patched = r#""192.168.190.144:7234""#,
        "default_address": Patched = r#""192.168.190.144""#,
        "infrastructure_orchestrator": Patched = r#"{"id":"o"}"#,
    }
    asa::GatewayStatusReport {
        "active_connections": Count = "2",
        "total_storage_bytes": Count = "4096",
        "used_storage_bytes": Count = "2048",
        "gateway_id": Optional = r#""7d6dbd30-d32f-4a7a-94d2-31e95747d460""#,
        "status": Optional = r#""ONLINE""#,
        "updated_at": Optional = r#""2026-11-21T20:48:09Z""#,
    }
    asa::ServiceTokenRequest {
        "key_id": Required = r#""key""#,
        "key_secret": Required = r#""hunter2""#,
    }
    asa::AuthToken {
        "bearer_token": Required = r#""hunter2""#,
        "expires_at": Lenient = r#""2026-11-21T20:48:09Z""#,
        "team_name": Required = r#""example-team""#,
    }
    asa::Error {
        "code": Optional = "401",
        "type": Optional = r#""authorization_error""#,
        "message": Optional = r#""Missing capability: gateways.list""#,
        "errors": Optional = r#"[{"path":"name","message":"too long"}]"#,
    }
    asa::ErrorDetail {
        "path": Optional = r#""name""#,
        "message": Optional = r#""too long""#,
    }
    dt::ActiveGateToken {
        "id": Required = r#""dt0g02.4KWZO5EF""#,
        "name": Required = r#""myToken""#,
        "owner": Required = r#""john.smith""#,
        "creationDate": Required = r#""2020-11-22T08:15:30.144Z""#,
        "expirationDate": Optional = r#""2020-11-24T08:15:30.144Z""#,
        "lastUsedDate": Optional = r#""2020-11-23T08:15:30.144Z""#,
        "seedToken": Optional = "true",
        "activeGateType": Optional = r#""ENVIRONMENT""#,
    }
    dt::ActiveGateTokenList {
        "totalCount": Count = "1000",
        "pageSize": OptionalCount = "100",
        "nextPageKey": Optional = r#""AAAAAGQ==""#,
        "activeGateTokens": Optional = r#"[{"id":"a","name":"b","owner":"c","creationDate":"2020-11-22T08:15:30.144Z","seedToken":false}]"#,
    }
    dt::ActiveGateTokenCreate {
        "name": Required = r#""myToken""#,
        "activeGateType": Optional = r#""CLUSTER""#,
        "expirationDate": Optional = r#""now+60d""#,
        "seedToken": Optional = "true",
    }
    dt::ActiveGateTokenCreated {
        "id": Required = r#""dt0g02.4KWZO5EF""#,
        "token": Required = r#""hunter2""#,
        "expirationDate": Lenient = r#""2020-11-24T08:15:30.144Z""#,
    }
    dt::ErrorEnvelope {
        "error": Optional = r#"{"code":400,"message":"Constraints violated.","constraintViolations":[{"path":"pageSize","message":"too small","parameterLocation":"QUERY","location":"x"}]}"#,
    }
    dt::Error {
        "code": Optional = "429",
        "message": Optional = r#""Too many requests.""#,
        "constraintViolations": Optional = r#"[{"path":"pageSize"}]"#,
    }
    dt::ConstraintViolation {
        "path": Optional = r#""pageSize""#,
        "message": Optional = r#""too small""#,
        "parameterLocation": Optional = r#""QUERY""#,
        "location": Optional = r#""x""#,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The objects of a description and their properties, by the indentation of its lines.
    fn described(vendor: &str, description: &'static str) -> Vec<(String, Vec<&'static str>)> {
        let mut objects: Vec<(String, Vec<&str>)> = Vec::new();
        let mut has_properties = false;
        let lines = description
            .lines()
            .skip_while(|line| *line != "  schemas:")
            .skip(1);
        for line in lines.take_while(|line| line.starts_with("    ") || line.is_empty()) {
            let text = line.trim_start();
            let Some(name) = text
                .strip_suffix(':')
                .or_else(|| text.split_once(':').map(|(name, _)| name))
            else {
                continue;
            };
            match line.len() - text.len() {
                4 => {
                    objects.push((format!("{vendor}::{name}"), Vec::new()));
                    has_properties = false;
                }
                6 => has_properties = name == "properties",
                8 if has_properties => objects.last_mut().expect("a schema").1.push(name),
                _ => {}
            }
        }
        objects.retain(|(_, properties)| !properties.is_empty());
        objects
    }

    #[test]
    fn the_table_has_every_object_and_property_of_the_descriptions() {
        let asa = described(
            "asa",
            include_str!("../../../../crates/models/openapi/asa.yaml"),
        );
        let dt = described(
            "dt",
            include_str!("../../../../crates/models/openapi/dt.yaml"),
        );
        let mut described: Vec<_> = asa.into_iter().chain(dt).collect();
        let names = |model: &Model| model.fields.iter().map(|(name, _)| *name).collect();
        let mut tabled: Vec<_> = MODELS
            .iter()
            .map(|model| (model.name.replace(' ', ""), names(model)))
            .collect();
        described.sort();
        tabled.sort();
        assert_eq!(tabled, described);
    }

    #[test]
    fn each_sample_reads_and_is_written_back() {
        for model in MODELS {
            assert_eq!(model.accept(model.sample), model.value(), "{}", model.name);
        }
    }

    #[test]
    fn a_json_pointer_is_formatted_as_in_errors() {
        assert_eq!(path("/list/0/name"), "list[0].name");
        assert_eq!(path("/labels/env"), "labels.env");
    }
}
