//! A consumer of a list, by page or by item, slow or fast, that may drop waits and lists.

use std::pin::pin;
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use asa_client::models::Gateway;
use dt_client::models::ActiveGateToken;
use gatelet_transport::testing::ManualClock;
use gatelet_transport::{Error, ErrorKind, Items, Page, PageToken, Pages};

use super::counts::Counts;
use super::server::Server;

/// The most lists that one consumer drops.
const MAX_DROPPED_LISTS: u64 = 8;

/// How a consumer behaves.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Habits {
    pub(crate) drops_waits: bool,
    pub(crate) drops_lists: bool,
    /// Whether it sometimes takes longer than the timeout of a call.
    pub(crate) is_slow: bool,
}

pub(crate) struct Consumer<'a> {
    pub(crate) habits: Habits,
    /// The most items that it asks for.
    pub(crate) limit: u64,
    pub(crate) rng: fastrand::Rng,
    pub(crate) clock: &'a ManualClock,
    pub(crate) server: &'a Server,
    pub(crate) counts: Counts,
}

/// The result of one step of a list.
enum Step {
    Got(Vec<u32>),
    End,
    Failed(Error),
    /// The list is to be dropped while a page is pending.
    Dropped,
}

impl Consumer<'_> {
    /// Lists to the end, resuming as often as necessary, and returns the numbers of the items.
    pub(crate) fn list<L: AnyList>(
        &mut self,
        open: impl Fn(Option<PageToken>, u64) -> Result<L, Error>,
    ) -> Result<Vec<u32>, String> {
        let limit = self.limit;
        let reopen = |token: &Option<PageToken>, before: usize| {
            // Converted to text and back, as if in another process.
            let token = token.as_ref().map(PageToken::to_string);
            let token = token.and_then(|text| text.parse().ok());
            let left = limit.saturating_sub(before as u64);
            open(token, left).map_err(|error| error.to_string())
        };
        let mut seen = Vec::new();
        // Where to resume, and how many items after that were already taken: in this list, and in earlier ones.
        let (mut start, mut taken, mut skip) = (None, 0, 0);
        let mut list = reopen(&start, 0)?;
        loop {
            let before = list.page_token().cloned();
            match self.step(&mut list) {
                Step::Got(numbers) => {
                    let after = list.page_token().cloned();
                    if after != before {
                        (start, taken) = (before, 0);
                    }
                    for number in numbers {
                        taken += 1;
                        if skip > 0 {
                            skip -= 1;
                        } else {
                            seen.push(number);
                        }
                    }
                    if L::BY_PAGE && skip == 0 && after.is_some() {
                        (start, taken) = (after, 0);
                    }
                    self.work();
                    if !self.choose_to_drop_list() {
                        continue;
                    }
                }
                Step::End => return Ok(seen),
                Step::Failed(error) => {
                    self.counts.errors += 1;
                    let token = error.resume_token().cloned();
                    if L::BY_PAGE && token != before {
                        return Err(format!(
                            "resumes at {token:?} instead of {before:?}: {error}"
                        ));
                    }
                    if !matches!(self.step(&mut list), Step::End) {
                        return Err(format!("the list continues after {error}"));
                    }
                    if let ErrorKind::Pagination(_) = error.kind() {
                        self.check_bad_link(&seen, &error)?;
                    } else {
                        (start, taken) = (token, 0);
                    }
                }
                Step::Dropped => {}
            }
            (skip, taken) = (skip + taken, 0);
            list = reopen(&start, seen.len() - skip)?;
        }
    }

    /// Checks that the whole page with the bad link was returned.
    fn check_bad_link(&self, seen: &[u32], error: &Error) -> Result<(), String> {
        let end = self.server.log().items_up_to_bad_link;
        if end == Some(seen.len() as u32) {
            return Ok(());
        }
        Err(format!(
            "a bad link after {end:?} items, but returned were {seen:?}: {error}"
        ))
    }

    /// Waits for the next page or item, unless it chooses to drop the wait or the list.
    fn step<L: AnyList>(&mut self, list: &mut L) -> Step {
        let mut context = Context::from_waker(Waker::noop());
        loop {
            let mut wait = pin!(list.next());
            while !self.choose_to_drop_wait() {
                match wait.as_mut().poll(&mut context) {
                    Poll::Ready(Ok(Some(numbers))) => return Step::Got(numbers),
                    Poll::Ready(Ok(None)) => return Step::End,
                    Poll::Ready(Err(error)) => return Step::Failed(error),
                    Poll::Pending => self.pass_time(),
                }
                if self.choose_to_drop_list() {
                    return Step::Dropped;
                }
            }
        }
    }

    /// Decides at random whether to drop the wait, and counts it.
    fn choose_to_drop_wait(&mut self) -> bool {
        let drops = self.habits.drops_waits && self.rng.u8(..4) == 0;
        self.counts.dropped_waits += u64::from(drops);
        drops
    }

    /// Decides at random whether to drop the list, and counts it.
    fn choose_to_drop_list(&mut self) -> bool {
        let drops = self.habits.drops_lists
            && self.counts.dropped_lists < MAX_DROPPED_LISTS
            && self.rng.u8(..8) == 0;
        self.counts.dropped_lists += u64::from(drops);
        drops
    }

    /// Advances the clock between two polls.
    fn pass_time(&mut self) {
        let seconds = match (self.habits.is_slow, self.rng.u8(..)) {
            (true, 0..8) => 31,
            (true, 8..12) => 100,
            (_, 12..128) => 20,
            _ => 0,
        };
        self.clock
            .advance(Duration::from_secs(seconds) + Duration::from_millis(1));
    }

    /// Advances the clock between two pages or items.
    fn work(&mut self) {
        if self.habits.is_slow {
            let seconds = match self.rng.u8(..) {
                0..8 => 13 * 60 * 60,
                8..64 => 100,
                64..128 => 31,
                _ => 0,
            };
            self.clock.advance(Duration::from_secs(seconds));
        }
    }
}

/// A list by page or by item.
pub(crate) trait AnyList {
    const BY_PAGE: bool;

    /// Returns the numbers of the next page, or of the next item alone.
    async fn next(&mut self) -> Result<Option<Vec<u32>>, Error>;
    fn page_token(&self) -> Option<&PageToken>;
}

impl<T: Numbered> AnyList for Pages<T> {
    const BY_PAGE: bool = true;

    async fn next(&mut self) -> Result<Option<Vec<u32>>, Error> {
        let page = self.try_next().await?;
        Ok(page.map(|page: Page<T>| page.items.iter().map(T::number).collect()))
    }

    fn page_token(&self) -> Option<&PageToken> {
        self.page_token()
    }
}

impl<T: Numbered> AnyList for Items<T> {
    const BY_PAGE: bool = false;

    async fn next(&mut self) -> Result<Option<Vec<u32>>, Error> {
        Ok(self.try_next().await?.map(|item| vec![item.number()]))
    }

    fn page_token(&self) -> Option<&PageToken> {
        self.page_token()
    }
}

/// An item whose name is its number.
pub(crate) trait Numbered {
    fn number(&self) -> u32;
}

impl Numbered for Gateway {
    fn number(&self) -> u32 {
        self.name.parse().unwrap_or(u32::MAX)
    }
}

impl Numbered for ActiveGateToken {
    fn number(&self) -> u32 {
        let name = self.name.as_deref().unwrap_or_default();
        name.parse().unwrap_or(u32::MAX)
    }
}
