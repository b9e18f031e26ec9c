//! ActiveGates and update jobs of environments that answer in unusual ways.

use gatelet_test_support::raw_server::{RawResponse, RawServer, response};

use crate::run::Fixture;

const JSON: &str = "application/json";

/// Starts an environment without tokens whose ActiveGates or update jobs are this.
fn environment(list: String) -> RawServer {
    RawServer::new(move |request| {
        let no_tokens = r#"{"totalCount":0,"activeGateTokens":[]}"#;
        RawResponse::Bytes(match request.contains("/activeGateTokens") {
            true => response("200 OK", JSON, no_tokens),
            false => response("200 OK", JSON, &list),
        })
    })
}

#[test]
fn a_date_that_no_calendar_has_is_shown_and_does_not_mean_online() {
    let millis = i64::MIN;
    let date = "0001-01-01T00:00:00Z";
    let gate = format!(
        r#"{{"id":"1","offlineSince":{millis},"activeGateTokens":[{{"id":"t1","state":"VALID"}}]}}"#
    );
    let server = environment(format!(r#"{{"activeGates":[{gate}]}}"#));
    let fixture = Fixture::dt(&server.url);
    for command in ["active-gate list", "active-gate attention"] {
        let table = fixture.run(&format!("dt {command}")).success();
        assert!(table.trim_end().ends_with(date), "{table}");
    }
    let job = format!(r#"{{"jobId":"1","timestamp":{millis}}}"#);
    let server = environment(format!(r#"{{"updateJobs":[{job}]}}"#));
    let table = Fixture::dt(&server.url).run("dt update-job list 1");
    assert!(table.success().contains(date));
}

// U66
#[test]
fn another_active_gate_than_the_one_that_was_asked_for_is_not_shown() {
    let server = environment(r#"{"id":"-2","hostname":"edge"}"#.to_owned());
    let fixture = Fixture::dt(&server.url);
    let line = fixture.run("dt active-gate get -- -1").fails_with(10);
    assert!(line.contains("getOneActiveGateById -1: "), "{line}");
    assert!(
        line.contains("another id than the one that was asked for: -2 "),
        "{line}"
    );
}

#[test]
fn an_attribute_of_a_module_may_be_of_any_kind() {
    let attributes = r#"{"list":[1],"mode":"fast","on":true,"port":9999,"proxy":null}"#;
    let gate = format!(
        r#"{{"id":"1","modules":[{{"attributes":{attributes}}}],"activeGateTokens":[{{"id":"dt0g02.AAAA","state":"EXPIRING"}}]}}"#
    );
    let server = environment(format!(r#"{{"activeGates":[{gate}]}}"#));
    let fixture = Fixture::dt(&server.url);
    let gates = fixture.run("dt active-gate list -o json").json();
    let shown = gates.pointer("/0/modules/0/attributes").unwrap();
    assert_eq!(shown.to_string(), attributes);
    for command in ["active-gate attention", "token audit"] {
        fixture.run(&format!("dt {command}")).success();
    }
}

#[test]
fn a_list_without_pages_may_be_large_and_an_option_limits_every_response() {
    let text = "x".repeat(3000);
    let gates: Vec<_> = (0..4000)
        .map(|n| format!(r#"{{"id":"{n}","hostname":"{text}"}}"#))
        .collect();
    let server = environment(format!(r#"{{"activeGates":[{}]}}"#, gates.join(",")));
    let fixture = Fixture::dt(&server.url);
    let listed = fixture.run("dt active-gate list -o ndjson");
    assert_eq!(listed.success().lines().count(), 4000);
    fixture.run("dt active-gate attention").success();
    for limit in ["11M", "1024", "100k"] {
        let arguments = format!("dt active-gate list --max-response {limit}");
        let line = fixture.run(&arguments).fails_with(10);
        let advice = "; --max-response raises the limit\n";
        assert!(line.ends_with(advice), "{line}");
    }
    fixture
        .run("dt active-gate list --max-response 0")
        .fails_with(2);
}

#[test]
fn no_format_shows_a_secret_that_a_success_repeats() {
    let own = "dt0c01.OWNTOKENOFTHISCALL234567.QVZ7XJWK5TQPLMQVZ7XJWK5TQPLM";
    let foreign = "dt0g02.LMMVVZOK.UKXT2LBONXIALOAOOKQNSQB7D6BKGNFIZIDBQ2G2";
    let job = format!(r#"{{"jobId":"{foreign}","error":"no\\n{own}","startVersion":"{foreign}"}}"#);
    let gate = format!(
        r#"{{"id":"1","hostname":"{own}","activeGateTokens":[{{"id":"{foreign}","state":"{foreign}"}}],
            "modules":[{{"attributes":{{"{foreign}":"{own}"}}}}]}}"#
    );
    let bodies = [
        ("update-job list 1", format!(r#"{{"updateJobs":[{job}]}}"#)),
        ("active-gate list", format!(r#"{{"activeGates":[{gate}]}}"#)),
        (
            "active-gate attention",
            format!(r#"{{"activeGates":[{gate}]}}"#),
        ),
    ];
    for (command, body) in bodies {
        let server = environment(body);
        let fixture = Fixture::dt(&server.url).with("GATELET_DT_TOKEN", own);
        for format in [
            "table", "wide", "json", "ndjson", "csv", "yaml", "name", "markdown",
        ] {
            let shown = fixture.run(&format!("dt {command} -o {format}")).success();
            let leaks = ["QVZ7XJWK", "UKXT2LBO"]
                .iter()
                .any(|part| shown.contains(part));
            assert!(!leaks, "{command} -o {format}: {shown}");
        }
        let rows = fixture.run(&format!("dt {command} -o json")).json();
        assert!(
            rows.to_string().contains("dt0g02.LMMVVZOK.[redacted]"),
            "{rows}"
        );
    }
}

#[test]
fn a_gate_without_tokens_is_told_from_one_that_does_not_say_which_it_has() {
    let server = RawServer::new(|_| {
        let list = r#"{"activeGates":[{"id":"1","activeGateTokens":[]},{"id":"2"}]}"#;
        RawResponse::Bytes(response("200 OK", JSON, list))
    });
    let table =
        Fixture::dt(&server.url).run("dt active-gate list --columns ID,TOKENS --no-headers");
    let rows = table.success();
    let rows: Vec<Vec<&str>> = rows
        .lines()
        .map(|row| row.split_whitespace().collect())
        .collect();
    assert_eq!(rows, [["1", "none"], ["2", "-"]]);
}

#[test]
fn the_jobs_of_all_gates_are_named_as_other_commands_take_them() {
    let server = RawServer::new(|_| {
        let list = r#"{"allUpdateJobs":[{"agId":"-1","updateJobs":[{"jobId":"-7"},{"jobId":"8"},{}]},{"agId":"5","updateJobs":null}]}"#;
        RawResponse::Bytes(response("200 OK", JSON, list))
    });
    let fixture = Fixture::dt(&server.url);
    let names = fixture.run("dt update-job list-all -o name");
    assert_eq!(names.stdout, "-1 -7\n-1 8\n");
    let line = "gatelet: the response does not say which update jobs ActiveGate 5 has\n";
    assert_eq!((names.code, &*names.stderr), (Some(0), line));
    let rows = fixture.run("dt update-job list-all -o json");
    let rows: serde_json::Value = serde_json::from_str(&rows.stdout).unwrap();
    assert_eq!(rows[3], serde_json::json!({"agId": "5"}));
}

#[test]
fn a_time_span_of_update_jobs_that_is_none_names_its_option() {
    let fixture = Fixture::dt("http://127.0.0.1:9");
    for (arguments, option) in [
        ("list-all --from garbage", "--from"),
        ("list-all --to now-1x", "--to"),
        ("list 1 --from now-32d", "--from"),
        ("list 1 --to now-8d", "--to"),
    ] {
        let line = fixture
            .run(&format!("dt update-job {arguments}"))
            .fails_with(2);
        assert!(line.contains(option), "{line}");
    }
}

#[test]
fn the_help_of_token_enforcement_has_the_scope_of_platform_tokens() {
    let help = Fixture::new()
        .run("dt active-gate token-enforcement --help")
        .success();
    assert!(help.contains("fleet-management:activegates:read"), "{help}");
}
