"use strict";
// Plays the stream that the address names: by WebRTC, and by Media Source Extensions where that does not connect.
// Who may talk through the camera has a button for it. Browsers give pages the microphone over HTTPS and on localhost only.

const query = new URLSearchParams(location.search);
const mode = query.get("mode") || "webrtc,mse";
const video = document.querySelector("video");
const status = document.querySelector("[role=status]");
const button = document.querySelector("button");
const CODECS = ["avc1.640029", "hvc1.1.6.L153.B0", "mp4a.40.2"];
const WEBRTC_MS = 4000;
const AGAIN_MS = 2000;

let microphone = null; // its track while somebody talks
let notice = ""; // what stays to be read when it plays again
let stop = () => {};

video.style.width = "100%";

function open() {
  const address = new URL(`api/ws?src=${encodeURIComponent(query.get("src") || "")}`, location.href);
  address.protocol = address.protocol.replace("http", "ws");
  const socket = new WebSocket(address);
  socket.binaryType = "arraybuffer";
  return socket;
}

function start() {
  const socket = open();
  const say = (type, value) => socket.readyState === WebSocket.OPEN && socket.send(JSON.stringify({ type, value }));
  const modes = mode.split(",");
  let peer = null, player = null, over = false;

  const close = () => {
    over = true;
    if (peer) peer.quit();
    if (player) player.close();
    socket.close();
  };
  const end = (why) => {
    if (over) return;
    close();
    mute();
    status.textContent = why;
    setTimeout(start, AGAIN_MS);
  };
  stop = close;
  const next = () => {
    const one = modes.shift();
    if (one === "webrtc" && window.RTCPeerConnection) peer = webrtc(say, next, end, microphone);
    else if (one === "mse" && (window.ManagedMediaSource || window.MediaSource)) {
      mute();
      player = mse(say);
    }
    else if (one) next();
    else if (!peer) end("This browser plays neither WebRTC nor Media Source Extensions.");
  };
  socket.onopen = next;
  socket.onclose = () => {
    if (!peer || peer.connectionState !== "connected") end("The stream has ended.");
  };
  socket.onmessage = ({ data }) => {
    if (typeof data !== "string") return player && player.append(data);
    const { type, value } = JSON.parse(data);
    if (type === "mse" && player) player.begin(value);
    if (type === "webrtc/answer" && peer) peer.setRemoteDescription({ type: "answer", sdp: value }).catch(() => peer.fail());
    if (type === "error" && value.startsWith("webrtc") && peer && microphone) {
      close(); // a talk that is refused; it plays on without
      mute();
      notice = value.replace(/^[^:]*: /, "");
      start();
    } else if (type === "error" && value.startsWith("webrtc") && peer) peer.fail();
    else if (type === "error") status.textContent = value;
  };
}

function webrtc(say, otherwise, end, track) {
  const peer = new RTCPeerConnection({ bundlePolicy: "max-bundle" });
  const stream = new MediaStream();
  let done = false;
  if (track) peer.addTransceiver(track, { direction: "sendonly" });
  peer.addTransceiver("video", { direction: "recvonly" });
  peer.addTransceiver("audio", { direction: "recvonly" });
  peer.ontrack = ({ track }) => stream.addTrack(track);
  peer.onicecandidate = ({ candidate }) => say("webrtc/candidate", candidate ? candidate.candidate : "");
  const timer = setTimeout(() => peer.fail(), WEBRTC_MS);
  peer.quit = () => {
    done = true;
    clearTimeout(timer);
    peer.close();
  };
  peer.fail = () => {
    if (done) return;
    peer.quit();
    otherwise();
  };
  peer.onconnectionstatechange = () => {
    if (peer.connectionState === "connected" && !done) {
      done = true;
      clearTimeout(timer);
      video.srcObject = stream;
      status.textContent = track ? "You are heard at the camera." : notice;
      notice = "";
    } else if (peer.connectionState === "failed" && done) end("The connection has been lost.");
    else if (peer.connectionState === "failed") peer.fail();
  };
  peer.createOffer().then((offer) => peer.setLocalDescription(offer)).then(() => {
    say("webrtc/offer", peer.localDescription.sdp);
  }).catch(() => peer.fail());
  return peer;
}

function mse(say) {
  const Source = window.ManagedMediaSource || window.MediaSource;
  const media = new Source();
  const waiting = [];
  let buffer = null;

  const feed = () => {
    if (!buffer || buffer.updating || media.readyState !== "open") return;
    const ranges = buffer.buffered;
    if (ranges.length && ranges.end(ranges.length - 1) - ranges.start(0) > 60) {
      return buffer.remove(0, ranges.end(ranges.length - 1) - 30);
    }
    if (waiting.length) buffer.appendBuffer(waiting.shift());
  };
  media.addEventListener("sourceopen", () => {
    URL.revokeObjectURL(video.src);
    say("mse", CODECS.filter((one) => Source.isTypeSupported(`video/mp4; codecs="${one}"`)).join(","));
  }, { once: true });
  video.disableRemotePlayback = true;
  video.srcObject = null;
  video.src = URL.createObjectURL(media);
  status.textContent = "";
  // A player falls behind when the network or the computer does; a little quicker, nobody sees that it comes back.
  const timer = setInterval(() => {
    const ranges = video.buffered;
    if (!ranges.length) return;
    const behind = ranges.end(ranges.length - 1) - video.currentTime;
    if (behind > 4) video.currentTime = ranges.end(ranges.length - 1) - 0.2;
    video.playbackRate = behind > 1 ? 1.1 : 1;
  }, 500);
  return {
    close: () => clearInterval(timer),
    begin: (type) => {
      buffer = media.addSourceBuffer(type);
      buffer.addEventListener("updateend", feed);
      feed();
    },
    append: (data) => {
      waiting.push(data);
      feed();
    },
  };
}

function mute() {
  if (microphone) microphone.stop();
  microphone = null;
  button.textContent = "Talk";
}

// Begins or ends to talk. The connection is made anew, since the microphone is part of its offer.
async function talk() {
  const talked = microphone !== null;
  mute();
  if (!talked) {
    button.disabled = true; // while the browser asks: a second microphone would never be closed
    try {
      const sound = { echoCancellation: true, noiseSuppression: true, autoGainControl: true };
      [microphone] = (await navigator.mediaDevices.getUserMedia({ audio: sound })).getAudioTracks();
      button.textContent = "End talk";
    } catch (error) {
      status.textContent = `The microphone cannot be used: ${error.message}`;
      return;
    } finally {
      button.disabled = false;
    }
  }
  stop();
  video.muted = false;
  start();
}

async function offerTalk() {
  const answer = await fetch(`../../api/go2rtc/streams/${encodeURIComponent(query.get("src") || "")}`);
  if (!answer.ok || !mode.includes("webrtc")) return;
  const { producers } = await answer.json();
  if (!producers.some(({ medias }) => medias.some((one) => /^audio,.*sendonly/.test(one)))) return;
  button.hidden = false;
  button.onclick = talk;
  if (navigator.mediaDevices) return;
  button.disabled = true;
  button.title = "Browsers give pages the microphone over HTTPS and on localhost only.";
}

start();
offerTalk().catch(() => {});
