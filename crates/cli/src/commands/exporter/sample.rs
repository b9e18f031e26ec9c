//! A value of a metric.

use crate::redaction::Redactor;
use crate::terminal::escape_for_display;

/// The maximum length of a label's value, in characters of the vendor's text.
const LONGEST_LABEL: usize = 256;

/// A metric, which is a gauge.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Metric {
    pub(crate) name: &'static str,
    /// One line without backslashes and quotes.
    pub(crate) help: &'static str,
}

/// The names and values of labels.
pub(crate) type Labels = Vec<(&'static str, String)>;

/// A value of a metric.
#[derive(Debug, PartialEq)]
pub(crate) struct Sample {
    pub(crate) metric: &'static Metric,
    pub(crate) labels: Labels,
    pub(crate) value: f64,
}

/// Values of metrics, with the vendors' texts as labels.
#[derive(Debug, Default)]
pub(crate) struct Samples {
    list: Vec<Sample>,
}

impl Samples {
    /// Adds a value.
    pub(crate) fn add(
        &mut self,
        metric: &'static Metric,
        labels: &[(&'static str, &str)],
        value: f64,
    ) {
        let labels = labels
            .iter()
            .map(|(name, text)| (*name, (*text).to_owned()));
        let sample = Sample {
            metric,
            labels: labels.collect(),
            value,
        };
        self.list.push(sample);
    }

    /// Returns the values, whose labels have no secret and a limited length.
    pub(crate) fn redacted(self, redactor: &Redactor) -> impl Iterator<Item = Sample> {
        self.list.into_iter().map(|mut sample| {
            for (_, text) in &mut sample.labels {
                *text = label(text, redactor);
            }
            sample
        })
    }
}

/// Returns a text as the value of a label. It is redacted before it is cut, because a part of a secret would not be found.
fn label(text: &str, redactor: &Redactor) -> String {
    let text = redactor.redact(text);
    let end = text.char_indices().nth(LONGEST_LABEL);
    let cut = end.map_or(&*text, |(end, _)| text.get(..end).unwrap_or_default());
    // The text format has its own escape of a line end.
    let lines: Vec<_> = cut.split('\n').map(escape_for_display).collect();
    let mut label = lines.join("\n");
    if end.is_some() {
        label.push('…');
    }
    label
}

/// Returns a number of objects.
#[expect(
    clippy::cast_precision_loss,
    reason = "no list has so many items that a double cannot count them"
)]
pub(crate) fn count(number: usize) -> f64 {
    number as f64
}

/// Returns 1 for yes, and 0 for no.
pub(crate) fn flag(is: bool) -> f64 {
    f64::from(u8::from(is))
}

#[cfg(test)]
mod tests {
    use gatelet_models::Secret;

    use super::*;
    use crate::redaction::KnownSecrets;

    fn label_of(text: &str) -> String {
        let known = KnownSecrets::default();
        known.add(&Secret::new("dt0c01.OWN.QVZ7XJWK5TQPLM".to_owned()));
        label(text, &known.redactor())
    }

    #[test]
    fn a_label_has_no_secret_even_where_it_is_cut() {
        assert_eq!(label_of("is QVZ7XJWK5TQPLM"), "is [redacted]");
        let text = format!("{}dt0g02.ID.ASECRETOFANOTHERPARTY", "ü ".repeat(123));
        let cut = label_of(&text);
        assert!(cut.ends_with("dt0g02.ID.…"), "{cut}");
        assert!(!cut.contains("SECRET"), "{cut}");
    }

    #[test]
    fn a_label_is_cut_and_shows_control_characters() {
        let long = label_of(&"ü".repeat(300));
        assert_eq!(long, format!("{}…", "ü".repeat(256)));
        assert_eq!(label_of(&"ü".repeat(256)), "ü".repeat(256));
        assert_eq!(label_of("a\u{1b}[31m\nb"), "a\\u{1b}[31m\nb");
    }
}
