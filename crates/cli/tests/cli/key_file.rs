//! The file of `asa service-user key rotate --out`.

use std::fs;

use gatelet_emulator::well_known::{ASA_KEY_ID, ASA_USER};
use gatelet_test_support::raw_server::{RawResponse, RawServer, response};
use serde_json::Value;

use crate::key_rotation::{rotating, run};
use crate::run::{CommandOutput, Fixture, team};

/// The pair of the old key of [`rotating`].
const BEFORE: &str = r#"{"key_id":"old","key_secret":"hunter2"}"#;

#[test]
fn a_rotated_key_is_in_its_file_before_anything_logs_in_with_it() {
    let fixture = Fixture::new();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("key.json");
    let rotated = run(&fixture, &format!("rotate --out {}", path.display()));
    let pair: Value = serde_json::from_slice(&fs::read(&path).unwrap()).unwrap();
    let id = pair["key_id"].as_str().unwrap();
    let lines: Vec<&str> = rotated.stderr.lines().collect();
    assert_eq!(
        lines,
        [
            format!(
                "gatelet: created key {id} of service user {ASA_USER}; its other keys have an end now"
            ),
            format!("gatelet: stored the new key in {}.new", path.display()),
            format!("gatelet: logged in with the new key {id}"),
            format!("gatelet: moved the new key to {}", path.display()),
        ]
    );
    let secret = pair["key_secret"].as_str().unwrap();
    assert!(!rotated.stderr.contains(secret));
    assert_eq!(rotated.success(), "");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        let mode = fs::metadata(&path).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
    }
    // The old key still works.
    let keys = run(&fixture, &format!("list {ASA_USER} -o json")).json();
    assert_eq!(keys.as_array().unwrap().len(), 2);
    assert_eq!(keys[1]["id"], id);
}

#[test]
fn nothing_is_rotated_if_its_file_cannot_be_written() {
    let fixture = Fixture::new();
    let refused = run(&fixture, "rotate --out /nowhere/key.json");
    assert_eq!(refused.code, Some(2), "{refused:?}");
    assert!(
        refused.stderr.ends_with("nothing was changed\n"),
        "{refused:?}"
    );
    let keys = run(&fixture, &format!("list {ASA_USER} -o json")).json();
    assert_eq!(keys.as_array().unwrap().len(), 1);
}

#[test]
fn a_new_key_that_does_not_log_in_stays_beside_the_file_which_keeps_the_old_one() {
    let server = refusing_new_key();
    let fixture = Fixture::asa(&server.url);
    let path = fixture.file("key.json", BEFORE);
    let path = path.to_str().unwrap();
    let output = fixture.run(&format!("asa su key rotate bot --timeout 5 --out {path}"));
    assert_eq!(output.code, Some(12), "{output:?}");
    let (stderr, start) = (
        output.stderr,
        "gatelet: could not log in with the new key new: ",
    );
    assert!(stderr.contains(start), "{stderr}");
    let state = format!(
        "; {path} was not changed, and the pair of the new key new is in {path}.new: move that file to {path} once the key logs in, or delete the key with `gatelet asa service-user key delete bot new` and remove the file; the old one works until it ends\n"
    );
    assert!(stderr.ends_with(&state), "{stderr}");
    assert!(!stderr.contains("nothing was applied"), "{stderr}");
    assert!(!stderr.contains("canary-of-the-new-key"));
    assert_eq!(fs::read_to_string(path).unwrap(), BEFORE);
    let stored = fs::read_to_string(format!("{path}.new")).unwrap();
    assert!(stored.contains("canary-of-the-new-key"));

    // The next run does not take it away.
    let sent = server.requests.try_iter().count();
    assert!(sent > 0);
    let next = fixture.run(&format!("asa su key rotate bot --out {path}"));
    let line = next.fails_with(2);
    assert!(line.contains(".new contains the key new,"), "{line}");
    // The earlier run may have been for another service user or server.
    let list = "if that key no longer exists, remove the file; `gatelet asa service-user key list bot` shows it only if that run had the same arguments and settings as this one; nothing was changed\n";
    assert!(line.contains(list), "{line}");
    let own = fixture.run(&format!("asa su key rotate --out {path}"));
    let list = "`gatelet asa service-user key list \"$(gatelet asa service-user whoami -o name)\"`";
    let line = own.fails_with(2);
    assert!(line.contains(list), "{line}");
    assert_eq!(server.requests.try_iter().count(), 0);
}

