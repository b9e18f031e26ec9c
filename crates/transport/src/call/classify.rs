//! Classifies the result of an attempt.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::time::{Duration, SystemTime};

use bytes::Bytes;
use http::header::LOCATION;
use http::{HeaderMap, Response, StatusCode, Uri};
use serde::de::IgnoredAny;

use crate::call::call::Call;
use crate::call::call_secrets::CallSecrets;
use crate::call::dialect::Dialect;
use crate::call::retry::{FailureCause, is_transient_status};
use crate::error::api::ApiError;
use crate::error::error::Error;
use crate::error::kind::{Applied, CredentialFailure, ErrorKind};
use crate::error::sent::Sent;
use crate::error::transport::{Phase, TooLarge, TransportError, TransportErrorKind};
use crate::future::catch_unwind::{Panicked, catch_unwind_sync};
use crate::redaction::secret_set::{REDACTED, REDACTED_IN_URI};
use crate::url::base_url::BaseUrl;
use crate::wire::body_limit::BodyLimit;
use crate::wire::content_type::ContentType;
use crate::wire::field;
use crate::wire::json::{body_text, decode, decode_lossy, html_hint};
use crate::wire::rate_limit;

/// An attempt that failed, and what is known about it.
#[derive(Debug)]
pub(crate) struct FailedAttempt {
    pub(crate) error: Error,
    pub(crate) cause: FailureCause,
    pub(crate) applied: Applied,
    pub(crate) server_delay: Option<Duration>,
    /// Whether a new credential may help.
    pub(crate) refresh_may_help: bool,
}

impl FailedAttempt {
    fn new(error: Error, cause: FailureCause, applied: Applied) -> Self {
        Self {
            error,
            cause,
            applied,
            server_delay: None,
            refresh_may_help: false,
        }
    }

    /// Classifies an attempt without a complete response and without a decisive status.
    fn from_transport(
        call: &Call,
        base: &BaseUrl,
        headers: Option<&HeaderMap>,
        error: TransportError,
    ) -> Self {
        let cause = match (error.kind(), error.status()) {
            // A refusal by a proxy is permanent.
            (TransportErrorKind::Connect(_), Some(status))
                if !is_transient_status(status.as_u16()) =>
            {
                FailureCause::Final
            }
            (kind, _) => FailureCause::Transport {
                kind,
                sent: error.sent(),
            },
        };
        let applied = match (error.sent(), error.status()) {
            (Sent::Nothing, _) | (Sent::Part, None) => Applied::No,
            (_, Some(status)) => {
                let is_page = headers.is_some_and(is_html_page);
                applied_after_status(call, status, is_page)
            }
            (Sent::Whole, None) => applied_if_unanswered(call),
        };
        let error = Error::from(error);
        let error = match error.kind() {
            ErrorKind::Connect(_) | ErrorKind::Tls | ErrorKind::Timeout(Phase::Connect) => {
                error.with_detail(base.origin())
            }
            _ => error,
        };
        Self::new(error, cause, applied)
    }

    /// Classifies a panic of transport, clock or dialect, after which the outcome is unknown.
    pub(crate) fn from_panic(call: &Call) -> Self {
        let error = Error::new(ErrorKind::TransportPanic);
        Self::new(error, FailureCause::Final, applied_if_unanswered(call))
    }
}

fn applied_if_unanswered(call: &Call) -> Applied {
    match call.safe {
        true => Applied::No,
        false => Applied::Unknown,
    }
}

/// Returns whether a server that sent this status has applied the call. A page with a status of success comes from an intermediary, and so
/// does the status.
pub(crate) fn applied_after_status(call: &Call, status: StatusCode, is_page: bool) -> Applied {
    match status.as_u16() {
        _ if call.safe => Applied::No,
        200..=299 if is_page => Applied::Unknown,
        200..=299 => Applied::Yes,
        // Both redirect the same request elsewhere, so it was not processed here.
        307 | 308 => Applied::No,
        408 => Applied::Unknown,
        // An unregistered status is a proxy's own, such as 460 or 499: the client hung up, but the server may continue.
        400..=499 if status.canonical_reason().is_some() => Applied::No,
        _ => Applied::Unknown,
    }
}

