//! Bodies as the vendors send them: documented formats with invented values, the same in every run.

use std::fmt::Write as _;

/// Returns a page like [`tokens`] that is the last one.
#[must_use]
pub fn last_page(count: u32) -> String {
    tokens(count).replacen(
        r#""nextPageKey":"___"#,
        r#""nextPageKey":null,"last":"___"#,
        1,
    )
}

/// Returns a page of ActiveGate tokens, about 220 bytes each: two dates per token, one in a thousand without milliseconds.
#[must_use]
pub fn tokens(count: u32) -> String {
    let list = join_objects(count, |out, i| {
        write!(
            out,
            r#"{{"id":"dt0g02.{:08X}","name":"edge gateway {}","owner":"user{}@example.com","creationDate":"{}""#,
            scramble(i),
            i % 997,
            i % 97,
            date(i)
        )?;
        if i % 4 != 0 {
            write!(out, r#","expirationDate":"{}""#, date(i + 7))?;
        }
        if i % 4 == 1 {
            write!(out, r#","lastUsedDate":"{}""#, date(i + 3))?;
        }
        write!(
            out,
            r#","seedToken":{},"activeGateType":"ENVIRONMENT"}}"#,
            i % 5 == 0
        )
    });
    format!(
        r#"{{"totalCount":100000,"pageSize":{count},"nextPageKey":"___{}","activeGateTokens":[{list}]}}"#,
        "kEyOfPage".repeat(13)
    )
}

/// Returns a list of gateways, about 250 bytes each, with up to three labels.
#[must_use]
pub fn gateways(count: u32) -> String {
    let list = join_objects(count, |out, i| {
        write!(
            out,
            r#"{{"id":"a2dfd474-2db4-4bb2-8364-{:012x}","name":"gateway-{i}","refuse_connections":false,"labels":"#,
            scramble(i)
        )?;
        match i % 4 {
            0 => out.write_str("null")?,
            1 => out.write_str(r#"{"env":"prod"}"#)?,
            2 => write!(out, r#"{{"env":"prod","region":"eu-west-{}"}}"#, i % 3)?,
            _ => write!(
                out,
                r#"{{"env":"test","region":"eu-west-{}","team":"team-{}"}}"#,
                i % 3,
                i % 17
            )?,
        }
        write!(
            out,
            r#","description":null,"access_address":"10.0.{}.{}:7234","default_address":null,"cloud_provider":"aws"}}"#,
            i / 250,
            i % 250
        )
    });
    format!(r#"{{"list":[{list}]}}"#)
}

/// The modules of an ActiveGate, with their attributes.
const MODULES: [(&str, &str); 18] = [
    (
        "AWS",
        r#""accounts":"12","endpoint":"https://10.1.2.3:9999/aws/communication""#,
    ),
    (
        "AZURE",
        r#""subscriptions":"4","endpoint":"https://10.1.2.3:9999/azure/communication""#,
    ),
    ("BEACON_FORWARDER", ""),
    ("CLOUD_FOUNDRY", r#""foundations":"2""#),
    ("DB_INSIGHT", ""),
    ("DEBUGGING", ""),
    (
        "EXTENSIONS_V1",
        r#""pluginsCount":"12","executionModel":"embedded""#,
    ),
    (
        "EXTENSIONS_V2",
        r#""datasources":"sql,snmp,wmi,prometheus,jmx,snmptraps","maxDatasources":"16","performanceProfile":"default""#,
    ),
    (
        "KUBERNETES",
        r#""clusterId":"7f3ab1c2-3f0e-4d6f-9f6e-1d2c3b4a5968","monitoring":"metrics,events,logs","pipelines":"4""#,
    ),
    (
        "LOGS",
        r#""maxQueueSize":"524288","endpoint":"https://10.1.2.3:9999/e/abc12345/api/v2/logs/ingest""#,
    ),
    ("MEMORY_DUMPS", r#""quota":"107374182400""#),
    (
        "METRIC_API",
        r#""endpoint":"https://10.1.2.3:9999/e/abc12345/api/v2/metrics/ingest""#,
    ),
    (
        "ONE_AGENT_ROUTING",
        r#""routing":"https://10.1.2.3:9999/communication","zone":"default""#,
    ),
    (
        "OTLP_INGEST",
        r#""endpoint":"https://10.1.2.3:9999/e/abc12345/api/v2/otlp""#,
    ),
    (
        "REST_API",
        r#""endpoint":"https://10.1.2.3:9999/e/abc12345/api""#,
    ),
    (
        "SYNTHETIC",
        r#""browser":"Chromium 134.0.6998.88","vucVersion":"1.343.0.20260901-101500""#,
    ),
    ("VMWARE", r#""hosts":"vcenter-1.example.com""#),
    ("Z_OS", ""),
];

/// Returns a list of ActiveGates, about 3.6 kB each, most of it in their modules.
#[must_use]
pub fn active_gates(count: u32) -> String {
    let list = join_objects(count, |out, i| {
        write!(
            out,
            r#"{{"id":"{}","networkAddresses":["10.1.{}.{}","edge-{i}.internal.example.com","edge-{i}.example.com"],"#,
            i64::from(scramble(i)) - 2_147_483_648,
            i / 250,
            i % 250
        )?;
        write!(
            out,
            r#""loadBalancerAddresses":[],"osType":"LINUX","osArchitecture":"X86","osBitness":"64","autoUpdateStatus":"UP2DATE","offlineSince":"#
        )?;
        match i % 8 {
            0 => write!(out, "{}", 1_790_000_000_000 + u64::from(i) * 977)?,
            _ => out.write_str("null")?,
        }
        write!(
            out,
            r#","version":"1.343.{}.20260901-101500","type":"ENVIRONMENT","hostname":"edge-{i}.example.com","mainEnvironment":null,"environments":["abc12345"],"networkZone":"zone-{}","group":"group-{}","#,
            i % 30,
            i % 7,
            i % 5
        )?;
        write!(
            out,
            r#""containerized":false,"fipsMode":false,"connectedHosts":{{"number":{}}},"autoUpdateSettings":{{"setting":"INHERITED","effectiveSetting":"ENABLED","targetVersion":"1.344","updateWindows":{{"windows":[]}}}},"#,
            i % 400
        )?;
        write!(
            out,
            r#""activeGateTokens":[{{"id":"dt0g02.{:08X}","state":"VALID","environmentId":"abc12345"}}],"modules":["#,
            scramble(i)
        )?;
        for (at, (module, attributes)) in (0..).zip(MODULES) {
            let comma = if at > 0 { "," } else { "" };
            write!(
                out,
                r#"{comma}{{"misconfigured":false,"type":"{module}","version":"1.343.{}.20260901-101500","attributes":{{{attributes}}},"enabled":{}}}"#,
                i % 30,
                (i + at) % 3 != 0
            )?;
        }
        out.write_str("]}")
    });
    format!(r#"{{"activeGates":[{list}]}}"#)
}

/// Returns a list of ActiveGates with nothing but a token each, those of [`tokens`].
#[must_use]
pub fn token_users(count: u32) -> String {
    let list = join_objects(count, |out, i| {
        write!(
            out,
            r#"{{"id":"{i}","activeGateTokens":[{{"id":"dt0g02.{:08X}","state":"VALID"}}]}}"#,
            scramble(i)
        )
    });
    format!(r#"{{"activeGates":[{list}]}}"#)
}

/// The number of dates that [`dates`] returns.
pub const DATES: u32 = 1000;

/// Returns dates with or without milliseconds, separated by spaces.
#[must_use]
pub fn dates(with_milliseconds: bool) -> String {
    let point = if with_milliseconds { "." } else { "" };
    let dates: Vec<String> = (0..DATES).map(|i| timestamp(i, point)).collect();
    dates.join(" ")
}

/// Returns a date as the service formats it: without milliseconds if they are zero.
fn date(i: u32) -> String {
    if i.is_multiple_of(1000) {
        timestamp(i, "")
    } else {
        timestamp(i, ".")
    }
}

fn timestamp(i: u32, point: &str) -> String {
    let fraction = if point.is_empty() {
        String::new()
    } else {
        format!(".{:03}", 1 + i * 13 % 999)
    };
    format!(
        "20{:02}-{:02}-{:02}T{:02}:{:02}:{:02}{fraction}Z",
        20 + i % 9,
        1 + i % 12,
        1 + i % 28,
        i % 24,
        i % 60,
        i * 7 % 60
    )
}

/// Returns a number that looks random.
fn scramble(i: u32) -> u32 {
    i.wrapping_mul(2_654_435_761)
}

fn join_objects(count: u32, write: impl Fn(&mut String, u32) -> std::fmt::Result) -> String {
    let mut list = String::new();
    for i in 0..count {
        if i > 0 {
            list.push(',');
        }
        // Writing to a String cannot fail.
        let _ = write(&mut list, i);
    }
    list
}
