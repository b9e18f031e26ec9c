//! Limits on the JSON of unknown members.

/// Limits on the size and depth of the values that are kept.
#[derive(Debug)]
pub(crate) struct Limits {
    /// The nesting that is left.
    depth: usize,
    /// The bytes of names and values that are left, counted as JSON without spaces.
    bytes: usize,
    /// Whether a limit was exceeded.
    pub(super) is_exceeded: bool,
    /// Whether a string was not Unicode: it contained an escape of half a surrogate pair.
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

    /// Takes bytes from the limit; returns whether they may be kept.
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

    /// Takes a string with its quotes and the comma or colon after it.
    pub(crate) fn take_text(&mut self, text: &str) -> bool {
        self.take(text.len().saturating_add(3))
    }

    /// Takes a number or a literal with the comma after it.
    pub(super) fn take_word(&mut self, length: usize) -> bool {
        self.take(length.saturating_add(1))
    }

    /// Begins an array or object; returns whether it may be kept. [`close`](Self::close) ends it.
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

    /// Ends an array or object.
    pub(super) fn close(&mut self) {
        self.depth = self.depth.saturating_add(1);
    }
}
