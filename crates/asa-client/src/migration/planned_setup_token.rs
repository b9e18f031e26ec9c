//! What a migration is planned to do with each setup token.

use std::collections::BTreeMap;
use std::fmt;

use gatelet_models::asa::{GatewaySetupToken, GatewaySetupTokenId, RegistrationType};

use crate::migration::inventory::{Counterpart, Inventory, known_labels};

/// The most characters of a description.
const MAX_DESCRIPTION: usize = 1024;

/// What a migration is planned to do with one setup token of the source. It has no value of a token.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PlannedSetupToken {
    /// The id of the setup token in the source.
    pub source_id: GatewaySetupTokenId,
    /// Its description; `None` if it has none, or one that repeats the token's value.
    pub description: Option<String>,
    /// Its labels; empty if it has none, or none that may be shown.
    pub labels: BTreeMap<String, String>,
    /// What to do.
    pub action: PlannedAction,
}

/// What a migration is planned to do with a setup token.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum PlannedAction {
    /// Create one with this description and these labels in the target.
    Create,
    /// Nothing: the target has this one.
    Present(GatewaySetupTokenId),
    /// Nothing, for this reason.
    Skip(SkipReason),
}

/// Why a setup token is not migrated. Its `Display` is a sentence for people. Reasons are added without notice.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum SkipReason {
    /// It has no description, or an empty one.
    NoDescription,
    /// Its description has more than 1024 characters.
    LongDescription,
    /// The response has no settings, so that its labels are unknown.
    UnknownLabels,
    /// It is for another kind of agent than gateways.
    OtherAgent(RegistrationType),
    /// Its description or its labels repeat the value of the token.
    RepeatsValue,
    /// The target has this one with the same description, and the response does not say its labels.
    UnclearInTarget(GatewaySetupTokenId),
    /// Whoever has made or reviewed the plan says so, in these words.
    Stated(String),
}

impl fmt::Display for SkipReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoDescription => f.write_str(
                "has no description: give it one, because Okta's own Terraform client fails on the list of a team with such a token",
            ),
            Self::LongDescription => {
                write!(f, "its description has more than {MAX_DESCRIPTION} characters")
            }
            Self::UnknownLabels => {
                f.write_str("the response does not say its labels: create it by hand")
            }
            Self::OtherAgent(kind) => {
                write!(f, "is for agents of another kind than gateways: {kind}")
            }
            Self::RepeatsValue => {
                f.write_str("its description or labels contain the value of the token")
            }
            Self::UnclearInTarget(id) => write!(
                f,
                "the target has {id} with this description, and the response does not say its labels"
            ),
            Self::Stated(reason) => f.write_str(reason),
        }
    }
}

/// Plans a migration: compares the setup tokens of two teams, and says for each of the source, in this order, what to do.
///
/// Two setup tokens are the same if description and labels are. Each of the target is the counterpart of one of the source at most, so that of
/// three equal ones in the source and one in the target, two are to be created. Names, which only Okta Privileged Access has, and ids are
/// not compared. Read both lists with [`GatewaySetupTokens::read_all`](crate::GatewaySetupTokens::read_all): what a list lacks is created twice.
///
/// ```
/// use asa_client::models::{GatewayAgentPolicyDetails, GatewaySetupToken, RegistrationType};
/// use asa_client::{PlannedAction, plan_migration};
///
/// let mut token = GatewaySetupToken::new("old", RegistrationType::GatewayAgent);
/// token.description = Some("edge".to_owned());
/// token.details = Some(GatewayAgentPolicyDetails::new().with_labels([("env", "dev")]));
/// let plan = plan_migration(&[token], &[]);
/// assert_eq!(plan[0].action, PlannedAction::Create);
/// ```
#[must_use]
pub fn plan_migration(
    source: &[GatewaySetupToken],
    target: &[GatewaySetupToken],
) -> Vec<PlannedSetupToken> {
    let mut inventory = Inventory::new(target);
    source
        .iter()
        .map(|token| plan(token, &mut inventory))
        .collect()
}

fn plan<'t>(token: &'t GatewaySetupToken, inventory: &mut Inventory<'t>) -> PlannedSetupToken {
    let labels = known_labels(token);
    let planned = |action| PlannedSetupToken {
        source_id: token.id.clone(),
        description: token.description.clone(),
        labels: labels.clone().unwrap_or_default(),
        action,
    };
    if repeats_value(token) {
        return PlannedSetupToken {
            description: None,
            labels: BTreeMap::new(),
            ..planned(PlannedAction::Skip(SkipReason::RepeatsValue))
        };
    }
    let action = match (why_skipped(token), &labels) {
        (Some(reason), _) => PlannedAction::Skip(reason),
        (None, None) => PlannedAction::Skip(SkipReason::UnknownLabels),
        (None, Some(labels)) => match inventory.take(token.description.as_deref(), labels) {
            Counterpart::Found(id) => PlannedAction::Present(id),
            Counterpart::Unclear(id) => PlannedAction::Skip(SkipReason::UnclearInTarget(id)),
            Counterpart::Absent => PlannedAction::Create,
        },
    };
    planned(action)
}

