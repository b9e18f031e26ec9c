//! `gatelet exporter`.

mod asa;
pub(crate) mod command;
mod dt;
mod reading;
mod route;
mod sample;
mod server;
mod shared_reading;
mod source;
mod text_file;
mod text_format;
