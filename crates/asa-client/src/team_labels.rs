//! The labels of a team: which gateways have them, and what asks for them.

use std::collections::BTreeMap;
use std::future::pending;
use std::pin::pin;

use gatelet_models::asa::{
    Gateway, GatewayId, GatewaySetupToken, GatewaySetupTokenId, LabelRequirement, Project,
    ResourceGroupId,
};
use gatelet_transport::Error;

use crate::generated::gateway_setup_tokens::GatewaySetupTokens;
use crate::generated::gateways::Gateways;
use crate::projects::listed_in_either_product;
use crate::stop::Stop;
use crate::unjudged_reason::UnjudgedReason;

/// A label, the gateways that have it, and what asks for it.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct LabelUse {
    /// The key.
    pub key: String,
    /// The value; `None` is any, where no gateway has a label with the key.
    pub value: Option<String>,
    /// The gateways that have it.
    pub gateways: Vec<GatewayId>,
    /// The setup tokens whose gateways get it.
    pub setup_tokens: Vec<GatewaySetupTokenId>,
    /// The projects whose selector requires it, alone or as one of several values.
    pub projects: Vec<Project>,
}

impl LabelUse {
    /// Whether a setup token or a project asks for it, and no gateway has it.
    #[must_use]
    pub fn is_unmet(&self) -> bool {
        self.gateways.is_empty()
    }
}

/// The labels of a team.
#[derive(Debug, Default)]
#[non_exhaustive]
pub struct TeamLabels {
    /// The labels, by key and value.
    pub labels: Vec<LabelUse>,
    /// The gateways whose labels are absent or null in the response, so that they are not known.
    pub unknown: Vec<GatewayId>,
    /// The projects whose selector has no known meaning, and why; they may require other labels.
    pub unjudged: Vec<(Project, UnjudgedReason)>,
    /// The errors of lists of projects that could not be read, or not to their end.
    pub unread: Vec<Error>,
    /// The resource groups whose projects were not asked for after a failure that would have met them too.
    pub unasked: Vec<ResourceGroupId>,
}

impl TeamLabels {
    /// Compares the labels of gateways with those of setup tokens and with what the selectors of projects require. Deleted projects are
    /// left out. A requirement that is met by the absence of a label asks for none, and one of several values asks for them only if no
    /// gateway has any of them.
    ///
    /// ```
    /// use asa_client::TeamLabels;
    /// use asa_client::models::{Gateway, Project};
    ///
    /// let gateway = Gateway::new("a2dfd474", "eu-1", false).with_labels([("env", "prod")]);
    /// let project = Project::new("8fe1a2c4", "web").with_gateway_selector("env=prod,zone=a");
    /// let found = TeamLabels::new(&[gateway], &[], [project]);
    /// let [env, zone] = &found.labels[..] else { panic!() };
    /// assert_eq!((env.is_unmet(), zone.is_unmet()), (false, true));
    /// ```
    #[must_use]
    pub fn new(
        gateways: &[Gateway],
        setup_tokens: &[GatewaySetupToken],
        projects: impl IntoIterator<Item = Project>,
    ) -> Self {
        let mut result = Self::default();
        let mut uses = Uses::default();
        for gateway in gateways {
            match &gateway.labels {
                None => result.unknown.push(gateway.id.clone()),
                Some(labels) => {
                    for (key, value) in labels {
                        uses.of(key, Some(value)).gateways.push(gateway.id.clone());
                    }
                }
            }
        }
        let had = uses.clone();
        for token in setup_tokens {
            let labels = token.details.as_ref().and_then(|it| it.labels.as_ref());
            for (key, value) in labels.into_iter().flatten() {
                uses.of(key, Some(value))
                    .setup_tokens
                    .push(token.id.clone());
            }
        }
        for project in projects.into_iter().filter(|it| !it.is_deleted()) {
            match project.selector() {
                Ok(selector) => {
                    for requirement in selector.requirements() {
                        uses.require(requirement, &project, &had);
                    }
                }
                Err(error) => {
                    let reason = UnjudgedReason::of_selector(&project, error);
                    result.unjudged.push((project, reason));
                }
            }
        }
        result.labels = uses.0.into_values().collect();
        result
    }
}

/// The uses of labels, by key and value.
#[derive(Clone, Default)]
struct Uses(BTreeMap<(String, Option<String>), LabelUse>);

impl Uses {
    fn of(&mut self, key: &str, value: Option<&String>) -> &mut LabelUse {
        let place = (key.to_owned(), value.cloned());
        self.0.entry(place).or_insert_with(|| LabelUse {
            key: key.to_owned(),
            value: value.cloned(),
            gateways: Vec::new(),
            setup_tokens: Vec::new(),
            projects: Vec::new(),
        })
    }

    fn has(&self, key: &str, value: &str) -> bool {
        let place = (key.to_owned(), Some(value.to_owned()));
        self.0.contains_key(&place)
    }

