//! Update jobs of ActiveGates, called without a client.

use std::time::Duration;

use gatelet_emulator::Emulator;
use gatelet_models::dt::ActiveGate;
use gatelet_transport::testing::ManualClock;
use serde_json::{Value, json};

use crate::support::{Caller, TestResponse, field, memory};

const JOBS: &str = "/api/v2/activeGates/-1/updateJobs";
const ALL: &str = "/api/v2/activeGates/updateJobs";
const TARGET: &str = "1.198.0.20200630-163221";
const MINUTE: Duration = Duration::from_secs(60);
const DAY: Duration = Duration::from_secs(24 * 60 * 60);

fn with_gate() -> (ManualClock, Emulator) {
    let clock = ManualClock::new();
    let emulator = memory().with_clock(clock.clone());
    let gate = ActiveGate::new().with_id("-1");
    let gate = gate.with_version("1.193.0.20200416-144858");
    emulator.add_active_gates([gate]).unwrap();
    (clock, emulator)
}

fn create(emulator: &Emulator, target: &str) -> Value {
    let body = json!({ "targetVersion": target });
    let created = Caller::developer(emulator).post(JOBS, &body);
    created.expect(201).json()
}

fn path(job: &Value) -> String {
    format!("{JOBS}/{}", job["jobId"].as_str().unwrap())
}

/// Returns the ids of the jobs that a list has with this query.
fn listed(emulator: &Emulator, query: &str) -> Vec<String> {
    let list = Caller::developer(emulator).get(&format!("{JOBS}?{query}"));
    field(&list.expect(200).json()["updateJobs"], "jobId")
}

#[track_caller]
fn assert_violation(response: TestResponse, path: &str) {
    let body = response.expect(400).json();
    assert_eq!(body["error"]["constraintViolations"][0]["path"], path);
}

#[test]
fn a_job_is_created_runs_and_ends_with_the_clock() {
    let (clock, emulator) = with_gate();
    let developer = Caller::developer(&emulator);
    let created = create(&emulator, TARGET);
    let expected = json!({
        "jobId": created["jobId"],
        "jobState": "PENDING",
        "updateMethod": null,
        "updateType": null,
        "cancelable": true,
        "startVersion": "1.193.0.20200416-144858",
        "targetVersion": TARGET,
        "timestamp": null,
        "duration": null,
        "error": null,
    });
    assert_eq!(created, expected);
    assert_eq!(developer.get(&path(&created)).expect(200).json(), created);

    clock.advance(MINUTE);
    let running = developer.get(&path(&created)).expect(200).json();
    assert_eq!(running["jobState"], "IN_PROGRESS");
    assert_eq!(running["cancelable"], false);
    assert_eq!(running["timestamp"], Value::Null);
    assert_violation(developer.delete(&path(&created)), "jobId");

    clock.advance(4 * MINUTE);
    let ended = developer.get(&path(&created)).expect(200).json();
    assert_eq!(ended["jobState"], "SUCCEED");
    assert_eq!(ended["duration"], 240_000);
    assert!(ended["timestamp"].is_i64());
    let gate = developer.get("/api/v2/activeGates/-1").expect(200).json();
    assert_eq!(gate["version"], TARGET);
}

#[test]
fn a_pending_job_is_deleted_once() {
    let (_, emulator) = with_gate();
    let developer = Caller::developer(&emulator);
    let job = create(&emulator, "latest");
    developer.delete(&path(&job)).expect(204);
    developer.delete(&path(&job)).expect(404);
    developer.get(&path(&job)).expect(404);
    assert!(listed(&emulator, "").is_empty());
}

#[test]
fn a_job_needs_a_known_gate_and_a_whole_version() {
    let (_, emulator) = with_gate();
    let developer = Caller::developer(&emulator);
    let validator = format!("{JOBS}/validator");
    for place in [JOBS, &validator] {
        for wrong in ["", "1.198.0", "newest"] {
            let response = developer.post(place, &json!({ "targetVersion": wrong }));
            assert_violation(response, "targetVersion");
        }
        developer.post(place, &json!({})).expect(400);
        let unknown = place.replace("-1", "-2");
        developer
            .post(&unknown, &json!({ "targetVersion": "latest" }))
            .expect(404);
    }
    developer
        .post(&validator, &json!({ "targetVersion": TARGET }))
        .expect(204);
    assert!(listed(&emulator, "").is_empty());
    developer.get(&JOBS.replace("-1", "-2")).expect(404);
}

#[test]
fn lists_have_the_newest_jobs_first_within_a_time_span() {
    let (clock, emulator) = with_gate();
    let developer = Caller::developer(&emulator);
    let first = create(&emulator, TARGET)["jobId"].clone();
    clock.advance(2 * DAY);
    let second = create(&emulator, "latest")["jobId"].clone();
    assert_eq!(
        listed(&emulator, ""),
        [&second, &first].map(|it| it.as_str().unwrap())
    );
    assert_eq!(listed(&emulator, "from=now-1d"), [second.as_str().unwrap()]);
    assert_eq!(listed(&emulator, "to=now-1d"), [first.as_str().unwrap()]);
    assert_eq!(
        listed(&emulator, "updateType=ACTIVE_GATE"),
        [first.as_str().unwrap()]
    );
    assert_eq!(
        listed(&emulator, "targetVersion=1.198.0"),
        [first.as_str().unwrap()]
    );
    let newer = "startVersion=1.193.0&startVersionCompareType=GREATER";
    assert_eq!(listed(&emulator, newer), [second.as_str().unwrap()]);
    let all = developer.get(ALL).expect(200).json();
    assert_eq!(all["allUpdateJobs"][0]["agId"], "-1");
    let of_one_day = field(&all["allUpdateJobs"][0]["updateJobs"], "jobId");
    assert_eq!(of_one_day, [second.as_str().unwrap()]);
    assert_eq!(
        all["allUpdateJobs"][0]["updateJobs"][0]["error"],
        Value::Null
    );
}

#[test]
fn of_each_type_the_last_update_is_listed_if_asked() {
    let (clock, emulator) = with_gate();
    create(&emulator, TARGET);
    clock.advance(10 * MINUTE);
    let last = create(&emulator, TARGET)["jobId"].clone();
    clock.advance(10 * MINUTE);
    assert_eq!(listed(&emulator, "lastUpdates=false").len(), 2);
    assert_eq!(
        listed(&emulator, "lastUpdates=true"),
        [last.as_str().unwrap()]
    );
}

#[test]
fn a_time_span_is_at_most_31_days_and_does_not_end_before_it_begins() {
    let (_, emulator) = with_gate();
    let developer = Caller::developer(&emulator);
    for list in [JOBS, ALL] {
        let get = |query: &str| developer.get(&format!("{list}?{query}"));
        get("from=now-31d").expect(200);
        get("from=0&to=2678400000").expect(200);
        get("from=1970-01-01T00:00:00.000%2B01:00&to=1970-01-02%2000:00").expect(200);
        assert_violation(get("from=now-32d"), "from");
        assert_violation(get("from=0&to=2678400001"), "from");
        assert_violation(get("to=now-8d"), "from");
        assert_violation(get("from=yesterday"), "from");
        assert_violation(get("to=2020-01-01"), "to");
        assert_violation(get("startVersion=1.1"), "startVersion");
        assert_violation(get("updateType=OTHER"), "updateType");
    }
}
