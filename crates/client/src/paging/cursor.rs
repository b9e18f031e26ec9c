//! Page tokens that are a cursor from the body of a page.

use std::borrow::Cow;

use gatelet_transport::{Error, NextPageError, PageToken, PaginationFailure};

/// The query parameter for a cursor.
///
/// Page tokens are printable ASCII, so any other cursor is percent-encoded after the parameter's name, as in a query. So is a cursor
/// that looks like an encoded one.
#[derive(Clone, Copy)]
pub(crate) struct CursorParameter(pub(crate) &'static str);

impl CursorParameter {
    /// Returns the token of the cursor that the page at `here` contains.
    pub(crate) fn token(
        self,
        cursor: &str,
        here: Option<&PageToken>,
    ) -> Result<PageToken, NextPageError> {
        let unreadable =
            |problem| Err(NextPageError::new(PaginationFailure::Unreadable).with_detail(problem));
        if cursor.len() > PageToken::CURSOR_LIMIT {
            return unreadable("its cursor is longer than 16 KiB");
        }
        if here.is_some_and(|here| self.key(here) == cursor) {
            return Err(NextPageError::new(PaginationFailure::Loop));
        }
        let is_printable = cursor.bytes().all(|byte| matches!(byte, b' '..=b'~'));
        let text = if is_printable && self.encoded(cursor).is_none() {
            cursor.to_owned()
        } else {
            let encoded: String = form_urlencoded::byte_serialize(cursor.as_bytes()).collect();
            format!("{}={encoded}", self.0)
        };
        match PageToken::new(text) {
            Ok(token) => Ok(token),
            Err(_) => unreadable("its cursor does not fit into a page token"),
        }
    }

    /// Returns the cursor of a token, or its text if it is invalid.
    pub(crate) fn key(self, token: &PageToken) -> Cow<'_, str> {
        self.cursor(token).unwrap_or(Cow::Borrowed(token.as_str()))
    }

    /// Returns the cursor of a token.
    pub(crate) fn cursor(self, token: &PageToken) -> Result<Cow<'_, str>, Error> {
        let refused = |problem: &str| Err(Error::invalid_input("page_token", problem));
        let cursor = match self.encoded(token.as_str()) {
            None => Cow::Borrowed(token.as_str()),
            Some(text) => {
                let mut pairs = form_urlencoded::parse(text.as_bytes());
                match (pairs.next(), pairs.next()) {
                    (Some((_, cursor)), None) if !cursor.is_empty() => cursor,
                    _ => return refused("contains more than a cursor"),
                }
            }
        };
        if cursor.len() > PageToken::CURSOR_LIMIT {
            return refused("is longer than 16 KiB");
        }
        Ok(cursor)
    }

    /// Returns the text if it starts like an encoded cursor.
    fn encoded(self, text: &str) -> Option<&str> {
        let rest = text.strip_prefix(self.0)?;
        rest.starts_with('=').then_some(text)
    }
}

#[cfg(test)]
mod tests {
    use gatelet_transport::ErrorKind;

    use super::*;

    const PARAMETER: CursorParameter = CursorParameter("nextPageKey");

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
            let token = PARAMETER.token(cursor, None).unwrap();
            let read: PageToken = token.to_string().parse().unwrap();
            assert_eq!(PARAMETER.cursor(&read).unwrap(), cursor);
            assert_eq!(
                token.as_str() == cursor,
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
            let token = PARAMETER.token(&cursor, None).unwrap();
            assert_eq!(PARAMETER.cursor(&token).unwrap(), cursor);
            let longer = PARAMETER.token(&(cursor + "x"), None).unwrap_err();
            assert_eq!(longer.failure(), PaginationFailure::Unreadable);
        }
        let token = PageToken::new("x".repeat(LIMIT + 1)).unwrap();
        let error = PARAMETER.cursor(&token).unwrap_err();
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
            let token = PageToken::new(text).unwrap();
            let error = PARAMETER.cursor(&token).unwrap_err();
            assert!(error.to_string().contains("more than a cursor"), "{error}");
        }
    }
}
