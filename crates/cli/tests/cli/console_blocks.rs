//! The console blocks of the README and the docs.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::run::Fixture;

/// A command of a block, and the lines below it.
struct Step {
    command: String,
    printed: Vec<String>,
}

/// Returns the README and the pages of the docs.
fn pages() -> Vec<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let docs = fs::read_dir(root.join("docs")).unwrap();
    let docs = docs.map(|entry| entry.unwrap().path());
    let mut pages: Vec<_> = docs
        .filter(|path| path.extension().is_some_and(|it| it == "md"))
        .collect();
    pages.push(root.join("README.md"));
    pages
}

/// Returns the console blocks of a page.
fn blocks(page: &str) -> Vec<Vec<Step>> {
    let texts = page.split("```console\n").skip(1);
    let texts = texts.filter_map(|rest| Some(rest.split_once("```")?.0));
    texts.map(steps).collect()
}

fn steps(block: &str) -> Vec<Step> {
    let mut steps: Vec<Step> = Vec::new();
    for line in block.lines() {
        match (line.strip_prefix("$ "), steps.last_mut()) {
            (Some(command), _) => steps.push(Step {
                command: command.to_owned(),
                printed: Vec::new(),
            }),
            (None, Some(step)) => step.printed.push(line.to_owned()),
            (None, None) => panic!("a block must begin with a command: {line}"),
        }
    }
    steps
}

/// Masks what differs from run to run: times, new ids and secrets, and so the widths of columns.
fn masked(line: &str) -> String {
    let mask = |word: &str| {
        let is_time =
            word.len() >= 20 && word.ends_with('Z') && word.as_bytes().get(10) == Some(&b'T');
        let new = word.trim_end_matches(':').strip_prefix("dt0g02.");
        let is_new = new.is_some_and(|new| {
            let (id, secret) = new.split_once('.').unwrap_or((new, ""));
            id.len() == 8 && !id.contains(|c: char| c.is_ascii_lowercase()) && !secret.contains(' ')
        });
        match (is_time, is_new) {
            (true, _) => "TIME".to_owned(),
            (_, true) => format!("TOKEN{}", word.matches('.').count()),
            _ => word.to_owned(),
        }
    };
    let words: Vec<_> = line.split_whitespace().map(mask).collect();
    words.join(" ")
}

fn masked_lines<'a>(lines: impl IntoIterator<Item = &'a str>) -> Vec<String> {
    let lines = lines.into_iter().map(masked);
    lines.filter(|line| !line.is_empty()).collect()
}

// U38
#[test]
fn a_console_block_shows_what_its_commands_print() {
    let mut commands = 0;
    for path in pages() {
        let page = fs::read_to_string(&path).unwrap();
        for block in blocks(&page) {
            let fixture = Fixture::new();
            symlink(env!("CARGO_BIN_EXE_gatelet"), fixture.path("gatelet")).unwrap();
            let folder = fixture.path("");
            for Step { command, printed } in block {
                // The binary is there already.
                if command.starts_with("alias ") {
                    continue;
                }
                let inner = fixture.command::<&str>([]);
                let variables = inner.get_envs();
                let variables = variables.filter_map(|(name, value)| Some((name, value?)));
                let run = Command::new("sh")
                    .args([
                        "-c",
                        &format!("PATH=\"{folder}:$PATH\"\n{{ {command}\n}} 2>&1"),
                    ])
                    .envs(variables)
                    .stdin(Stdio::null())
                    .output()
                    .unwrap();
                let actual = String::from_utf8(run.stdout).unwrap();
                assert_eq!(
                    masked_lines(printed.iter().map(String::as_str)),
                    masked_lines(actual.lines()),
                    "{}: {command}",
                    path.display()
                );
                commands += 1;
            }
        }
    }
    assert!(commands > 0, "no page has a console block");
}
