//! Other programs that change the file of `asa service-user key rotate --out` while it runs.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Once;

use gatelet_test_support::raw_server::{RawResponse, RawServer, response};

use crate::key_rotation::rotating;
use crate::run::{CommandOutput, Fixture};

/// The pair of the old key of [`rotating`].
const BEFORE: &str = r#"{"key_id":"old","key_secret":"hunter2"}"#;

/// When another program changes something.
#[derive(Clone, Copy, Debug)]
enum Moment {
    Creation,
    Login,
}

/// Rotates into a file while another program changes something once. No key may be deleted.
fn rotate(path: &Path, moment: Moment, change: impl Fn() + Send + Sync + 'static) -> CommandOutput {
    let bearer = r#"{"bearer_token":"CANARY","expires_at":"2099-01-01T00:00:00Z","team_name":"example-team"}"#;
    let once = Once::new();
    let server = RawServer::new(move |request| {
        assert!(!request.starts_with("DELETE"), "{request}");
        let is_login = request.contains("/service_token ");
        let is_due = match moment {
            Moment::Creation => !is_login && request.starts_with("POST"),
            Moment::Login => is_login && request.contains(r#""new""#),
        };
        if is_due {
            once.call_once(&change);
        }
        match is_login {
            true => RawResponse::Bytes(response("200 OK", "application/json", bearer)),
            false => rotating(request),
        }
    });
    let rotate = format!("asa su key rotate bot --timeout 5 --out {}", path.display());
    let output = Fixture::asa(&server.url).run(&rotate);
    assert!(!output.stderr.contains("canary-of-the-new-key"));
    output
}

#[test]
fn a_content_that_another_program_writes_meanwhile_is_not_replaced() {
    for moment in [Moment::Creation, Moment::Login] {
        for before in [None, Some(BEFORE)] {
            let folder = tempfile::tempdir().unwrap();
            let path = folder.path().join("key.json");
            if let Some(before) = before {
                fs::write(&path, before).unwrap();
            }
            let taken = path.clone();
            let output = rotate(&path, moment, move || {
                fs::write(&taken, "precious").unwrap();
            });
            assert_eq!(output.code, Some(12), "{output:?}");
            let beside = folder.path().join("key.json.new");
            let state = format!(
                "gatelet: could not replace {}: another program has changed it meanwhile; the new key new is kept and its pair is in {}: move that file, because no response shows the secret again; the other keys have an end\n",
                path.display(),
                beside.display()
            );
            assert!(output.stderr.ends_with(&state), "{output:?}");
            assert_eq!(fs::read(&path).unwrap(), b"precious");
            let kept = fs::read_to_string(beside).unwrap();
            assert!(kept.contains("canary-of-the-new-key"), "{kept}");
        }
    }
}

#[test]
#[cfg(unix)]
fn a_key_whose_pair_was_moved_elsewhere_while_it_logged_in_is_kept() {
    type Change = fn(PathBuf);
    let changes: [(&str, Change); 3] = [
        ("folder/elsewhere", |folder| {
            fs::rename(folder.join("key.json.new"), folder.join("elsewhere")).unwrap();
        }),
        ("folder/elsewhere", |folder| {
            fs::rename(folder.join("key.json.new"), folder.join("elsewhere")).unwrap();
            std::os::unix::fs::symlink("elsewhere", folder.join("key.json.new")).unwrap();
        }),
        ("moved/key.json.new", |folder| {
            fs::rename(&folder, folder.with_file_name("moved")).unwrap();
        }),
    ];
    for (place, change) in changes {
        let home = tempfile::tempdir().unwrap();
        let folder = home.path().join("folder");
        fs::create_dir(&folder).unwrap();
        let path = folder.join("key.json");
        let output = rotate(&path, Moment::Login, move || change(folder.clone()));
        assert_eq!(output.code, Some(12), "{output:?}");
        let state = format!(
            "gatelet: could not replace {0}: another program has moved or removed {0}.new; the new key new is kept: look for its pair, which was stored in {0}.new, and move it to {0}; if it is lost, delete the key with `gatelet asa service-user key delete bot new`; the other keys have an end\n",
            path.display()
        );
        assert!(output.stderr.ends_with(&state), "{output:?}");
        let stored = fs::read_to_string(home.path().join(place)).unwrap();
        assert!(stored.contains("canary-of-the-new-key"), "{stored}");
    }
}
