//! `gatelet asa project`.

#[cfg(unix)]
use std::process::Stdio;

use serde_json::{Value, json};

use crate::run::{CommandOutput, Fixture, team};
use gatelet_test_support::raw_server::{RawResponse, response};

const ID: &str = "a2dfd474-2db4-4bb2-8364-d5f76ade396e";
const LABELED: &str = "3d9a5c1e-6f70-4e0b-9c52-7b8e4a1d2f66";

#[test]
fn projects_are_listed_and_shown() {
    let fixture = Fixture::new();
    let list = fixture.run("--emulator asa project list -o json").json();
    let project = fixture
        .run("--emulator asa projects get web -o json")
        .json();
    assert_eq!(list, json!([project]));
    let table = fixture.run("--emulator asa project ls").success();
    let lines: Vec<&str> = table.lines().collect();
    assert!(lines[0].contains("GATEWAY SELECTOR"), "{table}");
    assert!(
        lines[1].starts_with("web ") && lines[1].contains("env in (dev,prod)"),
        "{table}"
    );
}

/// The line about the examples of ASA's reference, whose labels are null.
const UNKNOWN_LABELS: &str = "gatelet: cannot judge 2 of the gateways, because the response does not say the labels: \
    Production gateway (a2dfd474-2db4-4bb2-8364-d5f76ade396e), Dev gateway (cf028ce5-1556-48dc-ab90-d15fe4fa7180)\n";
const SETUP_TOKEN: &str = "6116bb2a-7289-4528-92ee-8e92443c3b61";

#[test]
fn gateways_of_a_project_are_those_with_its_labels() {
    let fixture = Fixture::new();
    let one = fixture.run("--emulator asa project gateways web -o json");
    assert_eq!(one.stderr, UNKNOWN_LABELS);
    let one = one.json();
    assert_eq!(one.as_array().unwrap().len(), 1);
    assert_eq!(one[0]["id"], LABELED);
    let all = fixture.run("--emulator asa gateway list -o json").json();
    assert_eq!(all.as_array().unwrap().len(), 3);

    fixture
        .run(&format!(
            "--emulator asa gateway update {ID} --label env=dev"
        ))
        .success();
    let two = fixture.run("--emulator asa project gateways web -o json");
    let two = two.json();
    assert_eq!([&two[0]["id"], &two[1]["id"]], [ID, LABELED]);
    fixture
        .run("--emulator asa project gateways absent")
        .fails_with(5);
}

#[test]
fn requirements_that_no_gateway_meets_are_named_in_every_format() {
    let fixture = Fixture::new();
    fixture
        .run(&format!("--emulator asa gateway delete --yes {LABELED}"))
        .success();
    for (format, expected) in [("json", "[]\n"), ("ndjson", "")] {
        let none = fixture.run(&format!("--emulator asa project gateways web -o {format}"));
        assert_eq!(
            none.stderr,
            format!(
                "gatelet: no gateway with known labels meets `env in (dev,prod)`\n{UNKNOWN_LABELS}"
            )
        );
        assert_eq!(none.success(), expected);
    }
    let table = fixture.run("--emulator asa project gateways web");
    assert!(table.stderr.contains("`env in (dev,prod)`"), "{table:?}");
}

