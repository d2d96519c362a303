import { Mic, MicOff } from "lucide";
import { useEffect, useRef, useState } from "preact/hooks";
import { Icon } from "../../../components/Icon";
import { t } from "../../../i18n/i18n";
import { useKeys } from "../../../lib/keys";
import { useQuery } from "../../../lib/query";
import { toast, toastError } from "../../../lib/toasts";
import type { LiveSession } from "../../../player/session";
import { canTalk, microphoneMissing, openMicrophone } from "./talk";

const HELD_MS = 400; // who presses longer wants to talk while the button is held
type State = "off" | "asking" | "on";

interface Props {
  session: LiveSession | null;
  stream: string;
  /** Called when somebody begins to talk: then one also wants to hear. */
  onTalk: () => void;
}

/** Talks through the camera: a click turns it on and off, a long press talks as long as it lasts. */
export function TalkButton({ session, stream, onTalk }: Props) {
  const { data: can } = useQuery(`talk/${stream}`, (signal) => canTalk(stream, signal));
  const [state, setState] = useState<State>("off");
  const pressed = useRef(0);
  const wanted = useRef(false);

  const stop = () => {
    wanted.current = false;
    setState("off");
    session?.talk(null);
  };
  const start = async () => {
    if (!session || wanted.current) return;
    wanted.current = true;
    setState("asking");
    try {
      const track = await openMicrophone();
      if (!wanted.current) {
        track.stop(); // let go before the browser had asked
        return;
      }
      session.talk(track, (why) => {
        wanted.current = false;
        setState("off");
        if (why) toast(why, { bad: true });
      });
      setState("on");
      onTalk();
    } catch (error) {
      wanted.current = false;
      setState("off");
      toastError(error);
    }
  };
  const turn = () => (wanted.current ? stop() : void start());
  useKeys([{ key: "t", does: t("live.talk"), run: turn }], Boolean(can) && !microphoneMissing());
  useEffect(
    () => () => {
      wanted.current = false; // the browser may still be asking: the microphone that it gives then is not used
      session?.talk(null);
    },
    [session],
  );
  if (!can) return null;

  const missing = microphoneMissing();
  const words = missing ?? (state === "on" ? t("live.talk.end") : t("live.talk"));
  return (
    <button
      type="button"
      class={state === "on" ? "button icon main" : "button icon quiet"}
      aria-label={words}
      title={words}
      aria-pressed={state === "on"}
      aria-busy={state === "asking" || undefined}
      aria-disabled={missing ? true : undefined}
      onPointerDown={(event) => {
        if (event.button || missing) return;
        event.currentTarget.setPointerCapture(event.pointerId);
        pressed.current = wanted.current ? 0 : performance.now();
        if (!wanted.current) void start();
        else stop();
      }}
      onPointerUp={() => {
        if (pressed.current && performance.now() - pressed.current > HELD_MS) stop();
        pressed.current = 0;
      }}
      onContextMenu={(event) => event.preventDefault()}
      onClick={(event) => {
        if (missing) toast(missing, { bad: true });
        else if (!event.detail) turn(); // by the keyboard
      }}
    >
      <Icon icon={missing ? MicOff : Mic} />
    </button>
  );
}
