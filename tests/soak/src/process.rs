//! A child process of this program, so that its memory and descriptors are counted separately.

use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

/// A child process that exchanges lines with this one.
#[derive(Debug)]
pub(crate) struct Process {
    child: Child,
    stdin: ChildStdin,
    stdout: BufReader<ChildStdout>,
}

impl Process {
    /// Starts the program with these arguments.
    pub(crate) fn start(program: &Path, arguments: &[&str]) -> Self {
        let mut child = Command::new(program)
            .args(arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let stdin = child.stdin.take().unwrap();
        let stdout = BufReader::new(child.stdout.take().unwrap());
        Self {
            child,
            stdin,
            stdout,
        }
    }

    /// Blocks until it prints a line, and returns the line.
    pub(crate) fn next_line(&mut self) -> String {
        let mut line = String::new();
        self.stdout.read_line(&mut line).unwrap();
        line.trim_end().to_owned()
    }

    /// Sends an empty line, for which the process waits in [`wait_for_line`].
    pub(crate) fn send_line(&mut self) {
        self.stdin.write_all(b"\n").unwrap();
    }

    /// Returns its resident memory, in bytes.
    pub(crate) fn memory(&self) -> u64 {
        self.read_status("VmRSS:")
    }

    /// Returns its peak resident memory, in bytes.
    pub(crate) fn peak_memory(&self) -> u64 {
        self.read_status("VmHWM:")
    }

    fn read_status(&self, name: &str) -> u64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id())).unwrap();
        let line = status.lines().find(|line| line.starts_with(name));
        let kilobytes: u64 = line
            .unwrap()
            .split_whitespace()
            .nth(1)
            .unwrap()
            .parse()
            .unwrap();
        kilobytes * 1024
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Prints a line for the parent process.
#[allow(clippy::print_stdout, reason = "the processes communicate over it")]
pub(crate) fn print_line(line: &str) {
    println!("{line}");
}

/// Blocks until a line of standard input arrives; returns false at its end.
pub(crate) fn wait_for_line() -> bool {
    std::io::stdin()
        .lock()
        .read_line(&mut String::new())
        .unwrap_or(0)
        > 0
}
