// The vendor's own SDK for TypeScript, npm `@dynatrace-sdk/client-classic-environment-v2`.

import { deepEqual, equal, ok } from "node:assert/strict";
import sdk from "@dynatrace-sdk/client-classic-environment-v2";
import http from "@dynatrace-sdk/http-client";
import { cases, check, enroll, readOnlyToken, token, url, wrongToken } from "./checks.mjs";

/** The SDK has the paths of the platform's API, which continue as those of an environment do. */
class Client extends http.PlatformHttpClient {
  send(request) {
    return super.send({ ...request, url: request.url.replace("/platform/classic/environment-api/v2/", "/api/v2/") });
  }
}

/** Returns the SDK's clients with an access token. */
function clients(token) {
  const client = new Client({ baseUrl: url, defaultHeaders: { Authorization: `Api-Token ${token}` } });
  const { ActiveGatesActiveGateTokensEnforcementClient: Enforcement } = sdk;
  return {
    tokens: new sdk.AccessTokensActiveGateTokensClient(client),
    gates: new sdk.ActiveGatesClient(client),
    groups: new sdk.ActiveGatesActiveGateGroupsClient(client),
    // Versions before 6 lack it.
    enforcement: Enforcement && new Enforcement(client),
    jobs: new sdk.ActiveGatesAutoUpdateJobsClient(client),
  };
}

const dt = clients(token);
const tokenBody = { name: "interop", activeGateType: "ENVIRONMENT", seedToken: false };
const [one, two] = cases.gates.map((gate) => gate.id);
const [target, latest] = cases.job_targets;

/** Expects an error with this status in the vendor's format. */
async function refused(status, call) {
  const error = await call.then(() => null, (error) => error);
  ok(sdk.isErrorEnvelopeError(error), `${error} instead of an error with ${status}`);
  equal(error.response.status, status);
  equal(error.body.error.code, status);
  ok(error.body.error.message);
  return error.body.error;
}

async function allTokens(pageSize) {
  const found = [];
  const pages = [];
  for (let nextPageKey; nextPageKey !== null; ) {
    const page = await dt.tokens.listTokens(nextPageKey ? { nextPageKey } : { pageSize });
    found.push(...page.activeGateTokens);
    pages.push(page);
    nextPageKey = page.nextPageKey ?? null;
  }
  return [found, pages];
}

// Tokens.

const created = [];
for (let n = 0; n < 201; n++) {
  await check("createToken", `token ${n}`, async () => {
    const token = await dt.tokens.createToken({ body: { ...tokenBody, name: `interop ${n} ü` } });
    ok(token.token.startsWith(`${token.id}.`));
    created.push(token);
  });
}
const tokens = [];
for (const expirationDate of cases.token_lifetimes) {
  await check("createToken", `until ${expirationDate}`, async () => {
    const token = await dt.tokens.createToken({ body: { ...tokenBody, ...(expirationDate && { expirationDate }) } });
    equal(token.expirationDate == null, expirationDate === null);
    tokens.push(token);
  });
}
for (const wrong of [{ name: "" }, { activeGateType: "OTHER" }, { expirationDate: "yesterday" }, { expirationDate: "now-1d" }]) {
  await check("createToken", `400 for ${JSON.stringify(wrong)}`, async () => {
    const error = await refused(400, dt.tokens.createToken({ body: { ...tokenBody, ...wrong } }));
    equal(error.constraintViolations[0].path, Object.keys(wrong)[0]);
  });
}

await check("listTokens", "pages", async () => {
  const [found, pages] = await allTokens(100);
  equal(pages.length, 3);
  ok(pages.every((page) => page.totalCount === found.length && page.pageSize === 100));
  const ids = found.map((token) => token.id);
  equal(new Set(ids).size, found.length);
  ok(created.every((token) => ids.includes(token.id)));
});
await check("listTokens", "one page", async () => {
  const [found, pages] = await allTokens(3000);
  equal(pages.length, 1);
  ok(found.every((token) => token.creationDate && token.owner && token.name));
});
for (const wrong of [{ pageSize: 99 }, { pageSize: 3001 }, { nextPageKey: "A+/=" }]) {
  await check("listTokens", `400 for ${JSON.stringify(wrong)}`, () => refused(400, dt.tokens.listTokens(wrong)));
}

