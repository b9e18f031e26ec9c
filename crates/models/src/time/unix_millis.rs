//! Points in time as an integer.

use core::fmt;

use serde_core::de::{DeserializeSeed, Deserializer, Error, MapAccess, Visitor};

use crate::de::refusal::{invalid_kind, refuse, seed};
use crate::de::scalars::number;
use crate::time::timestamp::Timestamp;

/// Milliseconds since 1970, clamped to what a timestamp can hold. A date and time as a text is read too, because other operations of
/// the same vendor write that.
#[derive(Clone, Copy)]
pub(crate) struct UnixMillis;

seed!([] UnixMillis => Timestamp);

impl Timestamp {
    /// Reads milliseconds since 1970, clamped to the supported range, or a date and time as text: for serde's `deserialize_with`.
    ///
    /// ```
    /// use gatelet_models::Timestamp;
    ///
    /// let mut json = serde_json::Deserializer::from_str("1621440880197");
    /// let read = Timestamp::deserialize_unix_millis(&mut json)?;
    /// assert_eq!(read.to_string(), "2021-05-19T16:14:40.197Z");
    /// # Ok::<(), serde_json::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// Those of the deserializer, and one for a value of another kind.
    pub fn deserialize_unix_millis<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Self, D::Error> {
        UnixMillis.deserialize(deserializer)
    }
}

impl<'de> Visitor<'de> for UnixMillis {
    type Value = Timestamp;
    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("milliseconds since 1970")
    }
    #[inline]
    fn visit_i64<E: Error>(self, millis: i64) -> Result<Timestamp, E> {
        Ok(Timestamp::from_unix_millis(millis))
    }
    #[inline]
    fn visit_u64<E: Error>(self, millis: u64) -> Result<Timestamp, E> {
        self.visit_i64(i64::try_from(millis).unwrap_or(i64::MAX))
    }
    fn visit_str<E: Error>(self, text: &str) -> Result<Timestamp, E> {
        Timestamp::parse(text).map_err(|_| invalid_kind("a string", &self))
    }
    #[cold]
    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Timestamp, A::Error> {
        let digits = number(map, &self)?;
        match digits.parse() {
            Ok(millis) => self.visit_i64(millis),
            Err(_) => Err(invalid_kind("a number that is not a plain integer", &self)),
        }
    }
    refuse!(boolean fraction bytes null array);
}

#[cfg(test)]
mod tests {
    use alloc::string::{String, ToString as _};

    use super::*;

    fn read(text: &str) -> Result<Timestamp, String> {
        let mut json = serde_json::Deserializer::from_str(text);
        let read = UnixMillis.deserialize(&mut json);
        read.map_err(|error| error.to_string())
    }

    #[test]
    fn milliseconds_since_1970_and_a_text_are_the_same_instant() {
        let instant = Timestamp::parse("2021-05-19T16:14:40.197Z").expect("a timestamp");
        assert_eq!(read("1621440880197"), Ok(instant));
        assert_eq!(read(r#""2021-05-19T16:14:40.197Z""#), Ok(instant));
        assert_eq!(instant.unix_millis(), 1_621_440_880_197);
        assert_eq!(
            read("-1").map(|it| it.to_string()),
            Ok("1969-12-31T23:59:59.999Z".into())
        );
    }

    #[test]
    fn what_no_timestamp_can_hold_is_clamped() {
        assert_eq!(read("9223372036854775807"), Ok(Timestamp::MAX));
        assert_eq!(read("18446744073709551615"), Ok(Timestamp::MAX));
        assert_eq!(read("-9223372036854775808"), Ok(Timestamp::UNSET));
    }

    #[test]
    fn another_kind_is_refused_without_its_value() {
        for text in ["1.5", r#""hunter2""#, "true", "null", "[]"] {
            let refused = read(text).expect_err(text);
            assert!(refused.contains("milliseconds since 1970"), "{refused}");
            assert!(!refused.contains("hunter2"), "{refused}");
        }
    }
}