    /// Adds what a project requires; `had` are the labels of gateways.
    fn require(&mut self, requirement: &LabelRequirement, project: &Project, had: &Self) {
        let (key, values): (_, Vec<Option<&String>>) = match requirement {
            LabelRequirement::Equal { key, value } => (key, vec![Some(value)]),
            LabelRequirement::In { key, values } => {
                let met: Vec<_> = values.iter().filter(|it| had.has(key, it)).collect();
                let asked = if met.is_empty() {
                    values.iter().collect()
                } else {
                    met
                };
                (key, asked.into_iter().map(Some).collect())
            }
            LabelRequirement::Present { key } => {
                let present = had.0.keys().filter(|(it, _)| it == key);
                let present: Vec<_> = present.filter_map(|(_, value)| value.as_ref()).collect();
                match present.is_empty() {
                    true => (key, vec![None]),
                    false => (key, present.into_iter().map(Some).collect()),
                }
            }
            _ => return,
        };
        for value in values {
            let projects = &mut self.of(key, value).projects;
            if projects.iter().all(|it| it.id != project.id) {
                projects.push(project.clone());
            }
        }
    }
}

impl Gateways {
    /// Reads the gateways, the setup tokens and the projects of the team, those of ASA and those of the resource groups that the caller may
    /// see, and compares their labels as [`TeamLabels::new`] does. Needs the permission to list all of them.
    ///
    /// ```
    /// # use asa_client::{Client, Error};
    /// # async fn example(client: &Client) -> Result<(), Error> {
    /// for label in client.gateways().labels().await?.labels {
    ///     println!("{} {:?}: {} gateways", label.key, label.value, label.gateways.len());
    /// }
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// Those of the lists of gateways and setup tokens, and of the lists of projects if neither product's can be read.
    pub async fn labels(&self) -> Result<TeamLabels, Error> {
        let gateways = self.list().largest_pages().require_complete();
        let gateways = gateways.items().try_collect().await?;
        let tokens = GatewaySetupTokens::new(&self.channel).list();
        let tokens = tokens.largest_pages().require_complete();
        let tokens = tokens.items().try_collect().await?;
        let never = pin!(pending::<()>());
        let listed = listed_in_either_product(&self.channel, &mut Stop::new(never)).await?;
        let mut labels = TeamLabels::new(&gateways, &tokens, listed.projects);
        labels.unread = listed.unread;
        labels.unasked = listed.unasked;
        Ok(labels)
    }
}

#[cfg(test)]
mod tests {
    use gatelet_models::asa::GatewayAgentPolicyDetails;

    use super::*;

    type Row = (String, Option<String>, usize, usize, usize);

    fn rows(selectors: &[&str]) -> Vec<Row> {
        let gateways = [
            Gateway::new("g1", "g1", false).with_labels([("env", "prod"), ("zone", "a")]),
            Gateway::new("g2", "g2", false).with_labels([("env", "prod")]),
            Gateway::new("g3", "g3", false),
        ];
        let details = GatewayAgentPolicyDetails::new().with_labels([("env", "dev")]);
        let token = GatewaySetupToken::new("s1", "gateway-agent").with_details(details);
        let projects = selectors.iter().enumerate();
        let projects = projects.map(|(number, selector)| {
            Project::new(number.to_string(), "p").with_gateway_selector(*selector)
        });
        let found = TeamLabels::new(&gateways, &[token], projects);
        assert_eq!(found.unknown, ["g3"]);
        let rows = found.labels.into_iter();
        let rows = rows.map(|it| {
            let counts = (it.gateways.len(), it.setup_tokens.len(), it.projects.len());
            assert_eq!(it.is_unmet(), counts.0 == 0);
            (it.key, it.value, counts.0, counts.1, counts.2)
        });
        rows.collect()
    }

    fn row(key: &str, value: Option<&str>, counts: (usize, usize, usize)) -> Row {
        let value = value.map(str::to_owned);
        (key.to_owned(), value, counts.0, counts.1, counts.2)
    }

    #[test]
    fn each_label_has_the_gateways_setup_tokens_and_projects_that_have_or_ask_for_it() {
        let dev = row("env", Some("dev"), (0, 1, 0));
        let prod = |projects| row("env", Some("prod"), (2, 0, projects));
        let zone = |projects| row("zone", Some("a"), (1, 0, projects));
        let asked = |key, value| row(key, value, (0, 0, 1));
        for (selectors, expected) in [
            (&[][..], vec![dev.clone(), prod(0), zone(0)]),
            (
                &["env=prod", "env=prod,zone=a"],
                vec![dev.clone(), prod(2), zone(1)],
            ),
            (&["env in (prod,test)"], vec![dev.clone(), prod(1), zone(0)]),
            (
                &["zone in (b,c)"],
                vec![
                    dev.clone(),
                    prod(0),
                    zone(0),
                    asked("zone", Some("b")),
                    asked("zone", Some("c")),
                ],
            ),
            (&["zone"], vec![dev.clone(), prod(0), zone(1)]),
            (
                &["rack"],
                vec![dev.clone(), prod(0), asked("rack", None), zone(0)],
            ),
            (
                &["env!=test,!retired,env notin (a,b)"],
                vec![dev.clone(), prod(0), zone(0)],
            ),
        ] {
            assert_eq!(rows(selectors), expected, "{selectors:?}");
        }
    }

    #[test]
    fn a_selector_without_a_known_meaning_is_not_judged() {
        let project = Project::new("p", "p").with_gateway_selector("cores>4");
        let found = TeamLabels::new(&[], &[], [project]);
        assert_eq!(found.unjudged.len(), 1);
        assert!(found.labels.is_empty());
    }
}
