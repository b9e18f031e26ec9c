"""The vendor's client for Python, PyPI `dt`."""

import json
from datetime import datetime, timedelta, timezone

from checks import CASES, READ_ONLY_TOKEN, TOKEN, URL, WRONG_TOKEN, check, enroll, expect
from dynatrace import Dynatrace
from dynatrace.dynatrace_object import DynatraceObject
from dynatrace.environment_v2 import activegates, activegates_autoupdate_jobs
from dynatrace.http_client import HttpClient
from dynatrace.pagination import PaginatedList

TOKENS = "/api/v2/activeGateTokens"
GATES = "/api/v2/activeGates"

dt = Dynatrace(URL, TOKEN)
# It has no service for ActiveGate tokens: its HTTP client and its pages are used without one.
http = HttpClient(URL, TOKEN)

ONE, TWO = [gate["id"] for gate in CASES["gates"]]
TARGET = CASES["job_targets"][0]


class UpdateJob(activegates_autoupdate_jobs.UpdateJob):
    """A job as it reads one. It divides the timestamp of a job, which is null until the job has ended."""

    def _create_from_raw_data(self, raw_element):
        timestamp = raw_element["timestamp"]
        super()._create_from_raw_data({**raw_element, "timestamp": timestamp or 0})


activegates_autoupdate_jobs.UpdateJob = UpdateJob


def refused(status, call):
    """Expects an exception with this status and an error in the vendor's format."""
    try:
        found = call()
    except Exception as error:
        text = str(error)
        if f"<Response [{status}]>" not in text:
            raise
        error = json.loads(text.split(" Response: ", 1)[1])["error"]
        expect(error["code"], status)
        return error
    raise AssertionError(f"{found!r} instead of an error with {status}")


# Tokens.


def create_token(http=http, **members):
    body = {"name": "interop", "activeGateType": "ENVIRONMENT", "seedToken": False, **members}
    return http.make_request(TOKENS, method="POST", params=body).json()


def list_tokens(**query):
    tokens = PaginatedList(DynatraceObject, http, TOKENS, query, list_item="activeGateTokens")
    return [token.json() for token in tokens], len(tokens)


created = []
for n in range(201):
    with check("createToken", f"token {n}"):
        token = create_token(name=f"interop {n} ü")
        assert token["token"].startswith(token["id"] + ".")
        created.append(token)
tokens = []
for lifetime in CASES["token_lifetimes"]:
    with check("createToken", f"until {lifetime}"):
        tokens.append(create_token(expirationDate=lifetime))
for wrong in [{"name": ""}, {"activeGateType": "OTHER"}, {"expirationDate": "yesterday"}, {"expirationDate": "now-1d"}]:
    with check("createToken", f"400 for {wrong}"):
        error = refused(400, lambda: create_token(**wrong))
        expect([error["constraintViolations"][0]["path"]], list(wrong))

with check("listTokens", "pages"):
    found, total = list_tokens(pageSize=100)
    ids = [token["id"] for token in found]
    expect(len(set(ids)), total)
    expect(len(ids), total)
    assert {token["id"] for token in created} <= set(ids)
with check("listTokens", "one page"):
    found, total = list_tokens(pageSize=3000)
    expect(len(found), total)
for wrong in [{"pageSize": 99}, {"pageSize": 3001}, {"nextPageKey": "A+/="}]:
    with check("listTokens", f"400 for {wrong}"):
        refused(400, lambda: list_tokens(**wrong))

with check("getToken", "one that exists"):
    token = http.make_request(f"{TOKENS}/{created[0]['id']}").json()
    expect((token["id"], token["name"], token["seedToken"]), (created[0]["id"], "interop 0 ü", False))
with check("revokeToken", "once"):
    path = f"{TOKENS}/{created[0]['id']}"
    expect(http.make_request(path, method="DELETE").status_code, 204)
    refused(404, lambda: http.make_request(path))
    refused(404, lambda: http.make_request(path, method="DELETE"))

# ActiveGates.

with check("getAllActiveGates", "enrolled ones"):
    for gate, token in zip(CASES["gates"], tokens):
        enroll(gate, token["token"])

