//! The options of list commands.

use std::num::{IntErrorKind, ParseIntError};
use std::str::FromStr;

use gatelet_transport::PageToken;

/// The options of every list command.
#[derive(Debug, clap::Args)]
pub(crate) struct Paging {
    /// Items per page [default: chosen by the server]
    #[arg(long, value_name = "N", allow_negative_numbers = true, value_parser = count::<u32>)]
    pub(crate) page_size: Option<u32>,

    /// Start at this page instead of the first
    #[arg(long, value_name = "TOKEN")]
    pub(crate) page_token: Option<PageToken>,

    /// Stop after this many items
    #[arg(long, value_name = "N", allow_negative_numbers = true, value_parser = count::<u64>)]
    pub(crate) limit: Option<u64>,
}

/// Parses a positive number of items.
fn count<T>(text: &str) -> Result<T, &'static str>
where
    T: FromStr<Err = ParseIntError> + PartialOrd + From<u8>,
{
    match text.parse() {
        Ok(number) if number > T::from(0) => Ok(number),
        Err(error) if *error.kind() == IntErrorKind::PosOverflow => Err("number too large"),
        _ => Err("must be a whole number above 0"),
    }
}
