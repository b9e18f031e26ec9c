//! A token in a file that another process rotates.

use std::fs;
use std::path::PathBuf;
use std::sync::Arc;

use bytes::Bytes;
use gatelet_transport::testing::{FakeResponse, FakeTransport, ManualClock};
use gatelet_transport::{
    ApiToken, Bearer, Channel, CredentialFailure, CredentialProvider as _, Error, ErrorKind,
    FileToken,
};
use http::{Method, Request};
use tempfile::TempDir;

use crate::credentials::{ok, summaries};
use crate::{builder, call};

/// A temporary folder, removed when dropped.
struct Folder(TempDir);

impl Folder {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    fn token(&self) -> PathBuf {
        self.0.path().join("token")
    }

    fn write(&self, content: impl AsRef<[u8]>) {
        fs::write(self.token(), content).unwrap();
    }
}

fn build(token: FileToken, server: &FakeTransport) -> Result<Channel, Error> {
    let builder = builder().credentials(token);
    builder.build_with(server.clone(), ManualClock::auto())
}

fn bearers(server: &FakeTransport) -> Vec<String> {
    let requests = summaries(&server.requests());
    let bearers = requests
        .iter()
        .map(|requests| requests.split_once(' ').unwrap().1);
    bearers.map(str::to_owned).collect()
}

#[tokio::test]
async fn each_call_sends_the_current_token_of_the_file() {
    let folder = Folder::new();
    folder.write("one\n");
    let server = FakeTransport::respond(|_| ok());
    let channel = build(FileToken::api_token(folder.token()), &server).unwrap();
    assert!(channel.is_ready());
    let get = async || channel.call(call(Method::GET)).await.unwrap();
    get().await;
    // Renamed into place, as careful writers do.
    fs::write(folder.0.path().join("new"), "\u{feff}two\r\n").unwrap();
    fs::rename(folder.0.path().join("new"), folder.token()).unwrap();
    get().await;
    // Half a rotation: the last valid token stays in use.
    for half in [&b""[..], b"\n", b"t\0h\0", b"a b", b"\xff"] {
        folder.write(half);
        get().await;
    }
    fs::remove_file(folder.token()).unwrap();
    get().await;
    folder.write("three");
    get().await;
    let [first, middle @ .., last] = &bearers(&server)[..] else {
        panic!("too few calls");
    };
    assert_eq!(
        (first.as_str(), last.as_str()),
        ("Api-Token one", "Api-Token three")
    );
    assert!(
        middle.iter().all(|bearer| bearer == "Api-Token two"),
        "{middle:?}"
    );
    assert_eq!(middle.len(), 7);
}

#[tokio::test]
async fn a_file_is_checked_before_each_read_of_it() {
    let folder = Folder::new();
    let checked = || {
        FileToken::bearer(folder.token()).checked_by(|file, path| {
            assert!(path.ends_with("token"));
            match file.metadata()?.len() {
                0..=3 => Ok(()),
                _ => Err(std::io::Error::other("it is too long")),
            }
        })
    };
    let server = FakeTransport::respond(|_| ok());
    folder.write("three");
    let error = build(checked(), &server).unwrap_err();
    assert!(error.to_string().contains("it is too long"), "{error}");
    let token = checked();
    folder.write("one");
    let channel = build(token, &server).unwrap();
    for content in ["three", "two"] {
        folder.write(content);
        channel.call(call(Method::GET)).await.unwrap();
    }
    assert_eq!(bearers(&server), ["Bearer one", "Bearer two"]);
}

#[cfg(unix)]
#[tokio::test]
async fn a_swapped_symlink_leads_to_the_new_token() {
    let folder = Folder::new();
    for (name, token) in [("a", "one"), ("b", "two")] {
        fs::create_dir(folder.0.path().join(name)).unwrap();
        fs::write(folder.0.path().join(name).join("token"), token).unwrap();
    }
    let link_to = |name: &str| {
        std::os::unix::fs::symlink(name, folder.0.path().join("next")).unwrap();
        fs::rename(folder.0.path().join("next"), folder.0.path().join("data")).unwrap();
    };
    link_to("a");
    let server = FakeTransport::respond(|_| ok());
    let token = FileToken::bearer(folder.0.path().join("data").join("token"));
    let channel = build(token, &server).unwrap();
    channel.call(call(Method::GET)).await.unwrap();
    link_to("b");
    channel.call(call(Method::GET)).await.unwrap();
    assert_eq!(bearers(&server), ["Bearer one", "Bearer two"]);
}

#[tokio::test]
async fn a_rejected_token_is_read_again_and_the_call_repeated_if_it_has_changed() {
    let folder = Folder::new();
    folder.write("one");
    let path = folder.token();
    let server = FakeTransport::respond(move |request: &Request<Bytes>| {
        // It is rotated while the request is in flight.
        fs::write(&path, "two").unwrap();
        match request.headers()["authorization"].to_str() {
            Ok("Api-Token one") => FakeResponse::status(401),
            _ => ok(),
        }
    });
    let channel = build(FileToken::api_token(folder.token()), &server).unwrap();
    let response = channel.call(call(Method::GET)).await.unwrap();
    assert_eq!(response.attempts(), 2);
    assert_eq!(bearers(&server), ["Api-Token one", "Api-Token two"]);

    // The same token would be rejected again.
    let server = FakeTransport::script([FakeResponse::status(401)]);
    let channel = build(FileToken::api_token(folder.token()), &server).unwrap();
    let error = channel.call(call(Method::GET)).await.unwrap_err();
    let rejected = ErrorKind::Credential(CredentialFailure::Rejected);
    assert_eq!((error.kind(), error.attempts()), (&rejected, 1));
}

