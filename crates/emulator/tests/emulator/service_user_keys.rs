//! The keys of ASA's service users, called without a client.

use std::time::Duration;

use gatelet_emulator::{Emulator, Role, well_known};
use gatelet_transport::testing::ManualClock;
use serde_json::{Value, json};

use crate::support::{Caller, field, memory, team};

const KEYS: &str = "/service_users/bot/keys";
const HOUR: Duration = Duration::from_secs(60 * 60);

/// Adds a service user with the key `bot`.
fn add_bot(emulator: &Emulator) {
    emulator
        .add_service_user(
            well_known::ASA_TEAM,
            "bot",
            &"secret".into(),
            Role::AccessAdmin,
        )
        .unwrap();
}

fn rotate(caller: &Caller<'_>) -> (String, String) {
    let created = caller
        .call("POST", &team(KEYS), "".into())
        .expect(200)
        .json();
    let text = |name: &str| created[name].as_str().unwrap().to_owned();
    (text("id"), text("secret"))
}

fn log_in(emulator: &Emulator, key: (&str, &str)) -> u16 {
    let body = json!({ "key_id": key.0, "key_secret": key.1 });
    let response = Caller::nobody(emulator).post(&team("/service_token"), &body);
    response.status.as_u16()
}

fn keys(admin: &Caller<'_>) -> Vec<Value> {
    let list = admin.get(&team(KEYS)).expect(200).json();
    list["list"].as_array().unwrap().clone()
}

#[test]
fn a_rotation_gives_the_keys_without_an_end_48_hours() {
    let clock = ManualClock::auto();
    let emulator = memory().with_clock(clock.clone());
    add_bot(&emulator);
    let admin = Caller::admin(&emulator);
    let never = "0001-01-01T00:00:00Z";
    assert_eq!(keys(&admin)[0]["expires_at"], never);

    let (second, second_secret) = rotate(&admin);
    let list = keys(&admin);
    assert_eq!(field(&json!(list), "id"), ["bot", &second]);
    assert_eq!(list[0]["expires_at"], "2026-01-03T00:00:00Z");
    assert_eq!(list[1]["expires_at"], never);
    assert_eq!(list[1]["issued_at"], "2026-01-01T00:00:00Z");
    assert!(list.iter().all(|key| key.get("secret").is_none()));

    // A second rotation moves no end.
    clock.advance(HOUR);
    let (third, _) = rotate(&Caller::admin(&emulator));
    let list = keys(&Caller::admin(&emulator));
    assert_eq!(field(&json!(list), "id"), ["bot", &second, &third]);
    assert_eq!(list[0]["expires_at"], "2026-01-03T00:00:00Z");
    assert_eq!(list[1]["expires_at"], "2026-01-03T01:00:00Z");

    clock.advance(HOUR * 47 - Duration::from_secs(1));
    assert_eq!(log_in(&emulator, ("bot", "secret")), 200);
    clock.advance(Duration::from_secs(1));
    assert_eq!(log_in(&emulator, ("bot", "secret")), 401);
    assert_eq!(log_in(&emulator, (&second, &second_secret)), 200);
}

#[test]
fn a_login_marks_its_key_as_used() {
    let clock = ManualClock::auto();
    let emulator = memory().with_clock(clock.clone());
    add_bot(&emulator);
    let admin = Caller::admin(&emulator);
    assert_eq!(keys(&admin)[0]["last_used"], Value::Null);
    clock.advance(Duration::from_secs(60));
    assert_eq!(log_in(&emulator, ("bot", "wrong")), 401);
    assert_eq!(keys(&admin)[0]["last_used"], Value::Null);
    assert_eq!(log_in(&emulator, ("bot", "secret")), 200);
    assert_eq!(keys(&admin)[0]["last_used"], "2026-01-01T00:01:00Z");
}

