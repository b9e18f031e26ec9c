//! A person at a terminal, who is asked before a token or a service user is deleted.

use std::fs::{File, OpenOptions};
use std::io::{Read as _, Write as _};
use std::os::unix::ffi::OsStrExt as _;
use std::process::{Child, Stdio};

use gatelet_test_support::raw_server::{RawResponse, RawServer, response};
use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};

use crate::run::Fixture;

const DELETE: [&str; 5] = ["--emulator", "dt", "token", "delete", "dt0g02.soon20"];

const JSON: &str = "application/json";
const METADATA: &str =
    r#"{"id":"dt0g02.soon20","name":"t","owner":"o","creationDate":"2026-01-01T00:00:00Z"}"#;

/// A terminal of which a program has the other end.
pub(crate) struct Terminal {
    pub(crate) near: File,
    far: File,
}

impl Terminal {
    pub(crate) fn open() -> Self {
        let near = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY).unwrap();
        grantpt(&near).unwrap();
        unlockpt(&near).unwrap();
        let name = ptsname(&near, Vec::new()).unwrap();
        let name = std::ffi::OsStr::from_bytes(name.as_bytes());
        let far = OpenOptions::new().read(true).write(true).open(name);
        Self {
            near: near.into(),
            far: far.unwrap(),
        }
    }

    /// Starts a deletion in the emulator whose stdin and stderr are the terminal.
    fn delete(&self, fixture: &Fixture, options: &[&str]) -> Child {
        self.run(fixture, &[&DELETE, options].concat())
    }

    /// Starts a command whose stdin and stderr are the terminal.
    pub(crate) fn run(&self, fixture: &Fixture, arguments: &[&str]) -> Child {
        fixture
            .command(arguments)
            .stdin(self.far.try_clone().unwrap())
            .stderr(self.far.try_clone().unwrap())
            .stdout(Stdio::null())
            .spawn()
            .unwrap()
    }

    /// Starts a command whose output is the terminal.
    fn show(&self, fixture: &Fixture, arguments: &[&str]) -> Child {
        let mut command = fixture.command(arguments);
        command.stdout(self.far.try_clone().unwrap());
        command.stderr(self.far.try_clone().unwrap());
        command.spawn().unwrap()
    }

    /// Reads until a text was shown.
    pub(crate) fn read_until(&mut self, end: &str) -> String {
        let mut shown = String::new();
        let mut buffer = [0; 256];
        while !shown.contains(end) {
            let count = self.near.read(&mut buffer).unwrap();
            shown += &String::from_utf8_lossy(&buffer[..count]);
        }
        shown
    }
}

fn token_exists(fixture: &Fixture) -> bool {
    let get = fixture.run("--emulator dt token get dt0g02.soon20");
    get.code == Some(0)
}

#[test]
fn a_person_sees_the_users_of_a_token_and_is_asked_before_it_is_deleted() {
    let fixture = Fixture::new();
    let mut terminal = Terminal::open();
    for (answer, code, exists) in [("n\n", 1, true), ("\n", 1, true), ("y\n", 0, false)] {
        let mut child = terminal.delete(&fixture, &[]);
        let shown = terminal.read_until("[y/N] ");
        let user = "used by activegate-2.example.com (-1556499193, EXPIRING)";
        assert!(shown.contains(user), "{shown}");
        assert!(shown.contains("last used 20"), "{shown}");
        terminal.near.write_all(answer.as_bytes()).unwrap();
        assert_eq!(child.wait().unwrap().code(), Some(code));
        assert_eq!(token_exists(&fixture), exists);
    }
}

/// An environment that knows the token and answers the list of ActiveGates with this.
fn environment(status: &'static str, list: &'static str) -> RawServer {
    RawServer::new(move |request| {
        RawResponse::Bytes(match request {
            _ if request.starts_with("DELETE ") => response("204 No Content", JSON, ""),
            _ if request.contains("/activeGateTokens/") => response("200 OK", JSON, METADATA),
            _ => response(status, JSON, list),
        })
    })
}

