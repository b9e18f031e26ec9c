//! Dynatrace's cursor: where a list goes on, signed by this emulator.
//!
//! 26 bytes (page size, position, signature) in URL-safe base64 with its padding, so that a client which does not
//! percent-encode the cursor fails here as it would fail there.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE;

use crate::store::key::Key;

/// The page size in force and the position of the last object that was given.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct PageKey {
    pub(crate) page_size: u16,
    pub(crate) after: u64,
}

impl PageKey {
    pub(crate) fn encode(self, key: &Key, list: &str) -> String {
        let mut bytes = Vec::with_capacity(26);
        bytes.extend_from_slice(&self.page_size.to_be_bytes());
        bytes.extend_from_slice(&self.after.to_be_bytes());
        bytes.extend_from_slice(&self.signature(key, list));
        URL_SAFE.encode(bytes)
    }

    /// None for a cursor that this emulator has not made for this list.
    pub(crate) fn decode(text: &str, key: &Key, list: &str) -> Option<Self> {
        let bytes = URL_SAFE.decode(text).ok()?;
        let (page_size, rest) = bytes.split_first_chunk::<2>()?;
        let (after, signature) = rest.split_first_chunk::<8>()?;
        let page_key = Self {
            page_size: u16::from_be_bytes(*page_size),
            after: u64::from_be_bytes(*after),
        };
        (signature == page_key.signature(key, list)).then_some(page_key)
    }

    fn signature(self, key: &Key, list: &str) -> [u8; 16] {
        let page_size = self.page_size.to_be_bytes();
        let after = self.after.to_be_bytes();
        let digest = key.digest("page key", &[list.as_bytes(), &page_size, &after]);
        let [signature, _] = halves(digest.bytes());
        signature
    }
}

fn halves(bytes: &[u8; 32]) -> [[u8; 16]; 2] {
    let (halves, _) = bytes.as_chunks::<16>();
    [
        halves.first().copied().unwrap_or_default(),
        halves.last().copied().unwrap_or_default(),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_is_good_for_its_own_listing_of_its_own_emulator_only() {
        let key = Key::random().unwrap();
        let page_key = PageKey {
            page_size: 3000,
            after: 7,
        };
        let text = page_key.encode(&key, "tokens");
        assert!(text.ends_with('='), "{text}");
        assert_eq!(PageKey::decode(&text, &key, "tokens"), Some(page_key));
        assert_eq!(PageKey::decode(&text, &key, "gateways"), None);
        assert_eq!(
            PageKey::decode(&text, &Key::random().unwrap(), "tokens"),
            None
        );
    }

    #[test]
    fn a_malformed_cursor_is_none() {
        let key = Key::random().unwrap();
        let text = PageKey {
            page_size: 100,
            after: 1,
        }
        .encode(&key, "tokens");
        for bad in [
            "",
            "=",
            "%",
            "AAAA",
            text.trim_end_matches('='),
            &text[4..],
            &format!("{text}AAAA"),
        ] {
            assert_eq!(PageKey::decode(bad, &key, "tokens"), None, "{bad:?}");
        }
    }
}