#[test]
fn a_deleted_key_stops_its_bearers_and_no_others() {
    let emulator = memory();
    add_bot(&emulator);
    let (id, secret) = rotate(&Caller::admin(&emulator));
    let old = Caller::service_user(&emulator, "bot", "secret");
    let new = Caller::service_user(&emulator, &id, &secret);
    old.get(&team("/gateways")).expect(200);
    new.delete(&team("/service_users/bot/keys/bot")).expect(204);
    let refused = old.get(&team("/gateways")).expect(401).json();
    assert_eq!(refused["type"], "authentication_error");
    assert_eq!(log_in(&emulator, ("bot", "secret")), 401);
    new.get(&team("/gateways")).expect(200);
    new.delete(&team("/service_users/bot/keys/bot")).expect(404);
    // A key is deleted only below its own service user.
    let other = format!("/service_users/{}/keys/{id}", well_known::ASA_USER);
    new.delete(&team(&other)).expect(404);
    new.get(&team("/gateways")).expect(200);
}

#[test]
fn keys_of_an_unknown_or_deleted_service_user_are_not_found() {
    let emulator = memory();
    add_bot(&emulator);
    let admin = Caller::admin(&emulator);
    let nobody = team("/service_users/nobody/keys");
    admin.get(&nobody).expect(404);
    admin.call("POST", &nobody, "".into()).expect(404);
    let body = json!({ "name": "bot", "status": "DELETED" });
    admin.put(&team("/service_users/bot"), &body).expect(200);
    admin.call("POST", &team(KEYS), "".into()).expect(404);
}

#[test]
fn a_rotated_key_survives_a_restart_and_its_secret_is_in_no_file() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("state");
    let emulator = Emulator::open(&path).unwrap();
    add_bot(&emulator);
    let (id, secret) = rotate(&Caller::admin(&emulator));
    drop(emulator);
    for file in std::fs::read_dir(folder.path()).unwrap() {
        let content = std::fs::read(file.unwrap().path()).unwrap();
        let start = &secret.as_bytes()[..16];
        assert!(!content.windows(16).any(|window| window == start));
    }
    let emulator = Emulator::open(&path).unwrap();
    assert_eq!(log_in(&emulator, (&id, &secret)), 200);
    assert_eq!(log_in(&emulator, ("bot", "secret")), 200);
}

#[test]
fn the_well_known_keys_are_restored_without_an_end_and_nothing_else_changes() {
    let clock = ManualClock::auto();
    let emulator = memory().with_clock(clock.clone());
    add_bot(&emulator);
    let key = (well_known::ASA_KEY_ID, well_known::ASA_KEY_SECRET);
    let bot = Caller::service_user(&emulator, "bot", "secret");
    let own = team(&format!("/service_users/{}/keys", well_known::ASA_USER));
    bot.call("POST", &own, "".into()).expect(200);
    let reporter = json!({ "name": well_known::ASA_REPORTING_USER, "status": "DISABLED" });
    bot.put(&team("/service_users/reporter"), &reporter)
        .expect(200);
    bot.delete(&format!("{own}/{}", key.0)).expect(204);
    assert_eq!(log_in(&emulator, key), 401);

    emulator.restore_well_known_keys().unwrap();
    assert_eq!(log_in(&emulator, key), 200);
    let list = bot.get(&own).expect(200).json();
    let ids = field(&list["list"], "id");
    assert_eq!((ids.len(), ids[0].as_str()), (2, key.0));
    let never = "0001-01-01T00:00:00Z";
    assert_eq!(field(&list["list"], "expires_at"), [never, never]);
    let user = bot.get(&team("/service_users/reporter")).expect(200).json();
    assert_eq!(user["status"], "DISABLED");

    // One that has ended, too.
    bot.call("POST", &own, "".into()).expect(200);
    clock.advance(HOUR * 48);
    assert_eq!(log_in(&emulator, key), 401);
    emulator.restore_well_known_keys().unwrap();
    assert_eq!(log_in(&emulator, key), 200);
}

#[test]
fn a_deleted_key_that_is_added_again_logs_in() {
    let emulator = memory();
    add_bot(&emulator);
    let admin = Caller::admin(&emulator);
    admin
        .delete(&team("/service_users/bot/keys/bot"))
        .expect(204);
    assert_eq!(log_in(&emulator, ("bot", "secret")), 401);
    add_bot(&emulator);
    assert_eq!(log_in(&emulator, ("bot", "secret")), 200);
}
