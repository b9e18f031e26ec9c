//! The store: one redb file, or the same in memory.
//!
//! A write is on disk when [`Store::write`] returns, because redb syncs the file when it commits. Only one process can
//! open the file. After a failed write, such as on a full disk, redb rejects all calls; the store then reopens the file,
//! which restores the last acknowledged state. Spare space beside the file lets a full disk refuse writes that add and
//! still accept writes that remove.

use std::fs;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError, RwLock};

use redb::backends::InMemoryBackend;
use redb::{
    Database, DatabaseError, ReadOnlyTable, ReadTransaction, ReadableDatabase, ReadableTable,
    StorageError, TableDefinition, TableHandle, TransactionError, WriteTransaction,
};

use crate::error::Error;
use crate::error::is_full;
use crate::store::key::{Digest, Key};
use crate::store::private_file;
use crate::store::spare_space::{SpareFile, SpareSpace};

/// The format that this version writes; later formats are refused.
pub(crate) const FORMAT: u64 = 1;

/// The size of redb's page cache, in bytes.
const CACHE: usize = 32 << 20;

const NUMBERS: TableDefinition<'static, &str, u64> = TableDefinition::new("numbers");
const KEY_CHECK: TableDefinition<'static, (), &[u8; 32]> = TableDefinition::new("key-check");

/// The state and its key.
pub(crate) struct Store {
    /// `None` after a failed file could not be reopened.
    database: RwLock<Option<Database>>,
    open: OpenDatabase,
    /// `None` in memory, where no disk can be full.
    spare_space: Option<Box<dyn SpareSpace>>,
    /// Serializes writes: the spare space that one write frees must not be reserved by another.
    write_lock: Mutex<()>,
    key: Key,
}

/// Reopens the same database after it was closed.
type OpenDatabase = Box<dyn Fn() -> Result<Database, Error> + Send + Sync>;

impl Store {
    /// Creates an empty store in memory.
    pub(crate) fn in_memory() -> Result<Self, Error> {
        let database = Database::builder()
            .set_cache_size(CACHE)
            .create_with_backend(InMemoryBackend::new())?;
        // Memory does not fail, and cannot be reopened.
        let cannot_reopen = || Err(Error::Storage("memory cannot be reopened".into()));
        let store = Self::new(database, Box::new(cannot_reopen), None, Key::random()?);
        store.initialize()?;
        Ok(store)
    }

    fn new(
        database: Database,
        open: OpenDatabase,
        spare_space: Option<Box<dyn SpareSpace>>,
        key: Key,
    ) -> Self {
        Self {
            database: RwLock::new(Some(database)),
            open,
            spare_space,
            write_lock: Mutex::default(),
            key,
        }
    }

    /// Opens the store in this file, or creates it. Its key is in `<file>.key`.
    pub(crate) fn open(path: &Path) -> Result<Self, Error> {
        let database = open_database(path)?;
        let key_path = sibling_path(path, "key");
        let open: OpenDatabase = {
            let path = path.to_owned();
            Box::new(move || open_database(&path))
        };
        let spare_space: Option<Box<dyn SpareSpace>> =
            Some(Box::new(SpareFile(sibling_path(path, "reserve"))));
        let format = read_format(&database, path)?;
        let store = |key| Self::new(database, open, spare_space, key);
        match format {
            None => {
                let store = store(Key::create(&key_path)?);
                store.initialize()?;
                Ok(store)
            }
            Some(FORMAT) => {
                let store = store(Key::load(&key_path)?);
                store.check_key(key_path)?;
                Ok(store)
            }
            Some(found) => Err(Error::Format {
                path: path.to_owned(),
                found,
                supported: FORMAT,
            }),
        }
    }

    pub(crate) fn key(&self) -> &Key {
        &self.key
    }

    /// Runs a read transaction on one consistent state.
    pub(crate) fn read<T, E: From<Error>>(
        &self,
        read: impl FnOnce(&ReadTransaction) -> Result<T, E>,
    ) -> Result<T, E> {
        self.run(|database| read(&database.begin_read().map_err(Error::from)?))
            .0
    }

