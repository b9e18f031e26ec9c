//! Prints the request that a dry run did not send.

use std::io::{self, Write};

use crate::output::output::{Format, Output};
use crate::output::planned_request::PlannedRequest;
use crate::terminal::escape_for_display;

/// Prints the request: for people as lines, and otherwise as an object or a row. `None` is a command that would send none.
///
/// # Errors
/// The write failed.
pub(crate) fn print(
    planned: Option<PlannedRequest>,
    output: &mut Output<impl Write>,
) -> io::Result<()> {
    let Some(planned) = planned else {
        output.log().print("dry run: nothing would be changed");
        return Ok(());
    };
    let then = planned.then().to_vec();
    match output.format() {
        Format::Table | Format::Wide | Format::Markdown => print_lines(&planned, output)?,
        _ => output.item(planned)?,
    }
    let log = output.log();
    log.print("dry run: this request was not sent, and nothing was changed");
    for step in then {
        log.print(format!("dry run: then it would {step}"));
    }
    Ok(())
}

fn print_lines(planned: &PlannedRequest, output: &mut Output<impl Write>) -> io::Result<()> {
    let lines = planned.lines(&output.log().secrets().redactor())?;
    let shown = lines.iter().map(|line| escape_for_display(line));
    let text = shown.fold(String::new(), |text, line| text + &line + "\n");
    output.sink().write_all(text.as_bytes())?;
    output.sink().flush()
}
