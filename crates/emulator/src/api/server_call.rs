//! The request that an API handler receives.

use bytes::Bytes;
use gatelet_models::{Operation, QueryKind};
use http::header::{AUTHORIZATION, CONTENT_TYPE, HOST};
use http::request::Parts;
use serde::de::DeserializeOwned;

use crate::json;
use crate::json::DecodeError;
use crate::state::State;

/// The largest request body, in bytes; Dynatrace documents 1 MB.
pub(crate) const BODY_LIMIT: usize = 1 << 20;

/// A request that has been matched to an operation.
pub(crate) struct ServerCall<'a> {
    pub(crate) state: &'a State,
    pub(crate) operation: &'static Operation,
    /// The decoded path parameters in the order of the path.
    pub(crate) values: Vec<String>,
    pub(crate) head: &'a Parts,
    pub(crate) body: &'a Bytes,
}

/// Why a request body was rejected.
#[derive(Debug, PartialEq)]
pub(crate) enum InvalidBody {
    NotJson,
    Malformed(DecodeError),
}

/// A query parameter of the wrong type or out of its bounds.
#[derive(Debug, PartialEq)]
pub(crate) struct InvalidParameter {
    pub(crate) name: &'static str,
    pub(crate) message: String,
}

impl ServerCall<'_> {
    /// Returns the path parameter at this index; empty if the operation has fewer.
    pub(crate) fn value(&self, index: usize) -> &str {
        self.values.get(index).map_or("", String::as_str)
    }

    /// Returns the first value of a query parameter. Repeated and unknown parameters are ignored.
    pub(crate) fn query(&self, name: &str) -> Option<String> {
        let query = self.head.uri.query().unwrap_or("");
        let mut pairs = form_urlencoded::parse(query.as_bytes());
        pairs
            .find(|(key, _)| key == name)
            .map(|(_, value)| value.into_owned())
    }

    /// Parses an integer parameter and checks the bounds of the operation's description.
    pub(crate) fn integer(&self, name: &'static str) -> Result<Option<i64>, InvalidParameter> {
        let Some(text) = self.query(name) else {
            return Ok(None);
        };
        let invalid = |message: String| InvalidParameter { name, message };
        let number: i64 = text
            .parse()
            .map_err(|_| invalid("must be a whole number".to_owned()))?;
        let parameter = self
            .operation
            .query
            .iter()
            .find(|parameter| parameter.name == name);
        if let Some(QueryKind::Integer { minimum, maximum }) = parameter.map(|found| found.kind) {
            if let Some(minimum) = minimum.filter(|minimum| number < *minimum) {
                return Err(invalid(format!("must be at least {minimum}")));
            }
            if let Some(maximum) = maximum.filter(|maximum| number > *maximum) {
                return Err(invalid(format!("must be at most {maximum}")));
            }
        }
        Ok(Some(number))
    }

    /// Parses a boolean parameter; false if absent.
    pub(crate) fn boolean(&self, name: &'static str) -> Result<bool, InvalidParameter> {
        match self.query(name).as_deref() {
            None | Some("false") => Ok(false),
            Some("true") => Ok(true),
            Some(_) => Err(InvalidParameter {
                name,
                message: "must be true or false".to_owned(),
            }),
        }
    }

    /// Parses a boolean parameter, in any case as Java does; `None` if absent.
    pub(crate) fn flag(&self, name: &'static str) -> Result<Option<bool>, InvalidParameter> {
        match self.query(name) {
            None => Ok(None),
            Some(text) if text.eq_ignore_ascii_case("true") => Ok(Some(true)),
            Some(text) if text.eq_ignore_ascii_case("false") => Ok(Some(false)),
            Some(_) => Err(InvalidParameter {
                name,
                message: "must be true or false".to_owned(),
            }),
        }
    }

    /// Returns the values of a repeated parameter.
    pub(crate) fn texts(&self, name: &str) -> Vec<String> {
        let query = self.head.uri.query().unwrap_or("");
        let pairs = form_urlencoded::parse(query.as_bytes());
        let values = pairs.filter(|(key, _)| key == name);
        values.map(|(_, value)| value.into_owned()).collect()
    }

    /// Returns the values of a repeated parameter, each one of the known words.
    pub(crate) fn words(
        &self,
        name: &'static str,
        known: &[&str],
    ) -> Result<Vec<String>, InvalidParameter> {
        let values = self.texts(name).into_iter();
        let words = values.map(|word| match known.contains(&word.as_str()) {
            true => Ok(word),
            false => Err(InvalidParameter {
                name,
                message: format!("must be one of {}", known.join(", ")),
            }),
        });
        words.collect()
    }

    /// Returns the value of a parameter, one of the known words; `None` if absent.
    pub(crate) fn word(
        &self,
        name: &'static str,
        known: &[&str],
    ) -> Result<Option<String>, InvalidParameter> {
        Ok(self.words(name, known)?.into_iter().next())
    }

    /// Decodes the JSON body.
    pub(crate) fn json<T: DeserializeOwned>(&self) -> Result<T, InvalidBody> {
        decode(self.head, self.body)
    }

    /// Returns the scheme, host and port that the request was sent to, if known.
    pub(crate) fn host_url(&self) -> Option<String> {
        let uri = &self.head.uri;
        if let (Some(scheme), Some(authority)) = (uri.scheme_str(), uri.authority()) {
            return Some(format!("{scheme}://{}", without_user(authority.as_str())));
        }
        // Over a socket the request line has a path only, and the scheme is always http: `serve` has no TLS.
        let host = self.head.headers.get(HOST)?.to_str().ok()?;
        let authority: http::uri::Authority = host.parse().ok()?;
        Some(format!("http://{}", without_user(authority.as_str())))
    }
}

/// Returns the credential of this scheme. `None` unless there is exactly one `Authorization` header.
pub(crate) fn authorization<'a>(head: &'a Parts, scheme: &str) -> Option<&'a str> {
    let mut headers = head.headers.get_all(AUTHORIZATION).iter();
    let (header, None) = (headers.next()?, headers.next()) else {
        return None;
    };
    let (presented, credential) = header.to_str().ok()?.split_once(' ')?;
    presented
        .eq_ignore_ascii_case(scheme)
        .then(|| credential.trim())
}

/// Decodes a JSON body. A missing content type counts as JSON.
pub(crate) fn decode<T: DeserializeOwned>(head: &Parts, body: &[u8]) -> Result<T, InvalidBody> {
    if let Some(content_type) = head.headers.get(CONTENT_TYPE) {
        let essence = content_type
            .to_str()
            .unwrap_or("")
            .split(';')
            .next()
            .unwrap_or("")
            .trim();
        if !essence.eq_ignore_ascii_case("application/json") {
            return Err(InvalidBody::NotJson);
        }
    }
    json::decode(body).map_err(InvalidBody::Malformed)
}

fn without_user(authority: &str) -> &str {
    authority
        .rsplit_once('@')
        .map_or(authority, |(_, host)| host)
}
