//! The JSON Schemas of the package, against what the models write and what the vendors' pages show.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;
use std::sync::LazyLock;

use gatelet_models::{asa, dt};
use jsonschema::Validator;
use proptest::prelude::*;
use serde_json::{Value, json};

use gatelet_test_support::models::table::{MODELS, Presence};
use gatelet_test_support::models::values::any_model;

const FILES: [(&str, &str); 2] = [("asa", asa::JSON_SCHEMA), ("dt", dt::JSON_SCHEMA)];

/// What each fixture is. A wrong one is here too, as what it claims to be.
const FIXTURES: &[(&str, &str)] = &[
    ("asa/create_gateway_setup_token", "asa::GatewaySetupToken"),
    (
        "asa/create_gateway_setup_token_request",
        "asa::GatewayAgentPolicyDetails",
    ),
    ("asa/fetch_gateway_setup_token", "asa::GatewaySetupToken"),
    (
        "asa/fetch_gateway_setup_token_as_agent_token",
        "asa::AgentToken",
    ),
    ("asa/get_gateway_instance", "asa::Gateway"),
    ("asa/get_gateway_status_report", "asa::GatewayStatusReport"),
    (
        "asa/list_gateway_setup_tokens",
        "asa::GatewaySetupTokenList",
    ),
    ("asa/list_gateways", "asa::GatewayList"),
    ("asa/update_gateway_instance_request", "asa::GatewayUpdate"),
    ("dt/list_tokens", "dt::ActiveGateTokenList"),
    ("dt/list_tokens_model", "dt::ActiveGateTokenList"),
    ("dt/wrong/list_as_object", "dt::ActiveGateTokenList"),
    ("dt/wrong/seed_token_as_string", "dt::ActiveGateTokenList"),
    ("dt/wrong/trailing_comma", "dt::ActiveGateTokenList"),
];

/// A validator for each definition, `asa::Gateway` and so on; formats are checked too.
static SCHEMAS: LazyLock<BTreeMap<String, Validator>> = LazyLock::new(|| {
    let mut schemas = BTreeMap::new();
    for (vendor, text) in FILES {
        let file: Value = serde_json::from_str(text).expect("JSON");
        let names = file["$defs"].as_object().expect("definitions").keys();
        for name in names {
            let mut schema = file.clone();
            schema["$ref"] = json!(format!("#/$defs/{name}"));
            let validator = jsonschema::draft202012::options()
                .should_validate_formats(true)
                .build(&schema);
            schemas.insert(format!("{vendor}::{name}"), validator.expect(name));
        }
    }
    schemas
});

/// What a value breaks: the keyword, and the whole error.
fn faults(model: &str, value: &Value) -> Vec<(String, String)> {
    let schema = SCHEMAS.get(model).expect(model);
    let errors = schema.iter_errors(value);
    errors
        .map(|error| {
            let place = error.instance_path().to_string();
            (
                error.kind().keyword().to_owned(),
                format!("{place}: {error}"),
            )
        })
        .collect()
}

#[track_caller]
fn takes(model: &str, value: &Value) {
    assert_eq!(faults(model, value), [], "{model}: {value}");
}

#[track_caller]
fn refuses(model: &str, value: &Value) {
    assert_ne!(faults(model, value), [], "{model}: {value}");
}

#[test]
fn the_schemas_are_schemas_and_define_every_model() {
    for (_, text) in FILES {
        let file: Value = serde_json::from_str(text).expect("JSON");
        jsonschema::meta::validate(&file).expect("a schema");
    }
    for model in MODELS.iter() {
        takes(model.name, &model.value());
    }
}

#[test]
fn every_fixture_matches_its_schema_and_no_invalid_one_does() {
    let mut names = BTreeSet::new();
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures");
    collect(&folder, "", &mut names);
    let listed = FIXTURES.iter().map(|(name, _)| (*name).to_owned());
    assert_eq!(names, listed.collect());
    for (name, model) in FIXTURES {
        let text = fs::read_to_string(folder.join(format!("{name}.json"))).expect(name);
        match serde_json::from_str::<Value>(&text) {
            Ok(value) if name.contains("/wrong/") => refuses(model, &value),
            Ok(value) => takes(model, &value),
            Err(error) => assert!(name.contains("/wrong/"), "{name}: {error}"),
        }
    }
}

fn collect(folder: &Path, name: &str, names: &mut BTreeSet<String>) {
    for entry in fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        let own = path.file_stem().expect("a name").to_string_lossy();
        let name = format!("{name}{own}");
        if path.is_dir() {
            collect(&path, &format!("{name}/"), names);
        } else {
            names.insert(name);
        }
    }
}

#[test]
fn a_schema_requires_what_the_model_requires() {
    for model in MODELS.iter() {
        for (field, presence) in model.fields {
            let value = serde_json::from_str(&model.without(field)).expect("JSON");
            match presence {
                Presence::Required | Presence::RequiredList | Presence::Count => {
                    refuses(model.name, &value);
                }
                _ => takes(model.name, &value),
            }
        }
    }
}

#[test]
fn a_value_of_another_kind_is_refused_at_every_place() {
    for model in MODELS.iter() {
        let mut places = model.places();
        places.retain(|(place, _)| !model.reads_anything(place));
        for (place, _) in places {
            // Neither a list of anything that the models have, nor anything else.
            let value = serde_json::from_str(&model.with(&place, "[[]]")).expect("JSON");
            refuses(model.name, &value);
        }
        refuses(model.name, &json!([]));
    }
}

#[test]
fn an_invalid_time_is_refused() {
    for model in MODELS.iter() {
        for place in model.times() {
            let value = serde_json::from_str(&model.with(&place, "\"yesterday\"")).expect("JSON");
            refuses(model.name, &value);
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1000, failure_persistence: None, ..ProptestConfig::default() })]

    /// The models leave the length and the pattern of a text to the server, so these may be broken and nothing else.
    #[test]
    fn a_written_model_matches_its_schema((model, value) in any_model()) {
        let written = model.accept(&value.to_string());
        let mut faults = faults(model.name, &written);
        faults.retain(|(keyword, _)| !["minLength", "maxLength", "pattern"].contains(&keyword.as_str()));
        prop_assert!(faults.is_empty(), "{written}: {faults:#?}");
    }
}
