//! Resource groups of Okta Privileged Access, against the emulator and scripted responses.

use asa_client::models::{
    EnrollmentTokenCreate, GatewayId, Project, ProjectId, ResourceGroup, ResourceGroupId,
    ResourceGroupOrder, Secret, Timestamp,
};
use asa_client::{Client, ErrorKind, GatewaySelection, ServiceUser, TransportErrorKind};
use gatelet_emulator::{Emulator, Role, well_known};
use gatelet_transport::testing::{FakeResponse, FakeTransport, ManualClock};

use crate::support::*;

const GROUP: &str = "2e5d0f6c-31f2-4c53-8d0e-54b1a7e8c111";
const PROJECT: &str = "5b0c7d9e-8a4f-4b6a-9f37-2d1c0e9b8a55";
const LABELED: &str = "3d9a5c1e-6f70-4e0b-9c52-7b8e4a1d2f66";

fn seeded(role: Role) -> (Emulator, Client) {
    let emulator = Emulator::memory().unwrap();
    emulator.seed().unwrap();
    let secret = Secret::new("secret-of-the-test");
    let (team, key) = (well_known::ASA_TEAM, role.as_str());
    emulator.add_service_user(team, key, &secret, role).unwrap();
    let client = Client::builder(team)
        .credentials(ServiceUser::new(key, secret))
        .build_with(emulator.clone(), ManualClock::auto())
        .unwrap();
    (emulator, client)
}

fn parents() -> (ResourceGroupId, ProjectId) {
    (GROUP.into(), PROJECT.into())
}

#[tokio::test]
async fn resource_groups_and_their_projects_are_listed_and_read() {
    let (emulator, client) = seeded(Role::DelegatedResourceAdmin);
    for (id, name) in [("1", "b"), ("2", "a")] {
        let group = ResourceGroup::new(id, name);
        emulator
            .add_resource_group(well_known::ASA_TEAM, group)
            .unwrap();
    }
    let groups = client.resource_groups();
    let sorted = groups
        .list()
        .query(|query| {
            query
                .order_by(ResourceGroupOrder::Name)
                .for_policy_only(true)
        })
        .page_size(1);
    let all = sorted.items().try_collect().await.unwrap();
    let names: Vec<_> = all.iter().map(|it| it.name.as_str()).collect();
    assert_eq!(names, ["a", "b", "production"]);
    let found = groups
        .list()
        .query(|query| query.contains("prod"))
        .send()
        .await
        .unwrap();
    assert_eq!(found.items, all[2..]);
    let group = groups.get(&all[2].id).send().await.unwrap();
    assert!(group.delegated_resource_admin_groups.is_some());

    let projects = client.resource_group_projects();
    let listed = projects
        .list(&group.id)
        .items()
        .try_collect()
        .await
        .unwrap();
    let read = projects.get(&group.id, &listed[0].id).send().await.unwrap();
    assert_eq!(listed, [read]);
    assert_eq!(listed[0].resource_group_id, Some(group.id.clone()));
    let none = projects.list(&group.id).query(|query| query.contains("x"));
    assert!(none.send().await.unwrap().items.is_empty());
}

#[tokio::test]
async fn an_enrollment_token_is_created_revealed_and_deleted() {
    let (_, client) = seeded(Role::DelegatedResourceAdmin);
    let (group, project) = parents();
    let tokens = client.resource_group_enrollment_tokens();
    let body = EnrollmentTokenCreate::new("edge");
    let created = tokens.create(&group, &project, body).send().await.unwrap();
    let read = tokens
        .get(&group, &project, &created.id)
        .send()
        .await
        .unwrap();
    assert_eq!(read, created);
    let listed = tokens
        .list(&group, &project)
        .items()
        .try_collect()
        .await
        .unwrap();
    assert_eq!(listed[1], created);

    let value = tokens
        .reveal(&group, &project, &created.id)
        .send()
        .await
        .unwrap();
    assert_eq!(Some(&value), created.token.as_ref());
    for shown in [
        format!("{created:?}"),
        format!("{listed:#?}"),
        format!("{value:?}"),
    ] {
        assert!(!shown.contains(&value.expose()[..8]), "{shown}");
    }
    let deleted = tokens
        .delete(&group, &project, &created.id)
        .send()
        .await
        .unwrap();
    assert!(!deleted.was_already_gone);
    let again = tokens.delete(&group, &project, &created.id).send().await;
    assert!(again.unwrap_err().is_not_found());
}

