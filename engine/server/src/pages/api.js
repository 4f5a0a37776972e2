// What the pages share: asking the server, and its answers in words.

let key = "";

/** The key that later requests carry; an empty one is not sent. */
export function useKey(value) {
  key = value.trim();
}

/** An answer that is not the one asked for, in words. */
export class Refusal extends Error {
  constructor(status, message, requestId = "") {
    super(message);
    this.name = "Refusal";
    this.status = status;
    this.requestId = requestId;
  }
}

/** Asks the server; gives the answer whatever its status. */
export async function request(path, options = {}) {
  const headers = new Headers(options.headers);
  if (key) {
    try {
      headers.set("Authorization", `Bearer ${key}`);
    } catch {
      throw new Refusal(401, "This API key has characters that no header can carry. Was something else pasted?");
    }
  }
  try {
    return await fetch(path, { ...options, headers, cache: "no-store" });
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw new Refusal(0, "The server cannot be reached. Is it still running?");
  }
}

/** Asks the server; an answer that is an error is thrown as a [Refusal]. */
export async function ask(path, options = {}) {
  const response = await request(path, options);
  if (!response.ok) throw await refusal(response);
  return response;
}

const TITLES = new Map([
  [400, "The server cannot speak this"],
  [401, "This server asks for an API key"],
  [403, "This API key may not do that"],
  [404, "The server does not have this"],
  [408, "The text did not arrive in time"],
  [413, "The text is too large"],
  [415, "The server did not understand the request"],
  [422, "The request has the wrong shape"],
  [429, "Too many requests for the moment"],
  [500, "The synthesis broke"],
  [503, "The server has no room for this now"],
  [504, "The server took too long"],
]);

async function refusal(response) {
  let said = "";
  try {
    const body = await response.json();
    // OpenAI's routes nest the message, the others do not.
    said = typeof body.error === "string" ? body.error : body.error?.message ?? "";
  } catch {
    // Something between here and the server answered; the status has to do.
  }
  const title = TITLES.get(response.status) ?? `The server answered ${response.status}`;
  const wait = waitOf(response);
  const parts = [said ? `${title}: ${said}.` : `${title}.`];
  if (wait > 0) parts.push(`Try again in ${wait} ${wait === 1 ? "second" : "seconds"}.`);
  return new Refusal(response.status, parts.join(" ").replace(/([.!?])\.(?= |$)/g, "$1"), response.headers.get("x-request-id") ?? "");
}

/** Seconds after which the server wants to be asked again; 0 where it does not say. */
export function waitOf(response) {
  const seconds = Number(response.headers.get("retry-after"));
  return Number.isFinite(seconds) && seconds > 0 ? Math.ceil(seconds) : 0;
}

/** A text as one word of a POSIX shell. */
export function quoted(text) {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}
