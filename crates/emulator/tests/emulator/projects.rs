//! ASA's projects.

use gatelet_emulator::{Emulator, Error, well_known};
use gatelet_models::asa::{Project, ProjectList};
use serde_json::{Value, json};

use crate::support::{Caller, memory, seeded, team};

fn add(emulator: &Emulator, id: &str, name: &str) -> Result<(), Error> {
    let project = Project::new(id, name).with_gateway_selector("env=prod");
    emulator.add_project(well_known::ASA_TEAM, project)
}

fn names(list: &Value) -> Vec<&str> {
    let list = list["list"].as_array().unwrap();
    list.iter().map(|it| it["name"].as_str().unwrap()).collect()
}

#[test]
fn a_project_is_read_by_its_name() {
    let emulator = seeded();
    let admin = Caller::admin(&emulator);
    let project = admin.get(&team("/projects/web")).expect(200).json();
    assert_eq!(project["gateway_selector"], "env in (dev,prod)");
    assert_eq!(project["team"], well_known::ASA_TEAM);
    assert_eq!(project["deleted_at"], "0001-01-01T00:00:00Z");
    assert_eq!(project["next_unix_uid"], Value::Null);
    let list = admin.get(&team("/projects")).expect(200);
    assert_eq!(list.json(), json!({ "list": [project] }));
    let _: ProjectList = serde_json::from_slice(&list.body).unwrap();
    admin.get(&team("/projects/absent")).expect(404);
    admin
        .get(&team("/projects/8fe1a2c4-5f0c-4a5e-9d0e-6e1a1c1d2b30"))
        .expect(404);
}

#[test]
fn projects_are_filtered_and_paged() {
    let emulator = memory();
    for name in ["web", "db", "webhook"] {
        add(&emulator, name, name).unwrap();
    }
    let admin = Caller::admin(&emulator);
    let list = |query: &str| admin.get(&team(&format!("/projects{query}"))).expect(200);
    assert_eq!(names(&list("?contains=web").json()), ["web", "webhook"]);
    assert_eq!(
        names(&list("?descending=true").json()),
        ["webhook", "db", "web"]
    );
    let first = list("?count=2");
    assert_eq!(names(&first.json()), ["web", "db"]);
    let next = first.link("next").unwrap();
    let next = next.split_once(&team("")).unwrap().1;
    assert_eq!(
        names(&admin.get(&team(next)).expect(200).json()),
        ["webhook"]
    );
}

#[test]
fn a_project_that_asa_would_refuse_is_not_added() {
    let emulator = memory();
    add(&emulator, "1", "web").unwrap();
    for (id, name) in [
        ("1", "other"),
        ("2", "web"),
        ("3", ""),
        ("4", "a b"),
        ("5", "a/b"),
    ] {
        let refused = add(&emulator, id, name);
        assert!(matches!(refused, Err(Error::Invalid(_))), "{id} {name}");
    }
    let list = Caller::admin(&emulator).get(&team("/projects")).json();
    assert_eq!(names(&list), ["web"]);
}

#[test]
fn a_reporting_user_may_read_projects_and_nobody_else_without_a_bearer() {
    let emulator = seeded();
    let reader = Caller::service_user(
        &emulator,
        well_known::ASA_REPORTING_KEY_ID,
        well_known::ASA_REPORTING_KEY_SECRET,
    );
    reader.get(&team("/projects/web")).expect(200);
    Caller::nobody(&emulator)
        .get(&team("/projects"))
        .expect(401);
}
