//! Converts names of a description to Rust names.

/// Splits `refuseConnections`, `gateway-agent` or `ENVIRONMENT` into words in lower case.
fn words(name: &str) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    let mut previous = ' ';
    let has_lower = name.chars().any(|c| c.is_ascii_lowercase());
    for c in name.chars() {
        let begins = has_lower && c.is_ascii_uppercase() && !previous.is_ascii_uppercase();
        if !c.is_ascii_alphanumeric() {
            previous = ' ';
            continue;
        }
        if previous == ' ' || begins {
            words.push(String::new());
        }
        if let Some(word) = words.last_mut() {
            word.push(c.to_ascii_lowercase());
        }
        previous = c;
    }
    words
}

/// Converts to snake case: `refuse_connections`.
#[must_use]
pub fn snake(name: &str) -> String {
    words(name).join("_")
}

/// Converts to screaming snake case: `REFUSE_CONNECTIONS`.
#[must_use]
pub fn screaming(name: &str) -> String {
    snake(name).to_ascii_uppercase()
}

/// Converts to Pascal case: `RefuseConnections`.
#[must_use]
pub fn pascal(name: &str) -> String {
    words(name)
        .iter()
        .map(|word| {
            let (first, rest) = word.split_at(1);
            first.to_ascii_uppercase() + rest
        })
        .collect()
}

/// Converts a word of an enum to its variant, beside `Unknown` for the words that a description does not have.
#[must_use]
pub fn variant(word: &str) -> String {
    match pascal(word) {
        unknown if unknown == "Unknown" => "UnknownWord".to_owned(),
        variant => variant,
    }
}

/// Returns the name of a tag for use inside a sentence: `gateway setup tokens`.
#[must_use]
pub fn in_sentence(name: &str) -> String {
    let mut rest = name.chars();
    let first = rest.next().unwrap_or_default();
    // `ActiveGate` keeps its letters.
    match rest.as_str().contains(|c: char| c.is_ascii_uppercase()) {
        true => name.to_owned(),
        false => first.to_ascii_lowercase().to_string() + rest.as_str(),
    }
}

/// Returns the singular of a name that ends with an English noun: `Gateway setup token`.
#[must_use]
pub fn singular(name: &str) -> String {
    let cut = |end: &str, singular: &str| Some(name.strip_suffix(end)?.to_owned() + singular);
    cut("ies", "y")
        .or_else(|| cut("sses", "ss"))
        .or_else(|| cut("ss", "ss"))
        .or_else(|| cut("s", ""))
        .unwrap_or_else(|| name.to_owned())
}

/// Returns whether Rust accepts it as the name of a field, a module or a type.
#[must_use]
pub fn is_identifier(name: &str) -> bool {
    syn::parse_str::<syn::Ident>(name).is_ok()
}

/// Names that a schema must not have: those of types and traits that generated models or the macros in them use, and those of
/// handwritten items in the vendors' modules and the clients' `models`, which would hide the schema. Other generated code says `models::` before a schema.
pub const TAKEN: &[&str] = &[
    "A",
    "AsRef",
    "BTreeMap",
    "Box",
    "Clone",
    "Debug",
    "Default",
    "Deserialize",
    "Deserializer",
    "Eq",
    "Err",
    "Expiration",
    "ExpirationError",
    "Field",
    "Fn",
    "From",
    "GatewaySelector",
    "GatewaySelectorErrorKind",
    "Into",
    "IntoIterator",
    "Iterator",
    "JsonValue",
    "LabelRequirement",
    "Lenient",
    "MapAccess",
    "Milliseconds",
    "None",
    "NotUuid",
    "Ok",
    "OperationId",
    "Option",
    "ParseGatewaySelectorError",
    "ParseTimestampError",
    "PartialEq",
    "Patch",
    "Result",
    "Secret",
    "Self",
    "Serialize",
    "Serializer",
    "Some",
    "String",
    "Timestamp",
    "TruncatedDebug",
    "UnknownMembers",
    "Unreadable",
    "Vec",
];