#[test]
fn a_person_sees_the_users_of_a_token_that_cannot_be_read() {
    let server = RawServer::new(|request| {
        let list = r#"{"activeGates":[{"id":"7","hostname":"edge","activeGateTokens":[{"id":"dt0g02.soon20","state":"VALID"}]}]}"#;
        RawResponse::Bytes(match request.contains("/activeGateTokens/") {
            true => response("403 Forbidden", JSON, r#"{"error":{"code":403}}"#),
            false => response("200 OK", JSON, list),
        })
    });
    let fixture = Fixture::dt(&server.url);
    let mut terminal = Terminal::open();
    let mut child = terminal.run(&fixture, &DELETE[1..]);
    let shown = terminal.read_until("[y/N] ");
    for told in [
        "used by edge (7, VALID)",
        "its last use is unknown, because the token could not be read",
        "dt getToken dt0g02.soon20",
        "403",
    ] {
        assert!(shown.contains(told), "{told}: {shown}");
    }
    terminal.near.write_all(b"n\n").unwrap();
    assert_eq!(child.wait().unwrap().code(), Some(1));
}

#[test]
fn a_person_is_asked_although_the_environment_lists_no_active_gates() {
    let server = environment("404 Not Found", r#"{"error":{"code":404}}"#);
    let fixture = Fixture::dt(&server.url);
    let mut terminal = Terminal::open();
    let mut child = terminal.run(&fixture, &DELETE[1..]);
    let shown = terminal.read_until("[y/N] ");
    assert!(
        shown.contains("could not find out which ActiveGates use it: dt getAllActiveGates"),
        "{shown}"
    );
    terminal.near.write_all(b"y\n").unwrap();
    assert_eq!(child.wait().unwrap().code(), Some(0));
}

#[test]
fn a_person_is_not_asked_about_a_token_that_does_not_exist() {
    let server = RawServer::new(|request| {
        RawResponse::Bytes(match request.to_lowercase().contains("tokens/") {
            // Only services of the platform send `details`.
            true if request.contains("/platform/") => response(
                "404 Not Found",
                JSON,
                r#"{"error":{"code":404,"details":{}}}"#,
            ),
            true => response("404 Not Found", JSON, r#"{"error":{"code":404}}"#),
            false => response("200 OK", JSON, r#"{"activeGates":[]}"#),
        })
    });
    for (api, operation) in [("classic", "dt getToken"), ("platform", "dt getFleetToken")] {
        let fixture = Fixture::dt(&server.url).with("GATELET_DT_API", api);
        let mut terminal = Terminal::open();
        let mut child = terminal.run(&fixture, &DELETE[1..]);
        terminal.read_until(operation);
        assert_eq!(child.wait().unwrap().code(), Some(5));
    }
}

#[test]
fn a_person_is_told_of_active_gates_that_do_not_say_which_tokens_they_have() {
    let list = r#"{"activeGates":[{"id":"1"},{"id":"2","activeGateTokens":null}]}"#;
    let server = environment("200 OK", list);
    let fixture = Fixture::dt(&server.url);
    let mut terminal = Terminal::open();
    let mut child = terminal.run(&fixture, &DELETE[1..]);
    let shown = terminal.read_until("[y/N] ");
    let told = "the environment shows no last use; 2 ActiveGates do not say which tokens they have";
    assert!(shown.contains(told), "{shown}");
    terminal.near.write_all(b"n\n").unwrap();
    assert_eq!(child.wait().unwrap().code(), Some(1));
}

// U35
#[test]
fn a_terminal_shows_no_invisible_character_and_times_as_people_say_them() {
    let server = RawServer::new(|_| {
        let token = r#"{"id":"dt0g02.a","name":"a\u001b[2J\u202eb\u009b","owner":"o","creationDate":"2026-01-01T00:00:00Z","expirationDate":"2020-01-01T00:00:00Z"}"#;
        let list = format!(r#"{{"totalCount":1,"activeGateTokens":[{token}]}}"#);
        RawResponse::Bytes(response("200 OK", JSON, &list))
    });
    let fixture = Fixture::dt(&server.url);
    for (format, end, shown) in [
        ("table", " ago", r"a\u{1b}[2J\u{202e}b\u{9b}"),
        ("wide", "2020-01-01T00:00:00Z", r"a\u{1b}[2J\u{202e}b\u{9b}"),
        ("csv", "2020-01-01T00:00:00Z", r"a\u{1b}[2J\u{202e}b\u{9b}"),
        ("json", "]", r"a\u001b[2J\u202eb\u009b"),
        ("ndjson", "}", r"a\u001b[2J\u202eb\u009b"),
        ("yaml", "expirationDate: \"2020", r"a\x1b[2J\u202eb\x9b"),
    ] {
        let mut terminal = Terminal::open();
        let arguments = ["dt", "token", "list", "-o", format, "--color", "never"];
        let mut child = terminal.show(&fixture, &arguments);
        let text = terminal.read_until(end);
        assert_eq!(child.wait().unwrap().code(), Some(0));
        assert!(text.contains(shown), "{format}: {text}");
        let is_invisible = |c: char| c.is_control() && !"\r\n".contains(c) || c == '\u{202e}';
        assert!(!text.contains(is_invisible), "{format}: {text}");
    }
}

#[test]
fn an_option_deletes_without_asking() {
    let fixture = Fixture::new();
    let mut terminal = Terminal::open();
    let mut child = terminal.delete(&fixture, &["--yes"]);
    let shown = terminal.read_until("deleted");
    assert!(!shown.contains("used by"), "{shown}");
    assert_eq!(child.wait().unwrap().code(), Some(0));
    assert!(!token_exists(&fixture));
}

#[test]
fn a_person_is_asked_before_a_service_user_is_deleted_for_good() {
    let fixture = Fixture::new();
    let user = |line: &str| fixture.run(&format!("--emulator asa service-user {line}"));
    user("create bot").success();
    let update = ["--emulator", "asa", "service-user", "update", "bot"];
    let mut terminal = Terminal::open();
    let deleted = [&update[..], &["--status", "DELETED"]].concat();
    let mut child = terminal.run(&fixture, &deleted);
    let shown = terminal.read_until("[y/N] ");
    assert!(
        shown.contains("Delete service user bot for good?"),
        "{shown}"
    );
    terminal.near.write_all(b"n\n").unwrap();
    assert_eq!(child.wait().unwrap().code(), Some(1));
    assert_eq!(user("get bot -o json").json()["status"], "ACTIVE");

    let disabled = [&update[..], &["--status", "DISABLED"]].concat();
    let mut child = terminal.run(&fixture, &disabled);
    assert_eq!(child.wait().unwrap().code(), Some(0));
    let mut child = terminal.run(&fixture, &[&deleted[..], &["--yes"]].concat());
    assert_eq!(child.wait().unwrap().code(), Some(0));
    assert_eq!(user("get bot -o json").json()["status"], "DELETED");

    user("create other").success();
    user("update other --status DELETED").fails_with(2);
    user("update other --status DELETED --yes").success();
}

#[test]
fn an_interrupt_while_it_asks_deletes_nothing() {
    let fixture = Fixture::new();
    let mut terminal = Terminal::open();
    let mut child = terminal.delete(&fixture, &[]);
    terminal.read_until("[y/N] ");
    let pid = rustix::process::Pid::from_child(&child);
    rustix::process::kill_process(pid, rustix::process::Signal::INT).unwrap();
    let shown = terminal.read_until("deleted");
    assert!(
        shown.contains("interrupted; nothing was deleted"),
        "{shown}"
    );
    assert_eq!(child.wait().unwrap().code(), Some(130));
    assert!(token_exists(&fixture));
}

#[test]
fn a_script_is_not_asked_and_deletes_nothing_without_the_option() {
    let fixture = Fixture::new();
    let delete = DELETE.join(" ");
    fixture.run(&delete).fails_with(2);
    assert!(token_exists(&fixture));
    let deleted = fixture.run(&format!("{delete} -y"));
    assert_eq!(deleted.code, Some(0));
    assert!(!deleted.stderr.contains("used by"), "{deleted:?}");
}
