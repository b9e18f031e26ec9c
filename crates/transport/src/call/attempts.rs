//! The attempts of one call, from the first to the last.

use std::time::Duration;

use bytes::Bytes;
use http::header::{AUTHORIZATION, CONTENT_TYPE};
use http::{Request, Response, StatusCode, Uri};

use crate::call::api_response::ApiResponse;
use crate::call::call::Call;
use crate::call::call_secrets::CallSecrets;
use crate::call::channel::Channel;
use crate::call::channel::{Endpoint, Inner};
use crate::call::classify::{FailedAttempt, ResponseClassifier, applied_after_status};
use crate::call::credential::Credential;
use crate::call::credential_provider::panicked;
use crate::call::retry::{Decision, FailureCause, RetryContext, RetryPolicy, decide, is_transient};
use crate::error::error::Error;
use crate::error::kind::{Applied, ErrorKind};
use crate::error::transport::{Phase, TransportError, TransportErrorKind};
use crate::future::catch_unwind::{Panicked, catch_unwind_future, catch_unwind_sync};
use crate::future::timeout::timeout;
use crate::telemetry::trace;
use crate::telemetry::trace_context::TraceContext;
use crate::transport::clock::Clock as _;
use crate::transport::send_tracker::SendTracker;
use crate::wire::attempt::Attempt;
use crate::wire::call_info::CallInfo;

impl Channel {
    /// Makes one call: obtains a credential, sends attempts, waits between them, and checks status and content type.
    ///
    /// # Errors
    ///
    /// Every kind except `Pagination`; see [`ErrorKind`](crate::ErrorKind).
    pub async fn call(&self, call: Call) -> Result<ApiResponse, Error> {
        let operation = trace::Operation::new(call.operation);
        // Panics of transport and credential provider are caught at their calls; this catches those of the clock.
        // Boxed, because the future of a call is large and every future around it would contain it.
        let attempts = catch_unwind_future(|| Box::pin(Attempts::new(self, &call).run()));
        let outcome = async {
            attempts
                .await
                .unwrap_or_else(|_| Err(Attempts::panicked(&call)))
        };
        operation.instrument(outcome).await
    }
}

/// The state of one call between its attempts.
struct Attempts<'a> {
    channel: &'a Channel,
    call: &'a Call,
    /// A monotonic time.
    started: Duration,
    attempts: u32,
    /// The wait before the next attempt.
    wait: Duration,
    /// The worst case over all attempts so far.
    applied: Applied,
    last_cost: Option<u32>,
    was_misdirected: bool,
    was_refreshed: bool,
    has_waited_for_exchange: bool,
    secrets: CallSecrets,
}

impl<'a> Attempts<'a> {
    fn new(channel: &'a Channel, call: &'a Call) -> Self {
        Self {
            channel,
            call,
            started: channel.clock().monotonic(),
            attempts: 0,
            wait: Duration::ZERO,
            applied: Applied::No,
            last_cost: None,
            was_misdirected: false,
            was_refreshed: false,
            has_waited_for_exchange: false,
            secrets: CallSecrets::of(&call.secrets),
        }
    }

    /// Returns the error of a call whose clock panicked.
    fn panicked(call: &Call) -> Error {
        let failed = FailedAttempt::from_panic(call);
        failed
            .error
            .with_operation(call.operation)
            .with_applied(failed.applied)
    }

