//! Text for people out of a description.

use super::markdown::Markdown;

/// Sentences that a description gives: plain text with `code` between backticks, and addresses.
///
/// It is no Markdown, no JSON and no Rust: whoever writes it down says for which of them, so that none of its characters
/// means anything there that the description did not.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Prose(String);

impl Prose {
    /// The text as it stands in a description.
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