/// The settings of a channel that decide what a response means.
pub(crate) struct ResponseClassifier<'a> {
    pub(crate) base: &'a BaseUrl,
    pub(crate) dialect: &'a dyn Dialect,
    pub(crate) body_limit: BodyLimit,
    pub(crate) now: SystemTime,
    pub(crate) secrets: &'a CallSecrets,
}

/// A response as far as it was read. The status decides, even if the body could not be read.
struct ReceivedResponse<'a> {
    status: StatusCode,
    headers: &'a HeaderMap,
    /// The body, or why it could not be read.
    body: Result<&'a Bytes, TransportError>,
}

impl ResponseClassifier<'_> {
    /// Returns the response if it is what the call expects, and the failed attempt otherwise.
    pub(crate) fn classify(
        &self,
        call: &Call,
        outcome: Result<Response<Bytes>, TransportError>,
    ) -> Result<Response<Bytes>, Box<FailedAttempt>> {
        match outcome {
            Ok(response) if response.body().len() as u64 > self.body_limit.bytes() => {
                let (head, _) = response.into_parts();
                let error = TransportError::new(TransportErrorKind::TooLarge {
                    what: TooLarge::Body,
                    limit: self.body_limit.bytes(),
                });
                self.classify_head(call, error.with_head(head.status, head.headers))
            }
            Ok(response) if is_success(call, &response) => match check_type(call, &response) {
                Ok(()) => match self.error_in_success(call, &response) {
                    Some(failed) => Err(Box::new(failed)),
                    None => Ok(response),
                },
                Err(finding) => Err(Box::new(unusable_success(call, &response, finding))),
            },
            Ok(response) => Err(Box::new(self.classify_failure(
                call,
                ReceivedResponse {
                    status: response.status(),
                    headers: response.headers(),
                    body: Ok(response.body()),
                },
            ))),
            Err(error) => self.classify_head(call, error),
        }
    }

    /// Classifies a response without a readable body, or no response at all.
    fn classify_head(
        &self,
        call: &Call,
        mut error: TransportError,
    ) -> Result<Response<Bytes>, Box<FailedAttempt>> {
        let headers = error.take_headers();
        match (error.status().filter(|_| is_from_response(&error)), headers) {
            // The body is not needed.
            (Some(status), Some(headers))
                if !has_output(call) && is_success_with(call, status, is_html_page(&headers)) =>
            {
                let mut response = Response::new(Bytes::new());
                *response.status_mut() = status;
                *response.headers_mut() = headers;
                Ok(response)
            }
            (Some(status), headers) if !status.is_success() => {
                let response = ReceivedResponse {
                    status,
                    headers: &headers.unwrap_or_default(),
                    body: Err(error),
                };
                Err(Box::new(self.classify_failure(call, response)))
            }
            (status, headers) => {
                let is_from_proxy = status.is_none() && error.status().is_some();
                let headers = headers.as_ref();
                let proxy_headers = headers.filter(|_| is_from_proxy);
                Err(Box::new(FailedAttempt {
                    // It is the proxy's delay, not the vendor's.
                    server_delay: proxy_headers.and_then(|headers| self.retry_after(headers)),
                    ..FailedAttempt::from_transport(call, self.base, headers, error)
                }))
            }
        }
    }

    /// Returns the failure if a response with a success status contains the vendor's error.
    fn error_in_success(&self, call: &Call, response: &Response<Bytes>) -> Option<FailedAttempt> {
        let status = response.status();
        // A 204 has no body.
        if status == StatusCode::NO_CONTENT || response.body().is_empty() {
            return None;
        }
        // A body that is not text fails to decode later. If nothing is decoded, the content type does not matter,
        // unless it is a type for errors.
        let body = body_text(response.body()).ok()?;
        let is_problem = matches!(
            ContentType::of(response.headers()),
            ContentType::ProblemJson
        );
        let found = catch_unwind_sync(|| match self.dialect.error_in_success(body) {
            None if is_problem => Some(self.dialect.api_error(status, body).unwrap_or_default()),
            found => found,
        });
        let api = match found {
            Ok(api) => api?,
            // It is then unknown whether the response is an error, so it counts as one.
            Err(Panicked) => return Some(FailedAttempt::from_panic(call)),
        };
        let error = Error::new(ErrorKind::Api)
            .with_detail("the body is an error despite the status")
            .with_status(status)
            .with_api(Some(api));
        // The server contradicts itself, so a write may have been applied.
        Some(FailedAttempt::new(
            error,
            FailureCause::Final,
            applied_if_unanswered(call),
        ))
    }

    /// Classifies a status that is not a success.
    fn classify_failure(&self, call: &Call, response: ReceivedResponse<'_>) -> FailedAttempt {
        let ReceivedResponse {
            status,
            headers,
            body,
        } = response;
        let readable_body = body.as_ref().ok().copied();
        let content_type = match readable_body {
            // The content type of an empty body means nothing.
            Some(body) if body.is_empty() && !status.is_success() => ContentType::Json,
            _ => ContentType::of(headers),
        };
        let text = readable_body.and_then(|body| error_text(&content_type, status, body));
        let api = text.and_then(|text| self.api_error(status, headers, text));
        let refresh_may_help =
            status == StatusCode::UNAUTHORIZED && self.refresh_may_help(api.as_ref());
        let is_page = match readable_body {
            Some(body) => is_page(headers, body),
            None => is_html_page(headers),
        };
        let applied = applied_after_status(call, status, is_page);
        let finding = match status.as_u16() {
            300..=399 => self.redirect(headers, readable_body).into(),
            401 if refresh_may_help && !matches!(content_type, ContentType::Html(_)) => {
                ErrorKind::Credential(CredentialFailure::Rejected).into()
            }
            _ => find_in_status(status, content_type, api.as_ref(), readable_body),
        };
        let cause = match finding.kind {
            ErrorKind::Protocol | ErrorKind::Redirect { .. } => FailureCause::Final,
            _ => FailureCause::Status(status.as_u16()),
        };
        let mut error = finding.into_error().with_status(status).with_api(api);
        match body {
            Ok(body) if !status.is_success() => error = error.with_body(body),
            Ok(_) => {}
            Err(defect) => error = error.with_defect(defect),
        }
        FailedAttempt {
            server_delay: self
                .server_delay(status, headers)
                .max(self.body_delay(text)),
            refresh_may_help: refresh_may_help
                && *error.kind() == ErrorKind::Credential(CredentialFailure::Rejected),
            ..FailedAttempt::new(error, cause, applied)
        }
    }

    /// Returns the delay that the server requests. Only on a 429 do the vendor's own header fields count: some vendors
    /// send them with every response.
    fn server_delay(&self, status: StatusCode, headers: &HeaderMap) -> Option<Duration> {
        let vendor_delay = || {
            self.dialect
                .server_delay(headers, self.server_time(headers))
        };
        match status {
            StatusCode::TOO_MANY_REQUESTS => {
                catch_unwind_sync(vendor_delay).unwrap_or_else(|_| self.retry_after(headers))
            }
            _ => self.retry_after(headers),
        }
    }

    fn retry_after(&self, headers: &HeaderMap) -> Option<Duration> {
        rate_limit::retry_after(headers, self.server_time(headers))
    }

    fn server_time(&self, headers: &HeaderMap) -> SystemTime {
        rate_limit::server_time(headers).unwrap_or(self.now)
    }

    fn refresh_may_help(&self, api: Option<&ApiError>) -> bool {
        catch_unwind_sync(|| self.dialect.refresh_may_help(api)).unwrap_or(false)
    }

    fn api_error(&self, status: StatusCode, headers: &HeaderMap, body: &str) -> Option<ApiError> {
        let error = catch_unwind_sync(|| {
            let error = self.dialect.api_error(status, body)?;
            // If every member of an error is optional, any object decodes as one.
            let error = Some(error).filter(|error| *error != ApiError::default())?;
            Some(match self.dialect.is_from_gateway(headers) {
                true => error.with_undocumented(true),
                false => error,
            })
        });
        error.ok()?
    }

    /// Returns the delay that the server requests in a body.
    fn body_delay(&self, body: Option<&str>) -> Option<Duration> {
        let delay = catch_unwind_sync(|| self.dialect.body_delay(body?)).ok()??;
        Some(delay.min(rate_limit::LONGEST))
    }

    fn redirect(&self, headers: &HeaderMap, body: Option<&Bytes>) -> ErrorKind {
        let location = field::single(headers, &LOCATION);
        let target_origin = location.and_then(|location| {
            let location = std::str::from_utf8(location.as_bytes()).ok()?;
            // Redacted before it is split: a part of a secret may be too short to be found.
            let secrets = self.secrets.with_body(body.unwrap_or(&Bytes::new()));
            match secrets.replaced(location, REDACTED_IN_URI) {
                Cow::Borrowed(location) => self.target_origin(location),
                Cow::Owned(location) => {
                    let origin = self.target_origin(&location)?;
                    Some(origin.replace(REDACTED_IN_URI, REDACTED))
                }
            }
        });
        ErrorKind::Redirect {
            target_origin: target_origin.map(Into::into),
        }
    }

    /// Returns scheme, host and port of a redirect target, parsed as browsers do.
    fn target_origin(&self, location: &str) -> Option<String> {
        let mut location = location.replace('\\', "/");
        // A `Uri` parses a scheme-relative reference as a path.
        if location.starts_with("//") {
            location.insert_str(0, &format!("{}:", self.base.scheme()));
        }
        let target = Uri::try_from(location).ok()?;
        match (target.scheme_str(), target.authority()) {
            (Some(scheme), Some(authority)) => {
                let port = authority
                    .port()
                    .map_or_else(String::new, |port| format!(":{port}"));
                Some(format!("{scheme}://{}{port}", authority.host()))
            }
            (None, None) => Some(self.base.origin().to_owned()),
            // A single name may be a host or a path.
            _ => None,
        }
    }
}

