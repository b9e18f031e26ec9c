//! Random bytes and what is made of them.

use uuid::Uuid;

use crate::error::Error;

/// The alphabet of the vendors' token parts: base32, without the digits that read like letters.
const ALPHABET: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

/// `N` bytes from the operating system.
pub(crate) fn bytes<const N: usize>() -> Result<[u8; N], Error> {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).map_err(|_| Error::Random)?;
    Ok(bytes)
}

/// A new id in the form that ASA gives its objects.
pub(crate) fn uuid() -> Result<String, Error> {
    let uuid = uuid::Builder::from_random_bytes(bytes()?).into_uuid();
    Ok(Uuid::to_string(&uuid))
}

/// `N` random characters of the tokens' alphabet, five bits each.
pub(crate) fn letters<const N: usize>() -> Result<String, Error> {
    let letter = |byte: u8| {
        ALPHABET
            .get(usize::from(byte & 31))
            .copied()
            .map_or('A', char::from)
    };
    Ok(bytes::<N>()?.into_iter().map(letter).collect())
}
