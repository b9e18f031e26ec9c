//! Generated values of every model: what is written reads back equal and is written the same again.

use proptest::prelude::*;

use gatelet_test_support::models::values::any_model;

proptest! {
    #![proptest_config(ProptestConfig { cases: 2000, failure_persistence: None, ..ProptestConfig::default() })]

    // M29
    #[test]
    fn every_model_reads_back_what_it_writes((model, value) in any_model()) {
        model.accept(&value.to_string());
    }
}
