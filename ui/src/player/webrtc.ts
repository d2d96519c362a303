/** Live video by WebRTC: the shortest delay, and the only way to talk. Loaded when it is used. */
import { ApiError, json } from "../lib/api";
import type { Feed, Stage } from "./feed";

const ANSWER_MS = 15_000; // the server loads its part for the first player
const CONNECT_MS = 5000;

interface Description {
  type: "answer";
  sdp: string;
}

/** Play the stage's stream, and send the microphone if there is one. */
export function openWebRtc(stage: Stage): Feed {
  const peer = new RTCPeerConnection({ bundlePolicy: "max-bundle" });
  const stream = new MediaStream();
  const { video } = stage;
  let over = false;
  let there = false;

  const close = () => {
    over = true;
    clearTimeout(timer);
    peer.onconnectionstatechange = peer.ontrack = null;
    peer.close();
    for (const track of stream.getTracks()) stream.removeTrack(track);
    if (video.srcObject === stream) video.srcObject = null;
  };
  const end: Stage["ended"] = (why, message) => {
    if (over) return;
    close();
    stage.ended(why, message);
  };
  let timer = setTimeout(() => end("lost", "no answer"), ANSWER_MS);

  if (stage.microphone) peer.addTransceiver(stage.microphone, { direction: "sendonly" });
  peer.addTransceiver("video", { direction: "recvonly" });
  if (stage.sound) peer.addTransceiver("audio", { direction: "recvonly" });
  peer.ontrack = ({ track }) => {
    stream.addTrack(track);
    if (track.kind === "audio") track.onunmute = () => !over && stage.told("avc1,opus", true);
  };
  peer.onconnectionstatechange = () => {
    const state = peer.connectionState;
    if (state === "connected" && !there) {
      there = true;
      clearTimeout(timer);
      video.removeAttribute("src");
      video.srcObject = stream;
      video.playbackRate = 1;
      video.play().catch(() => {});
    } else if (state === "failed" || state === "closed") end(there ? "lost" : "unsupported");
  };
  void connect();

  async function connect() {
    try {
      await peer.setLocalDescription(await peer.createOffer());
      const answer = await json<Description>(`api/go2rtc/webrtc?src=${encodeURIComponent(stage.src)}`, {
        method: "POST",
        body: { type: "offer", sdp: peer.localDescription?.sdp ?? "" },
      });
      if (over) return;
      clearTimeout(timer);
      timer = setTimeout(() => end("unsupported", "no way through"), CONNECT_MS);
      await peer.setRemoteDescription(answer);
    } catch (error) {
      const status = error instanceof ApiError ? error.status : 0;
      const why = status === 401 ? "logout" : status === 503 || status === 429 ? "lost" : "unsupported";
      end(why, (error as Error).message);
    }
  }

  return { bytes: () => received(peer), close };
}

async function received(peer: RTCPeerConnection): Promise<number> {
  let sum = 0;
  if (peer.connectionState === "closed") return sum;
  for (const one of (await peer.getStats()).values()) if (one.type === "inbound-rtp") sum += one.bytesReceived ?? 0;
  return sum;
}
