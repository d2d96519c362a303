"""Players in Chromium, and how late they show the synthetic camera, by the frame numbers in its pictures."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from dogwatch.media.street import BITS, CELLS, STRIP_HEIGHT

if TYPE_CHECKING:
    from playwright.sync_api import Page

CAMERA = "synthetic://street?seed=1&fps=10&size=1280x720&clock=epoch"
FPS = 10

PAGE = """<!doctype html><link rel="icon" href="data:,"><video muted autoplay playsinline></video>"""

# Every picture that is shown: when (s since the player asked), and how old it was (s).
SCRIPT = """
const CELLS = %(cells)d, BITS = %(bits)d, STRIP = %(strip)f, FPS = %(fps)d;
const video = document.querySelector("video");
const canvas = document.createElement("canvas");
const context = canvas.getContext("2d", { willReadFrequently: true });
window.shown = [];
window.messages = [];

function number() {
  const width = video.videoWidth, height = video.videoHeight;
  const strip = Math.max(2, Math.floor(height * STRIP)), middle = Math.floor(strip / 2);
  canvas.width = width; canvas.height = strip;
  context.drawImage(video, 0, height - strip, width, strip, 0, 0, width, strip);
  const row = context.getImageData(0, middle, width, 1).data;
  const cell = width / CELLS;
  const value = (i) => {
    const from = Math.floor((i + 0.3) * cell), to = Math.floor((i + 0.7) * cell);
    let sum = 0;
    for (let x = from; x < to; x++) sum += row[4 * x + 1];
    return sum / (to - from);
  };
  const limit = (value(0) + value(1)) / 2;
  let found = 0n;
  for (let bit = 0; bit < BITS; bit++) if (value(2 + bit * 5 %% BITS) > limit) found |= 1n << BigInt(bit);
  for (const shift of [1n, 2n, 4n, 8n, 16n]) found ^= found >> shift;
  return Number(found);
}

function observe() {
  const look = () => {
    const now = performance.timeOrigin + performance.now();
    const frames = Math.round(now / 1000 * FPS);
    // The number counts from the epoch, modulo 2**32.
    const age = ((frames - number()) %% 2 ** 32 + 2 ** 31) %% 2 ** 32 - 2 ** 31;
    shown.push([(now - begun) / 1000, age / FPS + (now / 1000 - frames / FPS)]);
    video.requestVideoFrameCallback(look);
  };
  video.requestVideoFrameCallback(look);
}

let begun = 0;
const start = () => { begun = performance.timeOrigin + performance.now(); observe(); };

// As the player of go2rtc does: keeps five seconds, and sets the rate by the distance to the end.
function chasing(buffer, media) {
  if (!buffer.buffered.length) return;
  const end = buffer.buffered.end(buffer.buffered.length - 1), first = buffer.buffered.start(0);
  const from = end - 5;
  if (from > first) { buffer.remove(first, from); media.setLiveSeekableRange(from, end); }
  if (video.currentTime < from) video.currentTime = from;
  const gap = end - video.currentTime;
  video.playbackRate = gap > 0.1 ? gap : 0.1;
}

window.playMse = (address, codecs, chase) => {
  start();
  const media = new MediaSource();
  video.src = URL.createObjectURL(media);
  media.addEventListener("sourceopen", () => {
    const socket = window.socket = new WebSocket(address);
    socket.binaryType = "arraybuffer";
    const waiting = [];
    let buffer = null;
    const feed = () => {
      if (!buffer || buffer.updating) return;
      if (waiting.length) buffer.appendBuffer(waiting.shift());
      else if (chase) chasing(buffer, media);
    };
    socket.onopen = () => socket.send(JSON.stringify({ type: "mse", value: codecs }));
    socket.onmessage = ({ data }) => {
      if (typeof data === "string") {
        const message = JSON.parse(data);
        messages.push(message);
        if (message.type !== "mse") return;
        buffer = media.addSourceBuffer(message.value);
        buffer.addEventListener("updateend", feed);
      } else waiting.push(data);
      feed();
    };
    socket.onclose = () => messages.push({ type: "closed" });
  }, { once: true });
};

window.playWebRtc = async (address, post) => {
  start();
  const peer = window.peer = new RTCPeerConnection();
  peer.addTransceiver("video", { direction: "recvonly" });
  peer.addTransceiver("audio", { direction: "recvonly" });
  const stream = video.srcObject = new MediaStream();
  peer.ontrack = ({ track }) => stream.addTrack(track);
  peer.onconnectionstatechange = () => messages.push({ type: peer.connectionState });
  if (post) {
    await peer.setLocalDescription(await peer.createOffer());
    const body = JSON.stringify({ type: "offer", sdp: peer.localDescription.sdp });
    const answer = await (await fetch(post, { method: "POST", body, headers: { "X-CSRF-TOKEN": "1" } })).json();
    messages.push(answer);
    return peer.setRemoteDescription(answer);
  }
  const socket = window.socket = new WebSocket(address);
  const say = (type, value) => socket.send(JSON.stringify({ type, value }));
  await new Promise((ready) => { socket.onopen = ready; });
  socket.onmessage = ({ data }) => {
    const { type, value } = JSON.parse(data);
    messages.push({ type, value });
    if (type === "webrtc/answer") peer.setRemoteDescription({ type: "answer", sdp: value });
  };
  peer.onicecandidate = ({ candidate }) => say("webrtc/candidate", candidate ? candidate.candidate : "");
  await peer.setLocalDescription(await peer.createOffer());
  say("webrtc/offer", peer.localDescription.sdp);
};
"""


def prepare(page: Page, address: str) -> None:
    """Open an empty page of the program at `address`, with the players of `SCRIPT`."""
    page.goto(f"{address}/api/version")  # a page that the test makes up would be one from the internet for Chromium
    page.set_content(PAGE)
    script = SCRIPT % {"cells": CELLS, "bits": BITS, "strip": STRIP_HEIGHT, "fps": FPS}
    page.add_script_tag(content=script)


def shown(page: Page) -> list[tuple[float, float]]:
    """Return for each picture that was shown when (s since the player asked), and how old it was (s)."""
    found: list[tuple[float, float]] = [(at, age) for at, age in page.evaluate("shown")]
    return found


def messages(page: Page) -> list[dict[str, Any]]:
    """Return what the players were told."""
    found: list[dict[str, Any]] = page.evaluate("messages")
    return found