#[tokio::test]
async fn an_absent_or_deleted_parent_is_not_found() {
    let (emulator, client) = seeded(Role::ResourceAdmin);
    let deleted = Project::new("deleted", "deleted")
        .with_resource_group_id(GROUP)
        .with_deleted_at("2026-11-21T20:48:09Z".parse::<Timestamp>().unwrap());
    emulator.add_project(well_known::ASA_TEAM, deleted).unwrap();
    let tokens = client.resource_group_enrollment_tokens();
    for (group, project) in [(GROUP, "deleted"), (GROUP, "absent"), ("absent", PROJECT)] {
        let (group, project) = (group.into(), project.into());
        let listed = tokens.list(&group, &project).send().await;
        assert!(listed.unwrap_err().is_not_found(), "{group} {project}");
        let body = EnrollmentTokenCreate::new("edge");
        let created = tokens.create(&group, &project, body).send().await;
        assert!(created.unwrap_err().is_not_found(), "{group} {project}");
    }
    let projects = client.resource_group_projects();
    let absent = projects.list(&"absent".into()).send().await;
    assert!(absent.unwrap_err().is_not_found());
    // The project of ASA is in no resource group.
    let asa = projects.get(
        &GROUP.into(),
        &"8fe1a2c4-5f0c-4a5e-9d0e-6e1a1c1d2b30".into(),
    );
    assert!(asa.send().await.unwrap_err().is_not_found());
}

#[tokio::test]
async fn a_role_of_asa_may_not_read_resource_groups() {
    let (_, client) = seeded(Role::ReportingUser);
    let (group, project) = parents();
    let tokens = client.resource_group_enrollment_tokens();
    for error in [
        client.resource_groups().list().send().await.unwrap_err(),
        client
            .resource_group_projects()
            .list(&group)
            .send()
            .await
            .unwrap_err(),
        tokens.list(&group, &project).send().await.unwrap_err(),
    ] {
        assert_eq!(error.code(), Some("authorization_error"), "{error}");
    }
}

#[tokio::test]
async fn a_project_uses_the_gateways_that_it_selects_and_leaves_the_others_out() {
    let (_, client) = seeded(Role::DelegatedResourceAdmin);
    let (group, project) = parents();
    let projects = client.resource_group_projects();
    let selection = projects.gateways(&group, &project).await.unwrap();
    let GatewaySelection::Judged(selected) = selection else {
        panic!("{selection:?}")
    };
    assert_eq!(selected.unmet, []);
    let ids: Vec<_> = selected.gateways.iter().map(|it| it.id.as_str()).collect();
    assert_eq!(ids, [LABELED]);
    assert_eq!(
        client
            .gateways()
            .list()
            .items()
            .try_collect()
            .await
            .unwrap()
            .len(),
        3
    );
    let gateway = &selected.gateways[0];
    let served = projects
        .served_by(gateway.labels.as_ref())
        .await
        .unwrap()
        .served;
    assert_eq!(served.len(), 1);
    assert_eq!(served[0].id, project);
}

