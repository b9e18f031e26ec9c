//! Runs `gatelet` in an isolated environment.

use std::ffi::OsStr;
use std::io::{BufRead as _, BufReader};
use std::path::PathBuf;
use std::process::{Child, ChildStderr, Command, Output, Stdio};
#[cfg(unix)]
use std::sync::OnceLock;

use gatelet_test_support::raw_server::{RawResponse, RawServer, response};
use tempfile::TempDir;

/// An environment to run the binary in: its own variables, folder and emulator state.
pub(crate) struct Fixture {
    folder: TempDir,
    variables: Vec<(&'static str, String)>,
}

impl Fixture {
    pub(crate) fn new() -> Self {
        #[cfg(unix)]
        take_interrupts();
        let fixture = Self {
            folder: tempfile::tempdir().unwrap(),
            variables: Vec::new(),
        };
        let data = fixture.path("emulator.redb");
        fixture.with("GATELET_EMULATOR_DATA", data)
    }

    /// Adds a variable.
    pub(crate) fn with(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.variables.push((name, value.into()));
        self
    }

    /// Sets the URL of a Dynatrace environment and any credential.
    pub(crate) fn dt(url: &str) -> Self {
        Self::new()
            .with("GATELET_DT_URL", url)
            .with("GATELET_DT_TOKEN", CANARY)
    }

    /// Sets the URL of an ASA team and any credential.
    pub(crate) fn asa(url: &str) -> Self {
        Self::new()
            .with("GATELET_ASA_URL", url)
            .with("GATELET_ASA_TEAM", "example-team")
            .with("GATELET_ASA_KEY_ID", "5c1f3f0e-3a52-4a35-9a0c-2f6b6a0effff")
            .with("GATELET_ASA_KEY_SECRET", CANARY)
    }

    /// Returns the path of a file in the fixture's folder.
    pub(crate) fn path(&self, name: &str) -> String {
        self.folder.path().join(name).to_str().unwrap().to_owned()
    }

    /// Writes a file to the fixture's folder, for its owner only.
    pub(crate) fn file(&self, name: &str, content: impl AsRef<[u8]>) -> PathBuf {
        let path = self.folder.path().join(name);
        std::fs::write(&path, content).unwrap();
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o600)).unwrap();
        }
        path
    }

    pub(crate) fn command<A: AsRef<OsStr>>(
        &self,
        arguments: impl IntoIterator<Item = A>,
    ) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_gatelet"));
        command
            .args(arguments)
            .env_clear()
            .envs(self.variables.iter().map(|(name, value)| (name, value)))
            .stdin(Stdio::null());
        command
    }

    /// Runs a command line whose arguments are separated by spaces.
    pub(crate) fn run(&self, line: &str) -> CommandOutput {
        self.run_args(line.split_whitespace())
    }

    /// Runs arguments in a shell that redirects the streams, for example `>&-`.
    pub(crate) fn run_in_shell<A: AsRef<OsStr>>(
        &self,
        run_args: impl IntoIterator<Item = A>,
        redirection: &str,
    ) -> CommandOutput {
        let inner = self.command(run_args);
        let variables = inner.get_envs();
        let variables = variables.filter_map(|(name, value)| Some((name, value?)));
        let shell = Command::new("sh")
            .args(["-c", &format!("exec \"$0\" \"$@\" {redirection}")])
            .arg(inner.get_program())
            .args(inner.get_args())
            .env_clear()
            .envs(variables)
            .stdin(Stdio::null())
            .output();
        shell.unwrap().into()
    }

    /// Runs a command line in a shell that first runs a command, such as `ulimit`.
    #[cfg(unix)]
    pub(crate) fn run_after(&self, first: &str, line: &str) -> CommandOutput {
        let shell = Command::new("/bin/sh")
            .args(["-c", &format!("{first} && exec \"$0\" \"$@\"")])
            .arg(env!("CARGO_BIN_EXE_gatelet"))
            .args(line.split_whitespace())
            .env_clear()
            .envs(self.variables.iter().map(|(name, value)| (name, value)))
            .stdin(Stdio::null())
            .output();
        shell.unwrap().into()
    }

    pub(crate) fn run_args<A: AsRef<OsStr>>(
        &self,
        run_args: impl IntoIterator<Item = A>,
    ) -> CommandOutput {
        self.command(run_args).output().unwrap().into()
    }
}

