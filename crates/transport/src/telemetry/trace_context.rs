//! W3C trace context.

use http::header::{HeaderMap, HeaderName, HeaderValue};

use crate::error::error::Error;

const TRACEPARENT: HeaderName = HeaderName::from_static("traceparent");
const TRACESTATE: HeaderName = HeaderName::from_static("tracestate");

const BLANKS: [char; 2] = [' ', '\t'];

/// The maximum number of members of a `tracestate`.
const MAX_MEMBERS: usize = 32;

/// The maximum length of the key and of the value of a member, in bytes.
const MAX_PART: usize = 256;

/// The trace of a request: the W3C header fields `traceparent` and `tracestate`.
///
/// A hook returns one for each attempt; see [`ChannelBuilder::trace_context`](crate::ChannelBuilder::trace_context).
/// Source: <https://www.w3.org/TR/trace-context/>.
///
/// ```
/// use gatelet_transport::TraceContext;
///
/// # fn main() -> Result<(), gatelet_transport::Error> {
/// let context = TraceContext::new("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01")?
///     .with_state("vendor=opaque")?;
/// # let _ = context;
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TraceContext {
    parent: HeaderValue,
    state: Option<HeaderValue>,
}

impl TraceContext {
    /// Parses a `traceparent` of version 00: `00-{trace id}-{span id}-{flags}`, which are 32, 16 and 2 lowercase
    /// hexadecimal digits.
    ///
    /// # Errors
    ///
    /// `InvalidInput` if it is malformed, or an id is all zeros, which is invalid.
    pub fn new(traceparent: &str) -> Result<Self, Error> {
        let parent = HeaderValue::from_str(traceparent).ok();
        parent
            .filter(|_| is_traceparent(traceparent))
            .map(|parent| Self {
                parent,
                state: None,
            })
            .ok_or_else(|| {
                Error::invalid_input("traceparent", "must be a `traceparent` of version 00")
            })
    }

    /// Adds a `tracestate`, the data of tracing systems: up to 32 comma-separated `key=value` members. An empty one is
    /// left out.
    ///
    /// # Errors
    ///
    /// `InvalidInput` if it is malformed.
    pub fn with_state(mut self, tracestate: &str) -> Result<Self, Error> {
        let is_list =
            members(tracestate).count() <= MAX_MEMBERS && members(tracestate).all(is_member);
        let state = HeaderValue::from_str(tracestate.trim_matches(BLANKS)).ok();
        let state = state
            .filter(|_| is_list)
            .ok_or_else(|| Error::invalid_input("tracestate", "must be a list of `key=value`"))?;
        self.state = members(tracestate).next().map(|_| state);
        Ok(self)
    }

    pub(crate) fn put_into(self, headers: &mut HeaderMap) {
        headers.insert(TRACEPARENT, self.parent);
        if let Some(state) = self.state {
            headers.insert(TRACESTATE, state);
        }
    }
}

fn is_traceparent(text: &str) -> bool {
    let is_hex = |text: &str, length| {
        let is_digit = |byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f');
        text.len() == length && text.bytes().all(is_digit)
    };
    let is_id = |text: &str, length| is_hex(text, length) && text.bytes().any(|byte| byte != b'0');
    let mut parts = text.split('-');
    let mut next = || parts.next().unwrap_or_default();
    next() == "00"
        && is_id(next(), 32)
        && is_id(next(), 16)
        && is_hex(next(), 2)
        && parts.next().is_none()
}

/// Returns the nonempty members of a `tracestate`.
fn members(text: &str) -> impl Iterator<Item = &str> {
    let members = text.split(',').map(|member| member.trim_matches(BLANKS));
    members.filter(|member| !member.is_empty())
}

fn is_member(text: &str) -> bool {
    let Some((key, value)) = text.split_once('=') else {
        return false;
    };
    let is_of_key =
        |byte| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'_' | b'-' | b'*' | b'/' | b'@');
    let is_of_value = |byte| matches!(byte, b' '..=b'~') && byte != b'=';
    let fits = |part: &str| (1..=MAX_PART).contains(&part.len());
    fits(key) && fits(value) && key.bytes().all(is_of_key) && value.bytes().all(is_of_value)
}

#[cfg(test)]
mod tests {
    use http::HeaderMap;

    use super::TraceContext;

    const TRACE: &str = "0af7651916cd43dd8448eb211c80319c";
    const SPAN: &str = "b7ad6b7169203331";

    fn context() -> TraceContext {
        TraceContext::new(&format!("00-{TRACE}-{SPAN}-01")).unwrap()
    }

    #[test]
    fn only_a_wellformed_traceparent_is_accepted() {
        for flags in ["00", "01", "ff"] {
            TraceContext::new(&format!("00-{TRACE}-{SPAN}-{flags}")).unwrap();
        }
        let (no_trace, no_span) = ("0".repeat(32), "0".repeat(16));
        for wrong in [
            String::new(),
            format!("00-{TRACE}-{SPAN}"),
            format!("00-{TRACE}-{SPAN}-1"),
            format!("00-{TRACE}-{SPAN}-01-"),
            format!("00-{TRACE}-{SPAN}-01-what"),
            format!("01-{TRACE}-{SPAN}-01"),
            format!("ff-{TRACE}-{SPAN}-01"),
            format!("00-{no_trace}-{SPAN}-01"),
            format!("00-{TRACE}-{no_span}-01"),
            format!("00-{}-{SPAN}-01", TRACE.to_uppercase()),
            format!("00-{}-{SPAN}-01", &TRACE[1..]),
            format!("00-{SPAN}-{TRACE}-01"),
            format!("00-{TRACE}-{SPAN}-0g"),
            format!("00-{TRACE}-{SPAN}-01\r\nx: y"),
            format!(" 00-{TRACE}-{SPAN}-01"),
            format!("00-{TRACE}é-{SPAN}-01"),
        ] {
            let error = TraceContext::new(&wrong).unwrap_err();
            assert!(
                error.to_string().contains("traceparent"),
                "{wrong}: {error}"
            );
        }
    }

    #[test]
    fn only_a_wellformed_tracestate_is_accepted() {
        let longest = format!("{}={}", "k".repeat(256), "v".repeat(256));
        let most = vec!["k=v"; 32].join(",");
        for right in [
            "a=b",
            "dt@x/1=fw4;0,ot=th:8 ,\tes=s 1",
            "a=b,,",
            &longest,
            &most,
        ] {
            let mut headers = HeaderMap::new();
            context().with_state(right).unwrap().put_into(&mut headers);
            assert_eq!(headers["tracestate"], right, "{right}");
        }
        for wrong in [
            "a",
            "=b",
            "a=",
            "A=b",
            "a=b=c",
            "a=b\r\nx: y",
            "a=é",
            "a b=c",
            &format!("{longest}v"),
            &format!("k{longest}"),
            &format!("{most},k=v"),
        ] {
            let error = context().with_state(wrong).unwrap_err();
            assert!(error.to_string().contains("tracestate"), "{wrong}: {error}");
        }
    }

    #[test]
    fn an_empty_tracestate_is_left_out() {
        for empty in ["", " ", ","] {
            let mut headers = HeaderMap::new();
            context().with_state(empty).unwrap().put_into(&mut headers);
            assert!(headers.contains_key("traceparent"));
            assert!(!headers.contains_key("tracestate"), "{empty:?}");
        }
    }
}
