"use strict";
// Plays the stream that the address names: by WebRTC, and by Media Source Extensions where that does not connect.

const query = new URLSearchParams(location.search);
const mode = query.get("mode") || "webrtc,mse";
const video = document.querySelector("video");
const status = document.querySelector("[role=status]");
const CODECS = ["avc1.640029", "hvc1.1.6.L153.B0", "mp4a.40.2"];
const WEBRTC_MS = 4000;
const AGAIN_MS = 2000;

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

  const end = (why) => {
    if (over) return;
    over = true;
    status.textContent = why;
    if (peer) peer.close();
    socket.close();
    setTimeout(start, AGAIN_MS);
  };
  const next = () => {
    const one = modes.shift();
    if (one === "webrtc" && window.RTCPeerConnection) peer = webrtc(say, next, end);
    else if (one === "mse" && (window.ManagedMediaSource || window.MediaSource)) player = mse(say);
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
    if (type === "error" && value.startsWith("webrtc") && peer) peer.fail();
    else if (type === "error") status.textContent = value;
  };
}

function webrtc(say, otherwise, end) {
  const peer = new RTCPeerConnection({ bundlePolicy: "max-bundle" });
  const stream = new MediaStream();
  let done = false;
  peer.addTransceiver("video", { direction: "recvonly" });
  peer.addTransceiver("audio", { direction: "recvonly" });
  peer.ontrack = ({ track }) => stream.addTrack(track);
  peer.onicecandidate = ({ candidate }) => say("webrtc/candidate", candidate ? candidate.candidate : "");
  peer.fail = () => {
    if (done) return;
    done = true;
    peer.close();
    otherwise();
  };
  const timer = setTimeout(() => peer.fail(), WEBRTC_MS);
  peer.onconnectionstatechange = () => {
    if (peer.connectionState === "connected" && !done) {
      done = true;
      clearTimeout(timer);
      video.srcObject = stream;
      status.textContent = "";
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
  setInterval(() => {
    const ranges = video.buffered;
    if (!ranges.length) return;
    const behind = ranges.end(ranges.length - 1) - video.currentTime;
    if (behind > 4) video.currentTime = ranges.end(ranges.length - 1) - 0.2;
    video.playbackRate = behind > 1 ? 1.1 : 1;
  }, 500);
  return {
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

start();
