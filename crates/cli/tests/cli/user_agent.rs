//! What the tool calls itself.

use gatelet_test_support::raw_server::{RawResponse, RawServer, response};

use crate::run::{Fixture, team};

// U37
#[test]
fn the_user_agent_is_the_name_and_the_version_once() {
    const JSON: &str = "application/json";
    let environment = RawServer::always("200 OK", JSON, r#"{"activeGateTokens":[]}"#);
    let team = team(|_| RawResponse::Bytes(response("200 OK", JSON, r#"{"list":[]}"#)));
    let fixture = Fixture::dt(&environment.url);
    fixture.run("dt token list").success();
    let fixture = Fixture::asa(&team.url);
    fixture.run("asa gateway list").success();
    // The second and the third one are the exchange of the key and the list.
    let requests = environment
        .requests
        .try_iter()
        .chain(team.requests.try_iter());
    let requests: Vec<_> = requests.collect();
    assert_eq!(requests.len(), 3);
    for request in requests {
        let own = format!("user-agent: gatelet/{}\r\n", env!("CARGO_PKG_VERSION"));
        assert_eq!(request.to_lowercase().matches(&own).count(), 1, "{request}");
        assert_eq!(request.matches("gatelet").count(), 1, "{request}");
    }
}
