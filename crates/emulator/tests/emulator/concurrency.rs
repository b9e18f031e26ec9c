//! Concurrent callers.

use std::collections::BTreeSet;

use crate::support::{Caller, field, memory};
use serde_json::json;

const TOKENS: &str = "/api/v2/activeGateTokens";

#[test]
fn the_state_matches_the_responses_of_concurrent_callers() {
    let emulator = memory();
    let work = |caller: usize| {
        let developer = Caller::developer(&emulator);
        let mut kept = Vec::new();
        for n in 0..12 {
            let body = json!({ "name": format!("{caller}-{n}"), "activeGateType": "CLUSTER" });
            let id = developer.post(TOKENS, &body).expect(201).json()["id"].clone();
            let id = id.as_str().unwrap().to_owned();
            developer.get(&format!("{TOKENS}/{id}")).expect(200);
            if n % 3 == 0 {
                developer.delete(&format!("{TOKENS}/{id}")).expect(204);
                developer.get(&format!("{TOKENS}/{id}")).expect(404);
            } else {
                kept.push(id);
            }
        }
        kept
    };
    let kept: Vec<String> = std::thread::scope(|scope| {
        let callers: Vec<_> = (0..8)
            .map(|caller| scope.spawn(move || work(caller)))
            .collect();
        callers
            .into_iter()
            .flat_map(|caller| caller.join().unwrap())
            .collect()
    });
    let list = Caller::developer(&emulator).get(TOKENS).expect(200).json();
    let listed: BTreeSet<String> = field(&list["activeGateTokens"], "id").into_iter().collect();
    assert_eq!(list["totalCount"], 64);
    assert_eq!(listed, kept.into_iter().collect());
}
