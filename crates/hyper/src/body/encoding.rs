//! Content encodings, and whether we or the caller requested them.

use http::HeaderMap;
use http::header::{ACCEPT_ENCODING, CONTENT_ENCODING};

/// Who set `Accept-Encoding`.
#[derive(Clone, Copy)]
pub(crate) enum AcceptEncoding {
    Unset,
    /// The caller, who also decodes the body.
    Caller,
    /// The transport, which decodes gzip.
    #[cfg(feature = "gzip")]
    Transport,
}

/// How a body is decoded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ContentDecoding {
    Identity,
    #[cfg(feature = "gzip")]
    Gzip,
    /// An encoding that was not requested. It is an error if there is a body.
    Unsupported,
}

impl ContentDecoding {
    /// Returns whether the decoded body differs from the received one.
    pub(crate) fn is_decoded(self) -> bool {
        match self {
            Self::Identity | Self::Unsupported => false,
            #[cfg(feature = "gzip")]
            Self::Gzip => true,
        }
    }
}

impl AcceptEncoding {
    /// Returns who set `Accept-Encoding` in a request with these fields.
    pub(crate) fn of(headers: &HeaderMap) -> Self {
        if headers.contains_key(ACCEPT_ENCODING) {
            Self::Caller
        } else {
            Self::Unset
        }
    }

    /// Asks for gzip unless `Accept-Encoding` is set.
    #[cfg(feature = "gzip")]
    pub(crate) fn allow_gzip(self, headers: &mut HeaderMap) -> Self {
        match self {
            Self::Unset => {
                headers.insert(ACCEPT_ENCODING, http::HeaderValue::from_static("gzip"));
                Self::Transport
            }
            set => set,
        }
    }

    /// Returns how to decode the body of a response with these fields.
    pub(crate) fn decoding(self, headers: &HeaderMap) -> ContentDecoding {
        let mut encodings = headers
            .get_all(CONTENT_ENCODING)
            .iter()
            .flat_map(|line| line.as_bytes().split(|byte| *byte == b','))
            .map(<[u8]>::trim_ascii)
            .filter(|encoding| !encoding.is_empty())
            .filter(|encoding| !encoding.eq_ignore_ascii_case(b"identity"));
        match (self, encodings.next(), encodings.next()) {
            (Self::Caller, ..) | (_, None, _) => ContentDecoding::Identity,
            #[cfg(feature = "gzip")]
            (Self::Transport, Some(encoding), None) if is_gzip(encoding) => ContentDecoding::Gzip,
            _ => ContentDecoding::Unsupported,
        }
    }
}

/// Returns whether this names gzip, which has an older name too (RFC 9110 section 8.4.1.3).
#[cfg(feature = "gzip")]
fn is_gzip(encoding: &[u8]) -> bool {
    encoding.eq_ignore_ascii_case(b"gzip") || encoding.eq_ignore_ascii_case(b"x-gzip")
}

#[cfg(test)]
mod tests {
    use http::HeaderMap;
    use http::header::{CONTENT_ENCODING, HeaderValue};

    use super::{AcceptEncoding, ContentDecoding};

    fn encoded(lines: &[&'static str]) -> HeaderMap {
        let mut headers = HeaderMap::new();
        for line in lines {
            headers.append(CONTENT_ENCODING, HeaderValue::from_static(line));
        }
        headers
    }

    #[test]
    fn an_unrequested_encoding_is_unsupported() {
        for lines in [
            &[][..],
            &[""],
            &["identity"],
            &["Identity, identity", ""],
            &[" , identity"],
        ] {
            assert_eq!(
                AcceptEncoding::Unset.decoding(&encoded(lines)),
                ContentDecoding::Identity
            );
        }
        for lines in [&["gzip"][..], &["identity", "br"], &["identity, gzip"]] {
            assert_eq!(
                AcceptEncoding::Unset.decoding(&encoded(lines)),
                ContentDecoding::Unsupported
            );
            assert_eq!(
                AcceptEncoding::Caller.decoding(&encoded(lines)),
                ContentDecoding::Identity
            );
        }
    }

    #[cfg(feature = "gzip")]
    #[test]
    fn gzip_is_decoded_once_under_both_its_names() {
        for lines in [
            &["gzip"][..],
            &["X-Gzip"],
            &["identity, gzip"],
            &["gzip", "identity"],
        ] {
            assert_eq!(
                AcceptEncoding::Transport.decoding(&encoded(lines)),
                ContentDecoding::Gzip
            );
        }
        for lines in [
            &["gzip, gzip"][..],
            &["gzip", "gzip"],
            &["br"],
            &["br, gzip"],
        ] {
            assert_eq!(
                AcceptEncoding::Transport.decoding(&encoded(lines)),
                ContentDecoding::Unsupported
            );
        }
    }
}
