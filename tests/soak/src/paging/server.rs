//! An in-process server of one list with planned disruptions.

use std::collections::VecDeque;
use std::future::{pending, poll_fn};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::task::Poll;

use bytes::Bytes;
use gatelet_transport::{ConnectFailure, PageToken, Transport, TransportError, TransportErrorKind};
use http::{Request, Response};

/// The credential of the Dynatrace client.
pub(crate) const API_TOKEN: &str = "dt0c01.EXAMPLE.SECRET";

/// The vendor whose list is served.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Vendor {
    Asa,
    Dynatrace,
}

/// What the server does in place of sending the requested page.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Disruption {
    /// Responds with this status.
    Status(u16),
    /// Refuses the connection.
    Refused,
    /// Closes the connection before a response.
    Interrupted,
    /// Never responds.
    Stalled,
    /// Sends half of the page.
    TruncatedPage,
    /// Sends the page with an invalid link to the next one.
    BadLink(BadLink),
}

/// The defect of a link to the next page.
#[derive(Clone, Copy, Debug)]
pub(crate) enum BadLink {
    /// It leads back to the page that contains it; on the first page, it has no cursor.
    Loop,
    /// It leads to another list, or contains the call's secret.
    Foreign,
    Malformed,
    TooLong,
}

/// A server of one list with items numbered from 0.
pub(crate) struct Server {
    vendor: Vendor,
    /// The number of items on each page.
    sizes: Vec<u32>,
    state: Mutex<State>,
}

struct State {
    rng: fastrand::Rng,
    /// For each page, the disruptions of its first requests.
    disruptions: Vec<VecDeque<Disruption>>,
    page_requests: Vec<u32>,
    requests: u64,
    disrupted: u64,
    bad_links: u64,
    /// The number of items up to and including the last page with a bad link.
    items_up_to_bad_link: Option<u32>,
    stray: Option<String>,
}

/// The requests that a server has received.
pub(crate) struct RequestLog {
    /// The number of requests for each page.
    pub(crate) page_requests: Vec<u32>,
    pub(crate) requests: u64,
    pub(crate) disrupted: u64,
    pub(crate) bad_links: u64,
    /// The number of items up to and including the last page with a bad link.
    pub(crate) items_up_to_bad_link: Option<u32>,
    /// A request for anything but a page of the list.
    pub(crate) stray: Option<String>,
}

impl Server {
    /// Creates a server with these page sizes, and the disruptions of the first requests for each page.
    pub(crate) fn new(
        vendor: Vendor,
        sizes: Vec<u32>,
        disruptions: Vec<VecDeque<Disruption>>,
        seed: u64,
    ) -> Self {
        let state = State {
            rng: fastrand::Rng::with_seed(seed),
            page_requests: vec![0; sizes.len()],
            disruptions,
            requests: 0,
            disrupted: 0,
            bad_links: 0,
            items_up_to_bad_link: None,
            stray: None,
        };
        Self {
            vendor,
            sizes,
            state: Mutex::new(state),
        }
    }