#[tokio::test]
async fn a_token_read_at_build_time_serves_the_first_call() {
    let folder = Folder::new();
    folder.write("one");
    let server = FakeTransport::respond(|_| ok());
    let channel = build(FileToken::bearer(folder.token()), &server).unwrap();
    fs::remove_file(folder.token()).unwrap();
    channel.call(call(Method::GET)).await.unwrap();
    assert_eq!(bearers(&server), ["Bearer one"]);
}

#[tokio::test]
async fn a_rejected_token_gives_way_to_one_that_another_call_has_read() {
    let folder = Folder::new();
    folder.write("one");
    let token = Arc::new(FileToken::bearer(folder.token()));
    let (path, other) = (folder.token(), token.clone());
    let server = FakeTransport::respond(move |request: &Request<Bytes>| {
        if request.headers()["authorization"] == "Bearer two" {
            return ok();
        }
        fs::write(&path, "two").unwrap();
        // Building another client reads the file.
        let builder = builder().credentials(other.clone());
        let another = FakeTransport::script([]);
        builder.build_with(another, ManualClock::auto()).unwrap();
        fs::remove_file(&path).unwrap();
        FakeResponse::status(401)
    });
    let builder = builder().credentials(token);
    let channel = builder.build_with(server.clone(), ManualClock::auto());
    channel.unwrap().call(call(Method::GET)).await.unwrap();
    assert_eq!(bearers(&server), ["Bearer one", "Bearer two"]);
}

// U53
#[tokio::test]
async fn a_file_without_a_token_is_refused_by_its_name_and_not_echoed() {
    let folder = Folder::new();
    let server = FakeTransport::script([]);
    let refused = || {
        let error = build(FileToken::api_token(folder.token()), &server).unwrap_err();
        let parameter = "token_file";
        assert_eq!(error.kind(), &ErrorKind::InvalidInput { parameter });
        let text = format!("{error} {error:?}");
        assert!(text.contains(folder.token().to_str().unwrap()), "{text}");
        assert!(!text.contains("canary"), "{text}");
        text
    };
    refused();
    for (content, hint) in [
        (&b""[..], "empty"),
        (b"\xff\xfec\0a\0", "UTF-16LE"),
        (b"canary\xe9", "UTF-8"),
        (b"canary canary", "contains whitespace"),
        (b"Api-Token canary", "contains whitespace"),
        (b"canary\n\n", "ends with a line break"),
        (b"\n\ncanary", "contains whitespace or a control character"),
        ("can\u{e4}ry".as_bytes(), "non-ASCII"),
        (&[b'a'; 9_000], "longer than 8192 bytes"),
    ] {
        folder.write(content);
        let text = refused();
        assert!(text.contains(hint), "{text}");
    }
    folder.write([b'a'; 20_000]);
    refused();
    fs::remove_file(folder.token()).unwrap();
    fs::create_dir(folder.token()).unwrap();
    assert!(refused().contains("not a regular file"));
    fs::remove_dir(folder.token()).unwrap();
    #[cfg(unix)]
    {
        let made = std::process::Command::new("mkfifo")
            .arg(folder.token())
            .status();
        if made.is_ok_and(|status| status.success()) {
            assert!(refused().contains("not a regular file"));
            fs::remove_file(folder.token()).unwrap();
        }
    }
    // No channel has checked it.
    let token = FileToken::api_token(folder.token());
    let channel = builder().build_with(server, ManualClock::auto()).unwrap();
    let error = token.credential(&channel).await.unwrap_err();
    let failed = ErrorKind::Credential(CredentialFailure::ExchangeFailed);
    assert_eq!(error.kind(), &failed);
    let path = folder.token();
    let shows_path = error.to_string().contains(path.to_str().unwrap());
    assert!(shows_path, "{error}");
}

// U53
#[test]
fn a_token_with_a_byte_order_mark_or_in_another_encoding_is_refused_with_a_hint() {
    for (token, hint) in [
        ("\u{feff}dt0c01.canary", "byte order mark"),
        ("\u{feff}dt0c01.canary\r\n", "byte order mark"),
        ("c\0a\0n\0", "UTF-16"),
        ("\u{fffd}\u{fffd}c\0a\0", "UTF-16"),
        ("canary\r\n", "trailing newline"),
    ] {
        for error in [
            ApiToken::new(token).unwrap_err(),
            Bearer::new(token).unwrap_err(),
        ] {
            assert_eq!(
                error.kind(),
                &ErrorKind::InvalidInput { parameter: "token" }
            );
            assert!(error.to_string().contains(hint), "{error}");
            assert!(!format!("{error} {error:?}").contains("canary"));
        }
    }
}
