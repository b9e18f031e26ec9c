//! The totals of a number of schedules.

use std::fmt;
use std::ops::AddAssign;

/// The totals of a number of schedules.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Counts {
    /// Schedules that neither lost nor repeated an item.
    pub schedules: u64,
    /// Items that were returned, each once.
    pub items: u64,
    /// Pages of the servers, empty ones included.
    pub pages: u64,
    /// Empty pages of the servers.
    pub empty_pages: u64,
    /// Requests that reached a server.
    pub requests: u64,
    /// Requests that the servers disrupted.
    pub disrupted: u64,
    /// Pages with an invalid link to the next one.
    pub bad_links: u64,
    /// Lists that ended with an error and were resumed.
    pub errors: u64,
    /// Waits for a page or item that were dropped and repeated.
    pub dropped_waits: u64,
    /// Lists that were dropped and resumed.
    pub dropped_lists: u64,
    /// Schedules whose limit was less than the whole list.
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