/// Starts a team whose new key does not log in.
fn refusing_new_key() -> RawServer {
    let bearer = r#"{"bearer_token":"CANARY","expires_at":"2099-01-01T00:00:00Z","team_name":"example-team"}"#;
    let refusal = r#"{"code":401,"type":"authentication_error","message":"no"}"#;
    RawServer::new(move |request| {
        let (status, body) = match request.contains("/service_token ") {
            true if request.contains(r#""new""#) => ("401 Unauthorized", refusal),
            true => ("200 OK", bearer),
            false => return rotating(request),
        };
        RawResponse::Bytes(response(status, "application/json", body))
    })
}

#[test]
#[cfg(unix)]
fn a_pair_whose_file_was_replaced_while_its_key_logged_in_is_not_moved_and_the_key_is_deleted_again()
 {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("key.json");
    fs::write(&path, BEFORE).unwrap();
    let beside = folder.path().join("key.json.new");
    let taken = beside.clone();
    let bearer = r#"{"bearer_token":"CANARY","expires_at":"2099-01-01T00:00:00Z","team_name":"example-team"}"#;
    let server = RawServer::new(move |request| {
        if !request.contains("/service_token ") {
            return undoing(request, "HTTP/1.1 204 No Content\r\n\r\n");
        }
        if request.contains(r#""new""#) {
            fs::remove_file(&taken).unwrap();
            fs::write(&taken, "another").unwrap();
        }
        RawResponse::Bytes(response("200 OK", "application/json", bearer))
    });
    let rotate = format!("asa su key rotate bot --timeout 5 --out {}", path.display());
    let CommandOutput { code, stderr, .. } = Fixture::asa(&server.url).run(&rotate);
    assert_eq!(code, Some(12), "{stderr}");
    let state = format!(
        "another program has removed or replaced {}; it was deleted again; the other keys have an end: rotate again\n",
        beside.display()
    );
    assert!(stderr.ends_with(&state), "{stderr}");
    assert_eq!(fs::read_to_string(path).unwrap(), BEFORE);
    assert_eq!(fs::read_to_string(beside).unwrap(), "another");
}

#[test]
#[cfg(unix)]
fn a_pair_that_another_program_moves_to_its_place_while_its_key_logs_in_is_stored() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("key.json");
    fs::write(&path, BEFORE).unwrap();
    let (from, to) = (folder.path().join("key.json.new"), path.clone());
    let bearer = r#"{"bearer_token":"CANARY","expires_at":"2099-01-01T00:00:00Z","team_name":"example-team"}"#;
    let server = RawServer::new(move |request| {
        if !request.contains("/service_token ") {
            assert!(!request.starts_with("DELETE"));
            return rotating(request);
        }
        if request.contains(r#""new""#) {
            fs::rename(&from, &to).unwrap();
        }
        RawResponse::Bytes(response("200 OK", "application/json", bearer))
    });
    let rotate = format!("asa su key rotate bot --timeout 5 --out {}", path.display());
    Fixture::asa(&server.url).run(&rotate).success();
    let stored = fs::read_to_string(path).unwrap();
    assert!(stored.contains("canary-of-the-new-key"), "{stored}");
}