fn project(id: &str, selector: &str) -> String {
    format!(r#"{{"id": "{id}", "name": "{id}", "gateway_selector": "{selector}"}}"#)
}

fn list_of(items: &[String]) -> FakeResponse {
    FakeResponse::json(200, format!(r#"{{"list": [{}]}}"#, items.join(",")))
}

fn groups(ids: &[&str]) -> FakeResponse {
    let items: Vec<_> = ids
        .iter()
        .map(|id| format!(r#"{{"id": "{id}", "name": "{id}"}}"#))
        .collect();
    list_of(&items)
}

fn labeled_gateway() -> FakeResponse {
    let gateway =
        r#"{"id": "g", "name": "g", "refuse_connections": false, "labels": {"env": "prod"}}"#;
    FakeResponse::json(200, gateway)
}

fn absent() -> FakeResponse {
    refusal(404, "resource_does_not_exist", "Not Found")
}

fn names(projects: &[Project]) -> Vec<&str> {
    projects.iter().map(|it| it.name.as_str()).collect()
}

#[tokio::test]
async fn projects_of_all_resource_groups_are_judged() {
    let prod = project("a", "env=prod");
    let (client, fake) = authorized([
        groups(&["1", "gone", "2"]),
        list_of(&[prod, project("b", "env=dev")]),
        absent(),
        list_of(&[project("c", "env,!zone"), project("d", "cores>4")]),
    ]);
    let labels = [("env".to_owned(), "prod".to_owned())].into();
    let projects = client.resource_group_projects();
    let result = projects.served_by(Some(&labels)).await.unwrap();
    assert_eq!(names(&result.served), ["a", "c"]);
    assert_eq!(result.unjudged.len(), 1);
    let [gone] = &result.unread[..] else {
        panic!("{result:?}")
    };
    assert!(gone.is_not_found() && gone.resource() == Some("gone"));
    let requests = fake.into_requests();
    let path = requests[3].uri().path();
    assert_eq!(path, "/v1/teams/t/resource_groups/gone/projects");
}

#[tokio::test]
async fn a_gateway_serves_the_projects_of_the_product_that_the_team_has() {
    let prod = || list_of(&[project("a", "env=prod")]);
    for (responses, served) in [
        (vec![prod(), absent()], vec!["a"]),
        (vec![absent(), groups(&["1"]), prod()], vec!["a"]),
        (vec![prod(), groups(&[])], vec!["a"]),
        (vec![absent(), groups(&[])], vec![]),
    ] {
        let (client, _) = authorized([labeled_gateway()].into_iter().chain(responses));
        let result = client.gateways().projects(&"g".into()).await.unwrap();
        assert_eq!(names(&result.served), served);
    }
    let (client, _) = authorized([labeled_gateway(), absent(), absent()]);
    let error = client.gateways().projects(&"g".into()).await.unwrap_err();
    assert!(error.is_not_found(), "{error}");
    // Nobody knows what a refused list contains.
    let refused = refusal(401, "authorization_error", "no");
    let (client, _) = authorized([labeled_gateway(), prod(), refused]);
    let result = client.gateways().projects(&"g".into()).await.unwrap();
    assert_eq!(names(&result.served), ["a"]);
    assert_eq!(result.unread.len(), 1);
    assert_eq!(result.unread[0].code(), Some("authorization_error"));
}

#[tokio::test]
async fn a_404_that_is_not_the_apis_own_does_not_mean_that_a_product_has_no_projects() {
    let prod = || list_of(&[project("a", "env=prod")]);
    let foreign = || {
        let page = "<html><h1>404 Not Found</h1></html>";
        FakeResponse::json(404, page).with_header("content-type", "text/html")
    };
    let routed = |body| move || FakeResponse::json(404, body);
    for foreign in [
        &foreign as &dyn Fn() -> FakeResponse,
        &routed(r#"{"code": 404}"#),
        &routed(r#"{"code": 404, "message": "no Route matched"}"#),
        &routed(r#"{"code": 404, "type": "", "message": "no"}"#),
        &routed(r#"{"type": "route_not_found", "message": "no"}"#),
    ] {
        let asa_only = vec![prod(), foreign()];
        let groups_only = vec![foreign(), groups(&["1"]), prod()];
        for responses in [asa_only, groups_only] {
            let (client, _) = authorized([labeled_gateway()].into_iter().chain(responses));
            let result = client.gateways().projects(&"g".into()).await.unwrap();
            assert_eq!(names(&result.served), ["a"]);
            assert_eq!(result.unread.len(), 1, "{:?}", result.unread);
            assert_eq!(result.unread[0].status().unwrap(), 404);
        }
    }
    for responses in [[absent(), foreign()], [foreign(), absent()]] {
        let (client, _) = authorized([labeled_gateway()].into_iter().chain(responses));
        let error = client.gateways().projects(&"g".into()).await.unwrap_err();
        assert!(!error.is_not_found(), "{error}");
    }
}

#[tokio::test]
async fn a_resource_group_whose_id_no_path_can_contain_stops_no_other() {
    let responses = [
        groups(&["..", "", "2"]),
        list_of(&[project("a", "env=prod")]),
    ];
    let (client, fake) = authorized(responses);
    let labels = [("env".to_owned(), "prod".to_owned())].into();
    let projects = client.resource_group_projects();
    let result = projects.served_by(Some(&labels)).await.unwrap();
    assert_eq!(names(&result.served), ["a"]);
    assert_eq!(result.unread.len(), 2, "{:?}", result.unread);
    assert_eq!(result.unread[0].resource(), Some(".."));
    assert!(result.unasked.is_empty());
    fake.finish();
}

#[tokio::test]
async fn a_failure_that_is_not_about_one_resource_group_ends_the_reading() {
    let lost = || FakeResponse::error(TransportErrorKind::Interrupted);
    let responses = [
        groups(&["1", "2", "3", "4"]),
        list_of(&[project("a", "env=prod")]),
    ];
    let (client, fake) = authorized(responses.into_iter().chain((0..3).map(|_| lost())));
    let labels = [("env".to_owned(), "prod".to_owned())].into();
    let projects = client.resource_group_projects();
    let result = projects.served_by(Some(&labels)).await.unwrap();
    assert_eq!(names(&result.served), ["a"]);
    assert_eq!(result.unread.len(), 1, "{:?}", result.unread);
    assert_eq!(result.unread[0].resource(), Some("2"));
    assert_eq!(result.unasked, ["3", "4"].map(ResourceGroupId::from));
    let asked = fake.into_requests();
    assert!(asked.iter().all(|it| !it.uri().path().contains("/3/")));
}

#[tokio::test]
async fn projects_that_were_read_before_a_missing_page_are_judged_and_the_error_is_kept() {
    let first = |list: FakeResponse, path: &str| {
        let url = format!("https://app.scaleft.com/v1/teams/t/{path}?offset=a");
        list.with_header("link", format!(r#"<{url}>; rel="next""#))
    };
    let prod = || list_of(&[project("a", "env=prod")]);
    let first_projects = || first(prod(), "projects");
    let first_groups = || first(groups(&["1"]), "resource_groups");
    let of_group = || first(prod(), "resource_groups/1/projects");
    for responses in [
        vec![first_projects(), absent(), absent()],
        vec![first_projects(), absent(), groups(&[])],
        vec![prod(), first_groups(), absent(), list_of(&[])],
        vec![absent(), first_groups(), absent(), prod()],
        vec![absent(), groups(&["1"]), of_group(), absent()],
    ] {
        let (client, fake) = authorized([labeled_gateway()].into_iter().chain(responses));
        let result = client.gateways().projects(&"g".into()).await.unwrap();
        assert_eq!(names(&result.served), ["a"]);
        assert_eq!(result.unread.len(), 1, "{:?}", result.unread);
        assert_eq!(result.unread[0].page(), Some(2));
        fake.finish();
    }
    let (client, _) = authorized([first_projects(), absent()]);
    let labels = [("env".to_owned(), "prod".to_owned())].into();
    let result = client.projects().served_by(Some(&labels)).await.unwrap();
    assert_eq!((names(&result.served), result.unread.len()), (vec!["a"], 1));
}

#[tokio::test]
async fn a_gateway_and_a_setup_token_of_the_emulator_serve_projects_of_both_products() {
    let (_, client) = seeded(Role::AccessAdmin);
    let id = GatewayId::from(LABELED);
    let served = client.gateways().projects(&id).await.unwrap().served;
    let mut served = names(&served);
    served.sort_unstable();
    assert_eq!(served, ["shop", "web"]);
    let tokens = client.gateway_setup_tokens();
    let unlabeled = tokens.list().send().await.unwrap();
    let none = tokens.projects(&unlabeled.items[0].id).await.unwrap();
    // Its `details` are null, as in ASA's reference, which does not say whether that is without labels.
    assert_eq!((none.served.len(), none.unjudged.len()), (0, 2));
    let create = asa_client::models::GatewaySetupTokenCreate::new().with_labels([("env", "dev")]);
    let dev = tokens.create(create).send().await.unwrap();
    let result = tokens.projects(&dev.id).await.unwrap();
    assert_eq!(names(&result.served), ["web"]);
}

#[tokio::test]
async fn a_list_follows_the_link_although_no_parameter_is_documented() {
    let path = "/v1/teams/t/resource_groups";
    let first = groups(&["1"]).with_header("link", format!(r#"<{path}?offset=1>; rel="next""#));
    let (client, fake) = authorized([first, groups(&["2"])]);
    let all = client
        .resource_groups()
        .list()
        .items()
        .try_collect()
        .await
        .unwrap();
    assert_eq!(all.len(), 2);
    let requests = fake.into_requests();
    assert_eq!(requests[1].uri().query(), None);
    assert_eq!(requests[2].uri().query(), Some("offset=1"));
}

#[tokio::test]
async fn a_value_is_a_text_or_the_json_of_an_object() {
    let (group, project) = parents();
    for (sent, value) in [
        (r#""canary""#, Some("canary")),
        (r#"{"a": "b"}"#, Some(r#"{"a":"b"}"#)),
        ("null", None),
        ("{}", None),
    ] {
        let token = FakeResponse::json(200, format!(r#"{{"id": "1", "token": {sent}}}"#));
        let (client, fake) = authorized([token]);
        let tokens = client.resource_group_enrollment_tokens();
        let revealed = tokens.reveal(&group, &project, &"1".into()).send().await;
        match value {
            Some(value) => assert_eq!(revealed.unwrap().expose(), value),
            None => {
                let error = revealed.unwrap_err();
                assert!(matches!(error.kind(), ErrorKind::Decode { .. }), "{error}");
            }
        }
        let path = format!(
            "/v1/teams/t/resource_groups/{GROUP}/projects/{PROJECT}/server_enrollment_tokens/1"
        );
        assert_eq!(fake.into_requests()[1].uri().path(), path);
    }
}

#[tokio::test]
async fn a_value_in_place_of_an_id_is_not_sent_and_not_repeated() {
    let value = "eyJzIjoiY2FuYXJ5LWNhbmFyeS1jYW5hcnkiLCJ1IjoiL3YxIn0=";
    let (group, project) = parents();
    let fake = FakeTransport::script([]);
    let client = client(fake.clone(), &ManualClock::auto());
    let tokens = client.resource_group_enrollment_tokens();
    let asa = client.enrollment_tokens();
    let errors = [
        tokens
            .get(&group, &project, &value.into())
            .send()
            .await
            .unwrap_err(),
        tokens
            .reveal(&group, &project, &value.into())
            .send()
            .await
            .unwrap_err(),
        tokens
            .delete(&group, &project, &value.into())
            .send()
            .await
            .unwrap_err(),
        tokens.list(&group, &value.into()).send().await.unwrap_err(),
        asa.get(&"web".into(), &value.into())
            .send()
            .await
            .unwrap_err(),
        asa.delete(&value.into(), &"1".into())
            .send()
            .await
            .unwrap_err(),
        asa.list(&value.into()).send().await.unwrap_err(),
    ];
    for error in errors {
        assert!(
            matches!(error.kind(), ErrorKind::InvalidInput { .. }),
            "{error}"
        );
        assert!(!everything(&error).contains("eyJz"), "{error}");
    }
    assert!(fake.into_requests().is_empty());
}

#[tokio::test]
async fn a_project_of_okta_privileged_access_has_members_that_asa_has_not() {
    let sent = r#"{
        "id": "p", "name": "shop", "team": "t", "resource_group_id": "1", "deleted_at": null, "gateway_selector": "env=prod",
        "server_account_management": true, "persistent_server_user_accounts": null, "force_shared_ssh_users": false,
        "shared_admin_user_name": "admin", "active_resource_count": 50, "stale_resource_count": 0,
        "user_on_demand_period": 0, "ssh_certificate_type": "CERT_TYPE_RSA_SHA2_512_01", "added_since": {"a": [1]}
    }"#;
    let (client, _) = authorized([FakeResponse::json(200, sent)]);
    let project = client
        .resource_group_projects()
        .get(&"1".into(), &"p".into());
    let project = project.send().await.unwrap();
    assert_eq!(project.server_account_management, Some(true));
    assert_eq!(project.persistent_server_user_accounts, None);
    assert_eq!(project.shared_admin_user_name.as_deref(), Some("admin"));
    assert_eq!(project.active_resource_count, Some(50));
    assert!(!project.is_deleted());
}
