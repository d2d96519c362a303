/** Movements of a camera, which last as long as something is held. */

export type Direction =
  | "MOVE_UP"
  | "MOVE_DOWN"
  | "MOVE_LEFT"
  | "MOVE_RIGHT"
  | "ZOOM_IN"
  | "ZOOM_OUT"
  | "FOCUS_IN"
  | "FOCUS_OUT";

/** What arrow and other keys do while the pad is shown. */
export const KEYS: Record<string, Direction> = {
  ArrowUp: "MOVE_UP",
  ArrowDown: "MOVE_DOWN",
  ArrowLeft: "MOVE_LEFT",
  ArrowRight: "MOVE_RIGHT",
  "+": "ZOOM_IN",
  "-": "ZOOM_OUT",
};

/** One movement at a time, which ends whatever happens to whoever has begun it. */
export class Mover {
  private going: Direction | null = null;

  constructor(private readonly give: (command: string) => void) {}

  begin(direction: Direction): void {
    if (this.going === direction) return;
    this.going = direction;
    this.give(direction);
  }

  end(direction?: Direction): void {
    if (!this.going || (direction && direction !== this.going)) return;
    this.going = null;
    this.give("STOP");
  }
}
