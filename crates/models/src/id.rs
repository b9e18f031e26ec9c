//! Identifiers that the vendors give: text in a type of its own, so that one cannot stand for another.
//!
//! They are not UUIDs: Okta documents an id that is not one, and the form of the others is no promise.

/// Makes a newtype over text for one kind of identifier.
macro_rules! id {
    ($(#[$attribute:meta])* $visibility:vis struct $name:ident;) => {
        $(#[$attribute])*
        #[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
        $visibility struct $name(alloc::boxed::Box<str>);

        impl $name {
            /// Takes the identifier as the vendor wrote it.
            pub fn new(id: impl Into<alloc::boxed::Box<str>>) -> Self {
                Self(id.into())
            }

            /// The identifier as the vendor wrote it.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
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

        impl core::fmt::Display for $name {
            fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
                core::fmt::Display::fmt(&*self.0, f)
            }
        }

        impl core::fmt::Debug for $name {
            fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
                core::fmt::Debug::fmt(&*self.0, f)
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
                deserializer.deserialize_any($crate::de::Text::<Self>::new())
            }
        }
    };
}
pub(crate) use id;

#[cfg(test)]
#[expect(unreachable_pub, reason = "the macro makes public items")]
mod tests {
    use alloc::{borrow::ToOwned, format, string::ToString};

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
            SampleId::from(&id),
        ];
        assert!(copies.iter().all(|copy| *copy == id));
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
