//! A table: objects of one kind in the order in which they were made.
//!
//! A row is the object's JSON exactly as it goes to a client, under a position that only grows. The ids of deleted
//! objects stay known, so that no id is ever given twice and a listing goes on after an object that has been deleted
//! meanwhile. A page is a range scan from its position: its cost does not depend on how many objects there are.

use redb::{
    ReadOnlyTable, ReadTransaction, ReadableTable, ReadableTableMetadata, TableDefinition,
    WriteTransaction,
};

use crate::error::Error;
use crate::store::store;

type Rows = TableDefinition<'static, (&'static str, u64), &'static [u8]>;
type Ids = TableDefinition<'static, (&'static str, &'static str), u64>;

/// The two tables of one kind of object. `tenant` is what the objects belong to: a team, or nothing.
pub(crate) struct Table {
    rows: Rows,
    ids: Ids,
}

/// ASA's gateway setup tokens, by team.
pub(crate) const SETUP_TOKENS: Table =
    Table::new("asa.gateway_setup_tokens", "asa.gateway_setup_tokens.ids");
/// ASA's gateways, by team.
pub(crate) const GATEWAYS: Table = Table::new("asa.gateways", "asa.gateways.ids");
/// The status reports of ASA's gateways, by team, under the gateway's id.
pub(crate) const STATUS_REPORTS: Table = Table::new("asa.status_reports", "asa.status_reports.ids");
/// Dynatrace's ActiveGate tokens, of the one environment.
pub(crate) const ACTIVE_GATE_TOKENS: Table =
    Table::new("dt.activeGateTokens", "dt.activeGateTokens.ids");

/// One object and where it stands.
pub(crate) struct Row {
    pub(crate) cursor: u64,
    pub(crate) json: Vec<u8>,
}

/// Which way a listing goes.
#[derive(Clone, Copy, PartialEq)]
pub(crate) enum Order {
    OldestFirst,
    NewestFirst,
}

impl Order {
    pub(crate) fn reversed(self) -> Self {
        match self {
            Self::OldestFirst => Self::NewestFirst,
            Self::NewestFirst => Self::OldestFirst,
        }
    }
}

pub(crate) fn create_all(transaction: &WriteTransaction) -> Result<(), Error> {
    for table in [SETUP_TOKENS, GATEWAYS, STATUS_REPORTS, ACTIVE_GATE_TOKENS] {
        transaction.open_table(table.rows)?;
        transaction.open_table(table.ids)?;
    }
    Ok(())
}

impl Table {
    const fn new(rows: &'static str, ids: &'static str) -> Self {
        Self {
            rows: Rows::new(rows),
            ids: Ids::new(ids),
        }
    }

    /// Adds an object; false when the id is or was another object's.
    pub(crate) fn insert(
        &self,
        transaction: &WriteTransaction,
        tenant: &str,
        id: &str,
        json: &[u8],
    ) -> Result<bool, Error> {
        let mut ids = transaction.open_table(self.ids)?;
        if ids.get((tenant, id))?.is_some() {
            return Ok(false);
        }
        let position = store::next_sequence(transaction, "position")?;
        ids.insert((tenant, id), position)?;
        transaction
            .open_table(self.rows)?
            .insert((tenant, position), json)?;
        Ok(true)
    }

    /// Writes an object anew where it stands; false when there is none.
    pub(crate) fn replace(
        &self,
        transaction: &WriteTransaction,
        tenant: &str,
        id: &str,
        json: &[u8],
    ) -> Result<bool, Error> {
        let ids = transaction.open_table(self.ids)?;
        let Some(position) = ids.get((tenant, id))?.map(|position| position.value()) else {
            return Ok(false);
        };
        let mut rows = transaction.open_table(self.rows)?;
        let is_there = rows.get((tenant, position))?.is_some();
        if is_there {
            rows.insert((tenant, position), json)?;
        }
        Ok(is_there)
    }

    /// Removes an object; false when there is none.
    pub(crate) fn remove(
        &self,
        transaction: &WriteTransaction,
        tenant: &str,
        id: &str,
    ) -> Result<bool, Error> {
        let ids = transaction.open_table(self.ids)?;
        let Some(position) = ids.get((tenant, id))?.map(|position| position.value()) else {
            return Ok(false);
        };
        let mut rows = transaction.open_table(self.rows)?;
        let removed = rows.remove((tenant, position))?.is_some();
        Ok(removed)
    }

    pub(crate) fn get(
        &self,
        transaction: &ReadTransaction,
        tenant: &str,
        id: &str,
    ) -> Result<Option<Vec<u8>>, Error> {
        let Some(position) = self.cursor(transaction, tenant, id)? else {
            return Ok(None);
        };
        let rows: ReadOnlyTable<_, _> = transaction.open_table(self.rows)?;
        let row = rows.get((tenant, position))?;
        Ok(row.map(|row| row.value().to_vec()))
    }

