//! Reads tags: families of operations, and the commands beside those of their operations.

use super::diagnostics::{Diagnostics, Position};
use super::ir::{Noun, OwnCommand, Tag};
use super::names;
use super::prose::Prose;
use super::reader::{Reader, entries, list, prose, text};
use super::yaml::{Entry, Node, Value};

/// The most words of a noun.
const MOST_WORDS: usize = 3;

/// Returns the tags of a description.
pub(crate) fn tags(document: &mut Reader<'_>, diagnostics: &mut Diagnostics) -> Vec<Tag> {
    let nodes = document
        .need("tags", diagnostics)
        .and_then(|node| list(node, diagnostics))
        .unwrap_or_default();
    nodes
        .iter()
        .filter_map(|node| {
            let mut reader = Reader::new(node, "a tag", diagnostics)?;
            let noun = reader.take("x-noun");
            let commands = reader.take("x-commands");
            let aliases = reader.texts("x-aliases", diagnostics);
            let tag = Tag {
                name: reader.need_text("name", diagnostics),
                description: reader.need_prose("description", diagnostics),
                noun: noun.and_then(|node| read_noun(node, diagnostics)),
                aliases: aliases
                    .into_iter()
                    .map(|alias| read_alias(alias, diagnostics))
                    .collect(),
                commands: commands
                    .map(|node| own_commands(node, diagnostics))
                    .unwrap_or_default(),
                at: node.at,
            };
            reader.finish(diagnostics);
            Some(tag)
        })
        .collect()
}

fn read_noun(node: &Node, diagnostics: &mut Diagnostics) -> Option<Noun> {
    let words: Vec<String> = text(node, diagnostics)?
        .split(' ')
        .map(str::to_owned)
        .collect();
    if words.len() > MOST_WORDS {
        let what = format!("`x-noun` with {} words", words.len());
        let fix = format!("write at most {MOST_WORDS}; hyphens join the parts of one word");
        diagnostics.add(node.at, what, fix);
    } else if let Some(word) = words.iter().find(|it| !is_word(it)) {
        let what = format!("`{word}` cannot be a word of a noun");
        let fix = "write words of lower-case letters with one space between them, such as `service-user key`";
        diagnostics.add(node.at, what, fix);
    }
    Some(Noun { words, at: node.at })
}

fn read_alias((alias, at): (&str, Position), diagnostics: &mut Diagnostics) -> String {
    if !is_word(alias) {
        let what = format!("`{alias}` cannot be another name of commands");
        let fix = "write one word of lower-case letters, such as `gw` or `setup-token`";
        diagnostics.add(at, what, fix);
    }
    alias.to_owned()
}

/// Returns whether clap makes the same word again of the name of its variant: a part of one letter would join the next.
fn is_word(word: &str) -> bool {
    let mut parts = word.split('-');
    let is_plain = parts.all(|it| it.len() > 1 && it.bytes().all(|c| c.is_ascii_lowercase()));
    is_plain && word != "help" && names::is_identifier(&names::pascal(word))
}

fn own_commands(node: &Node, diagnostics: &mut Diagnostics) -> Vec<OwnCommand> {
    let entries = entries(node, diagnostics).unwrap_or_default();
    let commands = entries.iter().map(|entry| own_command(entry, diagnostics));
    commands.collect()
}

/// Returns a command: its sentence alone if it only reads, or an object.
fn own_command(entry: &Entry, diagnostics: &mut Diagnostics) -> OwnCommand {
    let mut command = OwnCommand {
        name: entry.key.clone(),
        summary: Prose::default(),
        changes: false,
        at: entry.at,
    };
    if !matches!(entry.value.value, Value::Object(_)) {
        command.summary = prose(&entry.value, diagnostics).unwrap_or_default();
        return command;
    }
    if let Some(mut reader) = Reader::new(&entry.value, "a command", diagnostics) {
        command.summary = reader.need_prose("summary", diagnostics);
        command.changes = reader.boolean("changes", diagnostics).unwrap_or_default();
        reader.finish(diagnostics);
    }
    command
}
