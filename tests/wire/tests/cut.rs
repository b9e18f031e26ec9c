//! Some cuts of every operation; `cargo xtask soak transport` makes all of them.

use std::time::Duration;

use gatelet_models::{asa, dt};
use gatelet_transport::RetryPolicy;
use gatelet_wire_tests::cut::{self, Job, Report, Settings};
use gatelet_wire_tests::{CutKind, Operation};

fn settings(retry: RetryPolicy) -> Settings {
    Settings {
        timeout: Duration::from_secs(2),
        at_once: 8,
        stalled_at_once: 100,
        retry,
    }
}

/// Returns one in so many cuts, at least one of every operation.
async fn sample(step: usize) -> Vec<Job> {
    let jobs: Vec<_> = cut::jobs().await.into_iter().step_by(step).collect();
    for operation in Operation::all() {
        let is_cut = jobs.iter().any(|job| job.operation() == operation);
        assert!(is_cut, "{operation:?}");
    }
    jobs
}

#[allow(
    clippy::print_stdout,
    reason = "the number of calls belongs to the result"
)]
fn assert_right(report: &Report) {
    println!("{report}");
    let some: Vec<_> = report.wrong.iter().take(20).collect();
    assert!(some.is_empty(), "{report}\n{some:#?}");
}

// T11
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_exchange_cut_anywhere_gives_a_complete_value_or_an_error_that_says_whether_it_was_applied()
 {
    let jobs = sample(97).await;
    let report = cut::run(jobs, &settings(RetryPolicy::never())).await;
    assert_right(&report);
    assert!(report.writes.iter().all(|writes| *writes > 0), "{report}");
}

// T11
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_cut_idempotent_call_is_retried_and_a_create_is_sent_once() {
    let jobs = sample(331).await;
    let report = cut::run(jobs, &settings(RetryPolicy::default())).await;
    assert_right(&report);
    assert!(report.requests > report.calls, "{report}");
    assert!(report.complete > report.calls / 2, "{report}");
}

// T11
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_cut_response_with_a_secret_that_is_shown_once_is_an_error_and_is_not_asked_for_again() {
    for operation in [
        Operation::Asa(asa::OperationId::RotateServiceUserKey),
        Operation::Dt(dt::OperationId::CreateToken),
    ] {
        // The first ones are cut before a byte is written, so that they may be sent again.
        let jobs = cut::jobs_of(operation).await.into_iter();
        let jobs = jobs.skip(CutKind::ALL.len()).step_by(41);
        let report = cut::run(jobs, &settings(RetryPolicy::default())).await;
        assert_right(&report);
        assert_eq!(report.requests, report.calls, "{report}");
        assert!(report.writes.iter().all(|writes| *writes > 0), "{report}");
        assert!(report.complete < 5, "{report}");
    }
}
