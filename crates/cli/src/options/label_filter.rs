//! The options of lists that show things by their labels.

use std::cell::Cell;
use std::collections::BTreeMap;
use std::str::FromStr;

use gatelet_models::asa::GatewaySelector;

/// The labels of a gateway, or those for the gateways of a setup token.
pub(crate) type Labels = BTreeMap<String, String>;

/// The options of lists of things with labels.
#[derive(Clone, Debug, Default, clap::Args)]
pub(crate) struct LabelFilter {
    /// List only those with this label, whatever its value if none is given; can be repeated, and then all of them are needed
    #[arg(long = "label", value_name = "KEY[=VALUE]")]
    wanted_labels: Vec<WantedLabel>,
    /// List only those that this selector selects, in the form of a project's, such as 'env in (dev,prod),!retired'
    #[arg(long, value_name = "SELECTOR", value_parser = selector)]
    selector: Option<GatewaySelector>,
}

/// A label with any value, or with this one.
#[derive(Clone, Debug, PartialEq, Eq)]
struct WantedLabel {
    key: String,
    value: Option<String>,
}

impl FromStr for WantedLabel {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (key, value) = match text.split_once('=') {
            Some((key, value)) => (key, Some(value.to_owned())),
            None => (text, None),
        };
        match key {
            "" => Err("must be KEY or KEY=VALUE"),
            key => Ok(Self {
                key: key.to_owned(),
                value,
            }),
        }
    }
}

fn selector(text: &str) -> Result<GatewaySelector, String> {
    let selector: GatewaySelector = text.parse().map_err(|error| format!("{error}"))?;
    match selector.is_empty() {
        true => Err("must have a requirement".to_owned()),
        false => Ok(selector),
    }
}

impl LabelFilter {
    /// Returns whether every thing is shown.
    pub(crate) fn keeps_all(&self) -> bool {
        self.wanted_labels.is_empty() && self.selector.is_none()
    }

    /// Returns what is said of things whose labels are unknown, and which are not shown for that reason.
    pub(crate) fn unknown_line(&self, things: &str, count: usize) -> Option<String> {
        let is_said = count > 0 && !self.keeps_all();
        is_said.then(|| {
            format!(
                "not shown, because the response has no labels of them: {count} of the {things}"
            )
        })
    }

    /// Returns whether a thing with these labels is shown; `None` are unknown ones.
    pub(crate) fn keeps(&self, labels: Option<&Labels>) -> bool {
        if self.keeps_all() {
            return true;
        }
        let Some(labels) = labels else {
            return false;
        };
        let is_there = |wanted: &WantedLabel| match (labels.get(&wanted.key), &wanted.value) {
            (Some(_), None) => true,
            (actual, wanted) => actual.is_some() && actual == wanted.as_ref(),
        };
        let mut selectors = self.selector.iter();
        self.wanted_labels.iter().all(is_there) && selectors.all(|it| it.matches(Some(labels)))
    }
}

/// Counts a thing whose labels are unknown.
pub(crate) fn count_unknown(count: &Cell<usize>, labels: Option<&Labels>) {
    if labels.is_none() {
        count.set(count.get() + 1);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn filter(labels: &[&str], selector_text: Option<&str>) -> LabelFilter {
        LabelFilter {
            wanted_labels: labels.iter().map(|it| it.parse().unwrap()).collect(),
            selector: selector_text.map(|it| selector(it).unwrap()),
        }
    }

    #[test]
    fn a_thing_is_kept_if_it_has_all_labels_and_the_selector_selects_it() {
        let labels: Labels = [("env", "dev"), ("zone", "")]
            .map(|(key, value)| (key.to_owned(), value.to_owned()))
            .into();
        for (wanted, selector, is_kept) in [
            (&["env"][..], None, true),
            (&["env=dev", "zone"], None, true),
            (&["env=prod"], None, false),
            (&["zone="], None, true),
            (&["env="], None, false),
            (&["region"], None, false),
            (&[], Some("env in (dev,prod),!retired"), true),
            (&["zone"], Some("env!=dev"), false),
            (&[], None, true),
        ] {
            let filter = filter(wanted, selector);
            assert_eq!(
                filter.keeps(Some(&labels)),
                is_kept,
                "{wanted:?} {selector:?}"
            );
        }
    }

    #[test]
    fn unknown_labels_meet_nothing() {
        assert!(!filter(&[], Some("!retired")).keeps(None));
        assert!(filter(&[], None).keeps(None));
    }

    #[test]
    fn a_label_without_a_key_and_an_empty_selector_are_refused() {
        assert!("=a".parse::<WantedLabel>().is_err());
        assert!("".parse::<WantedLabel>().is_err());
        assert!(selector(" ").is_err());
        assert!(selector("cores>4").is_err());
    }
}
