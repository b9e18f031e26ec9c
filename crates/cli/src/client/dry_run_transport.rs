//! A transport that stops a dry run before its first change.

use bytes::Bytes;
use gatelet_transport::{CallInfo, Transport, TransportError};
use http::{Request, Response};

use crate::output::dry_run::DryRun;
use crate::output::planned_request::PlannedRequest;
use crate::redaction::KnownSecrets;

/// Sends reads and token exchanges, and in a dry run stops the command before any other request.
#[derive(Debug)]
pub(crate) struct DryRunTransport<T> {
    inner: T,
    dry_run: Option<(DryRun, KnownSecrets)>,
}

impl<T> DryRunTransport<T> {
    /// Wraps a transport; without a dry run, it sends every request.
    pub(crate) fn new(inner: T, dry_run: Option<(DryRun, KnownSecrets)>) -> Self {
        Self { inner, dry_run }
    }
}

impl<T: Transport> Transport for DryRunTransport<T> {
    async fn send(&self, request: Request<Bytes>) -> Result<Response<Bytes>, TransportError> {
        if let Some((dry_run, secrets)) = &self.dry_run
            && !is_safe(&request)
        {
            let planned = PlannedRequest::new(&request, &secrets.redactor());
            dry_run.stop_at(planned).await;
        }
        self.inner.send(request).await
    }
}

/// Returns whether a request certainly changes nothing.
fn is_safe(request: &Request<Bytes>) -> bool {
    CallInfo::of(request).is_some_and(CallInfo::is_safe)
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicUsize, Ordering};

    use gatelet_transport::from_fn;

    use super::*;

    fn request(method: &str, call: Option<CallInfo>) -> Request<Bytes> {
        let request = Request::builder().method(method).uri("https://h/a");
        let mut request = request.body(Bytes::new()).unwrap();
        if let Some(call) = call {
            request.extensions_mut().insert(call);
        }
        request
    }

    #[tokio::test]
    async fn only_what_certainly_changes_nothing_is_sent() {
        for (method, call, is_sent) in [
            ("GET", Some(CallInfo::new("a List", true)), true),
            ("POST", Some(CallInfo::new("a LogIn", true)), true),
            ("POST", Some(CallInfo::new("a Create", false)), false),
            ("DELETE", Some(CallInfo::new("a Delete", false)), false),
            ("GET", Some(CallInfo::new("a Reset", false)), false),
            ("GET", None, false),
        ] {
            let sent = Arc::new(AtomicUsize::new(0));
            let counter = Arc::clone(&sent);
            let counting = from_fn(move |_| {
                counter.fetch_add(1, Ordering::Relaxed);
                async { Ok(Response::new(Bytes::new())) }
            });
            let dry_run = DryRun::default();
            let known = KnownSecrets::default();
            let transport = DryRunTransport::new(counting, Some((dry_run.clone(), known)));
            let command = async {
                let sent = transport.send(request(method, call)).await;
                sent.map(drop)
            };
            let planned = dry_run.run(command).await.unwrap();
            assert_eq!(planned.is_none(), is_sent, "{method} {call:?}");
            assert_eq!(sent.load(Ordering::Relaxed), usize::from(is_sent));
        }
    }
}