#[test]
#[cfg(unix)]
fn a_pair_that_another_program_has_moved_and_that_does_not_log_in_is_said_to_be_in_its_place() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("key.json");
    let (from, to) = (folder.path().join("key.json.new"), path.clone());
    let bearer = r#"{"bearer_token":"CANARY","expires_at":"2099-01-01T00:00:00Z","team_name":"example-team"}"#;
    let refusal = r#"{"code":401,"type":"authentication_error","message":"no"}"#;
    let server = RawServer::new(move |request| {
        let (status, body) = match request.contains("/service_token ") {
            true if request.contains(r#""new""#) => {
                // A second attempt finds it moved.
                let _ = fs::rename(&from, &to);
                ("401 Unauthorized", refusal)
            }
            true => ("200 OK", bearer),
            false => return rotating(request),
        };
        RawResponse::Bytes(response(status, "application/json", body))
    });
    let rotate = format!("asa su key rotate bot --timeout 5 --out {}", path.display());
    let CommandOutput { code, stderr, .. } = Fixture::asa(&server.url).run(&rotate);
    assert_eq!(code, Some(12), "{stderr}");
    let state = format!(
        "; another program has moved the pair of the new key new to {}: use the key once it logs in, or delete it with `gatelet asa service-user key delete bot new`; the old one works until it ends\n",
        path.display()
    );
    assert!(stderr.ends_with(&state), "{stderr}");
}

#[test]
fn a_file_that_settings_are_in_or_name_is_not_replaced_by_a_pair() {
    let server = team(|_| panic!("nothing is sent"));
    let url = &server.url;
    let config = format!(
        "[profiles.prod.asa]\nteam = \"example-team\"\nurl = \"{url}\"\nkey_id = \"i\"\nkey_secret_file = \"secret\"\n[profiles.test.dt]\ntoken_file = \"token\"\n"
    );
    let fixture = Fixture::new();
    let config = fixture.file("config.toml", config);
    let config = config.to_str().unwrap();
    let fixture = fixture.with("GATELET_CONFIG", config);
    let [secret, token] = ["secret", "token"].map(|name| fixture.file(name, "hunter2"));
    for (out, problem) in [
        (
            secret.to_str().unwrap(),
            "asa.key_secret_file of the profile prod",
        ),
        (token.to_str().unwrap(), "dt.token_file of the profile test"),
        (config, "it is the configuration file"),
    ] {
        let rotate = format!("asa su key rotate bot --profile prod --out {out}");
        let line = fixture.run(&rotate).fails_with(2);
        assert!(line.contains(problem), "{line}");
        assert!(line.ends_with("; nothing was changed\n"), "{line}");
    }
    assert!(server.requests.try_iter().next().is_none());
}

#[test]
#[cfg(unix)]
fn a_second_run_leaves_the_file_of_the_first_and_takes_the_empty_one_of_a_killed_run() {
    let server = team(|request| match request.starts_with("POST") {
        true => RawResponse::Silence,
        false => rotating(request),
    });
    let fixture = Fixture::asa(&server.url);
    let path = fixture.path("key.json");
    let rotate = format!("asa su key rotate bot --out {path}");
    let mut first = fixture.command(rotate.split(' ')).spawn().unwrap();
    let mut requests = server.requests.iter();
    let is_rotation = |it: &String| it.starts_with("POST") && it.contains("/keys");
    requests.find(is_rotation).unwrap();
    let line = fixture.run(&rotate).fails_with(2);
    let problem =
        format!("another run is using {path}.new: wait until it ends; nothing was changed\n");
    assert!(line.ends_with(&problem), "{line}");
    assert!(fs::exists(format!("{path}.new")).unwrap());
    first.kill().unwrap();
    first.wait().unwrap();
    assert!(fs::exists(format!("{path}.new")).unwrap());
    let emulated = Fixture::new();
    let rotate = format!("--emulator asa su key rotate --out {path}");
    emulated.run(&rotate).success();
    assert!(fs::read_to_string(&path).unwrap().contains("key_secret"));
    assert!(!fs::exists(format!("{path}.new")).unwrap());
}

