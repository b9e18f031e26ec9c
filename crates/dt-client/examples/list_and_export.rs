//! Writes all ActiveGate tokens of an environment as CSV.
//!
//!     cargo run -p dt-client --example list_and_export
//!     cargo run -p dt-client --example list_and_export -- PAGE_TOKEN    # goes on where another run stopped
//!
//! It runs against the emulator. For your environment, build the client with its address and token, and `.build()?`.

#![allow(clippy::print_stderr, reason = "an example prints")]

use std::error::Error;
use std::io::{self, Write};

use dt_client::{ApiToken, Client, PageToken, TokioClock};
use gatelet_emulator::{Emulator, well_known};

#[tokio::main(flavor = "current_thread")]
pub(crate) async fn main() -> Result<(), Box<dyn Error>> {
    let emulator = Emulator::memory()?;
    emulator.seed()?;
    let client = Client::builder("https://abc12345.live.dynatrace.com")
        .credentials(ApiToken::new(well_known::DT_TOKEN)?)
        .build_with(emulator, TokioClock::new())?;

    let start = std::env::args().nth(1).map(|text| text.parse());
    export(&client, start.transpose()?, &mut io::stdout().lock()).await
}

/// Writes a row for every token, from a position on; `None` is the beginning.
pub(crate) async fn export(
    client: &Client,
    start: Option<PageToken>,
    output: &mut impl Write,
) -> Result<(), Box<dyn Error>> {
    // The largest page takes the fewest requests.
    let mut list = client.active_gate_tokens().list().page_size(3000);
    match start {
        Some(position) => list = list.page_token(position),
        None => writeln!(output, "id,name,owner,created,expires")?,
    }

    // A page at a time, so a list of any length fits into memory; the next one is on its way while this one is written.
    let mut pages = list.pages();
    loop {
        match pages.try_next().await {
            Ok(Some(page)) => {
                for token in page {
                    let expires = token.expiration_date.map(|date| date.to_string());
                    writeln!(
                        output,
                        "{},{},{},{},{}",
                        token.id,
                        quoted(&token.name),
                        quoted(&token.owner),
                        token.creation_date,
                        expires.unwrap_or_default()
                    )?;
                }
            }
            Ok(None) => return Ok(()),
            Err(error) => {
                // All pages before this one were written.
                if let Some(position) = error.resume_token() {
                    eprintln!("to go on from here: list_and_export {position}");
                }
                return Err(error.into());
            }
        }
    }
}

/// A text as a CSV field.
fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('"', "\"\""))
}
