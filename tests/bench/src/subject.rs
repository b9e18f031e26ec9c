//! The rows of the table: the code to run, and bounds of its cost.

use std::hint::black_box;
use std::time::Duration;

use gatelet_transport::{ApiResponse, Error};
use serde::de::DeserializeOwned;
use time::OffsetDateTime;
use time::format_description::well_known::{Iso8601, Rfc3339};

use crate::response::{client, response};
use crate::{first_sdk, input};

/// Rows that are compared with the first one of them.
pub struct Group {
    /// The title.
    pub title: &'static str,
    /// The unit.
    pub unit: &'static str,
    /// The rows; the first one is the baseline.
    pub subjects: Vec<Subject>,
}

/// One row.
pub struct Subject {
    /// The row's name.
    pub name: &'static str,
    /// The number of units in one run.
    pub units: u32,
    /// The bounds of the row.
    pub bounds: Bounds,
    run: Box<dyn Fn()>,
}

/// Bounds of the ratios to the group's first row; `None` for no bound.
#[derive(Clone, Copy, Default)]
pub struct Bounds {
    /// The goal of CPU time, which a loaded machine may miss.
    pub time_goal: Option<f64>,
    /// The limit of instructions, which no load changes.
    pub instruction_limit: Option<f64>,
}

impl Subject {
    fn new<T>(name: &'static str, units: u32, run: impl Fn() -> T + 'static) -> Self {
        Self {
            name,
            units,
            bounds: Bounds::default(),
            run: Box::new(move || drop(black_box(run()))),
        }
    }

    fn with_bounds(
        mut self,
        time_goal: impl Into<Option<f64>>,
        instruction_limit: impl Into<Option<f64>>,
    ) -> Self {
        self.bounds = Bounds {
            time_goal: time_goal.into(),
            instruction_limit: instruction_limit.into(),
        };
        self
    }

    /// Runs the code once and drops the result.
    pub fn run(&self) {
        (self.run)();
    }
}

/// Creates a group with its inputs.
pub type CreateGroup = fn() -> Result<Group, Error>;

/// All groups with their short names, in the table's order.
pub const GROUPS: &[(&str, CreateGroup)] = &[
    ("tokens", tokens),
    ("gateways", gateways),
    ("active-gates", active_gates),
    ("iso-ms", || Ok(dates_against_iso8601(true))),
    ("iso-s", || Ok(dates_against_iso8601(false))),
    ("rfc-ms", || Ok(dates_against_rfc3339(true))),
    ("rfc-s", || Ok(dates_against_rfc3339(false))),
    ("path", error_paths),
    ("linear", linear),
    ("join", join),
];

const TOKENS: u32 = 3000;
const GATEWAYS: u32 = 1000;
const ACTIVE_GATES: u32 = 2000;

fn tokens() -> Result<Group, Error> {
    let page = input::tokens(TOKENS);
    let ours = ours::<gatelet_models::dt::ActiveGateTokenList>(page.clone(), TOKENS)?
        .with_bounds(0.62, 0.70);
    let mut subjects = peers::<first_sdk::TokenList>(page.clone(), TOKENS, ours);
    subjects.extend(without_fast_reader::<
        gatelet_models::dt::ActiveGateTokenList,
    >(page, TOKENS)?);
    Ok(Group {
        title: "a page of 3000 ActiveGate tokens",
        unit: "token",
        subjects,
    })
}

fn gateways() -> Result<Group, Error> {
    let list = input::gateways(GATEWAYS);
    let ours =
        ours::<gatelet_models::asa::GatewayList>(list.clone(), GATEWAYS)?.with_bounds(0.80, 0.75);
    let mut subjects = peers::<first_sdk::GatewayList>(list.clone(), GATEWAYS, ours);
    subjects.extend(without_fast_reader::<gatelet_models::asa::GatewayList>(
        list, GATEWAYS,
    )?);
    Ok(Group {
        title: "a list of 1000 gateways",
        unit: "gateway",
        subjects,
    })
}

fn active_gates() -> Result<Group, Error> {
    let list = input::active_gates(ACTIVE_GATES);
    let ours = ours::<gatelet_models::dt::ActiveGateList>(list.clone(), ACTIVE_GATES)?
        .with_bounds(None, 0.65);
    let mut subjects = peers::<first_sdk::ActiveGateList>(list.clone(), ACTIVE_GATES, ours);
    subjects.extend(without_fast_reader::<gatelet_models::dt::ActiveGateList>(
        list,
        ACTIVE_GATES,
    )?);
    Ok(Group {
        title: "a list of 2000 ActiveGates",
        unit: "ActiveGate",
        subjects,
    })
}

/// Returns the row of decoding as the clients do.
fn ours<T: DeserializeOwned>(body: String, units: u32) -> Result<Subject, Error> {
    let response = response(body)?;
    response.json::<T>()?;
    Ok(decode::<T>("ours, through the transport", response, units))
}

fn decode<T: DeserializeOwned>(name: &'static str, response: ApiResponse, units: u32) -> Subject {
    Subject::new(name, units, move || response.json::<T>())
}