# Its argument for the type has another name in the query, so it does not filter.
ARGUMENTS = {
    "hostname": "hostname",
    "osType": "os_type",
    "networkAddress": "network_address",
    "networkZone": "network_zone",
    "updateStatus": "update_status",
    "versionCompareType": "version_compare_type",
    "version": "version",
    "autoUpdate": "auto_update",
    "group": "group",
    "online": "online",
    "enabledModule": "enabled_modules",
    "disabledModule": "disabled_modules",
}


def list_gates(query):
    """Lists ActiveGates by the method, or by its pages where the method lacks an argument."""
    if set(query) <= set(ARGUMENTS):
        return dt.activegates.list(**{ARGUMENTS[name]: value for name, value in query.items()})
    return PaginatedList(activegates.ActiveGate, http, GATES, query, list_item="activeGates")


for query, expected in CASES["gate_filters"]:
    with check("getAllActiveGates", query):
        ids = [gate.id for gate in list_gates(query)]
        # The API has no order, and the emulator has examples.
        expect(sorted(id for id in ids if id in (ONE, TWO)), sorted(expected))
for wrong in CASES["wrong_gate_filters"]:
    with check("getAllActiveGates", f"400 for {wrong}"):
        error = refused(400, lambda: list_gates(wrong))
        assert error["constraintViolations"][0]["path"] in wrong
with check("getAllActiveGates", "400 for an enum of Python"):
    refused(400, lambda: dt.activegates.list(os_type=activegates.OsType.LINUX))
with check("getAllActiveGates", "another name of the type"):
    ids = [gate.id for gate in dt.activegates.list(activegate_type="ENVIRONMENT_MULTI")]
    assert {ONE, TWO} <= set(ids)
for expected in CASES["gates"]:
    with check("getOneActiveGateById", expected["id"]):
        gate = dt.activegates.get(expected["id"])
        expect({name: gate.json()[name] for name in expected}, expected)
        expect((gate.hostname, gate.offline_since), (expected["hostname"], None))
        expect([module.type for module in gate.modules], [module["type"] for module in expected["modules"]])

# Update jobs.

service = dt.activegates_autoupdate_jobs
jobs = []
for target in CASES["job_targets"]:
    with check("validateUpdateJobForAg", target):
        expect(service.validate(ONE, target).status_code, 204)
    with check("createUpdateJobForAg", target):
        job = service.post(ONE, target)
        expect((job.job_state, job.cancelable, job.target_version), ("PENDING", True, target))
        expect((job.duration, job.error, job.json()["timestamp"]), (None, None, None))
        jobs.append(job)
for target in ["1.300", "newest", ""]:
    with check("validateUpdateJobForAg", f"400 for {target}"):
        refused(400, lambda: service.validate(ONE, target))
    with check("createUpdateJobForAg", f"400 for {target}"):
        refused(400, lambda: service.post(ONE, target))

ARGUMENTS = {
    "from": "time_from",
    "to": "time_to",
    "startVersionCompareType": "start_version_compare_type",
    "startVersion": "start_version",
    "updateType": "update_type",
    "targetVersionCompareType": "target_version_compare_type",
    "targetVersion": "target_version",
}


def list_all_jobs(query):
    """Lists all jobs by the method, or by its pages where the method lacks an argument."""
    if set(query) <= set(ARGUMENTS):
        return service.list(**{ARGUMENTS[name]: value for name, value in query.items()})
    list_class = activegates_autoupdate_jobs.UpdateJobList
    return PaginatedList(list_class, http, f"{GATES}/updateJobs", query, list_item="allUpdateJobs")


def list_jobs(gate, query):
    """Lists the jobs of an ActiveGate by the method, or by its HTTP client where the method lacks an argument."""
    if set(query) <= set(ARGUMENTS):
        return service.get(gate, **{ARGUMENTS[name]: value for name, value in query.items()})
    response = http.make_request(f"{GATES}/{gate}/updateJobs", query)
    return activegates_autoupdate_jobs.UpdateJobList(raw_element=response.json())


def targets(jobs):
    return [job.target_version for job in jobs.update_jobs]


