//! Bodies that a caller makes: updates and new objects.

use gatelet_models::{Patch, asa, dt};
use serde_json::{Value, json};

use gatelet_test_support::models::agreement::assert_agrees;
use gatelet_test_support::models::table::{Model, read};

fn written(value: &impl serde_core::Serialize) -> Value {
    serde_json::to_value(value).expect("writes")
}

// M16
#[test]
fn an_update_keeps_absent_null_and_a_value_apart() {
    let update = asa::GatewayUpdate::new("eu-1")
        .with_description("new")
        .without_access_address();
    assert_eq!(
        written(&update),
        json!({"name": "eu-1", "description": "new", "access_address": null})
    );
    let again: asa::GatewayUpdate = read(&written(&update).to_string()).expect("an update");
    assert_eq!(
        (&again.description, &again.access_address),
        (&Patch::from("new"), &Patch::Clear)
    );
    assert!(
        again.labels.is_keep()
            && again.default_address.is_keep()
            && again.refuse_connections.is_none()
    );
}

// M16, U17
#[test]
fn an_update_made_from_a_read_sends_back_all_that_was_read_and_leaves_out_what_was_absent() {
    let gateway: asa::Gateway = read(
        r#"{"id":"a","name":"b","refuse_connections":true,"labels":null,"description":"d","access_address":null,
            "last_seen":"2026-11-21T20:48:09Z","cloud_provider":"aws",
            "infrastructure_orchestrator":{"id":"o","labels":null,"zone":{"rack":[7]}},
            "x-new":{"a":[1,-2,0.5,null,true,"t",18446744073709551615],"b":{}},"x-null":null,"id2":"kept"}"#,
    )
    .expect("a gateway");
    let update = asa::GatewayUpdate::from(&gateway);
    assert_eq!(asa::GatewayUpdate::from(gateway.clone()), update);
    let expected = json!({
        "name": "b", "refuse_connections": true, "labels": {}, "description": "d", "access_address": null,
        "infrastructure_orchestrator": {"id": "o", "labels": null, "zone": {"rack": [7]}},
        "x-new": {"a": [1, -2, 0.5, null, true, "t", u64::MAX], "b": {}}, "x-null": null, "id2": "kept",
    });
    assert_eq!(written(&update), expected);
    assert_eq!(
        written(&update.clone().with_name("c").with_labels([("env", "dev")])),
        json!({
            "name": "c", "refuse_connections": true, "labels": {"env": "dev"}, "description": "d", "access_address": null,
            "infrastructure_orchestrator": {"id": "o", "labels": null, "zone": {"rack": [7]}},
            "x-new": {"a": [1, -2, 0.5, null, true, "t", u64::MAX], "b": {}}, "x-null": null, "id2": "kept",
        })
    );
    let shown = format!("{gateway:?} {update:?}");
    assert!(
        shown.contains("x-new") && !shown.contains("rack"),
        "{shown}"
    );
    let labeled = asa::Gateway::new("a", "b", false)
        .with_labels([("env", "dev")])
        .with_access_address("h:1");
    assert_eq!(
        written(&asa::GatewayUpdate::from(&labeled).with_name("c")),
        json!({"name": "c", "refuse_connections": false, "labels": {"env": "dev"}, "access_address": "h:1"})
    );
}

// M16, U17
#[test]
fn an_update_of_a_service_user_sends_back_all_that_was_read_except_what_only_the_service_sets() {
    let user: asa::ServiceUser = read(
        r#"{"id":"i","name":"b","status":"ACTIVE","user_type":"service","team_name":"t","deleted_at":"0001-01-01T00:00:00Z",
            "details":{"first_name":"B","email":null,"x":1},"oauth_client_application_id":null,
            "role_grants":["access_admin"],"server_user_name":"b","x-null":null}"#,
    )
    .expect("a service user");
    let update = asa::ServiceUserUpdate::from(&user);
    assert_eq!(asa::ServiceUserUpdate::from(user), update);
    let disabled = update.with_status(asa::UserStatus::Disabled);
    assert_eq!(
        written(&disabled),
        json!({
            "name": "b", "status": "DISABLED", "user_type": "service",
            "details": {"first_name": "B", "email": null, "x": 1}, "oauth_client_application_id": null,
            "role_grants": ["access_admin"], "server_user_name": "b", "x-null": null,
        })
    );
    let short: asa::ServiceUser =
        read(r#"{"id":"i","name":"b","status":"ACTIVE"}"#).expect("a service user");
    let update = asa::ServiceUserUpdate::from(short);
    assert_eq!(written(&update), json!({"name": "b", "status": "ACTIVE"}));
}

