//! The spans of a call, as a subscriber sees them.

#![allow(
    clippy::unwrap_used,
    reason = "helpers of tests fail by panicking, as tests do"
)]

use std::collections::BTreeMap;
use std::fmt::Debug;
use std::sync::{Arc, Mutex};

use gatelet_transport::testing::{FakeResponse, FakeTransport, ManualClock};
use gatelet_transport::{
    ApiError, BaseUrl, Bearer, Call, Channel, ChannelBuilder, Dialect, TraceContext,
};
use http::{Method, StatusCode};
use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Metadata, Subscriber};

/// One span or event: its name, and its fields as text.
#[derive(Debug, Default)]
struct Seen {
    name: &'static str,
    /// The index of the enclosing span.
    parent: Option<usize>,
    fields: BTreeMap<&'static str, String>,
}

impl Visit for Seen {
    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        self.fields.insert(field.name(), format!("{value:?}"));
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        self.fields.insert(field.name(), value.to_owned());
    }
}

/// Records every span and event at every level.
#[derive(Clone, Default)]
struct Everything(Arc<Mutex<Log>>);

#[derive(Debug, Default)]
struct Log {
    spans: Vec<Seen>,
    events: Vec<Seen>,
    /// The indices of the spans that are open.
    open: Vec<usize>,
}

fn index(id: &Id) -> usize {
    usize::try_from(id.into_u64() - 1).unwrap()
}

impl Subscriber for Everything {
    fn enabled(&self, _: &Metadata<'_>) -> bool {
        true
    }

    fn new_span(&self, attributes: &Attributes<'_>) -> Id {
        let mut log = self.0.lock().unwrap();
        let mut seen = Seen {
            name: attributes.metadata().name(),
            parent: log.open.last().copied(),
            ..Seen::default()
        };
        attributes.record(&mut seen);
        log.spans.push(seen);
        Id::from_u64(log.spans.len() as u64)
    }

    fn record(&self, id: &Id, values: &Record<'_>) {
        values.record(&mut self.0.lock().unwrap().spans[index(id)]);
    }

    fn record_follows_from(&self, _: &Id, _: &Id) {}

    fn event(&self, event: &Event<'_>) {
        let mut seen = Seen::default();
        event.record(&mut seen);
        self.0.lock().unwrap().events.push(seen);
    }

    fn enter(&self, id: &Id) {
        self.0.lock().unwrap().open.push(index(id));
    }

    fn exit(&self, id: &Id) {
        let closed = self.0.lock().unwrap().open.pop();
        assert_eq!(closed, Some(index(id)));
    }
}

struct Plain;

impl Dialect for Plain {
    fn api_error(&self, _: StatusCode, body: &str) -> Option<ApiError> {
        Some(ApiError::default().with_message(body))
    }
}

fn call() -> Call {
    Call::new("test Operation", Method::PUT, "/canary")
        .with_template("/{name}")
        .with_query("canary")
        .with_body("\"canary\"")
        .with_success(204)
}

fn builder() -> ChannelBuilder {
    let base = BaseUrl::parse("https://api.example.com/api").unwrap();
    Channel::builder(base, Plain).credentials(Bearer::new("canary-bearer").unwrap())
}

