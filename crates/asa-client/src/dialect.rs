//! The errors and delays of ASA.

use std::collections::BTreeMap;
use std::time::{Duration, SystemTime};

use gatelet_models::asa;
use gatelet_transport::{
    ApiError, Dialect, Violation, has_member, has_string_member, rate_limit, scalar_text,
};
use http::{HeaderMap, HeaderName, StatusCode};
use serde_json::value::RawValue;
use serde_json::{Map, Value};

/// The documented time at which the hour's quota is reset, in Unix seconds.
const RESET: HeaderName = HeaderName::from_static("x-ratelimit-reset");

/// The time that Okta's own clients use, also in Unix seconds.
const RETRY_AT: HeaderName = HeaderName::from_static("x-ratelimit-retry-at");

/// Okta Advanced Server Access and Okta Privileged Access.
pub(crate) struct Asa;

impl Dialect for Asa {
    fn api_error(&self, status: StatusCode, body: &str) -> Option<ApiError> {
        // A body that is not an object does not come from the API.
        let members: Members = serde_json::from_str(body).ok()?;
        let known = to_api_error(&members);
        let is_undocumented =
            known != ApiError::default() && !is_documented(&members, status, body);
        Some(known.with_undocumented(is_undocumented))
    }

    fn error_in_success(&self, body: &str) -> Option<ApiError> {
        if !is_error(body) {
            return None;
        }
        // The body may contain more than serde_json reads.
        let members: Members = serde_json::from_str(body).unwrap_or_default();
        Some(to_api_error(&members))
    }

    fn server_delay(&self, headers: &HeaderMap, now: SystemTime) -> Option<Duration> {
        rate_limit::retry_after(headers, now)
            .max(rate_limit::reset_in_seconds(headers, &RETRY_AT, now))
            .or_else(|| rate_limit::reset_in_seconds(headers, &RESET, now))
    }

    /// Returns `false` for a missing role, which is a 401 too: a new bearer would lack the role as well.
    fn refresh_may_help(&self, error: Option<&ApiError>) -> bool {
        let missing_role = asa::ErrorType::AuthorizationError;
        error.and_then(|error| error.code.as_deref()) != Some(missing_role.as_str())
    }
}

/// The members of a body that is an object.
type Members = Map<String, Value>;

/// Returns whether the body of a success is an error. A resource (with an id) and a page with items may get members `type` and `code` in
/// the future, and a secret that is shown only once must not be dropped because of another member.
fn is_error(body: &str) -> bool {
    if !has_member(body, &["message", "code", "type", "error"])
        || has_string_member(body, &["bearer_token", "token", "secret"])
    {
        return false;
    }
    has_member(body, &["message", "error"])
        || !(has_string_member(body, &["id"]) || has_items(body))
}

/// Returns whether a body is a page with items.
fn has_items(body: &str) -> bool {
    let members: BTreeMap<String, &RawValue> = serde_json::from_str(body).unwrap_or_default();
    let list = members.get("list").map(|list| list.get());
    let items = list.and_then(|list| list.strip_prefix('['));
    items.is_some_and(|items| !items.trim_start().starts_with(']'))
}

/// Returns whether an error has the vendor's form: a word for its kind, or the status as its code. Servers in front of the API send a
/// message alone, a code of their own, or a URI as the type. A 404 of such a server may have the status as its code, too, or a word of
/// its own, so that one counts with a type that the vendor documents for it.
fn is_documented(members: &Members, status: StatusCode, body: &str) -> bool {
    let is_word = |text: &str| {
        text.bytes()
            .all(|byte| byte == b'_' || byte.is_ascii_lowercase())
            && !text.is_empty()
    };
    let word = ["type", "nottype"]
        .into_iter()
        .find_map(|name| members.get(name)?.as_str());
    serde_json::from_str::<asa::Error>(body).is_ok_and(|error| match word {
        word if status == StatusCode::NOT_FOUND => word.is_some_and(is_absence),
        Some(word) => is_word(word),
        None => error.code == Some(status.as_u16().into()),
    })
}

/// Returns whether a type says that an object does not exist: one that is documented for a 404, or the one in the document of Okta
/// Privileged Access.
fn is_absence(word: &str) -> bool {
    const ABSENCES: [asa::ErrorType; 2] = [
        asa::ErrorType::ResourceDoesNotExist,
        asa::ErrorType::ResourceDeprecated,
    ];
    word == "not_found" || ABSENCES.iter().any(|absence| absence.as_str() == word)
}

/// Converts an error. A member of an unexpected type is ignored.
fn to_api_error(members: &Members) -> ApiError {
    let member = |name: &str| members.get(name).and_then(scalar_text);
    let details = members.get("errors").and_then(Value::as_array);
    let violations = details.into_iter().flatten().map(|detail| {
        let member = |name| detail.get(name).and_then(scalar_text);
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
        .or_else(|| scalar_text(members.get("error")?.get("message")?));
    known
}