    /// Runs a write transaction. `Ok` means that the change is on disk; an error of `write` rolls it back.
    pub(crate) fn write<T, E: From<Error>>(
        &self,
        write: impl FnOnce(&WriteTransaction) -> Result<T, E>,
    ) -> Result<T, E> {
        let _one = self.one_writer();
        if let Some(spare_space) = &self.spare_space {
            match spare_space.reserve() {
                Err(error) if is_full(&error) => return Err(Error::Full.into()),
                // Spare space that is unavailable for another reason does not stop writes.
                _ => {}
            }
        }
        self.write_txn(write).0
    }

    /// Like [`write`](Self::write), for transactions that only remove: they may use the spare space.
    pub(crate) fn remove<T, E: From<Error>>(
        &self,
        remove: impl Fn(&WriteTransaction) -> Result<T, E>,
    ) -> Result<T, E> {
        let _one = self.one_writer();
        let (result, has_failed) = self.write_txn(&remove);
        let spare_space = self.spare_space.as_ref().filter(|_| has_failed);
        match result {
            Err(error) if spare_space.is_some_and(|spare_space| spare_space.free()) => {
                // If the second attempt fails too, the first error says more.
                self.write_txn(&remove).0.map_err(|_| error)
            }
            result => result,
        }
    }

    /// Waits until no other write runs, and keeps others from running.
    fn one_writer(&self) -> MutexGuard<'_, ()> {
        self.write_lock
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }

    /// Runs a write transaction; also returns whether the file failed and was reopened.
    fn write_txn<T, E: From<Error>>(
        &self,
        change: impl FnOnce(&WriteTransaction) -> Result<T, E>,
    ) -> (Result<T, E>, bool) {
        self.run(|database| {
            let transaction = database.begin_write().map_err(Error::from)?;
            let value = change(&transaction)?;
            transaction.commit().map_err(Error::from)?;
            Ok(value)
        })
    }

    /// Runs `work` on the database; also returns whether the file failed and was reopened.
    fn run<T, E: From<Error>>(
        &self,
        work: impl FnOnce(&Database) -> Result<T, E>,
    ) -> (Result<T, E>, bool) {
        let result = match self
            .database
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .as_ref()
        {
            Some(database) => work(database),
            None => Err(Error::Storage("its file could not be reopened".into()).into()),
        };
        let has_failed = result.is_err() && self.reopen();
        (result, has_failed)
    }

    /// Reopens the file after redb has poisoned it; returns whether it did. The next call finds out whether it worked.
    fn reopen(&self) -> bool {
        let needs_reopening =
            |database: &Option<Database>| database.as_ref().is_none_or(is_poisoned);
        if !needs_reopening(&self.database.read().unwrap_or_else(PoisonError::into_inner)) {
            return false;
        }
        let mut database = self
            .database
            .write()
            .unwrap_or_else(PoisonError::into_inner);
        // Another caller may have reopened it.
        if needs_reopening(&database) {
            *database = None;
            *database = (self.open)().ok();
        }
        true
    }

    /// Writes what every store has, whatever is stored in it: the check of its key and the format number.
    fn initialize(&self) -> Result<(), Error> {
        self.write(|transaction| {
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
            let expected = table.get(())?.map(|digest| Digest::new(*digest.value()));
            match expected {
                Some(expected) if expected.matches(&self.key_check()) => Ok(()),
                _ => Err(Error::Key { path }),
            }
        })
    }
}

/// Returns the next number of a sequence, starting at 1.
pub(crate) fn next_sequence(transaction: &WriteTransaction, name: &str) -> Result<u64, Error> {
    let mut numbers = transaction.open_table(NUMBERS)?;
    let next = numbers
        .get(name)?
        .map_or(0, |last| last.value())
        .saturating_add(1);
    numbers.insert(name, next)?;
    Ok(next)
}

/// Returns the number of a name; `None` if it was never set.
pub(crate) fn number(transaction: &ReadTransaction, name: &str) -> Result<Option<u64>, Error> {
    let number = transaction.open_table(NUMBERS)?.get(name)?;
    Ok(number.map(|number| number.value()))
}

/// Sets the number of a name.
pub(crate) fn set_number(
    transaction: &WriteTransaction,
    name: &str,
    number: u64,
) -> Result<(), Error> {
    transaction.open_table(NUMBERS)?.insert(name, number)?;
    Ok(())
}

