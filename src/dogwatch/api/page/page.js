"use strict";

// A plain page: live pictures, newest events, login. Everything that comes from the server is set as text.
const byId = (id) => document.getElementById(id);
const STILL_MS = 1000;
const EVENTS_MS = 10000;

function element(tag, properties = {}, ...children) {
  const made = Object.assign(document.createElement(tag), properties);
  made.append(...children);
  return made;
}

async function get(path) {
  const answer = await fetch(path, { headers: { "X-CACHE-BYPASS": "1" } });
  if (answer.status === 401) throw new Error("login");
  if (!answer.ok) throw new Error(`${path}: ${answer.status}`);
  return answer.json();
}

// ---------------------------------------------------------------- live

function camera(name) {
  const part = encodeURIComponent(name);
  const still = element("img", { alt: `Live picture of ${name}` });
  const caption = element("figcaption", {}, element("strong", { textContent: name }));
  const figure = element("figure", {}, still, caption);
  const button = element("button", { type: "button", textContent: "Play" });
  if (window.MediaSource || window.ManagedMediaSource) caption.append(button);
  let player = null;

  const refresh = () => {
    if (player || document.hidden) return setTimeout(refresh, STILL_MS);
    still.src = `api/${part}/latest.jpg?height=480&t=${Date.now()}`;
  };
  still.onload = () => setTimeout(refresh, STILL_MS);
  still.onerror = () => setTimeout(refresh, 5 * STILL_MS);
  const stop = () => {
    if (!player) return;
    player.close();
    player.video.replaceWith(still);
    player = null;
    button.textContent = "Play";
  };
  button.onclick = () => {
    if (player) return stop();
    player = play(part, stop);
    still.replaceWith(player.video);
    button.textContent = "Stop";
  };
  refresh();
  return figure;
}

function play(part, stopped) {
  const Source = window.ManagedMediaSource || window.MediaSource;
  const video = element("video", { autoplay: true, muted: true, playsInline: true, controls: true });
  video.disableRemotePlayback = true;
  const media = new Source();
  const address = new URL(`live/mse/api/ws?src=${part}`, document.baseURI);
  address.protocol = address.protocol.replace("http", "ws");
  const socket = new WebSocket(address);
  socket.binaryType = "arraybuffer";
  const waiting = [];
  let buffer = null;

  const feed = () => {
    if (!buffer || buffer.updating || media.readyState !== "open") return;
    const ranges = video.buffered;
    if (ranges.length) {
      const end = ranges.end(ranges.length - 1);
      if (end - video.currentTime > 4) video.currentTime = end - 0.5;
      if (end - ranges.start(0) > 60) return buffer.remove(0, end - 30);
    }
    if (waiting.length) buffer.appendBuffer(waiting.shift());
  };
  media.addEventListener("sourceopen", () => {
    URL.revokeObjectURL(video.src);
    const ask = () => socket.send(JSON.stringify({ type: "mse", value: "avc1.640029,hvc1.1.6.L153.B0,mp4a.40.2" }));
    if (socket.readyState === WebSocket.OPEN) ask();
    else socket.onopen = ask;
  }, { once: true });
  socket.onmessage = ({ data }) => {
    if (typeof data !== "string") {
      waiting.push(data);
      return feed();
    }
    const message = JSON.parse(data);
    if (message.type !== "mse" || !Source.isTypeSupported(message.value)) return socket.close();
    buffer = media.addSourceBuffer(message.value);
    buffer.addEventListener("updateend", feed);
  };
  socket.onclose = () => stopped();
  video.src = URL.createObjectURL(media);
  return { video, close: () => { socket.onclose = null; socket.close(); } };
}

// ---------------------------------------------------------------- events

function event(row) {
  const path = `api/events/${encodeURIComponent(row.id)}`;
  const vod = `vod/event/${encodeURIComponent(row.id)}/index.m3u8`;
  const links = [];
  if (row.has_snapshot) links.push(element("a", { href: `${path}/snapshot.jpg`, textContent: "Snapshot" }));
  if (row.has_clip) {
    links.push(element("a", { href: `${path}/clip.mp4`, textContent: "Clip" }));
    links.push(element("a", { href: vod, textContent: "HLS" }));
  }
  const seen = new Date(row.start_time * 1000).toLocaleString();
  return element(
    "figure", {},
    element("img", { src: `${path}/thumbnail.jpg`, alt: row.label, loading: "lazy" }),
    element("figcaption", {},
      element("strong", { textContent: row.sub_label || row.label }),
      element("span", { textContent: row.camera }),
      element("time", { textContent: row.end_time ? seen : `${seen} – now` }),
      ...links),
  );
}

let shown = "";

async function events() {
  try {
    const rows = await get("api/events?limit=24&include_thumbnails=0");
    const state = JSON.stringify(rows.map((row) => [row.id, row.end_time, row.has_clip, row.has_snapshot]));
    if (state !== shown) {
      shown = state;
      byId("events").replaceChildren(...rows.map(event));
      byId("none").hidden = rows.length > 0;
    }
  } catch (error) {
    if (error.message === "login") return location.assign("login");
  }
  setTimeout(events, EVENTS_MS);
}

// ---------------------------------------------------------------- login

const PROBLEMS = {
  expired: "This login took too long, or began elsewhere. Try again.",
  refused: "The provider has refused the login.",
  provider: "The provider cannot be reached or used at present. The log says why.",
  role: "You may not use Dogwatch: your account has no role here.",
  name: "Your account's name cannot be used here. The log says why.",
  tries: "Too many tries. Wait a while.",
};

async function login(submitted) {
  submitted.preventDefault();
  const form = new FormData(byId("login"));
  const answer = await fetch("api/login", {
    method: "POST",
    headers: { "Content-Type": "application/json", "X-CSRF-TOKEN": "1" },
    body: JSON.stringify({ user: form.get("user"), password: form.get("password") }),
  });
  if (answer.ok) return location.assign("./");
  byId("problem").textContent = answer.status === 429 ? "Too many tries. Wait a while." : "This did not work.";
}

async function start() {
  byId("login").addEventListener("submit", login);
  try {
    const profile = await get("api/profile");
    byId("who").textContent = profile.username;
    const { logout_url: elsewhere } = await get("api/auth/methods").catch(() => ({}));
    if (elsewhere) byId("logout").href = elsewhere;
    byId("logout").hidden = profile.username === "anonymous" && !elsewhere;
    byId("cameras").append(...profile.allowed_cameras.map(camera));
    byId("main").hidden = false;
    get("api/stats").then((stats) => { byId("mistakes").hidden = !stats.service.config_mistakes; }).catch(() => {});
    events();
  } catch {
    byId("login").hidden = false;
    const hint = await get("api/auth/first_time_login").catch(() => ({}));
    byId("hint").hidden = !hint.admin_first_time_login;
    const { oidc } = await get("api/auth/methods").catch(() => ({}));
    byId("oidc").hidden = !oidc;
    byId("oidc").textContent = oidc ? oidc.label : "";
    byId("problem").textContent = PROBLEMS[new URLSearchParams(location.search).get("problem")] || "";
  }
}

start();