for query, expected in CASES["job_filters"]:
    with check("getUpdateJobListByAgId", query):
        expect(targets(list_jobs(ONE, query)), expected)
    with check("getAllUpdateJobList", query):
        lists = [(jobs.activegate_id, targets(jobs)) for jobs in list_all_jobs(query)]
        lists = [(gate, jobs) for gate, jobs in lists if gate in (ONE, TWO)]
        expect(lists, [(ONE, expected)] if expected else [])
# It writes times with and without an offset.
utc = datetime.now(timezone.utc)
for now in [utc, utc.replace(tzinfo=None), utc.astimezone(timezone(timedelta(hours=-3, minutes=-30)))]:
    query = {"from": now - timedelta(minutes=5), "to": now + timedelta(minutes=5)}
    with check("getUpdateJobListByAgId", query):
        expect(targets(list_jobs(ONE, query)), CASES["job_targets"][::-1])
for wrong in CASES["wrong_job_filters"]:
    with check("getUpdateJobListByAgId", f"400 for {wrong}"):
        refused(400, lambda: list_jobs(ONE, wrong))
    with check("getAllUpdateJobList", f"400 for {wrong}"):
        refused(400, lambda: list_all_jobs(wrong))
for job in jobs:
    with check("getUpdateJobByJobIdForAg", job.target_version):
        found = service.get_job(ONE, job.job_id)
        expect((found.job_id, found.target_version), (job.job_id, job.target_version))
    with check("getUpdateJobByJobIdForAg", "404 for a job of another ActiveGate"):
        refused(404, lambda: service.get_job(TWO, job.job_id))
    with check("deleteUpdateJobByJobIdForAg", "once"):
        expect(service.delete_job(ONE, job.job_id).status_code, 204)
        refused(404, lambda: service.get_job(ONE, job.job_id))
        refused(404, lambda: service.delete_job(ONE, job.job_id))

# Errors that every operation shares.

CALLS = {
    "listTokens": lambda dt, http: http.make_request(TOKENS),
    "createToken": lambda dt, http: create_token(http),
    "getAllActiveGates": lambda dt, http: dt.activegates.list(),
    "getAllUpdateJobList": lambda dt, http: dt.activegates_autoupdate_jobs.list(),
}
CALLS_WITH_ID = {
    "getToken": lambda dt, http, id: http.make_request(f"{TOKENS}/{id}"),
    "revokeToken": lambda dt, http, id: http.make_request(f"{TOKENS}/{id}", method="DELETE"),
    "getOneActiveGateById": lambda dt, http, id: dt.activegates.get(id),
    "getUpdateJobListByAgId": lambda dt, http, id: dt.activegates_autoupdate_jobs.get(id),
    "createUpdateJobForAg": lambda dt, http, id: dt.activegates_autoupdate_jobs.post(id, TARGET),
    "validateUpdateJobForAg": lambda dt, http, id: dt.activegates_autoupdate_jobs.validate(id, TARGET),
    "getUpdateJobByJobIdForAg": lambda dt, http, id: dt.activegates_autoupdate_jobs.get_job(id, "-1"),
    "deleteUpdateJobByJobIdForAg": lambda dt, http, id: dt.activegates_autoupdate_jobs.delete_job(id, "-1"),
}
WRITES = ["createToken", "revokeToken", "createUpdateJobForAg", "validateUpdateJobForAg", "deleteUpdateJobByJobIdForAg"]


def with_token(token):
    return Dynatrace(URL, token), HttpClient(URL, token)


for operation, call in CALLS.items():
    with check(operation, "401"):
        refused(401, lambda: call(*with_token(WRONG_TOKEN)))
    if operation in WRITES:
        with check(operation, "403"):
            refused(403, lambda: call(*with_token(READ_ONLY_TOKEN)))
for operation, call in CALLS_WITH_ID.items():
    with check(operation, "401"):
        refused(401, lambda: call(*with_token(WRONG_TOKEN), ONE))
    if operation in WRITES:
        with check(operation, "403"):
            refused(403, lambda: call(*with_token(READ_ONLY_TOKEN), ONE))
    # It does not encode ids.
    for id in ["-999", "a b", "ü", "a/b", "%41%2f"]:
        with check(operation, f"404 for {id}"):
            refused(404, lambda: call(dt, http, id))