await check("getToken", "one that exists", async () => {
  const { id } = created[0];
  const token = await dt.tokens.getToken({ activeGateTokenIdentifier: id });
  deepEqual([token.id, token.name, token.seedToken], [id, "interop 0 ü", false]);
});
await check("revokeToken", "once", async () => {
  const { id } = created[0];
  await dt.tokens.revokeToken({ activeGateTokenIdentifier: id });
  await refused(404, dt.tokens.getToken({ activeGateTokenIdentifier: id }));
  await refused(404, dt.tokens.revokeToken({ activeGateTokenIdentifier: id }));
});

// ActiveGates.

await check("getAllActiveGates", "enrolled ones", async () => {
  for (const [n, gate] of cases.gates.entries()) {
    await enroll(gate, tokens[n].token);
  }
});

/** Returns the ids of the ActiveGates of the cases, not of the emulator's examples, that pass a filter. The API has no order. */
async function listed(filter) {
  const ids = (await dt.gates.getAllActiveGates(filter)).activeGates.map((gate) => gate.id);
  return ids.filter((id) => [one, two].includes(id)).sort();
}

for (const [filter, expected] of cases.gate_filters) {
  await check("getAllActiveGates", JSON.stringify(filter), async () => deepEqual(await listed(filter), expected.sort()));
}
for (const wrong of cases.wrong_gate_filters) {
  await check("getAllActiveGates", `400 for ${JSON.stringify(wrong)}`, async () => {
    const error = await refused(400, dt.gates.getAllActiveGates(wrong));
    ok(error.constraintViolations[0].path in wrong);
  });
}
for (const [n, expected] of cases.gates.entries()) {
  await check("getOneActiveGateById", expected.id, async () => {
    const gate = await dt.gates.getOneActiveGateById({ agId: expected.id });
    const known = Object.fromEntries(Object.keys(expected).map((name) => [name, gate[name]]));
    deepEqual(known, expected);
    equal(gate.activeGateTokens[0].id, tokens[n].id);
    equal(gate.offlineSince, null);
  });
}
await check("getActiveGateGroups", "names", async () => {
  const { groups } = await dt.groups.getActiveGateGroups();
  const names = groups.map((group) => group.name);
  ok(cases.gates.every((gate) => names.includes(gate.group)), names.join());
});
if (dt.enforcement) {
  await check("getTokenEnforcement", "off", async () => {
    const enforcement = await dt.enforcement.getTokenEnforcement();
    deepEqual([enforcement.autoEnforced, enforcement.manualEnforced], [false, false]);
    deepEqual(enforcement.autoEnforcementEstimation, { value: 30, unit: "DAYS" });
  });
}

// Update jobs.

