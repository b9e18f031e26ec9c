//! Objects of one kind in order of creation.
//!
//! A row is the object's JSON as clients receive it, under its cursor: a number that only grows. The ids of deleted
//! objects are kept, so that no id is assigned twice and a list can continue after an object deleted meanwhile. A page is
//! a range scan from its cursor: its cost does not depend on the size of the table.

use std::marker::PhantomData;

use redb::{
    ReadTransaction, ReadableTable, ReadableTableMetadata, TableDefinition, WriteTransaction,
};

use crate::error::Error;
use crate::store::encoded::Encoded;
use crate::store::store;

/// Tenant and cursor.
type RowKey = (&'static str, u64);
/// Tenant and id.
type IdKey = (&'static str, &'static str);

type Rows = TableDefinition<'static, RowKey, &'static [u8]>;
type Ids = TableDefinition<'static, IdKey, u64>;

/// The rows and ids of one kind of object. `tenant` is the owner of the objects: empty where all have the same.
pub(crate) struct Table<T> {
    rows: Rows,
    ids: Ids,
    model: PhantomData<fn() -> T>,
}

/// One object and its cursor.
pub(crate) struct Row<T> {
    pub(crate) cursor: u64,
    pub(crate) json: Encoded<T>,
}

/// The direction of a list.
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

impl<T> Table<T> {
    pub(crate) const fn new(rows: &'static str, ids: &'static str) -> Self {
        Self {
            rows: Rows::new(rows),
            ids: Ids::new(ids),
            model: PhantomData,
        }
    }

    pub(crate) fn create(&self, transaction: &WriteTransaction) -> Result<(), Error> {
        transaction.open_table(self.rows)?;
        transaction.open_table(self.ids)?;
        Ok(())
    }

    /// Adds an object. Returns false if the id is or was in use.
    pub(crate) fn insert(
        &self,
        transaction: &WriteTransaction,
        tenant: &str,
        id: &str,
        json: &Encoded<T>,
    ) -> Result<bool, Error> {
        let mut ids = transaction.open_table(self.ids)?;
        if ids.get((tenant, id))?.is_some() {
            return Ok(false);
        }
        let cursor = store::next_sequence(transaction, "position")?;
        ids.insert((tenant, id), cursor)?;
        transaction
            .open_table(self.rows)?
            .insert((tenant, cursor), json.as_bytes())?;
        Ok(true)
    }

    /// Puts an object in its place, also where one was deleted: for objects that the emulator itself names.
    pub(crate) fn put(
        &self,
        transaction: &WriteTransaction,
        tenant: &str,
        id: &str,
        json: &Encoded<T>,
    ) -> Result<(), Error> {
        if self.insert(transaction, tenant, id, json)? {
            return Ok(());
        }
        if let Some(cursor) = locate(&transaction.open_table(self.ids)?, tenant, id)? {
            let mut rows = transaction.open_table(self.rows)?;
            rows.insert((tenant, cursor), json.as_bytes())?;
        }
        Ok(())
    }

    /// Replaces an object in place. Returns false if it does not exist.
    pub(crate) fn replace(
        &self,
        transaction: &WriteTransaction,
        tenant: &str,
        id: &str,
        json: &Encoded<T>,
    ) -> Result<bool, Error> {
        let Some(cursor) = locate(&transaction.open_table(self.ids)?, tenant, id)? else {
            return Ok(false);
        };
        let mut rows = transaction.open_table(self.rows)?;
        let exists = rows.get((tenant, cursor))?.is_some();
        if exists {
            rows.insert((tenant, cursor), json.as_bytes())?;
        }
        Ok(exists)
    }

    /// Removes an object. Returns false if it does not exist.
    pub(crate) fn remove(
        &self,
        transaction: &WriteTransaction,
        tenant: &str,
        id: &str,
    ) -> Result<bool, Error> {
        let Some(cursor) = locate(&transaction.open_table(self.ids)?, tenant, id)? else {
            return Ok(false);
        };
        let mut rows = transaction.open_table(self.rows)?;
        let removed = rows.remove((tenant, cursor))?.is_some();
        Ok(removed)
    }

    pub(crate) fn get(
        &self,
        transaction: &ReadTransaction,
        tenant: &str,
        id: &str,
    ) -> Result<Option<Encoded<T>>, Error> {
        let ids = transaction.open_table(self.ids)?;
        let json = find(&ids, &transaction.open_table(self.rows)?, tenant, id)?;
        Ok(json.map(Encoded::stored))
    }

    /// Like [`get`](Self::get), within a write transaction.
    pub(crate) fn get_for_update(
        &self,
        transaction: &WriteTransaction,
        tenant: &str,
        id: &str,
    ) -> Result<Option<Encoded<T>>, Error> {
        let ids = transaction.open_table(self.ids)?;
        let json = find(&ids, &transaction.open_table(self.rows)?, tenant, id)?;
        Ok(json.map(Encoded::stored))
    }

    /// Returns the ids of a tenant's objects, in order of id, even of deleted objects.
    pub(crate) fn ids(
        &self,
        transaction: &WriteTransaction,
        tenant: &str,
    ) -> Result<Vec<String>, Error> {
        let ids = transaction.open_table(self.ids)?;
        let mut found = Vec::new();
        for row in ids.range((tenant, "")..)? {
            let (key, _) = row?;
            let (owner, id) = key.value();
            if owner != tenant {
                break;
            }
            found.push(id.to_owned());
        }
        Ok(found)
    }

    /// Returns the cursor of the object with this id, even if the object is deleted.
    pub(crate) fn cursor(
        &self,
        transaction: &ReadTransaction,
        tenant: &str,
        id: &str,
    ) -> Result<Option<u64>, Error> {
        locate(&transaction.open_table(self.ids)?, tenant, id)
    }

    /// Returns at most `limit` objects that pass `filter`, starting after the cursor `after`, or from the start.
    pub(crate) fn page(
        &self,
        transaction: &ReadTransaction,
        tenant: &str,
        order: Order,
        after: Option<u64>,
        limit: usize,
        filter: impl Fn(&Encoded<T>) -> bool,
    ) -> Result<Vec<Row<T>>, Error> {
        let table = transaction.open_table(self.rows)?;
        let (from, to) = match (order, after) {
            (_, None) => (0, u64::MAX),
            (Order::OldestFirst, Some(after)) => (after.saturating_add(1), u64::MAX),
            (Order::NewestFirst, Some(after)) => (0, after),
        };
        // The exclusive upper bound loses no row: no cursor ever reaches `u64::MAX`, and `after` itself is excluded.
        let mut range = table.range((tenant, from)..(tenant, to))?;
        let mut rows = Vec::new();
        while rows.len() < limit {
            let next = match order {
                Order::OldestFirst => range.next(),
                Order::NewestFirst => range.next_back(),
            };
            let Some(row) = next else { break };
            let (key, json) = row?;
            let json = Encoded::stored(json.value().to_vec());
            if filter(&json) {
                let cursor = key.value().1;
                rows.push(Row { cursor, json });
            }
        }
        Ok(rows)
    }

    /// Returns the keys and cursors of all objects of a tenant that have a key, oldest first.
    pub(crate) fn keys<K>(
        &self,
        transaction: &ReadTransaction,
        tenant: &str,
        key: impl Fn(&Encoded<T>) -> Result<Option<K>, Error>,
    ) -> Result<Vec<(K, u64)>, Error> {
        let table = transaction.open_table(self.rows)?;
        let mut keys = Vec::new();
        for row in table.range((tenant, 0)..(tenant, u64::MAX))? {
            let (at, json) = row?;
            let json = Encoded::stored(json.value().to_vec());
            keys.extend(key(&json)?.map(|key| (key, at.value().1)));
        }
        Ok(keys)
    }

    /// Returns the object at a cursor.
    pub(crate) fn row(
        &self,
        transaction: &ReadTransaction,
        tenant: &str,
        cursor: u64,
    ) -> Result<Option<Row<T>>, Error> {
        let row = transaction.open_table(self.rows)?.get((tenant, cursor))?;
        Ok(row.map(|row| {
            let json = Encoded::stored(row.value().to_vec());
            Row { cursor, json }
        }))
    }

    /// Returns the number of objects of all tenants, in constant time.
    pub(crate) fn len(&self, transaction: &ReadTransaction) -> Result<u64, Error> {
        Ok(transaction.open_table(self.rows)?.len()?)
    }
}

/// Returns the cursor of an id, even of a deleted object.
fn locate(
    ids: &impl ReadableTable<IdKey, u64>,
    tenant: &str,
    id: &str,
) -> Result<Option<u64>, Error> {
    Ok(ids.get((tenant, id))?.map(|cursor| cursor.value()))
}

/// Returns the object with this id.
fn find(
    ids: &impl ReadableTable<IdKey, u64>,
    rows: &impl ReadableTable<RowKey, &'static [u8]>,
    tenant: &str,
    id: &str,
) -> Result<Option<Vec<u8>>, Error> {
    let Some(cursor) = locate(ids, tenant, id)? else {
        return Ok(None);
    };
    let row = rows.get((tenant, cursor))?;
    Ok(row.map(|row| row.value().to_vec()))
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::*;
    use crate::store::encoded::List;
    use crate::store::store::Store;

    const OBJECTS: Table<Value> = Table::new("objects", "objects.ids");

    /// A page of objects.
    struct Page;

    impl List for Page {
        type Item = Value;
        const MEMBER: &'static str = "list";
    }

    fn row(text: &str) -> Encoded<Value> {
        Encoded::stored(text.into())
    }

    fn filled(ids: &[&str]) -> Store {
        let store = Store::in_memory().unwrap();
        let filled = store.write(|transaction| {
            for id in ids {
                OBJECTS.insert(transaction, "team", id, &row(id))?;
            }
            OBJECTS.insert(transaction, "other", "z", &row("z"))
        });
        assert!(filled.unwrap());
        store
    }

    fn page(store: &Store, order: Order, after: Option<&str>, limit: usize) -> String {
        let read = store.read(|transaction| {
            let after = match after {
                Some(id) => OBJECTS.cursor(transaction, "team", id)?,
                None => None,
            };
            OBJECTS.page(transaction, "team", order, after, limit, |_| true)
        });
        let rows: Result<Vec<Row<Value>>, Error> = read;
        let rows = rows.unwrap();
        let page = Encoded::<Page>::list(&[], rows.iter().map(|row| &row.json)).unwrap();
        let page = String::from_utf8(page.into_bytes()).unwrap();
        let list = page.strip_prefix(r#"{"list":"#).unwrap();
        list.strip_suffix('}').unwrap().to_owned()
    }

    #[test]
    fn pages_continue_in_both_directions() {
        let store = filled(&["a", "b", "c", "d"]);
        assert_eq!(page(&store, Order::OldestFirst, None, 2), "[a,b]");
        assert_eq!(page(&store, Order::OldestFirst, Some("b"), 9), "[c,d]");
        assert_eq!(page(&store, Order::NewestFirst, None, 3), "[d,c,b]");
        assert_eq!(page(&store, Order::NewestFirst, Some("b"), 3), "[a]");
        assert_eq!(page(&store, Order::OldestFirst, Some("d"), 3), "[]");
    }

    #[test]
    fn a_deleted_object_keeps_its_cursor_and_its_id() {
        let store = filled(&["a", "b", "c"]);
        let write = |change: &dyn Fn(&WriteTransaction) -> Result<bool, Error>| {
            store.write(|transaction| change(transaction)).unwrap()
        };
        assert!(write(&|t| OBJECTS.remove(t, "team", "b")));
        assert!(!write(&|t| OBJECTS.remove(t, "team", "b")));
        assert!(!write(&|t| OBJECTS.insert(t, "team", "b", &row("again"))));
        assert!(!write(&|t| OBJECTS.replace(t, "team", "b", &row("again"))));
        assert_eq!(page(&store, Order::OldestFirst, Some("b"), 9), "[c]");
    }
}