    pub(crate) fn log(&self) -> RequestLog {
        let state = self.lock();
        RequestLog {
            page_requests: state.page_requests.clone(),
            requests: state.requests,
            disrupted: state.disrupted,
            bad_links: state.bad_links,
            items_up_to_bad_link: state.items_up_to_bad_link,
            stray: state.stray.clone(),
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Returns the number of the requested page, counted from 0; `None` for a query that is not of this list.
    fn page_number(&self, query: &str) -> Option<usize> {
        let cursor = match self.vendor {
            Vendor::Asa => query.strip_prefix("offset=k"),
            Vendor::Dynatrace => query.strip_prefix("nextPageKey=k"),
        };
        let page = match cursor {
            Some(number) => number.parse().ok()?,
            None if query.is_empty()
                || query.starts_with("count=")
                || query.starts_with("pageSize=") =>
            {
                0
            }
            None => return None,
        };
        (page < self.sizes.len()).then_some(page)
    }

    /// Returns the number of the requested page, and the planned disruption if any.
    fn next_plan(&self, query: &str) -> Result<(usize, Option<Disruption>), TransportError> {
        let mut state = self.lock();
        let Some(page) = self.page_number(query) else {
            state.stray = Some(query.to_owned());
            return Err(TransportError::new(TransportErrorKind::Config));
        };
        if let Some(requests) = state.page_requests.get_mut(page) {
            *requests += 1;
        }
        let disruption = state
            .disruptions
            .get_mut(page)
            .and_then(VecDeque::pop_front);
        state.disrupted += u64::from(disruption.is_some());
        if let Some(Disruption::BadLink(_)) = disruption {
            state.bad_links += 1;
            state.items_up_to_bad_link = Some(self.sizes.iter().take(page + 1).sum());
        }
        Ok((page, disruption))
    }

    /// Returns the cursor of the next page.
    fn cursor(&self, page: usize, bad: Option<BadLink>) -> Option<String> {
        match bad {
            None => (page + 1 < self.sizes.len()).then(|| format!("k{}", page + 1)),
            Some(BadLink::Loop) if page > 0 => Some(format!("k{page}")),
            Some(BadLink::TooLong) => Some("k".repeat(PageToken::CURSOR_LIMIT + 1)),
            Some(_) => Some(format!("k-{API_TOKEN}")),
        }
    }

    /// Returns the `Link` field of a page.
    fn link(&self, page: usize, bad: Option<BadLink>) -> Option<String> {
        const LIST: &str = "/v1/teams/t/gateways";
        let target = match bad {
            Some(BadLink::Loop) if page == 0 => LIST.to_owned(),
            Some(BadLink::Foreign) => format!("/v1/teams/u/gateways?offset=k{}", page + 1),
            _ => format!("{LIST}?offset={}", self.cursor(page, bad)?),
        };
        let end = if matches!(bad, Some(BadLink::Malformed)) {
            ""
        } else {
            ">"
        };
        Some(format!(r#"<{target}{end}; rel="next""#))
    }

    fn body(&self, page: usize, bad: Option<BadLink>) -> String {
        let size = self.sizes.get(page).copied().unwrap_or_default();
        let first: u32 = self.sizes.iter().take(page).sum();
        let items: Vec<String> = (first..first + size)
            .map(|number| self.item(number))
            .collect();
        let items = items.join(",");
        match self.vendor {
            Vendor::Asa => format!(r#"{{"list":[{items}]}}"#),
            Vendor::Dynatrace => {
                let next = self.cursor(page, bad);
                let next = next.map_or_else(String::new, |it| format!(r#""nextPageKey":"{it}","#));
                format!(r#"{{"totalCount":9,{next}"activeGateTokens":[{items}]}}"#)
            }
        }
    }

    fn item(&self, number: u32) -> String {
        match self.vendor {
            Vendor::Asa => {
                format!(r#"{{"id":"{number}","name":"{number}","refuse_connections":false}}"#)
            }
            Vendor::Dynatrace => format!(
                r#"{{"id":"dt0g02.{number}","name":"{number}","owner":"o","creationDate":"2026-01-01T00:00:00Z"}}"#
            ),
        }
    }

    fn page_response(
        &self,
        page: usize,
        disruption: Option<Disruption>,
    ) -> Result<Response<Bytes>, TransportError> {
        let bad = match disruption {
            Some(Disruption::BadLink(bad)) => Some(bad),
            _ => None,
        };
        let mut body = self.body(page, bad);
        let status = match disruption {
            None | Some(Disruption::BadLink(_)) => 200,
            Some(Disruption::TruncatedPage) => {
                body.truncate(body.len() / 2);
                200
            }
            Some(Disruption::Status(status)) => {
                body = "{}".into();
                status
            }
            Some(Disruption::Refused) => {
                return Err(TransportError::new(TransportErrorKind::Connect(
                    ConnectFailure::Refused,
                )));
            }
            Some(Disruption::Interrupted | Disruption::Stalled) => {
                return Err(TransportError::new(TransportErrorKind::Interrupted));
            }
        };
        let mut response = Response::builder()
            .status(status)
            .header("content-type", "application/json");
        if self.vendor == Vendor::Asa
            && status == 200
            && let Some(link) = self.link(page, bad)
        {
            response = response.header("link", link);
        }
        respond(response, body)
    }
}

impl Transport for Server {
    async fn send(&self, request: Request<Bytes>) -> Result<Response<Bytes>, TransportError> {
        let polls = {
            let mut state = self.lock();
            state.requests += 1;
            state.rng.u32(..3)
        };
        if request.uri().path().ends_with("/service_token") {
            wait_for_polls(polls).await;
            return bearer_response();
        }
        let (page, disruption) = self.next_plan(request.uri().query().unwrap_or_default())?;
        wait_for_polls(polls).await;
        if matches!(disruption, Some(Disruption::Stalled)) {
            pending::<()>().await;
        }
        self.page_response(page, disruption)
    }
}

/// Returns `Pending` this many times.
async fn wait_for_polls(polls: u32) {
    let mut left = polls;
    poll_fn(|_| {
        if left == 0 {
            return Poll::Ready(());
        }
        left -= 1;
        Poll::Pending
    })
    .await;
}

/// Returns a token response with a longer lifetime than the client allows.
fn bearer_response() -> Result<Response<Bytes>, TransportError> {
    let body = r#"{"bearer_token": "b", "expires_at": "2036-01-01T00:00:00Z", "team_name": "t"}"#;
    let response = Response::builder().header("content-type", "application/json");
    respond(response, body.to_owned())
}

fn respond(
    response: http::response::Builder,
    body: String,
) -> Result<Response<Bytes>, TransportError> {
    response
        .body(body.into())
        .map_err(|error| TransportError::new(TransportErrorKind::Protocol).with_source(error))
}
