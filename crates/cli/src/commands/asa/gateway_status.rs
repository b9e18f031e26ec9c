//! Gateways with their statuses.

use asa_client::{Error, Gateways};
use gatelet_models::asa::{Gateway, GatewayStatusReport};
use gatelet_transport::Pages;
use serde::{Serialize, Serializer, ser::SerializeMap as _};

use crate::error::error::{CliError, cause};
use crate::output::columns::{labels, text};
use crate::output::list;
use crate::output::output::Output;
use crate::output::record::{Column, Record};
use crate::output::stdout::Stdout;

/// How many statuses are read at the same time.
pub(crate) const STATUSES_AT_ONCE: usize = 8;

/// Writes the gateways that are kept with their statuses, page by page. A status that cannot be read is named in its row.
///
/// # Errors
/// Those of a list.
pub(crate) async fn write(
    gateways: &Gateways,
    pages: Pages<Gateway>,
    limit: Option<u64>,
    output: &mut Output<Stdout>,
    keeps: impl Fn(&Gateway) -> bool,
) -> Result<(), CliError> {
    // The page after the last one that is needed is not requested.
    let pages = pages.prefetch(limit.is_none());
    let with_statuses = async |page: Vec<Gateway>| {
        let kept: Vec<_> = page.into_iter().filter(&keeps).collect();
        let statuses = gateways.statuses(kept.iter().map(|it| &it.id), STATUSES_AT_ONCE);
        let rows = statuses.await.into_iter().zip(kept);
        rows.map(|(status, gateway)| GatewayWithStatus::new(gateway, status))
            .collect()
    };
    list::write_rows(pages, limit, output, with_statuses).await
}

/// A gateway with its status.
#[derive(Debug)]
struct GatewayWithStatus {
    gateway: Gateway,
    /// The status, or why it could not be read.
    status: Result<GatewayStatusReport, String>,
}

impl GatewayWithStatus {
    fn new(gateway: Gateway, status: Result<GatewayStatusReport, Error>) -> Self {
        Self {
            gateway,
            status: status.map_err(|error| cause(&error)),
        }
    }

    fn status_text<T: ToString>(
        &self,
        member: fn(&GatewayStatusReport) -> Option<&T>,
    ) -> Option<String> {
        text(self.status.as_ref().ok().and_then(member))
    }
}

/// The gateway with one more object, as the API has both.
impl Serialize for GatewayWithStatus {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut members = serializer.serialize_map(None)?;
        members.serialize_entry("gateway", &self.gateway)?;
        match &self.status {
            Ok(status) => members.serialize_entry("status", status)?,
            Err(error) => members.serialize_entry("statusError", error)?,
        }
        members.end()
    }
}

impl Record for GatewayWithStatus {
    const COLUMNS: &'static [Column<Self>] = &[
        Column::text("ID", |row| Some(row.gateway.id.to_string())),
        Column::text("NAME", |row| Some(row.gateway.name.clone())),
        Column::state("STATUS", |row| match &row.status {
            Ok(report) => text(report.status.as_ref()),
            Err(_) => Some("UNREADABLE".to_owned()),
        }),
        Column::text("CONNECTIONS", |row| {
            row.status_text(|report| report.active_connections.as_ref())
        }),
        Column::text("REFUSES", |row| {
            Some(row.gateway.refuse_connections.to_string())
        }),
        Column::text("LABELS", |row| labels(row.gateway.labels.as_ref())),
        Column::text("PROBLEM", |row| row.status.as_ref().err().cloned()),
        Column::wide(Column::text("DESCRIPTION", |row| {
            row.gateway.description.clone()
        })),
    ];
}
