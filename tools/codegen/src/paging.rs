//! Reads how a list continues.

use super::diagnostics::Diagnostics;
use super::ir::{Paging, PagingStyle};
use super::reader::Reader;
use super::yaml::Node;

/// Reads `x-paging`.
pub(crate) fn paging(node: &Node, diagnostics: &mut Diagnostics) -> Option<Paging> {
    let mut reader = Reader::new(node, "`x-paging`", diagnostics)?;
    let style = match reader.need_text("style", diagnostics).as_str() {
        "link" => PagingStyle::Link,
        "cursor" => PagingStyle::Cursor,
        other => {
            diagnostics.add(
                node.at,
                format!("unknown paging style `{other}`"),
                "use link or cursor",
            );
            return None;
        }
    };
    let paging = Paging {
        style,
        page_size: reader.need_text("page-size", diagnostics),
        page_token: reader.need_text("page-token", diagnostics),
        next: reader.text("next", diagnostics).map(Into::into),
        backwards: reader.text("backwards", diagnostics).map(Into::into),
        total_count: reader.text("total-count", diagnostics).map(Into::into),
        at: node.at,
    };
    reader.finish(diagnostics);
    Some(paging)
}
