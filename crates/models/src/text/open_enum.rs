//! Open enums: the vendors add words without a new version of their API, so unknown words are kept.

/// Defines an enum of known words and `Unknown`, which keeps any other word and writes it back unchanged.
macro_rules! open_enum {
    (
        $(#[$attribute:meta])*
        $visibility:vis enum $name:ident {
            $($(#[$about:meta])* $variant:ident = $word:literal,)+
        }
    ) => {
        $(#[$attribute])*
        ///
        /// Values are equal if their words are equal: an `Unknown` with a known word equals the variant of that word.
        ///
        /// `Display` and `Debug` truncate an unknown word after 1 KiB and escape invisible characters.
        /// [`as_str`](Self::as_str) returns all of it.
        #[derive(Clone)]
        #[non_exhaustive]
        $visibility enum $name {
            $($(#[$about])* $variant,)+
            /// An unknown word, kept as it was read.
            Unknown(alloc::boxed::Box<str>),
        }

        impl $name {
            /// The known words.
            pub const KNOWN: &'static [&'static str] = &[$($word),+];

            /// Returns the word as the vendor writes it.
            #[must_use]
            pub fn as_str(&self) -> &str {
                match self {
                    $(Self::$variant => $word,)+
                    Self::Unknown(word) => word,
                }
            }

            fn known(word: &str) -> Option<Self> {
                match word {
                    $($word => Some(Self::$variant),)+
                    _ => None,
                }
            }
        }

        impl PartialEq for $name {
            fn eq(&self, other: &Self) -> bool {
                self.as_str() == other.as_str()
            }
        }

        impl Eq for $name {}

        impl core::hash::Hash for $name {
            fn hash<H: core::hash::Hasher>(&self, state: &mut H) {
                self.as_str().hash(state);
            }
        }

        impl From<&str> for $name {
            fn from(word: &str) -> Self {
                Self::known(word).unwrap_or_else(|| Self::Unknown(word.into()))
            }
        }

        impl From<alloc::string::String> for $name {
            fn from(word: alloc::string::String) -> Self {
                Self::known(&word).unwrap_or_else(|| Self::Unknown(word.into()))
            }
        }

        /// Accepts any word, as reading does.
        impl core::str::FromStr for $name {
            type Err = core::convert::Infallible;

            fn from_str(word: &str) -> Result<Self, Self::Err> {
                Ok(Self::from(word))
            }
        }

        impl AsRef<str> for $name {
            fn as_ref(&self) -> &str {
                self.as_str()
            }
        }

        impl core::fmt::Display for $name {
            fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
                core::fmt::Display::fmt(&$crate::text::display::Escaped(self.as_str()), f)
            }
        }

        impl core::fmt::Debug for $name {
            fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
                core::fmt::Debug::fmt(&$crate::text::display::Truncated(self.as_str()), f)
            }
        }

        impl serde_core::Serialize for $name {
            fn serialize<S: serde_core::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(self.as_str())
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
pub(crate) use open_enum;

#[cfg(test)]
#[expect(unreachable_pub, reason = "the macro makes public items")]
mod tests {
    extern crate std;

    use alloc::{borrow::ToOwned, format, string::ToString};

    open_enum! {
        /// An enum for tests.
        enum Sample {
            /// A word.
            GatewayAgent = "gateway-agent",
            /// Another word.
            Online = "ONLINE",
        }
    }

    #[test]
    fn known_words_are_variants() {
        assert_eq!(Sample::KNOWN, ["gateway-agent", "ONLINE"]);
        assert_eq!(Sample::from("ONLINE"), Sample::Online);
        assert_eq!(
            Sample::from("gateway-agent".to_owned()),
            Sample::GatewayAgent
        );
        assert_eq!("ONLINE".parse(), Ok(Sample::Online));
        assert_eq!(Sample::Online.as_ref(), "ONLINE");
        assert_eq!(
            format!("{} {:?}", Sample::Online, Sample::Online),
            "ONLINE \"ONLINE\""
        );
    }

    #[test]
    fn unknown_words_are_written_back_unchanged() {
        for text in [
            r#""online""#,
            r#""ONLINE ""#,
            r#""""#,
            "\"\u{e4}\"",
            r#""gateway-agent""#,
        ] {
            let word: Sample = serde_json::from_str(text).expect("text");
            assert_eq!(serde_json::to_string(&word).expect("writes"), text);
        }
        assert_eq!(Sample::from("online"), Sample::Unknown("online".into()));
    }

    #[test]
    fn a_word_made_by_hand_equals_what_is_read_back() {
        let made = Sample::Unknown("ONLINE".into());
        let text = serde_json::to_string(&made).expect("writes");
        let read: Sample = serde_json::from_str(&text).expect("text");
        assert_eq!(read, made);
        let unlike = Sample::Unknown("online".into());
        assert_ne!(read, unlike);
        let words = std::collections::HashSet::from([read, made, unlike]);
        assert_eq!(words.len(), 2);
    }

    // U25
    #[test]
    fn a_long_word_is_kept_and_printed_in_part() {
        let long = "w\u{202e}".repeat(256 * 1024);
        let text = serde_json::to_string(&long).expect("writes");
        let word: Sample = serde_json::from_str(&text).expect("text");
        assert_eq!(
            (word.as_str(), serde_json::to_string(&word).expect("writes")),
            (&*long, text)
        );
        for printed in [word.to_string(), format!("{word:?}"), format!("{word:#?}")] {
            assert!(
                printed.starts_with(['w', '"']) && printed.len() < 4096,
                "{}",
                printed.len()
            );
            assert!(!printed.contains('\u{202e}'), "{printed}");
        }
    }

    #[test]
    fn only_text_is_a_word() {
        let error = serde_json::from_str::<Sample>("null")
            .expect_err("no text")
            .to_string();
        assert!(
            error.starts_with("invalid type: null, expected a string"),
            "{error}"
        );
    }
}
