//! A service user's key in files that another process rotates.

use std::fs;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use asa_client::{Client, CredentialFailure, Error, ErrorKind, ServiceUser};
use bytes::Bytes;
use gatelet_transport::testing::{FakeTransport, ManualClock};
use http::Request;
use tempfile::TempDir;

use crate::support::*;

/// A folder with the two files, removed at the end.
struct Files(TempDir);

impl Files {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    fn write(&self, name: &str, content: &str) {
        fs::write(self.0.path().join(name), content).unwrap();
    }

    fn build(&self, server: &FakeTransport) -> Result<Client, Error> {
        let user = ServiceUser::from_files(self.0.path().join("id"), self.0.path().join("secret"));
        let builder = Client::builder("t").credentials(user);
        builder.build_with(server.clone(), ManualClock::auto())
    }
}

/// The keys that were exchanged.
fn keys(server: &FakeTransport) -> Vec<String> {
    let exchanges = server.requests().into_iter().filter(is_exchange);
    let key = |request: Request<Bytes>| {
        let body: serde_json::Value = serde_json::from_slice(request.body()).unwrap();
        format!("{} {}", body["key_id"], body["key_secret"]).replace('"', "")
    };
    exchanges.map(key).collect()
}

#[tokio::test]
async fn a_rotated_key_is_read_for_the_next_token_exchange() {
    let files = Arc::new(Files::new());
    files.write("id", "one\n");
    files.write("secret", "canary-one\r\n");
    let refused = AtomicU32::new(0);
    let rotates = files.clone();
    let server = FakeTransport::respond(move |request: &Request<Bytes>| {
        if is_exchange(request) {
            return bearer("2026-01-01T01:00:00Z", BEARER);
        }
        if refused.fetch_add(1, Ordering::SeqCst) == 0 {
            rotates.write("id", "two");
            rotates.write("secret", "canary-two");
            return refusal(401, "authentication_error", "no");
        }
        page(&[], None)
    });
    let client = files.build(&server).unwrap();
    client.gateways().list().send().await.unwrap();
    assert_eq!(keys(&server), ["one canary-one", "two canary-two"]);
}

#[tokio::test]
async fn a_key_refused_during_a_rotation_is_read_once_more() {
    let files = Arc::new(Files::new());
    files.write("id", "two");
    files.write("secret", "canary-one");
    let rotates = files.clone();
    let server = FakeTransport::respond(move |request: &Request<Bytes>| {
        if !is_exchange(request) {
            return page(&[], None);
        }
        rotates.write("secret", "canary-two");
        match request.body().windows(10).any(|part| part == b"canary-two") {
            true => bearer("2026-01-01T01:00:00Z", BEARER),
            false => refusal(401, "authentication_error", "no"),
        }
    });
    let client = files.build(&server).unwrap();
    client.gateways().list().send().await.unwrap();
    assert_eq!(keys(&server), ["two canary-one", "two canary-two"]);

    // The same key would be refused again.
    let server = FakeTransport::script([refusal(401, "authentication_error", "no")]);
    let client = files.build(&server).unwrap();
    let error = client.gateways().list().send().await.unwrap_err();
    let rejected = ErrorKind::Credential(CredentialFailure::Rejected);
    assert_eq!(error.kind(), &rejected);
    assert!(!everything(&error).contains("canary"));
}

#[tokio::test]
async fn files_without_a_key_are_named_and_the_last_good_key_stays_in_use() {
    let files = Files::new();
    let server = FakeTransport::respond(|request: &Request<Bytes>| match is_exchange(request) {
        true => bearer("2026-01-01T01:00:00Z", BEARER),
        false => page(&[], None),
    });
    for (name, parameter) in [("id", "key_id_file"), ("secret", "key_secret_file")] {
        let error = files.build(&server).unwrap_err();
        assert_eq!(error.kind(), &ErrorKind::InvalidInput { parameter });
        let path = files.0.path().join(name);
        let shows_path = error.to_string().contains(path.to_str().unwrap());
        assert!(shows_path, "{error}");
        files.write(name, "canary canary");
        assert!(!everything(&files.build(&server).unwrap_err()).contains("canary"));
        files.write(name, "one");
    }
    let client = files.build(&server).unwrap();
    fs::remove_file(files.0.path().join("secret")).unwrap();
    files.write("id", "two");
    client.gateways().list().send().await.unwrap();
    assert_eq!(keys(&server), ["one one"]);
}

#[tokio::test]
async fn a_question_for_the_own_key_between_two_writes_of_a_rotation_leaves_the_last_good_key() {
    let files = Files::new();
    files.write("id", "one");
    files.write("secret", "canary-one");
    let server = FakeTransport::respond(|request: &Request<Bytes>| match is_exchange(request) {
        true => bearer("2026-01-01T01:00:00Z", BEARER),
        false => page(&[], None),
    });
    let client = files.build(&server).unwrap();
    files.write("id", "two");
    let own = client.service_user_keys().delete("bot", &"two".into());
    let error = own.send().await.unwrap_err();
    let parameter = "key_id";
    assert_eq!(error.kind(), &ErrorKind::InvalidInput { parameter });
    fs::remove_file(files.0.path().join("secret")).unwrap();
    client.gateways().list().send().await.unwrap();
    assert_eq!(keys(&server), ["one canary-one"]);
}