const jobs = [];
for (const targetVersion of cases.job_targets) {
  await check("validateUpdateJobForAg", targetVersion, () =>
    dt.jobs.validateUpdateJobForAg({ agId: one, body: { targetVersion } }));
  await check("createUpdateJobForAg", targetVersion, async () => {
    const job = await dt.jobs.createUpdateJobForAg({ agId: one, body: { targetVersion } });
    deepEqual([job.jobState, job.cancelable, job.timestamp, job.targetVersion], ["PENDING", true, null, targetVersion]);
    jobs.push(job);
  });
}
for (const targetVersion of ["1.300", "newest", ""]) {
  for (const operation of ["validateUpdateJobForAg", "createUpdateJobForAg"]) {
    await check(operation, `400 for ${targetVersion}`, async () => {
      const error = await refused(400, dt.jobs[operation]({ agId: one, body: { targetVersion } }));
      equal(error.constraintViolations[0].path, "targetVersion");
    });
  }
}
for (const [filter, expected] of cases.job_filters) {
  const targets = (jobs) => jobs.map((job) => job.targetVersion);
  await check("getUpdateJobListByAgId", JSON.stringify(filter), async () => {
    const list = await dt.jobs.getUpdateJobListByAgId({ agId: one, ...filter });
    equal(list.agId, one);
    deepEqual(targets(list.updateJobs), expected);
  });
  await check("getAllUpdateJobList", JSON.stringify(filter), async () => {
    const all = (await dt.jobs.getAllUpdateJobList(filter)).allUpdateJobs;
    const lists = all.filter((list) => [one, two].includes(list.agId));
    deepEqual(lists.map((list) => [list.agId, targets(list.updateJobs)]), expected.length ? [[one, expected]] : []);
  });
}
for (const wrong of cases.wrong_job_filters) {
  await check("getAllUpdateJobList", `400 for ${JSON.stringify(wrong)}`, () =>
    refused(400, dt.jobs.getAllUpdateJobList(wrong)));
  await check("getUpdateJobListByAgId", `400 for ${JSON.stringify(wrong)}`, () =>
    refused(400, dt.jobs.getUpdateJobListByAgId({ agId: one, ...wrong })));
}
for (const { jobId, targetVersion } of jobs) {
  await check("getUpdateJobByJobIdForAg", targetVersion, async () => {
    const job = await dt.jobs.getUpdateJobByJobIdForAg({ agId: one, jobId });
    deepEqual([job.jobId, job.targetVersion], [jobId, targetVersion]);
  });
  await check("getUpdateJobByJobIdForAg", "404 for a job of another ActiveGate", () =>
    refused(404, dt.jobs.getUpdateJobByJobIdForAg({ agId: two, jobId })));
  await check("deleteUpdateJobByJobIdForAg", "once", async () => {
    await dt.jobs.deleteUpdateJobByJobIdForAg({ agId: one, jobId });
    await refused(404, dt.jobs.getUpdateJobByJobIdForAg({ agId: one, jobId }));
    await refused(404, dt.jobs.deleteUpdateJobByJobIdForAg({ agId: one, jobId }));
  });
}

// Errors that every operation shares.

const body = { targetVersion: target };
const calls = {
  listTokens: (dt) => dt.tokens.listTokens(),
  createToken: (dt) => dt.tokens.createToken({ body: tokenBody }),
  getToken: (dt, id) => dt.tokens.getToken({ activeGateTokenIdentifier: id }),
  revokeToken: (dt, id) => dt.tokens.revokeToken({ activeGateTokenIdentifier: id }),
  getAllActiveGates: (dt) => dt.gates.getAllActiveGates(),
  getOneActiveGateById: (dt, id) => dt.gates.getOneActiveGateById({ agId: id }),
  getActiveGateGroups: (dt) => dt.groups.getActiveGateGroups(),
  getTokenEnforcement: (dt) => dt.enforcement.getTokenEnforcement(),
  getAllUpdateJobList: (dt) => dt.jobs.getAllUpdateJobList(),
  getUpdateJobListByAgId: (dt, id) => dt.jobs.getUpdateJobListByAgId({ agId: id }),
  createUpdateJobForAg: (dt, id) => dt.jobs.createUpdateJobForAg({ agId: id, body }),
  validateUpdateJobForAg: (dt, id) => dt.jobs.validateUpdateJobForAg({ agId: id, body }),
  getUpdateJobByJobIdForAg: (dt, id) => dt.jobs.getUpdateJobByJobIdForAg({ agId: id, jobId: "-1" }),
  deleteUpdateJobByJobIdForAg: (dt, id) => dt.jobs.deleteUpdateJobByJobIdForAg({ agId: id, jobId: "-1" }),
};
const writes = ["createToken", "revokeToken", "createUpdateJobForAg", "validateUpdateJobForAg", "deleteUpdateJobByJobIdForAg"];

if (!dt.enforcement) {
  delete calls.getTokenEnforcement;
}
for (const [operation, call] of Object.entries(calls)) {
  await check(operation, "401", () => refused(401, call(clients(wrongToken), one)));
  if (writes.includes(operation)) {
    await check(operation, "403", () => refused(403, call(clients(readOnlyToken), one)));
  }
  // The SDK does not encode ids.
  for (const id of call.length > 1 ? ["-999", "a b", "ü", "a/b", "%41%2f"] : []) {
    await check(operation, `404 for ${id}`, () => refused(404, call(dt, id)));
  }
}