/// Returns the body of a failure if it may be the vendor's error.
fn error_text<'a>(
    content_type: &ContentType,
    status: StatusCode,
    body: &'a [u8],
) -> Option<&'a str> {
    let is_json = matches!(content_type, ContentType::Json | ContentType::ProblemJson);
    let is_error = status.is_client_error() || status.is_server_error();
    match is_json && is_error {
        true => body_text(body).ok(),
        false => None,
    }
}

/// Returns whether the status of the error comes from the server, not from a proxy on the way to it.
fn is_from_response(error: &TransportError) -> bool {
    use TransportErrorKind::{Config, Connect, Tls};
    error.sent() != Sent::Nothing && !matches!(error.kind(), Connect(_) | Tls | Config)
}

/// Fails a success whose body is not what the call expects.
fn unusable_success(call: &Call, response: &Response<Bytes>, finding: Finding) -> FailedAttempt {
    let status = response.status();
    let is_page = is_page(response.headers(), response.body());
    FailedAttempt::new(
        finding.into_error().with_status(status),
        FailureCause::Final,
        applied_after_status(call, status, is_page),
    )
}

/// Returns whether the response has the status that the call expects.
fn is_success(call: &Call, response: &Response<Bytes>) -> bool {
    if is_read_anyway(call, response) {
        return true;
    }
    let is_page = is_page(response.headers(), response.body());
    is_success_with(call, response.status(), is_page)
}

