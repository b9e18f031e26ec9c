//! Operations of the vendors' APIs as plain data.

use alloc::{borrow::Cow, string::String, vec::Vec};

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};

use super::method::Method;
use super::paging::Paging;
use super::path_value::{PathError, PathErrorKind, check};
use super::query_parameter::QueryParameter;

/// An operation of a vendor's API. The tables are in the modules `asa` and `dt`.
///
/// ```
/// use gatelet_models::{Method, PathErrorKind, asa::OperationId};
///
/// let read = OperationId::GetGatewayInstance.operation();
/// assert_eq!((read.method, read.success, read.idempotent), (Method::Get, 200, true));
///
/// let path = read.expand(&["my-team", "a/b"])?;
/// assert_eq!(path, "/v1/teams/my-team/gateways/a%2Fb");
/// assert_eq!(read.match_path(&path), Some(vec!["my-team".to_owned(), "a/b".to_owned()]));
/// assert_eq!(read.expand(&["my-team", ".."]).map_err(|error| error.kind), Err(PathErrorKind::Dot));
/// # Ok::<(), gatelet_models::PathError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Operation {
    /// `asa` or `dt`.
    pub vendor: &'static str,
    /// The vendor's operation id, such as `ListGateways`.
    pub id: &'static str,
    /// Vendor and id, such as `asa ListGateways`, for errors and traces.
    pub name: &'static str,
    /// The group in the vendor's documentation.
    pub tag: &'static str,
    /// A summary in one line.
    pub summary: &'static str,
    /// The HTTP method.
    pub method: Method,
    /// The path below the API's base address, with its parameters in braces: `/v1/teams/{team_name}/gateways`.
    pub path: &'static str,
    /// The values that a parameter of the path cannot have, because they are paths of their own, by its name.
    pub reserved: &'static [(&'static str, &'static [&'static str])],
    /// The query parameters.
    pub query: &'static [QueryParameter],
    /// The schema of the request's body.
    pub request: Option<&'static str>,
    /// The schema of the response's body.
    pub response: Option<&'static str>,
    /// The status of a successful response.
    pub success: u16,
    /// Whether doing it twice has the same effect as doing it once, so that it may be repeated.
    pub idempotent: bool,
    /// Whether it only reads or checks, and changes nothing.
    pub safe: bool,
    /// Whether it requires a credential.
    pub authenticated: bool,
    /// Where and since when it is deprecated, such as `on SaaS since version 1.343`.
    pub deprecated: Option<&'static str>,
    /// How further pages of a list are requested.
    pub paging: Option<Paging>,
    /// The permissions, one of which the credential needs: scopes of Dynatrace, roles of ASA.
    pub permissions: &'static [&'static str],
    /// The id of the operation that this one stands in for, if it belongs to another API of the vendor with the same objects.
    pub alternative_to: Option<&'static str>,
    /// The vendor's page that documents it.
    pub source: &'static str,
}

/// The characters that a segment need not encode: the unreserved ones of RFC 3986.
const SEGMENT: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~');