    /// Repeats attempts until one succeeds or no further one is allowed.
    async fn run(mut self) -> Result<ApiResponse, Error> {
        let query = self.call.query.as_deref();
        let uri = match self.endpoint().base.uri(&self.call.path, query) {
            Ok(uri) => uri,
            Err(error) => return Err(self.finish(error)),
        };
        // The last attempt whose credential the server rejected.
        let mut rejected: Option<FailedAttempt> = None;
        loop {
            let credential = match self.obtain_credential().await {
                Ok(credential) => credential,
                Err(error) => match rejected {
                    Some(_) if self.has_waited(&error).await => continue,
                    rejected => return Err(self.without_credential(error, rejected)),
                },
            };
            if let Some(credential) = &credential {
                self.inner().recent.note(credential);
                self.secrets.use_credential(credential);
            }
            self.check_url()?;
            let failed = match self.attempt(&uri, credential.as_ref()).await {
                Ok(response) => return Ok(self.succeed(response)),
                Err(failed) => *failed,
            };
            if self.is_already_gone(&failed) {
                return Ok(self.already_gone(&failed));
            }
            self.applied = self.applied.max(failed.applied);
            if self.try_refresh(&failed, credential.as_ref()) {
                rejected = Some(failed);
                continue;
            }
            match self.next_wait(&failed) {
                Some(wait) => {
                    self.wait = wait;
                    self.channel.clock().sleep(wait).await;
                }
                None => return Err(self.fail(failed)),
            }
        }
    }