/// Returns the response of a server that rotates keys and deletes the new one with `deleted`.
fn undoing(request: &str, deleted: &str) -> RawResponse {
    if request.starts_with("DELETE") {
        assert!(request.contains("/service_users/bot/keys/new "));
        return RawResponse::Bytes(deleted.as_bytes().to_vec());
    }
    rotating(request)
}

#[test]
fn a_pair_that_is_on_disk_is_kept_although_its_file_cannot_be_replaced() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("key.json");
    let taken = path.clone();
    let server = team(move |request| {
        assert!(!request.starts_with("DELETE"));
        if request.starts_with("POST") {
            fs::create_dir(&taken).unwrap();
        }
        rotating(request)
    });
    let rotate = format!("asa su key rotate bot --timeout 5 --out {}", path.display());
    let CommandOutput { code, stderr, .. } = Fixture::asa(&server.url).run(&rotate);
    assert_eq!(code, Some(12), "{stderr}");
    let beside = folder.path().join("key.json.new");
    let state = format!(
        "the new key new is kept and its pair is in {}: move that file, because no response shows the secret again; the other keys have an end\n",
        beside.display()
    );
    assert!(stderr.ends_with(&state), "{stderr}");
    let kept = fs::read_to_string(beside).unwrap();
    assert!(kept.contains("canary-of-the-new-key"), "{kept}");
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 2);
}