/// A gateway with one more member.
fn with_member(value: &str) -> String {
    format!(r#"{{"id":"a","name":"b","refuse_connections":true,"x-new":{value}}}"#)
}

// U17
#[test]
fn unknown_members_have_limits() {
    let nested = |depth| format!("{}{}", "[".repeat(depth), "]".repeat(depth));
    let text = |length| format!("\"{}\"", "x".repeat(length));
    let names = r#""x-new":"#.len();
    for value in [nested(64), text((64 << 10) - names - 3)] {
        let gateway: asa::Gateway = read(&with_member(&value)).expect("within the limits");
        let sent = written(&asa::GatewayUpdate::from(&gateway));
        let value: Value = serde_json::from_str(&value).expect("JSON");
        assert_eq!(sent["x-new"], value);
    }
    let many = format!("[{}0]", "0,".repeat(64 << 10));
    for value in [nested(65), nested(5000), text(64 << 10), many] {
        let failure = read::<asa::Gateway>(&with_member(&value)).expect_err("too much");
        assert_eq!(failure.path, "x-new");
        assert!(
            failure
                .message
                .contains("at most 64 KiB, nested at most 64 deep")
        );
    }
    let long = format!("x{}", "y".repeat(64 << 10));
    let in_sum = format!(
        r#"{{"id":"a","name":"b","refuse_connections":true,"x":{0},"y":{0}}}"#,
        text(33 << 10)
    );
    assert_eq!(
        read::<asa::Gateway>(&in_sum).expect_err("too much").path,
        "y"
    );
    let name = with_member("1").replace("x-new", &long);
    assert!(read::<asa::Gateway>(&name).is_err());
}

// U17
#[test]
fn a_number_that_would_lose_digits_is_read_and_refuses_the_update() {
    for number in [
        "12345678901234567890123",
        "0.12345678901234567890123",
        "1.00000000000000000001",
        "1e400",
        "-9223372036854775809",
    ] {
        for (value, is_nested) in [
            (number.to_owned(), false),
            (format!(r#"[{{"n":{number}}}]"#), true),
        ] {
            let mut gateway: asa::Gateway = read(&with_member(&value)).expect("a gateway");
            assert_eq!(gateway.inexact_member(), Some("x-new"));
            let refused = serde_json::to_string(&asa::GatewayUpdate::from(&gateway));
            assert!(refused.is_err(), "{value}");
            let mut update = asa::GatewayUpdate::from(&gateway);
            update.allow_raw_numbers();
            assert_eq!(update.inexact_member(), None);
            let sent = serde_json::to_string(&update).expect("JSON");
            assert!(sent.ends_with(&format!(r#""x-new":{value}}}"#)), "{sent}");
            // To be shown it is a text.
            let shown = written(&gateway);
            let shown = if is_nested {
                &shown["x-new"][0]["n"]
            } else {
                &shown["x-new"]
            };
            assert_eq!(shown, number);
            assert!(gateway.unknown_members.remove("x-new"));
            let update = asa::GatewayUpdate::from(&gateway);
            assert!(serde_json::to_string(&update).is_ok());
        }
    }
    let nested = r#"{"id":"a","name":"b","refuse_connections":true,"infrastructure_orchestrator":{"n":1e400}}"#;
    let gateway: asa::Gateway = read(nested).expect("a gateway");
    let update = asa::GatewayUpdate::from(&gateway);
    assert_eq!(update.inexact_member(), Some("n"));
    assert!(serde_json::to_string(&update).is_err());
    let mut update = update;
    update.allow_raw_numbers();
    let sent =
        r#"{"name":"b","refuse_connections":true,"infrastructure_orchestrator":{"n":1e400}}"#;
    assert_eq!(serde_json::to_string(&update).expect("JSON"), sent);
}

// U17
#[test]
fn the_bounds_of_unknown_members_are_exact() {
    // What `"x-new":"..."` and a comma leave of 64 KiB.
    let most = (64 << 10) - r#""x-new":"","#.len();
    for (length, is_read) in [(most, true), (most + 1, false)] {
        let text = with_member(&format!("\"{}\"", "x".repeat(length)));
        assert_eq!(read::<asa::Gateway>(&text).is_ok(), is_read, "{length}");
        let names = text
            .replace(r#""x-new":"#, r#""infrastructure_orchestrator":{"x-new":"#)
            .replace("x\"}", "x\"}}");
        assert_eq!(read::<asa::Gateway>(&names).is_ok(), is_read, "{length}");
    }
}

// U17
#[test]
fn unknown_members_of_odd_names_and_values_go_back_as_they_came() {
    for member in [
        r#""":0"#,
        r#""":"""#,
        r#""\u0000\n\"\\/\u00e9\ud834\udd1e":"\u0000\n\"\\/\u00e9\ud834\udd1e""#,
        r#""Id":1,"ID":2,"Cloud_provider":3"#,
        r#""unknown_members":{"id":1}"#,
        r#""infrastructure_orchestrator":{"id":null,"cloud_provider":"x","last_seen":null,"refuse_connections":true}"#,
        r#""x":[{"id":"y","last_seen":"2026"}]"#,
        r#""x":1,"x":1.0,"x":-1"#,
        r#""x":{"a":1,"a":2,"$serde_json::private::Number":"7"}"#,
        r#""x":-0.0,"y":0.1,"z":1e+300,"w":18446744073709551615,"v":-9223372036854775808"#,
        r#""labels":{},"x":{}"#,
        r#""labels":{"":""},"x":[[],{},""]"#,
    ] {
        let text = format!(r#"{{"id":"a","name":"b","refuse_connections":true,{member}}}"#);
        let gateway: asa::Gateway = read(&text).expect(member);
        let sent = serde_json::to_string(&asa::GatewayUpdate::from(&gateway)).expect(member);
        let expected = format!(r#"{{"name":"b","refuse_connections":true,{member}}}"#);
        // A character needs no escape where it is no control character.
        let expected = expected.replace(r"\u00e9\ud834\udd1e", "\u{e9}\u{1d11e}");
        assert_eq!(sent, expected);
    }
    let gateway: asa::Gateway = read(
        r#"{"id":"a","name":"b","refuse_connections":true,"labels":null,"description":null,"access_address":"x",
            "infrastructure_orchestrator":null}"#,
    )
    .expect("a gateway");
    let update = asa::GatewayUpdate::from(&gateway)
        .with_labels([("env", "dev")])
        .with_description("d")
        .without_access_address()
        .with_infrastructure_orchestrator(asa::InfrastructureOrchestrator::new());
    assert_eq!(
        serde_json::to_string(&update).expect("writes"),
        concat!(
            r#"{"name":"b","refuse_connections":true,"labels":{"env":"dev"},"description":"d","access_address":null,"#,
            r#""infrastructure_orchestrator":{}}"#
        )
    );
}

#[test]
fn gateways_are_equal_whatever_the_order_of_their_unknown_members() {
    let gateway = |members: &str| -> asa::Gateway {
        let text = format!(r#"{{"id":"a","name":"b","refuse_connections":true,{members}}}"#);
        read(&text).expect("a gateway")
    };
    let one = gateway(r#""x":1,"y":{"a":[1],"b":null}"#);
    assert_eq!(one, gateway(r#""y":{"b":null,"a":[1]},"x":1"#));
    for other in [
        r#""x":1"#,
        r#""x":1,"y":{"a":[1]}"#,
        r#""x":1.0,"y":{"a":[1],"b":null}"#,
        r#""x":1,"y":{"a":[1],"b":false}"#,
        r#""x":1,"y":{"a":[1],"b":null},"z":null"#,
    ] {
        assert_ne!(one, gateway(other));
    }
    assert_ne!(gateway(r#""x":1,"x":2"#), gateway(r#""x":2,"x":1"#));
}

// U17
#[test]
fn debug_of_unknown_members_is_their_names_escaped_and_bounded() {
    let gateway: asa::Gateway = read(&with_member(
        r#"{"secret":"hunter2"},"\u001b[31m\u202e\n":"hunter2""#,
    ))
    .expect("a gateway");
    let shown = format!("{:?}", gateway.unknown_members);
    assert_eq!(shown, r#"{"x-new", "\u{1b}[31m\u{202e}\n"}"#);
    let many: Vec<String> = (100..200).map(|n| format!(r#""{n}":"hunter2""#)).collect();
    let long = format!(
        r#"1,"{}":"hunter2",{}"#,
        "y".repeat(60 << 10),
        many.join(",")
    );
    let gateway: asa::Gateway = read(&with_member(&long)).expect("a gateway");
    let shown = format!("{:?}", gateway.unknown_members);
    assert!(shown.len() < 1024, "{shown}");
    assert!(
        shown.contains(r#""129""#) && shown.ends_with(", ..}"),
        "{shown}"
    );
    assert!(!format!("{gateway:?} {gateway:#?}").contains("hunter2"));
}

/// The response to a create, with this in the place of the expiration date.
fn created(expires: &str) -> String {
    format!(r#"{{"id":"dt0g02.A","token":"dt0g02.A.SECRETSECRET","expirationDate":{expires}}}"#)
}

// U16
#[test]
fn a_date_that_cannot_be_read_is_kept_and_does_not_lose_the_token() {
    for (raw, text) in [
        (r#""""#, ""),
        (r#""2027-01-01 00:00""#, "2027-01-01 00:00"),
        ("1798761600000", "1798761600000"),
        ("1.5", "1.5"),
        ("1e400", "1e400"),
        ("true", "true"),
        (r#"["2027"]"#, r#"["2027"]"#),
        (r#"{"at":"2027"}"#, r#"{"at":"2027"}"#),
        (r#""\u001b[31m""#, "\u{1b}[31m"),
    ] {
        let created: dt::ActiveGateTokenCreated = read(&created(raw)).expect(raw);
        assert_eq!(created.id.as_str(), "dt0g02.A");
        assert_eq!(created.token.expose(), "dt0g02.A.SECRETSECRET");
        assert!(!created.expiration_date.is_absent());
        let unreadable = created.expiration_date.value().expect_err(raw);
        assert_eq!(unreadable.to_string(), text);
        assert!(!format!("{created:?}").contains('\u{1b}'));
        let members: Vec<_> = created.unreadable_members().map(|(name, _)| name).collect();
        assert_eq!(members, ["expirationDate"]);
        let again: dt::ActiveGateTokenCreated =
            read(&written(&created).to_string()).expect("reads");
        assert_eq!(
            again.expiration_date.value().map_err(ToString::to_string),
            Err(text.into())
        );
    }
    for absent in [
        created("null"),
        created("null").replace(r#","expirationDate":null"#, ""),
    ] {
        let created: dt::ActiveGateTokenCreated = read(&absent).expect("a token");
        assert!(created.expiration_date.is_absent());
        assert_eq!(created.unreadable_members().count(), 0);
    }
}

// U16
#[test]
fn an_expiration_date_given_twice_is_neither_the_first_nor_the_last_and_loses_no_token() {
    for twice in [
        r#""2027-01-01T00:00:00Z","expirationDate":"2027-01-01T00:00:00Z""#,
        r#"null,"expirationDate":"2027-01-01T00:00:00Z""#,
        r#""2027-01-01T00:00:00Z","expirationDate":null"#,
        r#"1,"expirationDate":[[]],"expirationDate":null"#,
    ] {
        let created: dt::ActiveGateTokenCreated = read(&created(twice)).expect(twice);
        assert_eq!(created.token.expose(), "dt0g02.A.SECRETSECRET");
        let unreadable = created.expiration_date.value().expect_err(twice);
        assert_eq!(unreadable.to_string(), "[more than one value]");
    }
}

// U16
#[test]
fn a_date_given_twice_in_a_list_hides_no_other_object() {
    let model = Model::named("asa::GatewaySetupTokenList");
    let text = r#"{"list":[{"created_at":"20.6-11-21","id":"a","registration_type":"gateway-agent","created_at":"2026-11-21T20:48:09.5Z"},{"id":"b","registration_type":"gateway-agent"}]}"#;
    let written = (model.receive)(text.as_bytes()).expect("a list");
    assert_agrees(model, text, &written);
    let written: Value = serde_json::from_str(&written).expect("JSON");
    assert_eq!(written["list"][0]["created_at"], "[more than one value]");
    assert_eq!(written["list"][1]["id"], "b");
}

// U16
#[test]
fn an_unreadable_value_with_the_secret_or_too_long_is_withheld() {
    for raw in [
        r#""dt0g02.A.SECRETSECRET""#,
        r#""of SECRETSECRET""#,
        r#"{"x":["ECRETSEC"]}"#,
        r#""\ud800""#,
        &format!("\"{}\"", "x".repeat(65)),
        &format!("\"{}\"", "x".repeat(100_000)),
        &format!("{}{}", "[".repeat(1000), "]".repeat(1000)),
    ] {
        let created: dt::ActiveGateTokenCreated = read(&created(raw)).expect(raw);
        assert_eq!(created.token.expose(), "dt0g02.A.SECRETSECRET");
        let unreadable = created.expiration_date.value().expect_err(raw);
        assert_eq!(unreadable.to_string(), "[withheld]");
        assert!(!format!("{created:?}").contains("SECRET"));
    }
    for broken in [
        created("\"2027"),
        created("2027-01-01"),
        created("null").replace(r#""id""#, r#""it""#),
        created("null").replace(r#""token""#, r#""taken""#),
        created("null,\"token\":\"b\""),
    ] {
        assert!(
            read::<dt::ActiveGateTokenCreated>(&broken).is_err(),
            "{broken}"
        );
    }
}

#[test]
fn a_new_setup_token_says_what_registers_and_with_which_labels() {
    assert_eq!(
        written(&asa::GatewaySetupTokenCreate::new()),
        json!({"registration_type": "gateway-agent", "details": {}})
    );
    let create = asa::GatewaySetupTokenCreate::new()
        .with_description("Example")
        .with_labels([("env", "dev"), ("region", "us-west-2")]);
    let labels = json!({"env": "dev", "region": "us-west-2"});
    assert_eq!(
        written(&create),
        json!({"registration_type": "gateway-agent", "details": {"labels": labels}, "description": "Example"})
    );
}

// U59
#[test]
fn a_new_active_gate_token_can_leave_out_what_newer_servers_do_not_know() {
    let create = dt::ActiveGateTokenCreate::new("edge-7", dt::ActiveGateType::Environment)
        .without_active_gate_type();
    assert_eq!(
        written(&create),
        json!({"name": "edge-7", "seedToken": false})
    );
    let create = create.without_seed_token();
    assert_eq!(written(&create), json!({"name": "edge-7"}));
    assert_eq!(
        read::<dt::ActiveGateTokenCreate>(r#"{"name":"edge-7"}"#).ok(),
        Some(create)
    );
}

#[test]
fn a_new_active_gate_token_always_says_whether_it_is_a_seed_token() {
    let create = dt::ActiveGateTokenCreate::new("edge-7", dt::ActiveGateType::Environment);
    assert_eq!(
        written(&create),
        json!({"name": "edge-7", "activeGateType": "ENVIRONMENT", "seedToken": false})
    );
    assert_eq!(
        written(&create.with_expiration_date("now+60d"))["expirationDate"],
        "now+60d"
    );
}
