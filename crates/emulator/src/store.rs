//! The store: one redb file, or the same in memory.
//!
//! A write is on disk when [`Store::write`] returns: redb syncs the file within its commit. One process holds the file;
//! a second one is refused.

use std::fs;
use std::path::{Path, PathBuf};

use redb::backends::InMemoryBackend;
use redb::{
    Database, DatabaseError, ReadOnlyTable, ReadTransaction, ReadableDatabase, ReadableTable,
    TableDefinition, WriteTransaction,
};

use crate::key::{Digest, Key};
use crate::{Error, collection, credential};

/// The format that this version writes; a store of a later one is refused.
pub(crate) const FORMAT: u64 = 1;

/// Pages that redb keeps in memory, in bytes.
const CACHE: usize = 32 << 20;

const NUMBERS: TableDefinition<'static, &str, u64> = TableDefinition::new("numbers");
const KEY_CHECK: TableDefinition<'static, (), &[u8; 32]> = TableDefinition::new("key-check");

/// State with its key.
pub(crate) struct Store {
    database: Database,
    key: Key,
}

impl Store {
    /// An empty store that is gone with the value.
    pub(crate) fn memory() -> Result<Self, Error> {
        let database = Database::builder()
            .set_cache_size(CACHE)
            .create_with_backend(InMemoryBackend::new())?;
        let store = Self {
            database,
            key: Key::random()?,
        };
        store.initialise()?;
        Ok(store)
    }

    /// The store in this file, which is made where it does not exist. Its key is in `<file>.key`.
    pub(crate) fn file(path: &Path) -> Result<Self, Error> {
        let holder = beside(path, "holder");
        let database = Database::builder()
            .set_cache_size(CACHE)
            .create(path)
            .map_err(|error| match error {
                DatabaseError::DatabaseAlreadyOpen => Error::InUse {
                    path: path.to_owned(),
                    holder: fs::read_to_string(&holder)
                        .ok()
                        .and_then(|id| id.parse().ok()),
                },
                DatabaseError::Storage(redb::StorageError::Io(error)) => Error::io(path, error),
                other => other.into(),
            })?;
        fs::write(&holder, std::process::id().to_string())
            .map_err(|error| Error::io(&holder, error))?;

        let key_path = beside(path, "key");
        match format(&database)? {
            None => {
                let store = Self {
                    database,
                    key: Key::create(&key_path)?,
                };
                store.initialise()?;
                Ok(store)
            }
            Some(FORMAT) => {
                let store = Self {
                    database,
                    key: Key::load(&key_path)?,
                };
                store.check_key(key_path)?;
                Ok(store)
            }
            Some(found) => Err(Error::Format { found }),
        }
    }

    pub(crate) fn key(&self) -> &Key {
        &self.key
    }

    /// Reads from one consistent state.
    pub(crate) fn read<T, E: From<Error>>(
        &self,
        read: impl FnOnce(&ReadTransaction) -> Result<T, E>,
    ) -> Result<T, E> {
        let transaction = self.database.begin_read().map_err(Error::from)?;
        read(&transaction)
    }

    /// Writes all or nothing. `Ok` means that the change is on disk; an error of `write` leaves everything as it was.
    pub(crate) fn write<T, E: From<Error>>(
        &self,
        write: impl FnOnce(&WriteTransaction) -> Result<T, E>,
    ) -> Result<T, E> {
        let transaction = self.database.begin_write().map_err(Error::from)?;
        let value = write(&transaction)?;
        transaction.commit().map_err(Error::from)?;
        Ok(value)
    }

    /// Makes every table, the credentials that every emulator knows, and last the mark that the store is complete.
    fn initialise(&self) -> Result<(), Error> {
        self.write(|transaction| {
            collection::create_all(transaction)?;
            credential::create_tables(transaction)?;
            credential::insert_well_known(transaction, &self.key)?;
            transaction
                .open_table(KEY_CHECK)?
                .insert((), self.key_check().bytes())?;
            transaction.open_table(NUMBERS)?.insert("format", FORMAT)?;
            Ok(())
        })
    }

