/** Talking through a camera: whether it can, whether the browser lets us, and the microphone. */
import { t } from "../../../i18n/i18n";
import { json } from "../../../lib/api";

interface StreamAnswer {
  producers: { medias: string[] }[];
}

/** Whether a camera's loudspeaker can be used by who asks. The server asks the camera, which takes 3 s at most. */
export async function canTalk(stream: string, signal: AbortSignal): Promise<boolean> {
  const { producers } = await json<StreamAnswer>(`api/go2rtc/streams/${encodeURIComponent(stream)}`, { signal });
  return producers.some(({ medias }) => medias.some((one) => /^audio,.*sendonly/.test(one)));
}

/** Why the browser gives this page no microphone; null if it may. */
export function microphoneMissing(): string | null {
  return navigator.mediaDevices ? null : t("live.talk.insecure");
}

/**
 * Ask for the microphone.
 *
 * Raises Error with words for people: it was refused, or there is none.
 */
export async function openMicrophone(): Promise<MediaStreamTrack> {
  try {
    const audio = { echoCancellation: true, noiseSuppression: true, autoGainControl: true };
    const [track] = (await navigator.mediaDevices.getUserMedia({ audio })).getAudioTracks();
    if (track) return track;
    throw new DOMException("", "NotFoundError");
  } catch (error) {
    const { name, message } = error as DOMException;
    const known = {
      NotAllowedError: t("live.talk.refused"),
      NotFoundError: t("live.talk.none"),
      NotReadableError: t("live.talk.busy"),
    };
    throw new Error(known[name as keyof typeof known] ?? message);
  }
}