// T72
#[tokio::test]
async fn one_span_for_the_call_and_one_for_each_attempt_without_a_secret() {
    let everything = Everything::default();
    let _guard = tracing::subscriber::set_default(everything.clone());
    let fake = FakeTransport::script([
        FakeResponse::status(503).with_header("x-canary", "canary"),
        FakeResponse::hang(),
        FakeResponse::json(404, r#"{"message": "canary"}"#),
    ]);
    let channel = builder()
        .build_with(fake.clone(), ManualClock::auto())
        .unwrap();
    channel.call(call()).await.unwrap_err();
    fake.finish();

    let log = everything.0.lock().unwrap();
    assert!(!format!("{log:?}").contains("canary"));
    let spans = &log.spans;
    let names: Vec<_> = spans.iter().map(|span| span.name).collect();
    assert_eq!(names, ["call", "attempt", "attempt", "attempt"]);
    // The attempts of one call share the enclosing span.
    let parents: Vec<_> = spans.iter().map(|span| span.parent).collect();
    assert_eq!(parents, [None, Some(0), Some(0), Some(0)]);
    let field = |index: usize, name: &str| spans[index].fields.get(name).map(String::as_str);
    assert_eq!(field(0, "otel.name"), Some("test Operation"));
    assert_eq!(field(0, "otel.kind"), Some("internal"));
    assert_eq!(field(0, "otel.status_code"), Some("ERROR"));
    assert_eq!(field(0, "error.type"), Some("Api"));
    for (index, resends, status, error) in [
        (1, None, Some("503"), "Api"),
        (2, Some("1"), None, "Timeout"),
        (3, Some("2"), Some("404"), "Api"),
    ] {
        assert_eq!(field(index, "otel.name"), Some("PUT /api/{name}"));
        assert_eq!(field(index, "otel.kind"), Some("client"));
        assert_eq!(field(index, "http.request.method"), Some("PUT"));
        assert_eq!(field(index, "url.template"), Some("/api/{name}"));
        assert_eq!(field(index, "server.address"), Some("api.example.com"));
        assert_eq!(field(index, "server.port"), Some("443"));
        assert_eq!(field(index, "http.request.resend_count"), resends);
        assert_eq!(field(index, "http.response.status_code"), status);
        let version = status.map(|_| "1.1");
        assert_eq!(field(index, "network.protocol.version"), version);
        assert_eq!(field(index, "error.type"), Some(error));
        assert_eq!(field(index, "otel.status_code"), Some("ERROR"));
    }
}

#[tokio::test]
async fn the_spans_of_a_success_record_no_error() {
    let everything = Everything::default();
    let _guard = tracing::subscriber::set_default(everything.clone());
    let fake = FakeTransport::script([FakeResponse::status(204)]);
    let channel = builder().build_with(fake, ManualClock::auto()).unwrap();
    channel.call(call()).await.unwrap();

    let spans = &everything.0.lock().unwrap().spans;
    assert_eq!(spans.len(), 2);
    assert_eq!(spans[1].fields["http.response.status_code"], "204");
    for span in spans {
        assert!(!span.fields.contains_key("error.type"), "{span:?}");
        assert!(!span.fields.contains_key("otel.status_code"), "{span:?}");
    }
}

#[tokio::test]
async fn the_hook_for_the_trace_context_is_called_within_the_span_of_its_attempt() {
    let everything = Everything::default();
    let _guard = tracing::subscriber::set_default(everything.clone());
    let fake = FakeTransport::script([FakeResponse::status(503), FakeResponse::status(204)]);
    let log = everything.0.clone();
    let channel = builder()
        .trace_context(move || {
            let current = *log.lock().unwrap().open.last()?;
            TraceContext::new(&format!("00-{:032x}-{current:016x}-01", 1)).ok()
        })
        .build_with(fake.clone(), ManualClock::auto())
        .unwrap();
    channel.call(call()).await.unwrap();

    let spans = &everything.0.lock().unwrap().spans;
    let names: Vec<_> = spans.iter().map(|span| span.name).collect();
    assert_eq!(names, ["call", "attempt", "attempt"]);
    for (index, request) in fake.into_requests().iter().enumerate() {
        let expected = format!("00-{:032x}-{:016x}-01", 1, index + 1);
        assert_eq!(request.headers()["traceparent"], expected);
    }
}

#[tokio::test]
async fn a_warning_names_the_unreadable_member() {
    let everything = Everything::default();
    let _guard = tracing::subscriber::set_default(everything.clone());
    let fake = FakeTransport::script([FakeResponse::json(204, r#"{"expirationDate":"canary"}"#)]);
    let channel = builder().build_with(fake, ManualClock::auto()).unwrap();
    let response = channel.call(call()).await.unwrap();
    response.warn_unreadable("expirationDate");
    let log = everything.0.lock().unwrap();
    let event = log
        .events
        .iter()
        .find(|event| event.fields.contains_key("member"));
    let fields = &event.unwrap().fields;
    assert_eq!(fields["member"], "expirationDate");
    assert_eq!(fields["otel.name"], "test Operation");
    assert!(!format!("{log:?}").contains("canary"));
}
