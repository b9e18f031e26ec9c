//! Lists that end early: what is printed and where they continue.

use gatelet_test_support::raw_server::{RawResponse, RawServer, response};

use crate::run::{CommandOutput, Fixture, send_signal, team};

const JSON: &str = "application/json";
const TOKENS: &str = "dt active-gate-token list";
const GATEWAYS: &str = "/v1/teams/example-team/gateways";

/// Lists of Dynatrace in pages of two, `t1` and `t2`, `t3` and `t4`, and so on; the page of this number fails.
fn pages(fails: u32, status: &'static str) -> RawServer {
    RawServer::new(move |request| {
        let position = request.split("nextPageKey=k").nth(1);
        let number = position.map_or(1, |text| text.split(' ').next().unwrap().parse().unwrap());
        if number == fails {
            return RawResponse::Bytes(response(status, JSON, r#"{"error":{"message":"no"}}"#));
        }
        let token = |n: u32| {
            format!(
                r#"{{"id":"t{n}","name":"t{n}","owner":"o","creationDate":"2026-01-01T00:00:00Z"}}"#
            )
        };
        let (first, second) = (token(2 * number - 1), token(2 * number));
        let next = number + 1;
        let body = format!(
            r#"{{"totalCount":99,"nextPageKey":"k{next}","activeGateTokens":[{first},{second}]}}"#
        );
        RawResponse::Bytes(response("200 OK", JSON, &body))
    })
}

#[test]
fn a_list_continues_when_the_token_in_its_file_is_rotated() {
    let fixture = Fixture::new();
    let file = fixture.path("token");
    fixture.file("token", "dt0c01.OLD.CANARY\n");
    let rotated = file.clone();
    let page = |n: u32, next: &str| {
        let body = format!(
            r#"{{"totalCount":2,{next}"activeGateTokens":[{{"id":"t{n}","name":"t{n}","owner":"o","creationDate":"2026-01-01T00:00:00Z"}}]}}"#
        );
        RawResponse::Bytes(response("200 OK", JSON, &body))
    };
    let server = RawServer::new(move |request| {
        if !request.contains("nextPageKey=") {
            return page(1, r#""nextPageKey":"k2","#);
        }
        // The old token is no longer valid; the new one is written a moment later.
        std::fs::write(&rotated, "dt0c01.NEW.CANARY\n").unwrap();
        if request.contains("dt0c01.OLD.CANARY") {
            let refusal = r#"{"error":{"code":401}}"#;
            return RawResponse::Bytes(response("401 Unauthorized", JSON, refusal));
        }
        page(2, "")
    });
    let output = fixture
        .with("GATELET_DT_URL", &server.url)
        .with("GATELET_DT_TOKEN_FILE", &file)
        .run(&format!("{TOKENS} -o ndjson"));
    assert_eq!(ids(&output.success(), "ndjson"), numbers(2));
    assert_eq!(server.requests.try_iter().count(), 3);
}

#[cfg(unix)]
#[test]
fn a_rotated_token_that_others_may_read_is_not_used() {
    use std::os::unix::fs::PermissionsExt as _;
    let fixture = Fixture::new();
    let file = fixture.path("token");
    fixture.file("token", "dt0c01.OLD.CANARY\n");
    let rotated = file.clone();
    let server = RawServer::new(move |request| {
        let readable = std::fs::Permissions::from_mode(0o644);
        std::fs::write(&rotated, "dt0c01.NEW.CANARY\n").unwrap();
        std::fs::set_permissions(&rotated, readable).unwrap();
        assert!(request.contains("dt0c01.OLD.CANARY"), "{request}");
        let refusal = r#"{"error":{"code":401}}"#;
        RawResponse::Bytes(response("401 Unauthorized", JSON, refusal))
    });
    let fixture = fixture.with("GATELET_DT_URL", &server.url);
    let output = fixture.with("GATELET_DT_TOKEN_FILE", &file).run(TOKENS);
    output.fails_with(3);
    assert_eq!(server.requests.try_iter().count(), 1);
}

/// Returns the ids in the output of a list, in any format.
fn ids(output: &str, format: &str) -> Vec<String> {
    let id = |value: &serde_json::Value| value["id"].as_str().unwrap().to_owned();
    let document = |text: &str| serde_json::from_str::<serde_json::Value>(text).unwrap();
    match format {
        "json" => document(output)
            .as_array()
            .unwrap()
            .iter()
            .map(id)
            .collect(),
        "ndjson" => output.lines().map(|line| id(&document(line))).collect(),
        "name" => output.lines().map(str::to_owned).collect(),
        "yaml" => {
            let ids = output
                .lines()
                .filter_map(|line| line.strip_prefix("- id: "));
            ids.map(str::to_owned).collect()
        }
        "csv" => {
            let rows = output.lines().skip(1);
            rows.map(|row| row.split(',').next().unwrap().to_owned())
                .collect()
        }
        "markdown" => {
            let rows = output.lines().skip(2);
            rows.map(|row| row.split(' ').nth(1).unwrap().to_owned())
                .collect()
        }
        _ => {
            let rows = output.lines().skip(1);
            rows.map(|row| row.split(' ').next().unwrap().to_owned())
                .collect()
        }
    }
}

fn numbers(count: u32) -> Vec<String> {
    (1..=count).map(|n| format!("t{n}")).collect()
}

/// Returns the page token of the hint.
fn hint(output: &CommandOutput) -> Option<&str> {
    let (_, rest) = output.stderr.split_once("continue with --page-token ")?;
    rest.split_whitespace().next()
}

/// Every format.
const FORMATS: [&str; 8] = [
    "table", "wide", "json", "ndjson", "csv", "yaml", "name", "markdown",
];

// U33, U61
#[test]
fn a_list_that_fails_prints_its_items_and_continues_without_gap_or_repetition() {
    for (page, format) in [4, 7]
        .into_iter()
        .flat_map(|page| FORMATS.map(|format| (page, format)))
    {
        let broken = Fixture::dt(&pages(page, "403 Forbidden").url);
        let output = broken.run(&format!("{TOKENS} -o {format}"));
        assert_eq!(output.code, Some(4), "{output:?}");
        let came = 2 * (page - 1);
        assert_eq!(ids(&output.stdout, format), numbers(came));
        let progress = format!("page {page} of this list, after {came} items");
        assert!(output.stderr.contains(&progress), "{output:?}");
        let position = format!("k{page}");
        assert_eq!(hint(&output), Some(position.as_str()), "{output:?}");

        let whole = Fixture::dt(&pages(page + 2, "403 Forbidden").url);
        let rest = whole.run(&format!("{TOKENS} -o {format} --page-token {position}"));
        let mut all = ids(&output.stdout, format);
        all.extend(ids(&rest.stdout, format));
        assert_eq!(all, numbers(came + 4));
        let progress = "page 3 of this list, after 4 items";
        assert!(rest.stderr.contains(progress), "{rest:?}");
    }
}

// U26
#[test]
fn a_list_with_a_limit_requests_no_page_beyond_it() {
    for (limit, requests) in [(1, 1), (2, 1), (3, 2), (4, 2)] {
        let script = pages(99, "500 Internal Server Error");
        let output =
            Fixture::dt(&script.url).run(&format!("{TOKENS} -o ndjson -v --limit {limit}"));
        let stderr = output
            .stderr
            .lines()
            .filter(|line| line.starts_with("gatelet: > "));
        assert_eq!(stderr.count(), requests, "{output:?}");
        assert_eq!(ids(&output.success(), "ndjson"), numbers(limit));
        assert_eq!(script.requests.try_iter().count(), requests);
    }
}

#[test]
fn a_list_that_ends_before_its_total_count_is_warned_of() {
    for (total, arguments, missing) in [
        (3, "", "2 items"),
        (2, "-o json", "1 item"),
        (3, "--limit 2", "2 items"),
        (3, "--limit 1", ""),
        (3, "--page-token k2", ""),
        (1, "", ""),
    ] {
        let server = RawServer::new(move |_| {
            let body = format!(
                r#"{{"totalCount":{total},"activeGateTokens":[{{"id":"t1","name":"n","owner":"o","creationDate":"2026-01-01T00:00:00Z"}}]}}"#
            );
            RawResponse::Bytes(response("200 OK", JSON, &body))
        });
        let output = Fixture::dt(&server.url).run(&format!("{TOKENS} {arguments}"));
        let warning = match missing {
            "" => String::new(),
            _ => format!("gatelet: warning: the list ended {missing} before its total count\n"),
        };
        assert_eq!(output.stderr, warning, "{arguments}");
        assert!(output.success().contains("t1"), "{arguments}");
    }
}

// U33
#[test]
fn the_hint_of_a_list_with_a_limit_contains_the_rest_of_the_limit() {
    let broken = Fixture::dt(&pages(3, "403 Forbidden").url);
    let output = broken.run(&format!("{TOKENS} -o ndjson --limit 7"));
    assert_eq!(ids(&output.stdout, "ndjson"), numbers(4));
    let hint = "; continue with --page-token k3 --limit 3\n";
    assert!(output.stderr.ends_with(hint), "{output:?}");

    let whole = Fixture::dt(&pages(9, "403 Forbidden").url);
    let rest = whole.run(&format!("{TOKENS} -o ndjson --page-token k3 --limit 3"));
    assert_eq!(ids(&rest.success(), "ndjson"), numbers(7).split_off(4));
}

// U33
#[test]
fn the_hint_of_a_list_can_be_followed_if_its_page_token_looks_like_an_option() {
    let script = RawServer::new(|request| {
        if request.contains("nextPageKey=") {
            let refusal = r#"{"error":{"message":"no"}}"#;
            return RawResponse::Bytes(response("403 Forbidden", JSON, refusal));
        }
        let page = r#"{"totalCount":9,"nextPageKey":"--limit","activeGateTokens":[]}"#;
        RawResponse::Bytes(response("200 OK", JSON, page))
    });
    let fixture = Fixture::dt(&script.url);
    let output = fixture.run(TOKENS);
    let hint = "; continue with --page-token=--limit\n";
    assert!(output.stderr.ends_with(hint), "{output:?}");
    assert_eq!(script.requests.try_iter().count(), 2);
    fixture.run(&format!("{TOKENS} --page-token=--limit"));
    let next = script.requests.try_iter().next().unwrap();
    assert!(next.contains("?nextPageKey=--limit "), "{next}");
}

/// Gateways of one page, with this `Link` field.
fn server_with_link(link: String) -> RawServer {
    team(move |_| {
        let body = r#"{"list":[{"id":"g1","name":"g1","refuse_connections":false}]}"#;
        let response = String::from_utf8(response("200 OK", JSON, body)).unwrap();
        RawResponse::Bytes(
            response
                .replacen("\r\n", &format!("\r\nlink: {link}\r\n"), 1)
                .into_bytes(),
        )
    })
}

// U4, U2, U5
#[test]
fn rows_before_a_bad_link_are_printed_and_the_error_names_its_target() {
    let own = format!("{GATEWAYS} ");
    for (link, says) in [
        (
            r#"<https://u:hunter2@evil.example/x?hunter2>; rel="next""#.into(),
            "leads to https://evil.example/x ",
        ),
        (
            format!(r#"<{GATEWAYS}?a={}>; rel="next""#, "hunter2".repeat(9000)),
            own.as_str(),
        ),
        (
            format!(r#"<{GATEWAYS}?a={}>; rel="next""#, "hunter2 b"),
            own.as_str(),
        ),
        (format!(r#"<{GATEWAYS}>; rel="next""#), own.as_str()),
        (
            format!(r#"<{GATEWAYS}?hunter2; rel="next""#),
            "`Link` field is malformed",
        ),
    ] {
        for format in FORMATS {
            let script = server_with_link(link.clone());
            let output = Fixture::asa(&script.url).run(&format!("asa gateway list -o {format}"));
            assert_eq!(output.code, Some(10), "{output:?}");
            assert_eq!(ids(&output.stdout, format), ["g1"]);
            assert!(output.stderr.contains(says), "{output:?}");
            assert!(!output.stderr.contains("hunter2"), "{output:?}");
            assert_eq!(hint(&output), None, "{output:?}");
            // The token exchange and the page.
            assert_eq!(script.requests.try_iter().count(), 2);
        }
    }
}

// U57
#[test]
fn the_url_of_asa_may_end_in_v1() {
    for end in ["", "/", "/v1", "/v1/"] {
        let script = team(|_| RawResponse::Bytes(response("200 OK", JSON, r#"{"list":[]}"#)));
        let fixture = Fixture::asa(&format!("{}{end}", script.url));
        fixture.run("asa gateway list").success();
        let paths: Vec<_> = script.requests.try_iter().collect();
        assert!(paths[0].starts_with("POST /v1/teams/example-team/service_token "));
        assert!(paths[1].starts_with("GET /v1/teams/example-team/gateways "));
    }
}

// U56
#[test]
fn a_page_token_beyond_printable_ascii_exits_with_2_and_is_neither_sent_nor_repeated() {
    for token in ["hunter2é", "hunter2\n", "hunter2\u{7f}", "hunter2\u{202e}"] {
        for vendor in ["dt token", "asa gateway"] {
            let script = RawServer::new(|_| RawResponse::Silence);
            let fixture = match vendor {
                "dt token" => Fixture::dt(&script.url),
                _ => Fixture::asa(&script.url),
            };
            let run_args = vendor.split(' ').chain(["list", "--page-token", token]);
            let line = fixture.run_args(run_args).fails_with(2);
            assert!(
                line.contains("--page-token") && !line.contains("hunter2"),
                "{line}"
            );
            assert_eq!(script.requests.try_iter().count(), 0);
        }
    }
}

// U65
#[cfg(unix)]
#[test]
fn an_interrupted_list_is_whole_and_says_where_to_go_on() {
    for format in FORMATS {
        let whole = pages(99, "403 Forbidden");
        let (reached, wait) = std::sync::mpsc::channel();
        let script = RawServer::new(move |request| {
            if request.contains("nextPageKey=k3") {
                reached.send(()).unwrap();
                return RawResponse::Silence;
            }
            let next = if request.contains("nextPageKey=") {
                3
            } else {
                2
            };
            let token = |n: u32| {
                format!(
                    r#"{{"id":"t{n}","name":"t{n}","owner":"o","creationDate":"2026-01-01T00:00:00Z"}}"#
                )
            };
            let items = [token(2 * next - 3), token(2 * next - 2)].join(",");
            let body = format!(
                r#"{{"totalCount":99,"nextPageKey":"k{next}","activeGateTokens":[{items}]}}"#
            );
            RawResponse::Bytes(response("200 OK", JSON, &body))
        });
        let child = Fixture::dt(&script.url)
            .command(format!("{TOKENS} -o {format} --limit 9").split(' '))
            .stdout(std::process::Stdio::piped())
            .stderr(std::process::Stdio::piped())
            .spawn()
            .unwrap();
        wait.recv().unwrap();
        send_signal("-TERM", &child);
        let output = CommandOutput::from(child.wait_with_output().unwrap());
        assert_eq!(output.code, Some(143), "{output:?}");
        assert_eq!(ids(&output.stdout, format), numbers(4), "{output:?}");
        assert_eq!(
            output.stderr,
            "gatelet: terminated; continue with --page-token k3 --limit 5\n"
        );
        let rest =
            Fixture::dt(&whole.url).run(&format!("{TOKENS} -o {format} --page-token k3 --limit 5"));
        assert_eq!(ids(&rest.success(), format), numbers(9).split_off(4));
    }
}
