//! Text that is safe to show on a terminal.

use std::io::{self, Write as _};
use std::sync::atomic::{AtomicBool, Ordering};

use gatelet_transport::is_displayable;

/// Whether the lines on stderr are JSON: the process runs one command.
static HAS_JSON_LINES: AtomicBool = AtomicBool::new(false);

/// Makes the lines of the log on stderr JSON.
pub(crate) fn use_json_lines() {
    HAS_JSON_LINES.store(true, Ordering::Relaxed);
}

/// Returns whether the lines of the log on stderr are JSON.
pub(crate) fn has_json_lines() -> bool {
    HAS_JSON_LINES.load(Ordering::Relaxed)
}

/// Writes one escaped line to stderr. Write errors are ignored.
pub(crate) fn eprint_line(line: &str) {
    eprint_whole(format!("gatelet: {}\n", escape_for_display(line)));
}

/// Writes a line of JSON to stderr. Write errors are ignored.
pub(crate) fn eprint_json(json: &str) {
    eprint_whole(format!("{json}\n"));
}

/// Writes a text to stderr at once, so that what a child process writes there does not get into the middle of a line. Write errors are ignored.
fn eprint_whole(text: String) {
    let _ = io::stderr().write_all(text.as_bytes());
}

/// Escapes invisible and control characters, so that the text stays on one line and cannot control a terminal.
pub(crate) fn escape_for_display(text: &str) -> String {
    text.chars()
        .fold(String::with_capacity(text.len()), |mut visible, c| {
            if is_displayable(c) {
                visible.push(c);
            } else {
                visible.extend(c.escape_default());
            }
            visible
        })
}

/// Escapes invisible and control characters in JSON, which changes no value: outside of strings there are none.
pub(crate) fn escape_in_json(json: &str) -> String {
    let mut visible = String::with_capacity(json.len());
    for c in json.chars() {
        match is_displayable(c) {
            true => visible.push(c),
            false => {
                let units = c.encode_utf16(&mut [0; 2]).to_vec();
                visible.extend(units.iter().map(|unit| format!("\\u{unit:04x}")));
            }
        }
    }
    visible
}

/// Returns a line for a shell: a command, its options, and arguments that may come from a server.
pub(crate) fn command_line(command: &str, options: &[String], arguments: &[&str]) -> String {
    let is_option = |argument: &&str| argument.starts_with('-');
    let dashes = arguments.iter().any(is_option).then_some("--");
    let options = options.iter().map(String::as_str);
    let words = options.chain(dashes).chain(arguments.iter().copied());
    words.fold(command.to_owned(), |line, word| {
        format!("{line} {}", quote_for_shell(word))
    })
}

/// Quotes a text that a shell would not take for one word. The result has visible characters only: others become escapes that bash, zsh
/// and ksh read, because those for display would be part of the text.
pub(crate) fn quote_for_shell(text: &str) -> String {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "_-.@/+:%=".contains(c);
    // zsh takes a word that starts with an equals sign for a command.
    let is_word = !text.is_empty() && !text.starts_with('=');
    match is_word && text.chars().all(is_plain) {
        true => text.to_owned(),
        false if text.chars().all(is_displayable) => {
            format!("'{}'", text.replace('\'', r"'\''"))
        }
        false => format!(
            "$'{}'",
            text.chars().map(escape_for_shell).collect::<String>()
        ),
    }
}

/// Escapes a character between `$'` and `'`.
fn escape_for_shell(c: char) -> String {
    match c {
        '\'' | '\\' => format!("\\{c}"),
        _ if is_displayable(c) => c.to_string(),
        // Three octal digits end by themselves, whatever follows.
        _ => {
            let text = c.to_string();
            text.bytes().map(|byte| format!("\\{byte:03o}")).collect()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_argument_of_a_command_line_is_one_word_and_no_option() {
        let line = |arguments: &[&str]| command_line("rm", &[], arguments);
        assert_eq!(line(&["bot", "dt0g02.A"]), "rm bot dt0g02.A");
        assert_eq!(line(&["-rf", ""]), "rm -- -rf ''");
        assert_eq!(line(&["x; reboot", "it's"]), r"rm 'x; reboot' 'it'\''s'");
        assert_eq!(line(&["=ls", "a=b"]), "rm '=ls' a=b");
        let options = ["--force".to_owned()];
        let line = command_line("rm", &options, &["-x"]);
        assert_eq!(line, "rm --force -- -x");
    }

    #[cfg(unix)]
    #[test]
    fn a_shell_reads_invisible_characters_back_from_their_escapes() {
        for text in [
            "team \u{200d}\u{1f469}\u{200d}\u{1f4bb} edge",
            "a\nb\t1\u{7f}\u{9b}7",
            "it's \\ \u{202e}",
            "\\n 'plain' $HOME ü",
        ] {
            let quoted = quote_for_shell(text);
            assert_eq!(escape_for_display(&quoted), quoted);
            let script = format!("printf %s {quoted}");
            let mut shell = std::process::Command::new("bash");
            let printed = shell.args(["-c", &script]).output().unwrap().stdout;
            assert_eq!(String::from_utf8(printed).unwrap(), text, "{quoted}");
        }
        assert_eq!(quote_for_shell("a\u{200d}'"), r"$'a\342\200\215\''");
    }

    #[test]
    fn control_characters_are_escaped() {
        assert_eq!(
            escape_for_display("ü\n\u{1b}[31m\u{9b}\u{202e}"),
            "ü\\n\\u{1b}[31m\\u{9b}\\u{202e}"
        );
        assert_eq!(
            escape_for_display(
                "\t\u{7f}\u{200e}\u{200f}\u{61c}\u{200b}\u{2028}\u{feff}\u{e0041}\u{3164}"
            ),
            "\\t\\u{7f}\\u{200e}\\u{200f}\\u{61c}\\u{200b}\\u{2028}\\u{feff}\\u{e0041}\\u{3164}"
        );
        for seen in ["it's \"x\" \\", "e\u{301} 語\u{3000}語", "\u{2764}\u{fe0f}"] {
            assert_eq!(escape_for_display(seen), seen);
        }
    }
}
