//! Ids of the vendors: text in a type of its own, so that one kind of id is not used for another.
//!
//! Most ids of Okta are UUIDs, but Okta documents one that is not, and promises no form for the others.

/// An id is not a UUID as [`Uuid`](uuid::Uuid) writes it: hyphenated and in lower case.
///
/// Other spellings of a UUID are refused, because the id could not be restored from the UUID as the vendor wrote it.
#[cfg(feature = "uuid")]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct NotUuid;

#[cfg(feature = "uuid")]
impl core::fmt::Display for NotUuid {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str("the id is not a hyphenated UUID in lower case")
    }
}

#[cfg(feature = "uuid")]
impl core::error::Error for NotUuid {}

/// Parses a UUID if writing it gives the same text again.
#[cfg(feature = "uuid")]
pub(crate) fn to_uuid(id: &str) -> Option<uuid::Uuid> {
    let uuid = uuid::Uuid::try_parse(id).ok()?;
    let mut buffer = uuid::Uuid::encode_buffer();
    (uuid.hyphenated().encode_lower(&mut buffer) == id).then_some(uuid)
}

/// Defines a newtype over text for one kind of id.
macro_rules! id {
    ($(#[$attribute:meta])* $visibility:vis struct $name:ident;) => {
        $(#[$attribute])*
        ///
        /// `Display` and `Debug` truncate an id after 1 KiB; [`as_str`](Self::as_str) returns all of it.
        #[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
        $visibility struct $name(alloc::boxed::Box<str>);

        impl $name {
            /// Creates an id from the text that the vendor uses.
            pub fn new(id: impl Into<alloc::string::String>) -> Self {
                Self(id.into().into())
            }

            /// Returns the id as the vendor writes it.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }

            /// Returns the id as a UUID if it is hyphenated and in lower case, so that the same id can be restored from it.
            #[cfg(feature = "uuid")]
            #[must_use]
            pub fn to_uuid(&self) -> Option<uuid::Uuid> {
                $crate::text::id::to_uuid(&self.0)
            }
        }

        /// Writes the UUID hyphenated and in lower case.
        #[cfg(feature = "uuid")]
        impl From<uuid::Uuid> for $name {
            fn from(id: uuid::Uuid) -> Self {
                let mut buffer = uuid::Uuid::encode_buffer();
                Self::from(&*id.hyphenated().encode_lower(&mut buffer))
            }
        }

        #[cfg(feature = "uuid")]
        impl TryFrom<&$name> for uuid::Uuid {
            type Error = $crate::text::id::NotUuid;

            fn try_from(id: &$name) -> Result<Self, $crate::text::id::NotUuid> {
                id.to_uuid().ok_or($crate::text::id::NotUuid)
            }
        }

        #[cfg(feature = "uuid")]
        impl TryFrom<$name> for uuid::Uuid {
            type Error = $crate::text::id::NotUuid;

            fn try_from(id: $name) -> Result<Self, $crate::text::id::NotUuid> {
                Self::try_from(&id)
            }
        }

        impl From<&str> for $name {
            fn from(id: &str) -> Self {
                Self(id.into())
            }
        }

        impl From<alloc::string::String> for $name {
            fn from(id: alloc::string::String) -> Self {
                Self(id.into())
            }
        }

        impl From<&alloc::string::String> for $name {
            fn from(id: &alloc::string::String) -> Self {
                Self::from(id.as_str())
            }
        }

        impl From<alloc::boxed::Box<str>> for $name {
            fn from(id: alloc::boxed::Box<str>) -> Self {
                Self(id)
            }
        }

        impl From<$name> for alloc::string::String {
            fn from(id: $name) -> Self {
                id.0.into()
            }
        }

        /// Accepts any text; whether it is a valid id is checked before it is sent.
        impl core::str::FromStr for $name {
            type Err = core::convert::Infallible;

            fn from_str(id: &str) -> Result<Self, Self::Err> {
                Ok(Self::from(id))
            }
        }

        impl From<&Self> for $name {
            fn from(id: &Self) -> Self {
                id.clone()
            }
        }

        impl AsRef<str> for $name {
            fn as_ref(&self) -> &str {
                &self.0
            }
        }

        /// Lets maps and sets with ids as keys be searched by text.
        impl core::borrow::Borrow<str> for $name {
            fn borrow(&self) -> &str {
                &self.0
            }
        }

        impl PartialEq<str> for $name {
            fn eq(&self, other: &str) -> bool {
                *self.0 == *other
            }
        }

        impl PartialEq<&str> for $name {
            fn eq(&self, other: &&str) -> bool {
                *self.0 == **other
            }
        }

        impl PartialEq<alloc::string::String> for $name {
            fn eq(&self, other: &alloc::string::String) -> bool {
                *self.0 == **other
            }
        }

        impl PartialEq<$name> for alloc::string::String {
            fn eq(&self, other: &$name) -> bool {
                **self == *other.0
            }
        }

        impl PartialEq<$name> for str {
            fn eq(&self, other: &$name) -> bool {
                *self == *other.0
            }
        }

        impl PartialEq<$name> for &str {
            fn eq(&self, other: &$name) -> bool {
                **self == *other.0
            }
        }

        impl core::fmt::Display for $name {
            fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
                core::fmt::Display::fmt(&$crate::text::display::Truncated(&self.0), f)
            }
        }

        impl core::fmt::Debug for $name {
            fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
                core::fmt::Debug::fmt(&$crate::text::display::Truncated(&self.0), f)
            }
        }

        impl serde_core::Serialize for $name {
            fn serialize<S: serde_core::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(&self.0)
            }
        }

        impl<'de> serde_core::Deserialize<'de> for $name {
            #[inline]
            fn deserialize<D: serde_core::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                deserializer.deserialize_any($crate::de::scalars::StringSeed::<Self>::new())
            }
        }
    };
}
pub(crate) use id;