/// Starts an ASA server that accepts every key; `respond` handles its other paths.
pub(crate) fn team(respond: impl Fn(&str) -> RawResponse + Send + Sync + 'static) -> RawServer {
    let bearer = r#"{"bearer_token":"CANARY","expires_at":"2099-01-01T00:00:00Z","team_name":"example-team"}"#;
    RawServer::new(move |request| match request.contains("/service_token ") {
        true => RawResponse::Bytes(response("200 OK", "application/json", bearer)),
        false => respond(request),
    })
}

/// A secret that must never be printed.
pub(crate) const CANARY: &str = "dt0c01.CANARYPUBLIC.CANARYSECRETCANARYSECRET";

/// The exit code and output of a command.
#[derive(Debug)]
pub(crate) struct CommandOutput {
    pub(crate) code: Option<i32>,
    pub(crate) stdout: String,
    /// The lines on stderr, with its message in place of an error object.
    pub(crate) stderr: String,
    /// Stderr as it is.
    pub(crate) raw_stderr: String,
}

/// Returns the lines of an error, whose messages are members where results are JSON.
fn error_lines(line: &str) -> String {
    let object = serde_json::from_str::<serde_json::Value>(line);
    let Some(error) = object
        .ok()
        .and_then(|mut it| Some(it.get_mut("error")?.take()))
    else {
        return line.to_owned();
    };
    let parts = error["errors"].as_array().into_iter().flatten();
    let messages = parts.chain([&error]).map(|it| it["message"].as_str());
    let lines = messages.flatten().map(|it| format!("gatelet: {it}\n"));
    lines.collect()
}

impl From<Output> for CommandOutput {
    fn from(output: Output) -> Self {
        let raw_stderr = String::from_utf8(output.stderr).unwrap();
        let output = Self {
            code: output.status.code(),
            stdout: String::from_utf8(output.stdout).unwrap(),
            stderr: raw_stderr.split_inclusive('\n').map(error_lines).collect(),
            raw_stderr,
        };
        assert!(!format!("{output:?}").contains("CANARY"), "{output:?}");
        output
    }
}

impl CommandOutput {
    /// Returns the stdout of a successful command.
    #[track_caller]
    pub(crate) fn success(self) -> String {
        assert_eq!(self.code, Some(0), "{self:?}");
        self.stdout
    }

    /// Returns the JSON document of a successful command.
    #[track_caller]
    pub(crate) fn json(self) -> serde_json::Value {
        serde_json::from_str(&self.success()).unwrap()
    }

    /// Returns the one line on stderr of a command that failed with `code` and printed nothing to stdout.
    #[track_caller]
    pub(crate) fn fails_with(self, code: i32) -> String {
        assert_eq!(
            (self.code, self.stdout.as_str()),
            (Some(code), ""),
            "{self:?}"
        );
        assert!(
            self.stderr.starts_with("gatelet: ") && self.stderr.ends_with('\n'),
            "{self:?}"
        );
        assert_eq!(self.stderr.lines().count(), 1, "{self:?}");
        self.stderr
    }
}

/// The number of lines that `gatelet emulator serve` prints for shells.
const ENVIRONMENT_LINES: usize = 12;

/// A running `gatelet emulator serve`.
pub(crate) struct EmulatorServer {
    process: Child,
    pub(crate) url: String,
    /// The `export` lines that it prints.
    pub(crate) environment: String,
    stderr: BufReader<ChildStderr>,
}

impl EmulatorServer {
    pub(crate) fn start(fixture: &Fixture) -> Self {
        Self::start_with(fixture, &[])
    }

    /// Starts it with more options.
    pub(crate) fn start_with(fixture: &Fixture, options: &[&str]) -> Self {
        Self::spawn(fixture.command([&["emulator", "serve"], options].concat()))
    }

    /// Starts it in a shell that first runs a command, such as `ulimit`.
    #[cfg(unix)]
    pub(crate) fn start_after(fixture: &Fixture, first: &str, options: &[&str]) -> Self {
        let mut shell = Command::new("/bin/sh");
        let binary = env!("CARGO_BIN_EXE_gatelet");
        let script = format!("{first} && exec \"$0\" \"$@\"");
        shell
            .args(["-c", &script, binary, "emulator", "serve"])
            .args(options)
            .env_clear()
            .envs(fixture.variables.iter().map(|(name, value)| (name, value)))
            .stdin(Stdio::null());
        Self::spawn(shell)
    }

    fn spawn(mut command: Command) -> Self {
        let piped = command.stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut process = piped.spawn().unwrap();
        let mut url = String::new();
        BufReader::new(process.stdout.take().unwrap())
            .read_line(&mut url)
            .unwrap();
        let mut stderr = BufReader::new(process.stderr.take().unwrap());
        let environment = (&mut stderr)
            .lines()
            .take(ENVIRONMENT_LINES)
            .map(|line| line.unwrap() + "\n")
            .collect();
        Self {
            process,
            url: url.trim_end().to_owned(),
            environment,
            stderr,
        }
    }

