//! Texts of a description.

use super::markdown::Markdown;

/// Sentences of a description: plain text with `code` between backticks, and URLs.
///
/// It is converted for each output format (Markdown, JSON, Rust), so that none of its characters has a special meaning there.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Prose(String);

impl Prose {
    /// Returns the text as it stands in a description.
    pub(crate) fn new(text: &str) -> Self {
        Self(text.trim().into())
    }

    /// As it is written, for JSON and for literals of Rust, which escape what they must.
    pub(crate) fn plain(&self) -> &str {
        &self.0
    }

    /// Like [`plain`](Self::plain), with a full stop at the end.
    pub(crate) fn plain_sentence(&self) -> String {
        if self.0.ends_with(['.', '!', '?']) {
            self.0.clone()
        } else {
            format!("{}.", self.0)
        }
    }

    /// For a doc comment or a page.
    pub(crate) fn markdown(&self) -> Markdown {
        Markdown::escaped(&self.0)
    }

    /// Like [`markdown`](Self::markdown), with a full stop at the end.
    pub(crate) fn sentence(&self) -> Markdown {
        Markdown::escaped(&self.plain_sentence())
    }
}
