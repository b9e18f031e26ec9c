//! Resource groups of Okta Privileged Access, their projects, and the enrollment tokens of these.

use std::fs;

use gatelet_emulator::{Emulator, Error, Role, well_known};
use gatelet_models::Secret;
use gatelet_models::asa::{
    AdminGroup, EnrollmentTokenList, Project, ProjectList, ResourceGroup, ResourceGroupList,
};
use serde_json::{Value, json};

use crate::support::{Caller, field, memory, seeded, team};

const GROUP: &str = "/resource_groups/2e5d0f6c-31f2-4c53-8d0e-54b1a7e8c111";
const PROJECT: &str = "5b0c7d9e-8a4f-4b6a-9f37-2d1c0e9b8a55";
const TOKEN: &str = "0b2f9b8e-4c0f-4a5e-8a53-0a9e6d2f7c44";

fn tokens() -> String {
    team(&format!(
        "{GROUP}/projects/{PROJECT}/server_enrollment_tokens"
    ))
}

fn add_group(emulator: &Emulator, id: &str, name: &str) {
    let group = ResourceGroup::new(id, name);
    emulator
        .add_resource_group(well_known::ASA_TEAM, group)
        .unwrap();
}

fn add_project(emulator: &Emulator, id: &str, group: &str) -> Result<(), Error> {
    let project = Project::new(id, "shop").with_resource_group_id(group);
    emulator.add_project(well_known::ASA_TEAM, project)
}

#[test]
fn a_list_leaves_out_the_groups_that_administer_a_resource_group() {
    let emulator = memory();
    let admins = AdminGroup::new().with_name("admins");
    let group =
        ResourceGroup::new("1", "production").with_delegated_resource_admin_groups([admins]);
    emulator
        .add_resource_group(well_known::ASA_TEAM, group)
        .unwrap();
    let admin = Caller::admin(&emulator);
    let read = admin.get(&team("/resource_groups/1")).expect(200).json();
    assert_eq!(
        read["delegated_resource_admin_groups"],
        json!([{ "name": "admins" }])
    );
    assert_eq!(read["team_id"], well_known::ASA_TEAM);
    let list = admin.get(&team("/resource_groups")).expect(200);
    let _: ResourceGroupList = serde_json::from_slice(&list.body).unwrap();
    let listed = &list.json()["list"][0];
    assert_eq!(listed["delegated_resource_admin_groups"], Value::Null);
    assert_eq!(listed["name"], "production");
}

#[test]
fn resource_groups_are_filtered_sorted_and_paged() {
    let emulator = memory();
    for (id, name) in [("1", "b"), ("3", "a"), ("2", "ab")] {
        add_group(&emulator, id, name);
    }
    let admin = Caller::admin(&emulator);
    let get = |query: &str| admin.get(&team(&format!("/resource_groups{query}")));
    let names = |query| field(&get(query).expect(200).json()["list"], "name");
    assert_eq!(names(""), ["b", "a", "ab"]);
    assert_eq!(names("?order_by=name"), ["a", "ab", "b"]);
    assert_eq!(names("?order_by=id&for_policy_only=true"), ["b", "ab", "a"]);
    assert_eq!(names("?contains=b"), ["b", "ab"]);
    let first = get("?order_by=name&count=1&contains=a").expect(200);
    assert_eq!(field(&first.json()["list"], "name"), ["a"]);
    let second = admin.get(&first.link("next").unwrap()).expect(200);
    assert_eq!(field(&second.json()["list"], "name"), ["ab"]);
    assert_eq!(second.link("next"), None);
    for query in [
        "?order_by=size",
        "?for_policy_only=1",
        "?offset=9",
        "?count=0",
    ] {
        get(query).expect(400);
    }
}

