//! Spans, and every name that is used in them: OpenTelemetry's, where it has one.
//!
//! There is one span for a call and, within it, one for each of its attempts, which are numbered. No path, query, header or
//! body is ever recorded. No id of the call is sent to the server: no vendor documents a field for one.

#[cfg(feature = "tracing")]
pub(crate) use on::{Attempt, Operation};

#[cfg(not(feature = "tracing"))]
pub(crate) use off::{Attempt, Operation};

#[cfg(feature = "tracing")]
mod on {
    use std::future::Future;

    use http::StatusCode;
    use tracing::field::Empty;
    use tracing::{Instrument as _, Span};

    use crate::{BaseUrl, Call, Error};

    /// The span of a whole call.
    pub(crate) struct Operation(Span);

    impl Operation {
        pub(crate) fn new(call: &Call) -> Self {
            Self(tracing::info_span!(
                "call",
                otel.name = call.operation,
                otel.kind = "internal",
                error.type = Empty,
            ))
        }

        pub(crate) async fn around<T>(
            self,
            call: impl Future<Output = Result<T, Error>>,
        ) -> Result<T, Error> {
            let result = call.instrument(self.0.clone()).await;
            if let Err(error) = &result {
                self.0.record("error.type", error.kind().name());
            }
            result
        }
    }

    /// The span of one attempt.
    pub(crate) struct Attempt(Span);

    impl Attempt {
        pub(crate) fn new(call: &Call, base: &BaseUrl, attempts_before: u32) -> Self {
            Self(tracing::info_span!(
                "attempt",
                otel.name = call.method.as_str(),
                otel.kind = "client",
                http.request.method = call.method.as_str(),
                http.request.resend_count = attempts_before,
                server.address = base.host(),
                server.port = base.port(),
                http.response.status_code = Empty,
                error.type = Empty,
            ))
        }

        pub(crate) fn around<F: Future>(&self, sending: F) -> impl Future<Output = F::Output> {
            sending.instrument(self.0.clone())
        }

        pub(crate) fn succeeded(&self, status: StatusCode) {
            self.0.record("http.response.status_code", status.as_u16());
        }

        pub(crate) fn failed(&self, error: &Error) {
            if let Some(status) = error.status() {
                self.0.record("http.response.status_code", status.as_u16());
            }
            self.0.record("error.type", error.kind().name());
        }
    }
}

#[cfg(not(feature = "tracing"))]
mod off {
    use std::future::Future;

    use http::StatusCode;

    use crate::{BaseUrl, Call, Error};

    pub(crate) struct Operation;

    impl Operation {
        pub(crate) fn new(_: &Call) -> Self {
            Self
        }

        pub(crate) fn around<F: Future>(self, call: F) -> F {
            call
        }
    }

    pub(crate) struct Attempt;

    impl Attempt {
        pub(crate) fn new(_: &Call, _: &BaseUrl, _: u32) -> Self {
            Self
        }

        pub(crate) fn around<F: Future>(&self, sending: F) -> F {
            sending
        }

        pub(crate) fn succeeded(&self, _: StatusCode) {}

        pub(crate) fn failed(&self, _: &Error) {}
    }
}