#[test]
#[cfg(unix)]
fn a_new_key_of_which_nothing_is_on_disk_is_deleted_again() {
    let error = |status, kind| {
        let body = format!(r#"{{"code":0,"type":"{kind}","message":"no"}}"#);
        String::from_utf8(response(status, "application/json", &body)).unwrap()
    };
    for (deleted, state) in [
        (
            "HTTP/1.1 204 No Content\r\n\r\n".to_owned(),
            "it was deleted again; ",
        ),
        (
            error("404 Not Found", "resource_does_not_exist"),
            "it no longer exists; ",
        ),
        (
            error("403 Forbidden", "authorization_error"),
            "it still exists, because deleting it failed: asa DeleteServiceUserKey new: 403 Forbidden: no [authorization_error]; delete it with `gatelet asa service-user key delete bot new`; ",
        ),
        // The service may end the bearers of the old key at once.
        (
            error("401 Unauthorized", "authentication_error"),
            "whether it still exists is unknown, because deleting it failed: asa DeleteServiceUserKey new: the server rejected the credential (status 401): no [authentication_error]; delete it with `gatelet asa service-user key delete bot new`, if it still exists; ",
        ),
        (
            String::new(),
            "; delete it with `gatelet asa service-user key delete bot new`, if it still exists; ",
        ),
    ] {
        let state = format!("{state}the other keys have an end: rotate again\n");
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("key.json");
        let beside = folder.path().join("key.json.new");
        let server = team(move |request| {
            if request.starts_with("POST") {
                fs::remove_file(&beside).unwrap();
            }
            undoing(request, &deleted)
        });
        let rotate = format!("asa su key rotate bot --timeout 3 --out {}", path.display());
        let output = Fixture::asa(&server.url).run(&rotate);
        assert_eq!(output.code, Some(12), "{output:?}");
        assert!(output.stderr.ends_with(&state), "{output:?}");
        assert!(!output.stderr.contains("canary-of-the-new-key"));
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
    }
}

#[test]
#[cfg(unix)]
fn a_disk_without_room_for_the_pair_is_found_before_anything_is_sent() {
    let server = team(|_| panic!("nothing is sent"));
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("key.json");
    let rotate = format!("asa su key rotate bot --out {}", path.display());
    // By default, SIGXFSZ ends a process.
    let output = Fixture::asa(&server.url).run_after("ulimit -f 0", &rotate);
    let line = output.fails_with(2);
    let problem = format!("invalid --out: could not write {}.new: ", path.display());
    assert!(line.contains(&problem), "{line}");
    assert!(line.ends_with("; nothing was changed\n"), "{line}");
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
}

/// A circle of links stands in for a folder that may not be searched, because root may search every folder.
#[test]
#[cfg(unix)]
fn a_key_is_kept_if_the_folder_of_its_file_cannot_be_searched_after_the_login() {
    let home = tempfile::tempdir().unwrap();
    let (folder, moved) = (home.path().join("folder"), home.path().join("moved"));
    fs::create_dir(&folder).unwrap();
    let path = folder.join("key.json");
    let bearer = r#"{"bearer_token":"CANARY","expires_at":"2099-01-01T00:00:00Z","team_name":"example-team"}"#;
    let (hidden, left) = (folder.clone(), moved.clone());
    let server = RawServer::new(move |request| {
        if !request.contains("/service_token ") {
            assert!(!request.starts_with("DELETE"));
            return rotating(request);
        }
        if request.contains(r#""new""#) {
            fs::rename(&hidden, &left).unwrap();
            std::os::unix::fs::symlink("folder", &hidden).unwrap();
        }
        RawResponse::Bytes(response("200 OK", "application/json", bearer))
    });
    let rotate = format!("asa su key rotate bot --out {}", path.display());
    let output = Fixture::asa(&server.url).run(&rotate);
    assert_eq!(output.code, Some(12), "{output:?}");
    let state = format!(
        "the new key new is kept: look for its pair, which was stored in {0}.new, and move it to {0}; if it is lost, delete the key with `gatelet asa service-user key delete bot new`; the other keys have an end\n",
        path.display()
    );
    assert!(output.stderr.ends_with(&state), "{output:?}");
    let stored = fs::read_to_string(moved.join("key.json.new")).unwrap();
    assert!(stored.contains("canary-of-the-new-key"));
}

#[test]
#[cfg(unix)]
fn a_place_that_cannot_be_replaced_by_a_file_is_refused_before_anything_is_sent() {
    let fixture = Fixture::new();
    let fifo = fixture.path("fifo");
    let made = std::process::Command::new("mkfifo").arg(&fifo).status();
    assert!(made.unwrap().success());
    let dangling = fixture.path("dangling");
    std::os::unix::fs::symlink("absent", &dangling).unwrap();
    let secret = fixture.file("secret", "hunter2");
    let fixture = fixture.with("GATELET_ASA_KEY_SECRET_FILE", secret.to_str().unwrap());
    let secret = secret.to_str().unwrap();
    for (out, problem) in [
        ("-", "omit --out"),
        ("/dev/null", "not a regular file"),
        (fifo.as_str(), "not a regular file"),
        (dangling.as_str(), "leads nowhere"),
        (secret, "GATELET_ASA_KEY_SECRET_FILE"),
    ] {
        let refused = run(&fixture, &format!("rotate --out {out}"));
        assert_eq!(refused.code, Some(2), "{refused:?}");
        assert!(refused.stderr.contains(problem), "{refused:?}");
        let end = "nothing was changed\n";
        assert!(refused.stderr.ends_with(end), "{refused:?}");
    }
    let keys = run(&fixture, &format!("list {ASA_USER} -o json")).json();
    assert_eq!(keys.as_array().unwrap().len(), 1);
}

#[test]
fn a_file_that_a_variable_names_is_no_place_for_a_key() {
    for (name, content) in [
        ("GATELET_EMULATOR_DATA", None),
        ("GATELET_EMULATOR_FAULTS_FILE", Some("token")),
        ("GATELET_EMULATOR_FAULTS_FILE", None),
        ("GATELET_CONFIG", Some("")),
        ("GATELET_DT_TOKEN_FILE", None),
    ] {
        let server = team(|_| panic!("nothing is sent"));
        let fixture = Fixture::asa(&server.url);
        let path = match content {
            Some(content) => fixture.file("file", content).to_str().unwrap().to_owned(),
            None => fixture.path("file"),
        };
        let fixture = fixture.with(name, &path);
        let rotate = format!("asa su key rotate bot --out {path}");
        let line = fixture.run(&rotate).fails_with(2);
        let named = match name {
            "GATELET_CONFIG" => "it is the configuration file".to_owned(),
            name => format!("it is the file that {name} names for something else"),
        };
        let refused = format!("gatelet: invalid --out: {named}; nothing was changed\n");
        assert_eq!(line, refused);
        let left = fs::read_to_string(&path).ok();
        assert_eq!(left.as_deref(), content);
    }
}

#[test]
fn the_state_of_the_emulator_is_no_place_for_a_key() {
    let server = team(|_| panic!("nothing is sent"));
    let home = tempfile::tempdir().unwrap();
    let data = home.path().to_str().unwrap();
    let fixture = Fixture::asa(&server.url)
        .with("GATELET_EMULATOR_DATA", "")
        .with("HOME", data)
        .with("XDG_DATA_HOME", data);
    fs::create_dir(home.path().join("gatelet")).unwrap();
    let path = home.path().join("gatelet/emulator.redb");
    let rotate = format!("asa su key rotate bot --out {}", path.display());
    let line = fixture.run(&rotate).fails_with(2);
    assert!(line.contains("it is the state of the emulator"), "{line}");
}

#[test]
#[cfg(unix)]
fn a_link_stays_and_the_file_that_it_leads_to_is_replaced() {
    let fixture = Fixture::new();
    let target = fixture.path("target");
    run(&fixture, &format!("rotate --out {target}")).success();
    let before = fs::read_to_string(&target).unwrap();
    let link = fixture.path("link");
    std::os::unix::fs::symlink("target", &link).unwrap();
    run(&fixture, &format!("rotate --out {link}")).success();
    assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
    let after = fs::read_to_string(&target).unwrap();
    assert!(after.contains("key_secret") && after != before);
}

#[test]
fn a_file_is_replaced_only_if_it_contains_a_key_of_the_service_user() {
    let fixture = Fixture::new();
    let path = fixture.path("key.json");
    let rotate = format!("rotate --out {path}");
    let blank_first = "\n".repeat(4096) + "hunter2";
    let padded = format!(
        r#"{:4096}hunter2"#,
        format!(r#"{{"key_id":"{ASA_KEY_ID}","key_secret":"hunter2"}}"#)
    );
    for (other, named) in [
        (
            r#"{"key_id":"of-another-team","key_secret":"hunter2"}"#,
            "of-another-team",
        ),
        (
            "\u{feff}{\"key_id\":\"from-windows\",\"key_secret\":\"hunter2\"}",
            "from-windows",
        ),
        (r#"{"id":"printed","secret":"hunter2"}"#, "something else"),
        (
            r#"{"key_id":"a","key_secret":"hunter2","another":"hunter2"}"#,
            "something else",
        ),
        ("KEY_ID=a\nKEY_SECRET=hunter2\n", "something else"),
        (&blank_first, "longer than 4096 bytes"),
        (&padded, "longer than 4096 bytes"),
    ] {
        fs::write(&path, other).unwrap();
        let refused = run(&fixture, &rotate).fails_with(2);
        assert!(
            refused.contains(named) && !refused.contains("hunter2"),
            "{refused}"
        );
        assert!(refused.ends_with("nothing was changed\n"), "{refused}");
        assert_eq!(fs::read_to_string(&path).unwrap(), other);
    }
    let keys = run(&fixture, &format!("list {ASA_USER} -o json")).json();
    assert_eq!(keys.as_array().unwrap().len(), 1);
    // A key of the service user itself is replaced, which is what a repeated rotation does.
    for before in [None, Some(" \n")] {
        match before {
            None => fs::remove_file(&path).unwrap(),
            Some(blank) => fs::write(&path, blank).unwrap(),
        }
        run(&fixture, &rotate).success();
        run(&fixture, &rotate).success();
    }
}