#[test]
fn pages_of_sorted_resource_groups_continue_after_the_offset_and_equal_names_keep_their_order() {
    let emulator = memory();
    let added = [
        ("5", "b"),
        ("1", "a"),
        ("4", "a"),
        ("2", "c"),
        ("3", "a"),
        ("6", "x"),
    ];
    for (id, name) in added {
        add_group(&emulator, id, name);
    }
    let admin = Caller::admin(&emulator);
    let get = |query: &str| admin.get(&team(&format!("/resource_groups?{query}")));
    for (order, ids) in [
        ("name", ["1", "4", "3", "5", "2", "6"]),
        ("id", ["1", "2", "3", "4", "5", "6"]),
    ] {
        for count in 1..=7 {
            let mut page = get(&format!("order_by={order}&count={count}")).expect(200);
            let mut all = field(&page.json()["list"], "id");
            while let Some(next) = page.link("next") {
                page = admin.get(&next).expect(200);
                let more = field(&page.json()["list"], "id");
                assert!(!more.is_empty() && more.len() <= count);
                all.extend(more);
            }
            assert_eq!(all, ids, "{order} {count}");
        }
    }
    // An offset has to be in the list.
    get("order_by=name&offset=9").expect(400);
    get("order_by=name&contains=a&offset=5").expect(400);
}

#[test]
fn a_project_of_a_resource_group_is_read_by_its_id_and_is_none_of_asa() {
    let emulator = seeded();
    let admin = Caller::admin(&emulator);
    let project = admin
        .get(&team(&format!("{GROUP}/projects/{PROJECT}")))
        .expect(200)
        .json();
    assert_eq!(project["name"], "shop");
    assert_eq!(project["deleted_at"], Value::Null);
    let list = admin.get(&team(&format!("{GROUP}/projects"))).expect(200);
    assert_eq!(list.json(), json!({ "list": [project] }));
    let _: ProjectList = serde_json::from_slice(&list.body).unwrap();
    let filtered = admin
        .get(&team(&format!("{GROUP}/projects?contains=web")))
        .expect(200);
    assert_eq!(filtered.json(), json!({ "list": [] }));
    admin.get(&team("/projects/shop")).expect(404);
    let asa = admin.get(&team("/projects")).json();
    assert_eq!(field(&asa["list"], "name"), ["web"]);
    let web = asa["list"][0]["id"].as_str().unwrap();
    admin
        .get(&team(&format!("{GROUP}/projects/{web}")))
        .expect(404);
}

#[test]
fn absent_parents_are_not_found() {
    let emulator = seeded();
    add_group(&emulator, "other", "other");
    let admin = Caller::admin(&emulator);
    for path in [
        "/resource_groups/absent".to_owned(),
        "/resource_groups/absent/projects".to_owned(),
        format!("/resource_groups/other/projects/{PROJECT}"),
        format!("/resource_groups/other/projects/{PROJECT}/server_enrollment_tokens"),
        format!("/resource_groups/other/projects/{PROJECT}/server_enrollment_tokens/{TOKEN}"),
        format!("{GROUP}/projects/absent"),
        format!("{GROUP}/projects/absent/server_enrollment_tokens"),
        format!("{GROUP}/projects/{PROJECT}/server_enrollment_tokens/absent"),
    ] {
        let absent = admin.get(&team(&path)).expect(404).json();
        assert_eq!(absent["type"], "resource_does_not_exist", "{path}");
    }
    let elsewhere = format!("/resource_groups/other/projects/{PROJECT}/server_enrollment_tokens");
    admin
        .post(&team(&elsewhere), &json!({ "description": "edge" }))
        .expect(404);
    admin
        .delete(&team(&format!("{elsewhere}/{TOKEN}")))
        .expect(404);
    admin.get(&format!("{}/{TOKEN}", tokens())).expect(200);
}

#[test]
fn a_token_is_created_read_and_deleted_with_the_same_value() {
    let emulator = seeded();
    let admin = Caller::admin(&emulator);
    let created = admin
        .post(&tokens(), &json!({ "description": "edge" }))
        .expect(201)
        .json();
    assert_eq!(created["created_by_user"], well_known::ASA_USER);
    assert!(created["token"].as_str().unwrap().len() > 40);
    let path = format!("{}/{}", tokens(), created["id"].as_str().unwrap());
    assert_eq!(admin.get(&path).expect(200).json(), created);
    let list = admin.get(&tokens()).expect(200);
    assert_eq!(list.json()["list"][1], created);
    assert_ne!(list.json()["list"][0]["token"], created["token"]);
    assert_eq!(list.link("next"), None);
    let _: EnrollmentTokenList = serde_json::from_slice(&list.body).unwrap();
    admin.delete(&path).expect(204);
    admin.delete(&path).expect(404);
    admin
        .post(&tokens(), &json!({ "description": "" }))
        .expect(400);
}