impl Operation {
    /// Returns the query parameter for the number of items on a page.
    #[must_use]
    pub fn page_size(&self) -> Option<&'static QueryParameter> {
        let (Paging::Link { page_size, .. } | Paging::Cursor { page_size, .. }) = self.paging?;
        self.query.iter().find(|it| it.name == page_size)
    }

    /// Iterates over the names of the path's parameters, in order.
    pub fn path_parameters(&self) -> impl Iterator<Item = &'static str> + use<> {
        self.path.split('/').filter_map(parameter)
    }

    /// Returns the path with one value for each parameter, in order; each value becomes exactly one segment, percent-encoded.
    ///
    /// # Errors
    ///
    /// When there are more or fewer values than parameters, or a value could change the path's meaning or is not a valid id: it is empty or
    /// blank, `.` or `..`, begins or ends with white space, contains a control or an invisible character, [what looks like a
    /// secret](crate::contains_secret), or a JSON object, plain or in base64, is longer than 1024 bytes, or is [reserved](Self::reserved). The error never repeats the value.
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
                    self.check(parameter, value)?;
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

    /// Returns the values from which [`expand`](Self::expand) would create this path; `None` if the path is another operation's.
    ///
    /// `path` is percent-encoded and has no query. Each segment is decoded once.
    #[must_use]
    pub fn match_path(&self, path: &str) -> Option<Vec<String>> {
        let mut values = Vec::new();
        let mut segments = path.split('/');
        for expected in self.path.split('/') {
            let segment = segments.next()?;
            if let Some(parameter) = parameter(expected) {
                let value = percent_decode_str(segment)
                    .decode_utf8()
                    .ok()
                    .map(Cow::into_owned)?;
                self.check(parameter, &value).ok()?;
                values.push(value);
            } else if segment != expected {
                return None;
            }
        }
        segments.next().is_none().then_some(values)
    }

    /// Checks the value of a parameter of the path.
    fn check(&self, parameter: &'static str, value: &str) -> Result<(), PathError> {
        let mut reserved = self.reserved.iter();
        let is_reserved =
            reserved.any(|(name, values)| *name == parameter && values.contains(&value));
        let kind = match check(value) {
            Err(kind) => kind,
            Ok(()) if is_reserved => PathErrorKind::Reserved,
            Ok(()) => return Ok(()),
        };
        Err(PathError { parameter, kind })
    }
}

/// Returns the parameter's name if a segment of a path is a parameter.
fn parameter(segment: &str) -> Option<&str> {
    segment.strip_prefix('{')?.strip_suffix('}')
}

#[cfg(test)]
mod tests {
    use alloc::{
        borrow::ToOwned,
        format,
        string::{String, ToString},
        vec,
    };

    use proptest::prelude::*;

    use super::*;

    const GET: Operation = Operation {
        vendor: "asa",
        id: "GetGatewayInstance",
        name: "asa GetGatewayInstance",
        tag: "Gateways",
        summary: "Reads a gateway",
        method: Method::Get,
        path: "/v1/teams/{team_name}/gateways/{gateway_id}",
        reserved: &[],
        query: &[],
        request: None,
        response: None,
        success: 200,
        idempotent: true,
        safe: true,
        authenticated: true,
        deprecated: None,
        paging: None,
        permissions: &[],
        alternative_to: None,
        source: "",
    };

    fn kind(values: &[&str]) -> Option<(&'static str, PathErrorKind)> {
        GET.expand(values)
            .err()
            .map(|error| (error.parameter, error.kind))
    }

    #[test]
    fn a_path_of_its_own_is_no_value_of_a_parameter() {
        let read = Operation {
            reserved: &[("gateway_id", &["groups"])],
            ..GET
        };
        let error = read.expand(&["t", "groups"]);
        assert_eq!(error.map_err(|it| it.kind), Err(PathErrorKind::Reserved));
        assert_eq!(read.match_path("/v1/teams/t/gateways/groups"), None);
        assert_eq!(read.match_path("/v1/teams/t/gateways/%67roups"), None);
        assert!(read.expand(&["groups", "Groups"]).is_ok());
    }

    #[test]
    fn a_path_knows_its_parameters() {
        assert!(GET.path_parameters().eq(["team_name", "gateway_id"]));
    }

    #[test]
    fn each_value_becomes_one_segment() {
        let expanded = |id: &str| GET.expand(&["t", id]).expect("a value for a path");
        assert_eq!(
            expanded("a2dfd474-2db4"),
            "/v1/teams/t/gateways/a2dfd474-2db4"
        );
        assert_eq!(expanded("a/../b"), "/v1/teams/t/gateways/a%2F..%2Fb");
        assert_eq!(
            expanded("a?b#c;d&e=f:g@h"),
            "/v1/teams/t/gateways/a%3Fb%23c%3Bd%26e%3Df%3Ag%40h"
        );
        assert_eq!(expanded("%2e%2e"), "/v1/teams/t/gateways/%252e%252e");
        assert_eq!(expanded("..."), "/v1/teams/t/gateways/...");
        assert_eq!(expanded("\u{e9} \\"), "/v1/teams/t/gateways/%C3%A9%20%5C");
        assert_eq!(
            expanded("{gateway_id}"),
            "/v1/teams/t/gateways/%7Bgateway_id%7D"
        );
    }

