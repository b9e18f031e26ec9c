//! What is done to a body on its way, and who asked for it.

use http::HeaderMap;
use http::header::{ACCEPT_ENCODING, CONTENT_ENCODING};

/// Who asked for a content encoding.
#[derive(Clone, Copy)]
pub(crate) enum AcceptEncoding {
    Unset,
    /// The caller, who undoes it too.
    Caller,
    /// The transport, for gzip, which the caller does not see.
    #[cfg(feature = "gzip")]
    Transport,
}

/// How a body is to be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ContentDecoding {
    Identity,
    #[cfg(feature = "gzip")]
    Gzip,
    /// Not at all, should there be a body: it has an encoding that was not asked for.
    Unsupported,
}

impl ContentDecoding {
    /// Whether the caller gets something else than what came.
    pub(crate) fn is_decoded(self) -> bool {
        match self {
            Self::Identity | Self::Unsupported => false,
            #[cfg(feature = "gzip")]
            Self::Gzip => true,
        }
    }
}

impl AcceptEncoding {
    /// Who asks for an encoding of the answer to a request with these fields.
    pub(crate) fn of(headers: &HeaderMap) -> Self {
        if headers.contains_key(ACCEPT_ENCODING) {
            Self::Caller
        } else {
            Self::Unset
        }
    }

    /// Asks for gzip where nobody asked for anything.
    #[cfg(feature = "gzip")]
    pub(crate) fn allow_gzip(self, headers: &mut HeaderMap) -> Self {
        match self {
            Self::Unset => {
                headers.insert(ACCEPT_ENCODING, http::HeaderValue::from_static("gzip"));
                Self::Transport
            }
            asked => asked,
        }
    }

    /// How to read the body of a response with these fields, should it have one.
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

/// Whether this is the name of gzip, or its old one (RFC 9110 section 8.4.1.3).
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
    fn a_body_without_an_encoding_comes_as_it_is_and_any_other_is_refused() {
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
    fn gzip_is_undone_under_both_its_names_and_only_once() {
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
