/** The program's messages: topics of `/ws` as signals, and orders to it. One connection for the whole page. */
import { type ReadonlySignal, type Signal, signal } from "@preact/signals";
import { base } from "./router";

const FIRST_MS = 500;
const LONGEST_MS = 15_000;

type Listener = (payload: unknown, topic: string) => void;

/** Whether messages come at present; null before the first try ended. */
export const connected = signal<boolean | null>(null);

const topics = new Map<string, Signal<unknown>>();
const listeners = new Map<string, Set<Listener>>();
let socket: WebSocket | null = null;
let wait = FIRST_MS;
let timer: ReturnType<typeof setTimeout> | undefined;

/** Return the newest payload of a topic, such as "stats"; undefined until one came. */
export function topic<T>(name: string): ReadonlySignal<T | undefined> {
  const found = topics.get(name) ?? signal(undefined);
  topics.set(name, found);
  return found as Signal<T | undefined>;
}

/** Call `listener` with each message of a topic, "*" for all; return what ends that. */
export function listen(name: string, listener: Listener): () => void {
  const known = listeners.get(name) ?? new Set();
  listeners.set(name, known.add(listener));
  return () => known.delete(listener);
}

/** Send an order; return whether it could be sent. */
export function send(name: string, payload: unknown = ""): boolean {
  if (socket?.readyState !== WebSocket.OPEN) return false;
  socket.send(JSON.stringify({ topic: name, payload }));
  return true;
}

/** Connect, and stay connected until `disconnect`. */
export function connect(): void {
  if (socket) return;
  const url = new URL("ws", base);
  url.protocol = url.protocol.replace("http", "ws");
  const opened = new WebSocket(url);
  socket = opened;
  opened.onopen = () => {
    wait = FIRST_MS;
    connected.value = true;
    send("onConnect");
  };
  opened.onmessage = ({ data }) => take(String(data));
  opened.onclose = () => {
    if (socket !== opened) return;
    socket = null;
    connected.value = false;
    timer = setTimeout(connect, wait * (0.75 + Math.random() / 2));
    wait = Math.min(wait * 2, LONGEST_MS);
  };
}

/** End the connection, as at logout. */
export function disconnect(): void {
  clearTimeout(timer);
  const old = socket;
  socket = null;
  connected.value = null;
  old?.close();
}

function take(data: string): void {
  let message: { topic: string; payload: unknown };
  try {
    message = JSON.parse(data);
  } catch {
    return;
  }
  const payload = parsed(message.payload);
  const known = topics.get(message.topic);
  if (known) known.value = payload;
  else if (topics.size < 2000) topics.set(message.topic, signal(payload));
  for (const name of [message.topic, "*"]) {
    for (const one of listeners.get(name) ?? []) one(payload, message.topic);
  }
}

function parsed(payload: unknown): unknown {
  if (typeof payload !== "string" || !/^[[{]/.test(payload)) return payload;
  try {
    return JSON.parse(payload);
  } catch {
    return payload;
  }
}

// A phone that wakes up should not wait for the next try.
addEventListener("online", retry);
document.addEventListener("visibilitychange", () => document.hidden || retry());

function retry(): void {
  if (socket || connected.value === null) return;
  clearTimeout(timer);
  connect();
}
