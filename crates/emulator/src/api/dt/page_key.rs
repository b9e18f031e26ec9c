//! Dynatrace's page key: a signed cursor.
//!
//! 26 bytes (page size, cursor, signature) in URL-safe base64 with padding, so that a client that does not percent-encode
//! the page key fails as it would against Dynatrace.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE;

use crate::store::key::Key;

/// The page size of the list and the cursor of the last object sent.
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

    /// Decodes a page key. Returns `None` unless this emulator created it for this list.
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
    fn a_page_key_is_valid_for_its_own_list_and_emulator_only() {
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
    fn a_malformed_page_key_is_refused() {
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
