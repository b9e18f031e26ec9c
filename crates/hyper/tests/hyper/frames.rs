//! HTTP/2 frames of a server (RFC 9113 sections 4 and 6), with fields as literals (RFC 7541 section 6.2.2).

pub(crate) const DATA: u8 = 0;
pub(crate) const HEADERS: u8 = 1;
#[cfg(feature = "_tls")]
pub(crate) const RST_STREAM: u8 = 3;
pub(crate) const SETTINGS: u8 = 4;
pub(crate) const WINDOW_UPDATE: u8 = 8;
pub(crate) const CONTINUATION: u8 = 9;

pub(crate) const END_STREAM: u8 = 1;
pub(crate) const END_HEADERS: u8 = 4;

/// The length of what a client sends before its first frame.
pub(crate) const PREFACE: usize = 24;

pub(crate) fn frame(kind: u8, flags: u8, stream: u32, payload: &[u8]) -> Vec<u8> {
    let [_, length @ ..] = u32::try_from(payload.len()).unwrap().to_be_bytes();
    [&length, &[kind, flags][..], &stream.to_be_bytes(), payload].concat()
}

/// Returns status and fields in as many frames as needed.
pub(crate) fn head(status: u16, fields: &[(&str, String)], ends: bool, stream: u32) -> Vec<u8> {
    const MOST: usize = 16 * 1024;

    let mut block = literal(":status", &status.to_string());
    for (name, value) in fields {
        block.extend(literal(name, value));
    }
    let pieces: Vec<_> = block.chunks(MOST).collect();
    let mut frames = Vec::new();
    for (index, piece) in pieces.iter().enumerate() {
        let kind = if index == 0 { HEADERS } else { CONTINUATION };
        let ends_stream = if ends && index == 0 { END_STREAM } else { 0 };
        let is_last = index + 1 == pieces.len();
        let ends_head = if is_last { END_HEADERS } else { 0 };
        frames.extend(frame(kind, ends_stream | ends_head, stream, piece));
    }
    frames
}

/// Returns a field that needs no table.
pub(crate) fn literal(name: &str, value: &str) -> Vec<u8> {
    let mut field = vec![0];
    for text in [name, value] {
        length(text.len(), &mut field);
        field.extend(text.as_bytes());
    }
    field
}

/// Appends the length of a text without Huffman coding: an integer with a seven-bit prefix.
fn length(mut length: usize, field: &mut Vec<u8>) {
    const FULL: usize = 0x7f;

    if length < FULL {
        return field.push(length as u8);
    }
    field.push(FULL as u8);
    length -= FULL;
    while length >= 0x80 {
        field.push(length as u8 | 0x80);
        length >>= 7;
    }
    field.push(length as u8);
}
