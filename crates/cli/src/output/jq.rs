//! Expressions of jq over results.

use std::io::{self, Write};
use std::rc::Rc;

use jaq_core::compile::Compiler;
use jaq_core::data::JustLut;
use jaq_core::load::{Arena, File, Loader};
use jaq_core::{Ctx, Native, Vars};
use jaq_json::{Val, read};
use serde::Serialize;

use crate::error::refusal::Refusal;
use crate::output::json;
use crate::output::row::Row;
use crate::output::writer::Writer;
use crate::redaction::Redactor;
use crate::terminal::escape_for_display;

/// An expression of jq.
#[derive(Clone)]
pub(crate) struct Filter(Rc<jaq_core::compile::Filter<Native<JustLut<Val>>>>);

impl std::fmt::Debug for Filter {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Filter")
    }
}

impl Filter {
    /// Compiles an expression.
    ///
    /// # Errors
    /// It is no expression of jq, or calls an unknown function. The error does not repeat it.
    pub(crate) fn new(expression: &str) -> Result<Self, &'static str> {
        const INVALID: &str = "not an expression of jq";
        let definitions = jaq_core::defs()
            .chain(jaq_std::defs())
            .chain(jaq_json::defs());
        let functions = jaq_core::funs()
            .chain(jaq_std::funs())
            .chain(jaq_json::funs());
        let arena = Arena::default();
        let file = File {
            code: expression,
            path: (),
        };
        let modules = Loader::new(definitions).load(&arena, file);
        let modules = modules.map_err(|_| INVALID)?;
        let filter = Compiler::default().with_funs(functions).compile(modules);
        filter.map(|it| Self(Rc::new(it))).map_err(|_| INVALID)
    }

    /// Writes what the expression makes of a JSON document, each value on a line, and strings without quotes.
    ///
    /// # Errors
    /// The expression does not fit the document, which is not repeated: it may have a secret. Or the write fails.
    pub(crate) fn write(
        &self,
        json: &[u8],
        is_escaped: bool,
        sink: &mut dyn Write,
    ) -> io::Result<()> {
        let unfit = || Refusal::failed("--jq: the expression does not fit the result");
        let document = read::parse_single(json).map_err(|_| unfit())?;
        let context = Ctx::<JustLut<Val>>::new(&self.0.lut, Vars::new([]));
        for value in self.0.id.run((context, document)) {
            let text = match value.map_err(|_| unfit())? {
                Val::TStr(text) | Val::BStr(text) => String::from_utf8_lossy(&text).into_owned(),
                value => value.to_string(),
            };
            match is_escaped {
                true => {
                    for line in text.split('\n') {
                        writeln!(sink, "{}", escape_for_display(line))?;
                    }
                }
                false => writeln!(sink, "{text}")?,
            }
        }
        Ok(())
    }
}

/// Applies an expression to a list as a whole, which is held until its end.
pub(crate) struct Whole {
    filter: Filter,
    is_escaped: bool,
    array: json::Array,
    json: Vec<u8>,
}

impl Whole {
    pub(crate) fn new(filter: Filter, is_escaped: bool, redactor: Redactor) -> Self {
        Self {
            filter,
            is_escaped,
            array: json::Array::new(false, redactor),
            json: Vec::new(),
        }
    }
}

impl<T: Serialize> Writer<T> for Whole {
    fn write(&mut self, rows: &[Row<T>], _: &mut dyn Write) -> io::Result<()> {
        self.array.write(rows, &mut self.json)
    }

    fn finish(&mut self, sink: &mut dyn Write) -> io::Result<()> {
        Writer::<T>::finish(&mut self.array, &mut self.json)?;
        self.filter.write(&self.json, self.is_escaped, sink)
    }
}

/// Applies an expression to each item of a list.
pub(crate) struct Each {
    pub(crate) filter: Filter,
    pub(crate) is_escaped: bool,
    pub(crate) redactor: Redactor,
}

impl<T: Serialize> Writer<T> for Each {
    fn write(&mut self, rows: &[Row<T>], sink: &mut dyn Write) -> io::Result<()> {
        for row in rows {
            let json = json::to_vec(row, false, false, &self.redactor)?;
            self.filter.write(&json, self.is_escaped, sink)?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn written(mut writer: impl Writer<Value>) -> String {
        let mut sink = Vec::new();
        writer
            .write(&[json!({"id": "a\u{202e}", "n": 1}).into()], &mut sink)
            .unwrap();
        writer
            .write(&[json!({"id": "b", "n": [2, null]}).into()], &mut sink)
            .unwrap();
        writer.finish(&mut sink).unwrap();
        String::from_utf8(sink).unwrap()
    }

    fn filter(expression: &str) -> Filter {
        Filter::new(expression).unwrap()
    }

    #[test]
    fn an_expression_is_applied_to_the_whole_list_or_to_each_item() {
        assert_eq!(
            written(Whole::new(filter("length"), false, Redactor::default())),
            "2\n"
        );
        assert_eq!(
            written(Whole::new(filter(".[] | .id"), false, Redactor::default())),
            "a\u{202e}\nb\n"
        );
        let each = Each {
            filter: filter(".id, .n"),
            is_escaped: true,
            redactor: Redactor::default(),
        };
        assert_eq!(written(each), "a\\u{202e}\n1\nb\n[2,null]\n");
    }

    #[test]
    fn an_error_repeats_neither_expression_nor_document() {
        for wrong in ["hunter2", ".[", "hunter2(1)", "'"] {
            assert_eq!(Filter::new(wrong).unwrap_err(), "not an expression of jq");
        }
        let error = filter(".a.b").write(br#"{"a": "hunter2"}"#, false, &mut io::sink());
        assert_eq!(
            error.unwrap_err().to_string(),
            "--jq: the expression does not fit the result"
        );
    }
}
