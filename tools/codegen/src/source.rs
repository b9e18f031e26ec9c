//! Sources of facts in doc comments.

use proc_macro2::TokenStream;

use super::ir::Schema;
use super::markdown::Markdown;
use super::prose::Prose;
use super::rust::doc_of;

/// Returns the doc comment of a schema: its description and its source.
pub(crate) fn schema_doc(schema: &Schema) -> TokenStream {
    doc_of(
        &schema
            .description
            .sentence()
            .paragraph(source(&schema.source)),
    )
}

/// Returns the sentence that names a source.
pub(crate) fn source(source: &Prose) -> Markdown {
    Markdown::own("Source:").and(source.sentence())
}
