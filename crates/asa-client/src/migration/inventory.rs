//! The setup tokens of a team, by what identifies them across teams.

use std::collections::{BTreeMap, VecDeque};

use gatelet_models::asa::{GatewaySetupToken, GatewaySetupTokenId};

/// Labels, by their keys.
pub(crate) type Labels = BTreeMap<String, String>;

/// The setup tokens of a team that have no counterpart yet. Each is the counterpart of one at most.
pub(crate) struct Inventory<'t> {
    free: BTreeMap<(Option<&'t str>, Labels), VecDeque<&'t GatewaySetupTokenId>>,
    /// Those whose labels the response does not say.
    unlabeled: BTreeMap<Option<&'t str>, &'t GatewaySetupTokenId>,
}

/// What a search for a counterpart finds.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Counterpart {
    Found(GatewaySetupTokenId),
    /// It may be this one, whose labels are unknown.
    Unclear(GatewaySetupTokenId),
    Absent,
}

/// Returns the labels of a setup token; `None` if the response has no settings, which does not say that there are no labels.
pub(crate) fn known_labels(token: &GatewaySetupToken) -> Option<Labels> {
    let details = token.details.as_ref()?;
    Some(details.labels.clone().unwrap_or_default())
}

impl<'t> Inventory<'t> {
    pub(crate) fn new(tokens: &'t [GatewaySetupToken]) -> Self {
        let mut inventory = Self {
            free: BTreeMap::new(),
            unlabeled: BTreeMap::new(),
        };
        for token in tokens {
            let description = token.description.as_deref();
            match known_labels(token) {
                Some(labels) => {
                    let same = inventory.free.entry((description, labels)).or_default();
                    same.push_back(&token.id);
                }
                None => {
                    inventory.unlabeled.insert(description, &token.id);
                }
            }
        }
        inventory
    }

    /// Takes the counterpart of a setup token.
    pub(crate) fn take(&mut self, description: Option<&'t str>, labels: &Labels) -> Counterpart {
        let same = self.free.get_mut(&(description, labels.clone()));
        if let Some(id) = same.and_then(VecDeque::pop_front) {
            return Counterpart::Found(id.clone());
        }
        match self.unlabeled.get(&description) {
            Some(id) => Counterpart::Unclear((*id).clone()),
            None => Counterpart::Absent,
        }
    }
}
