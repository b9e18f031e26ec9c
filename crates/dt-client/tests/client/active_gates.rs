//! ActiveGates and their update jobs.

use std::time::Duration;

use dt_client::models::{
    ActiveGate, ActiveGateModule, ActiveGateModuleType, ActiveGateRelease, ActiveGateTokenState,
    ActiveGateVersion, OsType, UpdateJobCreate, UpdateJobState, UpdateMethod, VersionCompareType,
};
use dt_client::{
    ApiToken, Applied, Client, Clock as _, Error, ErrorKind, Phase, RetryPolicy, TransportErrorKind,
};
use gatelet_emulator::{Emulator, well_known};
use gatelet_transport::testing::{FakeResponse, FakeTransport, ManualClock};

use crate::support::{self, URL, scripted};

fn emulator(clock: &ManualClock) -> (Emulator, Client) {
    let emulator = Emulator::memory().unwrap().with_clock(clock.clone());
    emulator.seed().unwrap();
    let client = Client::builder(URL)
        .credentials(ApiToken::new(well_known::DT_TOKEN).unwrap())
        .build_with(emulator.clone(), clock.clone())
        .unwrap();
    (emulator, client)
}

#[tokio::test]
async fn an_attribute_that_is_no_text_is_kept_and_hides_no_active_gate() {
    let gates = r#"{"activeGates": [{"id": "1", "modules": [{"attributes":
        {"mode": "fast", "port": 9999, "on": true, "proxy": null, "list": [1.50, {}]}}]}]}"#;
    let (client, _) = scripted([FakeResponse::json(200, gates)]);
    let list = client.active_gates().list().send().await.unwrap();
    let module = &list.active_gates[0].modules.as_ref().unwrap()[0];
    let attributes = module.attributes.as_ref().unwrap();
    assert_eq!(attributes["mode"], "fast");
    assert!(attributes["proxy"].is_null());
    let written = serde_json::to_string(attributes).unwrap();
    let kept = r#"{"list":[1.5,{}],"mode":"fast","on":true,"port":9999,"proxy":null}"#;
    assert_eq!(written, kept);
}

