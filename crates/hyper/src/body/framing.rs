//! The framing of a response body (RFC 9112 section 6.3), and the sizes of header fields.

use http::header::{CONTENT_LENGTH, TRANSFER_ENCODING};
use http::{HeaderMap, Method, StatusCode};

use crate::error;
use gatelet_transport::TransportError;

/// The size limit of trailers, in bytes. hyper alone would accept as much as for a head.
const MAX_TRAILERS: usize = 64 * 1024;

/// Returns whether a response has no body, whatever its fields say.
pub(crate) fn is_bodiless(method: &Method, status: StatusCode) -> bool {
    *method == Method::HEAD
        || status == StatusCode::NO_CONTENT
        || status == StatusCode::NOT_MODIFIED
}

/// Refuses every transfer coding except a single `chunked`. hyper decodes no other, and of several lines it reads only the last.
/// Contradictory lengths are refused by hyper and h2.
pub(crate) fn check_coding(headers: &HeaderMap) -> Result<(), TransportError> {
    let mut codings = headers.get_all(TRANSFER_ENCODING).iter();
    match (codings.next(), codings.next()) {
        (None, _) => Ok(()),
        (Some(coding), None) if coding.as_bytes().eq_ignore_ascii_case(b"chunked") => Ok(()),
        _ => Err(error::protocol(
            "the body has a transfer coding other than a single `chunked`",
        )),
    }
}

/// Refuses trailers above their limit. Their content is ignored.
pub(crate) fn check_trailers(trailers: Option<&HeaderMap>) -> Result<(), TransportError> {
    match trailers {
        Some(trailers) if list_size(trailers) > MAX_TRAILERS => {
            Err(error::protocol("the trailers are larger than 64 KiB"))
        }
        _ => Ok(()),
    }
}

/// Returns the size of a header list as HTTP/2 defines it (RFC 9113 section 6.5.2). HTTP/1.1 heads are limited by hyper.
pub(crate) fn list_size(headers: &HeaderMap) -> usize {
    const FIELD_OVERHEAD: usize = 32;

    let sizes = headers
        .iter()
        .map(|(name, value)| name.as_str().len() + value.len() + FIELD_OVERHEAD);
    sizes.sum()
}

/// Returns whether the end of an HTTP/1.1 response is unambiguous, so that the next bytes on the connection belong to the next
/// response. Length and chunks together are ambiguous even where they agree: an intermediary may use the other one.
pub(crate) fn has_unambiguous_end(status: StatusCode, headers: &HeaderMap) -> bool {
    let is_chunked = headers.contains_key(TRANSFER_ENCODING);
    if status == StatusCode::NO_CONTENT || status == StatusCode::NOT_MODIFIED {
        let mut lengths = headers.get_all(CONTENT_LENGTH).iter();
        return !is_chunked && lengths.all(|length| length.as_bytes() == b"0");
    }
    !(is_chunked && headers.contains_key(CONTENT_LENGTH))
}

#[cfg(test)]
mod tests {
    use http::header::HeaderValue;
    use http::{HeaderMap, Method, StatusCode};

    use super::{check_coding, has_unambiguous_end, is_bodiless};

    const CODING: &str = "transfer-encoding";
    const LENGTH: &str = "content-length";

    fn fields(fields: &[(&'static str, &'static str)]) -> HeaderMap {
        let mut headers = HeaderMap::new();
        for (name, value) in fields {
            headers.append(*name, HeaderValue::from_static(value));
        }
        headers
    }

    #[test]
    fn method_and_status_decide_whether_there_is_a_body() {
        for status in [204, 304] {
            assert!(is_bodiless(
                &Method::GET,
                StatusCode::from_u16(status).unwrap()
            ));
        }
        assert!(is_bodiless(&Method::HEAD, StatusCode::OK));
        for status in [200, 201, 202, 205, 404] {
            let status = StatusCode::from_u16(status).unwrap();
            assert!(!is_bodiless(&Method::DELETE, status), "{status}");
        }
    }

    #[test]
    fn a_single_chunked_is_the_only_accepted_transfer_coding() {
        assert!(check_coding(&HeaderMap::new()).is_ok());
        for coding in ["chunked", "Chunked"] {
            assert!(check_coding(&fields(&[(CODING, coding)])).is_ok());
        }
        for codings in [
            &["chunked", "chunked"][..],
            &["chunked", ""],
            &["", "chunked"],
            &["gzip", "chunked"],
            &["chunked, chunked"],
            &["gzip, chunked"],
            &["chunked,"],
            &[", chunked"],
            &["chunked; q=1"],
            &["identity"],
            &[""],
        ] {
            let lines: Vec<_> = codings.iter().map(|line| (CODING, *line)).collect();
            assert!(check_coding(&fields(&lines)).is_err(), "{codings:?}");
        }
    }

    // U12
    #[test]
    fn length_and_chunks_together_leave_the_end_ambiguous() {
        let chunked = (CODING, "chunked");
        for length in ["0", "2", "00", "0, 0", ""] {
            let both = fields(&[(LENGTH, length), chunked]);
            for status in [200, 201, 204, 304, 404, 503] {
                let status = StatusCode::from_u16(status).unwrap();
                assert!(!has_unambiguous_end(status, &both), "{status} {length:?}");
            }
        }
        let (length, no_length) = ((LENGTH, "2"), (LENGTH, "0"));
        for (status, fields, expected) in [
            (200, fields(&[length]), true),
            (200, fields(&[no_length]), true),
            (200, fields(&[chunked]), true),
            (204, fields(&[]), true),
            (204, fields(&[no_length]), true),
            (204, fields(&[no_length, length]), false),
            (304, fields(&[length]), false),
            (204, fields(&[chunked]), false),
        ] {
            let status = StatusCode::from_u16(status).unwrap();
            assert_eq!(has_unambiguous_end(status, &fields), expected, "{fields:?}");
        }
    }
}