    fn endpoint(&self) -> &'a Endpoint {
        self.channel.endpoint()
    }

    fn inner(&self) -> &'a Inner {
        self.channel.inner()
    }

    fn retry(&self) -> &'a RetryPolicy {
        self.call.retry.as_ref().unwrap_or(&self.inner().retry)
    }

    /// Refuses a query or a path parameter that contains a secret of the call, because URLs end up in logs.
    fn check_url(&self) -> Result<(), Error> {
        let mut query = self.call.query.iter();
        let parameter = match query.find(|query| self.secrets.occur_in(query)) {
            Some(_) => Some("query"),
            None => self.path_parameter_with_secret(),
        };
        let error = |parameter| Error::invalid_input(parameter, "contains a secret of the call");
        parameter.map_or(Ok(()), |parameter| Err(self.finish(error(parameter))))
    }

    fn path_parameter_with_secret(&self) -> Option<&'static str> {
        let Call { path, template, .. } = self.call;
        let mut segments = path.split('/').zip(template.split('/'));
        segments.find_map(|(value, name)| {
            let name = name.split(['{', '}']).nth(1)?;
            let has_secret = self.secrets.contain_whole(value);
            has_secret.then_some(name)
        })
    }

    fn elapsed(&self) -> Duration {
        self.channel
            .clock()
            .monotonic()
            .saturating_sub(self.started)
    }

    fn remaining(&self) -> Duration {
        let total = self.call.timeout.unwrap_or(self.inner().timeouts.total);
        total.saturating_sub(self.elapsed())
    }

    async fn obtain_credential(&self) -> Result<Option<Credential>, Error> {
        if !self.call.authenticated {
            return Ok(None);
        }
        let Some(provider) = self.channel.credentials() else {
            return Err(self.channel.without_credentials());
        };
        let limit = self.channel.clock().sleep(self.remaining());
        let home = self.channel.home();
        let credential = catch_unwind_future(|| provider.credential_boxed(&home));
        match timeout(limit, credential).await {
            Some(credential) => credential
                .unwrap_or_else(|Panicked| Err(panicked()))
                .map(Some),
            None => Err(Error::new(ErrorKind::Timeout(Phase::Total)).with_retryable(true)),
        }
    }

    /// Waits until the next token exchange is allowed, at most once and only within the time of the call. Only a call
    /// whose own credential was rejected waits; any other fails at once.
    async fn has_waited(&mut self, error: &Error) -> bool {
        let Some(wait) = error.next_exchange() else {
            return false;
        };
        if self.has_waited_for_exchange || wait >= self.remaining() {
            return false;
        }
        self.has_waited_for_exchange = true;
        self.channel.clock().sleep(wait).await;
        true
    }

    /// Sends one request within the time limits and classifies its response.
    async fn attempt(
        &mut self,
        uri: &Uri,
        credential: Option<&Credential>,
    ) -> Result<Response<Bytes>, Box<FailedAttempt>> {
        let inner = self.inner();
        let span = trace::Attempt::new(
            &self.call.method,
            &self.endpoint().base,
            self.call.template,
            self.attempts,
        );
        let mut request = self.request(uri, credential);
        if let Some(context) = self.trace_context(&span) {
            context.put_into(request.headers_mut());
        }
        let tracker = SendTracker::default();
        request.extensions_mut().insert(tracker.clone());
        request.extensions_mut().insert(inner.body_limit);
        self.attempts = self.attempts.saturating_add(1);
        let wait = std::mem::take(&mut self.wait);
        let attempt = Attempt::new(self.attempts, wait);
        request.extensions_mut().insert(attempt);
        let info = CallInfo::new(self.call.operation, self.call.safe);
        request.extensions_mut().insert(info);
        let (limit, phase) = self.attempt_limit();
        let sending = span.instrument(catch_unwind_future(|| inner.transport.send_boxed(request)));
        let limit = async {
            self.channel.clock().sleep(limit).await;
            // The transport's future is dropped next; this tells it a timeout from a canceled call.
            tracker.mark_timed_out();
        };
        let outcome = match timeout(limit, sending).await {
            Some(Ok(outcome)) => self.transport_ended(outcome, &span),
            Some(Err(Panicked)) => Err(Box::new(FailedAttempt::from_panic(self.call))),
            None => self.classify(Err(timed_out(phase, &tracker))),
        };
        match &outcome {
            Ok(response) => span.succeeded(response.status()),
            Err(failed) => span.failed(&failed.error),
        }
        outcome
    }

    /// Returns the time limit of the next attempt, and whose it is.
    fn attempt_limit(&self) -> (Duration, Phase) {
        match (self.inner().timeouts.attempt, self.remaining()) {
            (attempt, remaining) if attempt < remaining => (attempt, Phase::Attempt),
            (_, remaining) => (remaining, Phase::Total),
        }
    }

    /// Classifies what the transport returned, and learns the secrets in it.
    fn transport_ended(
        &mut self,
        outcome: Result<Response<Bytes>, TransportError>,
        span: &trace::Attempt,
    ) -> Result<Response<Bytes>, Box<FailedAttempt>> {
        let body = outcome.as_ref().ok().map(|response| {
            span.response_received(response.version());
            self.secrets.add_from_response(response);
            response.body().clone()
        });
        self.classify(outcome).inspect_err(|_| {
            self.secrets.add_from_body(&body.unwrap_or_default());
        })
    }

    fn classify(
        &self,
        outcome: Result<Response<Bytes>, TransportError>,
    ) -> Result<Response<Bytes>, Box<FailedAttempt>> {
        let endpoint = self.endpoint();
        let classifier = ResponseClassifier {
            base: &endpoint.base,
            dialect: endpoint.dialect.as_ref(),
            body_limit: self.inner().body_limit,
            now: self.channel.clock().now(),
            secrets: &self.secrets,
        };
        classifier.classify(self.call, outcome)
    }

    fn trace_context(&self, span: &trace::Attempt) -> Option<TraceContext> {
        let hook = self.inner().trace_context.as_ref()?;
        // A call without a trace is better than no call.
        catch_unwind_sync(|| span.in_scope(hook)).ok().flatten()
    }

    fn request(&self, uri: &Uri, credential: Option<&Credential>) -> Request<Bytes> {
        let mut request = Request::new(self.call.body.clone().unwrap_or_default());
        *request.method_mut() = self.call.method.clone();
        *request.uri_mut() = uri.clone();
        let headers = request.headers_mut();
        *headers = self.inner().headers.clone();
        if self.call.body.is_some() {
            headers.insert(CONTENT_TYPE, self.call.content_type.clone());
        }
        if let Some(credential) = credential {
            headers.insert(AUTHORIZATION, credential.value().clone());
        }
        request
    }

    /// Returns whether a repeated DELETE found nothing because an earlier attempt had deleted the resource.
    fn is_already_gone(&self, failed: &FailedAttempt) -> bool {
        self.call.method == http::Method::DELETE
            && self.applied != Applied::No
            && failed.error.is_not_found()
    }

    /// Invalidates a rejected credential, and returns whether the attempt is to be repeated at once with a new one.
    fn try_refresh(&mut self, failed: &FailedAttempt, credential: Option<&Credential>) -> bool {
        let (true, Some(credential), Some(provider)) = (
            failed.refresh_may_help,
            credential,
            self.channel.credentials(),
        ) else {
            return false;
        };
        // Report every rejection, so that no other call uses the credential.
        let is_refreshable = provider.invalidate(credential);
        if std::mem::replace(&mut self.was_refreshed, is_refreshable) {
            return false;
        }
        self.was_refreshed && self.retry().allows_another_after(self.attempts)
    }

    /// Returns the wait before the next attempt and takes its cost from the budget; `None` if no attempt follows.
    fn next_wait(&mut self, failed: &FailedAttempt) -> Option<Duration> {
        let inner = self.inner();
        let context = RetryContext {
            cause: failed.cause,
            is_idempotent: self.call.idempotent,
            attempts: self.attempts,
            was_misdirected: self.was_misdirected,
            server_delay: failed.server_delay,
            remaining: self.remaining(),
            // A jitter source that panics does not shorten the wait.
            jitter: catch_unwind_sync(&inner.jitter).unwrap_or(1.0),
        };
        let Decision::Retry { after, cost } = decide(self.retry(), &context) else {
            return None;
        };
        if !inner.retry_budget.acquire(cost) {
            return None;
        }
        self.last_cost = Some(cost);
        self.was_misdirected |= failed.cause == FailureCause::Status(421);
        Some(after)
    }

    fn succeed(mut self, response: Response<Bytes>) -> ApiResponse {
        let secrets = std::mem::take(&mut self.secrets);
        self.inner().retry_budget.refund(self.last_cost);
        let (parts, body) = response.into_parts();
        ApiResponse {
            operation: self.call.operation,
            applied: applied_after_status(self.call, parts.status, false),
            attempts: self.attempts,
            elapsed: self.elapsed(),
            status: parts.status,
            headers: parts.headers,
            body,
            secrets,
            resource: None,
        }
    }

    /// Succeeds with a 404; see [`ApiResponse::was_already_gone`].
    fn already_gone(self, failed: &FailedAttempt) -> ApiResponse {
        let mut response = Response::new(Bytes::new());
        *response.status_mut() = failed.error.status().unwrap_or(StatusCode::NOT_FOUND);
        self.succeed(response)
    }

    /// Fails the call for want of a credential. If the provider only waits because the server rejected the previous
    /// one, the rejection is the better error.
    fn without_credential(self, error: Error, rejected: Option<FailedAttempt>) -> Error {
        match (rejected, error.next_exchange()) {
            (Some(failed), wait @ Some(_)) => self.fail(FailedAttempt {
                server_delay: wait.max(failed.server_delay),
                ..failed
            }),
            _ => self.finish(error),
        }
    }

    fn fail(self, failed: FailedAttempt) -> Error {
        let is_repeatable = self.call.idempotent || self.applied == Applied::No;
        let is_transient = is_transient(failed.cause, self.call.idempotent);
        let error = failed
            .error
            .with_retryable(is_transient && is_repeatable)
            .with_past_deadline(self.remaining().is_zero())
            .with_retry_after(failed.server_delay);
        self.finish(error)
    }

    /// Adds the context of every error of the call, and redacts its secrets.
    fn finish(&self, error: Error) -> Error {
        let mut secrets = self.secrets.with_body(b"");
        self.inner().recent.add_to(&mut secrets);
        error
            .redacted(&secrets)
            .with_operation(self.call.operation)
            .with_applied(self.applied)
            .with_attempts(self.attempts, self.elapsed())
    }
}

/// Returns the error of an attempt that ran out of time, after its transport's future was dropped. What the transport has
/// queued is not sent any more.
fn timed_out(phase: Phase, tracker: &SendTracker) -> TransportError {
    let error = TransportError::new(TransportErrorKind::Timeout(phase));
    let error = error.with_sent(tracker.cancel());
    match tracker.take_head() {
        Some(head) => error.with_head(head.0, head.1),
        None => error,
    }
}
