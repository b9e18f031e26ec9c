//! The sample bodies of the vendors' pages, as they are printed.

use gatelet_models::{Timestamp, asa, dt};
use serde_core::de::DeserializeOwned;
use serde_json::json;

use gatelet_test_support::models::table::{Refusal, read};

macro_rules! fixture {
    ($name:literal) => {
        include_str!(concat!("../fixtures/", $name, ".json"))
    };
}

fn sample<T: DeserializeOwned>(text: &str) -> T {
    read(text).unwrap_or_else(|failure| panic!("{text}: {failure:?}"))
}

#[test]
fn asa_list_of_setup_tokens() {
    let page: asa::GatewaySetupTokenList = sample(fixture!("asa/list_gateway_setup_tokens"));
    let ids: Vec<&str> = page.list.iter().map(|token| token.id.as_str()).collect();
    assert_eq!(
        ids,
        [
            "6116bb2a-7289-4528-92ee-8e92443c3b61",
            "a649a6b4-274b-43b7-a867-d93429068639"
        ]
    );
    for token in &page.list {
        assert_eq!(token.registration_type, asa::RegistrationType::GatewayAgent);
        assert_eq!((&token.details, &token.token), (&None, &None));
        assert_eq!(token.created_at, Timestamp::UNSET.into());
    }
}

#[test]
fn asa_setup_token_as_created_read_and_read_again() {
    for text in [
        fixture!("asa/create_gateway_setup_token"),
        fixture!("asa/fetch_gateway_setup_token"),
        fixture!("asa/fetch_gateway_setup_token_as_agent_token"),
    ] {
        let token: asa::GatewaySetupToken = sample(text);
        assert_eq!(
            token.description.as_deref(),
            Some("Example gateway setup token request")
        );
        assert_eq!(token.created_at, Timestamp::UNSET.into());
    }
}

/// The page prints a whole setup token where the service sends the token's value: there is none in the sample.
#[test]
fn asa_value_of_a_setup_token_as_printed_has_no_value() {
    let token: asa::AgentToken = sample(fixture!("asa/fetch_gateway_setup_token_as_agent_token"));
    assert_eq!(token.token, None);
}

/// The page prints the labels alone where the vendor's own client sends them inside `details`.
#[test]
fn asa_labels_of_a_new_setup_token() {
    let details: asa::GatewayAgentPolicyDetails =
        sample(fixture!("asa/create_gateway_setup_token_request"));
    let labels = json!({"env": "dev", "region": "us-west-2"});
    assert_eq!(
        serde_json::to_value(details.labels).expect("writes"),
        labels
    );
}

#[test]
fn asa_list_of_gateways() {
    let page: asa::GatewayList = sample(fixture!("asa/list_gateways"));
    let names: Vec<&str> = page
        .list
        .iter()
        .map(|gateway| gateway.name.as_str())
        .collect();
    assert_eq!(names, ["Production gateway", "Dev gateway"]);
    for gateway in page.list {
        assert!(!gateway.refuse_connections);
        assert_eq!(
            (
                gateway.labels,
                gateway.access_address,
                gateway.cloud_provider
            ),
            (None, None, None)
        );
    }
}

#[test]
fn asa_gateway() {
    let gateway: asa::Gateway = sample(fixture!("asa/get_gateway_instance"));
    let expected = asa::Gateway::new(
        "a2dfd474-2db4-4bb2-8364-d5f76ade396e",
        "Production gateway",
        false,
    )
    .with_description("Gateway used for production env");
    assert_eq!(gateway, expected);
}

#[test]
fn asa_update_of_a_gateway_clears_what_it_sends_as_null() {
    let mut update: asa::GatewayUpdate = sample(fixture!("asa/update_gateway_instance_request"));
    for read_only in ["id", "cloud_provider"] {
        assert!(update.unknown_members.remove(read_only), "{read_only}");
    }
    let expected = asa::GatewayUpdate::new("New name for production gateway")
        .with_description("New description for production gateway")
        .with_refuse_connections(true)
        .without_labels()
        .without_access_address()
        .without_default_address();
    assert_eq!(update, expected);
}

#[test]
fn asa_status_report() {
    let report: asa::GatewayStatusReport = sample(fixture!("asa/get_gateway_status_report"));
    let expected = asa::GatewayStatusReport::new(2, 4096, 2048)
        .with_gateway_id("7d6dbd30-d32f-4a7a-94d2-31e95747d460")
        .with_status(asa::GatewayStatus::Online)
        .with_updated_at(Timestamp::UNSET);
    assert_eq!(report, expected);
}

#[test]
fn dt_list_of_tokens() {
    let page: dt::ActiveGateTokenList = sample(fixture!("dt/list_tokens"));
    assert_eq!(
        (page.total_count, page.page_size, page.next_page_key),
        (Some(3), Some(3), None)
    );
    let seeds: Vec<Option<bool>> = page
        .active_gate_tokens
        .iter()
        .flatten()
        .map(|token| token.seed_token)
        .collect();
    assert_eq!(seeds, [Some(true), Some(true), Some(false)]);
    let used: Vec<bool> = page
        .active_gate_tokens
        .iter()
        .flatten()
        .map(|token| token.last_used_date.is_some())
        .collect();
    assert_eq!(used, [false, false, true]);
}

#[test]
fn dt_model_of_a_corrected_list() {
    let page: dt::ActiveGateTokenList = sample(fixture!("dt/list_tokens_model"));
    assert_eq!((page.total_count, page.page_size), (Some(1000), Some(100)));
    assert_eq!(page.next_page_key.map(|key| key.len()), Some(128));
    let created = page
        .active_gate_tokens
        .iter()
        .flatten()
        .next()
        .map(|token| token.creation_date.to_string());
    assert_eq!(created.as_deref(), Some("2020-11-22T08:15:30.144Z"));
}

fn mistake(text: &str) -> Refusal {
    match read::<dt::ActiveGateTokenList>(text) {
        Ok(page) => panic!("took {page:?}"),
        Err(failure) => failure,
    }
}

// M31
#[test]
fn a_list_printed_as_an_object_is_refused_there() {
    let failure = mistake(fixture!("dt/wrong/list_as_object"));
    assert_eq!(failure.path, "activeGateTokens");
    assert_eq!(
        failure.message,
        "invalid type: an object, expected an array at line 3 column 4"
    );
}

// M31
#[test]
fn a_boolean_printed_as_a_word_is_refused_there() {
    let failure = mistake(fixture!("dt/wrong/seed_token_as_string"));
    assert_eq!(failure.path, "activeGateTokens[0].seedToken");
    assert_eq!(
        failure.message,
        "invalid type: a string, expected a boolean at line 11 column 26"
    );
}

// M12
#[test]
fn the_comma_behind_the_last_token_is_refused_there() {
    let failure = mistake(fixture!("dt/wrong/trailing_comma"));
    assert_eq!(failure.path, "activeGateTokens");
    assert_eq!(failure.message, "trailing comma at line 30 column 3");
}
