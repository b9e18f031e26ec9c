//! What was read of all vendors at one time.

use std::time::Duration;

use gatelet_models::Timestamp;

use crate::commands::exporter::sample::{Metric, Sample, Samples, flag};
use crate::error::error::CliError;
use crate::error::exit::Exit;
use crate::redaction::Redactor;

/// The maximum number of objects of a list. More would be a burden to what stores the metrics, and a part of them may hide what ends.
pub(crate) const LARGEST_LIST: usize = 50_000;

static UP: Metric = Metric {
    name: "gatelet_up",
    help: "Whether all of the last read of a vendor succeeded.",
};
static READ_SUCCESS: Metric = Metric {
    name: "gatelet_read_success",
    help: "Whether a part of the last read of a vendor succeeded. A part that failed has no values.",
};
static DURATION: Metric = Metric {
    name: "gatelet_scrape_duration_seconds",
    help: "How long the last read of a vendor took.",
};
static TIME: Metric = Metric {
    name: "gatelet_scrape_timestamp_seconds",
    help: "When the last read of a vendor began, in Unix time.",
};

/// What was read of a vendor.
#[derive(Debug)]
pub(crate) struct VendorReading {
    pub(crate) samples: Samples,
    /// The exit code of the first failure.
    pub(crate) failure: Option<Exit>,
}

/// What was read of all vendors at one time, without secrets.
#[derive(Debug, Default)]
pub(crate) struct Reading {
    pub(crate) samples: Vec<Sample>,
    /// The exit code of the first failure.
    pub(crate) failure: Option<Exit>,
}

impl Reading {
    /// Joins what was read of the vendors. The redactor knows the credentials of all of them.
    pub(crate) fn of(
        vendors: impl IntoIterator<Item = VendorReading>,
        redactor: &Redactor,
    ) -> Self {
        let mut reading = Self::default();
        for vendor in vendors {
            reading.samples.extend(vendor.samples.redacted(redactor));
            reading.failure = reading.failure.or(vendor.failure);
        }
        reading
    }
}

/// How a read of a vendor went.
#[derive(Debug)]
pub(crate) struct Outcome {
    pub(crate) vendor: &'static str,
    /// Each part of the read, and whether it succeeded.
    pub(crate) parts: Vec<(&'static str, bool)>,
    pub(crate) began: Timestamp,
    pub(crate) duration: Duration,
}

impl Outcome {
    /// Adds the metrics of the read itself.
    pub(crate) fn add_to(&self, samples: &mut Samples) {
        let vendor = ("vendor", self.vendor);
        for (part, is_ok) in &self.parts {
            samples.add(&READ_SUCCESS, &[vendor, ("read", part)], flag(*is_ok));
        }
        let is_up = self.parts.iter().all(|(_, is_ok)| *is_ok);
        samples.add(&UP, &[vendor], flag(is_up));
        samples.add(&DURATION, &[vendor], self.duration.as_secs_f64());
        samples.add(&TIME, &[vendor], seconds(self.began));
    }
}

/// Returns a time in seconds since 1970.
#[expect(
    clippy::cast_precision_loss,
    reason = "milliseconds of the years that a date may have are exact in a double"
)]
pub(crate) fn seconds(time: Timestamp) -> f64 {
    time.unix_millis() as f64 / 1000.0
}

/// Returns the error of a list that is too long.
pub(crate) fn too_long(objects: &str) -> CliError {
    CliError::new(
        Exit::Other,
        format_args!("there are more than {LARGEST_LIST} {objects}"),
    )
}

#[cfg(test)]
mod tests {
    use gatelet_models::Secret;

    use super::*;
    use crate::commands::exporter::text_format::TextFormat;
    use crate::redaction::KnownSecrets;

    fn rendered<const N: usize>(vendors: [Samples; N], redactor: &Redactor) -> String {
        let vendors = vendors.map(|samples| VendorReading {
            samples,
            failure: None,
        });
        TextFormat::Prometheus.render(&Reading::of(vendors, redactor).samples)
    }

    #[test]
    fn the_metrics_of_a_vendor_do_not_show_the_credential_of_the_other() {
        let mut samples = Samples::default();
        samples.add(&UP, &[("vendor", "is QVZ7XJWK5TQPLM")], 1.0);
        let known = KnownSecrets::default();
        // As that of a vendor whose credential is read last.
        known.add(&Secret::new("QVZ7XJWK5TQPLM".to_owned()));
        let text = rendered([samples, Samples::default()], &known.redactor());
        assert!(text.contains("{vendor=\"is [redacted]\"} 1"), "{text}");
    }

    #[test]
    fn a_vendor_is_up_if_all_parts_of_its_read_succeeded() {
        for (second, up) in [(true, "1"), (false, "0")] {
            let outcome = Outcome {
                vendor: "dt",
                parts: vec![("first", true), ("second", second)],
                began: Timestamp::from_unix_millis(1_700_000_000_250),
                duration: Duration::from_millis(1500),
            };
            let mut samples = Samples::default();
            outcome.add_to(&mut samples);
            let text = rendered([samples], &Redactor::default());
            for line in [
                format!("gatelet_up{{vendor=\"dt\"}} {up}\n"),
                "gatelet_read_success{vendor=\"dt\",read=\"first\"} 1\n".to_owned(),
                format!("gatelet_read_success{{vendor=\"dt\",read=\"second\"}} {up}\n"),
                "gatelet_scrape_duration_seconds{vendor=\"dt\"} 1.5\n".to_owned(),
                "gatelet_scrape_timestamp_seconds{vendor=\"dt\"} 1700000000.25\n".to_owned(),
            ] {
                assert!(text.contains(&line), "{line}{text}");
            }
        }
    }
}