#[tokio::test]
async fn every_filter_is_sent_under_its_name_and_modules_are_repeated() {
    let (client, fake) = scripted([FakeResponse::json(200, r#"{"activeGates": []}"#)]);
    let list = client.active_gates().list().query(|query| {
        query
            .hostname("edge 7")
            .os_type(OsType::Linux)
            .os_architecture("RISCV")
            .network_address("10.")
            .load_balancer_address("lb")
            .kind("ENVIRONMENT")
            .network_zone("z")
            .update_status("UP2DATE")
            .version_compare_type(VersionCompareType::GreaterEqual)
            .active_gate_version(ActiveGateRelease::from_numbers(1, 195, 0))
            .auto_update("ENABLED")
            .group("g")
            .online(false)
            .enabled_module(ActiveGateModuleType::Logs)
            .enabled_module("NEW_MODULE")
            .disabled_module(ActiveGateModuleType::ZOs)
            .containerized(true)
            .token_state(ActiveGateTokenState::UnknownWord)
            .token_expiration_set(true)
            .fips_mode(false)
    });
    list.send().await.unwrap();
    let request = fake.into_requests().remove(0);
    let sent = "hostname=edge+7&osType=LINUX&osArchitecture=RISCV&networkAddress=10.&loadBalancerAddress=lb&type=ENVIRONMENT\
        &networkZone=z&updateStatus=UP2DATE&versionCompareType=GREATER_EQUAL&version=1.195.0&autoUpdate=ENABLED&group=g&online=false\
        &enabledModule=LOGS&enabledModule=NEW_MODULE&disabledModule=Z_OS&containerized=true&tokenState=UNKNOWN\
        &tokenExpirationSet=true&fipsMode=false";
    assert_eq!(request.uri().query(), Some(sent));
}

/// Checks that nothing was sent because of a parameter.
#[track_caller]
fn assert_refused<T: std::fmt::Debug>(sent: Result<T, Error>, parameter: &str) {
    let error = sent.unwrap_err();
    let is_it =
        matches!(error.kind(), ErrorKind::InvalidInput { parameter: it } if *it == parameter);
    assert!(is_it, "{error}");
}

#[tokio::test]
async fn a_path_of_its_own_is_not_sent_as_an_id() {
    let (client, fake) = scripted([]);
    let (gates, jobs) = (client.active_gates(), client.update_jobs());
    for id in [
        "groups",
        "tokenEnforcement",
        "updateJobs",
        "autoUpdate",
        "remoteConfigurationManagement",
    ] {
        assert_refused(gates.get(&id.into()).send().await, "agId");
        assert_refused(jobs.list(&id.into()).send().await, "agId");
        let job = UpdateJobCreate::new("latest");
        assert_refused(jobs.create(&id.into(), job).send().await, "agId");
    }
    let (gate, job) = ("-1".into(), "validator".into());
    assert_refused(jobs.delete(&gate, &job).send().await, "jobId");
    assert!(fake.into_requests().is_empty());
}

#[tokio::test]
async fn a_version_of_another_form_is_not_sent() {
    let (client, fake) = scripted([]);
    let (gates, jobs) = (client.active_gates(), client.update_jobs());
    for wrong in ["latest", "1.195", "1.195.0.20200416-144858", ""] {
        let list = gates.list().query(|query| query.active_gate_version(wrong));
        assert_refused(list.send().await, "version");
        let list = jobs.list_all().query(|query| query.start_version(wrong));
        assert_refused(list.send().await, "startVersion");
        let list = jobs.list(&"-1".into());
        let list = list.query(|query| query.target_version(wrong));
        assert_refused(list.send().await, "targetVersion");
    }
    for wrong in ["1.195.0", "newest", ""] {
        let job = UpdateJobCreate::new(wrong);
        let created = jobs.create(&"-1".into(), job.clone()).send().await;
        assert_refused(created, "target_version");
        let valid = jobs.validate(&"-1".into(), job).send().await;
        assert_refused(valid, "target_version");
    }
    assert!(fake.into_requests().is_empty());
}

#[tokio::test]
async fn gates_are_listed_and_read() {
    let clock = ManualClock::auto();
    let (emulator, client) = emulator(&clock);
    let gates = client.active_gates();
    let all = gates.list().send().await;
    let all = all.unwrap().active_gates;
    assert_eq!(all.len(), 3);
    let id = all[1].id.clone().unwrap();
    assert_eq!(id.as_str(), "-1556499193");
    assert_eq!(gates.get(&id).send().await.unwrap(), all[1]);
    let token = &all[1].active_gate_tokens.as_ref().unwrap()[0];
    assert_eq!(token.state, Some(ActiveGateTokenState::Expiring));
    let token = token.id.clone().unwrap();
    let token = client.active_gate_tokens().get(&token).send().await;
    assert!(token.unwrap().expiration_date.is_some());

    emulator.disconnect_active_gate(&id).unwrap();
    let offline = gates.get(&id).send().await.unwrap().offline_since;
    assert!(offline.is_some());
    let list = gates.list().query(|query| query.online(false));
    let found = list.send().await.unwrap().active_gates;
    assert_eq!(found.len(), 2);
    assert_eq!(found[0].offline_since, offline);

    let groups = gates.groups().send().await.unwrap().groups;
    assert_eq!(groups[0].name.as_deref(), Some("default"));
    let enforcement = gates.token_enforcement().send().await.unwrap();
    assert_eq!(enforcement.manual_enforced, Some(false));
    let error = gates.get(&"-2".into()).send().await.unwrap_err();
    assert!(error.is_not_found());
}

#[tokio::test]
async fn a_job_is_checked_created_read_and_deleted() {
    let clock = ManualClock::auto();
    let (_, client) = emulator(&clock);
    let (jobs, gate) = (client.update_jobs(), "-1556499193".into());
    let newest = UpdateJobCreate::new(ActiveGateVersion::latest());
    jobs.validate(&gate, newest.clone()).send().await.unwrap();
    let created = jobs.create(&gate, newest.clone()).send().await.unwrap();
    assert_eq!(created.job_state, Some(UpdateJobState::Pending));
    assert_eq!(
        (created.timestamp, created.update_method.as_ref()),
        (None, None)
    );
    let id = created.job_id.clone().unwrap();
    assert_eq!(jobs.get(&gate, &id).send().await.unwrap(), created);
    let list = jobs.list(&gate);
    assert_eq!(list.send().await.unwrap().update_jobs, [created]);
    jobs.delete(&gate, &id).send().await.unwrap();

    let created = jobs.create(&gate, newest).send().await.unwrap();
    let id = created.job_id.unwrap();
    clock.advance(Duration::from_secs(3600));
    let ended = jobs.get(&gate, &id).send().await.unwrap();
    assert_eq!(ended.job_state, Some(UpdateJobState::Succeed));
    assert_eq!(ended.update_method, Some(UpdateMethod::OnDemand));
    assert!(ended.timestamp.is_some());
    let error = jobs.delete(&gate, &id).send().await.unwrap_err();
    assert_eq!(error.status().map(|it| it.as_u16()), Some(400));
    let all = jobs.list_all().send().await;
    let all = all.unwrap().all_update_jobs;
    assert_eq!(all.len(), 2, "one of them is an example");
    assert_eq!(all[1].ag_id, Some(gate));
    assert_eq!(all[1].update_jobs, Some(vec![ended]));
}

#[tokio::test]
async fn a_failed_job_says_why_in_each_response() {
    let (_, client) = emulator(&ManualClock::auto());
    let (jobs, gate) = (client.update_jobs(), "1541791174".into());
    let listed = jobs.list(&gate).send().await.unwrap().update_jobs;
    let failed = listed.last().unwrap();
    assert_eq!(failed.job_state, Some(UpdateJobState::Failed));
    assert!(failed.error.is_some());
    let id = failed.job_id.as_ref().unwrap();
    assert_eq!(jobs.get(&gate, id).send().await.unwrap(), *failed);
}

#[tokio::test]
async fn a_gate_of_which_nothing_is_known_is_read() {
    let body = r#"{"activeGates": [{}, {"id": "0x3efdd091", "offlineSince": null, "new": 1, "osType": "BEOS"}]}"#;
    let (client, _) = scripted([FakeResponse::json(200, body)]);
    let list = client.active_gates().list();
    let gates = list.send().await.unwrap().active_gates;
    assert_eq!(gates[0], ActiveGate::new());
    assert_eq!(
        gates[1].id.as_ref().map(|id| id.as_str()),
        Some("0x3efdd091")
    );
    assert_eq!(gates[1].os_type, Some("BEOS".into()));
    assert_eq!(gates[1].offline_since, None);
}

#[tokio::test]
async fn a_list_without_pages_has_a_timeout_and_a_retry_policy_of_its_own() {
    let (client, fake) = scripted([FakeResponse::status(503)]);
    let list = client.active_gates().list().retry(RetryPolicy::never());
    let error = list.send().await.unwrap_err();
    assert_eq!(error.status().map(|it| it.as_u16()), Some(503));
    fake.finish();

    let (clock, fake) = (
        ManualClock::auto(),
        FakeTransport::script([FakeResponse::hang()]),
    );
    let (client, before) = (support::client(fake, &clock), clock.monotonic());
    let list = client.update_jobs().list_all();
    let list = list.timeout(Duration::from_secs(5)).send().await;
    let error = list.unwrap_err();
    assert_eq!(error.kind(), &ErrorKind::Timeout(Phase::Total));
    assert_eq!(clock.monotonic() - before, Duration::from_secs(5));
}

fn assert_undecoded<T: std::fmt::Debug>(sent: Result<T, Error>, body: &str) {
    let error = sent.map(|it| format!("{body}: {it:?}")).unwrap_err();
    let is_it = matches!(error.kind(), ErrorKind::Decode { .. });
    assert!(is_it, "{body}: {error}");
}

#[tokio::test]
async fn a_response_without_its_list_is_an_error_and_not_an_empty_list() {
    let client = |body: &str| scripted([FakeResponse::json(200, body.to_owned())]).0;
    for body in ["{}", r#"{"groups": null}"#, r#"{"Groups": []}"#] {
        let groups = client(body).active_gates().groups();
        assert_undecoded(groups.send().await, body);
    }
    for body in [
        r#"{"agId": "-1"}"#,
        r#"{"updateJobs": null}"#,
        r#"{"updatejobs": []}"#,
    ] {
        let jobs = client(body).update_jobs().list(&"-1".into());
        assert_undecoded(jobs.send().await, body);
    }
    for body in ["{}", r#"{"allUpdateJobs": null}"#, r#"{"updateJobs": []}"#] {
        let jobs = client(body).update_jobs().list_all();
        assert_undecoded(jobs.send().await, body);
    }
}

// D28
#[tokio::test]
async fn a_job_whose_response_is_lost_is_not_created_again() {
    let lost = || FakeResponse::error(TransportErrorKind::Interrupted);
    let unreadable = || FakeResponse::json(201, r#"{"jobState": 7}"#);
    for (response, applied) in [
        (lost(), Applied::Unknown),
        (FakeResponse::hang(), Applied::Unknown),
        (FakeResponse::status(503), Applied::Unknown),
        (unreadable(), Applied::Yes),
    ] {
        let (client, fake) = scripted([response]);
        let newest = UpdateJobCreate::new(ActiveGateVersion::latest());
        let created = client.update_jobs().create(&"-1".into(), newest);
        let error = created.send().await.unwrap_err();
        assert_eq!(error.applied(), applied, "{error}");
        assert_eq!(error.attempts(), 1);
        fake.finish();
    }
    // Reads and the check are repeated.
    let (client, fake) = scripted([lost(), FakeResponse::status(204)]);
    let newest = UpdateJobCreate::new(ActiveGateVersion::latest());
    let valid = client.update_jobs().validate(&"-1".into(), newest);
    valid.send().await.unwrap();
    fake.finish();
    let (client, fake) = scripted([lost(), FakeResponse::json(200, r#"{"activeGates": []}"#)]);
    client.active_gates().list().send().await.unwrap();
    fake.finish();
}

// D28
#[tokio::test]
async fn a_check_of_a_job_changes_nothing_and_only_a_204_without_a_body_passes() {
    for response in [
        FakeResponse::json(200, r#"{"valid": false}"#),
        FakeResponse::json(200, "<html>"),
        FakeResponse::json(201, "{}"),
        FakeResponse::status(200),
        FakeResponse::status(202),
        FakeResponse::status(503),
        FakeResponse::hang(),
        FakeResponse::error(TransportErrorKind::Interrupted),
    ] {
        let (client, fake) = scripted([response]);
        let newest = UpdateJobCreate::new(ActiveGateVersion::latest());
        let valid = client.update_jobs().validate(&"-1".into(), newest);
        let error = valid.retry(RetryPolicy::never()).send().await.unwrap_err();
        assert_eq!(error.applied(), Applied::No, "{error}");
        assert!(!error.to_string().contains("may have been"), "{error}");
        fake.finish();
    }
}

/// The JSON of an ActiveGate of this size in bytes.
fn large_gate(number: usize, size: usize) -> ActiveGate {
    let gate = |attribute: String| {
        let module = ActiveGateModule::new()
            .with_kind(ActiveGateModuleType::Logs)
            .with_attributes([("text".to_owned(), attribute)]);
        ActiveGate::new()
            .with_id(format!("-{number:04}"))
            .with_hostname(format!("edge-{number}"))
            .with_modules([module])
    };
    let bare = serde_json::to_string(&gate(String::new())).unwrap().len();
    gate("x".repeat(size.saturating_sub(bare)))
}

// D29
#[tokio::test]
async fn two_thousand_large_gates_fit_into_the_default_limit() {
    let all: Vec<_> = (0..2000).map(|number| large_gate(number, 4000)).collect();
    let clock = ManualClock::auto();
    let emulator = Emulator::memory().unwrap().with_clock(clock.clone());
    emulator.add_active_gates(all.clone()).unwrap();
    let client = Client::builder(URL)
        .credentials(ApiToken::new(well_known::DT_TOKEN).unwrap())
        .build_with(emulator, clock)
        .unwrap();
    let listed = client.active_gates().list().send().await.unwrap();
    let listed = listed.active_gates;
    assert_eq!(listed.len(), 2000);
    let last = (&listed[1999].id, &listed[1999].modules);
    assert_eq!(last, (&all[1999].id, &all[1999].modules));

    let body = serde_json::json!({ "activeGates": all }).to_string();
    assert!(
        (8_000_000..10_485_760).contains(&body.len()),
        "{}",
        body.len()
    );
    let (client, _) = scripted([FakeResponse::json(200, body.clone())]);
    let listed = client.active_gates().list().send().await.unwrap();
    assert_eq!(listed.active_gates, all);

    // A larger one is refused as a whole, never cut.
    let body = body + &" ".repeat(10_485_761 - 8_000_000);
    let (client, _) = scripted([FakeResponse::json(200, body)]);
    let error = client.active_gates().list().send().await.unwrap_err();
    assert!(
        matches!(error.kind(), ErrorKind::TooLarge { .. }),
        "{error}"
    );
}

#[tokio::test]
async fn a_time_span_of_jobs_that_the_server_would_refuse_or_misread_is_not_sent() {
    let form = "must be UTC milliseconds";
    let (order, span) = ("must not be after the end", "at most 31 days");
    for (from, to, parameter, problem) in [
        (Some("garbage"), None, "from", form),
        (Some(""), None, "from", form),
        (None, Some(""), "to", form),
        (Some("now-1x"), None, "from", form),
        (Some("now-1d"), Some("1h"), "to", form),
        (Some("2027-01-31T00:00:00+0000"), None, "from", form),
        (Some("2027-01-31"), None, "from", "without a time of day"),
        (Some("now-32d"), None, "from", span),
        (Some("0"), None, "from", span),
        (Some("now-99999999999y"), None, "from", form),
        (Some("now-1d"), Some("now-2d"), "from", order),
        (Some("now+1d"), None, "from", order),
        (None, Some("now-8d"), "to", "must not be before the start"),
    ] {
        let (client, fake) = scripted([]);
        let jobs = client.update_jobs();
        let all = jobs.list_all().query(|mut query| {
            if let Some(from) = from {
                query = query.from(from);
            }
            match to {
                Some(to) => query.to(to),
                None => query,
            }
        });
        let of_gate = jobs.list(&"1".into()).query(|mut query| {
            if let Some(from) = from {
                query = query.from(from);
            }
            match to {
                Some(to) => query.to(to),
                None => query,
            }
        });
        for error in [
            all.send().await.unwrap_err(),
            of_gate.send().await.unwrap_err(),
        ] {
            assert_eq!(
                error.kind(),
                &ErrorKind::InvalidInput { parameter },
                "{from:?} {to:?}"
            );
            assert!(error.to_string().contains(problem), "{error}");
        }
        fake.finish();
    }
    for (from, to) in [
        ("now-31d", None),
        ("now-1M/M", Some("now-1w/d")),
        ("now-40d", Some("now-9d")),
        ("2027-01-01T00:00:00Z", Some("2027-01-31 00:00")),
        ("1774000000000", Some("1774000000001")),
    ] {
        let (client, fake) = scripted([FakeResponse::json(200, r#"{"allUpdateJobs": []}"#)]);
        let list = client.update_jobs().list_all().query(|query| match to {
            Some(to) => query.from(from).to(to),
            None => query.from(from),
        });
        list.send().await.unwrap();
        fake.finish();
    }
}

#[tokio::test]
async fn a_gate_that_does_not_say_which_jobs_it_has_does_not_lose_those_of_the_others() {
    let body = r#"{"allUpdateJobs": [{"agId": "1", "updateJobs": null}, {"agId": "2"}, {"agId": "3", "updateJobs": [{"jobId": "-7"}]}]}"#;
    let (client, _) = scripted([FakeResponse::json(200, body)]);
    let all = client.update_jobs().list_all().send().await.unwrap();
    let counts = all
        .all_update_jobs
        .iter()
        .map(|gate| gate.update_jobs.as_ref().map(Vec::len));
    assert_eq!(counts.collect::<Vec<_>>(), [None, None, Some(1)]);
    // The list of one gate is about nothing else.
    let (client, _) = scripted([FakeResponse::json(
        200,
        r#"{"agId": "1", "updateJobs": null}"#,
    )]);
    let list = client.update_jobs().list(&"1".into()).send().await;
    assert!(matches!(list.unwrap_err().kind(), ErrorKind::Decode { .. }));
}
