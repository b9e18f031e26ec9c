//! The store: one redb file, or the same in memory.
//!
//! A write is on disk when [`Store::write`] returns: redb syncs the file within its commit. One process holds the file;
//! a second one is refused. After a failed write, such as on a full disk, redb takes no more calls; the file is then
//! opened again, which brings back the last state that was acknowledged.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{PoisonError, RwLock};

use redb::backends::InMemoryBackend;
use redb::{
    Database, DatabaseError, ReadOnlyTable, ReadTransaction, ReadableDatabase, ReadableTable,
    StorageError, TableDefinition, TransactionError, WriteTransaction,
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
    /// None while a file that failed could not be opened again.
    database: RwLock<Option<Database>>,
    open: Open,
    key: Key,
}

/// Opens the same database once more, after the one before has been closed.
type Open = Box<dyn Fn() -> Result<Database, Error> + Send + Sync>;

impl Store {
    /// An empty store that is gone with the value.
    pub(crate) fn memory() -> Result<Self, Error> {
        let database = Database::builder()
            .set_cache_size(CACHE)
            .create_with_backend(InMemoryBackend::new())?;
        // Memory does not fail, and there is nothing to open again.
        let gone = || Err(Error::Storage("memory cannot be opened again".into()));
        let store = Self::new(database, Box::new(gone), Key::random()?);
        store.initialise()?;
        Ok(store)
    }

    fn new(database: Database, open: Open, key: Key) -> Self {
        Self {
            database: RwLock::new(Some(database)),
            open,
            key,
        }
    }

    /// The store in this file, which is made where it does not exist. Its key is in `<file>.key`.
    pub(crate) fn file(path: &Path) -> Result<Self, Error> {
        let database = open(path)?;
        let key_path = beside(path, "key");
        let open: Open = {
            let path = path.to_owned();
            Box::new(move || open(&path))
        };
        match format(&database)? {
            None => {
                let store = Self::new(database, open, Key::create(&key_path)?);
                store.initialise()?;
                Ok(store)
            }
            Some(FORMAT) => {
                let store = Self::new(database, open, Key::load(&key_path)?);
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
        self.with(|database| read(&database.begin_read().map_err(Error::from)?))
    }

    /// Writes all or nothing. `Ok` means that the change is on disk; an error of `write` leaves everything as it was.
    pub(crate) fn write<T, E: From<Error>>(
        &self,
        write: impl FnOnce(&WriteTransaction) -> Result<T, E>,
    ) -> Result<T, E> {
        self.with(|database| {
            let transaction = database.begin_write().map_err(Error::from)?;
            let value = write(&transaction)?;
            transaction.commit().map_err(Error::from)?;
            Ok(value)
        })
    }

    fn with<T, E: From<Error>>(
        &self,
        work: impl FnOnce(&Database) -> Result<T, E>,
    ) -> Result<T, E> {
        let result = match self
            .database
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .as_ref()
        {
            Some(database) => work(database),
            None => Err(Error::Storage("its file could not be opened again".into()).into()),
        };
        if result.is_err() {
            self.mend();
        }
        result
    }

    /// Opens the file again when redb has given it up; the next call finds whether that went well.
    fn mend(&self) {
        let has_failed = |database: &Option<Database>| database.as_ref().is_none_or(has_failed);
        if !has_failed(&self.database.read().unwrap_or_else(PoisonError::into_inner)) {
            return;
        }
        let mut database = self
            .database
            .write()
            .unwrap_or_else(PoisonError::into_inner);
        // Another caller may have been faster.
        if has_failed(&database) {
            *database = None;
            *database = (self.open)().ok();
        }
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
pub(crate) fn has_number(transaction: &ReadTransaction, name: &str) -> Result<bool, Error> {
    Ok(transaction.open_table(NUMBERS)?.get(name)?.is_some())
}

/// Opens a file, or says who else has it open.
fn open(path: &Path) -> Result<Database, Error> {
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
            DatabaseError::Storage(StorageError::Io(error)) => Error::io(path, error),
            other => other.into(),
        })?;
    let own = std::process::id().to_string();
    if fs::read_to_string(&holder).ok().as_ref() != Some(&own) {
        fs::write(&holder, own).map_err(|error| Error::io(&holder, error))?;
    }
    Ok(database)
}

/// Whether redb takes no more calls. Another caller's write in progress shows that it does.
fn has_failed(database: &Database) -> bool {
    let probe = database.try_begin_write();
    matches!(
        probe,
        Err(TransactionError::Storage(StorageError::PreviousIo))
    )
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
    use std::io;
    use std::sync::Arc;
    use std::sync::atomic::{AtomicU64, Ordering};

    use super::*;
    use crate::collection::GATEWAYS;

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

    /// A disk of some size, whose content outlives a database on it.
    #[derive(Debug, Default)]
    struct Disk {
        bytes: RwLock<Vec<u8>>,
        size: AtomicU64,
    }

    #[derive(Debug)]
    struct File(Arc<Disk>);

    impl redb::StorageBackend for File {
        fn len(&self) -> io::Result<u64> {
            Ok(self.0.bytes.read().unwrap().len() as u64)
        }

        fn read(&self, offset: u64, out: &mut [u8]) -> io::Result<()> {
            let start = usize::try_from(offset).unwrap();
            out.copy_from_slice(&self.0.bytes.read().unwrap()[start..start + out.len()]);
            Ok(())
        }

        fn set_len(&self, len: u64) -> io::Result<()> {
            if len > self.0.size.load(Ordering::Relaxed) {
                return Err(io::ErrorKind::StorageFull.into());
            }
            self.0
                .bytes
                .write()
                .unwrap()
                .resize(usize::try_from(len).unwrap(), 0);
            Ok(())
        }

        fn sync_data(&self) -> io::Result<()> {
            Ok(())
        }

        fn write(&self, offset: u64, data: &[u8]) -> io::Result<()> {
            let start = usize::try_from(offset).unwrap();
            self.0.bytes.write().unwrap()[start..start + data.len()].copy_from_slice(data);
            Ok(())
        }
    }

    #[test]
    fn a_full_disk_takes_no_write_and_harms_nothing() {
        let disk = Arc::new(Disk::default());
        disk.size.store(2 << 20, Ordering::Relaxed);
        let file = Arc::clone(&disk);
        let open: Open =
            Box::new(move || Ok(Database::builder().create_with_backend(File(Arc::clone(&file)))?));
        let store = Store::new(open().unwrap(), open, Key::random().unwrap());
        store.initialise().unwrap();
        let insert = |id: &str| {
            let json = [b' '; 10_000];
            store.write(|transaction| GATEWAYS.insert(transaction, "team", id, &json))
        };
        let get = |id: &str| store.read(|transaction| GATEWAYS.get(transaction, "team", id));

        let mut acknowledged = 0;
        let refused = loop {
            match insert(&acknowledged.to_string()) {
                Ok(_) => acknowledged += 1,
                Err(error) => break error,
            }
        };
        assert!(matches!(refused, Error::Full), "{refused:?}");
        assert!(acknowledged > 10);
        assert!(matches!(insert("again"), Err(Error::Full)));
        for n in 0..acknowledged {
            assert!(get(&n.to_string()).unwrap().is_some(), "{n}");
        }
        assert!(get(&acknowledged.to_string()).unwrap().is_none());

        disk.size.store(64 << 20, Ordering::Relaxed);
        assert!(insert("space again").unwrap());
        assert!(get("space again").unwrap().is_some());
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
