//! Random bytes and token parts.

use crate::error::Error;

/// The alphabet of the vendors' tokens: base32, which has no digits that look like letters.
const ALPHABET: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

/// Returns `N` bytes from the operating system.
pub(crate) fn bytes<const N: usize>() -> Result<[u8; N], Error> {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).map_err(|_| Error::Random)?;
    Ok(bytes)
}

/// Returns `N` random characters of the token alphabet, five bits each.
pub(crate) fn letters<const N: usize>() -> Result<String, Error> {
    let letter = |byte: u8| {
        ALPHABET
            .get(usize::from(byte & 31))
            .copied()
            .map_or('A', char::from)
    };
    Ok(bytes::<N>()?.into_iter().map(letter).collect())
}
