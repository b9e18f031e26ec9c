//! The tables of operations: every entry is complete, and no two can be mistaken for each other.

use std::collections::BTreeSet;

use gatelet_models::{Method, Operation, Paging, QueryKind, asa, dt};

use gatelet_test_support::models::table::MODELS;

fn all() -> impl Iterator<Item = &'static Operation> {
    let asa = asa::OperationId::ALL.iter().map(|id| id.operation());
    asa.chain(dt::OperationId::ALL.iter().map(|id| id.operation()))
}

/// One value for each parameter, with everything in it that has to be encoded.
fn values(operation: &Operation) -> Vec<String> {
    operation
        .path_parameters()
        .map(|name| format!("{name} /?#%2e{{}}\u{e9}"))
        .collect()
}

fn path(operation: &Operation) -> String {
    let values = values(operation);
    let values: Vec<&str> = values.iter().map(String::as_str).collect();
    operation.expand(&values).expect(operation.name)
}

/// The descriptions, read line by line: a second reading beside the generator's.
const DESCRIPTIONS: [(&str, &str); 2] = [
    ("asa", include_str!("../../openapi/asa.yaml")),
    (
        "dt",
        concat!(
            include_str!("../../openapi/dt.yaml"),
            include_str!("../../openapi/dt-platform.yaml")
        ),
    ),
];

#[test]
fn each_vendor_has_all_its_operations() {
    for (vendor, description) in DESCRIPTIONS {
        let lines = description.lines();
        let described = lines.filter_map(|line| line.trim_start().strip_prefix("operationId: "));
        let described: Vec<&str> = described.collect();
        let ids: Vec<&str> = all()
            .filter(|it| it.vendor == vendor)
            .map(|it| it.id)
            .collect();
        assert!(ids.len() >= 4, "{vendor}");
        assert_eq!(BTreeSet::from_iter(&ids), BTreeSet::from_iter(&described));
        assert_eq!(ids.len(), described.len());
    }
}

#[test]
fn a_path_leads_back_to_its_own_operation_and_to_no_other() {
    for operation in all() {
        let path = path(operation);
        for other in all()
            .filter(|other| other.method == operation.method && other.vendor == operation.vendor)
        {
            let expected = (other.id == operation.id).then(|| values(operation));
            assert_eq!(
                other.match_path(&path),
                expected,
                "{} {}",
                operation.name,
                other.name
            );
        }
    }
}

#[test]
fn an_operation_and_its_alternative_name_each_other() {
    for &id in dt::OperationId::ALL {
        let operation = id.operation();
        let mut alternatives = dt::OperationId::ALL
            .iter()
            .filter(|it| it.operation().alternative_to == Some(operation.id));
        assert_eq!(id.alternative(), alternatives.next().copied());
        assert!(alternatives.next().is_none());
    }
    let alternatives = all().filter(|it| it.alternative_to.is_some());
    assert_eq!(alternatives.count(), 4);
}

#[test]
fn the_body_of_an_alternative_has_no_kind_of_active_gate() {
    let create = dt::ActiveGateTokenCreate::new("edge-7", dt::ActiveGateType::Cluster)
        .with_expiration_date("now+60d")
        .with_seed_token(true);
    let expected = dt::FleetTokenCreate::new("edge-7")
        .with_expiration_date("now+60d")
        .with_seed_token(true);
    assert_eq!(dt::FleetTokenCreate::from(create.clone()), expected);
    let create = create.without_seed_token();
    assert_eq!(dt::FleetTokenCreate::from(create).seed_token, None);
}

#[test]
fn bodies_and_statuses_fit_the_method() {
    for operation in all() {
        let &Operation {
            name,
            method,
            request,
            response,
            success,
            idempotent,
            ..
        } = operation;
        let may_have_request = matches!(method, Method::Post | Method::Put);
        assert!(request.is_none() || may_have_request, "{name}");
        assert_eq!(response.is_none(), success == 204, "{name}");
        assert!(idempotent || method == Method::Post, "{name}");
        for schema in request.into_iter().chain(response) {
            let schema = format!("{}::{schema}", operation.vendor);
            assert!(
                MODELS.iter().any(|model| model.name == schema),
                "{name}: {schema}"
            );
        }
    }
}

#[test]
fn only_the_exchange_of_a_key_needs_no_credential_and_who_calls_no_permission() {
    let open: Vec<&str> = all()
        .filter(|it| !it.authenticated)
        .map(|it| it.id)
        .collect();
    assert_eq!(open, ["IssueServiceToken"]);
    // Which roles `GetCurrentUser` needs is not documented.
    let free: Vec<&str> = all()
        .filter(|it| it.permissions.is_empty())
        .map(|it| it.id)
        .collect();
    assert_eq!(free, ["IssueServiceToken", "GetCurrentUser"]);
}

#[test]
fn lists_name_the_parameters_they_are_paged_with() {
    let paged: Vec<&Operation> = all().filter(|it| it.paging.is_some()).collect();
    let described = DESCRIPTIONS.map(|(_, text)| text.matches("x-paging:").count());
    assert_eq!(paged.len(), described.iter().sum::<usize>());
    for operation in paged {
        let (
            Some(Paging::Link { page_token, .. } | Paging::Cursor { page_token, .. }),
            Some(page_size),
        ) = (operation.paging, operation.page_size())
        else {
            panic!("{} has no page size", operation.name);
        };
        assert!(matches!(page_size.kind, QueryKind::Integer { .. }));
        let token = operation
            .query
            .iter()
            .find(|parameter| parameter.name == page_token);
        assert!(
            token.is_some_and(|token| token.kind == QueryKind::Text),
            "{}",
            operation.name
        );
    }
    let page_size = dt::OperationId::ListTokens.operation().page_size();
    let takes = |value| page_size.is_some_and(|page_size| page_size.check(value).is_ok());
    assert_eq!([99, 100, 3000, 3001].map(takes), [false, true, true, false]);
}