    /// As [`get`](Self::get), within a change.
    pub(crate) fn get_for_update(
        &self,
        transaction: &WriteTransaction,
        tenant: &str,
        id: &str,
    ) -> Result<Option<Vec<u8>>, Error> {
        let ids = transaction.open_table(self.ids)?;
        let Some(position) = ids.get((tenant, id))?.map(|position| position.value()) else {
            return Ok(None);
        };
        let rows = transaction.open_table(self.rows)?;
        let row = rows.get((tenant, position))?;
        Ok(row.map(|row| row.value().to_vec()))
    }

    /// Where the object with this id stands or stood.
    pub(crate) fn cursor(
        &self,
        transaction: &ReadTransaction,
        tenant: &str,
        id: &str,
    ) -> Result<Option<u64>, Error> {
        let ids = transaction.open_table(self.ids)?;
        let position = ids.get((tenant, id))?;
        Ok(position.map(|position| position.value()))
    }

    /// At most `limit` objects after a position (from the start without one) that `filter` lets through.
    pub(crate) fn page(
        &self,
        transaction: &ReadTransaction,
        tenant: &str,
        order: Order,
        after: Option<u64>,
        limit: usize,
        filter: impl Fn(&[u8]) -> bool,
    ) -> Result<Vec<Row>, Error> {
        let table = transaction.open_table(self.rows)?;
        let (from, to) = match (order, after) {
            (_, None) => (0, u64::MAX),
            (Order::OldestFirst, Some(after)) => (after.saturating_add(1), u64::MAX),
            (Order::NewestFirst, Some(after)) => (0, after),
        };
        // The upper bound is never a row: positions start at 1 and the one given is excluded.
        let mut range = table.range((tenant, from)..(tenant, to))?;
        let mut rows = Vec::new();
        while rows.len() < limit {
            let next = match order {
                Order::OldestFirst => range.next(),
                Order::NewestFirst => range.next_back(),
            };
            let Some(row) = next else { break };
            let (key, json) = row?;
            if filter(json.value()) {
                rows.push(Row {
                    cursor: key.value().1,
                    json: json.value().to_vec(),
                });
            }
        }
        Ok(rows)
    }

    /// How many objects there are in all scopes together; read from the table's head, not counted.
    pub(crate) fn len(&self, transaction: &ReadTransaction) -> Result<u64, Error> {
        Ok(transaction.open_table(self.rows)?.len()?)
    }
}

/// The objects of a page as the elements of a JSON array.
pub(crate) fn json_array(rows: &[Row]) -> Vec<u8> {
    let size = rows.iter().map(|row| row.json.len() + 1).sum::<usize>();
    let mut array = Vec::with_capacity(size + 2);
    array.push(b'[');
    for (n, row) in rows.iter().enumerate() {
        if n > 0 {
            array.push(b',');
        }
        array.extend_from_slice(&row.json);
    }
    array.push(b']');
    array
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::store::Store;

    fn filled(ids: &[&str]) -> Store {
        let store = Store::in_memory().unwrap();
        let filled = store.write(|transaction| {
            for id in ids {
                GATEWAYS.insert(transaction, "team", id, id.as_bytes())?;
            }
            GATEWAYS.insert(transaction, "other", "z", b"z")
        });
        assert!(filled.unwrap());
        store
    }

    fn page(store: &Store, order: Order, after: Option<&str>, limit: usize) -> String {
        let read = store.read(|transaction| {
            let after = match after {
                Some(id) => GATEWAYS.cursor(transaction, "team", id)?,
                None => None,
            };
            GATEWAYS.page(transaction, "team", order, after, limit, |_| true)
        });
        let rows: Result<_, Error> = read;
        String::from_utf8(json_array(&rows.unwrap())).unwrap()
    }

    #[test]
    fn pages_follow_each_other_both_ways() {
        let store = filled(&["a", "b", "c", "d"]);
        assert_eq!(page(&store, Order::OldestFirst, None, 2), "[a,b]");
        assert_eq!(page(&store, Order::OldestFirst, Some("b"), 9), "[c,d]");
        assert_eq!(page(&store, Order::NewestFirst, None, 3), "[d,c,b]");
        assert_eq!(page(&store, Order::NewestFirst, Some("b"), 3), "[a]");
        assert_eq!(page(&store, Order::OldestFirst, Some("d"), 3), "[]");
    }

    #[test]
    fn a_deleted_object_keeps_its_place_and_its_id() {
        let store = filled(&["a", "b", "c"]);
        let write = |change: &dyn Fn(&WriteTransaction) -> Result<bool, Error>| {
            store.write(|transaction| change(transaction)).unwrap()
        };
        assert!(write(&|t| GATEWAYS.remove(t, "team", "b")));
        assert!(!write(&|t| GATEWAYS.remove(t, "team", "b")));
        assert!(!write(&|t| GATEWAYS.insert(t, "team", "b", b"again")));
        assert!(!write(&|t| GATEWAYS.replace(t, "team", "b", b"again")));
        assert_eq!(page(&store, Order::OldestFirst, Some("b"), 9), "[c]");
    }
}