/// Returns whether the status is the one that the call expects. Without output any 2xx will do, unless it comes with
/// an HTML page.
fn is_success_with(call: &Call, status: StatusCode, is_page: bool) -> bool {
    status.as_u16() == call.success || (!has_output(call) && status.is_success() && !is_page)
}

/// Returns whether a response is read although it is not as described.
fn is_read_anyway(call: &Call, response: &Response<Bytes>) -> bool {
    call.any_success
        && has_output(call)
        && response.status().is_success()
        && decode_lossy::<BTreeMap<String, IgnoredAny>>(response.body()).is_ok()
}

/// Returns whether a response is a page, by its content type or its body. The content type of an empty body means nothing.
fn is_page(headers: &HeaderMap, body: &[u8]) -> bool {
    !body.is_empty() && (is_html_page(headers) || html_hint(body).is_some())
}

fn is_html_page(headers: &HeaderMap) -> bool {
    matches!(ContentType::of(headers), ContentType::Html(_))
}

fn has_output(call: &Call) -> bool {
    call.success != StatusCode::NO_CONTENT.as_u16()
}

/// Checks that a body to be decoded is declared as JSON.
fn check_type(call: &Call, response: &Response<Bytes>) -> Result<(), Finding> {
    if !has_output(call) || is_read_anyway(call, response) {
        return Ok(());
    }
    match ContentType::of(response.headers()) {
        ContentType::Json => match html_hint(response.body()) {
            None => Ok(()),
            page => Err(Finding {
                kind: ErrorKind::Decode { path: "".into() },
                detail: page,
            }),
        },
        ContentType::ForeignCharset => Err(Finding {
            kind: ErrorKind::Decode { path: "".into() },
            detail: Some("not UTF-8 JSON: the content type names another encoding"),
        }),
        ContentType::Html(content_type) => Err(Finding::html(content_type)),
        ContentType::ProblemJson => Err(Finding {
            kind: ErrorKind::NotJson {
                content_type: Some("a JSON type for errors".into()),
            },
            detail: None,
        }),
        ContentType::Other(content_type) => Err(Finding {
            kind: ErrorKind::NotJson {
                content_type: Some(content_type),
            },
            detail: html_hint(response.body()),
        }),
    }
}