#[test]
fn projects_of_a_gateway_and_of_a_setup_token_are_those_that_select_its_labels() {
    let fixture = Fixture::new();
    let run = |line: &str| fixture.run(&format!("--emulator asa {line} -o json"));
    let names = |run: CommandOutput| {
        let list = run.json();
        let mut names: Vec<_> = list
            .as_array()
            .unwrap()
            .iter()
            .map(|it| it["name"].to_string())
            .collect();
        names.sort();
        names
    };
    assert_eq!(
        names(run(&format!("gateway projects {LABELED}"))),
        [r#""shop""#, r#""web""#]
    );
    for unlabeled in [
        format!("gateway projects {ID}"),
        format!("gst projects {SETUP_TOKEN}"),
    ] {
        let unknown = run(&unlabeled);
        assert_eq!((unknown.code, unknown.stdout.as_str()), (Some(1), "[]\n"));
        let line = "gatelet: cannot judge project web (8fe1a2c4-5f0c-4a5e-9d0e-6e1a1c1d2b30): the response does not say the labels\n";
        assert!(unknown.stderr.contains(line), "{unknown:?}");
    }
    let token = run("gateway-setup-token create --label env=dev").json();
    let id = token["id"].as_str().unwrap();
    assert_eq!(names(run(&format!("gst projects {id}"))), [r#""web""#]);
    run("gateway projects absent").fails_with(5);
}

#[test]
fn a_project_that_cannot_be_judged_is_named_beside_those_that_are_served() {
    let server = team(|request| {
        let (status, body) = match request {
            it if it.contains("/gateways/g ") => (
                "200 OK",
                r#"{"id": "g", "name": "g", "refuse_connections": false, "labels": {"env": "prod"}}"#,
            ),
            it if it.contains("/projects ") => (
                "200 OK",
                r#"{"list": [{"id": "1", "name": "web", "gateway_selector": "env=prod"},
                    {"id": "2", "name": "db", "gateway_selector": "cores>4"}]}"#,
            ),
            _ => (
                "404 Not Found",
                r#"{"code": 404, "type": "resource_does_not_exist", "message": "Not Found"}"#,
            ),
        };
        RawResponse::Bytes(response(status, "application/json", body))
    });
    let run = Fixture::asa(&server.url).run("asa gateway projects g -o ndjson");
    assert_eq!(run.code, Some(1), "{run:?}");
    let served: Value = serde_json::from_str(&run.stdout).unwrap();
    assert_eq!(served["name"], "web");
    assert_eq!(
        run.stderr,
        "gatelet: cannot judge project db (2): the selector contains a character that has no known meaning at byte 5: \"cores>4\"\n\
         gatelet: 1 project cannot be judged\n"
    );
}

#[test]
fn a_selector_that_cannot_be_judged_is_an_error() {
    let server = team(|request| {
        let body = match request.contains("/gateways ") {
            true => r#"{"list": []}"#,
            false => r#"{"id": "1", "name": "web", "gateway_selector": "cores>4"}"#,
        };
        RawResponse::Bytes(response("200 OK", "application/json", body))
    });
    let run = Fixture::asa(&server.url).run("asa project gateways web");
    assert_eq!(
        run.fails_with(1),
        "gatelet: cannot judge which gateways project web uses: \
         the selector contains a character that has no known meaning at byte 5: \"cores>4\"\n"
    );
}

#[test]
fn a_list_of_resource_groups_that_cannot_be_read_is_called_so() {
    let server = team(|request| {
        let (status, body) = match request {
            it if it.contains("/gateways/g ") => (
                "200 OK",
                r#"{"id": "g", "name": "g", "refuse_connections": false, "labels": {}}"#,
            ),
            it if it.contains("/projects ") => ("200 OK", r#"{"list": []}"#),
            _ => ("200 OK", "{}"),
        };
        RawResponse::Bytes(response(status, "application/json", body))
    });
    let run = Fixture::asa(&server.url).run("asa gateway projects g -o ndjson");
    assert_eq!(run.code, Some(1), "{run:?}");
    let line = "gatelet: the list of resource groups could not be read to its end";
    assert!(run.stderr.contains(line), "{run:?}");
}

/// The end of a path, and the status and body of its response.
type Route = (&'static str, u16, &'static str);

/// Serves a gateway with the label `env=prod`, and other paths by the end of each. Paths that are not named are absent.
fn served(routes: Vec<Route>) -> CommandOutput {
    run_served("asa gateway projects g -o ndjson", routes)
}

fn run_served(command: &str, routes: Vec<Route>) -> CommandOutput {
    let server = team(move |request| {
        let path = request.split(' ').nth(1).unwrap_or_default();
        let route = routes.iter().find(|(end, ..)| path.ends_with(end));
        let (status, body) = match route {
            _ if path.ends_with("/gateways/g") => (
                200,
                r#"{"id": "g", "name": "g", "refuse_connections": false, "labels": {"env": "prod"}}"#,
            ),
            Some((_, status, body)) => (*status, *body),
            None => (
                404,
                r#"{"code": 404, "type": "resource_does_not_exist", "message": "Not Found"}"#,
            ),
        };
        RawResponse::Bytes(response(&format!("{status} X"), "application/json", body))
    });
    Fixture::asa(&server.url).run(command)
}

const WEB: &str = r#"{"list": [{"id": "1", "name": "web", "gateway_selector": "env=prod"}]}"#;
const GROUP: &str = r#"{"list": [{"id": "rg1", "name": "a"}]}"#;
const GROUPS: &str = r#"{"list": [{"id": "rg1", "name": "a"}, {"id": "rg2", "name": "b"}]}"#;
const REFUSED: &str = r#"{"code": 401, "type": "authorization_error", "message": "no"}"#;

#[test]
fn a_resource_group_that_vanished_is_named_beside_the_projects_of_the_others() {
    let run = served(vec![
        ("/resource_groups", 200, GROUPS),
        ("/rg2/projects", 200, WEB),
    ]);
    assert_eq!(run.code, Some(1), "{run:?}");
    assert!(run.stdout.contains("web"), "{run:?}");
    assert!(run.stderr.contains("rg1"), "{run:?}");
    assert!(
        run.stderr
            .ends_with("gatelet: 1 list of projects could not be read\n")
    );
}

#[test]
fn an_id_of_a_resource_group_that_the_service_listed_is_not_called_an_argument() {
    let run = served(vec![
        ("/example-team/projects", 200, WEB),
        (
            "/resource_groups",
            200,
            r#"{"list": [{"id": "", "name": "a"}]}"#,
        ),
    ]);
    assert_eq!(run.code, Some(1), "{run:?}");
    let line = "invalid the ID of a resource group that the service listed: must not be empty (not sent)\n";
    assert!(run.stderr.contains(line), "{run:?}");
}

#[test]
fn projects_of_one_product_are_the_result_where_the_api_says_that_the_other_is_absent() {
    // Paths that are not named are absent.
    let run = served(vec![("/example-team/projects", 200, WEB)]);
    assert_eq!(run.stderr, "");
    assert!(run.success().contains("web"));
    let run = served(vec![
        ("/resource_groups", 200, GROUP),
        ("/rg1/projects", 200, WEB),
    ]);
    assert_eq!(run.stderr, "");
    assert!(run.success().contains("web"));
}

#[test]
fn a_refusal_that_is_not_the_apis_404_does_not_mean_that_a_product_is_absent() {
    const PAGE: &str = "<html><h1>404 Not Found</h1></html>";
    let own = r#"{"code": 405, "type": "method_not_allowed", "message": "no"}"#;
    for (status, body) in [
        (404, PAGE),
        (404, "{}"),
        (404, ""),
        (404, r#"{"message": "no Route matched with those values"}"#),
        (405, PAGE),
        (405, own),
        (501, PAGE),
    ] {
        for (routes, operation) in [
            (
                vec![
                    ("/example-team/projects", 200, WEB),
                    ("/resource_groups", status, body),
                ],
                "asa ListResourceGroups",
            ),
            (
                vec![
                    ("/example-team/projects", status, body),
                    ("/resource_groups", 200, GROUP),
                    ("/rg1/projects", 200, WEB),
                ],
                "asa ListProjects",
            ),
        ] {
            let run = served(routes);
            assert_eq!(run.code, Some(1), "{status} {body}: {run:?}");
            assert!(run.stdout.contains("web"), "{run:?}");
            assert!(run.stderr.contains(operation), "{run:?}");
        }
        // Nothing was read, and one list is not known to be absent.
        let run = served(vec![("/resource_groups", status, body)]);
        assert_ne!(run.code, Some(5), "{status} {body}: {run:?}");
        assert!(run.stderr.contains("asa ListResourceGroups"), "{run:?}");
    }
}

#[test]
fn projects_of_a_resource_group_that_were_read_before_a_missing_page_are_shown() {
    let server = team(|request| {
        let path = request.split(' ').nth(1).unwrap_or_default();
        let (status, body) = match path {
            it if it.ends_with("/gateways/g") => (
                "200 OK",
                r#"{"id": "g", "name": "g", "refuse_connections": false, "labels": {"env": "prod"}}"#,
            ),
            it if it.ends_with("/resource_groups") => ("200 OK", GROUP),
            it if it.ends_with("/rg1/projects") => {
                ("200 OK\r\nLink: <?offset=1>; rel=\"next\"", WEB)
            }
            _ => (
                "404 Not Found",
                r#"{"code": 404, "type": "resource_does_not_exist", "message": "no"}"#,
            ),
        };
        RawResponse::Bytes(response(status, "application/json", body))
    });
    let run = Fixture::asa(&server.url).run("asa gateway projects g -o ndjson");
    assert_eq!(run.code, Some(1), "{run:?}");
    assert!(run.stdout.contains("web"), "{run:?}");
    assert!(run.stderr.contains("rg1"), "{run:?}");
    let summary = "gatelet: 1 list of projects could not be read\n";
    assert!(run.stderr.ends_with(summary), "{run:?}");
}

#[test]
fn the_error_of_an_unread_list_says_as_much_as_that_of_a_command() {
    let long = format!(r#"{{"list": [{}]}}"#, " ".repeat(4096)).leak();
    let routes = vec![
        ("/example-team/projects", 200, WEB),
        ("/resource_groups", 200, &*long),
    ];
    let run = run_served("asa gateway projects g --max-response 1024", routes);
    assert_eq!(run.code, Some(1), "{run:?}");
    let advice = "; --max-response raises the limit\n";
    assert!(run.stderr.contains(advice), "{run:?}");
}

#[test]
fn projects_that_were_read_are_shown_although_others_are_refused() {
    let run = served(vec![
        ("/example-team/projects", 200, WEB),
        ("/resource_groups", 401, REFUSED),
    ]);
    assert_eq!(run.code, Some(1), "{run:?}");
    assert!(run.stdout.contains("web"), "{run:?}");
    assert!(run.stderr.contains("asa ListResourceGroups"), "{run:?}");
    // Nothing was read.
    served(vec![("/resource_groups", 401, REFUSED)]).fails_with(4);
    served(vec![]).fails_with(5);
}

#[test]
fn a_project_that_forwards_no_traffic_is_never_listed_without_a_word() {
    const IDLE: &str = r#"{"list": [{"id": "1", "name": "web", "gateway_selector": "env=prod", "forward_traffic": false}]}"#;
    let idle = "project web (1) forwards no traffic, so it uses no gateway\n";
    for format in ["name", "json", "table"] {
        let command = format!("asa gateway projects g -o {format}");
        let routes = vec![("/example-team/projects", 200, IDLE)];
        let run = run_served(&command, routes);
        assert_eq!(run.stderr, format!("gatelet: {idle}"));
        let text = run.success();
        assert!(format != "table" || text.contains("FORWARDS"), "{text}");
    }
    const WEB: &str =
        r#"{"id": "1", "name": "web", "gateway_selector": "env=prod", "forward_traffic": false}"#;
    const GATEWAYS: &str = r#"{"list": [{"id": "g", "name": "g", "refuse_connections": false, "labels": {"env": "prod"}}]}"#;
    let routes = vec![("/projects/web", 200, WEB), ("/gateways", 200, GATEWAYS)];
    let run = run_served("asa project gateways web -o name", routes);
    let line = "the project forwards no traffic, so it uses none of the gateways that its selector selects";
    assert_eq!(run.stderr, format!("gatelet: {line}\n"));
    assert_eq!(run.success(), "g\n");
}

#[test]
fn gateways_of_a_project_that_were_read_before_a_failure_are_shown() {
    let server = team(|request| {
        let path = request.split(' ').nth(1).unwrap_or_default();
        let (status, body) = match path {
            it if it.ends_with("/projects/web") => (
                "200 OK",
                r#"{"id": "1", "name": "web", "gateway_selector": "env=prod,zone=a"}"#,
            ),
            it if it.ends_with("/gateways") => (
                "200 OK\r\nLink: <?offset=1>; rel=\"next\"",
                r#"{"list": [
                    {"id": "g", "name": "g", "refuse_connections": false, "labels": {"env": "prod", "zone": "a"}},
                    {"id": "h", "name": "h", "refuse_connections": false}]}"#,
            ),
            _ => (
                "400 Bad Request",
                r#"{"code": 400, "type": "invalid_request", "message": "no"}"#,
            ),
        };
        RawResponse::Bytes(response(status, "application/json", body))
    });
    let run = Fixture::asa(&server.url).run("asa project gateways web -o name");
    assert_eq!(run.stdout, "g\n");
    assert_eq!(run.code, Some(6), "{run:?}");
    assert!(run.stderr.contains("asa ListGateways"), "{run:?}");
}

#[test]
#[cfg(unix)]
fn projects_that_were_read_before_a_signal_are_shown() {
    let server = team(|request| {
        let path = request.split(' ').nth(1).unwrap_or_default();
        let body = match path {
            it if it.ends_with("/gateways/g") => {
                r#"{"id": "g", "name": "g", "refuse_connections": false, "labels": {"env": "prod"}}"#
            }
            it if it.ends_with("/resource_groups") => return RawResponse::Silence,
            _ => WEB,
        };
        RawResponse::Bytes(response("200 OK", "application/json", body))
    });
    let process = Fixture::asa(&server.url)
        .command(["asa", "gateway", "projects", "g", "-o", "name"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut requests = server.requests.iter();
    assert!(requests.any(|request| request.contains("/resource_groups")));
    crate::run::send_signal("-TERM", &process);
    let output = CommandOutput::from(process.wait_with_output().unwrap());
    assert_eq!(output.stdout, "web\n", "{output:?}");
    assert_eq!(output.code, Some(143), "{output:?}");
    assert_eq!(output.stderr, "gatelet: terminated\n");
}

#[test]
fn a_name_of_a_project_is_what_the_commands_of_its_noun_take() {
    let fixture = Fixture::new();
    let run = |line: &str| fixture.run(&format!("--emulator asa {line} -o name"));
    assert_eq!(run("project list").success(), "web\n");
    let groups = run("resource-group list").success();
    let group = groups.lines().next().unwrap();
    let projects = run(&format!("resource-group project list {group}")).success();
    let project = projects.lines().next().unwrap();
    run(&format!("resource-group project get {group} {project}")).success();
}

#[test]
fn the_help_of_a_command_that_makes_several_calls_describes_each() {
    let fixture = Fixture::new();
    for (command, operations) in [
        (
            "project gateways",
            ["FetchProject: GET", "ListGateways: GET"],
        ),
        (
            "gateway projects",
            ["GetGatewayInstance: GET", "ListResourceGroupProjects: GET"],
        ),
        (
            "gst projects",
            ["FetchGatewaySetupToken: GET", "ListProjects: GET"],
        ),
    ] {
        let help = fixture.run(&format!("asa {command} --help")).success();
        for operation in operations {
            assert!(help.contains(operation), "{help}");
        }
    }
}

#[test]
fn the_object_of_an_error_has_that_of_each_list_that_could_not_be_read() {
    let routes = vec![
        ("/example-team/projects", 401, REFUSED),
        ("/resource_groups", 200, GROUPS),
        ("/rg1/projects", 200, WEB),
    ];
    let run = run_served("asa gateway projects g -o json", routes);
    assert_eq!(run.code, Some(1), "{run:?}");
    let object: Value = serde_json::from_str(&run.raw_stderr).unwrap();
    let errors = object["error"]["errors"].as_array().unwrap();
    let operations = errors.iter().map(|error| {
        let members = ["operation", "status", "kind", "code"];
        members.map(|member| error[member].clone())
    });
    assert_eq!(
        operations.collect::<Vec<_>>(),
        [
            [
                json!("asa ListResourceGroupProjects"),
                json!(404),
                json!("Api"),
                json!("resource_does_not_exist")
            ],
            [
                json!("asa ListProjects"),
                json!(401),
                json!("Api"),
                json!("authorization_error")
            ],
        ]
    );
}

#[test]
fn a_project_that_both_products_list_is_shown_once() {
    let run = served(vec![
        ("/example-team/projects", 200, WEB),
        ("/resource_groups", 200, GROUP),
        ("/rg1/projects", 200, WEB),
    ]);
    assert_eq!(run.success().lines().count(), 1);
}

#[test]
fn a_deleted_project_selects_no_gateway() {
    let server = team(|request| {
        let body = match request.contains("/gateways ") {
            true => {
                r#"{"list": [{"id": "g", "name": "g", "refuse_connections": false, "labels": {"a": "b"}}]}"#
            }
            false => {
                r#"{"id": "1", "name": "web", "gateway_selector": "a=b", "deleted_at": "2026-01-01T00:00:00Z"}"#
            }
        };
        RawResponse::Bytes(response("200 OK", "application/json", body))
    });
    let run = Fixture::asa(&server.url).run("asa project gateways web -o json");
    assert_eq!(
        run.stderr,
        "gatelet: project web is deleted, so no gateway is listed\n"
    );
    assert_eq!(run.success(), "[]\n");
}

#[test]
fn an_absent_selector_is_told_from_an_empty_one() {
    for (members, what) in [
        ("", "the response has no gateway selector"),
        (
            r#", "gateway_selector": null"#,
            "the response has no gateway selector",
        ),
        (
            r#", "gateway_selector": """#,
            "the gateway selector is empty",
        ),
    ] {
        let server = team(move |request| {
            let body = match request.contains("/gateways ") {
                true => {
                    r#"{"list": [{"id": "g", "name": "g", "refuse_connections": false}]}"#.into()
                }
                false => format!(r#"{{"id": "1", "name": "web"{members}}}"#),
            };
            RawResponse::Bytes(response("200 OK", "application/json", &body))
        });
        let run = Fixture::asa(&server.url).run("asa project gateways web -o json");
        let inferred = "that the project uses no gateway is inferred";
        assert_eq!(run.stderr, format!("gatelet: {what}; {inferred}\n"));
        assert_eq!(run.success(), "[]\n");
    }
}
