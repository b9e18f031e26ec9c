//! Lists: every page after the other, until the end or the wanted number of items.

use std::num::{IntErrorKind, ParseIntError};
use std::str::FromStr;

use gatelet_transport::PageToken;

/// The options of every list.
#[derive(Debug, clap::Args)]
pub(crate) struct Paging {
    /// Items a page; the server's own choice if left out
    #[arg(long, value_name = "N", allow_negative_numbers = true, value_parser = count::<u32>)]
    pub(crate) page_size: Option<u32>,

    /// Begin at this page instead of the first
    #[arg(long, value_name = "TOKEN")]
    pub(crate) page_token: Option<PageToken>,

    /// Stop after this many items
    #[arg(long, value_name = "N", allow_negative_numbers = true, value_parser = count::<u64>)]
    pub(crate) limit: Option<u64>,
}

/// Reads a number of items.
fn count<T>(text: &str) -> Result<T, &'static str>
where
    T: FromStr<Err = ParseIntError> + PartialOrd + From<u8>,
{
    match text.parse() {
        Ok(number) if number > T::from(0) => Ok(number),
        Err(error) if *error.kind() == IntErrorKind::PosOverflow => Err("the number is too large"),
        _ => Err("a whole number above 0 is wanted"),
    }
}
