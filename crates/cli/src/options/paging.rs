//! The options of list commands.

use std::num::{IntErrorKind, ParseIntError};
use std::str::FromStr;

use gatelet_client::{ListQuery, ListRequest};
use gatelet_transport::PageToken;

/// The options of every list command.
#[derive(Debug, clap::Args)]
pub(crate) struct Paging {
    /// Items per page [default: as many as the API allows and --limit needs, or chosen by the server]
    #[arg(long, value_name = "N", allow_negative_numbers = true, value_parser = count::<u32>)]
    pub(crate) page_size: Option<u32>,

    /// Start at this page instead of the first
    #[arg(long, value_name = "TOKEN")]
    pub(crate) page_token: Option<PageToken>,

    /// Stop after this many items
    #[arg(long, value_name = "N", allow_negative_numbers = true, value_parser = count::<u64>)]
    pub(crate) limit: Option<u64>,
}

impl Paging {
    /// Applies page size, page token and limit to a list request. If not all of its items are shown, the limit, which counts those that
    /// are, is not one of the request.
    pub(crate) fn apply_filtered<T: 'static, Q: ListQuery>(
        self,
        is_filtered: bool,
        list: ListRequest<T, Q>,
    ) -> ListRequest<T, Q> {
        let limit = self.limit.filter(|_| !is_filtered);
        Self { limit, ..self }.apply(list)
    }

    /// Applies page size, page token and limit to a list request.
    pub(crate) fn apply<T: 'static, Q: ListQuery>(
        self,
        list: ListRequest<T, Q>,
    ) -> ListRequest<T, Q> {
        let mut list = list.largest_pages();
        if let Some(limit) = self.limit {
            list = list.limit(limit);
        }
        if let Some(page_size) = self.page_size {
            list = list.page_size(page_size);
        }
        if let Some(page_token) = self.page_token {
            list = list.page_token(page_token);
        }
        list
    }
}

/// Parses a positive number.
pub(crate) fn count<T>(text: &str) -> Result<T, &'static str>
where
    T: FromStr<Err = ParseIntError> + PartialOrd + From<u8>,
{
    match text.parse() {
        Ok(number) if number > T::from(0) => Ok(number),
        Err(error) if *error.kind() == IntErrorKind::PosOverflow => Err("number too large"),
        _ => Err("must be a whole number above 0"),
    }
}
