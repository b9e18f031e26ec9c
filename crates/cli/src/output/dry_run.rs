//! A run that sends nothing but reads.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::Notify;

use crate::output::planned_request::PlannedRequest;

/// A run that sends nothing but reads and token exchanges, and ends at the first request that might change something. A clone shares it.
#[derive(Clone, Debug, Default)]
pub(crate) struct DryRun(Arc<Shared>);

#[derive(Debug, Default)]
struct Shared {
    /// The request at which the command stopped, and what would follow it.
    plan: Mutex<(Option<PlannedRequest>, Vec<String>)>,
    stopped: Notify,
    is_shown: AtomicBool,
}

impl DryRun {
    /// Says what would follow the first change, as in `log in with the new key`.
    pub(crate) fn then(&self, step: impl Into<String>) {
        self.lock().1.push(step.into());
    }

    /// Says that the command has printed itself what it would do, so that it need not stop at a request.
    pub(crate) fn set_shown(&self) {
        self.0.is_shown.store(true, Ordering::Relaxed);
    }

    /// Returns whether the command has printed itself what it would do.
    pub(crate) fn is_shown(&self) -> bool {
        self.0.is_shown.load(Ordering::Relaxed)
    }

    /// Stops the command at a request. This never ends: what the command would do next is not done, not even for an error.
    pub(crate) async fn stop_at(&self, request: PlannedRequest) {
        self.lock().0.get_or_insert(request);
        self.0.stopped.notify_one();
        std::future::pending::<()>().await;
    }

    /// Runs a command until it ends, or stops at a request, which is returned with what would follow it.
    ///
    /// # Errors
    /// The error of the command, before it changes anything.
    pub(crate) async fn run<E>(
        &self,
        command: impl Future<Output = Result<(), E>>,
    ) -> Result<Option<PlannedRequest>, E> {
        let result = tokio::select! {
            biased;
            () = self.0.stopped.notified() => Ok(()),
            result = command => result,
        };
        let (request, steps) = std::mem::take(&mut *self.lock());
        match request {
            Some(request) => Ok(Some(request.followed_by(steps))),
            None => result.map(|()| None),
        }
    }

    fn lock(&self) -> MutexGuard<'_, (Option<PlannedRequest>, Vec<String>)> {
        self.0.plan.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn request() -> PlannedRequest {
        let request = http::Request::delete("https://h/a").body(bytes::Bytes::new());
        PlannedRequest::new(&request.unwrap(), &crate::redaction::Redactor::default())
    }

    #[tokio::test]
    async fn a_command_goes_no_further_than_its_first_change() {
        let dry_run = DryRun::default();
        let mut has_gone_on = false;
        let command = async {
            dry_run.then("delete the old key");
            dry_run.stop_at(request()).await;
            has_gone_on = true;
            Err("undone")
        };
        let planned = dry_run.run(command).await.unwrap().unwrap();
        assert_eq!(
            planned,
            request().followed_by(vec!["delete the old key".to_owned()])
        );
        assert!(!has_gone_on);
    }

    #[tokio::test]
    async fn a_command_that_fails_before_its_first_change_has_failed() {
        let dry_run = DryRun::default();
        assert_eq!(
            dry_run.run(async { Err("not found") }).await,
            Err("not found")
        );
        assert_eq!(dry_run.run(async { Ok::<_, ()>(()) }).await, Ok(None));
    }
}
