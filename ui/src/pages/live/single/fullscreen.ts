/** One element alone on the screen. Phones of Apple can do that with a video only. */

interface AppleVideo extends HTMLVideoElement {
  webkitEnterFullscreen?: () => void;
}

/** Show an element alone, or end that. */
export function turnFullScreen(element: HTMLElement | null): void {
  if (document.fullscreenElement) void document.exitFullscreen();
  else if (element?.requestFullscreen) element.requestFullscreen().catch(() => {});
  else (element?.querySelector("video") as AppleVideo | null)?.webkitEnterFullscreen?.();
}
