//! One random schedule: a server, its disruptions, and a consumer.

use std::collections::VecDeque;
use std::sync::Arc;

use asa_client::ServiceUser;
use dt_client::ApiToken;
use fastrand::Rng;
use gatelet_transport::testing::ManualClock;
use gatelet_transport::{Error, PageToken};

use super::consumer::{Consumer, Habits};
use super::counts::Counts;
use super::server::{API_TOKEN, BadLink, Disruption, Server, Vendor};

/// Runs the schedule of a seed. The same seed gives the same schedule.
///
/// # Errors
///
/// A description of what was lost, repeated or otherwise wrong.
pub fn run(seed: u64) -> Result<Counts, String> {
    // The jitter of retries is part of the schedule.
    fastrand::seed(seed);
    Schedule::from_seed(seed)
        .run()
        .map_err(|error| format!("seed {seed}: {error}"))
}

struct Schedule {
    vendor: Vendor,
    prefetches: bool,
    by_item: bool,
    sets_page_size: bool,
    /// The most items that the consumer asks for.
    limit: Option<u32>,
    /// Whether nothing is disrupted or dropped, so that each page must be requested exactly once.
    is_calm: bool,
    habits: Habits,
    sizes: Vec<u32>,
    disruptions: Vec<VecDeque<Disruption>>,
    rng: Rng,
}

impl Schedule {
    fn from_seed(seed: u64) -> Self {
        let mut rng = Rng::with_seed(seed);
        let is_calm = rng.u8(..8) == 0;
        let pages = rng.usize(1..=8);
        let sizes: Vec<u32> = (0..pages).map(|_| size(&mut rng)).collect();
        let items: u32 = sizes.iter().sum();
        let habits = Habits {
            drops_waits: !is_calm && rng.bool(),
            drops_lists: !is_calm && rng.bool(),
            is_slow: !is_calm && rng.bool(),
        };
        Self {
            vendor: if rng.bool() {
                Vendor::Asa
            } else {
                Vendor::Dynatrace
            },
            prefetches: rng.bool(),
            by_item: rng.bool(),
            sets_page_size: rng.bool(),
            is_calm,
            habits,
            limit: (rng.u8(..3) == 0).then(|| rng.u32(1..=items + 2)),
            sizes,
            disruptions: (0..pages)
                .map(|_| {
                    if is_calm {
                        VecDeque::new()
                    } else {
                        disruptions(&mut rng)
                    }
                })
                .collect(),
            rng,
        }
    }

    fn run(mut self) -> Result<Counts, String> {
        let clock = ManualClock::new();
        let (sizes, disruptions) = (self.sizes.clone(), std::mem::take(&mut self.disruptions));
        let server = Arc::new(Server::new(
            self.vendor,
            sizes,
            disruptions,
            self.rng.u64(..),
        ));
        let mut consumer = Consumer {
            habits: self.habits,
            limit: self.limit.map_or(u64::MAX, u64::from),
            rng: self.rng.fork(),
            clock: &clock,
            server: &server,
            counts: Counts::default(),
        };
        let asa = |token, limit| self.asa_list(&server, &clock, token, limit);
        let dt = |token, limit| self.dt_list(&server, &clock, token, limit);
        let got = match (self.vendor, self.by_item) {
            (Vendor::Asa, false) => consumer.list(|token, limit| Ok(asa(token, limit)?.pages())),
            (Vendor::Asa, true) => consumer.list(|token, limit| Ok(asa(token, limit)?.items())),
            (Vendor::Dynatrace, false) => {
                consumer.list(|token, limit| Ok(dt(token, limit)?.pages()))
            }
            (Vendor::Dynatrace, true) => {
                consumer.list(|token, limit| Ok(dt(token, limit)?.items()))
            }
        }?;
        self.check(&got, &server)?;
        let log = server.log();
        Ok(Counts {
            schedules: 1,
            items: got.len() as u64,
            pages: self.sizes.len() as u64,
            empty_pages: self.sizes.iter().filter(|size| **size == 0).count() as u64,
            requests: log.requests,
            disrupted: log.disrupted,
            bad_links: log.bad_links,
            limited: u64::from(self.wanted_pages() < self.sizes.len()),
            ..consumer.counts
        })
    }

