//! The server's cursors as page tokens, and back.

use std::borrow::Cow;

use gatelet_transport::{Error, NextPageError, PageToken, PaginationFailure};

/// What begins a token that holds a cursor percent-encoded, as a query does.
const ENCODED: &str = "nextPageKey=";

/// The token of the cursor that a page at `position` gives; `None` for an empty cursor, which stands on a last page.
///
/// A token is printable ASCII, so a cursor of anything else is percent-encoded in it. So is one that looks as if it were.
pub(crate) fn token(
    cursor: &str,
    position: Option<&PageToken>,
) -> Result<Option<PageToken>, NextPageError> {
    if cursor.is_empty() {
        return Ok(None);
    }
    let unreadable =
        |problem| Err(NextPageError::new(PaginationFailure::Unreadable).with_detail(problem));
    if cursor.len() > PageToken::CURSOR_LIMIT {
        return unreadable("its cursor is longer than 16 KiB");
    }
    if position.is_some_and(|here| meaning(here) == cursor) {
        return Err(NextPageError::new(PaginationFailure::Loop));
    }
    let is_printable = cursor.bytes().all(|byte| matches!(byte, b' '..=b'~'));
    let text = if is_printable && !cursor.starts_with(ENCODED) {
        cursor.to_owned()
    } else {
        let encoded: String = form_urlencoded::byte_serialize(cursor.as_bytes()).collect();
        format!("{ENCODED}{encoded}")
    };
    match PageToken::new(text) {
        Ok(token) => Ok(Some(token)),
        Err(_) => unreadable("its cursor makes no page token"),
    }
}

/// The cursor that a token stands for, or its text where it stands for none.
pub(crate) fn meaning(token: &PageToken) -> Cow<'_, str> {
    of(token).unwrap_or(Cow::Borrowed(token.as_str()))
}

/// The cursor that a token stands for.
pub(crate) fn of(token: &PageToken) -> Result<Cow<'_, str>, Error> {
    let refused = |problem: &str| Err(Error::invalid_input("page_token", problem));
    let text = token.as_str();
    let cursor = if text.starts_with(ENCODED) {
        let mut pairs = form_urlencoded::parse(text.as_bytes());
        match (pairs.next(), pairs.next()) {
            (Some((_, cursor)), None) if !cursor.is_empty() => cursor,
            _ => return refused("is a query of more than a cursor"),
        }
    } else {
        Cow::Borrowed(text)
    };
    if cursor.len() > PageToken::CURSOR_LIMIT {
        return refused("is longer than 16 KiB");
    }
    Ok(cursor)
}

#[cfg(test)]
mod tests {
    use gatelet_transport::ErrorKind;

    use super::*;

    // D3
    #[test]
    fn every_cursor_survives_as_a_token_of_printable_ascii() {
        for cursor in [
            "a",
            "k1==",
            "+ / = _ - & % # ? %2B",
            "é 日",
            "a\nb",
            "nextPageKey=a",
            "\u{0}",
            "%é",
        ] {
            let made = token(cursor, None).unwrap().unwrap();
            let read: PageToken = made.to_string().parse().unwrap();
            assert_eq!(of(&read).unwrap(), cursor);
            assert_eq!(
                made.as_str() == cursor,
                !cursor.starts_with("next") && cursor.bytes().all(|b| matches!(b, b' '..=b'~'))
            );
        }
    }

    // U62
    #[test]
    fn a_cursor_may_have_16_kib_however_it_is_encoded() {
        const LIMIT: usize = PageToken::CURSOR_LIMIT;
        for part in ["x", "é", "\n"] {
            let cursor = part.repeat(LIMIT / part.len());
            let token = token(&cursor, None).unwrap().unwrap();
            assert_eq!(of(&token).unwrap(), cursor);
            let longer = super::token(&(cursor + "x"), None).unwrap_err();
            assert_eq!(longer.failure(), PaginationFailure::Unreadable);
        }
        let error = of(&PageToken::new("x".repeat(LIMIT + 1)).unwrap()).unwrap_err();
        let parameter = "page_token";
        assert_eq!(error.kind(), &ErrorKind::InvalidInput { parameter });
    }

    #[test]
    fn a_query_of_more_than_a_cursor_is_refused() {
        for text in [
            "nextPageKey=",
            "nextPageKey=a&pageSize=7",
            "nextPageKey=a&nextPageKey=b",
        ] {
            let error = of(&PageToken::new(text).unwrap()).unwrap_err();
            assert!(error.to_string().contains("more than a cursor"), "{error}");
        }
    }
}