/// Returns rows without the transport's fast reader: the models alone, and a body that the reader rejects at the very end.
fn without_fast_reader<T: DeserializeOwned + 'static>(
    body: String,
    units: u32,
) -> Result<[Subject; 2], Error> {
    let mut rejected = body.clone();
    rejected.insert_str(rejected.len() - 1, r#","end":0.5"#);
    let rejected = response(rejected)?;
    rejected.json::<T>()?;
    Ok([
        Subject::new("our models alone, serde_json::from_str", units, move || {
            serde_json::from_str::<T>(&body)
        }),
        decode::<T>("ours, a fraction at the very end", rejected, units),
    ])
}

fn peers<T: DeserializeOwned>(body: String, units: u32, ours: Subject) -> Vec<Subject> {
    let body: &'static [u8] = body.leak().as_bytes();
    vec![
        Subject::new("a first SDK: serde derive, from_slice", units, || {
            serde_json::from_slice::<T>(body)
        }),
        ours,
        Subject::new("the same derive, sonic-rs", units, || {
            sonic_rs::from_slice::<T>(body)
        }),
        // It overwrites its input, so it needs a copy.
        Subject::new("the same derive, simd-json", units, || {
            simd_json::from_slice::<T>(&mut body.to_vec())
        }),
        Subject::new("serde_json::Value", units, || {
            serde_json::from_slice::<serde_json::Value>(body)
        }),
    ]
}

fn dates_against_iso8601(with_milliseconds: bool) -> Group {
    let iso8601 = |date: &str| OffsetDateTime::parse(date, &Iso8601::DEFAULT);
    dates(with_milliseconds, "time, ISO 8601", iso8601, 0.35)
}

fn dates_against_rfc3339(with_milliseconds: bool) -> Group {
    let rfc3339 = |date: &str| OffsetDateTime::parse(date, &Rfc3339);
    dates(with_milliseconds, "time, RFC 3339", rfc3339, 0.85)
}

fn dates<T, E>(
    with_milliseconds: bool,
    name: &'static str,
    parse: impl Fn(&str) -> Result<T, E> + 'static,
    bound: f64,
) -> Group {
    let dates = input::dates(with_milliseconds).leak();
    Group {
        title: match with_milliseconds {
            true => "dates with milliseconds",
            false => "dates without milliseconds",
        },
        unit: "date",
        subjects: vec![
            each(name, dates, parse),
            each("Timestamp", dates, gatelet_models::Timestamp::parse).with_bounds(bound, bound),
        ],
    }
}

/// Returns a row that parses every date, with the parser inlined as in a caller's own loop.
fn each<T, E>(
    name: &'static str,
    dates: &'static str,
    parse: impl Fn(&str) -> Result<T, E> + 'static,
) -> Subject {
    // They are few enough to stay in the cache.
    let dates: Vec<&str> = dates.split(' ').collect();
    Subject::new(name, 6 * input::DATES, move || {
        for date in std::iter::repeat_n(&dates, 6).flatten() {
            let _ = black_box(parse(black_box(date)));
        }
    })
}

fn error_paths() -> Result<Group, Error> {
    let body: &'static str = input::tokens(TOKENS).leak();
    let ours = ours::<gatelet_models::dt::ActiveGateTokenList>(body.into(), TOKENS)?;
    Ok(Group {
        title: "the same page: the cost of paths in errors if there is no error",
        unit: "token",
        subjects: vec![
            Subject::new("from_utf8 and from_str, no path", TOKENS, || {
                let text = std::str::from_utf8(black_box(body.as_bytes())).unwrap_or_default();
                serde_json::from_str::<gatelet_models::dt::ActiveGateTokenList>(text)
            }),
            ours.with_bounds(1.01, 1.01),
        ],
    })
}

fn linear() -> Result<Group, Error> {
    let page = |name, count| -> Result<Subject, Error> {
        Ok(decode::<gatelet_models::dt::ActiveGateTokenList>(
            name,
            response(input::tokens(count))?,
            count,
        ))
    };
    Ok(Group {
        title: "pages of ten times the size",
        unit: "token",
        subjects: vec![
            page("300 tokens", 300)?,
            page("3000 tokens", 3000)?.with_bounds(None, 1.1),
            page("30000 tokens", 30_000)?.with_bounds(None, 1.1),
        ],
    })
}

fn join() -> Result<Group, Error> {
    Ok(Group {
        title: "which ActiveGates need attention, by the tokens of the environment: ten times the size",
        unit: "ActiveGate",
        subjects: vec![
            attention("200 ActiveGates and 300 tokens", 200, 300)?,
            attention("2000 ActiveGates and 3000 tokens", 2000, 3000)?.with_bounds(None, 1.15),
        ],
    })
}

/// Returns the row of a client's join of both lists.
fn attention(name: &'static str, gates: u32, tokens: u32) -> Result<Subject, Error> {
    const DAY: Duration = Duration::from_secs(24 * 60 * 60);
    let client = client(input::token_users(gates), input::last_page(tokens))?;
    let find = move || pollster::block_on(client.active_gates().attention(DAY));
    find()?;
    Ok(Subject::new(name, gates, find))
}
