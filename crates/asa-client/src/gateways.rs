//! What the description cannot say about gateways.

use std::future::{Future, pending};
use std::pin::pin;

use gatelet_models::asa::{GatewayId, GatewayStatusReport};
use gatelet_transport::Error;

use crate::at_once::run_at_once;
use crate::gateway_selection::ServedProjects;
use crate::generated::gateways::Gateways;
use crate::projects::served_in_either_product;
use crate::stop::Stop;

impl Gateways {
    /// Reads the status of each of these gateways, at most `at_once` of them at the same time and at least one, and returns the
    /// results in the order of the ids. No operation reads several.
    ///
    /// Each call has the client's timeout and retry policy, and an error of one does not end the others.
    ///
    /// ```
    /// # use asa_client::{Client, Error};
    /// # async fn example(client: &Client) -> Result<(), Error> {
    /// let gateways = client.gateways();
    /// let listed = gateways.list().items().try_collect().await?;
    /// let statuses = gateways.statuses(listed.iter().map(|it| &it.id), 8).await;
    /// for (gateway, status) in listed.iter().zip(statuses) {
    ///     println!("{}: {:?}", gateway.name, status.map(|it| it.status));
    /// }
    /// # Ok(())
    /// # }
    /// ```
    pub async fn statuses(
        &self,
        ids: impl IntoIterator<Item = &GatewayId>,
        at_once: usize,
    ) -> Vec<Result<GatewayStatusReport, Error>> {
        let calls = ids.into_iter().map(|id| self.status(id).send());
        run_at_once(calls, at_once).await
    }

    /// Reads a gateway and all projects of the team, and judges which of them it serves: the projects of ASA, and those of the resource
    /// groups of Okta Privileged Access that the caller may see. What one product responds to a question about the other's projects is
    /// documented nowhere: the API's own 404 ([`Error::is_not_found`]) means that it has none, if the other list can be read. After any
    /// other error, such as the 404 of a proxy, what was read is judged, and [`unread`](ServedProjects::unread) has the error.
    ///
    /// Only labels are compared: a project of ASA whose [`forward_traffic`](gatelet_models::asa::Project::is_forwarding_off) is false is
    /// among those that are served, but sends no traffic through the gateway. Needs the permission to read the gateway and to list the projects.
    ///
    /// ```
    /// # use asa_client::{Client, Error};
    /// # async fn example(client: &Client) -> Result<(), Error> {
    /// let projects = client.gateways().projects(&"a2dfd474".into()).await?;
    /// for (project, problem) in projects.unjudged {
    ///     println!("cannot judge {}: {problem}", project.name);
    /// }
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// Every kind; see [`ErrorKind`](crate::ErrorKind). An error says which of the calls failed.
    pub async fn projects(&self, id: &GatewayId) -> Result<ServedProjects, Error> {
        self.projects_until(id, pending()).await
    }

    /// Does the same as [`projects`](Self::projects), until a future completes, such as one that waits for a signal. Then what was read is
    /// judged, and [`is_stopped`](ServedProjects::is_stopped) is true.
    ///
    /// # Errors
    ///
    /// Those of [`projects`](Self::projects).
    pub async fn projects_until(
        &self,
        id: &GatewayId,
        stop: impl Future<Output = ()> + Send,
    ) -> Result<ServedProjects, Error> {
        let mut stop = pin!(stop);
        let mut stop = Stop::new(stop.as_mut());
        let Some(gateway) = stop.unless_stopped(self.get(id).send()).await else {
            return Ok(ServedProjects {
                is_stopped: true,
                ..ServedProjects::default()
            });
        };
        let gateway = gateway?;
        served_in_either_product(&self.channel, gateway.labels.as_ref(), &mut stop).await
    }
}
