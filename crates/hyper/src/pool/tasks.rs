//! The tasks that read and write a connection.

use std::future::Future;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError, Weak};

#[cfg(feature = "_tls")]
use hyper::rt::Executor;
use tokio::task::JoinSet;

/// Ends all tasks of a connection with its last user, even in the middle of a write that the peer does not take.
#[derive(Default)]
pub(crate) struct Driver {
    tasks: TaskSet,
    is_retired: AtomicBool,
}

/// Says of a connection that it takes no more requests, without being one of its users.
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

/// The tasks; none any more once they were ended.
#[derive(Clone)]
pub(crate) struct TaskSet(Arc<Mutex<Option<JoinSet<()>>>>);

impl Default for TaskSet {
    fn default() -> Self {
        Self(Arc::new(Mutex::new(Some(JoinSet::new()))))
    }
}

impl Driver {
    /// Drives a connection. How it ended is told to the requests that were on it.
    pub(crate) fn drive<E>(
        self,
        work: impl Future<Output = Result<(), E>> + Send + 'static,
    ) -> Arc<Self> {
        self.tasks.spawn(async move { drop(work.await) });
        Arc::new(self)
    }

    /// What hyper hands further work of the same connection to, as it does for HTTP/2.
    #[cfg(feature = "_tls")]
    pub(crate) fn executor(&self) -> TaskSet {
        self.tasks.clone()
    }

    /// Says that the connection takes no more requests; those on it go on.
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
        // Dropped here, where the lock is free: the tasks hold the crew.
        drop(tasks);
    }
}

#[cfg(feature = "_tls")]
impl<F: Future<Output = ()> + Send + 'static> Executor<F> for TaskSet {
    fn execute(&self, work: F) {
        self.spawn(work);
    }
}
