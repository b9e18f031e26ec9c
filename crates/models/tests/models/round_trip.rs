//! Generated values of every model: what is written reads back equal and is written the same again.

use std::collections::BTreeMap;

use gatelet_models::Timestamp;
use proptest::{collection, prelude::*, sample::select, strategy::Union};
use serde_json::{Map, Value};

use crate::table::{MODELS, Model, Presence};

/// Any value of the kind of a sample's.
fn like(sample: &Value, place: &str) -> BoxedStrategy<Value> {
    match sample {
        Value::Null => Just(Value::Null).boxed(),
        Value::Bool(_) => any::<bool>().prop_map(Value::from).boxed(),
        Value::Number(_) => (0..=i32::MAX).prop_map(Value::from).boxed(),
        Value::String(text) if Timestamp::parse(text).is_ok() => {
            time().prop_map(Value::from).boxed()
        }
        Value::String(text) => prop_oneof![Just(text.clone()), any::<String>()]
            .prop_map(Value::from)
            .boxed(),
        Value::Array(items) => {
            let items = items.iter().map(|item| like(item, ""));
            collection::vec(Union::new(items), 0..4)
                .prop_map(Value::from)
                .boxed()
        }
        Value::Object(_) if place == "labels" => {
            let labels = collection::btree_map(any::<String>(), any::<String>(), 0..4);
            labels
                .prop_map(|labels: BTreeMap<String, String>| Value::from_iter(labels))
                .boxed()
        }
        Value::Object(fields) => object(fields, |_| false),
    }
}

fn time() -> impl Strategy<Value = String> {
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

/// Any object with these fields, some of those left out that may be.
fn object(
    fields: &Map<String, Value>,
    may_be_absent: impl Fn(&str) -> bool,
) -> BoxedStrategy<Value> {
    let fields: Vec<_> = fields
        .iter()
        .map(|(name, sample)| {
            let name = name.clone();
            let value = like(sample, &name).prop_map(Some);
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

fn any_value(model: &Model) -> BoxedStrategy<Value> {
    let value = model.value();
    let fields = value.as_object().expect("an object");
    let may_be_absent = |name: &str| {
        let presence = model
            .fields
            .iter()
            .find(|(field, _)| *field == name)
            .map(|(_, presence)| *presence);
        !matches!(presence, Some(Presence::Required | Presence::RequiredList))
    };
    object(fields, may_be_absent)
}

pub(crate) fn any_model() -> impl Strategy<Value = (Model, Value)> {
    select(MODELS).prop_flat_map(|model| any_value(&model).prop_map(move |value| (model, value)))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn m29_every_model_reads_back_what_it_writes((model, value) in any_model()) {
        model.accept(&value.to_string());
    }
}