/// Finds what a status that is neither a success nor a redirection means, beside a credential that can be renewed.
fn find_in_status(
    status: StatusCode,
    content_type: ContentType,
    api: Option<&ApiError>,
    body: Option<&Bytes>,
) -> Finding {
    let is_explained = api.is_some_and(|api| !api.is_undocumented);
    match (status.as_u16(), content_type) {
        (200..=299, ContentType::Html(content_type)) => Finding::html(content_type),
        (100..=299 | 600.., _) => Finding {
            kind: ErrorKind::Protocol,
            detail: body.and_then(|body| html_hint(body)),
        },
        (429, _) => ErrorKind::RateLimited.into(),
        (_, ContentType::Html(content_type)) => Finding::html(content_type),
        (407 | 511, _) => Finding {
            kind: ErrorKind::Protocol,
            detail: Some("a proxy or network requires a login"),
        },
        // Unregistered statuses above 511 are treated like other server errors.
        (..500, _) if status.canonical_reason().is_none() && !is_explained => {
            ErrorKind::Protocol.into()
        }
        (_, content_type) if api.is_none() => unexplained_failure(content_type, body),
        _ => ErrorKind::Api.into(),
    }
}

/// Classifies an error status without an error of the API: it still counts as the API's if the body is empty, JSON or
/// unreadable.
fn unexplained_failure(content_type: ContentType, body: Option<&Bytes>) -> Finding {
    let body = body.map(Bytes::as_ref);
    let content_type = match (content_type, body) {
        (_, Some([])) => return ErrorKind::Api.into(),
        (ContentType::Other(content_type), _) => Some(content_type),
        (_, None) => return ErrorKind::Api.into(),
        (_, Some(body)) if decode::<IgnoredAny>(body).is_ok() => return ErrorKind::Api.into(),
        _ => None,
    };
    Finding {
        kind: ErrorKind::NotJson { content_type },
        detail: body.and_then(html_hint),
    }
}

struct Finding {
    kind: ErrorKind,
    detail: Option<&'static str>,
}

impl Finding {
    fn html(content_type: Box<str>) -> Self {
        Self {
            kind: ErrorKind::NotJson {
                content_type: Some(content_type),
            },
            detail: html_hint(b"<"),
        }
    }

    fn into_error(self) -> Error {
        let error = Error::new(self.kind);
        match self.detail {
            Some(detail) => error.with_detail(detail),
            None => error,
        }
    }
}

impl From<ErrorKind> for Finding {
    fn from(kind: ErrorKind) -> Self {
        Self { kind, detail: None }
    }
}

#[cfg(test)]
mod tests {
    use http::{Method, StatusCode};

    use super::applied_after_status;
    use crate::call::call::Call;
    use crate::error::kind::Applied;

    fn call(method: Method) -> Call {
        Call::new("test Operation", method, "/")
    }

    #[test]
    fn a_status_tells_whether_a_write_was_applied() {
        for (statuses, expected) in [
            (&[200, 201, 204, 299][..], Applied::Yes),
            (
                &[307, 308, 400, 401, 403, 404, 409, 421, 429, 451],
                Applied::No,
            ),
            (
                &[301, 302, 303, 408, 460, 499, 500, 502, 503, 504, 600],
                Applied::Unknown,
            ),
        ] {
            for &status in statuses {
                let status = StatusCode::from_u16(status).unwrap();
                for write in [Method::POST, Method::PUT, Method::DELETE] {
                    let write = call(write);
                    assert_eq!(
                        applied_after_status(&write, status, false),
                        expected,
                        "{status}"
                    );
                }
                for safe in [call(Method::GET), call(Method::POST).with_safe(true)] {
                    assert_eq!(applied_after_status(&safe, status, false), Applied::No);
                }
            }
        }
    }
}
