//! A served emulator with limited resources.

use std::fs;
use std::sync::mpsc::channel;
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::raw_http::{Connection, TOKENS, create_body, request};
use crate::run::{EmulatorServer, Fixture};

// E16
#[test]
fn a_file_that_may_not_grow_refuses_writes_and_keeps_its_content() {
    let fixture = Fixture::new();
    let data = fixture.path("small.redb");
    let options = ["--data", data.as_str()];
    drop(EmulatorServer::start_with(&fixture, &options));
    let size = fs::metadata(&data).unwrap().len();

    // `ulimit -f` counts blocks of 512 bytes, in some shells of 1024. Without the trap, SIGXFSZ would end the process.
    let limit = format!("trap '' XFSZ && ulimit -f {}", size / 512 + 1);
    let server = EmulatorServer::start_after(&fixture, &limit, &options);
    let mut line = Connection::open(server.address()).unwrap();
    let before = line.list().len();
    let mut created = Vec::new();
    let refusal = loop {
        let name = format!("{}{}", created.len(), "x".repeat(20_000));
        let (status, json) = line.call("POST", TOKENS, &create_body(&name)).unwrap();
        match status {
            201 => created.push(json["id"].as_str().unwrap().to_owned()),
            status => break (status, json["error"]["code"].clone()),
        }
    };
    assert_eq!(refusal, (507, Value::from(507)));
    assert!(!created.is_empty());
    assert_eq!(line.list().len(), before + created.len());
    let again = line.call("POST", TOKENS, &create_body(&"x".repeat(20_000)));
    assert_eq!(again.unwrap().0, 507);
    assert_eq!(server.stop("-TERM"), Some(0));

    let server = EmulatorServer::start_with(&fixture, &options);
    let mut line = Connection::open(server.address()).unwrap();
    assert_eq!(line.list().len(), before + created.len());
    for id in created {
        let deleted = line.call("DELETE", &format!("{TOKENS}/{id}"), &Value::Null);
        assert_eq!(deleted.unwrap().0, 204);
    }
    line.create("space again").unwrap();
}

/// Returns the CPU time of a process, in hundredths of a second.
#[cfg(target_os = "linux")]
fn processor_time(id: u32) -> u64 {
    let stat = fs::read_to_string(format!("/proc/{id}/stat")).unwrap();
    let (_, fields) = stat.rsplit_once(')').unwrap();
    let number = |n: usize| {
        fields
            .split_whitespace()
            .nth(n)
            .unwrap()
            .parse::<u64>()
            .unwrap()
    };
    number(11) + number(12)
}

#[test]
#[cfg(target_os = "linux")]
fn a_command_without_descriptors_says_so() {
    for limit in 6..=8 {
        let limit = format!("ulimit -n {limit}");
        let line = Fixture::new().run_after(&limit, "version").fails_with(1);
        assert!(line.contains("Too many open files"), "{limit}: {line}");
    }
}

// E31
#[test]
#[cfg(target_os = "linux")]
#[allow(clippy::disallowed_methods, reason = "the system counts in real time")]
fn a_server_out_of_descriptors_waits_without_spinning_and_recovers() {
    const LIMIT: usize = 128;
    let server = EmulatorServer::start_after(&Fixture::new(), &format!("ulimit -n {LIMIT}"), &[]);
    // More connections than descriptors, and few enough for the system's backlog.
    let lines: Vec<_> = (0..LIMIT + 100)
        .map(|_| Connection::open(server.address()).unwrap())
        .collect();
    let folder = format!("/proc/{}/fd", server.id());
    while fs::read_dir(&folder).unwrap().count() < LIMIT {
        std::thread::yield_now();
    }

    let (begun, before) = (Instant::now(), processor_time(server.id()));
    let (_never, nothing) = channel::<()>();
    let _ = nothing.recv_timeout(Duration::from_secs(1));
    let used = processor_time(server.id()) - before;
    let passed = begun.elapsed().as_millis() / 10;
    let share = format!("{used} of {passed} hundredths of a second");
    assert!(u128::from(used) * 5 < passed, "{share}");

    // A connection made without free descriptors is served once there are some.
    let mut waiting = Connection::open(server.address()).unwrap();
    let body = create_body("in turn");
    let request = request("POST", TOKENS, &body);
    waiting.send(request.as_bytes()).unwrap();
    drop(lines);
    assert_eq!(waiting.read_response().unwrap().0, 201);
    Connection::open(server.address())
        .unwrap()
        .create("after")
        .unwrap();
}