    fn check(&self, got: &[u32], server: &Server) -> Result<(), String> {
        let pages = self.wanted_pages();
        let items: u32 = self.sizes.iter().take(pages).sum();
        let items = match self.limit {
            Some(limit) if self.by_item => items.min(limit),
            _ => items,
        };
        let expected: Vec<u32> = (0..items).collect();
        if got != expected {
            let (sizes, limit) = (&self.sizes, self.limit);
            return Err(format!("pages of {sizes:?} gave {got:?}, limit {limit:?}"));
        }
        let log = server.log();
        if let Some(stray) = log.stray {
            return Err(format!("requested {stray:?}, which is not a page"));
        }
        let (wanted, others) = log.page_requests.split_at(pages);
        if others.iter().any(|times| *times > 0)
            || self.is_calm && wanted.iter().any(|times| *times != 1)
        {
            let (requests, limit) = (&log.page_requests, self.limit);
            return Err(format!(
                "requested the pages {requests:?} times, limit {limit:?}"
            ));
        }
        Ok(())
    }

    /// Returns the number of pages that must be requested.
    fn wanted_pages(&self) -> usize {
        let Some(limit) = self.limit else {
            return self.sizes.len();
        };
        let mut items = 0;
        let is_enough = |size: &u32| {
            items += size;
            items >= limit
        };
        let last = self.sizes.iter().position(is_enough);
        last.map_or(self.sizes.len(), |last| last + 1)
    }

    fn asa_list(
        &self,
        server: &Arc<Server>,
        clock: &ManualClock,
        token: Option<PageToken>,
        limit: u64,
    ) -> Result<
        asa_client::ListRequest<asa_client::models::Gateway, asa_client::ListGatewaysQuery>,
        Error,
    > {
        let client = asa_client::Client::builder("t")
            .credentials(ServiceUser::new("key-id", "key-secret"))
            .build_with(Arc::clone(server), clock.clone())?;
        let mut list = client.gateways().list().limit(limit);
        list = list.prefetch(self.prefetches);
        if self.sets_page_size {
            list = list.page_size(7);
        }
        Ok(match token {
            Some(token) => list.page_token(token),
            None => list,
        })
    }

    fn dt_list(
        &self,
        server: &Arc<Server>,
        clock: &ManualClock,
        token: Option<PageToken>,
        limit: u64,
    ) -> Result<dt_client::ListRequest<dt_client::models::ActiveGateToken>, Error> {
        let client = dt_client::Client::builder("https://abc.live.dynatrace.com")
            .credentials(ApiToken::new(API_TOKEN)?)
            .build_with(Arc::clone(server), clock.clone())?;
        let mut list = client
            .active_gate_tokens()
            .list()
            .limit(limit)
            .prefetch(self.prefetches);
        if self.sets_page_size {
            list = list.page_size(700);
        }
        Ok(match token {
            Some(token) => list.page_token(token),
            None => list,
        })
    }
}

/// Returns a random number of items for a page, often 0.
fn size(rng: &mut Rng) -> u32 {
    if rng.u8(..3) == 0 { 0 } else { rng.u32(1..=5) }
}

/// Returns random disruptions of the first requests for a page: often none, sometimes more than the client retries.
fn disruptions(rng: &mut Rng) -> VecDeque<Disruption> {
    const STATUSES: [u16; 10] = [400, 401, 403, 404, 408, 429, 500, 502, 503, 504];
    let count = [0, 0, 0, 1, 2, 5][rng.usize(..6)];
    const BAD_LINKS: [BadLink; 3] = [BadLink::Loop, BadLink::Foreign, BadLink::Malformed];
    let disruption = |_| match rng.u8(..10) {
        0 => Disruption::Refused,
        1 => Disruption::Interrupted,
        2 => Disruption::Stalled,
        3 => Disruption::TruncatedPage,
        // It takes as long as all other cases together.
        4 if rng.u8(..16) == 0 => Disruption::BadLink(BadLink::TooLong),
        4 | 5 => Disruption::BadLink(BAD_LINKS[rng.usize(..BAD_LINKS.len())]),
        _ => Disruption::Status(STATUSES[rng.usize(..STATUSES.len())]),
    };
    (0..count).map(disruption).collect()
}
