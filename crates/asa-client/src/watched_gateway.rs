//! Gateways as they are watched.

use std::collections::BTreeMap;

use gatelet_client::{Change, changes};
use gatelet_models::asa::{Gateway, GatewayStatus};
use gatelet_transport::Error;
use serde::{Serialize, Serializer};
use serde_json::Value;

use crate::generated::gateways::Gateways;

/// What changes by itself, without anything having happened.
const IGNORED: [&str; 1] = ["last_seen"];

/// A gateway at a point in time, with its status if that is known.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct WatchedGateway {
    /// The gateway.
    pub gateway: Gateway,
    /// Its status; `None` if it was not asked for or could not be read.
    pub status: Option<GatewayStatus>,
}

impl WatchedGateway {
    /// Creates one whose status is not known.
    #[must_use]
    pub fn new(gateway: Gateway) -> Self {
        Self {
            gateway,
            status: None,
        }
    }

    /// Sets the status.
    #[must_use]
    pub fn with_status(mut self, status: Option<GatewayStatus>) -> Self {
        self.status = status;
        self
    }

    /// Compares two readings of the gateways of a team. When a gateway was last seen is not compared, and a status that is not known in
    /// the later reading counts as unchanged.
    ///
    /// ```
    /// use asa_client::{Change, WatchedGateway};
    /// use asa_client::models::{Gateway, GatewayStatus};
    ///
    /// let gateway = WatchedGateway::new(Gateway::new("a2dfd474", "eu-1", false));
    /// let online = gateway.clone().with_status(Some(GatewayStatus::Online));
    /// let found = WatchedGateway::changes(&[gateway.clone()], &[online.clone()]);
    /// assert!(matches!(&found[..], [Change::Changed { members, .. }] if members[0].name == "status"));
    /// assert!(WatchedGateway::changes(&[online], &[gateway]).is_empty());
    /// ```
    #[must_use]
    pub fn changes(before: &[Self], now: &[Self]) -> Vec<Change<Self>> {
        let now = Self::with_known_statuses(before, now.to_vec());
        changes(before, &now, |it| Some(it.gateway.id.clone()), &IGNORED)
    }

    /// Sets the statuses that are not known to those of an earlier reading.
    #[must_use]
    pub fn with_known_statuses(before: &[Self], mut now: Vec<Self>) -> Vec<Self> {
        let known = before.iter().map(|it| (&it.gateway.id, &it.status));
        let known: BTreeMap<_, _> = known.collect();
        for watched in now.iter_mut().filter(|it| it.status.is_none()) {
            let status = known.get(&watched.gateway.id);
            watched.status = status.and_then(|status| (*status).clone());
        }
        now
    }
}

/// The gateway with one more member.
impl Serialize for WatchedGateway {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut value = serde_json::to_value(&self.gateway).map_err(serde::ser::Error::custom)?;
        if let (Some(members), Some(status)) = (value.as_object_mut(), &self.status) {
            members.insert("status".to_owned(), Value::from(status.as_str()));
        }
        value.serialize(serializer)
    }
}

impl Gateways {
    /// Reads all gateways of the team and, if `statuses_at_once` is not 0, their statuses, so many at the same time. A status that cannot be read
    /// is not known.
    ///
    /// ```
    /// # use asa_client::{Client, Error, WatchedGateway};
    /// # async fn example(client: &Client) -> Result<(), Error> {
    /// let gateways = client.gateways();
    /// let before = gateways.watched(8).await?;
    /// // Later:
    /// let now = gateways.watched(8).await?;
    /// println!("{:?}", WatchedGateway::changes(&before, &now));
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// Those of the list, also if it ends before its total count.
    pub async fn watched(&self, statuses_at_once: usize) -> Result<Vec<WatchedGateway>, Error> {
        let listed = self.list().largest_pages().require_complete();
        let listed = listed.items().try_collect().await?;
        if statuses_at_once == 0 {
            return Ok(listed.into_iter().map(WatchedGateway::new).collect());
        }
        let ids = listed.iter().map(|it| &it.id);
        let statuses = self.statuses(ids, statuses_at_once).await;
        let all = listed.into_iter().zip(statuses);
        let watched = all.map(|(gateway, status)| {
            let status = status.ok().and_then(|report| report.status);
            WatchedGateway::new(gateway).with_status(status)
        });
        Ok(watched.collect())
    }
}
