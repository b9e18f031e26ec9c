//! `create --out` of tokens of ASA.

use std::fs;

use gatelet_test_support::raw_server::{RawResponse, response};

use crate::run::{CommandOutput, Fixture, team};

const JSON: &str = "application/json";

#[test]
fn the_value_of_a_created_token_goes_to_a_new_file_only() {
    let fixture = Fixture::new();
    for (create, reveal) in [
        (
            "gateway-setup-token create --label env=dev",
            "gateway-setup-token reveal",
        ),
        (
            "enrollment-token create web --description x",
            "enrollment-token reveal web",
        ),
    ] {
        let path = fixture.path(create.split(' ').next().unwrap());
        let create = format!("--emulator asa {create} --out {path} -o json");
        let created = fixture.run(&create);
        let value = fs::read_to_string(&path).unwrap();
        assert!(!created.raw_stderr.contains(value.trim()), "{created:?}");
        assert!(!created.stdout.contains(value.trim()), "{created:?}");
        let row = created.json();
        assert_eq!(row["file"], *path);
        let id = row["id"].as_str().unwrap();
        let revealed = fixture
            .run(&format!("--emulator asa {reveal} {id} -o json"))
            .json();
        assert_eq!(revealed["token"], value.trim());
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            let mode = fs::metadata(&path).unwrap().permissions().mode();
            assert_eq!(mode & 0o777, 0o600);
        }
        let line = fixture.run(&create).fails_with(2);
        assert!(
            line.contains("exists; to replace it, add --overwrite"),
            "{line}"
        );
        assert_eq!(fs::read_to_string(&path).unwrap(), value);
        fixture.run(&format!("{create} --overwrite")).success();
        assert_ne!(fs::read_to_string(&path).unwrap(), value);
    }
}

#[test]
fn a_token_whose_value_cannot_be_read_is_deleted_again_and_leaves_no_file() {
    let server = team(|request| {
        let token = r#"{"id":"t1","registration_type":"gateway_agent","created_at":"2026-01-01T00:00:00Z"}"#;
        let refused = r#"{"code":403,"type":"authorization_error","message":"no"}"#;
        RawResponse::Bytes(match request.split(' ').next() {
            Some("POST") => response("201 Created", JSON, token),
            Some("DELETE") => b"HTTP/1.1 204 No Content\r\n\r\n".to_vec(),
            _ => response("403 Forbidden", JSON, refused),
        })
    });
    let fixture = Fixture::asa(&server.url);
    let path = fixture.path("value");
    let created = fixture.run(&format!("asa gateway-setup-token create --out {path}"));
    let CommandOutput { code, stderr, .. } = created;
    assert_eq!(code, Some(1), "{stderr}");
    assert!(stderr.contains("could not read its value: "), "{stderr}");
    assert!(
        stderr.ends_with("; it was deleted again: create another\n"),
        "{stderr}"
    );
    assert!(!fs::exists(&path).unwrap() && !fs::exists(format!("{path}.new")).unwrap());
}

#[test]
fn an_empty_value_replaces_no_file() {
    let server = team(|request| {
        let token = r#"{"id":"t1","registration_type":"gateway_agent","token":" "}"#;
        RawResponse::Bytes(match request.split(' ').next() {
            Some("DELETE") => b"HTTP/1.1 204 No Content\r\n\r\n".to_vec(),
            _ => response("201 Created", JSON, token),
        })
    });
    let fixture = Fixture::asa(&server.url);
    let path = fixture.file("value", "the value of another token");
    let path = path.to_str().unwrap();
    let line = format!("asa gateway-setup-token create --out {path} --overwrite");
    let CommandOutput { code, stderr, .. } = fixture.run(&line);
    assert_eq!(code, Some(1), "{stderr}");
    assert!(stderr.contains("has an empty one"), "{stderr}");
    assert_eq!(
        fs::read_to_string(path).unwrap(),
        "the value of another token"
    );
}
