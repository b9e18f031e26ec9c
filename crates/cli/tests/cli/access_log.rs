//! The access log and the faults of a served emulator.

use gatelet_emulator::well_known;
use serde_json::{Value, json};

use crate::raw_http::{Connection, TOKENS, create_body, request};
use crate::run::{EmulatorServer, Fixture};

// E39
#[test]
fn each_request_is_logged_as_one_line() {
    let server = EmulatorServer::start_with(&Fixture::new(), &["-v"]);
    let mut line = Connection::open(server.address()).unwrap();
    let odd = "a\r\nGET /forged 200\u{1b}[31m\0\u{202e}";
    let secret = well_known::DT_TOKEN;
    let mut expected = Vec::new();
    for (method, path, body, shown, status) in [
        ("POST", TOKENS.to_owned(), create_body(odd), TOKENS, 201),
        (
            "GET",
            format!("{TOKENS}?pageSize=1%0d%0aforged"),
            Value::Null,
            TOKENS,
            400,
        ),
        (
            "GET",
            "/v1/teams/a%0D%0Aforged%1b%00/gateways".to_owned(),
            Value::Null,
            "/v1/teams/a%0D%0Aforged%1b%00/gateways",
            404,
        ),
        (
            "GET",
            "/v1/teams/\u{85}\u{202e}/gateways".to_owned(),
            Value::Null,
            "/v1/teams/\\u{85}\\u{202e}/gateways",
            404,
        ),
        (
            "DELETE",
            format!("{TOKENS}/{secret}"),
            Value::Null,
            "/api/v2/activeGateTokens/[withheld]",
            404,
        ),
    ] {
        assert_eq!(line.call(method, &path, &body).unwrap().0, status, "{path}");
        expected.push(format!("{method} {shown} {status}"));
    }
    drop(line);
    server.signal("-TERM");
    let (code, stderr) = server.wait();
    assert_eq!(
        (code, stderr.len()),
        (Some(0), expected.len()),
        "{stderr:#?}"
    );
    for (line, expected) in stderr.iter().zip(expected) {
        assert!(line.starts_with("gatelet: 20"), "{line}");
        assert!(line.ends_with(&expected), "{line}: {expected}");
        assert!(line.chars().all(|c| matches!(c, ' '..='~')), "{line:?}");
    }
}

// E34
#[test]
fn faults_need_a_token_of_their_own_and_a_loopback_address() {
    let faults = "/emulator/v1/faults";
    let lose = json!([{ "fault": "lose" }]);
    let bearer = |token: &str| {
        let request = request("PUT", faults, &lose);
        let own = format!("Api-Token {}", well_known::DT_TOKEN);
        request.replace(&own, &format!("Bearer {token}"))
    };

    let server = EmulatorServer::start(&Fixture::new());
    let mut line = Connection::open(server.address()).unwrap();
    line.send(bearer("break-it").as_bytes()).unwrap();
    assert_eq!(line.read_response().unwrap().0, 404);

    let fixture = Fixture::new().with("GATELET_EMULATOR_FAULTS", "break-it");
    let server = EmulatorServer::start_with(&fixture, &["--faults"]);
    let mut line = Connection::open(server.address()).unwrap();
    assert_eq!(line.call("PUT", faults, &lose).unwrap().0, 401);
    line.create("not-lost").unwrap();
    line.send(bearer("break-it").as_bytes()).unwrap();
    assert_eq!(line.read_response().unwrap().0, 204);
    assert!(line.create("lost").is_err());
    let tokens = Connection::open(server.address()).unwrap().list();
    assert!(tokens.iter().any(|token| token["name"] == "lost"));

    let stderr = Fixture::new().run("emulator serve --faults").fails_with(2);
    assert!(stderr.contains("GATELET_EMULATOR_FAULTS"), "{stderr}");
    let beyond = fixture.run("emulator serve --faults --beyond-loopback --address 0.0.0.0:0");
    assert!(beyond.fails_with(2).contains("loopback"));
}
