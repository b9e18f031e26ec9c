//! How ASA says errors and delays.

use std::collections::BTreeMap;
use std::time::{Duration, SystemTime};

use gatelet_models::asa;
use gatelet_transport::{ApiError, Dialect, Violation, has_member, has_string_member, rate_limit};
use http::{HeaderMap, HeaderName, StatusCode};
use serde_json::value::RawValue;
use serde_json::{Map, Value};

/// Documented: when the quota of the hour begins anew, in Unix seconds.
const RESET: HeaderName = HeaderName::from_static("x-ratelimit-reset");

/// What Okta's own clients go by, also in Unix seconds.
const RETRY_AT: HeaderName = HeaderName::from_static("x-ratelimit-retry-at");

/// Okta Advanced Server Access and Okta Privileged Access.
pub(crate) struct Asa;

impl Dialect for Asa {
    fn api_error(&self, status: StatusCode, body: &str) -> Option<ApiError> {
        // What is not an object is somebody else's text.
        let members: Members = serde_json::from_str(body).ok()?;
        let known = known(&members);
        let is_undocumented =
            known != ApiError::default() && !is_documented(&members, status, body);
        Some(known.with_undocumented(is_undocumented))
    }

    fn error_in_success(&self, body: &str) -> Option<ApiError> {
        if !is_error(body) {
            return None;
        }
        // What it says may be more than can be read.
        let members: Members = serde_json::from_str(body).unwrap_or_default();
        Some(known(&members))
    }

    fn server_delay(&self, headers: &HeaderMap, now: SystemTime) -> Option<Duration> {
        rate_limit::retry_after(headers, now)
            .max(rate_limit::reset_in_seconds(headers, &RETRY_AT, now))
            .or_else(|| rate_limit::reset_in_seconds(headers, &RESET, now))
    }

    /// A missing role also comes as 401; a new bearer would lack it too.
    fn refresh_may_help(&self, error: Option<&ApiError>) -> bool {
        let missing_role = asa::ErrorType::AuthorizationError;
        error.and_then(|error| error.code.as_deref()) != Some(missing_role.as_str())
    }
}

/// The members of a body that is an object.
type Members = Map<String, Value>;

/// Whether the body of a success is an error all the same. A thing, which has an id, may have a type and a code one day, and so may
/// a page with things on it; and a secret that is shown once is not lost to another member.
fn is_error(body: &str) -> bool {
    if !has_member(body, &["message", "code", "type", "error"])
        || has_string_member(body, &["bearer_token", "token"])
    {
        return false;
    }
    has_member(body, &["message", "error"])
        || !(has_string_member(body, &["id"]) || has_things(body))
}

/// Whether a body is a page with something on it.
fn has_things(body: &str) -> bool {
    let members: BTreeMap<String, &RawValue> = serde_json::from_str(body).unwrap_or_default();
    let list = members.get("list").map(|list| list.get());
    let things = list.and_then(|list| list.strip_prefix('['));
    things.is_some_and(|things| !things.trim_start().starts_with(']'))
}

/// Whether an error is as the vendor writes it: with a word for its kind, or with the status as its code. Others send a message
/// alone, a code of their own, or a URI as the type.
fn is_documented(members: &Members, status: StatusCode, body: &str) -> bool {
    let is_word = |text: &str| {
        text.bytes()
            .all(|byte| byte == b'_' || byte.is_ascii_lowercase())
    };
    let word = ["type", "nottype"]
        .into_iter()
        .find_map(|name| members.get(name)?.as_str());
    serde_json::from_str::<asa::Error>(body).is_ok_and(|error| match word {
        Some(word) => is_word(word),
        None => error.code == Some(status.as_u16().into()),
    })
}

/// What an error says. A member of an odd type hides none of the others.
fn known(members: &Members) -> ApiError {
    let member = |name: &str| members.get(name).and_then(text);
    let details = members.get("errors").and_then(Value::as_array);
    let violations = details.into_iter().flatten().map(|detail| {
        let member = |name| detail.get(name).and_then(text);
        Violation::new(
            member("path").unwrap_or_default(),
            member("message").unwrap_or_default(),
        )
    });
    let mut known = ApiError::default().with_violations(violations);
    // `nottype` is the name of `type` in the document of Okta Privileged Access.
    known.code = member("type")
        .or_else(|| member("nottype"))
        .or_else(|| member("code"));
    known.message = member("message")
        .or_else(|| member("error"))
        .or_else(|| text(members.get("error")?.get("message")?));
    known
}

/// A text, or a number as text; nothing else can be told in a sentence.
fn text(value: &Value) -> Option<Box<str>> {
    match value {
        Value::String(text) => Some(text.as_str().into()),
        Value::Number(number) => Some(number.to_string().into()),
        _ => None,
    }
}
