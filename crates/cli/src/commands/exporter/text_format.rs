//! The text format of Prometheus, and that of OpenMetrics.
//!
//! Sources: <https://prometheus.io/docs/instrumenting/exposition_formats/>,
//! <https://prometheus.io/docs/specs/om/open_metrics_spec/>.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use crate::commands::exporter::sample::{Labels, Metric, Sample};

/// A format of metrics as text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum TextFormat {
    /// The text format 0.0.4 of Prometheus.
    Prometheus,
    /// OpenMetrics 1.0.0, which differs for gauges in its last line alone.
    OpenMetrics,
}

impl TextFormat {
    /// Returns the format that a client with this `Accept` header gets.
    pub(crate) fn accepted_by(accept: &str) -> Self {
        let mut ranges = accept.split(',').map(|range| range.split(';').next());
        let wants = |range: Option<&str>| {
            range.is_some_and(|it| {
                it.trim()
                    .eq_ignore_ascii_case("application/openmetrics-text")
            })
        };
        match ranges.any(wants) {
            true => Self::OpenMetrics,
            false => Self::Prometheus,
        }
    }

    /// Returns the media type.
    pub(crate) fn content_type(self) -> &'static str {
        match self {
            Self::Prometheus => "text/plain; version=0.0.4; charset=utf-8",
            Self::OpenMetrics => "application/openmetrics-text; version=1.0.0; charset=utf-8",
        }
    }

    /// Renders values, sorted by metric and labels. Of several with the same labels, which a server would reject all metrics for, the least
    /// counts: the earliest end, the oldest sign of life.
    pub(crate) fn render(self, samples: &[Sample]) -> String {
        let mut families: BTreeMap<&str, (&Metric, BTreeMap<&Labels, f64>)> = BTreeMap::new();
        for sample in samples {
            let family = families.entry(sample.metric.name);
            let (_, values) = family.or_insert((sample.metric, BTreeMap::new()));
            let value = values.entry(&sample.labels).or_insert(sample.value);
            *value = value.min(sample.value);
        }
        let mut text = String::new();
        for (metric, values) in families.values() {
            write_family(&mut text, metric, values);
        }
        if self == Self::OpenMetrics {
            text.push_str("# EOF\n");
        }
        text
    }
}

fn write_family(text: &mut String, metric: &Metric, values: &BTreeMap<&Labels, f64>) {
    let Metric { name, help } = metric;
    // Writing to a string cannot fail.
    let _ = writeln!(text, "# HELP {name} {help}\n# TYPE {name} gauge");
    for (labels, value) in values {
        let labels = labels.iter().map(|(name, value)| label(name, value));
        let labels = labels.collect::<Vec<_>>().join(",");
        let _ = match labels.is_empty() {
            true => writeln!(text, "{name} {value}"),
            false => writeln!(text, "{name}{{{labels}}} {value}"),
        };
    }
}

fn label(name: &str, value: &str) -> String {
    let value = value.replace('\\', r"\\");
    let value = value.replace('"', "\\\"").replace('\n', r"\n");
    format!("{name}=\"{value}\"")
}

/// What the tests of the vendors' metrics share.
#[cfg(test)]
pub(super) mod testing {
    use super::TextFormat;
    use crate::commands::exporter::sample::Samples;
    use crate::redaction::Redactor;

    /// Returns the lines of the samples that a function adds.
    pub(in crate::commands::exporter) fn values(add: impl FnOnce(&mut Samples)) -> Vec<String> {
        let mut samples = Samples::default();
        add(&mut samples);
        let list: Vec<_> = samples.redacted(&Redactor::default()).collect();
        let text = TextFormat::Prometheus.render(&list);
        let lines = text.lines().filter(|line| !line.starts_with('#'));
        lines.map(str::to_owned).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    static UP: Metric = Metric {
        name: "gatelet_up",
        help: "Whether it is up.",
    };
    static END: Metric = Metric {
        name: "gatelet_end_timestamp_seconds",
        help: "When it ends.",
    };

    fn sample(metric: &'static Metric, id: &str, value: f64) -> Sample {
        let labels = match id {
            "" => Vec::new(),
            id => vec![("id", id.to_owned()), ("type", "x".to_owned())],
        };
        Sample {
            metric,
            labels,
            value,
        }
    }

    #[test]
    fn metrics_are_grouped_and_sorted_and_each_has_help_and_type() {
        let samples = [
            sample(&UP, "", 1.0),
            sample(&END, "b", 1_798_761_600.123),
            sample(&END, "a", -0.5),
        ];
        let text = "# HELP gatelet_end_timestamp_seconds When it ends.\n\
                    # TYPE gatelet_end_timestamp_seconds gauge\n\
                    gatelet_end_timestamp_seconds{id=\"a\",type=\"x\"} -0.5\n\
                    gatelet_end_timestamp_seconds{id=\"b\",type=\"x\"} 1798761600.123\n\
                    # HELP gatelet_up Whether it is up.\n\
                    # TYPE gatelet_up gauge\n\
                    gatelet_up 1\n";
        assert_eq!(TextFormat::Prometheus.render(&samples), text);
        let text = format!("{text}# EOF\n");
        assert_eq!(TextFormat::OpenMetrics.render(&samples), text);
        assert_eq!(TextFormat::Prometheus.render(&[]), "");
    }

    #[test]
    fn a_label_ends_neither_its_quotes_nor_its_line() {
        let samples = [sample(&END, "a\\n\"} 1\nforged{x=\"", 2.0)];
        let text = TextFormat::Prometheus.render(&samples);
        let line = r#"{id="a\\n\"} 1\nforged{x=\"",type="x"} 2"#;
        assert!(text.ends_with(&format!("{line}\n")), "{text}");
        assert_eq!(text.lines().count(), 3);
    }

    #[test]
    fn the_least_of_several_values_with_the_same_labels_counts() {
        let samples = [
            sample(&END, "a", 3.0),
            sample(&END, "a", 2.0),
            sample(&END, "a", 4.0),
        ];
        let text = TextFormat::Prometheus.render(&samples);
        assert!(text.ends_with("gauge\ngatelet_end_timestamp_seconds{id=\"a\",type=\"x\"} 2\n"));
    }

    #[test]
    fn open_metrics_are_for_clients_that_ask_for_them() {
        for (accept, format) in [
            ("", TextFormat::Prometheus),
            ("*/*", TextFormat::Prometheus),
            ("text/plain;version=0.0.4", TextFormat::Prometheus),
            (
                "application/openmetrics-text;version=1.0.0;q=0.5,text/plain;q=0.2",
                TextFormat::OpenMetrics,
            ),
            (
                "text/plain, Application/OpenMetrics-Text",
                TextFormat::OpenMetrics,
            ),
        ] {
            assert_eq!(TextFormat::accepted_by(accept), format, "{accept}");
        }
    }
}
