//! Limits on JSON that no description knows.

/// How much of what nobody knows is kept.
#[derive(Debug)]
pub(crate) struct Limits {
    /// How many arrays and objects may still stand in each other.
    depth: usize,
    /// How many bytes of names and values may still come, counted as JSON without spaces.
    bytes: usize,
    /// Whether there was more than may be kept.
    pub(super) is_exceeded: bool,
    /// Whether a text was no Unicode: with half of a character in an escape.
    pub(super) is_malformed: bool,
}

impl Limits {
    pub(crate) const fn new(depth: usize, bytes: usize) -> Self {
        Self {
            depth,
            bytes,
            is_exceeded: false,
            is_malformed: false,
        }
    }

    pub(crate) const fn is_exceeded(&self) -> bool {
        self.is_exceeded
    }

    pub(crate) const fn is_malformed(&self) -> bool {
        self.is_malformed
    }

    /// Whether that many bytes more may be kept.
    fn take(&mut self, bytes: usize) -> bool {
        match self.bytes.checked_sub(bytes) {
            Some(left) if !self.is_exceeded => {
                self.bytes = left;
                true
            }
            _ => {
                self.is_exceeded = true;
                false
            }
        }
    }

    /// Whether a text may be kept, with its quotes and the comma or colon behind it.
    pub(crate) fn take_text(&mut self, text: &str) -> bool {
        self.take(text.len().saturating_add(3))
    }

    /// Whether a number or a word may be kept, with the comma behind it.
    pub(super) fn take_word(&mut self, length: usize) -> bool {
        self.take(length.saturating_add(1))
    }

    /// Whether an array or an object may begin; [`close`](Self::close) ends it.
    pub(super) fn open(&mut self) -> bool {
        match self.depth.checked_sub(1) {
            Some(depth) => {
                self.depth = depth;
                self.take(3)
            }
            None => {
                self.is_exceeded = true;
                false
            }
        }
    }

    pub(super) fn close(&mut self) {
        self.depth = self.depth.saturating_add(1);
    }
}
