//! asa-client.
