//! Lists: every page after the other, until the end or the wanted number of items.

use std::io::Write;
use std::num::{IntErrorKind, ParseIntError};
use std::str::FromStr;

use gatelet_transport::{PageToken, Pages};

use crate::error::CliError;
use crate::output::Output;
use crate::record::Record;

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

/// Writes all items of all pages, at most `limit`. What came before an error is written in every format, so that its hint
/// where to go on neither skips nor repeats an item.
pub(crate) async fn write_pages<T: Record>(
    pages: Pages<T>,
    limit: Option<u64>,
    output: &mut Output<impl Write>,
) -> Result<(), CliError> {
    let most = limit.unwrap_or(u64::MAX);
    let mut pages = pages.limit(most);
    let mut left = usize::try_from(most).unwrap_or(usize::MAX);
    let mut list = output.list();
    let end = loop {
        match pages.try_next().await {
            Ok(Some(page)) => {
                let items = page.items.into_iter().take(left);
                left -= items.len();
                list.page(items)?;
            }
            Ok(None) => break Ok(()),
            Err(error) => break Err(error),
        }
    };
    if end.is_ok() || !list.is_empty() {
        list.finish()?;
    }
    end.map_err(|error| CliError::from_list_error(&error, limit.map(|_| left)))
}