    #[test]
    fn a_value_that_could_change_the_path_is_refused() {
        assert_eq!(kind(&["t", ""]), Some(("gateway_id", PathErrorKind::Empty)));
        assert_eq!(kind(&[".", "a"]), Some(("team_name", PathErrorKind::Dot)));
        assert_eq!(kind(&["t", ".."]), Some(("gateway_id", PathErrorKind::Dot)));
        for control in ["a\0", "a\r\nb", "\u{7f}", "a\u{85}b"] {
            assert_eq!(
                kind(&["t", control]),
                Some(("gateway_id", PathErrorKind::ControlCharacter))
            );
        }
        assert_eq!(kind(&["t", &"a".repeat(1024)]), None);
        assert_eq!(
            kind(&["t", &"a".repeat(1025)]),
            Some(("gateway_id", PathErrorKind::TooLong))
        );
    }

    #[test]
    fn there_must_be_one_value_for_each_parameter() {
        assert_eq!(kind(&[]), Some(("team_name", PathErrorKind::Count)));
        assert_eq!(kind(&["t"]), Some(("gateway_id", PathErrorKind::Count)));
        assert_eq!(kind(&["t", "a", "b"]), Some(("", PathErrorKind::Count)));
    }

    #[test]
    fn an_error_names_the_parameter_and_not_the_value() {
        let error = GET
            .expand(&["t", "hunter2\n"])
            .expect_err("a control character");
        assert_eq!(
            error.to_string(),
            "gateway_id must not contain control characters"
        );
        assert!(!format!("{error:?}").contains("hunter2"));
    }

    #[test]
    fn a_path_gives_its_values_back_decoded_once() {
        let matched = |path| GET.match_path(path);
        assert_eq!(
            matched("/v1/teams/t/gateways/a"),
            Some(vec!["t".to_owned(), "a".to_owned()])
        );
        assert_eq!(
            matched("/v1/teams/t/gateways/%252e%2F"),
            Some(vec!["t".to_owned(), "%2e/".to_owned()])
        );
        for other in [
            "",
            "/",
            "v1/teams/t/gateways/a",
            "/v1/teams/t/gateways",
            "/v1/teams/t/gateways/",
            "/v1/teams/t/gateways/a/",
            "/v1/teams/t/gateways/a/status",
            "/v1/teams/t/Gateways/a",
            "/v1/teams//gateways/a",
            "/v1/teams/t/gateways/..",
            "/v1/teams/t/gateways/%2e%2E",
            "/v1/teams/t/gateways/%00",
            "/v1/teams/t/gateways/%ff",
        ] {
            assert_eq!(matched(other), None, "{other}");
        }
    }

    proptest! {
        #[test]
        fn any_accepted_value_comes_back(team in "\\PC{1,20}", id in ".{1,20}") {
            if let Ok(path) = GET.expand(&[&team, &id]) {
                prop_assert_eq!(path.split('/').count(), 6);
                prop_assert!(path.bytes().all(|byte| byte.is_ascii_graphic()));
                prop_assert_eq!(GET.match_path(&path), Some(vec![team, id]));
            } else {
                prop_assert!([team, id].iter().any(|value| check(value).is_err()));
            }
        }

        #[test]
        fn no_path_at_all_breaks_the_matching(path in "/v1/teams/[a-z0-9%{}.]{0,4}/gateways/[a-f0-9%{}.]{0,8}") {
            if let Some(values) = GET.match_path(&path) {
                let values: Vec<&str> = values.iter().map(String::as_str).collect();
                prop_assert!(GET.expand(&values).is_ok());
            }
        }
    }
}
