//! Writes all ActiveGate tokens of an environment as CSV.
//!
//!     cargo run -p dt-client --example list_and_export
//!     cargo run -p dt-client --example list_and_export -- PAGE_TOKEN    # resumes where another run stopped
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

/// Writes a row for every token, starting at a page token; `None` is the beginning.
pub(crate) async fn export(
    client: &Client,
    start: Option<PageToken>,
    output: &mut impl Write,
) -> Result<(), Box<dyn Error>> {
    // The largest pages need the fewest requests.
    let mut list = client.active_gate_tokens().list().page_size(3000);
    match start {
        Some(token) => list = list.page_token(token),
        None => writeln!(output, "id,name,owner,created,expires")?,
    }

    // One page is in memory and the next one prefetched, so a list of any length fits.
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
                        quoted(token.name.as_deref().unwrap_or_default()),
                        quoted(token.owner.as_deref().unwrap_or_default()),
                        token.creation_date,
                        expires.unwrap_or_default()
                    )?;
                }
            }
            Ok(None) => return Ok(()),
            Err(error) => {
                // All pages before it were written.
                if let Some(token) = error.resume_token() {
                    eprintln!("to resume here: list_and_export {token}");
                }
                return Err(error.into());
            }
        }
    }
}

/// Returns a text as a CSV field.
fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('"', "\"\""))
}
