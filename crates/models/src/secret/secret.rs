//! Secret text.

use alloc::string::String;
use core::fmt;

use serde_core::{Deserialize, Deserializer, Serialize, Serializer};
use zeroize::Zeroizing;

use crate::de::scalars::StringSeed;

/// A secret value: a key, a token, a password.
///
/// It cannot be displayed, its `Debug` form is `[redacted]`, and its memory is overwritten when it is dropped. It does serialize, because
/// the wire needs it: do not serialize a model into a log.
///
/// ```
/// use gatelet_models::Secret;
///
/// let token = Secret::new("dt0g02.EXAMPLE");
/// assert_eq!(format!("{token:?}"), "[redacted]");
/// assert_eq!(token.expose(), "dt0g02.EXAMPLE");
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(Zeroizing<String>);

impl Secret {
    /// Creates a secret. Copies of the value that were made before are not overwritten.
    pub fn new(value: impl Into<String>) -> Self {
        Self(Zeroizing::new(value.into()))
    }

    /// Returns the value, which the caller must not log or show.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[redacted]")
    }
}

impl From<String> for Secret {
    fn from(value: String) -> Self {
        Self::new(value)
    }
}

impl From<&str> for Secret {
    fn from(value: &str) -> Self {
        Self::new(value)
    }
}

impl Serialize for Secret {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.expose())
    }
}

impl<'de> Deserialize<'de> for Secret {
    #[inline]
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(StringSeed::<Self>::new())
    }
}

#[cfg(test)]
mod tests {
    use alloc::{format, string::ToString};

    use super::*;

    // M27
    #[test]
    fn debug_shows_neither_value_nor_prefix_nor_length() {
        for value in ["", "s", "dt0g02.4KWZO5EF.XT47R5DRJNIAEXAMPLE"] {
            let secret = Secret::from(value);
            let shown = format!("{secret:?} {secret:#?} {:?}", Some(&secret));
            assert_eq!(shown, "[redacted] [redacted] Some([redacted])");
        }
    }

    #[test]
    fn a_secret_is_written_and_read_as_its_text() {
        let secret: Secret = serde_json::from_str(r#""a\u0062c""#).expect("text");
        assert_eq!(secret.expose(), "abc");
        assert_eq!(secret, Secret::new("abc"));
        assert_eq!(serde_json::to_string(&secret).expect("writes"), r#""abc""#);
    }

    #[test]
    fn a_refused_secret_is_not_in_the_error() {
        let error = serde_json::from_str::<Secret>("12345678")
            .expect_err("no text")
            .to_string();
        assert!(
            error.starts_with("invalid type: an integer, expected a string"),
            "{error}"
        );
    }
}
