//! Generated values of every model.

use std::collections::BTreeMap;

use gatelet_models::Timestamp;
use gatelet_models::samples::Property;
use proptest::{collection, prelude::*, sample::select, strategy::Union};
use serde_json::{Map, Value};

use super::table::{MODELS, Model, Presence};

/// Returns any value of the same kind as the sample of a property; `model` is that of its objects, unless they are maps.
fn value_like(
    sample: &Value,
    property: &'static Property,
    model: Option<&'static Model>,
) -> BoxedStrategy<Value> {
    match sample {
        Value::Null => Just(Value::Null).boxed(),
        Value::Bool(_) => any::<bool>().prop_map(Value::from).boxed(),
        Value::Number(_) => any_integer(property),
        Value::String(text) if Timestamp::parse(text).is_ok() => {
            any_timestamp().prop_map(Value::from).boxed()
        }
        Value::String(text) => prop_oneof![Just(text.clone()), any_text()]
            .prop_map(Value::from)
            .boxed(),
        Value::Array(items) => {
            let items = items.iter().map(|item| value_like(item, property, model));
            collection::vec(Union::new(items), 0..4)
                .prop_map(Value::from)
                .boxed()
        }
        Value::Object(fields) => match model {
            Some(model) => any_object(fields, model, |_| false),
            None if property.has("any-values") => {
                let map = collection::btree_map(any_text(), any_json(), 0..4);
                map.prop_map(Value::from_iter).boxed()
            }
            None => {
                let map = collection::btree_map(any_text(), any_text(), 0..4);
                map.prop_map(|map: BTreeMap<String, String>| Value::from_iter(map))
                    .boxed()
            }
        },
    }
}

/// Returns any integer in the range of the property.
fn any_integer(property: &Property) -> BoxedStrategy<Value> {
    let (least, most) = property.range.expect("the range of an integer");
    let value = |value: i128| match u64::try_from(value) {
        Ok(value) => Value::from(value),
        Err(_) => Value::from(i64::try_from(value).expect("an integer of 64 bits")),
    };
    (least..=most).prop_map(value).boxed()
}

/// Returns any text, often with characters that JSON escapes and with byte order marks.
fn any_text() -> impl Strategy<Value = String> {
    let special = select(vec![
        '"',
        '\\',
        '/',
        '\0',
        '\n',
        '\u{7f}',
        '\u{feff}',
        '\u{10ffff}',
    ]);
    let character =
        prop_oneof![4 => proptest::char::range(' ', '~'), 2 => any::<char>(), 1 => special];
    collection::vec(character, 0..12).prop_map(String::from_iter)
}

fn any_timestamp() -> impl Strategy<Value = String> {
    let instants = Timestamp::UNSET.unix_millis()..=Timestamp::MAX.unix_millis();
    (instants, 0..1_000_000_u32, any::<bool>()).prop_map(|(millis, nanos, is_exact)| {
        let timestamp = Timestamp::from_unix_millis(millis)
            .milliseconds()
            .to_string();
        match (is_exact, timestamp.strip_suffix('Z')) {
            (true, Some(start)) => format!("{start}{nanos:06}Z"),
            _ => timestamp,
        }
    })
}

/// Returns any object with these fields of a model; some of those that may be absent are left out.
fn any_object(
    fields: &Map<String, Value>,
    model: &'static Model,
    may_be_absent: impl Fn(&str) -> bool,
) -> BoxedStrategy<Value> {
    let fields: Vec<_> = fields
        .iter()
        .map(|(name, sample)| {
            let name = name.clone();
            let mut properties = model.properties.iter();
            let property = properties.find(|it| it.name == name).expect("a property");
            let value = value_like(sample, property, model.nested(&name)).prop_map(Some);
            let value = if may_be_absent(&name) {
                prop_oneof![2 => value, 1 => Just(None)].boxed()
            } else {
                value.boxed()
            };
            value.prop_map(move |value| value.map(|value| (name.clone(), value)))
        })
        .collect();
    fields
        .prop_map(|fields| fields.into_iter().flatten().collect::<Map<_, _>>().into())
        .boxed()
}

/// Returns any valid value of a model, with some of the optional fields left out.
pub fn any_value(model: &'static Model) -> BoxedStrategy<Value> {
    let value = model.value();
    let fields = value.as_object().expect("an object");
    let may_be_absent = |name: &str| {
        let presence = model
            .fields
            .iter()
            .find(|(field, _)| *field == name)
            .map(|(_, presence)| *presence);
        !matches!(
            presence,
            Some(Presence::Required | Presence::RequiredList | Presence::Count)
        )
    };
    let value = any_object(fields, model, may_be_absent);
    if model.keeps_unknown {
        let nulls = model.fields.iter().filter(|(_, presence)| {
            matches!(
                presence,
                Presence::Kept | Presence::KeptLenient | Presence::Patched
            )
        });
        let nulls: Vec<&'static str> = nulls.map(|(name, _)| *name).collect();
        let most = nulls.len();
        let nulls = proptest::sample::subsequence(nulls, 0..=most);
        return (value, nulls, any_unknown_members())
            .prop_map(|(mut value, nulls, unknown)| {
                let members = value.as_object_mut().expect("an object");
                members.extend(nulls.into_iter().map(|name| (name.to_owned(), Value::Null)));
                members.extend(unknown);
                value
            })
            .boxed();
    }
    value
}

/// Returns a value of any kind.
fn any_json() -> impl Strategy<Value = Value> {
    let number = prop_oneof![
        any::<i64>().prop_map(Value::from),
        any::<u64>().prop_map(Value::from),
        // Few digits, because without `float_roundtrip` `serde_json` parses others inexactly.
        any::<i32>().prop_map(|number| Value::from(f64::from(number) + 0.125)),
    ];
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        number,
        any_text().prop_map(Value::from),
    ];
    leaf.prop_recursive(4, 16, 4, |inner| {
        prop_oneof![
            collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            collection::btree_map(any_text(), inner, 0..4).prop_map(Value::from_iter),
        ]
    })
}

/// Returns unknown members with values of any kind.
fn any_unknown_members() -> impl Strategy<Value = BTreeMap<String, Value>> {
    let name = any_text().prop_map(|name| format!("x-{name}"));
    collection::btree_map(name, any_json(), 0..3)
}

/// Returns any model with any value of it.
pub fn any_model() -> impl Strategy<Value = (&'static Model, Value)> {
    let models: Vec<&'static Model> = MODELS.iter().collect();
    select(models).prop_flat_map(|model| any_value(model).prop_map(move |value| (model, value)))
}
