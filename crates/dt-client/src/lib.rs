//! dt-client.
