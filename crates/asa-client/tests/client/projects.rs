//! Projects, and which gateways they use.

use asa_client::models::{Gateway, GatewaySelectorErrorKind, Project, Timestamp};
use asa_client::{
    Client, GatewaySelection, SelectedGateways, ServedProjects, ServiceUser, UnjudgedReason,
};
use gatelet_emulator::{Emulator, well_known};
use gatelet_transport::testing::{FakeResponse, ManualClock};

use crate::support::*;

const PROJECT: &str = r#"{
    "id": "8fe1a2c4", "name": "web", "team": "t", "forward_traffic": true, "deleted_at": "0001-01-01T00:00:00Z",
    "gateway_selector": "env=prod,zone!=b", "shared_admin_user_name": null
}"#;

fn project(selector: &str) -> Project {
    Project::new(selector, "web").with_gateway_selector(selector)
}

fn gateway(name: &str, labels: &[(&str, &str)]) -> Gateway {
    Gateway::new(name, name, false).with_labels(labels.iter().copied())
}

#[track_caller]
fn judged(selection: GatewaySelection) -> SelectedGateways {
    match selection {
        GatewaySelection::Judged(selected) => selected,
        other => panic!("{other:?}"),
    }
}

fn names(gateways: &[Gateway]) -> Vec<&str> {
    gateways.iter().map(|it| it.name.as_str()).collect()
}

#[test]
fn a_selection_has_the_matching_gateways_and_the_requirements_that_none_meets() {
    let gateways = [
        gateway("a", &[("env", "prod")]),
        gateway("b", &[("zone", "b")]),
        Gateway::new("c", "c", false),
    ];
    let select = |selector| judged(GatewaySelection::new(&project(selector), gateways.clone()));
    let selected = select("env=prod,zone!=b");
    assert_eq!(names(&selected.gateways), ["a"]);
    assert_eq!(selected.unmet, []);

    // Each is met by a gateway, but not both by one.
    let selected = select("env=prod,zone=b");
    assert!(selected.gateways.is_empty() && selected.unmet.is_empty());

    let selected = select("env=prod,zone in (d,e)");
    assert!(selected.gateways.is_empty());
    assert_eq!(selected.unmet.len(), 1);
    assert_eq!(selected.unmet[0].to_string(), "zone in (d,e)");
}

#[test]
fn a_project_without_a_selector_uses_no_gateway() {
    let select = |project| judged(GatewaySelection::new(&project, [gateway("a", &[])]));
    let (empty, absent) = (select(project("")), select(Project::new("8fe1a2c4", "web")));
    assert!(empty.selector.is_some_and(|it| it.is_empty()) && empty.gateways.is_empty());
    assert!(absent.selector.is_none() && absent.gateways.is_empty());
}

#[test]
fn a_selector_of_unknown_meaning_is_not_judged() {
    let selection = GatewaySelection::new(&project("cores>4"), []);
    let GatewaySelection::CannotJudge(reason) = selection else {
        panic!("{selection:?}")
    };
    assert!(
        reason.to_string().ends_with("at byte 5: \"cores>4\""),
        "{reason}"
    );
    let UnjudgedReason::Selector { error, .. } = reason else {
        panic!("{reason}")
    };
    assert_eq!(error.kind(), GatewaySelectorErrorKind::Character);
}

#[test]
fn a_deleted_project_uses_no_gateway() {
    let time = "2026-11-21T20:48:09Z".parse::<Timestamp>().unwrap();
    for selector in ["env=prod", "cores>4", ""] {
        let deleted = project(selector).with_deleted_at(time);
        let selection = GatewaySelection::new(&deleted, [gateway("a", &[("env", "prod")])]);
        assert!(matches!(selection, GatewaySelection::Deleted));
    }
}

#[test]
fn a_project_whose_traffic_is_not_forwarded_is_told_apart() {
    for (forwarded, is_off) in [(None, false), (Some(true), false), (Some(false), true)] {
        let mut project = project("env=prod");
        project.forward_traffic = forwarded;
        let selected = judged(GatewaySelection::new(
            &project,
            [gateway("a", &[("env", "prod")])],
        ));
        assert_eq!(
            (selected.gateways.len(), selected.is_forwarding_off),
            (1, is_off)
        );
    }
}

