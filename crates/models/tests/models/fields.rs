//! What is absent, null, unknown, given twice, or of another kind.

use gatelet_models::{asa, dt};
use serde_json::{Value, json};

use gatelet_test_support::models::table::{MODELS, Model, Presence, Refusal, path, read};

// M2
#[test]
fn a_field_given_twice_is_refused_at_that_field() {
    for model in MODELS.iter() {
        // A second value of a lenient field loses no secret; it is that field which cannot be read.
        let fields = model.fields.iter();
        let strict = fields.filter(|(_, presence)| !presence.is_lenient());
        for (field, _) in strict {
            let value = &model.value()[field];
            let open = model.sample.strip_suffix('}').expect("an object");
            let failure = model.refuse(&format!("{open},\"{field}\":{value}}}"));
            assert_eq!(failure.path, *field);
            assert!(
                failure
                    .message
                    .starts_with(&format!("duplicate field `{field}`")),
                "{failure:?}"
            );
        }
    }
}

// M2
#[test]
fn a_label_given_twice_is_refused_at_that_label() {
    for model in MODELS.iter() {
        for (place, _) in model
            .places()
            .iter()
            .filter(|(place, value)| value.is_object() && model.at(place).is_none())
        {
            let failure = model.refuse(&model.with(place, r#"{"k":"v","l":"v","k":"w"}"#));
            assert_eq!(failure.path, format!("{}.k", path(place)));
            assert!(failure.message.contains("a duplicate key"), "{failure:?}");
        }
    }
}

/// Numbers that no integer field takes, whatever its limits.
const NO_INTEGERS: [&str; 8] = [
    "1e400",
    "1e3",
    "1.0",
    "1.5",
    "-0.0",
    "18446744073709551616",
    "\"3\"",
    "[3]",
];

// M6
#[test]
fn a_number_that_does_not_fit_is_refused_at_its_place() {
    for model in MODELS.iter() {
        for (place, _) in model.places().iter().filter(|(_, value)| value.is_number()) {
            for raw in NO_INTEGERS {
                assert_eq!(
                    model.refuse(&model.with(place, raw)).path,
                    path(place),
                    "{raw}"
                );
            }
        }
    }
}

// M6
#[test]
fn counts_are_not_beyond_their_format() {
    let list = |raw: &str| {
        read::<dt::ActiveGateTokenList>(&format!(r#"{{"totalCount":{raw},"pageSize":3}}"#))
    };
    assert_eq!(
        list("9223372036854775807")
            .map(|list| list.total_count)
            .ok(),
        Some(Some(9_223_372_036_854_775_807))
    );
    let failure = list("9223372036854775808").expect_err("out of range");
    assert_eq!(failure.path, "totalCount");
    assert!(
        failure
            .message
            .starts_with("invalid value: an integer out of range"),
        "{failure:?}"
    );
    let page_size = |raw: &str| {
        read::<dt::ActiveGateTokenList>(&format!(r#"{{"totalCount":1,"pageSize":{raw}}}"#))
    };
    assert_eq!(
        page_size("2147483647").map(|list| list.page_size).ok(),
        Some(Some(2_147_483_647))
    );
    assert_eq!(
        page_size("2147483648").expect_err("out of range").path,
        "pageSize"
    );
    let code =
        |raw: &str| read::<dt::Error>(&format!(r#"{{"code":{raw}}}"#)).map(|error| error.code);
    assert_eq!(code("-2147483648").ok(), Some(Some(i32::MIN)));
    assert_eq!(code("-2147483649").expect_err("out of range").path, "code");
}

// M7
#[test]
fn storage_sizes_use_all_of_64_bits() {
    for field in ["total_storage_bytes", "used_storage_bytes"] {
        let report = find("asa::GatewayStatusReport");
        let most = report.accept(&report.with(&format!("/{field}"), "18446744073709551615"));
        assert_eq!(most[field], json!(u64::MAX));
        let failure = report.refuse(&report.with(&format!("/{field}"), "18446744073709551616"));
        assert_eq!(failure.path, field);
    }
}

// M15
#[test]
fn absent_and_null_are_the_same_unless_the_field_is_required() {
    for model in MODELS.iter() {
        for (field, presence) in model.fields {
            let (absent, null) = (
                model.without(field),
                model.with(&format!("/{field}"), "null"),
            );
            let is_required = matches!(
                presence,
                Presence::Required | Presence::RequiredList | Presence::Count
            );
            if is_required {
                let failure = model.refuse(&absent);
                assert!(
                    failure
                        .message
                        .starts_with(&format!("missing field `{field}`")),
                    "{failure:?}"
                );
            }
            match presence {
                Presence::Required | Presence::Defaulted | Presence::Count => {
                    assert_eq!(model.refuse(&null).path, *field);
                }
                Presence::RequiredList => assert_eq!(model.accept(&null)[field], json!([])),
                Presence::Optional | Presence::OptionalCount | Presence::Lenient => {
                    assert_eq!(model.accept(&null), model.accept(&absent));
                }
                Presence::Patched | Presence::Kept | Presence::KeptLenient => {
                    assert_eq!(model.accept(&null)[field], Value::Null);
                    assert_eq!(model.accept(&absent).get(field), None);
                }
            }
        }
    }
}

// M15
#[test]
fn an_absent_field_is_not_written() {
    for model in MODELS.iter() {
        for (field, presence) in model.fields {
            let written = match presence {
                Presence::Required | Presence::RequiredList | Presence::Count => continue,
                _ => model.accept(&model.without(field)),
            };
            let is_written = *presence == Presence::Defaulted;
            assert_eq!(
                written.get(field).is_some(),
                is_written,
                "{} {field}",
                model.name
            );
        }
    }
}

// M17
#[test]
fn unknown_words_are_kept_byte_for_byte() {
    let enums = [
        ("asa::GatewaySetupToken", "/registration_type"),
        ("asa::GatewaySetupTokenCreate", "/registration_type"),
        ("asa::Gateway", "/cloud_provider"),
        ("asa::GatewayStatusReport", "/status"),
        ("asa::Error", "/type"),
        ("dt::ActiveGateToken", "/activeGateType"),
        ("dt::ActiveGateTokenCreate", "/activeGateType"),
        ("dt::ConstraintViolation", "/parameterLocation"),
    ];
    for (model, place) in enums {
        for word in [
            "",
            "online",
            "Gateway-Agent",
            "ENVIRONMENT ",
            "\u{1d11e}\u{feff}",
        ] {
            let model = find(model);
            let written = model.accept(&model.with(place, &json!(word).to_string()));
            assert_eq!(written.pointer(place), Some(&json!(word)));
        }
    }
    let token: dt::ActiveGateToken = read(find("dt::ActiveGateToken").sample).expect("a sample");
    assert_eq!(
        token.active_gate_type,
        Some(dt::ActiveGateType::Environment)
    );
    assert_eq!(
        asa::GatewayStatus::from("OFFLINE"),
        asa::GatewayStatus::Unknown("OFFLINE".into())
    );
}

#[test]
fn a_count_beyond_its_limits_is_refused_when_it_is_written_too() {
    let most = dt::ActiveGateTokenList::new()
        .with_total_count(i64::MAX.unsigned_abs())
        .with_page_size(i32::MAX.unsigned_abs());
    let written = serde_json::to_string(&most).expect("writes");
    assert_eq!(
        read::<dt::ActiveGateTokenList>(&written).expect("reads"),
        most
    );
    let total_count = most.total_count.map_or(0, |most| most + 1);
    let page_size = most.page_size.map_or(0, |most| most + 1);
    for list in [
        most.clone().with_total_count(total_count),
        most.with_page_size(page_size),
    ] {
        let error = serde_json::to_string(&list).expect_err("no reader takes it");
        assert_eq!(error.to_string(), "an integer out of range");
    }
}

/// Whether the object at a place keeps the members that it does not know.
fn is_kept_in(model: &'static Model, place: &str) -> bool {
    model.at(place).is_some_and(|it| it.keeps_unknown)
}

// M19, U17
#[test]
fn unknown_fields_are_passed_over_in_every_object_that_is_not_put_back() {
    for model in MODELS.iter() {
        let mut value = model.value();
        let is_map = |place: &str| model.at(place).is_none();
        let objects = model
            .places()
            .into_iter()
            .filter(|(place, value)| value.is_object() && !is_map(place));
        for place in objects.map(|(place, _)| place).chain([String::new()]) {
            let object = value
                .pointer_mut(&place)
                .and_then(Value::as_object_mut)
                .expect("an object");
            object.insert("x-new".into(), json!([{"id": null, "list": [1.5, "a"]}]));
            object.insert("ID".into(), json!({}));
        }
        let expected = if is_kept_in(model, "") {
            value.clone()
        } else {
            let mut expected = model.value();
            for (place, _) in model.places() {
                if is_kept_in(model, &place) {
                    *expected.pointer_mut(&place).expect("a place") =
                        value.pointer(&place).expect("a place").clone();
                }
            }
            expected
        };
        let written = model.accept(&value.to_string());
        assert_eq!(written, expected, "{}", model.name);
    }
}

/// One value of every kind, none of them what a sample has.
fn kinds() -> [(Value, &'static str); 7] {
    [
        (json!("hunter2"), "a string"),
        (json!(false), "a boolean"),
        (json!(8_675_309), "an integer"),
        (json!(-8_675_309), "an integer"),
        (json!(86_753.09), "a number that is not a plain integer"),
        (json!(["hunter2"]), "an array"),
        (json!({"hunter2": 8_675_309}), "an object"),
    ]
}

fn is_same_kind(one: &Value, other: &Value) -> bool {
    std::mem::discriminant(one) == std::mem::discriminant(other)
}

// M31
#[test]
fn a_value_of_another_kind_is_refused_at_its_place_and_not_shown() {
    for model in MODELS.iter() {
        for (place, value) in model.places() {
            if model.is_lenient(&place) || model.reads_anything(&place) {
                continue;
            }
            for (other, kind) in kinds()
                .iter()
                .filter(|(other, _)| !is_same_kind(&value, other))
                .filter(|(other, _)| !(other.is_object() && model.reads_object(&place)))
            {
                let failure = model.refuse(&model.with(&place, &other.to_string()));
                assert_eq!(failure.path, path(&place));
                let wanted = format!("invalid type: {kind}, expected ");
                assert!(
                    failure.message.starts_with(&wanted),
                    "{}: {failure:?}",
                    model.name
                );
                assert_shows_no_data(&failure);
            }
        }
        for (other, kind) in kinds().iter().filter(|(other, _)| !other.is_object()) {
            let failure = model.refuse(&other.to_string());
            assert!(
                failure
                    .message
                    .starts_with(&format!("invalid type: {kind}, expected an object ("))
            );
            assert_shows_no_data(&failure);
        }
    }
}

fn assert_shows_no_data(failure: &Refusal) {
    assert!(
        !failure.message.contains("hunter2") && !failure.message.contains("8675"),
        "{failure:?}"
    );
}

// M31
#[test]
fn an_array_of_the_right_values_is_not_an_object() {
    for model in MODELS.iter() {
        let values: Vec<Value> = model
            .fields
            .iter()
            .map(|(field, _)| model.value()[field].clone())
            .collect();
        model.refuse(&json!(values).to_string());
    }
}

// M32
#[test]
fn a_null_list_is_empty_and_a_missing_one_an_error() {
    for model in [find("asa::GatewayList"), find("asa::GatewaySetupTokenList")] {
        assert_eq!(model.accept(r#"{"list": []}"#), json!({"list": []}));
        assert_eq!(model.accept(r#"{"list": null}"#), json!({"list": []}));
        assert!(
            model
                .refuse("{}")
                .message
                .starts_with("missing field `list`")
        );
    }
    let tokens = find("dt::ActiveGateTokenList");
    assert_eq!(
        tokens.accept(r#"{"totalCount":0}"#),
        json!({"totalCount": 0})
    );
}

// U58
#[test]
fn a_count_that_is_minus_one_is_absent_and_the_rest_is_read() {
    let list: dt::ActiveGateTokenList = read(
        r#"{"totalCount":-1,"pageSize":-1,"nextPageKey":"k","activeGateTokens":[{"id":"a","name":"b","owner":"c",
            "creationDate":"2020-11-22T08:15:30.144Z"}]}"#,
    )
    .expect("a page");
    assert_eq!((list.total_count, list.page_size), (None, None));
    assert_eq!(list.next_page_key.as_deref(), Some("k"));
    assert_eq!(list.active_gate_tokens.map(|it| it.len()), Some(1));
    for model in MODELS.iter() {
        for (field, presence) in model.fields {
            if !matches!(presence, Presence::Count | Presence::OptionalCount) {
                continue;
            }
            for raw in ["-1", "-2", "-9223372036854775808"] {
                let written = model.accept(&model.with(&format!("/{field}"), raw));
                let expected = (*presence == Presence::Count).then(|| json!(-1));
                assert_eq!(written.get(field), expected.as_ref(), "{field}");
            }
        }
    }
}

// U60
#[test]
fn an_empty_value_is_written_back_empty_and_an_absent_one_stays_absent() {
    let token = find("asa::GatewaySetupToken");
    let text = r#"{"id":"a","registration_type":"gateway-agent","details":{}}"#;
    assert_eq!(token.accept(text).to_string(), text_of(text));
    for model in MODELS.iter() {
        for (place, value) in model.places() {
            let may_be_empty = || model.at(&place).is_none_or(Model::may_be_empty);
            let empty = match value {
                Value::Array(_) => "[]",
                Value::Object(_) if may_be_empty() => "{}",
                _ => continue,
            };
            let written = model.accept(&model.with(&place, empty));
            let expected = serde_json::from_str::<Value>(empty).expect("JSON");
            assert_eq!(written.pointer(&place), Some(&expected), "{}", model.name);
        }
        for (field, presence) in model.fields {
            if !matches!(
                presence,
                Presence::Required | Presence::RequiredList | Presence::Count
            ) && *presence != Presence::Defaulted
            {
                let written = model.accept(&model.without(field));
                assert_eq!(written.get(field), None, "{} {field}", model.name);
            }
        }
    }
}

fn text_of(text: &str) -> String {
    serde_json::from_str::<Value>(text)
        .expect("JSON")
        .to_string()
}

fn find(name: &str) -> &'static Model {
    Model::named(name)
}