    fn key_check(&self) -> Digest {
        self.key.digest("key check", &[])
    }

    fn check_key(&self, path: PathBuf) -> Result<(), Error> {
        self.read(|transaction| {
            let table: ReadOnlyTable<_, _> = transaction.open_table(KEY_CHECK)?;
            let right = table.get(())?.map(|digest| Digest::new(*digest.value()));
            match right {
                Some(right) if right.matches(&self.key_check()) => Ok(()),
                _ => Err(Error::Key { path }),
            }
        })
    }
}

/// The next of the numbers that are never given twice.
pub(crate) fn next_number(transaction: &WriteTransaction, name: &str) -> Result<u64, Error> {
    let mut numbers = transaction.open_table(NUMBERS)?;
    let next = numbers
        .get(name)?
        .map_or(0, |last| last.value())
        .saturating_add(1);
    numbers.insert(name, next)?;
    Ok(next)
}

/// Whether this name has had its first number; used for what is done once.
pub(crate) fn has_number(transaction: &WriteTransaction, name: &str) -> Result<bool, Error> {
    Ok(transaction.open_table(NUMBERS)?.get(name)?.is_some())
}

fn format(database: &Database) -> Result<Option<u64>, Error> {
    let transaction = database.begin_read()?;
    match transaction.open_table(NUMBERS) {
        Ok(numbers) => Ok(numbers.get("format")?.map(|format| format.value())),
        Err(redb::TableError::TableDoesNotExist(_)) => Ok(None),
        Err(error) => Err(error.into()),
    }
}

/// `<file>.<suffix>`.
fn beside(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(".");
    name.push(suffix);
    name.into()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn set_format(path: &Path, format: u64) {
        let store = Store::file(path).unwrap();
        store
            .write(|transaction| -> Result<(), Error> {
                transaction.open_table(NUMBERS)?.insert("format", format)?;
                Ok(())
            })
            .unwrap();
    }

    #[test]
    fn e19_a_second_holder_is_refused_by_name() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("state.redb");
        let _first = Store::file(&path).unwrap();
        let error = Store::file(&path).err().unwrap();
        let own = std::process::id();
        assert!(matches!(error, Error::InUse { holder: Some(holder), .. } if holder == own));
        assert!(
            error
                .to_string()
                .ends_with(&format!("state.redb is in use by process {own}"))
        );
    }

    #[test]
    fn a_store_of_a_later_format_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("state.redb");
        set_format(&path, FORMAT + 1);
        let error = Store::file(&path).err().unwrap();
        assert!(matches!(error, Error::Format { found } if found == FORMAT + 1));
    }

    #[test]
    fn a_store_without_its_own_key_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("state.redb");
        drop(Store::file(&path).unwrap());
        fs::write(beside(&path, "key"), [1; 64]).unwrap();
        assert!(matches!(Store::file(&path), Err(Error::Key { .. })));
        fs::remove_file(beside(&path, "key")).unwrap();
        assert!(matches!(Store::file(&path), Err(Error::Key { .. })));
    }

    #[test]
    fn e18_a_place_that_cannot_hold_a_store_is_named() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("file");
        fs::write(&file, "not a store").unwrap();
        let absent = folder.path().join("absent").join("state.redb");
        let below_a_file = file.join("state.redb");
        for path in [&absent, &below_a_file, &folder.path().to_owned(), &file] {
            let error = Store::file(path).err().unwrap();
            assert!(matches!(error, Error::Io { .. }), "{error:?}");
            let start = format!("cannot use {}: ", path.display());
            assert!(error.to_string().starts_with(&start), "{error}");
        }
        assert_eq!(fs::read_to_string(&file).unwrap(), "not a store");
    }

    #[test]
    fn a_failed_write_leaves_nothing() {
        let store = Store::memory().unwrap();
        let failed = store.write(|transaction| {
            next_number(transaction, "test")?;
            Err::<(), _>(Error::Refused)
        });
        assert!(failed.is_err());
        let number = store.write(|transaction| next_number(transaction, "test"));
        assert_eq!(number.unwrap(), 1);
    }
}