/// Names that the clients export beside the generated types or import into their files, which those types would hide.
const OF_CLIENTS: &[&str] = &[
    "ApiResponse",
    "ApiToken",
    "Applied",
    "AttentionReason",
    "AuditFinding",
    "AuditedToken",
    "BaseUrl",
    "Bearer",
    "CallTimeouts",
    "Change",
    "Channel",
    "CheckKeyError",
    "CheckSuccessorError",
    "CheckedKey",
    "Client",
    "ClientBuilder",
    "Clock",
    "ConnectFailure",
    "CreateSuccessorError",
    "Credential",
    "CredentialFailure",
    "CredentialProvider",
    "DeleteOldError",
    "Deleted",
    "Error",
    "ErrorKind",
    "FileToken",
    "Finding",
    "GatewaySelection",
    "HyperTransport",
    "HyperTransportBuilder",
    "Identity",
    "Items",
    "KeptReason",
    "KeptToken",
    "KeyEnd",
    "KeyRotation",
    "LabelUse",
    "ListQuery",
    "ListRequest",
    "MemberChange",
    "MigratedSetupToken",
    "MigrationOutcome",
    "NewKey",
    "NewToken",
    "NextPageError",
    "OAuthClient",
    "OperationCall",
    "OperationRequest",
    "Page",
    "PageBody",
    "PageToken",
    "Pages",
    "PaginationFailure",
    "Phase",
    "PlannedAction",
    "PlannedSetupToken",
    "PlannedSuccessor",
    "PreparedMigration",
    "PreparedRotation",
    "Proxies",
    "PruneCandidate",
    "PruneKept",
    "PruneOutcome",
    "PrunePlan",
    "PruneReason",
    "PruneRules",
    "Pruning",
    "Query",
    "QueryRequest",
    "ReplacedToken",
    "RetryPolicy",
    "RotateKeyError",
    "RotatedToken",
    "RotationPlan",
    "RotationSkip",
    "SecretTextError",
    "SelectedGateways",
    "Sent",
    "ServedProjects",
    "ServiceUser",
    "SkipReason",
    "SkippedToken",
    "TeamLabels",
    "TokenApi",
    "TokenAudit",
    "TokenRotation",
    "TokenUsers",
    "TokioClock",
    "TooLarge",
    "TraceContext",
    "Transport",
    "TransportError",
    "TransportErrorKind",
    "UnjudgedReason",
    "Violation",
    "WatchedGateway",
];

/// Returns whether a generated type of a client must not have this name.
#[must_use]
pub fn is_taken_in_client(name: &str) -> bool {
    TAKEN.contains(&name) || OF_CLIENTS.contains(&name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_all_styles_are_converted_to_rust_names() {
        for (name, snaked, pascaled) in [
            ("expirationDate", "expiration_date", "ExpirationDate"),
            (
                "refuse_connections",
                "refuse_connections",
                "RefuseConnections",
            ),
            ("gateway-agent", "gateway_agent", "GatewayAgent"),
            ("PAYLOAD_BODY", "payload_body", "PayloadBody"),
            ("ENVIRONMENT", "environment", "Environment"),
            (
                "ActiveGate tokens",
                "active_gate_tokens",
                "ActiveGateTokens",
            ),
            (
                "FetchGatewaySetupTokenAsAgentToken",
                "fetch_gateway_setup_token_as_agent_token",
                "FetchGatewaySetupTokenAsAgentToken",
            ),
            ("listTokens", "list_tokens", "ListTokens"),
        ] {
            assert_eq!(snake(name), snaked);
            assert_eq!(pascal(name), pascaled);
        }
        assert_eq!(screaming("ListGateways"), "LIST_GATEWAYS");
    }

    #[test]
    fn a_tag_has_a_name_inside_a_sentence_and_a_singular() {
        for (name, within, one) in [
            ("Gateways", "gateways", "Gateway"),
            ("ActiveGate tokens", "ActiveGate tokens", "ActiveGate token"),
            ("Policies", "policies", "Policy"),
            ("Addresses", "addresses", "Address"),
            ("Access", "access", "Access"),
        ] {
            assert_eq!(in_sentence(name), within);
            assert_eq!(singular(name), one);
        }
    }

    #[test]
    fn a_word_of_the_vendor_is_not_the_variant_of_unknown_words() {
        assert_eq!(variant("UNKNOWN"), "UnknownWord");
        assert_eq!(variant("UP2DATE"), "Up2date");
    }

    #[test]
    fn keywords_are_not_identifiers() {
        assert!(!is_identifier("type") && !is_identifier("1st") && !is_identifier("a b"));
        assert!(is_identifier("error_type"));
    }
}
