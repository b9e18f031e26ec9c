//! OAuth's client credentials grant. It is written by hand: the exchange is OAuth's and not a part of the described API.

pub(crate) mod client_secret;
pub(crate) mod dialect;
pub(crate) mod oauth_client;
pub(crate) mod token_service;
