//! What the vendors offer, as plain data: one [`Operation`] for every call.

use alloc::{borrow::Cow, string::String, vec::Vec};
use core::fmt;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};

/// One call that a vendor's API offers. The tables of all are in `asa` and `dt`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Operation {
    /// `asa` or `dt`.
    pub vendor: &'static str,
    /// The vendor's operation id, such as `ListGateways`.
    pub id: &'static str,
    /// The group that the vendor's documentation puts it in.
    pub tag: &'static str,
    /// What it does, in one line.
    pub summary: &'static str,
    /// The HTTP method.
    pub method: Method,
    /// The path below the API's base address, with its parameters in braces: `/v1/teams/{team_name}/gateways`.
    pub path: &'static str,
    /// The query parameters that it takes.
    pub query: &'static [QueryParameter],
    /// The schema of the request's body.
    pub request: Option<&'static str>,
    /// The schema of the answer's body.
    pub response: Option<&'static str>,
    /// The status of a successful answer.
    pub success: u16,
    /// Whether doing it twice leaves the same as doing it once, so that it may be repeated.
    pub idempotent: bool,
    /// Whether it needs a credential.
    pub authenticated: bool,
    /// How a list goes on.
    pub paging: Option<Paging>,
    /// What the credential must allow: scopes of Dynatrace, roles of ASA.
    pub permissions: &'static [&'static str],
    /// The vendor's page that this is taken from.
    pub source: &'static str,
}

/// An HTTP method.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Method {
    /// `GET`
    Get,
    /// `POST`
    Post,
    /// `PUT`
    Put,
    /// `DELETE`
    Delete,
}

impl Method {
    /// The method as it stands in a request.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Get => "GET",
            Self::Post => "POST",
            Self::Put => "PUT",
            Self::Delete => "DELETE",
        }
    }
}

/// A query parameter of an [`Operation`]. All of them may be left out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct QueryParameter {
    /// The name in the query.
    pub name: &'static str,
    /// What values it takes.
    pub kind: QueryKind,
    /// What it does.
    pub description: &'static str,
}

/// What values a query parameter takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum QueryKind {
    /// An integer, within the limits that the vendor documents.
    Integer {
        /// The least value allowed.
        minimum: Option<i64>,
        /// The greatest value allowed.
        maximum: Option<i64>,
    },
    /// `true` or `false`.
    Boolean,
    /// Any text.
    Text,
}

/// How a list goes on after one page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Paging {
    /// The answer's `Link` header holds the address of the next page.
    Link {
        /// The query parameter for the number of entries in a page.
        page_size: &'static str,
        /// The query parameter that says where the page begins.
        page_token: &'static str,
    },
    /// The answer's body holds a cursor; with the cursor no other parameter may be sent.
    Cursor {
        /// The query parameter for the number of entries in a page.
        page_size: &'static str,
        /// The query parameter for the cursor.
        page_token: &'static str,
    },
}

/// What stays as it is in a segment: the unreserved characters of RFC 3986.
const SEGMENT: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~');

/// The longest value of a path parameter, in bytes before encoding.
const LONGEST_VALUE: usize = 1024;

impl Operation {
    /// The names of the path's parameters, in order.
    pub fn path_parameters(&self) -> impl Iterator<Item = &'static str> + use<> {
        self.path.split('/').filter_map(parameter)
    }

    /// The path with one value for each parameter, in order; each value becomes exactly one segment, percent-encoded.
    ///
    /// # Errors
    /// When there are more or fewer values than parameters, or a value could change the path's meaning: it is empty, `.` or `..`, holds a
    /// control character, or is longer than 1024 bytes.
    pub fn expand(&self, values: &[&str]) -> Result<String, PathError> {
        let mut values = values.iter();
        let mut path = String::with_capacity(self.path.len() + values.len() * 40);
        for segment in self.path.split('/').skip(1) {
            path.push('/');
            match parameter(segment) {
                None => path.push_str(segment),
                Some(parameter) => {
                    let value = values.next().ok_or(PathError {
                        parameter,
                        kind: PathErrorKind::Count,
                    })?;
                    check(value).map_err(|kind| PathError { parameter, kind })?;
                    path.extend(utf8_percent_encode(value, SEGMENT));
                }
            }
        }
        match values.next() {
            None => Ok(path),
            Some(_) => Err(PathError {
                parameter: "",
                kind: PathErrorKind::Count,
            }),
        }
    }

    /// The values that [`expand`](Self::expand) would make this path of; `None` when the path is another operation's.
    ///
    /// `path` is percent-encoded and has no query. Every segment is decoded once.
    #[must_use]
    pub fn match_path(&self, path: &str) -> Option<Vec<String>> {
        let mut values = Vec::new();
        let mut segments = path.split('/');
        for expected in self.path.split('/') {
            let segment = segments.next()?;
            if parameter(expected).is_some() {
                let value = percent_decode_str(segment)
                    .decode_utf8()
                    .ok()
                    .map(Cow::into_owned)?;
                check(&value).ok()?;
                values.push(value);
            } else if segment != expected {
                return None;
            }
        }
        segments.next().is_none().then_some(values)
    }
}

/// The name of the parameter that a segment of a path stands for.
fn parameter(segment: &str) -> Option<&str> {
    segment.strip_prefix('{')?.strip_suffix('}')
}

fn check(value: &str) -> Result<(), PathErrorKind> {
    match value {
        "" => Err(PathErrorKind::Empty),
        "." | ".." => Err(PathErrorKind::Dot),
        _ if value.len() > LONGEST_VALUE => Err(PathErrorKind::TooLong),
        _ if value.chars().any(char::is_control) => Err(PathErrorKind::ControlCharacter),
        _ => Ok(()),
    }
}

/// A value cannot stand in a path. It names the parameter, never the value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct PathError {
    /// The parameter's name; empty when there are more values than parameters.
    pub parameter: &'static str,
    /// What is wrong.
    pub kind: PathErrorKind,
}

/// What is wrong with a value for a path.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum PathErrorKind {
    /// The value is empty.
    Empty,
    /// The value is `.` or `..`, which servers and proxies take for a step in the path.
    Dot,
    /// The value holds a control character.
    ControlCharacter,
    /// The value is longer than 1024 bytes.
    TooLong,
    /// There are more or fewer values than parameters.
    Count,
}

impl fmt::Display for PathError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { parameter, kind } = self;
        match kind {
            PathErrorKind::Empty => write!(f, "{parameter} must not be empty"),
            PathErrorKind::Dot => write!(f, "{parameter} must not be `.` or `..`"),
            PathErrorKind::ControlCharacter => {
                write!(f, "{parameter} must not hold control characters")
            }
            PathErrorKind::TooLong => write!(
                f,
                "{parameter} must not be longer than {LONGEST_VALUE} bytes"
            ),
            PathErrorKind::Count if parameter.is_empty() => {
                f.write_str("more values than the path has parameters")
            }
            PathErrorKind::Count => write!(f, "{parameter} has no value"),
        }
    }
}

impl core::error::Error for PathError {}
