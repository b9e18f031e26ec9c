//! ASA's service users, called without a client.

use gatelet_emulator::{Emulator, Role, well_known};
use serde_json::{Value, json};

use crate::support::{Caller, field, memory, team};

const USERS: &str = "/service_users";

/// Creates service users of the well-known team.
fn create(admin: &Caller<'_>, names: &[&str]) {
    for name in names {
        let body = json!({ "name": name });
        admin.post(&team(USERS), &body).expect(201);
    }
}

fn set_status(admin: &Caller<'_>, name: &str, status: &str) -> Value {
    let body = json!({ "name": name, "status": status });
    let path = team(&format!("{USERS}/{name}"));
    admin.put(&path, &body).expect(200).json()
}

#[test]
fn a_service_user_is_created_read_disabled_and_deleted() {
    let emulator = memory();
    let admin = Caller::admin(&emulator);
    let created = admin.post(&team(USERS), &json!({ "name": "deploy bot" }));
    let created = created.expect(201).json();
    assert_eq!(
        created,
        json!({
            "id": created["id"],
            "name": "deploy bot",
            "status": "ACTIVE",
            "user_type": "service",
            "team_name": well_known::ASA_TEAM,
            "details": null,
            "deleted_at": null,
            "oauth_client_application_id": null,
            "role_grants": null,
        })
    );
    let path = team("/service_users/deploy%20bot");
    assert_eq!(admin.get(&path).expect(200).json(), created);

    let put = |status: &str| {
        let body = json!({ "name": "deploy bot", "status": status });
        admin.put(&path, &body)
    };
    assert_eq!(put("DISABLED").expect(200).json()["status"], "DISABLED");
    assert_eq!(put("ACTIVE").expect(200).json()["status"], "ACTIVE");
    let deleted = put("DELETED").expect(200).json();
    assert!(deleted["deleted_at"].is_string(), "{deleted}");
    assert_eq!(put("DELETED").expect(200).json(), deleted);
    put("ACTIVE").expect(400);
    assert_eq!(admin.get(&path).expect(200).json(), deleted);
    let again = admin.post(&team(USERS), &json!({ "name": "deploy bot" }));
    assert_eq!(again.expect(409).json()["type"], "resource_already_exists");
}

#[test]
fn invalid_service_users_are_refused() {
    let emulator = memory();
    let admin = Caller::admin(&emulator);
    create(&admin, &["bot"]);
    for name in ["", ".", "..", "a/b", "a\nb", &"x".repeat(256)] {
        admin
            .post(&team(USERS), &json!({ "name": name }))
            .expect(400);
    }
    let path = team("/service_users/bot");
    for body in [
        json!({ "name": "bot" }),
        json!({ "status": "DISABLED" }),
        json!({ "name": "other", "status": "DISABLED" }),
        json!({ "name": "bot", "status": "GONE" }),
    ] {
        admin.put(&path, &body).expect(400);
    }
    let absent = json!({ "name": "nobody", "status": "ACTIVE" });
    admin.get(&team("/service_users/nobody")).expect(404);
    admin
        .put(&team("/service_users/nobody"), &absent)
        .expect(404);
}

#[test]
fn service_users_are_filtered_and_paged() {
    let emulator = memory();
    let admin = Caller::admin(&emulator);
    create(&admin, &["bot-1", "bot-2", "cat@example.com"]);
    set_status(&admin, "bot-2", "DISABLED");
    let list = |query: &str| {
        let list = admin.get(&team(&format!("{USERS}?{query}"))).expect(200);
        field(&list.json()["list"], "name")
    };
    let known = [well_known::ASA_USER, well_known::ASA_REPORTING_USER];
    assert_eq!(list("status=ACTIVE&count=2"), known);
    assert_eq!(list("starts_with=bot"), ["bot-1", "bot-2"]);
    assert_eq!(list("contains=example"), ["cat@example.com"]);
    assert_eq!(list("status=DISABLED"), ["bot-2"]);
    assert_eq!(
        list("status=DISABLED&status=ACTIVE&starts_with=bot&descending=true"),
        ["bot-2", "bot-1"]
    );
    admin.get(&team("/service_users?status=GONE")).expect(400);
    let ids = admin.get(&team("/service_users?starts_with=bot")).json();
    let ids = field(&ids["list"], "id");
    assert_eq!(
        list(&format!("id={}&id={}", ids[0], ids[1])),
        ["bot-1", "bot-2"]
    );

    let mut names = Vec::new();
    let mut next = team("/service_users?count=1&status=ACTIVE&status=DISABLED");
    for _ in 0..5 {
        let page = admin.get(&next);
        let link = page
            .headers
            .get("link")
            .map(|link| link.to_str().unwrap().to_owned());
        names.extend(field(&page.expect(200).json()["list"], "name"));
        let Some(link) = link else { break };
        next = link[1..link.find('>').unwrap()].to_owned();
    }
    assert_eq!(names.len(), 5, "{names:?}");
}

#[test]
fn a_service_user_knows_itself_and_cannot_disable_itself() {
    let emulator = memory();
    let admin = Caller::admin(&emulator);
    let current = admin.get(&team("/current_user")).expect(200).json();
    assert_eq!(current["name"], well_known::ASA_USER);
    assert_eq!(current["team_name"], well_known::ASA_TEAM);
    let path = team(&format!("{USERS}/{}", well_known::ASA_USER));
    assert_eq!(admin.get(&path).json()["id"], current["id"]);
    for status in ["DISABLED", "DELETED"] {
        let body = json!({ "name": well_known::ASA_USER, "status": status });
        assert_eq!(
            admin.put(&path, &body).expect(403).json()["type"],
            "forbidden_error"
        );
    }
}

#[test]
fn a_service_user_without_a_role_knows_itself_and_may_do_nothing_else() {
    let emulator = memory();
    let admin = Caller::admin(&emulator);
    create(&admin, &["bot"]);
    let keys = team("/service_users/bot/keys");
    let key = admin.call("POST", &keys, "".into()).expect(200).json();
    let text = |name: &str| key[name].as_str().unwrap();
    let bot = Caller::service_user(&emulator, text("id"), text("secret"));
    let current = bot.get(&team("/current_user")).expect(200).json();
    assert_eq!(current["name"], "bot");
    bot.get(&keys).expect(401);
}

#[test]
fn a_service_user_that_is_not_active_neither_logs_in_nor_calls() {
    let emulator = memory();
    let admin = Caller::admin(&emulator);
    emulator
        .add_service_user(
            well_known::ASA_TEAM,
            "bot",
            &"secret".into(),
            Role::ReportingUser,
        )
        .unwrap();
    let bot = Caller::service_user(&emulator, "bot", "secret");
    bot.get(&team("/gateways")).expect(200);
    set_status(&admin, "bot", "DISABLED");
    let refused = bot.get(&team("/gateways")).expect(401).json();
    assert_eq!(refused["type"], "authentication_error");
    let body = json!({ "key_id": "bot", "key_secret": "secret" });
    Caller::nobody(&emulator)
        .post(&team("/service_token"), &body)
        .expect(401);
    set_status(&admin, "bot", "ACTIVE");
    bot.get(&team("/gateways")).expect(200);
}

#[test]
fn service_users_survive_a_restart() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("state");
    let emulator = Emulator::open(&path).unwrap();
    create(&Caller::admin(&emulator), &["bot"]);
    drop(emulator);
    let emulator = Emulator::open(&path).unwrap();
    let admin = Caller::admin(&emulator);
    admin.get(&team("/service_users/bot")).expect(200);
}
