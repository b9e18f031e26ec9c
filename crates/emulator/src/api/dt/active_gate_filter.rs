//! The filters of the list of ActiveGates. Where their effect is not documented: a part of a text matches whatever the case, of several
//! modules all must match, and unknown parameters are ignored.

use gatelet_models::dt::{
    ActiveGate, ActiveGateModuleType, ActiveGateTokenState, AutoUpdateState, AutoUpdateStatus,
    OsArchitecture, OsType,
};

use crate::api::dt::error_response::ErrorResponse;
use crate::api::dt::release_filter::{is_release, release};
use crate::api::dt::shown_gate::Shown;
use crate::api::server_call::ServerCall;

/// Which ActiveGates a request asks for.
pub(crate) struct Filter(Vec<Predicate>);

/// Whether an ActiveGate passes.
type Predicate = Box<dyn Fn(&Shown) -> bool>;

/// A parameter and the values that it is compared with.
type Values = (&'static str, fn(&ActiveGate) -> Vec<&str>);

/// Parameters that match a part of a value.
const PARTS: &[Values] = &[
    ("hostname", |gate| one(gate.hostname.as_ref())),
    ("networkAddress", |gate| all(&gate.network_addresses)),
    ("loadBalancerAddress", |gate| {
        all(&gate.load_balancer_addresses)
    }),
    ("networkZone", |gate| one(gate.network_zone.as_ref())),
    ("group", |gate| one(gate.group.as_ref())),
];

/// Parameters that match a word, with the words that they may have.
const WORDS: &[(Values, &[&str])] = &[
    (("osType", |gate| one(gate.os_type.as_ref())), OsType::KNOWN),
    (
        ("osArchitecture", |gate| one(gate.os_architecture.as_ref())),
        OsArchitecture::KNOWN,
    ),
    (
        ("type", |gate| one(gate.kind.as_ref())),
        &["ENVIRONMENT", "ENVIRONMENT_MULTI"],
    ),
    (
        ("updateStatus", |gate| one(gate.auto_update_status.as_ref())),
        AutoUpdateStatus::KNOWN,
    ),
    (("autoUpdate", effective_setting), AutoUpdateState::KNOWN),
    (("tokenState", token_states), ActiveGateTokenState::KNOWN),
];

/// A parameter and the flag that it is compared with, if that is known.
type Flag = (&'static str, fn(&Shown) -> Option<bool>);

/// Parameters that match a flag.
const FLAGS: &[Flag] = &[
    ("online", |shown| Some(shown.gate.offline_since.is_none())),
    ("containerized", |shown| shown.gate.containerized),
    ("fipsMode", |shown| shown.gate.fips_mode),
    ("tokenExpirationSet", |shown| {
        let is_any_set = shown.tokens_expire.iter().any(|expires| *expires);
        (!shown.tokens_expire.is_empty()).then_some(is_any_set)
    }),
];

impl Filter {
    /// Reads the filters of a request.
    pub(crate) fn of(call: &ServerCall<'_>) -> Result<Self, ErrorResponse> {
        let mut filters: Vec<Predicate> = Vec::new();
        for (name, values) in PARTS {
            if let Some(part) = call.query(name) {
                let part = part.to_lowercase();
                let matches = move |value: &str| value.to_lowercase().contains(&part);
                filters.push(Box::new(move |it| {
                    values(&it.gate).into_iter().any(&matches)
                }));
            }
        }
        for ((name, values), known) in WORDS {
            if let Some(word) = call.word(name, known)? {
                filters.push(Box::new(move |it| {
                    values(&it.gate).contains(&word.as_str())
                }));
            }
        }
        for (name, value) in FLAGS {
            if let Some(wanted) = call.flag(name)? {
                filters.push(Box::new(move |it| value(it) == Some(wanted)));
            }
        }
        for (name, is_enabled) in [("enabledModule", true), ("disabledModule", false)] {
            for module in call.words(name, ActiveGateModuleType::KNOWN)? {
                filters.push(Box::new(move |it| {
                    has_module(&it.gate, &module, is_enabled)
                }));
            }
        }
        if let Some(accepts) = release(call, "version", "versionCompareType")? {
            filters.push(Box::new(move |it| {
                is_release(it.gate.version.as_ref(), &accepts)
            }));
        }
        Ok(Self(filters))
    }

    /// Whether an ActiveGate passes all filters.
    pub(crate) fn matches(&self, shown: &Shown) -> bool {
        self.0.iter().all(|filter| filter(shown))
    }
}

fn one<T: AsRef<str>>(value: Option<&T>) -> Vec<&str> {
    value.map(AsRef::as_ref).into_iter().collect()
}

fn all(values: &Option<Vec<String>>) -> Vec<&str> {
    values.iter().flatten().map(String::as_str).collect()
}

fn effective_setting(gate: &ActiveGate) -> Vec<&str> {
    let settings = gate.auto_update_settings.as_ref();
    one(settings.and_then(|it| it.effective_setting.as_ref()))
}

fn token_states(gate: &ActiveGate) -> Vec<&str> {
    let tokens = gate.active_gate_tokens.iter().flatten();
    tokens.flat_map(|it| one(it.state.as_ref())).collect()
}

fn has_module(gate: &ActiveGate, module: &str, is_enabled: bool) -> bool {
    let mut modules = gate.modules.iter().flatten();
    modules.any(|it| {
        let is_it = it.kind.as_ref().is_some_and(|kind| kind.as_str() == module);
        is_it && it.enabled.unwrap_or(false) == is_enabled
    })
}
