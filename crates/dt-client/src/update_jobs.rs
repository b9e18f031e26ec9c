//! What the description cannot say about update jobs.

use gatelet_transport::{Channel, Error};

use crate::check;
use crate::generated::update_jobs::{GetAllUpdateJobListQuery, GetUpdateJobListByAgIdQuery};

impl GetAllUpdateJobListQuery {
    pub(crate) fn check(&self, _: &Channel) -> Result<(), Error> {
        check::release("startVersion", self.start_version.as_ref())?;
        check::release("targetVersion", self.target_version.as_ref())
    }
}

impl GetUpdateJobListByAgIdQuery {
    pub(crate) fn check(&self, _: &Channel) -> Result<(), Error> {
        check::release("startVersion", self.start_version.as_ref())?;
        check::release("targetVersion", self.target_version.as_ref())
    }
}
