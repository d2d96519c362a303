/** Takes the video out of an MPEG transport stream. */
const PACKET = 188;
const SYNC = 0x47;

export class Transport {
  private pid = -1;
  private rest = new Uint8Array(0);

  /** Return the bytes of video in a piece of the stream. */
  take(piece: Uint8Array): Uint8Array[] {
    let bytes = piece;
    if (this.rest.length) {
      bytes = new Uint8Array(this.rest.length + piece.length);
      bytes.set(this.rest);
      bytes.set(piece, this.rest.length);
    }
    const found: Uint8Array[] = [];
    let at = 0;
    while (at + PACKET <= bytes.length) {
      if (bytes[at] !== SYNC) {
        at += 1;
        continue;
      }
      const part = this.packet(bytes.subarray(at, at + PACKET));
      if (part?.length) found.push(part);
      at += PACKET;
    }
    this.rest = bytes.slice(at);
    return found;
  }

  private packet(packet: Uint8Array): Uint8Array | null {
    const [, high = 0, low = 0, flags = 0] = packet;
    const pid = ((high & 0x1f) << 8) | low;
    let at = 4;
    if (flags & 0x20) at += 1 + (packet[4] ?? 0);
    if (!(flags & 0x10) || at >= PACKET) return null;
    if (high & 0x40) {
      // A packet of video begins: its header is left out.
      const video = !packet[at] && !packet[at + 1] && packet[at + 2] === 1 && ((packet[at + 3] ?? 0) & 0xf0) === 0xe0;
      if (video) {
        this.pid = pid;
        return packet.subarray(at + 9 + (packet[at + 8] ?? 0));
      }
    }
    return pid === this.pid ? packet.subarray(at) : null;
  }
}
