//! One text of each model, in the vendor's form.

use alloc::string::String;
use core::fmt::Debug;

use gatelet_models::{asa, dt};
use serde_core::Serialize;
use serde_core::de::DeserializeOwned;

use crate::page::never_used;

/// Decodes every sample and encodes it again; panics at the first that does not come back as it was.
pub fn round_trips() {
    asa();
    dt();
}

/// Runs the example of the models; panics when it finds another token or cursor.
pub fn example() {
    let page = r#"{"totalCount":2,"nextPageKey":"AAAA","activeGateTokens":[{"id":"dt0g02.USED","name":"a","owner":"o","creationDate":"2026-11-21T20:48:09.000Z","lastUsedDate":"2026-11-21T21:00:00.000Z"},{"id":"dt0g02.NEW","name":"b","owner":"o","creationDate":"2026-11-21T20:48:09.000Z"}]}"#;
    match never_used(page) {
        Ok((unused, Some(next))) => {
            assert_eq!(unused, ["dt0g02.NEW"]);
            assert_eq!(next, "AAAA");
        }
        other => panic!("{other:?}"),
    }
}

fn asa() {
    round_trip::<asa::Gateway>(
        r#"{"id":"g-1","name":"eu-1","refuse_connections":false,"labels":{"env":"test"},"description":"One","access_address":"10.0.0.1:7234","default_address":"10.0.0.1","cloud_provider":"aws","last_seen":"2026-11-21T20:48:09.5Z","infrastructure_orchestrator":{"id":"o-1"},"x-new":{"a":[1,-2,0.5,null,true,"t"]}}"#,
    );
    round_trip::<asa::InfrastructureOrchestrator>(
        r#"{"id":"o-1","name":"k8s","labels":{"a":"b"}}"#,
    );
    round_trip::<asa::GatewayList>(
        r#"{"list":[{"id":"g-1","name":"eu-1","refuse_connections":true}]}"#,
    );
    round_trip::<asa::GatewayUpdate>(
        r#"{"name":"eu-1","refuse_connections":true,"labels":{},"description":null,"infrastructure_orchestrator":null,"x-new":[]}"#,
    );
    round_trip::<asa::GatewayStatusReport>(
        r#"{"active_connections":3,"total_storage_bytes":18446744073709551615,"used_storage_bytes":0,"gateway_id":"g-1","status":"ONLINE","updated_at":"0001-01-01T00:00:00Z"}"#,
    );
    round_trip::<asa::GatewaySetupToken>(
        r#"{"id":"t-1","registration_type":"gateway-agent","details":{"labels":{"env":"test"}},"description":"One","created_at":"2026-11-21T20:48:09Z","token":"opens nothing","name":"one"}"#,
    );
    round_trip::<asa::GatewayAgentPolicyDetails>(r#"{"labels":{"env":"test"}}"#);
    round_trip::<asa::GatewaySetupTokenList>(
        r#"{"list":[{"id":"t-1","registration_type":"a-new-one"}]}"#,
    );
    round_trip::<asa::GatewaySetupTokenCreate>(
        r#"{"registration_type":"gateway-agent","details":{},"description":"One","name":"one"}"#,
    );
    round_trip::<asa::AgentToken>(r#"{"token":"opens nothing"}"#);
    round_trip::<asa::ServiceTokenRequest>(r#"{"key_id":"k-1","key_secret":"opens nothing"}"#);
    round_trip::<asa::AuthToken>(
        r#"{"bearer_token":"opens nothing","expires_at":"2026-11-21T21:48:09Z","team_name":"example-team"}"#,
    );
    round_trip::<asa::Error>(
        r#"{"code":400,"type":"bad_request","message":"No","errors":[{"path":"name","message":"too long"}]}"#,
    );
    round_trip::<asa::ErrorDetail>(r#"{"path":"name","message":"too long"}"#);
}

fn dt() {
    round_trip::<dt::ActiveGateToken>(
        r#"{"id":"dt0g02.4KWZO5EF","name":"edge-7","owner":"someone","creationDate":"2026-11-21T20:48:09.500Z","expirationDate":"2027-11-21T20:48:09.000Z","lastUsedDate":"2026-11-21T21:00:00.000Z","seedToken":true,"activeGateType":"ENVIRONMENT"}"#,
    );
    round_trip::<dt::ActiveGateTokenList>(
        r#"{"totalCount":250,"pageSize":100,"nextPageKey":"AAAA-_==","activeGateTokens":[{"id":"dt0g02.4KWZO5EF","name":"edge-7","owner":"someone","creationDate":"2026-11-21T20:48:09.000Z"}]}"#,
    );
    round_trip::<dt::ActiveGateTokenCreate>(
        r#"{"name":"edge-7","activeGateType":"CLUSTER","expirationDate":"now+60d","seedToken":false}"#,
    );
    round_trip::<dt::ActiveGateTokenCreated>(
        r#"{"id":"dt0g02.4KWZO5EF","token":"opens nothing","expirationDate":"2027-11-21T20:48:09.000Z"}"#,
    );
    round_trip::<dt::ActiveGateTokenCreated>(
        r#"{"id":"dt0g02.4KWZO5EF","token":"opens nothing","expirationDate":"2027-11-21 20:48"}"#,
    );
    round_trip::<dt::ErrorEnvelope>(
        r#"{"error":{"code":404,"message":"No such token","constraintViolations":[]}}"#,
    );
    round_trip::<dt::Error>(r#"{"code":404,"message":"No such token","constraintViolations":[]}"#);
    round_trip::<dt::ConstraintViolation>(
        r#"{"path":"pageSize","message":"too small","parameterLocation":"QUERY","location":"here"}"#,
    );
}

fn round_trip<T: DeserializeOwned + Serialize + Debug>(sample: &str) {
    let name = core::any::type_name::<T>();
    let decoded: T = match serde_json::from_str(sample) {
        Ok(decoded) => decoded,
        Err(error) => panic!("{name}: the sample is not decoded: {error}"),
    };
    let encoded: String = match serde_json::to_string(&decoded) {
        Ok(encoded) => encoded,
        Err(error) => panic!("{name}: the sample is not encoded: {error}"),
    };
    assert_eq!(encoded, sample, "{name}");
}
