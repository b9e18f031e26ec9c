//! Events for `tracing` subscribers.

#![cfg(all(feature = "tracing", feature = "_tls"))]
#![allow(
    clippy::unwrap_used,
    reason = "helpers of tests fail by panicking, as tests do"
)]

use std::fmt::Debug;
use std::sync::{Arc, Mutex};

use gatelet_hyper::HyperTransport;
use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Metadata, Subscriber};

/// Keeps the fields of every event.
#[derive(Clone, Default)]
struct Events(Arc<Mutex<Vec<(&'static str, String)>>>);

impl Visit for Events {
    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        self.record_str(field, &format!("{value:?}"));
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        self.0
            .lock()
            .unwrap()
            .push((field.name(), value.to_owned()));
    }
}

impl Subscriber for Events {
    fn enabled(&self, _: &Metadata<'_>) -> bool {
        true
    }

    fn new_span(&self, _: &Attributes<'_>) -> Id {
        Id::from_u64(1)
    }

    fn record(&self, _: &Id, _: &Record<'_>) {}

    fn record_follows_from(&self, _: &Id, _: &Id) {}

    fn event(&self, event: &Event<'_>) {
        event.record(&mut self.clone());
    }

    fn enter(&self, _: &Id) {}

    fn exit(&self, _: &Id) {}
}

#[test]
fn a_skipped_root_certificate_causes_a_warning() {
    let key = rcgen::KeyPair::generate().unwrap();
    let params = rcgen::CertificateParams::new(["authority".to_owned()]).unwrap();
    let good = params.self_signed(&key).unwrap().pem();
    let bundle = format!("{good}-----BEGIN CERTIFICATE-----\ncanary\n-----END CERTIFICATE-----\n");
    let events = Events::default();
    let builder = tracing::subscriber::with_default(events.clone(), || {
        HyperTransport::builder().add_root_certificates_pem(bundle.as_bytes())
    });
    let skipped = builder.unwrap().skipped_root_certificates().to_vec();
    let fields = events.0.lock().unwrap();
    let notes: Vec<_> = fields
        .iter()
        .filter_map(|(name, value)| (*name == "note").then_some(value.as_str()))
        .collect();
    assert_eq!(
        notes,
        skipped.iter().map(|note| &**note).collect::<Vec<_>>()
    );
    assert!(notes[0].starts_with("certificate 2: "));
    assert!(!format!("{fields:?}").contains("canary"));
}
