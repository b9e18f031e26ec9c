//! What happened in a number of schedules.

use std::fmt;
use std::ops::AddAssign;

/// What happened in a number of schedules.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Counts {
    /// Schedules that lost and repeated nothing.
    pub schedules: u64,
    /// Items that were handed out, each once.
    pub items: u64,
    /// Pages that the servers had, the empty ones among them.
    pub pages: u64,
    /// Empty pages that the servers had.
    pub empty_pages: u64,
    /// Requests that reached a server.
    pub requests: u64,
    /// Requests that were answered with a fault.
    pub disrupted: u64,
    /// Pages whose link to the next one could not be followed.
    pub bad_links: u64,
    /// Lists that ended with an error and were resumed.
    pub errors: u64,
    /// Waits for a page or item that were dropped and begun again.
    pub dropped_waits: u64,
    /// Lists that were dropped and resumed.
    pub dropped_lists: u64,
    /// Schedules in which less was wanted than there was.
    pub limited: u64,
}

impl AddAssign for Counts {
    fn add_assign(&mut self, other: Self) {
        self.schedules += other.schedules;
        self.items += other.items;
        self.pages += other.pages;
        self.empty_pages += other.empty_pages;
        self.requests += other.requests;
        self.disrupted += other.disrupted;
        self.bad_links += other.bad_links;
        self.errors += other.errors;
        self.dropped_waits += other.dropped_waits;
        self.dropped_lists += other.dropped_lists;
        self.limited += other.limited;
    }
}

impl fmt::Display for Counts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{} schedules ({} with a limit), {} items on {} pages ({} empty), {} requests ({} disrupted, \
             {} bad links), {} errors, {} dropped waits, {} dropped lists",
            self.schedules,
            self.limited,
            self.items,
            self.pages,
            self.empty_pages,
            self.requests,
            self.disrupted,
            self.bad_links,
            self.errors,
            self.dropped_waits,
            self.dropped_lists
        )
    }
}
