//! Reads a page with `alloc` alone; any JSON reader that speaks serde will do.

use alloc::string::String;
use alloc::vec::Vec;

use gatelet_models::dt::{ActiveGateTokenId, ActiveGateTokenList};

/// The tokens of a page that were never used, and the cursor of the next page.
///
/// # Errors
///
/// A text that is no such page.
pub fn never_used(
    page: &str,
) -> Result<(Vec<ActiveGateTokenId>, Option<String>), serde_json::Error> {
    let page: ActiveGateTokenList = serde_json::from_str(page)?;
    let tokens = page.active_gate_tokens.into_iter().flatten();
    let unused = tokens.filter(|token| token.last_used_date.is_none());
    Ok((unused.map(|token| token.id).collect(), page.next_page_key))
}