#[test]
fn labels_serve_the_projects_that_select_them() {
    let deleted =
        project("env=prod").with_deleted_at("2026-11-21T20:48:09Z".parse::<Timestamp>().unwrap());
    let projects = [
        project("env=prod"),
        project("env=dev"),
        project(""),
        project("a;b"),
        deleted,
    ];
    let prod = gateway("a", &[("env", "prod")]);
    let result = ServedProjects::new(prod.labels.as_ref(), projects.clone());
    assert_eq!(result.served, projects[..1]);
    assert_eq!(result.unjudged.len(), 1);
    assert_eq!(result.unjudged[0].0, projects[3]);
    // No labels, and labels that nobody told.
    let none = ServedProjects::new(gateway("b", &[]).labels.as_ref(), projects.clone());
    assert!(none.served.is_empty() && none.unjudged.len() == 1);
    let unknown = ServedProjects::new(None, projects.clone());
    assert_eq!(unknown.served, []);
    let reasons: Vec<_> = unknown
        .unjudged
        .iter()
        .map(|(project, reason)| (project, reason.to_string()))
        .collect();
    let labels = || "the response does not say the labels".to_owned();
    assert_eq!(
        reasons[..2],
        [(&projects[0], labels()), (&projects[1], labels())]
    );
    assert_eq!(reasons.len(), 3);
}

#[test]
fn a_gateway_whose_labels_are_unknown_is_neither_selected_nor_unselected() {
    let gateways = [gateway("a", &[]), Gateway::new("b", "b", false)];
    for selector in ["env=prod", "env!=prod", "!env"] {
        let selected = judged(GatewaySelection::new(&project(selector), gateways.clone()));
        assert_eq!(selected.unjudged, gateways[1..]);
        assert_eq!(selected.unmet.len(), usize::from(selector == "env=prod"));
        assert_eq!(selected.gateways.is_empty(), selector == "env=prod");
    }
    let selected = judged(GatewaySelection::new(&project(""), gateways));
    assert!(selected.gateways.is_empty() && selected.unjudged.is_empty());
}

#[test]
fn a_project_whose_deletion_is_unreadable_is_not_judged() {
    let json =
        r#"{"id": "1", "name": "web", "gateway_selector": "env=prod", "deleted_at": "2027"}"#;
    let project: Project = serde_json::from_str(json).unwrap();
    let prod = gateway("a", &[("env", "prod")]);
    let result = ServedProjects::new(prod.labels.as_ref(), [project.clone()]);
    assert_eq!(
        result.unjudged,
        [(project.clone(), UnjudgedReason::UnreadableDeletion)]
    );
    let selection = GatewaySelection::new(&project, [prod]);
    assert!(matches!(
        selection,
        GatewaySelection::CannotJudge(UnjudgedReason::UnreadableDeletion)
    ));
}

#[tokio::test]
async fn a_project_and_all_pages_of_gateways_are_read() {
    let prod = r#"{"list": [{"id": "b", "name": "b", "refuse_connections": false, "labels": {"env": "prod"}}]}"#;
    let (client, fake) = authorized([
        FakeResponse::json(200, PROJECT),
        page(&["a"], Some("/v1/teams/t/gateways?offset=a")),
        FakeResponse::json(200, prod),
    ]);
    let selection = client.projects().gateways(&"my web".into()).await.unwrap();
    assert_eq!(names(&judged(selection).gateways), ["b"]);
    let requests = fake.into_requests();
    let paths: Vec<_> = requests.iter().map(|it| it.uri().path()).collect();
    assert_eq!(
        paths[1..],
        [
            "/v1/teams/t/projects/my%20web",
            "/v1/teams/t/gateways",
            "/v1/teams/t/gateways"
        ]
    );
}

#[tokio::test]
async fn gateways_of_an_absent_project_are_not_listed() {
    let absent = refusal(404, "resource_does_not_exist", "Not Found");
    let (client, fake) = authorized([absent]);
    let error = client.projects().gateways(&"web".into()).await.unwrap_err();
    assert!(error.is_not_found(), "{error}");
    assert_eq!(fake.into_requests().len(), 2);
}

#[tokio::test]
async fn projects_of_the_emulator_are_judged() {
    let emulator = Emulator::memory().unwrap();
    for (id, name, selector) in [("1", "web", "env=prod"), ("2", "db", "env=dev")] {
        let project = Project::new(id, name).with_gateway_selector(selector);
        emulator.add_project(well_known::ASA_TEAM, project).unwrap();
    }
    let client = Client::builder(well_known::ASA_TEAM)
        .credentials(ServiceUser::new(
            well_known::ASA_KEY_ID,
            well_known::ASA_KEY_SECRET,
        ))
        .build_with(emulator, ManualClock::auto())
        .unwrap();
    let prod = gateway("a", &[("env", "prod")]);
    let result = client
        .projects()
        .served_by(prod.labels.as_ref())
        .await
        .unwrap();
    assert_eq!(result.served.len(), 1);
    assert_eq!(result.served[0].name.as_str(), "web");
    let selection = client
        .projects()
        .gateways(&result.served[0].name)
        .await
        .unwrap();
    assert_eq!(judged(selection).unmet.len(), 1);
}