/// Whether a store has a table of this name.
pub(crate) fn has_table(transaction: &ReadTransaction, name: &str) -> Result<bool, Error> {
    let mut tables = transaction.list_tables()?;
    Ok(tables.any(|table| table.name() == name))
}

/// Opens a database file. The error names the process that has it open.
fn open_database(path: &Path) -> Result<Database, Error> {
    let holder = sibling_path(path, "holder");
    // redb takes an empty file for a new one, and would create it with the permissions of the umask.
    let mut options = private_file::options();
    let created = options.append(true).create(true).open(path);
    created.map_err(|error| Error::io(path, error))?;
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
        let mut options = private_file::options();
        let file = options
            .write(true)
            .create(true)
            .truncate(true)
            .open(&holder);
        let written = file.and_then(|mut file| file.write_all(own.as_bytes()));
        written.map_err(|error| Error::io(&holder, error))?;
    }
    Ok(database)
}

/// Whether redb rejects all calls after an I/O error. A write in progress means that it does not.
fn is_poisoned(database: &Database) -> bool {
    let probe = database.try_begin_write();
    matches!(
        probe,
        Err(TransactionError::Storage(StorageError::PreviousIo))
    )
}

/// Reads the format number; `None` for an empty database.
fn read_format(database: &Database, path: &Path) -> Result<Option<u64>, Error> {
    let foreign = || {
        let what = "it is another program's database";
        Error::io(path, io::Error::new(io::ErrorKind::InvalidData, what))
    };
    let transaction = database.begin_read()?;
    if transaction.list_tables()?.next().is_none() {
        return Ok(None);
    }
    let numbers = transaction.open_table(NUMBERS).map_err(|_| foreign())?;
    let format = numbers.get("format")?.map(|format| format.value());
    format.map(Some).ok_or_else(foreign)
}

