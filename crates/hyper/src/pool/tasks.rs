//! The tasks that drive a connection.

use std::future::Future;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError, Weak};

#[cfg(feature = "_tls")]
use hyper::rt::Executor;
use tokio::task::JoinSet;

/// Owns the tasks of a connection. Dropping it ends them, even in a write that the peer does not accept.
#[derive(Default)]
pub(crate) struct Driver {
    tasks: TaskSet,
    is_retired: AtomicBool,
}

/// Retires a connection without keeping it open.
pub(crate) struct RetireHandle(Weak<Driver>);

impl RetireHandle {
    pub(crate) fn of(driver: &Arc<Driver>) -> Self {
        Self(Arc::downgrade(driver))
    }

    pub(crate) fn retire(&self) {
        if let Some(driver) = self.0.upgrade() {
            driver.retire();
        }
    }
}

/// A set of tasks, or `None` after they were ended.
#[derive(Clone)]
pub(crate) struct TaskSet(Arc<Mutex<Option<JoinSet<()>>>>);

impl Default for TaskSet {
    fn default() -> Self {
        Self(Arc::new(Mutex::new(Some(JoinSet::new()))))
    }
}

impl Driver {
    /// Spawns the task that drives a connection. Its result is dropped, because the requests learn it too.
    pub(crate) fn drive<E>(
        self,
        work: impl Future<Output = Result<(), E>> + Send + 'static,
    ) -> Arc<Self> {
        self.tasks.spawn(async move { drop(work.await) });
        Arc::new(self)
    }

    /// Returns the executor for further tasks of the connection, which hyper needs for HTTP/2.
    #[cfg(feature = "_tls")]
    pub(crate) fn executor(&self) -> TaskSet {
        self.tasks.clone()
    }

    /// Keeps the connection out of the pool from now on. Requests in flight continue.
    pub(crate) fn retire(&self) {
        self.is_retired.store(true, Ordering::Release);
    }

    pub(crate) fn is_retired(&self) -> bool {
        self.is_retired.load(Ordering::Acquire)
    }
}

impl Drop for Driver {
    fn drop(&mut self) {
        self.tasks.end();
    }
}

impl TaskSet {
    fn spawn(&self, work: impl Future<Output = ()> + Send + 'static) {
        let mut tasks = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(tasks) = &mut *tasks {
            while tasks.try_join_next().is_some() {}
            tasks.spawn(work);
        }
    }

    fn end(&self) {
        let tasks = self.0.lock().unwrap_or_else(PoisonError::into_inner).take();
        // Dropped after the lock was released, because the tasks own clones of this set.
        drop(tasks);
    }
}

#[cfg(feature = "_tls")]
impl<F: Future<Output = ()> + Send + 'static> Executor<F> for TaskSet {
    fn execute(&self, work: F) {
        self.spawn(work);
    }
}