    /// Returns a fixture with the printed environment.
    pub(crate) fn fixture(&self) -> Fixture {
        self.fixture_of("export ")
    }

    /// Returns a fixture with the printed environment, and the OAuth client in place of the Dynatrace token.
    pub(crate) fn oauth_fixture(&self) -> Fixture {
        self.fixture_of("# export ")
            .with("GATELET_DT_URL", &self.url)
    }

    fn fixture_of(&self, start: &str) -> Fixture {
        let mut fixture = Fixture::new();
        for line in self.environment.lines() {
            if let Some(variable) = line.strip_prefix(start) {
                let (name, value) = variable.split_once('=').unwrap();
                fixture = fixture.with(String::leak(name.to_owned()), value.trim_matches('\''));
            }
        }
        fixture
    }

    /// Returns its host and port.
    pub(crate) fn address(&self) -> &str {
        self.url.strip_prefix("http://").unwrap()
    }

    pub(crate) fn id(&self) -> u32 {
        self.process.id()
    }

    /// Sends a signal.
    pub(crate) fn signal(&self, signal: &str) {
        send_signal(signal, &self.process);
    }

    /// Kills it.
    pub(crate) fn kill(mut self) {
        self.process.kill().unwrap();
        self.process.wait().unwrap();
    }

    /// Waits until it ends; returns its exit code and the remaining lines of stderr.
    pub(crate) fn wait(mut self) -> (Option<i32>, Vec<String>) {
        let stderr = (&mut self.stderr).lines().map(Result::unwrap).collect();
        (self.process.wait().unwrap().code(), stderr)
    }

    /// Sends a signal, waits until it ends and returns its exit code.
    pub(crate) fn stop(self, signal: &str) -> Option<i32> {
        self.signal(signal);
        self.wait().0
    }
}

impl Drop for EmulatorServer {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// Makes the commands take Ctrl-C although these tests were started to ignore it, as by `command &` in a script: a signal that this process
/// handles has its default effect on those that it starts.
#[cfg(unix)]
fn take_interrupts() {
    use tokio::signal::unix::{SignalKind, signal};
    static TAKEN: OnceLock<()> = OnceLock::new();
    TAKEN.get_or_init(|| {
        // Otherwise, Ctrl-C ends these tests.
        if is_ignored("INT") {
            let mut runtime = tokio::runtime::Builder::new_current_thread();
            let runtime = runtime.enable_all().build().unwrap();
            let _entered = runtime.enter();
            // The handler stays when its stream is dropped.
            signal(SignalKind::interrupt()).map(drop).unwrap();
        }
    });
}

/// Returns the signals that end a command, each with its exit code and the first word of its line. SIGHUP is not among them if these tests
/// were started to ignore it, as by `nohup`, because their commands ignore it, too.
pub(crate) fn stop_signals() -> Vec<(&'static str, i32, &'static str)> {
    let mut signals = vec![("-INT", 130, "interrupted"), ("-TERM", 143, "terminated")];
    if !is_ignored("HUP") {
        signals.push(("-HUP", 129, "hung up"));
    }
    signals
}

/// Returns whether the shell says that a signal is ignored: a shell cannot trap such a signal.
fn is_ignored(name: &str) -> bool {
    let shell = Command::new("sh")
        .args([
            "-c",
            &format!("trap 'exit 3' {name}; kill -{name} $$; exit 4"),
        ])
        .status()
        .unwrap();
    shell.code() == Some(4)
}

/// Sends a signal to a process.
pub(crate) fn send_signal(signal: &str, process: &Child) {
    let sent = Command::new("kill")
        .args([signal, &process.id().to_string()])
        .status()
        .unwrap();
    assert!(sent.success());
}

/// Waits until a process catches SIGTERM.
pub(crate) fn wait_until_signals_are_caught(process: &Child) {
    let status = format!("/proc/{}/status", process.id());
    while !catches_sigterm(&std::fs::read_to_string(&status).unwrap()) {
        std::thread::yield_now();
    }
}

/// Returns whether the text of `/proc/PID/status` has SIGTERM, the 15th signal, among those that are caught.
fn catches_sigterm(status: &str) -> bool {
    let mut lines = status.lines();
    let caught = lines.find_map(|line| line.strip_prefix("SigCgt:")).unwrap();
    u64::from_str_radix(caught.trim(), 16).unwrap() & (1 << 14) != 0
}