/// Returns why a setup token is not migrated, whatever its labels are.
fn why_skipped(token: &GatewaySetupToken) -> Option<SkipReason> {
    if token.registration_type != RegistrationType::GatewayAgent {
        return Some(SkipReason::OtherAgent(token.registration_type.clone()));
    }
    match token.description.as_deref().map(|it| it.chars().count()) {
        None | Some(0) => Some(SkipReason::NoDescription),
        Some(count) if count > MAX_DESCRIPTION => Some(SkipReason::LongDescription),
        Some(_) => None,
    }
}

/// Returns whether what a plan shows contains the value of the token.
fn repeats_value(token: &GatewaySetupToken) -> bool {
    let value = token.token.as_ref().map(|it| it.expose());
    let Some(value) = value.filter(|value| !value.is_empty()) else {
        return false;
    };
    let labels = token
        .details
        .iter()
        .filter_map(|it| it.labels.as_ref())
        .flatten();
    let labels = labels.flat_map(|(key, text)| [key, text]);
    let mut shown = token.description.iter().chain(labels);
    shown.any(|text| text.contains(value))
}

#[cfg(test)]
mod tests {
    use gatelet_models::Secret;
    use gatelet_models::asa::GatewayAgentPolicyDetails;

    use super::*;

    fn token(id: &str, description: &str, labels: &[(&str, &str)]) -> GatewaySetupToken {
        let mut token = GatewaySetupToken::new(id, RegistrationType::GatewayAgent);
        token.description = Some(description.to_owned());
        let labels = labels.iter().copied();
        token.details = Some(GatewayAgentPolicyDetails::new().with_labels(labels));
        token
    }

    fn actions(source: &[GatewaySetupToken], target: &[GatewaySetupToken]) -> Vec<PlannedAction> {
        let plan = plan_migration(source, target).into_iter();
        plan.map(|planned| planned.action).collect()
    }

    #[test]
    fn equal_setup_tokens_are_counted() {
        let dev = [("env", "dev")];
        let source = ["a", "b", "c"].map(|id| token(id, "edge", &dev));
        let target = [
            token("1", "edge", &dev),
            token("2", "edge", &[("env", "prod")]),
        ];
        let expected = [
            PlannedAction::Present("1".into()),
            PlannedAction::Create,
            PlannedAction::Create,
        ];
        assert_eq!(actions(&source, &target), expected);
    }

    #[test]
    fn an_empty_object_and_no_labels_are_the_same() {
        let mut bare = token("1", "edge", &[]);
        bare.details = Some(GatewayAgentPolicyDetails::new());
        let present = [PlannedAction::Present("1".into())];
        assert_eq!(actions(&[token("a", "edge", &[])], &[bare]), present);
    }

    #[test]
    fn what_cannot_be_created_alike_is_skipped() {
        let edited = |edit: fn(&mut GatewaySetupToken)| {
            let mut token = token("a", "edge", &[]);
            edit(&mut token);
            token
        };
        let cases = [
            (
                edited(|it| it.description = None),
                SkipReason::NoDescription,
            ),
            (token("a", "", &[]), SkipReason::NoDescription),
            (
                token("a", &"ä".repeat(1025), &[]),
                SkipReason::LongDescription,
            ),
            (edited(|it| it.details = None), SkipReason::UnknownLabels),
            (
                edited(|it| it.registration_type = "other".into()),
                SkipReason::OtherAgent("other".into()),
            ),
        ];
        for (token, reason) in cases {
            assert_eq!(actions(&[token], &[]), [PlannedAction::Skip(reason)]);
        }
        assert_eq!(
            actions(&[token("a", &"ä".repeat(1024), &[])], &[]),
            [PlannedAction::Create]
        );
    }

    #[test]
    fn one_of_the_target_with_unknown_labels_may_be_the_same() {
        let mut unclear = token("1", "edge", &[]);
        unclear.details = None;
        let source = [
            token("a", "edge", &[("env", "dev")]),
            token("b", "core", &[]),
        ];
        let expected = [
            PlannedAction::Skip(SkipReason::UnclearInTarget("1".into())),
            PlannedAction::Create,
        ];
        assert_eq!(actions(&source, &[unclear]), expected);
    }

    #[test]
    fn a_plan_never_contains_the_value_of_a_token() {
        for mut token in [
            token("a", "it is canary", &[]),
            token("a", "edge", &[("canary", "x")]),
        ] {
            token.token = Some(Secret::new("canary"));
            let plan = plan_migration(&[token], &[]);
            assert_eq!(
                plan[0].action,
                PlannedAction::Skip(SkipReason::RepeatsValue)
            );
            assert!(!format!("{plan:?}").contains("canary"), "{plan:?}");
        }
    }
}
