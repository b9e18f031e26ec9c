//! The ways in which lists page.

/// How further pages of a list are requested.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Paging {
    /// The response's `Link` header contains the URL of the next page.
    Link {
        /// The query parameter for the number of items on a page.
        page_size: &'static str,
        /// The query parameter that says where the page begins.
        page_token: &'static str,
    },
    /// The response's body contains a cursor, which must be sent without any other parameter.
    Cursor {
        /// The query parameter for the number of items on a page.
        page_size: &'static str,
        /// The query parameter for the cursor.
        page_token: &'static str,
        /// The member of the body with the cursor of the next page.
        next: &'static str,
    },
}
