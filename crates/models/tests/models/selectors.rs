//! Selectors of gateways: parsed, written and matched.

use std::collections::BTreeMap;

use gatelet_models::asa::{GatewaySelector, GatewaySelectorErrorKind as Kind};
use proptest::prelude::*;

fn labels(pairs: &[(&str, &str)]) -> BTreeMap<String, String> {
    let pairs = pairs.iter();
    pairs
        .map(|(key, value)| ((*key).to_owned(), (*value).to_owned()))
        .collect()
}

fn parse(text: &str) -> GatewaySelector {
    text.parse().expect("a selector")
}

#[test]
fn every_operator_is_matched() {
    let labels = labels(&[("env", "dev"), ("region", "us-west-2"), ("in", "in")]);
    for (selector, matches) in [
        ("env=dev", true),
        ("env==dev", true),
        ("env = prod", false),
        ("zone=a", false),
        ("env!=dev", false),
        ("env != prod", true),
        ("zone!=a", true),
        ("env in (dev,prod)", true),
        ("env in(prod)", false),
        ("zone in (a)", false),
        ("env notin (dev, prod)", false),
        ("env notin (prod)", true),
        ("zone notin (a)", true),
        ("env", true),
        ("zone", false),
        ("!env", false),
        ("! zone", true),
        (
            "env in (dev,prod),region=us-west-2,release notin (canary,stable)",
            true,
        ),
        ("env=dev,region=eu", false),
        ("in in (in)", true),
        ("Env=dev", false),
        ("env=Dev", false),
        ("", false),
        ("  ", false),
    ] {
        assert_eq!(
            parse(selector).matches(Some(&labels)),
            matches,
            "{selector}"
        );
    }
}

#[test]
fn labels_that_are_absent_meet_only_negations() {
    for (selector, matches) in [
        ("env", false),
        ("!env", true),
        ("env!=dev", true),
        ("", false),
    ] {
        assert_eq!(parse(selector).matches(None), matches, "{selector}");
    }
}

#[test]
fn a_selector_of_unknown_meaning_is_an_error_at_its_place() {
    for (selector, kind, offset) in [
        ("cores>4", Kind::Character, 5),
        ("env:dev", Kind::Character, 3),
        ("env=\"dev\"", Kind::Character, 4),
        ("env=k\u{f6}ln", Kind::Character, 5),
        ("env\t=dev", Kind::Character, 3),
        (",env", Kind::Key, 0),
        ("env,", Kind::Key, 4),
        ("!", Kind::Key, 1),
        ("!!env", Kind::Key, 1),
        ("=dev", Kind::Key, 0),
        ("env=", Kind::Value, 4),
        ("env=,a", Kind::Value, 4),
        ("env===dev", Kind::Value, 5),
        ("env in ()", Kind::Value, 8),
        ("env in (a,)", Kind::Value, 10),
        ("env dev", Kind::Operator, 4),
        ("env!dev", Kind::Operator, 3),
        ("env=dev zone=a", Kind::Operator, 8),
        ("env IN (dev)", Kind::Operator, 4),
        ("env=a)", Kind::Operator, 5),
        ("env in dev", Kind::Parenthesis, 7),
        ("env in (dev", Kind::Parenthesis, 11),
        ("env in (dev prod)", Kind::Parenthesis, 12),
        ("!-", Kind::InvalidKey, 1),
        ("!/", Kind::InvalidKey, 1),
        ("a/b/c!=x", Kind::InvalidKey, 0),
        ("a,!a//b", Kind::InvalidKey, 3),
        ("/a", Kind::InvalidKey, 0),
        ("a/", Kind::InvalidKey, 0),
        ("A.b/c", Kind::InvalidKey, 0),
        ("a..b/c", Kind::InvalidKey, 0),
        ("..!=a", Kind::InvalidKey, 0),
        ("env!=/", Kind::InvalidValue, 5),
        ("env!=a/b", Kind::InvalidValue, 5),
        ("env!=..", Kind::InvalidValue, 5),
        ("env!=-x-", Kind::InvalidValue, 5),
        ("env in (a,_)", Kind::InvalidValue, 10),
    ] {
        let error = selector.parse::<GatewaySelector>().expect_err(selector);
        assert_eq!((error.kind(), error.offset()), (kind, offset), "{selector}");
    }
}

#[test]
fn lengths_of_keys_and_values_are_those_of_kubernetes() {
    let (name, longer) = ("a".repeat(63), "a".repeat(64));
    let prefix = format!("{name}.{name}.{name}.{}", "b".repeat(61));
    assert_eq!(prefix.len(), 253);
    parse(&format!("{prefix}/{name}={name}"));
    for (selector, kind) in [
        (format!("{prefix}b/a"), Kind::InvalidKey),
        (longer.clone(), Kind::InvalidKey),
        (format!("a/{longer}"), Kind::InvalidKey),
        (format!("a!={longer}"), Kind::InvalidValue),
    ] {
        let error = selector.parse::<GatewaySelector>().expect_err(&selector);
        assert_eq!(error.kind(), kind, "{selector}");
    }
}

fn word() -> impl Strategy<Value = String> {
    "[A-Za-z0-9]([A-Za-z0-9_.-]{0,6}[A-Za-z0-9])?|in|notin"
}

fn words() -> impl Strategy<Value = String> {
    proptest::collection::vec(word(), 1..4).prop_map(|words| words.join(" ,"))
}

/// A requirement with spaces that do not count.
fn requirement() -> impl Strategy<Value = String> {
    prop_oneof![
        word(),
        word().prop_map(|key| format!("! {key}")),
        (word(), "( ?)(=|==|!=)( ?)", word())
            .prop_map(|(key, operator, value)| format!("{key}{operator}{value}")),
        (word(), "in ?|notin ?", words())
            .prop_map(|(key, operator, values)| format!("{key} {operator}({values})")),
    ]
}

proptest! {
    #[test]
    fn any_text_is_parsed_without_panic(text in ".*|[a-c=!(), ]{0,24}") {
        if let Ok(selector) = text.parse::<GatewaySelector>() {
            prop_assert_eq!(parse(&selector.to_string()), selector);
        }
    }

    #[test]
    fn a_written_selector_parses_to_itself(texts in proptest::collection::vec(requirement(), 0..5)) {
        let selector = parse(&texts.join(", "));
        prop_assert_eq!(selector.requirements().len(), texts.len());
        let written = selector.to_string();
        prop_assert_eq!(&parse(&written), &selector);
        prop_assert_eq!(parse(&written).to_string(), written);
    }

    #[test]
    fn a_requirement_is_met_unless_its_opposite_is(key in word(), value in word(), actual in word()) {
        let labels = BTreeMap::from([(key.clone(), actual)]);
        for (one, other) in [
            (format!("{key}={value}"), format!("{key}!={value}")),
            (format!("{key} in ({value})"), format!("{key} notin ({value})")),
            (key.clone(), format!("!{key}")),
        ] {
            for labels in [Some(&labels), None] {
                prop_assert_ne!(parse(&one).matches(labels), parse(&other).matches(labels));
            }
        }
    }
}
