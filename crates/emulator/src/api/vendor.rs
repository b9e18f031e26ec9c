//! What the emulator needs of a vendor. The rest of the crate knows no vendor.

use bytes::Bytes;
use gatelet_models::Timestamp;
use http::{Response, StatusCode};
use redb::WriteTransaction;

use crate::api::server_request::ServerRequest;
use crate::error::Error;
use crate::store::key::Key;
use crate::store::store;
use crate::store::store::Store;

/// The vendors of an emulator.
pub(crate) type Vendors = &'static [&'static dyn Vendor];

/// One vendor's paths, responses, tables and examples.
pub(crate) trait Vendor: Sync {
    /// Returns the name of the vendor's feature, which the names of its tables begin with: `asa` or `dt`.
    fn name(&self) -> &'static str;

    /// Whether a path is the vendor's. No path belongs to two vendors.
    fn owns(&self, path: &str) -> bool;

    /// Handles a request to one of the vendor's paths.
    fn handle(&self, request: &ServerRequest<'_>) -> Response<Bytes>;

    /// Returns an error response with this status in the vendor's format.
    fn error_response(&self, status: StatusCode) -> Response<Bytes>;

    /// Returns the name of the table that earlier versions did not have.
    fn newest_table(&self) -> &'static str;

    /// Creates those of the vendor's tables that do not exist, and its well-known credentials.
    fn create_tables(&self, transaction: &WriteTransaction, key: &Key) -> Result<(), Error>;

    /// Returns the number of the set of examples. A store with the examples of a lower one gets the new ones.
    fn examples_level(&self) -> u64;

    /// Adds the examples of the vendor's documentation, and what must be recent `now`, except what the store has or had.
    fn add_examples(&self, transaction: &WriteTransaction, now: Timestamp) -> Result<(), Error>;
}

impl dyn Vendor {
    /// Creates the vendor's tables in a store that lacks some: a new one, or one that was made without this vendor or by an earlier
    /// version.
    pub(crate) fn prepare(&self, store: &Store) -> Result<(), Error> {
        if store.read(|transaction| store::has_table(transaction, self.newest_table()))? {
            return Ok(());
        }
        store.write(|transaction| self.create_tables(transaction, store.key()))
    }

    /// Adds the vendor's examples, once for each store and level. An object that was deleted is not added again, because no id is reused.
    pub(crate) fn seed(&self, store: &Store, now: Timestamp) -> Result<(), Error> {
        let (number, level) = (format!("{}.seed", self.name()), self.examples_level());
        // Only what is new is written to the disk.
        if store.read(|transaction| store::number(transaction, &number))? >= Some(level) {
            return Ok(());
        }
        store.write(|transaction| {
            store::set_number(transaction, &number, level)?;
            self.add_examples(transaction, now)
        })
    }
}
