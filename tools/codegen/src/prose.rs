//! Texts of a description.

use super::markdown::Markdown;

/// Sentences of a description: plain text with `code` between backticks, and URLs.
///
/// It is converted for each output format (Markdown, JSON, Rust), so that none of its characters has a special meaning there.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Prose(String);

impl Prose {
    /// Creates it from the text in a description.
    pub(crate) fn new(text: &str) -> Self {
        Self(text.trim().into())
    }

    /// Returns the text unescaped, for JSON and for Rust literals, which escape it themselves.
    pub(crate) fn plain(&self) -> &str {
        &self.0
    }

    /// Like [`plain`](Self::plain), with a period at the end.
    pub(crate) fn plain_sentence(&self) -> String {
        if self.0.ends_with(['.', '!', '?']) {
            self.0.clone()
        } else {
            format!("{}.", self.0)
        }
    }

    /// Returns it for a doc comment or a page.
    pub(crate) fn markdown(&self) -> Markdown {
        Markdown::escaped(&self.0)
    }

    /// Like [`markdown`](Self::markdown), with a period at the end.
    pub(crate) fn sentence(&self) -> Markdown {
        Markdown::escaped(&self.plain_sentence())
    }
}