#[cfg(test)]
#[expect(unreachable_pub, reason = "the macro makes public items")]
mod tests {
    extern crate std;

    use alloc::{
        borrow::ToOwned,
        boxed::Box,
        collections::BTreeMap,
        format,
        string::{String, ToString},
    };

    id! {
        /// An id for tests.
        struct SampleId;
    }

    #[test]
    fn an_id_is_its_text_in_every_form() {
        let id = SampleId::new("napa5791-x");
        assert_eq!(id.as_str(), "napa5791-x");
        assert_eq!(id.as_ref(), "napa5791-x");
        assert_eq!(
            format!("{id} {id:?} {id:>12}"),
            "napa5791-x \"napa5791-x\"   napa5791-x"
        );
        let copies = [
            SampleId::from("napa5791-x"),
            SampleId::from("napa5791-x".to_owned()),
            SampleId::from(&"napa5791-x".to_owned()),
            SampleId::from(Box::<str>::from("napa5791-x")),
            SampleId::new(String::from("napa5791-x")),
            "napa5791-x".parse().expect("any text"),
            SampleId::from(&id),
        ];
        assert!(copies.iter().all(|copy| *copy == id));
        assert_eq!(String::from(id), "napa5791-x");
    }

    #[test]
    fn an_id_is_compared_and_searched_as_its_text() {
        let id = SampleId::new("b");
        assert_eq!(id, "b");
        assert_eq!("b", id);
        assert_eq!(id, *"b");
        assert_eq!(*"b", id);
        let text = String::from("b");
        assert_eq!(id, text);
        assert_eq!(text, id);
        assert_ne!(id, "a");
        assert!(SampleId::new("a") < id);
        let ids = BTreeMap::from([(id, 1)]);
        assert_eq!((ids.get("b"), ids.get("c")), (Some(&1), None));
        let ids = std::collections::HashMap::from([(SampleId::new("b"), 1)]);
        assert_eq!((ids.get("b"), ids.get("c")), (Some(&1), None));
    }

    #[cfg(feature = "uuid")]
    #[test]
    fn an_id_that_is_a_uuid_converts_and_comes_back() {
        use uuid::Uuid;

        let text = "a2dfd474-2db4-4a35-9a0c-2f6b6a0effff";
        let uuid = Uuid::from_u128(0xa2dfd474_2db4_4a35_9a0c_2f6b6a0effff);
        let id = SampleId::from(uuid);
        assert_eq!(id, text);
        assert_eq!(id.to_uuid(), Some(uuid));
        assert_eq!(Uuid::try_from(&id), Ok(uuid));
        assert_eq!(Uuid::try_from(id), Ok(uuid));
        assert_eq!(SampleId::from(Uuid::nil()).to_uuid(), Some(Uuid::nil()));
    }

    #[cfg(feature = "uuid")]
    #[test]
    fn an_id_that_does_not_round_trip_is_not_a_uuid() {
        use uuid::Uuid;

        for text in [
            "",
            "napa5791-x",
            "dt0g02.4KWZO5EF",
            "A2DFD474-2DB4-4A35-9A0C-2F6B6A0EFFFF",
            "a2dfd474-2db4-4a35-9a0c-2f6b6a0effff ",
            "a2dfd4742db44a359a0c2f6b6a0effff",
            "{a2dfd474-2db4-4a35-9a0c-2f6b6a0effff}",
            "urn:uuid:a2dfd474-2db4-4a35-9a0c-2f6b6a0effff",
        ] {
            let id = SampleId::new(text);
            assert_eq!(id.to_uuid(), None, "{text}");
            let error = Uuid::try_from(&id).expect_err(text);
            assert_eq!(
                error.to_string(),
                "the id is not a hyphenated UUID in lower case"
            );
            assert_eq!(id, text, "it stays text");
        }
    }

    #[test]
    fn a_long_id_is_kept_and_printed_in_part() {
        let long = "i".repeat(1024 * 1024);
        let id = SampleId::from(long.as_str());
        assert_eq!(id.as_str(), long);
        assert!(id.to_string().len() < 1100 && format!("{id:?}").len() < 1100);
    }

    #[test]
    fn any_text_is_an_id_and_is_written_back_unchanged() {
        for text in [r#""""#, r#""..""#, r#""a b/c""#, "\"\u{1d11e}\""] {
            let id: SampleId = serde_json::from_str(text).expect("text");
            assert_eq!(serde_json::to_string(&id).expect("writes"), text);
        }
        let error = serde_json::from_str::<SampleId>("42")
            .expect_err("no text")
            .to_string();
        assert!(
            error.starts_with("invalid type: an integer, expected a string"),
            "{error}"
        );
    }
}
