// What the programs for Node share: the server's address, the cases, and one line of JSON on stdout for each check.

import { readFileSync } from "node:fs";

export const url = process.env.GATELET_DT_URL;
export const token = process.env.GATELET_DT_TOKEN;
export const readOnlyToken = process.env.GATELET_DT_READ_ONLY_TOKEN;
export const wrongToken = "dt0c01.NOSUCHTOKEN.SECRET";

export const cases = JSON.parse(readFileSync(new URL("cases.json", import.meta.url), "utf8"));

// A program that hangs must fail.
setTimeout(() => process.exit(3), 300_000).unref();

/** Awaits a function, and prints whether it failed as a check of an operation. */
export async function check(operation, what, run) {
  let failure = null;
  try {
    await run();
  } catch (error) {
    failure = `${what}: ${error?.name}: ${error?.message}`.replace(/\s+/g, " ");
  }
  console.log(JSON.stringify({ operation, failure }));
}

/** Connects an ActiveGate with a token, as its own program would. */
export async function enroll(gate, token) {
  const headers = { Authorization: `Bearer ${token}`, "Content-Type": "application/json" };
  const body = JSON.stringify(gate);
  const response = await fetch(`${url}/emulator/v1/activeGates`, { method: "POST", headers, body });
  if (!response.ok) {
    throw new Error(`the ActiveGate could not be enrolled: ${response.status}`);
  }
}
