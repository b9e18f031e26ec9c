//! Runs of the examples.

#![allow(
    dead_code,
    reason = "the main functions of the examples are not called"
)]

#[path = "../examples/inventory.rs"]
mod inventory;
#[path = "../examples/migrate_labels.rs"]
mod migrate_labels;

#[tokio::test]
async fn inventory_writes_a_row_for_every_gateway() {
    let (asa, _) = migrate_labels::teams().await.unwrap();
    let mut csv = Vec::new();
    inventory::inventory(&asa, &mut csv).await.unwrap();
    let csv = String::from_utf8(csv).unwrap();
    assert_eq!(csv.lines().count(), 4, "{csv}");
    assert!(
        csv.contains(r#""Production gateway""#) && csv.contains("ONLINE"),
        "{csv}"
    );
}

#[tokio::test]
async fn migrate_labels_changes_nothing_in_a_dry_run_and_nothing_twice() {
    let (asa, opa) = migrate_labels::teams().await.unwrap();
    let listed = async || {
        let tokens = opa.gateway_setup_tokens().list().items();
        tokens.try_collect().await.unwrap()
    };
    let plan = migrate_labels::plan(&asa, &opa).await.unwrap();
    assert_eq!(plan.len(), 2);
    assert!(listed().await.is_empty());

    migrate_labels::apply(&opa, plan).await.unwrap();
    let mut regions = Vec::new();
    for token in listed().await {
        regions.push(token.details.unwrap().labels.unwrap()["env"].clone());
    }
    regions.sort();
    assert_eq!(regions, ["production", "staging"]);
    assert!(migrate_labels::plan(&asa, &opa).await.unwrap().is_empty());
}

#[test]
fn the_examples_run_to_their_end() {
    inventory::main().unwrap();
    migrate_labels::main().unwrap();
}
