//! What is done to a body on its way, and who asked for it.

use http::HeaderMap;
use http::header::{ACCEPT_ENCODING, CONTENT_ENCODING};

use super::fault;
use crate::TransportError;

/// Who asked for a content encoding.
#[derive(Clone, Copy)]
pub(super) enum Asked {
    Nobody,
    /// The caller, who undoes it too.
    Caller,
    /// The transport, for gzip, which the caller does not see.
    #[cfg(feature = "gzip")]
    Transport,
}

/// How a body is to be read.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Reading {
    AsItComes,
    #[cfg(feature = "gzip")]
    Gunzipped,
}

impl Asked {
    /// Who asks for an encoding of the answer to a request with these fields.
    pub(super) fn by(headers: &HeaderMap) -> Self {
        if headers.contains_key(ACCEPT_ENCODING) {
            Self::Caller
        } else {
            Self::Nobody
        }
    }

    /// Asks for gzip where nobody asked for anything.
    #[cfg(feature = "gzip")]
    pub(super) fn or_gzip(self, headers: &mut HeaderMap) -> Self {
        match self {
            Self::Nobody => {
                headers.insert(ACCEPT_ENCODING, http::HeaderValue::from_static("gzip"));
                Self::Transport
            }
            asked => asked,
        }
    }

    /// How to read the body of an answer with these fields.
    pub(super) fn reading(self, headers: &HeaderMap) -> Result<Reading, TransportError> {
        let mut encodings = headers
            .get_all(CONTENT_ENCODING)
            .iter()
            .map(|encoding| encoding.as_bytes())
            .filter(|encoding| !encoding.eq_ignore_ascii_case(b"identity"));
        match (self, encodings.next(), encodings.next()) {
            (Self::Caller, ..) | (_, None, _) => Ok(Reading::AsItComes),
            #[cfg(feature = "gzip")]
            (Self::Transport, Some(gzip), None) if gzip.eq_ignore_ascii_case(b"gzip") => {
                Ok(Reading::Gunzipped)
            }
            _ => Err(fault::protocol(
                "the body has a content encoding that was not asked for",
            )),
        }
    }
}
