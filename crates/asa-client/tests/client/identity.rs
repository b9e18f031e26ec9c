//! Responses about another object than the one that was asked for.

use asa_client::{Error, ErrorKind};
use gatelet_transport::testing::FakeResponse;

use crate::support::authorized;

/// Reads everything that has an id, which is `asked`, where the server sends this one.
async fn read_each(asked: &str, sent: &str) -> [Result<(), Error>; 9] {
    let group = r#""name": "n", "description": null, "team_id": "t""#;
    let members = [
        r#""registration_type": "gateway-agent""#,
        r#""name": "n", "refuse_connections": false"#,
        r#""active_connections": 0, "total_storage_bytes": 0, "used_storage_bytes": 0"#,
        group,
        r#""name": "n", "team": "t""#,
        r#""token": "canary""#,
        r#""token": "canary""#,
        r#""token": "canary""#,
        r#""token": "canary""#,
    ];
    let bodies = members.map(|it| {
        let body = format!(r#"{{"id": "{sent}", "gateway_id": "{sent}", {it}}}"#);
        FakeResponse::json(200, body)
    });
    let (client, _) = authorized(bodies);
    let (gateways, groups) = (client.gateways(), client.resource_groups());
    let (of_project, of_group) = (
        client.enrollment_tokens(),
        client.resource_group_enrollment_tokens(),
    );
    let setup = client.gateway_setup_tokens();
    let projects = client.resource_group_projects();
    let (group, project) = ("g".into(), "p".into());
    [
        setup.get(&asked.into()).send().await.map(drop),
        gateways.get(&asked.into()).send().await.map(drop),
        gateways.status(&asked.into()).send().await.map(drop),
        groups.get(&asked.into()).send().await.map(drop),
        projects.get(&group, &asked.into()).send().await.map(drop),
        of_project
            .get(&"p".into(), &asked.into())
            .send()
            .await
            .map(drop),
        of_project
            .reveal(&"p".into(), &asked.into())
            .send()
            .await
            .map(drop),
        of_group
            .get(&group, &project, &asked.into())
            .send()
            .await
            .map(drop),
        of_group
            .reveal(&group, &project, &asked.into())
            .send()
            .await
            .map(drop),
    ]
}

// U66
#[tokio::test]
async fn a_response_about_another_object_is_an_error_that_names_both() {
    for result in read_each("a-1", "b-1").await {
        let error = result.unwrap_err();
        assert!(matches!(error.kind(), ErrorKind::Decode { .. }), "{error}");
        assert_eq!(error.resource(), Some("a-1"), "{error}");
        assert!(error.to_string().contains("asked for: b-1"), "{error}");
    }
}

// U66
#[tokio::test]
async fn an_id_in_other_letters_is_the_same() {
    for result in read_each(
        "CF028CE5-1556-48DC-AB90-D15FE4FA7180",
        "cf028ce5-1556-48dc-ab90-d15fe4fa7180",
    )
    .await
    {
        result.unwrap();
    }
}
