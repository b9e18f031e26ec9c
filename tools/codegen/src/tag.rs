//! Reads tags: families of operations, and the commands beside those of their operations.

use super::diagnostics::Diagnostics;
use super::ir::{OwnCommand, Tag};
use super::reader::{Reader, entries, list, prose};
use super::yaml::Node;

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
            let commands = reader.take("x-commands");
            let tag = Tag {
                name: reader.need_text("name", diagnostics),
                description: reader.need_prose("description", diagnostics),
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

fn own_commands(node: &Node, diagnostics: &mut Diagnostics) -> Vec<OwnCommand> {
    let entries = entries(node, diagnostics).unwrap_or_default();
    let commands = entries.iter().map(|entry| OwnCommand {
        name: entry.key.clone(),
        summary: prose(&entry.value, diagnostics).unwrap_or_default(),
        at: entry.at,
    });
    commands.collect()
}
