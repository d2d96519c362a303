/** The typed clients of the three interfaces. Types are generated from the servers' OpenAPI documents. */
import createClient, { type Middleware } from "openapi-fetch";
import type { paths as NvrPaths } from "../api/nvr";
import { base } from "./router";
import { sessionLost } from "./session-state";

/** What a request was answered with, if not with success. `message` is for people. */
export class ApiError extends Error {
  constructor(
    readonly status: number,
    message: string,
    readonly body: unknown = null,
  ) {
    super(message);
  }
}

const checks: Middleware = {
  onRequest({ request }) {
    if (request.method !== "GET") request.headers.set("X-CSRF-TOKEN", "1");
    return request;
  },
  async onResponse({ response, request }) {
    if (response.ok) return undefined;
    if (response.status === 401 && !request.url.endsWith("/login")) sessionLost.value = true;
    throw await refusal(response);
  },
};

/** Read what a refused request was answered with. All three forms of the interfaces are understood. */
export async function refusal(response: Response): Promise<ApiError> {
  const text = await response.text().catch(() => "");
  let body: unknown = text;
  try {
    body = JSON.parse(text);
  } catch {
    /* it is text */
  }
  const said = body as { message?: unknown; detail?: unknown; error?: { message?: unknown } | string } | null;
  const error = typeof said?.error === "object" ? said.error?.message : said?.error;
  const message = [said?.message, error, said?.detail].find((one) => typeof one === "string" && one);
  return new ApiError(response.status, (message as string) || `${response.status} ${response.statusText}`, body);
}

/** The recorder's interface: `await nvr.GET("/api/events", { params: { query: { limit: 5 } } })`. */
export const nvr = createClient<NvrPaths>({ baseUrl: base.href.replace(/\/$/, "") });
nvr.use(checks);

type Body = BodyInit | object | null;

/** Send a request whose answer or parameters the types do not describe; return the answer.
 *
 * `path` is relative, such as "api/version". An object as `body` is sent as JSON.
 */
export async function request(path: string, init: Omit<RequestInit, "body"> & { body?: Body } = {}): Promise<Response> {
  const { body, headers, ...rest } = init;
  const json = body !== null && typeof body === "object" && isPlain(body);
  const response = await fetch(new URL(path, base), {
    keepalive: rest.method === "DELETE", // what was deleted just before the page is left is deleted
    ...rest,
    headers: { "X-CSRF-TOKEN": "1", ...(json ? { "Content-Type": "application/json" } : {}), ...headers },
    ...(body === undefined ? {} : { body: json ? JSON.stringify(body) : (body as BodyInit) }),
  });
  if (response.ok) return response;
  if (response.status === 401 && !/(login|\/password)$/.test(path)) sessionLost.value = true;
  throw await refusal(response);
}

/** The same, whose answer is JSON. */
export async function json<T>(path: string, init: Parameters<typeof request>[1] = {}): Promise<T> {
  return (await (await request(path, init)).json()) as T;
}

/** Return the absolute address of something that an element loads, such as a picture. */
export function address(path: string, parameters: Record<string, string | number | null | undefined> = {}): string {
  const url = new URL(path, base);
  for (const [key, value] of Object.entries(parameters)) {
    if (value !== null && value !== undefined) url.searchParams.set(key, String(value));
  }
  return url.href;
}

/** The path of a file that the interface names as other recorders do. */
export const fileOf = (path: string) => path.replace(/^\/media\/frigate\//, "");

function isPlain(body: object): boolean {
  const kind = Object.getPrototypeOf(body);
  return kind === Object.prototype || Array.isArray(body);
}
