//! The attempts of one call, from the first to the last.

use std::time::Duration;

use bytes::Bytes;
use http::header::{AUTHORIZATION, CONTENT_TYPE};
use http::{HeaderValue, Request, Response, StatusCode, Uri};

use crate::call::api_response::ApiResponse;
use crate::call::call::Call;
use crate::call::call_secrets::HeldSecrets;
use crate::call::channel::Channel;
use crate::call::channel::Inner;
use crate::call::classify::{Fault, Judge, applied_by};
use crate::call::credential::Credential;
use crate::call::credential_provider::panicked;
use crate::call::retry::{Decision, Failure, RetryPolicy, Situation, decide, is_transient};
use crate::error::error::Error;
use crate::error::kind::{Applied, ErrorKind};
use crate::error::transport::{Phase, TransportError, TransportErrorKind};
use crate::future::catch_unwind::{Panicked, catch_panic, catch_panic_of};
use crate::future::timeout::within;
use crate::telemetry::trace;
use crate::telemetry::trace_context::TraceContext;
use crate::transport::clock::Clock as _;
use crate::transport::send_tracker::SendTracker;

/// One call on its way.
pub(crate) struct Attempts<'a> {
    channel: &'a Channel,
    call: &'a Call,
    /// Monotonic.
    started: Duration,
    made: u32,
    /// The worst that any attempt may have done.
    applied: Applied,
    last_cost: Option<u32>,
    was_misdirected: bool,
    was_renewed: bool,
    has_waited_for_exchange: bool,
    secrets: HeldSecrets,
}

impl<'a> Attempts<'a> {
    pub(crate) fn new(channel: &'a Channel, call: &'a Call) -> Self {
        Self {
            channel,
            call,
            started: channel.clock().monotonic(),
            made: 0,
            applied: Applied::No,
            last_cost: None,
            was_misdirected: false,
            was_renewed: false,
            has_waited_for_exchange: false,
            secrets: HeldSecrets::of(&call.secrets),
        }
    }

    /// The error of a call whose clock panicked at any time.
    pub(crate) fn panicked(call: &Call) -> Error {
        let fault = Fault::of_panic(call);
        fault
            .error
            .with_operation(call.operation)
            .with_applied(fault.applied)
    }

    /// Attempt after attempt until one succeeds or none may follow.
    pub(crate) async fn run(mut self) -> Result<ApiResponse, Error> {
        let query = self.call.query.as_deref();
        let uri = match self.inner().base.uri(&self.call.path, query) {
            Ok(uri) => uri,
            Err(error) => return Err(self.finish(error)),
        };
        let mut refusal: Option<Fault> = None;
        loop {
            let credential = match self.authorise().await {
                Ok(credential) => credential,
                Err(error) => match refusal {
                    Some(_) if self.has_waited(&error).await => continue,
                    refusal => return Err(self.without_credential(error, refusal)),
                },
            };
            if let Some(credential) = &credential {
                self.inner().recent.note(credential);
                self.secrets.use_credential(credential);
            }
            self.check_url()?;
            let fault = match self.attempt(&uri, credential.as_ref()).await {
                Ok(response) => return Ok(self.succeed(response)),
                Err(fault) => *fault,
            };
            if self.is_already_gone(&fault) {
                return Ok(self.already_gone(&fault));
            }
            self.applied = self.applied.max(fault.applied);
            if self.is_cured(&fault, credential.as_ref()) {
                refusal = Some(fault);
                continue;
            }
            match self.decide(&fault) {
                Some(wait) => self.channel.clock().sleep(wait).await,
                None => return Err(self.fail(fault)),
            }
        }
    }

