//! Prints lists.

use std::io::Write;
use std::pin::pin;

use gatelet_transport::Pages;

use crate::error::error::{CliError, Rest, continuation};
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
    let pages = pages.limit(limit.unwrap_or(u64::MAX));
    write_rows(pages, limit, output, async |items| items).await
}

/// Writes those items of all pages that are kept, at most `limit` of them, as [`write_pages`] does.
pub(crate) async fn write_kept<T: Record>(
    pages: Pages<T>,
    limit: Option<u64>,
    output: &mut Output<impl Write>,
    keeps: impl Fn(&T) -> bool,
) -> Result<(), CliError> {
    // The page after the last one that is needed is not requested.
    let pages = pages.prefetch(limit.is_none());
    let kept = async |items: Vec<T>| items.into_iter().filter(&keeps).collect();
    write_rows(pages, limit, output, kept).await
}

/// Writes the rows that are made of the items of each page, at most `limit`, as [`write_pages`] does.
pub(crate) async fn write_rows<T, R: Record>(
    mut pages: Pages<T>,
    limit: Option<u64>,
    output: &mut Output<impl Write>,
    make_rows: impl AsyncFn(Vec<T>) -> Vec<R>,
) -> Result<(), CliError> {
    let max = limit.unwrap_or(u64::MAX);
    let mut remaining = usize::try_from(max).unwrap_or(usize::MAX);
    let progress = output.progress().clone();
    let caught = signal::caught().map_err(CliError::start)?;
    let mut caught = pin!(caught);
    let mut progress_line = ProgressLine::new(output.has_progress_line(), limit);
    let mut has_begun = false;
    let profile = output.profile().map(str::to_owned);
    let rest = |remaining| Rest {
        limit: limit.map(|_| remaining),
        profile: profile.as_deref(),
    };
    let mut list = output.list()?;
    let error = loop {
        if remaining == 0 {
            break None;
        }
        let here = pages.page_token().cloned();
        let next = async {
            let page = pages.try_next().await?;
            let Some(page) = page else { return Ok(None) };
            let count = page.items.len();
            Ok(Some((make_rows(page.items).await, count, page.total_count)))
        };
        let next = tokio::select! {
            next = next => next,
            signal = &mut caught => {
                let error = CliError::new(signal.into(), signal);
                let begun = here.as_ref().filter(|_| has_begun);
                break Some(match begun {
                    Some(token) => error.continued_at(token, rest(remaining)),
                    None => error,
                });
            }
        };
        match next {
            Ok(Some((rows, count, total_count))) => {
                let rows = rows.into_iter().take(remaining);
                remaining -= rows.len();
                progress_line.count(count);
                list.page(rows)?;
                has_begun = true;
                progress_line.show(total_count);
                // What is sorted is printed at the end, also after a signal.
                if let Some(token) = pages.page_token() {
                    progress.set(continuation(token, rest(remaining)));
                }
            }
            Ok(None) => break None,
            Err(error) => {
                break Some(CliError::from_list_error(&error, rest(remaining)));
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
