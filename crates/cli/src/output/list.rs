//! Prints lists.

use std::io::Write;

use gatelet_transport::Pages;

use crate::error::error::CliError;
use crate::output::output::Output;
use crate::output::record::Record;

/// Writes the items of a list that has no pages.
pub(crate) fn write_items<T: Record>(
    items: Vec<T>,
    output: &mut Output<impl Write>,
) -> Result<(), CliError> {
    let mut list = output.list();
    list.page(items.into_iter())?;
    Ok(list.finish()?)
}

/// Writes the items of all pages, at most `limit`. Items before an error are written in every format, so that continuing
/// as the error line suggests neither skips nor repeats an item.
pub(crate) async fn write_pages<T: Record>(
    pages: Pages<T>,
    limit: Option<u64>,
    output: &mut Output<impl Write>,
) -> Result<(), CliError> {
    let max = limit.unwrap_or(u64::MAX);
    let mut pages = pages.limit(max);
    let mut remaining = usize::try_from(max).unwrap_or(usize::MAX);
    let mut list = output.list();
    let result = loop {
        match pages.try_next().await {
            Ok(Some(page)) => {
                let items = page.items.into_iter().take(remaining);
                remaining -= items.len();
                list.page(items)?;
            }
            Ok(None) => break Ok(()),
            Err(error) => break Err(error),
        }
    };
    if result.is_ok() || !list.is_empty() {
        list.finish()?;
    }
    result.map_err(|error| CliError::from_list_error(&error, limit.map(|_| remaining)))
}