    fn inner(&self) -> &'a Inner {
        self.channel.inner()
    }

    fn retry(&self) -> &'a RetryPolicy {
        self.call.retry.as_ref().unwrap_or(&self.inner().retry)
    }

    /// Refuses a query or a parameter of the path that holds a secret of the call: URLs end up in logs.
    fn check_url(&self) -> Result<(), Error> {
        let mut query = self.call.query.iter();
        let parameter = match query.find(|query| self.secrets.occur_in(query)) {
            Some(_) => Some("query"),
            None => self.parameter_with_secret(),
        };
        let error = |parameter| Error::invalid_input(parameter, "holds a secret of the call");
        parameter.map_or(Ok(()), |parameter| Err(self.finish(error(parameter))))
    }

    fn parameter_with_secret(&self) -> Option<&'static str> {
        let Call { path, template, .. } = self.call;
        let mut segments = path.split('/').zip(template.split('/'));
        segments.find_map(|(value, name)| {
            let name = name.split(['{', '}']).nth(1)?;
            let has_secret = self.secrets.stand_whole_in(value);
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

    async fn authorise(&self) -> Result<Option<Credential>, Error> {
        if !self.call.authenticated {
            return Ok(None);
        }
        let Some(provider) = &self.inner().credentials else {
            return Err(Error::invalid_input("credentials", "none were given"));
        };
        let limit = self.channel.clock().sleep(self.remaining());
        let credential = catch_panic(|| provider.credential_boxed(self.channel));
        match within(limit, credential).await {
            Some(credential) => credential
                .unwrap_or_else(|Panicked| Err(panicked()))
                .map(Some),
            None => Err(Error::new(ErrorKind::Timeout(Phase::Total)).with_retryable(true)),
        }
    }

    /// Waits, once and within the time of the call, until the next exchange may begin. It is for a call whose own credential was
    /// refused: any other fails at once.
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

    /// One request and its answer, within the time limits and judged.
    async fn attempt(
        &mut self,
        uri: &Uri,
        credential: Option<&Credential>,
    ) -> Result<Response<Bytes>, Box<Fault>> {
        let inner = self.inner();
        let span = trace::Attempt::new(
            &self.call.method,
            &inner.base,
            self.call.template,
            self.made,
        );
        let mut request = self.request(uri, credential);
        if let Some(context) = self.trace_context(&span) {
            context.put_into(request.headers_mut());
        }
        let tracker = SendTracker::default();
        request.extensions_mut().insert(tracker.clone());
        self.made = self.made.saturating_add(1);
        let (limit, phase) = match (inner.timeouts.attempt, self.remaining()) {
            (attempt, remaining) if attempt < remaining => (attempt, Phase::Attempt),
            (_, remaining) => (remaining, Phase::Total),
        };
        let sending = span.around(catch_panic(|| inner.transport.send_boxed(request)));
        let limit = async {
            self.channel.clock().sleep(limit).await;
            // The transport's future is dropped next, and can tell this from a caller who went away.
            tracker.mark_timed_out();
        };
        let outcome = match within(limit, sending).await {
            Some(Ok(outcome)) => {
                let body = outcome.as_ref().ok().map(|response| {
                    span.answered(response.version());
                    self.secrets.learn(response);
                    response.body().clone()
                });
                self.judge(outcome).inspect_err(|_| {
                    self.secrets.learn_body(&body.unwrap_or_default());
                })
            }
            Some(Err(Panicked)) => Err(Box::new(Fault::of_panic(self.call))),
            None => {
                let error = TransportError::new(TransportErrorKind::Timeout(phase));
                // The transport's future is gone; what it holds must not leave after all.
                let error = error.with_sent(tracker.cancel());
                self.judge(Err(match tracker.take_head() {
                    Some(head) => error.with_head(head.0, head.1),
                    None => error,
                }))
            }
        };
        match &outcome {
            Ok(response) => span.succeeded(response.status()),
            Err(fault) => span.failed(&fault.error),
        }
        outcome
    }

    fn judge(
        &self,
        outcome: Result<Response<Bytes>, TransportError>,
    ) -> Result<Response<Bytes>, Box<Fault>> {
        let inner = self.inner();
        let judge = Judge {
            base: &inner.base,
            dialect: inner.dialect.as_ref(),
            body_limit: inner.body_limit,
            now: self.channel.clock().now(),
            secrets: &self.secrets,
        };
        judge.judge(self.call, outcome)
    }

    fn trace_context(&self, span: &trace::Attempt) -> Option<TraceContext> {
        let hook = self.inner().trace_context.as_ref()?;
        // That nobody can follow a call is no reason not to make it.
        catch_panic_of(|| span.within(hook)).ok().flatten()
    }

    fn request(&self, uri: &Uri, credential: Option<&Credential>) -> Request<Bytes> {
        let mut request = Request::new(self.call.body.clone().unwrap_or_default());
        *request.method_mut() = self.call.method.clone();
        *request.uri_mut() = uri.clone();
        let headers = request.headers_mut();
        *headers = self.inner().headers.clone();
        if self.call.body.is_some() {
            headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        }
        if let Some(credential) = credential {
            headers.insert(AUTHORIZATION, credential.value().clone());
        }
        request
    }

    /// Whether a repeated DELETE found nothing because an earlier attempt did the work.
    fn is_already_gone(&self, fault: &Fault) -> bool {
        self.call.method == http::Method::DELETE
            && self.applied != Applied::No
            && fault.error.is_not_found()
    }

    /// Whether a new credential may cure what the server said, and the attempt is to be made again with it at once.
    fn is_cured(&mut self, fault: &Fault, credential: Option<&Credential>) -> bool {
        let (true, Some(credential), Some(provider)) =
            (fault.is_curable, credential, &self.inner().credentials)
        else {
            return false;
        };
        // Told of each refusal, so that no other call uses the credential.
        let is_renewable = provider.invalidate(credential);
        if std::mem::replace(&mut self.was_renewed, is_renewable) {
            return false;
        }
        self.was_renewed && self.retry().allows_another_after(self.made)
    }

    /// The wait before the next attempt, if there is to be one.
    fn decide(&mut self, fault: &Fault) -> Option<Duration> {
        let inner = self.inner();
        let situation = Situation {
            failure: fault.failure,
            is_idempotent: self.call.idempotent,
            attempts: self.made,
            was_misdirected: self.was_misdirected,
            server_delay: fault.server_delay,
            remaining: self.remaining(),
            // Chance that fails takes nothing off the wait.
            chance: catch_panic_of(&inner.jitter).unwrap_or(1.0),
        };
        let Decision::Retry { after, cost } = decide(self.retry(), &situation) else {
            return None;
        };
        if !inner.quota.take(cost) {
            return None;
        }
        self.last_cost = Some(cost);
        self.was_misdirected |= fault.failure == Failure::Status(421);
        Some(after)
    }

    fn succeed(mut self, response: Response<Bytes>) -> ApiResponse {
        let secrets = std::mem::take(&mut self.secrets);
        self.inner().quota.give_back(self.last_cost);
        let (parts, body) = response.into_parts();
        ApiResponse {
            operation: self.call.operation,
            applied: applied_by(&self.call.method, parts.status),
            attempts: self.made,
            elapsed: self.elapsed(),
            status: parts.status,
            headers: parts.headers,
            body,
            secrets,
        }
    }

    /// A 404 that is a success; see [`ApiResponse::was_already_gone`].
    fn already_gone(self, fault: &Fault) -> ApiResponse {
        let mut response = Response::new(Bytes::new());
        *response.status_mut() = fault.error.status().unwrap_or(StatusCode::NOT_FOUND);
        self.succeed(response)
    }

    /// Fails the call because there is no credential. Where the provider only waits because the server refused the one
    /// before, what the server said of that one is the better error.
    fn without_credential(self, error: Error, refusal: Option<Fault>) -> Error {
        match (refusal, error.next_exchange()) {
            (Some(fault), wait @ Some(_)) => self.fail(Fault {
                server_delay: wait.max(fault.server_delay),
                ..fault
            }),
            _ => self.finish(error),
        }
    }

    fn fail(self, fault: Fault) -> Error {
        let is_repeatable = self.call.idempotent || self.applied == Applied::No;
        let is_transient = is_transient(fault.failure, self.call.idempotent);
        let error = fault
            .error
            .with_retryable(is_transient && is_repeatable)
            .with_past_deadline(self.remaining().is_zero())
            .with_retry_after(fault.server_delay);
        self.finish(error)
    }

    /// What every error of the call says, and no secret of it.
    fn finish(&self, error: Error) -> Error {
        let mut secrets = self.secrets.with_body(b"");
        self.inner().recent.add_to(&mut secrets);
        error
            .redacted(&secrets)
            .with_operation(self.call.operation)
            .with_applied(self.applied)
            .with_attempts(self.made, self.elapsed())
    }
}
