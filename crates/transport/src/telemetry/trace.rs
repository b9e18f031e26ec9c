//! Spans and their names, which are those of OpenTelemetry where it defines one.
//!
//! Each call has a span, with one inside for each attempt, numbered from the second on. Paths, queries, header fields
//! and bodies are never recorded, and so no `url.full`: an id in a path may be a pasted secret. The path template is
//! recorded instead.

#[cfg(feature = "tracing")]
pub(crate) use on::{Attempt, Operation, unreadable};

#[cfg(not(feature = "tracing"))]
pub(crate) use off::{Attempt, Operation, unreadable};

#[cfg(feature = "tracing")]
mod on {
    use std::future::Future;

    use http::{Method, StatusCode, Version};
    use tracing::field::Empty;
    use tracing::{Instrument as _, Span};

    use crate::error::error::Error;
    use crate::url::base_url::BaseUrl;

    /// The span of a whole call.
    pub(crate) struct Operation(Span);

    impl Operation {
        pub(crate) fn new(operation: &str) -> Self {
            Self(tracing::info_span!(
                "call",
                otel.name = operation,
                otel.kind = "internal",
                otel.status_code = Empty,
                error.type = Empty,
            ))
        }

        pub(crate) async fn instrument<T>(
            self,
            call: impl Future<Output = Result<T, Error>>,
        ) -> Result<T, Error> {
            let result = call.instrument(self.0.clone()).await;
            if let Err(error) = &result {
                fail(&self.0, error);
            }
            result
        }
    }

    /// The span of one attempt.
    pub(crate) struct Attempt(Span);

    impl Attempt {
        pub(crate) fn new(
            method: &Method,
            base: &BaseUrl,
            template: &str,
            attempts_before: u32,
        ) -> Self {
            let span = tracing::info_span!(
                "attempt",
                otel.name = format_args!("{} {}{}", method, base.path(), template),
                otel.kind = "client",
                otel.status_code = Empty,
                http.request.method = method.as_str(),
                http.request.resend_count = Empty,
                http.response.status_code = Empty,
                network.protocol.version = Empty,
                server.address = base.host(),
                server.port = base.port(),
                url.template = format_args!("{}{}", base.path(), template),
                error.type = Empty,
            );
            if attempts_before > 0 {
                span.record("http.request.resend_count", attempts_before);
            }
            Self(span)
        }

        pub(crate) fn in_scope<T>(&self, work: impl FnOnce() -> T) -> T {
            self.0.in_scope(work)
        }

        pub(crate) fn instrument<F: Future>(&self, sending: F) -> impl Future<Output = F::Output> {
            sending.instrument(self.0.clone())
        }

        pub(crate) fn response_received(&self, version: Version) {
            if let Some(version) = number(version) {
                self.0.record("network.protocol.version", version);
            }
        }

        pub(crate) fn succeeded(&self, status: StatusCode) {
            self.0.record("http.response.status_code", status.as_u16());
        }

        pub(crate) fn failed(&self, error: &Error) {
            if let Some(status) = error.status() {
                self.0.record("http.response.status_code", status.as_u16());
            }
            fail(&self.0, error);
        }
    }

    pub(crate) fn unreadable(operation: &'static str, member: &'static str) {
        tracing::warn!(
            otel.name = operation,
            member,
            "a member of the response cannot be read"
        );
    }

    fn fail(span: &Span, error: &Error) {
        span.record("error.type", error.kind().name());
        span.record("otel.status_code", "ERROR");
    }

    fn number(version: Version) -> Option<&'static str> {
        match version {
            Version::HTTP_10 => Some("1.0"),
            Version::HTTP_11 => Some("1.1"),
            Version::HTTP_2 => Some("2"),
            Version::HTTP_3 => Some("3"),
            _ => None,
        }
    }
}

#[cfg(not(feature = "tracing"))]
mod off {
    use std::future::Future;

    use http::{Method, StatusCode, Version};

    use crate::error::error::Error;
    use crate::url::base_url::BaseUrl;

    pub(crate) fn unreadable(_: &'static str, _: &'static str) {}

    pub(crate) struct Operation;

    impl Operation {
        pub(crate) fn new(_: &str) -> Self {
            Self
        }

        pub(crate) fn instrument<F: Future>(self, call: F) -> F {
            call
        }
    }

    pub(crate) struct Attempt;

    impl Attempt {
        pub(crate) fn new(_: &Method, _: &BaseUrl, _: &str, _: u32) -> Self {
            Self
        }

        pub(crate) fn in_scope<T>(&self, work: impl FnOnce() -> T) -> T {
            work()
        }

        pub(crate) fn instrument<F: Future>(&self, sending: F) -> F {
            sending
        }

        pub(crate) fn response_received(&self, _: Version) {}

        pub(crate) fn succeeded(&self, _: StatusCode) {}

        pub(crate) fn failed(&self, _: &Error) {}
    }
}
