//! Reads the text of a secret from files and variables.

use std::fmt;

/// Why bytes are not the text of a secret. Never shows the bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum SecretTextError {
    /// The text is empty.
    Empty,
    /// The bytes are UTF-16LE, with or without a byte order mark.
    Utf16Le,
    /// The bytes are UTF-16BE, with or without a byte order mark.
    Utf16Be,
    /// The bytes are UTF-32.
    Utf32,
    /// The bytes are not UTF-8.
    NotUtf8,
    /// The bytes contain a NUL.
    Nul,
}

/// Parses the text of a secret from the bytes of a file or variable. A leading UTF-8 byte order mark and one line end
/// are removed; everything else stays.
///
/// ```
/// use gatelet_transport::{SecretTextError, parse_secret_text};
///
/// assert_eq!(parse_secret_text(b"\xef\xbb\xbfsecret\r\n"), Ok("secret"));
/// assert_eq!(parse_secret_text(b"\xff\xfes\0e\0"), Err(SecretTextError::Utf16Le));
/// ```
///
/// # Errors
///
/// If the bytes are empty or not UTF-8; the error names the encoding if it is known.
pub fn parse_secret_text(bytes: &[u8]) -> Result<&str, SecretTextError> {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    if let Some(error) = foreign(bytes) {
        return Err(error);
    }
    let text = std::str::from_utf8(bytes).map_err(|_| SecretTextError::NotUtf8)?;
    let text = text
        .strip_suffix("\r\n")
        .or_else(|| text.strip_suffix('\n'))
        .unwrap_or(text);
    match text {
        "" => Err(SecretTextError::Empty),
        text => Ok(text),
    }
}

/// Returns the encoding if it is certainly not UTF-8. Secrets are ASCII, so zero bytes reveal it.
fn foreign(bytes: &[u8]) -> Option<SecretTextError> {
    use SecretTextError::{Nul, Utf16Be, Utf16Le, Utf32};
    match bytes {
        [0xff, 0xfe, 0, 0, ..] | [0, 0, 0xfe, 0xff, ..] => return Some(Utf32),
        [0xff, 0xfe, ..] => return Some(Utf16Le),
        [0xfe, 0xff, ..] => return Some(Utf16Be),
        _ => {}
    }
    let zeros = |parity: usize| {
        let mut half = bytes.iter().skip(parity).step_by(2);
        (half.clone().next().is_some(), half.all(|byte| *byte == 0))
    };
    match (zeros(0), zeros(1)) {
        _ if !bytes.contains(&0) => None,
        ((true, false), (true, true)) if !bytes.windows(2).any(|pair| pair == [0, 0]) => {
            Some(Utf16Le)
        }
        ((true, true), (true, false)) if !bytes.windows(2).any(|pair| pair == [0, 0]) => {
            Some(Utf16Be)
        }
        _ if bytes.len() >= 4 && bytes.windows(3).any(|three| three == [0; 3]) => Some(Utf32),
        _ => Some(Nul),
    }
}

impl fmt::Display for SecretTextError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let encoding = match self {
            Self::Empty => return f.write_str("it is empty"),
            Self::Nul => {
                return f.write_str("it contains a NUL byte, so it is not the text of a secret");
            }
            Self::NotUtf8 => return f.write_str("it is not UTF-8: save it as UTF-8"),
            Self::Utf16Le => "UTF-16LE",
            Self::Utf16Be => "UTF-16BE",
            Self::Utf32 => "UTF-32",
        };
        write!(f, "it is in {encoding}: save it as UTF-8")
    }
}

impl std::error::Error for SecretTextError {}

#[cfg(test)]
mod tests {
    use super::SecretTextError::{Empty, NotUtf8, Nul, Utf16Be, Utf16Le, Utf32};
    use super::parse_secret_text;

    // U53
    #[test]
    fn a_byte_order_mark_and_one_line_end_are_removed() {
        for bytes in [
            &b"secret"[..],
            b"secret\n",
            b"secret\r\n",
            b"\xef\xbb\xbfsecret",
            b"\xef\xbb\xbfsecret\r\n",
        ] {
            assert_eq!(parse_secret_text(bytes), Ok("secret"));
        }
        assert_eq!(parse_secret_text(b"secret\n\n"), Ok("secret\n"));
        assert_eq!(parse_secret_text(b" secret "), Ok(" secret "));
        assert_eq!(parse_secret_text(b"secret\r"), Ok("secret\r"));
    }

    // U53
    #[test]
    fn another_encoding_is_named() {
        let utf16 = |to_bytes: fn(u16) -> [u8; 2], text: &str| -> Vec<u8> {
            text.encode_utf16().flat_map(to_bytes).collect()
        };
        for text in [
            "\u{feff}dt0c01.A\r\n",
            "dt0c01.A\r\n",
            "dt0c01.A",
            "\u{feff}",
            "d",
        ] {
            let (little, big) = (utf16(u16::to_le_bytes, text), utf16(u16::to_be_bytes, text));
            assert_eq!(parse_secret_text(&little), Err(Utf16Le), "{text:?}");
            assert_eq!(parse_secret_text(&big), Err(Utf16Be), "{text:?}");
        }
        for text in ["\u{feff}dt0c01", "dt0c01"] {
            let wide = |to_bytes: fn(u32) -> [u8; 4]| -> Vec<u8> {
                text.chars().map(u32::from).flat_map(to_bytes).collect()
            };
            assert_eq!(parse_secret_text(&wide(u32::to_le_bytes)), Err(Utf32));
            assert_eq!(parse_secret_text(&wide(u32::to_be_bytes)), Err(Utf32));
        }
        assert_eq!(parse_secret_text(b"a\0bc"), Err(Nul));
        assert_eq!(parse_secret_text(b"caf\xe9"), Err(NotUtf8));
        for empty in [
            &b""[..],
            b"\n",
            b"\r\n",
            b"\xef\xbb\xbf",
            b"\xef\xbb\xbf\r\n",
        ] {
            assert_eq!(parse_secret_text(empty), Err(Empty));
        }
        assert!(Utf16Le.to_string().contains("UTF-16LE"));
    }
}