#[test]
fn a_deleted_project_is_listed_and_has_no_tokens() {
    let emulator = memory();
    add_group(&emulator, "1", "production");
    let project = Project::new("2", "shop")
        .with_resource_group_id("1")
        .with_deleted_at(
            "2026-11-21T20:48:09Z"
                .parse::<gatelet_models::Timestamp>()
                .unwrap(),
        );
    emulator.add_project(well_known::ASA_TEAM, project).unwrap();
    let admin = Caller::admin(&emulator);
    let list = admin
        .get(&team("/resource_groups/1/projects"))
        .expect(200)
        .json();
    assert_eq!(list["list"][0]["deleted_at"], "2026-11-21T20:48:09Z");
    admin
        .get(&team("/resource_groups/1/projects/2"))
        .expect(200);
    let tokens = team("/resource_groups/1/projects/2/server_enrollment_tokens");
    admin.get(&tokens).expect(404);
    admin
        .post(&tokens, &json!({ "description": "edge" }))
        .expect(404);
}

#[test]
fn a_project_is_added_to_a_resource_group_of_its_team_only() {
    let emulator = memory();
    add_group(&emulator, "1", "production");
    add_project(&emulator, "2", "1").unwrap();
    // Okta does not document that a name is unique in a resource group.
    add_project(&emulator, "3", "1").unwrap();
    for (id, group) in [("2", "1"), ("4", "absent")] {
        let refused = add_project(&emulator, id, group);
        assert!(matches!(refused, Err(Error::Invalid(_))), "{id} {group}");
    }
    let project = Project::new("5", "shop").with_resource_group_id("1");
    let refused = emulator.add_project("another-team", project);
    assert!(matches!(refused, Err(Error::Invalid(_))));
    for (id, name) in [("1", "again"), ("6", "a/b"), ("7", "")] {
        let group = ResourceGroup::new(id, name);
        let refused = emulator.add_resource_group(well_known::ASA_TEAM, group);
        assert!(matches!(refused, Err(Error::Invalid(_))), "{id} {name}");
    }
}

#[test]
fn each_role_may_do_what_its_product_documents() {
    let emulator = seeded();
    let caller = |role: Role| {
        let secret = Secret::new("secret-of-the-test");
        let key = role.as_str();
        emulator
            .add_service_user(well_known::ASA_TEAM, key, &secret, role)
            .unwrap();
        Caller::service_user(&emulator, key, "secret-of-the-test")
    };
    let gateways = team("/gateways");
    let setup_tokens = team("/gateway_setup_tokens");
    let (groups, body) = (team("/resource_groups"), json!({ "description": "edge" }));
    for role in [Role::ResourceAdmin, Role::DelegatedResourceAdmin] {
        let caller = caller(role);
        caller.get(&groups).expect(200);
        caller
            .get(&team(&format!("{GROUP}/projects/{PROJECT}")))
            .expect(200);
        let created = caller.post(&tokens(), &body).expect(201).json();
        let id = created["id"].as_str().unwrap();
        caller.get(&format!("{}/{id}", tokens())).expect(200);
        caller.delete(&format!("{}/{id}", tokens())).expect(204);
        caller.get(&gateways).expect(200);
        caller.get(&team("/projects")).expect(401);
        let status = if role == Role::ResourceAdmin {
            200
        } else {
            401
        };
        caller.get(&setup_tokens).expect(status);
    }
    let reporter = caller(Role::ReportingUser);
    for path in [&groups, &team(&format!("{GROUP}/projects")), &tokens()] {
        let refused = reporter.get(path).expect(401).json();
        assert_eq!(refused["type"], "authorization_error", "{path}");
    }
    reporter.post(&tokens(), &body).expect(401);
    Caller::nobody(&emulator).get(&groups).expect(401);
}

#[test]
fn the_value_of_a_token_is_in_no_file() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("state.redb");
    let emulator = Emulator::open(&path).unwrap();
    emulator.seed().unwrap();
    let listed = Caller::admin(&emulator).get(&tokens()).expect(200).json();
    let token = listed["list"][0]["token"].as_str().unwrap();
    drop(emulator);
    let content = fs::read(&path).unwrap();
    let has = |text: &str| content.windows(text.len()).any(|it| it == text.as_bytes());
    assert!(has(TOKEN) && !has(&token[..16]));
    let emulator = Emulator::open(&path).unwrap();
    assert_eq!(Caller::admin(&emulator).get(&tokens()).json(), listed);
}