/// Returns `<file>.<suffix>`.
fn sibling_path(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(".");
    name.push(suffix);
    name.into()
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::atomic::Ordering;

    use super::*;
    use crate::store::encoded::Encoded;
    use crate::store::fake_disk::FakeDisk;
    use crate::store::table::Table;

    const OBJECTS: Table<()> = Table::new("objects", "objects.ids");

    impl Store {
        /// Creates a store on a fake disk.
        pub(crate) fn on_disk(disk: &Arc<FakeDisk>) -> Self {
            let file = Arc::clone(disk);
            let open: OpenDatabase = Box::new(move || file.open());
            let spare_space: Box<dyn SpareSpace> = Box::new(Arc::clone(disk));
            let key = Key::random().unwrap();
            let store = Self::new(open().unwrap(), open, Some(spare_space), key);
            store.initialize().unwrap();
            store
        }
    }

    fn set_format(path: &Path, format: u64) {
        let store = Store::open(path).unwrap();
        store
            .write(|transaction| -> Result<(), Error> {
                transaction.open_table(NUMBERS)?.insert("format", format)?;
                Ok(())
            })
            .unwrap();
    }

    // E19
    #[test]
    fn a_second_process_is_refused_with_the_id_of_the_first() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("state.redb");
        let _first = Store::open(&path).unwrap();
        let error = Store::open(&path).err().unwrap();
        let own = std::process::id();
        assert!(matches!(error, Error::InUse { holder: Some(holder), .. } if holder == own));
        assert!(
            error
                .to_string()
                .ends_with(&format!("state.redb is in use by process {own}"))
        );
    }

    /// Returns the names of the tables in a database.
    fn tables(path: &Path) -> Vec<String> {
        let database = Database::open(path).unwrap();
        let transaction = database.begin_read().unwrap();
        let tables = transaction.list_tables().unwrap();
        tables.map(|table| table.name().to_owned()).collect()
    }

    // E37
    #[test]
    fn a_store_of_a_later_format_is_refused_and_kept() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("state.redb");
        let later = FORMAT + 1;
        set_format(&path, later);
        let before = (tables(&path), fs::read(sibling_path(&path, "key")).unwrap());
        for _ in 0..2 {
            let error = Store::open(&path).err().unwrap();
            assert!(matches!(error, Error::Format { found, .. } if found == later));
            let expected = format!(
                "{} has format {later}, written by a later version; this version supports format {FORMAT}",
                path.display()
            );
            assert_eq!(error.to_string(), expected);
        }
        let after = (tables(&path), fs::read(sibling_path(&path, "key")).unwrap());
        assert!(before == after);
    }

    // E37
    #[test]
    fn a_database_of_another_program_is_refused_and_kept() {
        let folder = tempfile::tempdir().unwrap();
        for name in ["numbers", "other"] {
            let path = folder.path().join(name);
            let table = TableDefinition::<&str, &str>::new(name);
            let other = Database::create(&path).unwrap();
            let transaction = other.begin_write().unwrap();
            transaction.open_table(table).unwrap();
            transaction.commit().unwrap();
            drop(other);
            let error = Store::open(&path).err().unwrap();
            let expected = format!(
                "cannot use {}: it is another program's database",
                path.display()
            );
            assert_eq!(error.to_string(), expected);
            assert_eq!(tables(&path), [name]);
            assert!(!sibling_path(&path, "key").exists());
        }
    }

    #[test]
    fn a_store_without_its_own_key_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("state.redb");
        drop(Store::open(&path).unwrap());
        fs::write(sibling_path(&path, "key"), [1; 64]).unwrap();
        assert!(matches!(Store::open(&path), Err(Error::Key { .. })));
        fs::remove_file(sibling_path(&path, "key")).unwrap();
        assert!(matches!(Store::open(&path), Err(Error::Key { .. })));
    }

    // E18
    #[test]
    fn an_error_names_the_path_that_cannot_be_a_store() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("file");
        fs::write(&file, "not a store").unwrap();
        let absent = folder.path().join("absent").join("state.redb");
        let below_a_file = file.join("state.redb");
        for path in [&absent, &below_a_file, &folder.path().to_owned(), &file] {
            let error = Store::open(path).err().unwrap();
            assert!(matches!(error, Error::Io { .. }), "{error:?}");
            let start = format!("cannot use {}: ", path.display());
            assert!(error.to_string().starts_with(&start), "{error}");
        }
        assert_eq!(fs::read_to_string(&file).unwrap(), "not a store");
    }

    // E16
    #[test]
    fn a_full_disk_accepts_removals_only() {
        let disk = FakeDisk::with_blocks(1024);
        let store = Store::on_disk(&disk);
        let insert = |id: &str, size| {
            let json = Encoded::stored(vec![b' '; size]);
            store.write(|transaction| OBJECTS.insert(transaction, "team", id, &json))
        };
        let remove = |id: &str| store.remove(|transaction| OBJECTS.remove(transaction, "team", id));
        let get = |id: &str| store.read(|transaction| OBJECTS.get(transaction, "team", id));

        let mut acknowledged = 0;
        // Where a large object has no place, small ones still fill the pages that every change of the tables needs.
        for size in [10_000, 1] {
            let refused = loop {
                match insert(&acknowledged.to_string(), size) {
                    Ok(_) => acknowledged += 1,
                    Err(error) => break error,
                }
            };
            assert!(matches!(refused, Error::Full), "{refused:?}");
        }
        assert!(acknowledged > 10);
        assert!(get(&acknowledged.to_string()).unwrap().is_none());
        // Another program takes the disk's last block.
        disk.fill_up();
        for n in 0..acknowledged {
            assert!(get(&n.to_string()).unwrap().is_some(), "{n}");
            assert!(remove(&n.to_string()).unwrap(), "{n}");
            assert!(get(&n.to_string()).unwrap().is_none(), "{n}");
            // Almost empty, the file shrinks, and the disk is not full any more.
            if n < acknowledged / 2 {
                let refused = insert("again", 10_000).unwrap_err();
                assert!(matches!(refused, Error::Full), "{refused:?}");
            }
        }

        disk.blocks.store(16_384, Ordering::Relaxed);
        assert!(insert("space again", 10_000).unwrap());
        assert!(get("space again").unwrap().is_some());
    }

    #[test]
    fn a_failed_write_is_rolled_back() {
        let store = Store::in_memory().unwrap();
        let failed = store.write(|transaction| {
            next_sequence(transaction, "test")?;
            Err::<(), _>(Error::TokenRejected)
        });
        assert!(failed.is_err());
        let number = store.write(|transaction| next_sequence(transaction, "test"));
        assert_eq!(number.unwrap(), 1);
    }
}
