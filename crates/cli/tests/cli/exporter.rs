//! Metrics of an emulator, from a socket and in a file.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::os::unix::fs::PermissionsExt as _;
use std::process::{Child, Stdio};

use gatelet_emulator::well_known;

use crate::run::{CANARY, EmulatorServer, Fixture, send_signal};

/// An exporter that runs.
struct Exporter {
    process: Child,
    address: String,
}

impl Exporter {
    fn start(fixture: &Fixture, options: &str) -> Self {
        let line = format!("exporter --listen 127.0.0.1:0 {options}");
        let mut command = fixture.command(line.split_whitespace());
        let mut process = command
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut url = String::new();
        BufReader::new(process.stdout.take().unwrap())
            .read_line(&mut url)
            .unwrap();
        let address = url.trim_end().strip_prefix("http://");
        let address = address.and_then(|it| it.strip_suffix("/metrics"));
        let address = address
            .unwrap_or_else(|| panic!("no URL: {url}"))
            .to_owned();
        Self { process, address }
    }

    /// Sends a request, and returns the response.
    fn request(&self, line: &str, host: &str, headers: &str) -> String {
        let mut stream = TcpStream::connect(&self.address).unwrap();
        write!(stream, "{line} HTTP/1.1\r\nhost: {host}\r\n{headers}\r\n").unwrap();
        let mut response = String::new();
        stream.read_to_string(&mut response).unwrap();
        response
    }

    /// Returns the metrics.
    fn scrape(&self) -> String {
        let response = self.request("GET /metrics", &self.address, "");
        let (head, body) = response.split_once("\r\n\r\n").unwrap();
        assert!(head.starts_with("HTTP/1.1 200 "), "{head}");
        assert!(
            head.contains("\r\ncontent-type: text/plain; version=0.0.4; charset=utf-8"),
            "{head}"
        );
        body.to_owned()
    }

    /// Asks it to end, and returns its exit code and stderr.
    fn stop(mut self) -> (Option<i32>, String) {
        send_signal("-TERM", &self.process);
        let mut stderr = String::new();
        let mut pipe = self.process.stderr.take().unwrap();
        pipe.read_to_string(&mut stderr).unwrap();
        (self.process.wait().unwrap().code(), stderr)
    }
}

impl Drop for Exporter {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

fn assert_lines(metrics: &str, starts: &[&str]) {
    for start in starts {
        let mut lines = metrics.lines();
        assert!(
            lines.any(|line| line.starts_with(start)),
            "{start}: {metrics}"
        );
    }
}

#[test]
fn an_exporter_serves_the_metrics_of_both_vendors_and_ends_cleanly() {
    let server = EmulatorServer::start(&Fixture::new());
    let exporter = Exporter::start(&server.fixture(), "--interval 0s");
    let metrics = exporter.scrape();
    assert_lines(
        &metrics,
        &[
            "# TYPE gatelet_dt_active_gate_token_expiry_timestamp_seconds gauge",
            "gatelet_dt_active_gate_token_expiry_timestamp_seconds{id=\"dt0g02.",
            "gatelet_dt_active_gate_online{id=\"",
            "gatelet_asa_gateway_refuse_connections{id=\"",
            "gatelet_up{vendor=\"asa\"} 1",
            "gatelet_up{vendor=\"dt\"} 1",
            "gatelet_scrape_duration_seconds{vendor=\"dt\"} ",
            "gatelet_scrape_timestamp_seconds{vendor=\"asa\"} ",
        ],
    );
    for secret in [well_known::ASA_KEY_SECRET, well_known::DT_TOKEN] {
        assert!(!metrics.contains(secret), "{metrics}");
    }
    let accept = "accept: application/openmetrics-text; version=1.0.0\r\n";
    let open = exporter.request("GET /metrics", "localhost", accept);
    assert!(open.ends_with("\n# EOF\n"), "{open}");
    let head = exporter.request("HEAD /metrics", "localhost", "");
    assert!(head.ends_with("\r\n\r\n"), "{head}");
    for (line, host, status) in [
        ("GET /healthz", "localhost", 200),
        ("GET /metrics", "evil.example", 421),
        ("POST /metrics", "localhost", 405),
        ("GET /", "localhost", 404),
    ] {
        let response = exporter.request(line, host, "");
        let start = format!("HTTP/1.1 {status} ");
        assert!(response.starts_with(&start), "{line} {host}: {response}");
    }
    assert_eq!(exporter.stop(), (Some(0), String::new()));
}

#[test]
fn a_read_that_fails_leaves_no_values_of_an_earlier_one() {
    let server = EmulatorServer::start(&Fixture::new());
    let fixture = server.fixture();
    let options = "dt --interval 0s --retries 0";
    let exporter = Exporter::start(&fixture, options);
    assert_lines(&exporter.scrape(), &["gatelet_up{vendor=\"dt\"} 1"]);
    server.kill();
    let metrics = exporter.scrape();
    assert_lines(
        &metrics,
        &[
            "gatelet_up{vendor=\"dt\"} 0",
            "gatelet_read_success{vendor=\"dt\",read=\"active_gates\"} 0",
            "gatelet_scrape_timestamp_seconds{vendor=\"dt\"} ",
        ],
    );
    assert!(!metrics.contains("gatelet_dt_"), "{metrics}");
    let (code, stderr) = exporter.stop();
    assert_eq!(code, Some(0), "{stderr}");
    assert!(
        stderr.contains("warning: dt active_gate_tokens: "),
        "{stderr}"
    );
}

#[test]
fn a_file_has_the_metrics_of_a_read_also_of_one_that_failed() {
    let server = EmulatorServer::start(&Fixture::new());
    let fixture = server.fixture();
    let path = fixture.path("gatelet.prom");
    fixture
        .run_args(["exporter", "dt", "--file", &path])
        .success();
    let metrics = std::fs::read_to_string(&path).unwrap();
    assert_lines(&metrics, &["gatelet_up{vendor=\"dt\"} 1", "gatelet_dt_"]);
    let mode = std::fs::metadata(&path).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o644);
    let printed = fixture.run("exporter asa --file -").success();
    assert_lines(&printed, &["gatelet_up{vendor=\"asa\"} 1"]);

    let refused = Fixture::dt(&server.url).run_args(["exporter", "--file", &path]);
    assert_eq!(refused.code, Some(3), "{refused:?}");
    assert!(!refused.raw_stderr.contains(CANARY), "{refused:?}");
    let metrics = std::fs::read_to_string(&path).unwrap();
    assert_lines(&metrics, &["gatelet_up{vendor=\"dt\"} 0"]);
    assert!(!metrics.contains("gatelet_dt_"), "{metrics}");
}

#[test]
fn an_exporter_refuses_to_start_where_others_reach_it_or_nothing_is_set_up() {
    let stderr = Fixture::dt("http://127.0.0.1:1")
        .run("exporter --listen 0.0.0.0:0")
        .fails_with(2);
    assert!(stderr.contains("--beyond-loopback"), "{stderr}");
    let stderr = Fixture::new().run("exporter").fails_with(13);
    assert!(stderr.contains("nothing is set up"), "{stderr}");
}
