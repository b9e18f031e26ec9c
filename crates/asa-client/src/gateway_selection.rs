//! Which gateways a project uses, and which projects a gateway serves.

use std::collections::BTreeMap;

use gatelet_models::asa::{Gateway, GatewaySelector, LabelRequirement, Project, ResourceGroupId};
use gatelet_transport::Error;

use crate::unjudged_reason::UnjudgedReason;

/// Whether the gateways of a project are known.
///
/// ```
/// use asa_client::GatewaySelection;
/// use asa_client::models::{Gateway, Project};
///
/// let gateways = [Gateway::new("a2dfd474", "eu-1", false).with_labels([("env", "prod")])];
/// let of = |selector: &str| {
///     let project = Project::new("8fe1a2c4", "web").with_gateway_selector(selector);
///     GatewaySelection::new(&project, gateways.clone())
/// };
/// let GatewaySelection::Judged(selected) = of("env=prod") else { panic!() };
/// assert_eq!(selected.gateways[0].name, "eu-1");
/// assert!(matches!(of("cores>4"), GatewaySelection::CannotJudge(_)));
/// ```
#[derive(Debug)]
#[non_exhaustive]
pub enum GatewaySelection {
    /// The selector is understood.
    Judged(SelectedGateways),
    /// Only the service can judge which gateways the project uses, since its selector has no known meaning or it may be deleted; says why.
    CannotJudge(UnjudgedReason),
    /// The project is deleted, so it uses no gateway, whatever its selector.
    Deleted,
}

/// The gateways that a project uses.
#[derive(Debug, Default)]
#[non_exhaustive]
pub struct SelectedGateways {
    /// The selector of the project; `None` if it has none, which need not mean the same as an empty one.
    pub selector: Option<GatewaySelector>,
    /// The gateways that meet all of its requirements; none if it is empty or absent, which is inferred, as
    /// [`GatewaySelector`] says.
    pub gateways: Vec<Gateway>,
    /// The gateways whose labels are absent or null, as in ASA's documented responses; the project may use them or not.
    pub unjudged: Vec<Gateway>,
    /// The requirements that not one gateway with known labels meets, by themselves. None if not all gateways could be read.
    pub unmet: Vec<LabelRequirement>,
    /// Whether the project sends no traffic through any of the gateways; see [`Project::is_forwarding_off`].
    pub is_forwarding_off: bool,
    /// The error of the list of gateways, if it could not be read to its end; the project may use other gateways, too.
    pub unread: Option<Error>,
}

impl GatewaySelection {
    /// Judges which of a team's gateways a project uses. Pass all of them, because `unmet` is about the whole team.
    #[must_use]
    pub fn new(project: &Project, gateways: impl IntoIterator<Item = Gateway>) -> Self {
        if project.is_deleted() {
            return Self::Deleted;
        }
        let selector = match project.selector() {
            Ok(selector) => selector,
            Err(error) => return Self::CannotJudge(UnjudgedReason::of_selector(project, error)),
        };
        if !selector.is_empty() && project.deleted_at.value().is_err() {
            return Self::CannotJudge(UnjudgedReason::UnreadableDeletion);
        }
        let mut unmet = selector.requirements().to_vec();
        let (mut selected, mut unjudged) = (Vec::new(), Vec::new());
        for gateway in gateways {
            let labels = gateway.labels.as_ref();
            if labels.is_none() && !selector.is_empty() {
                unjudged.push(gateway);
                continue;
            }
            unmet.retain(|requirement| !requirement.is_met_by(labels));
            if selector.matches(labels) {
                selected.push(gateway);
            }
        }
        Self::Judged(SelectedGateways {
            unjudged,
            selector: project.gateway_selector.is_some().then_some(selector),
            gateways: selected,
            unmet,
            is_forwarding_off: project.is_forwarding_off(),
            unread: None,
        })
    }
}

/// The projects that a gateway serves, by its labels.
#[derive(Debug, Default)]
#[non_exhaustive]
pub struct ServedProjects {
    /// The projects whose selector selects the gateway. One of ASA uses gateways only while its traffic is forwarded; see
    /// [`Project::is_forwarding_off`].
    pub served: Vec<Project>,
    /// The projects that only the service can judge, and why; the gateway may serve them or not.
    pub unjudged: Vec<(Project, UnjudgedReason)>,
    /// The errors of lists of projects that could not be read, or not to their end, such as that of a resource group that was deleted meanwhile, whose id is
    /// the error's [`resource`](Error::resource); the gateway may serve projects in them.
    pub unread: Vec<Error>,
    /// The resource groups whose projects were not asked for after a failure that would have met them too, such as a timeout; the
    /// gateway may serve projects in them.
    pub unasked: Vec<ResourceGroupId>,
    /// Whether the reading was stopped before its end; the gateway may serve other projects, too.
    pub is_stopped: bool,
}

impl ServedProjects {
    /// Judges which projects a gateway with these labels serves: those of an enrolled gateway, or those of a setup token for the
    /// gateways that will enroll with it. Deleted projects are left out. Labels of `None` are unknown, not absent: a project with a selector
    /// cannot be judged by them.
    ///
    /// ```
    /// use asa_client::ServedProjects;
    /// use asa_client::models::{GatewayAgentPolicyDetails, GatewaySetupToken, Project};
    ///
    /// let token = GatewaySetupToken::new("6116bb2a", "gateway-agent")
    ///     .with_details(GatewayAgentPolicyDetails::new().with_labels([("env", "prod")]));
    /// let labels = token.details.as_ref().and_then(|details| details.labels.as_ref());
    /// let projects = ["env=prod", "env=dev"].map(|it| Project::new(it, it).with_gateway_selector(it));
    /// assert_eq!(ServedProjects::new(labels, projects).served.len(), 1);
    /// ```
    #[must_use]
    pub fn new(
        labels: Option<&BTreeMap<String, String>>,
        projects: impl IntoIterator<Item = Project>,
    ) -> Self {
        let mut result = Self::default();
        for project in projects {
            match project.selector() {
                _ if project.is_deleted() => {}
                Ok(selector) if selector.is_empty() => {}
                Ok(_) if labels.is_none() => {
                    result
                        .unjudged
                        .push((project, UnjudgedReason::UnknownLabels));
                }
                Ok(selector) if !selector.matches(labels) => {}
                Ok(_) if project.deleted_at.value().is_err() => {
                    result
                        .unjudged
                        .push((project, UnjudgedReason::UnreadableDeletion));
                }
                Ok(_) => result.served.push(project),
                Err(error) => {
                    let reason = UnjudgedReason::of_selector(&project, error);
                    result.unjudged.push((project, reason));
                }
            }
        }
        result
    }
}
