//! The warning about an unreadable member.

use std::fmt::Debug;
use std::sync::{Arc, Mutex};

use gatelet_transport::testing::FakeResponse;
use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Level, Metadata, Subscriber};

use crate::support::*;

/// Collects the warnings, with their fields.
#[derive(Clone, Default)]
struct Warnings(Arc<Mutex<Vec<String>>>);

impl Subscriber for Warnings {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        *metadata.level() <= Level::WARN
    }
    fn new_span(&self, _: &Attributes<'_>) -> Id {
        Id::from_u64(1)
    }
    fn record(&self, _: &Id, _: &Record<'_>) {}
    fn record_follows_from(&self, _: &Id, _: &Id) {}
    fn event(&self, event: &Event<'_>) {
        let mut fields = Fields(String::new());
        event.record(&mut fields);
        self.0.lock().unwrap().push(fields.0);
    }
    fn enter(&self, _: &Id) {}
    fn exit(&self, _: &Id) {}
}

struct Fields(String);

impl Visit for Fields {
    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        self.0 += &format!("{}={value:?};", field.name());
    }
}

// U16
#[tokio::test]
async fn an_unreadable_expiration_date_causes_a_warning_without_its_text() {
    let warnings = Warnings::default();
    let _guard = tracing::subscriber::set_default(warnings.clone());
    for (raw, count) in [
        (r#""""#, 1),
        (r#""2027-01-01 00:00""#, 1),
        ("1798761600000", 1),
        (r#""CANARY""#, 1),
        ("null", 0),
        (r#""2027-01-01T00:00:00Z""#, 0),
    ] {
        let body =
            format!(r#"{{"id": "dt0g02.4KWZO5EF", "token": "{SECRET}", "expirationDate": {raw}}}"#);
        let (client, fake) = scripted([FakeResponse::json(201, body)]);
        create(&client).await.unwrap();
        fake.finish();
        let found = std::mem::take(&mut *warnings.0.lock().unwrap());
        assert_eq!(found.len(), count, "{raw}: {found:?}");
        for warning in found {
            assert_eq!(
                warning,
                "message=a member of the response cannot be read;otel.name=\"dt createToken\";member=\"expirationDate\";"
            );
        }
    }
}
