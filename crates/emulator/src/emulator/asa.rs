//! The emulator's methods for ASA.

use gatelet_models::Secret;
use gatelet_models::asa::{Gateway, GatewayUpdate, Project, ResourceGroup};

use crate::api::asa::role::Role;
use crate::api::asa::{enrollment, project, resource_group, service_user};
use crate::emulator::emulator::Emulator;
use crate::error::Error;

/// Okta ASA. Needs the feature `asa`.
impl Emulator {
    /// Sets whether the `token` of a server enrollment token is sent as an object of strings, as Okta's reference describes it; off by
    /// default, because Okta's own client reads a string. The string is the base64 of the object.
    ///
    /// ```
    /// # let emulator = gatelet_emulator::Emulator::memory()?;
    /// let emulator = emulator.with_enrollment_token_objects(true);
    /// # drop(emulator);
    /// # Ok::<(), gatelet_emulator::Error>(())
    /// ```
    #[must_use]
    pub fn with_enrollment_token_objects(mut self, sends_objects: bool) -> Self {
        self.state.set_enrollment_token_objects(sends_objects);
        self
    }

    /// Adds an ASA service user with a key. Its name is the key id. A key id that the team already has gets the new secret, and its
    /// service user the new role.
    ///
    /// # Errors
    ///
    /// [`Error::Full`] or [`Error::Storage`] if the write fails.
    pub fn add_service_user(
        &self,
        team: &str,
        key_id: &str,
        key_secret: &Secret,
        role: Role,
    ) -> Result<(), Error> {
        self.store().write(|transaction| {
            let key = self.store().key();
            service_user::add_with_key(transaction, key, team, key_id, key_secret.expose(), role)
        })
    }

    /// Restores the [`well_known`](crate::well_known) keys of ASA: a deleted one exists again, and one with an end has none. What else
    /// calls have changed stays, such as the status of a service user.
    ///
    /// A rotation gives the key that a program logs in with an end, and may delete it. A program that always logs in with a well-known
    /// key calls this when it starts, as the command line does for `--emulator` and `emulator serve`.
    ///
    /// ```
    /// # let emulator = gatelet_emulator::Emulator::memory()?;
    /// emulator.restore_well_known_keys()?;
    /// # Ok::<(), gatelet_emulator::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`Error::Full`] or [`Error::Storage`] if the write fails.
    pub fn restore_well_known_keys(&self) -> Result<(), Error> {
        service_user::restore_well_known(self.store())
    }

    /// Adds a resource group of Okta Privileged Access to a team, because no operation here creates one. Its `team_id` is set to the
    /// name of that team, which has projects of both products.
    ///
    /// ```
    /// use gatelet_emulator::{Emulator, well_known};
    /// use gatelet_models::asa::{Project, ResourceGroup};
    ///
    /// let emulator = Emulator::memory()?;
    /// let group = ResourceGroup::new("2e5d0f6c", "production");
    /// emulator.add_resource_group(well_known::ASA_TEAM, group)?;
    /// let project = Project::new("5b0c7d9e", "shop").with_resource_group_id("2e5d0f6c");
    /// emulator.add_project(well_known::ASA_TEAM, project)?;
    /// # Ok::<(), gatelet_emulator::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`Error::Invalid`] if the name has other characters than letters, digits, spaces and `-_.`, or the id is in use,
    /// [`Error::Full`] or [`Error::Storage`] if the write fails.
    pub fn add_resource_group(&self, team: &str, group: ResourceGroup) -> Result<(), Error> {
        let team = team.to_lowercase();
        self.store()
            .write(|transaction| resource_group::insert(transaction, &team, group))
    }

    /// Adds a project to a team, because no operation here creates one. Its `team` is set to that team. Without a resource group it
    /// is a project of ASA.
    ///
    /// ```
    /// use gatelet_emulator::{Emulator, well_known};
    /// use gatelet_models::asa::Project;
    ///
    /// let emulator = Emulator::memory()?;
    /// let project = Project::new("8fe1a2c4", "web").with_gateway_selector("env=prod");
    /// emulator.add_project(well_known::ASA_TEAM, project)?;
    /// # Ok::<(), gatelet_emulator::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`Error::Invalid`] if ASA would reject the name, the id or the name is in use, or the team lacks the resource group, [`Error::Full`] or [`Error::Storage`] if the
    /// write fails.
    pub fn add_project(&self, team: &str, project: Project) -> Result<(), Error> {
        project::add(self.store(), &team.to_lowercase(), project)
    }

    /// Enrolls a gateway with the value of a setup token; the gateway is online from then on.
    ///
    /// The gateway gets the setup token's labels; labels of its own take precedence. Over HTTP this is
    /// `POST /emulator/v1/gateways` with the value as bearer and the update as JSON body.
    ///
    /// ```
    /// use gatelet_emulator::{Emulator, Error};
    /// use gatelet_models::asa::GatewayUpdate;
    ///
    /// let emulator = Emulator::memory()?;
    /// let refused = emulator.enroll_gateway(&"sft-gw.wrong".into(), GatewayUpdate::new("eu-1"));
    /// assert!(matches!(refused, Err(Error::TokenRejected)));
    /// # Ok::<(), Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`Error::TokenRejected`] if the value is wrong or its token is deleted, [`Error::Invalid`] if ASA would reject the
    /// name or the description, [`Error::Full`] or [`Error::Storage`] if the write fails.
    pub fn enroll_gateway(
        &self,
        setup_token: &Secret,
        gateway: GatewayUpdate,
    ) -> Result<Gateway, Error> {
        enrollment::enroll(&self.state, setup_token, gateway)
    }
}
