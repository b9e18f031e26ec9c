//! Prints lists.

use std::io::Write;
use std::pin::pin;

use gatelet_transport::Pages;

use crate::error::error::{CliError, continuation};
use crate::output::output::Output;
use crate::output::progress_line::ProgressLine;
use crate::output::record::Record;
use crate::signal;

/// Writes the items of a list that has no pages.
pub(crate) fn write_items<T: Record>(
    items: Vec<T>,
    output: &mut Output<impl Write>,
) -> Result<(), CliError> {
    let mut list = output.list()?;
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
    let progress = output.progress().clone();
    let caught = signal::caught().map_err(CliError::start)?;
    let mut caught = pin!(caught);
    let mut progress_line = ProgressLine::new(output.has_progress_line(), limit);
    let mut has_begun = false;
    let mut list = output.list()?;
    let error = loop {
        let next = tokio::select! {
            next = pages.try_next() => next,
            signal = &mut caught => {
                let error = CliError::new(signal.into(), signal);
                let begun = pages.page_token().filter(|_| has_begun);
                break Some(match begun {
                    Some(token) => error.continued_at(token, limit.map(|_| remaining)),
                    None => error,
                });
            }
        };
        match next {
            Ok(Some(page)) => {
                let items = page.items.into_iter().take(remaining);
                remaining -= items.len();
                progress_line.count(items.len());
                list.page(items)?;
                has_begun = true;
                progress_line.show(page.total_count);
                // What is sorted is printed at the end, also after a signal.
                if let Some(token) = pages.page_token() {
                    progress.set(continuation(token, limit.map(|_| remaining)));
                }
            }
            Ok(None) => break None,
            Err(error) => {
                let remaining = limit.map(|_| remaining);
                break Some(CliError::from_list_error(&error, remaining));
            }
        }
    };
    drop(progress_line);
    if error.is_none() || !list.is_empty() {
        list.finish()?;
    }
    let missing = pages.missing();
    if error.is_none() && remaining > 0 && missing > 0 {
        let noun = if missing == 1 { "item" } else { "items" };
        let warning = format!("warning: the list ended {missing} {noun} before its total count");
        output.log().print(warning);
    }
    error.map_or(Ok(()), Err)
}
